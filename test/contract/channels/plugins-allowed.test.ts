/** Plugins: what a person allowed runs, nothing else; and what is no plugin says why. */
import { existsSync } from 'node:fs'
import { cp, mkdir, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { loadPluginKinds } from '../../../electron/engine/channels/plugins/index.ts'
import { sendingOf } from '../../support/channel-kit.ts'
import { allowAll, make, onlyKind, openOf, sending, telling, type Made } from '../../support/plugin-folder.ts'

describe('what a person allowed', () => {
  test('a new plugin does not run until then', async () => {
    const made = await make(telling('1'))
    const plugins = await made.load()
    expect(plugins.pluginStates()).toEqual([expect.objectContaining({ kind: 'plugin:bell', displayName: 'Bell', version: '1.0.0', state: 'new', why: 'This plugin was not allowed yet. Look at its files, then allow it.' })])
    expect(() => openOf(plugins)).toThrow('This plugin was not allowed yet.')
    allowAll(plugins)
    expect(await openOf(plugins).channel.sendPrinterNotification(sendingOf())).toEqual({ result: 'delivered', detail: '1' })
    expect(await readdir(made.folder)).toEqual(['allowed.json', 'bell'])
    expect((await stat(join(made.folder, 'allowed.json'))).mode & 0o777).toBe(0o600)
    expect((await made.load()).pluginStates()[0]?.state).toBe('allowed')
  })

  test.each([
    ['a file changes', (made: Made) => writeFile(join(made.plugin, 'channel.mjs'), telling('2'))],
    ['a file comes', (made: Made) => writeFile(join(made.plugin, 'more.txt'), '')],
    ['a file has another name', (made: Made) => cp(join(made.plugin, 'channel.mjs'), join(made.plugin, 'copy.mjs'))],
  ])('it is asked for again when %s, also while its process runs', async (_what, change) => {
    const made = await make(telling('1'))
    const plugins = await made.load()
    allowAll(plugins)
    const { channel } = openOf(plugins)
    expect((await channel.sendPrinterNotification(sendingOf())).result).toBe('delivered')
    await change(made)
    expect(await channel.sendPrinterNotification(sendingOf())).toEqual({ result: 'rejected', scope: 'destination', why: 'Changed since you allowed it. Look at its files, then allow it again.' })
    expect(plugins.pluginStates()[0]?.state).toBe('changed')
    expect(() => openOf(plugins)).toThrow('Changed since you allowed it.')
    expect((await made.load()).pluginStates()[0]?.state).toBe('changed')
    allowAll(plugins)
    expect((await channel.sendPrinterNotification(sendingOf())).result).toBe('delivered')
  })

  test('can be forbidden again: what runs ends at once, and messages wait', async () => {
    const made = await make(telling('1'))
    const plugins = await made.load()
    allowAll(plugins)
    const { channel } = openOf(plugins)
    expect((await channel.sendPrinterNotification(sendingOf())).result).toBe('delivered')
    expect(await readdir(made.temp)).toHaveLength(1)
    plugins.forbid('plugin:bell')
    await expect.poll(() => readdir(made.temp), { timeout: 10_000 }).toEqual([])
    expect(await channel.sendPrinterNotification(sendingOf())).toEqual({ result: 'rejected', scope: 'destination', why: 'This plugin was not allowed yet. Look at its files, then allow it.' })
    expect((await made.load()).pluginStates()[0]?.state).toBe('new')
    expect(() => plugins.forbid('plugin:horn')).toThrow('There is no plugin "plugin:horn"; there are: plugin:bell.')
  })

  test('a message that is being sent ends with its plugin', async () => {
    const made = await make(sending('await new Promise(() => undefined)'))
    const plugins = await made.load()
    allowAll(plugins)
    const sent = openOf(plugins).channel.sendPrinterNotification(sendingOf())
    await expect.poll(() => readdir(made.temp), { timeout: 10_000 }).toHaveLength(1)
    plugins.forbid('plugin:bell')
    expect(await sent).toEqual({ result: 'retry', after: null, why: 'Ended before an answer came.' })
  })

  test('a folder that comes later is listed, can be allowed, and is there at the next start', async () => {
    const made = await make(telling('1'))
    const plugins = await made.load()
    await cp(made.plugin, join(made.folder, 'horn'), { recursive: true })
    await writeFile(join(made.folder, 'horn', 'channel.json'), JSON.stringify({ kind: 'horn', displayName: 'Horn', version: '1.0.0' }))
    expect(plugins.pluginStates().map(({ kind, state }) => [kind, state])).toEqual([['plugin:bell', 'new'], ['plugin:horn', 'new']])
    allowAll(plugins)
    expect(plugins.pluginStates()[1]).toMatchObject({ state: 'allowed', why: 'It came after the start. Start Printbell again, then add a destination of it.' })
    expect((await made.load()).kinds.map(({ kind }) => kind)).toEqual(['plugin:bell', 'plugin:horn'])
  })

  test('is shown with what the plugin says of itself', async () => {
    const made = await make(telling('1'), { features: ['job.done', 'job.failed'], capabilities: { image: 'upload' }, secretFields: { key: { label: 'Access key', required: true } } })
    expect((await made.load()).pluginStates()[0]?.says).toEqual({ events: ['job.done', 'job.failed'], pictures: true, secrets: ['Access key'] })
  })

  test('fields that matter only for a choice say so to the form', async () => {
    const made = await make(telling('1'), { configSchema: { type: 'object', properties: { mode: { type: 'string', enum: ['own', 'usual'] }, body: { type: 'string', when: { mode: ['own'] } } } }, secretFields: { key: { label: 'Key', when: { mode: ['usual'] } } } })
    const { configSchema, secretFields } = onlyKind(await made.load())
    expect(z.toJSONSchema(configSchema, { io: 'input' })).toMatchObject({ properties: { body: { when: { mode: ['own'] } } } })
    expect(secretFields.key?.when).toEqual({ mode: ['usual'] })
  })

  test('only the files that were shown can be allowed', async () => {
    const made = await make(telling('1'))
    const plugins = await made.load()
    const [shown] = plugins.pluginStates()
    await writeFile(join(made.plugin, 'channel.mjs'), telling('2'))
    expect(() => plugins.allow('plugin:bell', shown?.hash ?? '')).toThrow('The files of plugin:bell changed since they were shown. Look at them again.')
    expect(() => plugins.allow('plugin:horn', shown?.hash ?? '')).toThrow('There is no plugin "plugin:horn"; there are: plugin:bell.')
    expect(existsSync(join(made.folder, 'allowed.json'))).toBe(false)
  })

  test('nothing is allowed when the list is damaged', async () => {
    const made = await make(telling('1'))
    allowAll(await made.load())
    await writeFile(join(made.folder, 'allowed.json'), '{')
    const plugins = await made.load()
    expect(plugins.pluginStates()[0]?.state).toBe('new')
    expect(plugins.problems).toEqual([`The file of allowed plugins is damaged, so none is allowed. Look at your plugins again, or delete ${join(made.folder, 'allowed.json')}.`])
  })

  test('another channel.json is used from the next start on', async () => {
    const made = await make(telling('1'))
    const plugins = await made.load()
    allowAll(plugins)
    const { channel } = openOf(plugins)
    await writeFile(join(made.plugin, 'channel.json'), JSON.stringify({ kind: 'bell', displayName: 'Great bell', version: '2.0.0' }))
    allowAll(plugins)
    expect(await channel.sendPrinterNotification(sendingOf())).toEqual({ result: 'rejected', scope: 'destination', why: 'Its channel.json is another than at the start. Start Printbell again.' })
    expect(await openOf(await made.load()).channel.sendPrinterNotification(sendingOf())).toEqual({ result: 'delivered', detail: '1' })
  })
})

describe('a folder that is no plugin', () => {
  test.each<[string, (made: Made) => Promise<unknown>, string]>([
    ['without channel.json', (made) => rm(join(made.plugin, 'channel.json')), 'channel.json is missing. It says what the plugin is.'],
    ['without channel.mjs', (made) => rm(join(made.plugin, 'channel.mjs')), 'channel.mjs is missing. It holds the code.'],
    ['with a damaged channel.json', (made) => writeFile(join(made.plugin, 'channel.json'), '{'), 'channel.json is no JSON: '],
    ['of another kind', (made) => writeFile(join(made.plugin, 'channel.json'), JSON.stringify({ kind: 'ntfy', displayName: 'x', version: '1' })), 'channel.json says kind "ntfy", but its folder is called "bell". Give both the same name.'],
    ['with an event that does not exist', (made) => writeFile(join(made.plugin, 'channel.json'), JSON.stringify({ kind: 'bell', displayName: 'x', version: '1', features: ['job.ended'] })), "channel.json can't be used. features.0: no event type."],
    ['with a condition on a field that does not exist', (made) => writeFile(join(made.plugin, 'channel.json'), JSON.stringify({ kind: 'bell', displayName: 'x', version: '1', configSchema: { type: 'object', properties: { body: { type: 'string', when: { mode: ['own'] } } } } })), 'channel.json can\'t be used. configSchema.body.when: "mode" is no property of configSchema.'],
    ['with a link', (made) => symlink('/etc/passwd', join(made.plugin, 'words.txt')), 'words.txt is no ordinary file. A plugin has files and folders only: put the file itself there.'],
    ['that is too large', (made) => writeFile(join(made.plugin, 'large.bin'), new Uint8Array(3 * 1024 * 1024)), 'It has more than 200 files or 2 MB. Take away what it does not need to run.'],
  ])('%s is told, and its destination is kept and says why', async (_what, spoil, why) => {
    const made = await make(telling('1'))
    await spoil(made)
    const plugins = await made.load()
    expect(plugins.pluginStates()).toEqual([expect.objectContaining({ kind: 'plugin:bell', state: 'broken', why: expect.stringContaining(why) as string })])
    expect(plugins.problems).toEqual([expect.stringContaining(why)])
    expect(onlyKind(plugins).validateConfig({ anything: 1 }).ok).toBe(true)
    expect(() => openOf(plugins)).toThrow(why)
    expect(() => plugins.allow('plugin:bell', plugins.pluginStates()[0]?.hash ?? '')).toThrow("The plugin plugin:bell can't be allowed.")
  })

  test('no folder of plugins is no trouble; a name that can not be is told', async () => {
    const made = await make(telling('1'))
    expect(await loadPluginKinds(join(made.folder, 'none'), { log: made.log })).toMatchObject({ kinds: [], problems: [] })
    await mkdir(join(made.folder, 'My Plugin'))
    expect((await made.load()).problems).toEqual([`The folder ${join(made.folder, 'My Plugin')} is no plugin: its name has other than small letters, digits and dashes. Rename it.`])
  })
})
