import { describe, expect, it } from 'vitest'
import { channels } from '../../engine/channels/registry.ts'
import type { ChannelKind } from '../../engine/channels/channel.ts'
import { Secret } from '../../engine/settings/secret.ts'
import { desk } from '../settings/keeper.support.ts'
import { importers, type ImportedDestination, type Importer } from './importers.ts'
import { createImporting } from './importing.ts'

const CANARY = 'tk_canary4711canary'
const EMPTY = { version: 1, printers: [], destinations: [{ id: 'phone', label: 'ntfy', channel: 'ntfy', config: { topic: 'old-one' } }] }

function room(more: { file?: object; importers?: readonly Importer[]; channels?: ReadonlyMap<string, ChannelKind> } = {}) {
  const at = desk(more.file ?? EMPTY)
  let count = 0
  return { ...at, importing: createImporting({ settings: at.keeper, channels: more.channels ?? channels, importers: more.importers ?? importers, newId: () => `import-${++count}` }) }
}
const choose = (...keys: string[]) => keys.map((key) => ({ key, label: '', filled: {} }))
const source = (...destinations: Partial<ImportedDestination>[]): Importer => ({
  id: 'made-up', name: 'Made up', hint: 'Anything.',
  read: async () => ({ notes: [], problems: [], destinations: destinations.map((one) => ({ line: 1, channel: 'ntfy', label: 'One', enabled: true, config: { topic: 'one' }, secrets: {}, missing: [], notes: [], ...one })) }),
})

describe('taking over Apprise addresses', () => {
  const TEXT = `ntfy://${CANARY}@ntfy.sh/marta-7f3k\nnonsense\ngotify://gotify.example.org/${CANARY}\n`

  it('R35: shows what would be made, without a secret', async () => {
    const { importing, store } = room()
    const before = store.text
    const preview = await importing.read('apprise', TEXT)
    expect(preview).toMatchObject({
      importId: 'import-1',
      items: [
        { key: '1', line: 1, channel: 'ntfy', channelName: 'ntfy', label: 'ntfy 2', enabled: true, runsPrograms: false, secrets: ['Access token'], missing: [] },
        { key: '2', line: 3, channel: 'apprise', channelName: 'Apprise gateway', enabled: false, secrets: ['Addresses of services'], missing: [{ name: 'server', label: 'Gateway', kind: 'text' }] },
      ],
      problems: [{ line: 2 }],
    })
    expect(JSON.stringify(preview)).not.toContain(CANARY)
    expect(store.text).toBe(before)
  })

  it('adds what was chosen, its secrets in the key store', async () => {
    const { importing, keeper, secrets, store } = room()
    const { importId } = await importing.read('apprise', TEXT)
    expect(await importing.add(importId, [{ key: '1', label: 'Marta', filled: {} }])).toEqual({ added: [{ key: '1', destinationId: 'marta' }], refused: [] })
    expect(keeper.settings().destinations[1]).toMatchObject({ id: 'marta', label: 'Marta', channel: 'ntfy', enabled: true, config: { topic: 'marta-7f3k', token: { store: 'destination/marta/token' } } })
    expect(secrets.get('destination/marta/token')?.reveal()).toBe(CANARY)
    expect(store.text).not.toContain(CANARY)
  })

  it('what was missing is filled in, and then it is switched on', async () => {
    const { importing, keeper } = room()
    const { importId } = await importing.read('apprise', TEXT)
    const without = await importing.add(importId, choose('2'))
    expect(without).toMatchObject({ added: [], refused: [{ key: '2', problems: [{ path: 'config.server' }] }] })
    expect(await importing.add(importId, [{ key: '2', label: '', filled: { server: 'http://192.168.1.5:8000', nonsense: 'x' } }])).toMatchObject({ added: [{ key: '2' }], refused: [] })
    expect(keeper.settings().destinations[1]).toMatchObject({ channel: 'apprise', enabled: true, config: { server: 'http://192.168.1.5:8000' } })
  })

  it('one that is refused holds up no other', async () => {
    const { importing } = room({ importers: [source({}, { config: { topic: 'old-one' }, label: 'Twin' }, { config: { topic: 'three' }, label: 'Three' })] })
    const { importId } = await importing.read('made-up', '')
    const result = await importing.add(importId, [{ key: '1', label: 'One', filled: {} }, { key: '2', label: 'Twin', filled: {} }, { key: '3', label: 'Three', filled: {} }])
    expect(result.added.map(({ key }) => key)).toEqual(['1', '3'])
    expect(result.refused).toMatchObject([{ key: '2', problems: [{ path: 'config.topic' }] }])
  })
})

describe('what arrives switched off', () => {
  const programs = new Map(channels).set('ntfy', { ...channels.get('ntfy') as ChannelKind, capabilities: { ...(channels.get('ntfy') as ChannelKind).capabilities, runsPrograms: true } })

  it('is all that runs programs on this computer, whatever the other program said', async () => {
    const { importing, keeper } = room({ importers: [source({}, { config: {}, missing: ['topic'], label: 'Two' })], channels: programs })
    const { importId, items } = await importing.read('made-up', '')
    expect(items.map(({ enabled, runsPrograms }) => [enabled, runsPrograms])).toEqual([[false, true], [false, true]])
    await importing.add(importId, [{ key: '1', label: 'A', filled: {} }, { key: '2', label: 'B', filled: { topic: 'two' } }])
    expect(keeper.settings().destinations.slice(1).map(({ label, enabled }) => [label, enabled])).toEqual([['A', false], ['B', false]])
  })

  it('is what the other program had switched off, with what it heard', async () => {
    const { importing, keeper } = room({ importers: [source({ enabled: false, events: ['job.done'], secrets: { token: new Secret(CANARY) } })] })
    const { importId } = await importing.read('made-up', '')
    await importing.add(importId, choose('1'))
    expect(keeper.settings().destinations[1]).toMatchObject({ enabled: false, events: ['job.done'] })
  })
})

describe('OctoPrint\'s own settings', () => {
  it('bring its webhooks, with what they heard', async () => {
    const { importing, keeper, secrets } = room()
    const { importId, items, problems } = await importing.read('octoprint-webhooks', `plugins:\n  webhooks:\n    hooks:\n    - url: https://h.example.org/x\n      apiSecret: ${CANARY}\n      eventPrintDone: true\n    settings_version: 5\n`)
    expect([items.map(({ label, channel, secrets: with_ }) => [label, channel, with_]), problems]).toEqual([[['Webhook to h.example.org', 'octoprint-webhooks', ['API secret (@apiSecret)']]], []])
    expect(await importing.add(importId, choose('1'))).toMatchObject({ refused: [] })
    expect(keeper.settings().destinations[1]).toMatchObject({ channel: 'octoprint-webhooks', enabled: true, config: { url: 'https://h.example.org/x' } })
    expect(keeper.settings().destinations[1]?.events).toContain('job.done')
    expect([...secrets.values()].map((secret) => secret.reveal())).toEqual([CANARY])
  })

  it('bring event hooks that stay off, also when a person says that they may run', async () => {
    const { importing, keeper } = room()
    const { importId, items } = await importing.read('event-hooks', 'events:\n  subscriptions:\n  - event: PrintDone\n    command: notify-send done\n    type: system\n  - event: PrintDone\n    command: M117 done\n    type: gcode\n')
    expect(items.map(({ channel, enabled, missing }) => [channel, enabled, missing.map(({ name, kind }) => `${name} ${kind}`)])).toEqual([['system-hook', false, ['understood switch']], ['gcode-hook', false, ['understood switch']]])
    // Whoever is to say so must see what would run.
    expect(items[0]?.facts).toContainEqual({ label: 'Commands', text: 'notify-send done' })
    expect((await importing.add(importId, choose('1'))).refused).toMatchObject([{ key: '1' }])
    expect(await importing.add(importId, items.map(({ key, label }) => ({ key, label, filled: { understood: 'true' } })))).toMatchObject({ added: [{ key: '1' }, { key: '2' }], refused: [] })
    expect(keeper.settings().destinations.slice(1).map(({ channel, enabled, config }) => [channel, enabled, config.understood])).toEqual([['system-hook', false, true], ['gcode-hook', false, true]])
  })

  it("bring Moonraker's notifiers with what they heard, and tell what a template hides", async () => {
    const { importing, keeper } = room()
    const { importId, items, problems } = await importing.read('moonraker-notifiers', '[notifier phone]\nurl: ntfy://marta-7f3k\nevents: complete, error\n[notifier chat]\nurl: tgram://{secrets.telegram.token}/1\nevents: *\n')
    expect(items.map(({ label, channel, enabled }) => [label, channel, enabled])).toEqual([['phone', 'ntfy', true]])
    expect(problems.map(({ line }) => line)).toEqual([5])
    expect(await importing.add(importId, items.map(({ key, label }) => ({ key, label, filled: {} })))).toMatchObject({ refused: [] })
    expect(keeper.settings().destinations.at(-1)).toMatchObject({ label: 'phone', channel: 'ntfy', config: { topic: 'marta-7f3k' }, events: ['job.done', 'job.failed'] })
  })

  it.each(['octoprint-webhooks', 'event-hooks'])('that can not be read are a problem with its line: %s', async (source_) => {
    const { problems, items } = await room().importing.read(source_, 'events:\n\tsubscriptions: x\n')
    expect(items).toEqual([])
    expect(problems).toEqual([{ line: 2, message: 'A tab stands where only blanks may. Replace it by blanks.' }])
  })
})

describe('an import', () => {
  it('of which the window knows nothing any more must be read anew', async () => {
    const { importing } = room()
    const { importId } = await importing.read('apprise', 'ntfy://one')
    importing.forget()
    expect(await importing.add(importId, choose('1'))).toEqual({ added: [], refused: [{ key: '1', problems: [{ path: '', message: 'is no longer there', cure: 'Read it once more.' }] }] })
  })
  it('that was still being read when the window closed is not kept', async () => {
    const { importing } = room()
    const reading = importing.read('apprise', 'ntfy://one')
    importing.forget()
    expect(await importing.add((await reading).importId, choose('1'))).toMatchObject({ added: [], refused: [{ key: '1' }] })
  })

  it('from nowhere says what there is', async () => {
    await expect(room({ importers: [source()] }).importing.read('fax', '')).rejects.toThrow('There is nothing to import from "fax". There is: made-up.')
  })
  it('gives labels that are free', async () => {
    const { importing } = room({ importers: [source({ label: 'ntfy' }, { label: 'ntfy', config: { topic: 'two' } })] })
    expect((await importing.read('made-up', '')).items.map(({ label }) => label)).toEqual(['ntfy 2', 'ntfy 3'])
  })
})
