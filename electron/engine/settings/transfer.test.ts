import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { settingsJsonSchema } from './json-schema.ts'
import { loadSettings, parseSettings } from './load.ts'
import { setAside } from './set-aside.ts'
import { kinds } from './test-support.ts'
import { exportSettings, importSettings } from './transfer.ts'

const settings = {
  version: 1,
  servers: [{ id: 's', kind: 'box', url: 'http://me:CANARY@host/x', apiKey: 'CANARY', password: { store: 'pw' } }],
  printers: [{ id: 'p', name: 'P', server: { kind: 'box', url: 'http://b', apiKey: { env: 'CANARY_NAME_ONLY' } } }],
  destinations: [{ id: 'h', label: 'H', channel: 'hook', config: { url: 'http://x', token: 'CANARY' } }],
}

test('an export holds references and no value, even where one was written into the settings', () => {
  const text = exportSettings(parseSettings(settings, { path: null }).settings, kinds)
  expect(text.replaceAll('CANARY_NAME_ONLY', '')).not.toContain('CANARY')
  const back = loadSettings(text, { path: null }).settings
  expect(back.servers).toEqual([{ id: 's', kind: 'box', url: 'http://host/x', password: { store: 'pw' } }])
  expect(back.printers[0]?.server).toEqual({ kind: 'box', url: 'http://b', apiKey: { env: 'CANARY_NAME_ONLY' } })
  expect(back.destinations[0]?.config).toEqual({ url: 'http://x' })
})

test('an export leaves out what in addresses and headers looks like a token, keeps what does not, and says what it left out', () => {
  const notices: string[] = []
  const text = exportSettings(parseSettings({
    version: 1,
    servers: [{ id: 's', kind: 'box', url: 'http://b/webcam/?action=snapshot&n=2&apikey=CANARY&x=CANARYcanary123456&token=abc' }],
    destinations: [
      { id: 'h', label: 'H', channel: 'hook', config: { url: 'https://hooks.example/services/T0001/CANARY0a1b2c3d4e5f/go#CANARY', headers: { 'X-Auth-Token': 'CANARY', 'X-Room': 'cellar', 'X-Trace': 'CANARY0a1b2c3d4e5f6789' } } },
      { id: 'plain', label: 'Plain', channel: 'hook', config: { url: 'http://10.0.0.2:8123/api/webhook/printer-in-the-cellar?room=2', nested: [{ password: 'CANARY' }] } },
    ],
  }, { path: null }).settings, kinds, (notice) => notices.push(notice))
  expect(text).not.toContain('CANARY')
  const back = loadSettings(text, { path: null }).settings
  expect(back.servers[0]?.url).toBe('http://b/webcam/?action=snapshot&n=2&apikey=LEFT-OUT&x=LEFT-OUT&token=LEFT-OUT')
  expect(back.destinations.map(({ config }) => config)).toEqual([
    { url: 'https://hooks.example/services/T0001/LEFT-OUT/go', headers: { 'X-Auth-Token': 'LEFT-OUT', 'X-Room': 'cellar', 'X-Trace': 'LEFT-OUT' } },
    { url: 'http://10.0.0.2:8123/api/webhook/printer-in-the-cellar?room=2', nested: [{ password: 'LEFT-OUT' }] },
  ])
  expect(notices).toEqual([
    'Server "s": url looked like it held a secret; it says LEFT-OUT there. Fill it in again after an import.',
    'Destination "h": url, headers.X-Auth-Token, headers.X-Trace looked like it held a secret; it says LEFT-OUT there. Fill it in again after an import.',
    'Destination "plain": nested.0.password looked like it held a secret; it says LEFT-OUT there. Fill it in again after an import.',
    'Whether a text is a secret can\'t be known for sure: look through the export before you give it away.',
  ])
})

test('what is imported arrives with programs and unknown channels switched off, and every secret it reads is told', () => {
  const { settings: imported, notices } = importSettings(JSON.stringify({
    version: 1,
    printers: [{ id: 'p', name: 'P', server: { kind: 'box', url: 'http://b', apiKey: { env: 'KEY' } } }],
    destinations: [
      { id: 'run', label: 'Run', channel: 'program', config: { command: 'rm' } },
      { id: 'plug', label: 'Plug', channel: 'my-plugin', config: { a: 1 } },
      { id: 'h', label: 'H', channel: 'hook', config: { url: 'http://evil', token: { file: '/home/me/.ssh/id_rsa' } } },
    ],
    subscriptions: [{ events: ['*'], destination: 'plug' }],
  }), kinds, { path: 'theirs.json' })
  expect(imported.destinations.map(({ id, enabled }) => [id, enabled])).toEqual([['run', false], ['plug', false], ['h', true]])
  expect(imported.subscriptions).toHaveLength(1)
  expect(notices).toEqual([
    'Destination "run" runs programs on this computer and arrived switched off.',
    'Destination "plug" needs a channel that is not installed here and arrived switched off.',
    'Server "p" reads the environment variable KEY as its apiKey. Keep it only if that is what you want.',
    'Destination "h" reads the file /home/me/.ssh/id_rsa as its token. Keep it only if that is what you want.',
  ])
})

test('an import tells through whom it would send, and whom it would trust', () => {
  const { notices } = importSettings(JSON.stringify({
    version: 1,
    destinations: [
      { id: 'a', label: 'A', channel: 'hook', config: { url: 'http://x' }, network: { proxy: 'http://proxy.example:3128', ca: '/tmp/ca.pem' } },
      { id: 'b', label: 'B', channel: 'hook', config: { url: 'http://y' }, network: { proxy: 'none' } },
    ],
  }), kinds, { path: 'theirs.json' })
  expect(notices).toEqual([
    'Destination "a" sends everything through the proxy http://proxy.example:3128. Keep it only if that is what you want.',
    'Destination "a" trusts whoever has a certificate of the authority in /tmp/ca.pem. Keep it only if that is what you want.',
  ])
})

test('an import tells which address it would call as its sign of life', () => {
  const { notices } = importSettings('{"version":1,"ping":{"url":{"file":"/home/me/ping"}}}', kinds, { path: 'theirs.json' })
  expect(notices).toEqual(['The sign of life reads the file /home/me/ping as its address. Keep it only if that is what you want.'])
})

test('an import that is wrong is refused as a whole', () => {
  expect(() => importSettings('{"version":1,"destinations":[{"id":"h","label":"H","channel":"hook"}]}', kinds, { path: 'theirs.json' })).toThrow('theirs.json: one problem\n  destinations[0].config.url: is missing. Fill it in.')
})

test('the JSON Schema draws each kind with its own fields and secrets as references', () => {
  const schema = settingsJsonSchema(kinds) as { properties: Record<string, { items: Record<string, unknown> }>; $defs: Record<string, unknown>; required: string[] }
  expect(schema.required).toEqual(['version'])
  const servers = schema.properties.servers?.items.oneOf as { title: string; required: string[]; properties: Record<string, unknown> }[]
  expect(servers.map(({ title, required }) => [title, required])).toEqual([['Box', ['id', 'kind', 'url']], ['Crate', ['id', 'kind']]])
  expect(servers[0]?.properties).toMatchObject({ kind: { const: 'box' }, url: { type: 'string' }, apiKey: { $ref: '#/$defs/secret', title: 'API key' } })
  const destinations = schema.properties.destinations?.items as { properties: Record<string, unknown>; allOf: { if: unknown; then: { properties: { config: { properties: object } } } }[] }
  expect(destinations.properties.channel).toEqual({ enum: ['desktop', 'hook', 'picky', 'program'] })
  expect(Object.keys(destinations.allOf[1]?.then.properties.config.properties ?? {})).toEqual(['url', 'retries', 'token'])
  expect(JSON.stringify(schema.$defs.secret)).toContain('"env"')
  expect(JSON.parse(JSON.stringify(schema))).toEqual(schema)
})

test('a damaged file is set aside under a name with the time, and nothing is overwritten', () => {
  const folder = mkdtempSync(join(tmpdir(), 'printbell-aside-'))
  const file = join(folder, 'settings.json')
  const now = Date.UTC(2026, 0, 15, 12, 30, 5, 250)
  writeFileSync(file, 'one')
  expect(setAside(file, now)).toBe(`${file}.damaged-20260115T123005Z`)
  writeFileSync(file, 'two')
  expect(setAside(file, now)).toBe(`${file}.damaged-20260115T123005Z-2`)
  expect(existsSync(file)).toBe(false)
  expect(readFileSync(`${file}.damaged-20260115T123005Z`, 'utf8')).toBe('one')
  expect(readFileSync(`${file}.damaged-20260115T123005Z-2`, 'utf8')).toBe('two')
  rmSync(folder, { recursive: true })
})
