import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { UserError } from './errors.ts'
import type { Out } from './out.ts'
import { allowPlugin, plugins } from './plugins.ts'
import { readSettingsFile } from './settings-file.ts'

let data = ''
let said: string[] = []
const out = { line: (text: string) => said.push(text), note: (text: string) => said.push(`note: ${text}`) } as unknown as Out

beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'cli-plugins-'))
  said = []
})
afterEach(() => rm(data, { recursive: true, force: true }))

async function install(): Promise<{ settings: string; data: string }> {
  await mkdir(join(data, 'channels'))
  await cp(fileURLToPath(new URL('../../docs/examples/channel-plugin', import.meta.url)), join(data, 'channels', 'channel-plugin'), { recursive: true })
  return { settings: join(data, 'settings.json'), data }
}

test('a plugin is listed with its files, allowed, and listed as allowed', async () => {
  const options = await install()
  await plugins(options, out)
  expect(said[0]).toBe('plugin:channel-plugin "Pushover (tutorial)" 1.0.0: new. This plugin was not allowed yet. Look at its files, then allow it.')
  expect(said.slice(1, 4).map((line) => line.trim().replace(/ \(\d+ bytes\)/, ''))).toEqual([join(data, 'channels', 'channel-plugin'), 'channel.json', 'channel.mjs'])
  const hash = /hash ([0-9a-f]{64})/.exec(said.at(-1) ?? '')?.[1]
  await expect(allowPlugin('channel-plugin', 'another', options, out)).rejects.toThrow(new UserError('The files of plugin:channel-plugin changed since they were shown. Look at them again.'))
  expect(await allowPlugin('channel-plugin', hash, options, out)).toBe(0)
  said = []
  await plugins(options, out)
  expect(said[0]).toBe('plugin:channel-plugin "Pushover (tutorial)" 1.0.0: allowed')
})

test('without a hash the files of now are allowed; a name that is none is told', async () => {
  const options = await install()
  expect(await allowPlugin('plugin:channel-plugin', undefined, options, out)).toBe(0)
  await expect(allowPlugin('horn', undefined, options, out)).rejects.toThrow('There is no plugin "plugin:horn"; there are: plugin:channel-plugin.')
})

test('no plugin is said', async () => {
  expect(await plugins({ settings: '', data }, out)).toBe(0)
  expect(said).toEqual([`note: There is no plugin in the folder "channels" of ${data}. docs/writing-a-channel.md shows how to write one.`])
})

test('settings may name a plugin, and a broken one is a warning that leaves its destination in place', async () => {
  const options = await install()
  const destination = { id: 'push', label: 'Push', channel: 'plugin:channel-plugin', config: { userKey: 'uQiRzpo4DXghDmr9QzzfQu27cmVRsG', appToken: { env: 'APP_TOKEN' } } }
  await writeFile(options.settings, JSON.stringify({ version: 1, destinations: [destination] }))
  const sound = await readSettingsFile(options)
  expect(sound.engine.destinations[0]).toMatchObject({ channel: 'plugin:channel-plugin', config: { sound: 'pushover', server: 'https://api.pushover.net' }, secrets: { appToken: { env: 'APP_TOKEN' } } })
  await writeFile(join(data, 'channels', 'channel-plugin', 'channel.json'), '{')
  const broken = await readSettingsFile(options)
  expect(broken.engine.destinations).toHaveLength(1)
  expect(broken.warnings[0]).toContain("The plugin plugin:channel-plugin can't be used. channel.json is no JSON")
})
