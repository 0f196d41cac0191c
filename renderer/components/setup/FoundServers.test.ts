// @vitest-environment happy-dom
import { expect, it } from 'vitest'
import type { Discovery, Pairing } from '../../../electron/bridge/views/setup.ts'
import { useSetup } from '../../stores/setup.ts'
import { useSettings } from '../../stores/settings.ts'
import { asked, open, press, push, settled } from '../printers/window.support.ts'
import FoundServers from './FoundServers.vue'

const OCTOPI: Discovery['found'][number] = { key: 'octopi', kind: 'octoprint', kindName: 'OctoPrint', name: 'octopi', url: 'http://octopi.local', version: '1.11.2', printerIds: [], canPair: true }
const ASKING: Pairing = { pairingId: 'p1', step: 'asking', canOpen: false, text: 'Asking.', cause: null, endsAt: null, printerIds: [] }

async function shown(discover: () => Discovery): Promise<string[]> {
  open(FoundServers, {}, { 'setup.discover': discover, 'printers.list': () => [], 'setup.pair': () => ASKING })
  await useSetup().start()
  await settled()
  return buttons()
}
const buttons = (): string[] => [...document.querySelectorAll('button')].map((button) => (button.getAttribute('aria-label') ?? button.textContent ?? '').trim())

it('offers a key beside "Connect", and once only where connecting was refused', async () => {
  expect(await shown(() => ({ running: true, found: [OCTOPI], unsearched: [] }))).toEqual(['Stop looking', 'Enter key for octopi', 'Connect octopi'])
  await press('Connect octopi')
  push('pairing.changed', { ...ASKING, step: 'failed', text: 'Refused.', cause: 'denied' })
  await settled()
  expect(buttons()).toEqual(['Stop looking', 'Try again', 'Enter key instead'])
})

it('has no heading over nothing where looking failed', async () => {
  await shown(() => { throw new Error('The network is off.') })
  expect(document.querySelector('h2')).toBeNull()
  await shown(() => ({ running: true, found: [], unsearched: [] }))
  expect(document.querySelector('h2')?.textContent).toBe('Found in your network')
})

const TRIDENT: Discovery['found'][number] = { key: 'trident', kind: 'moonraker', kindName: 'Moonraker', name: 'Trident', url: 'http://trident.local', version: '0.9.3', printerIds: [], canPair: false }
const words = (): string => document.body.textContent.replace(/\s+/g, ' ')
const of = (name: string): unknown[] => asked.filter((one) => one.name === name).map(({ input }) => input)

it('can be stopped, keeps what was found, says what the list can not hold, and looks again', async () => {
  const list = await shown(() => ({ running: true, found: [OCTOPI], unsearched: ['Bambu', 'Obico'] }))
  expect(list).toContain('Stop looking')
  expect(words()).toContain('Not looked for: Bambu and Obico. Enter the address below.')
  expect(words()).not.toContain('Not listed?')
  open(FoundServers, {}, { 'setup.discover': (input) => ({ running: (input as { on: boolean }).on, found: [OCTOPI], unsearched: [] }), 'printers.list': () => [] })
  await useSetup().start()
  await settled()
  await press('Stop looking')
  await settled()
  expect(of('setup.discover')).toEqual([{ on: true }, { on: false }])
  expect(words()).toContain('octopi')
  expect(words()).toContain('Not listed? A server in another network, or with its discovery switched off, is found by its address only.')
  await press('Look again')
  await settled()
  expect(words()).toContain('Still looking')
})

it('shows results as they come, those of all kinds in one list, and does not offer again what is added', async () => {
  await shown(() => ({ running: true, found: [], unsearched: [] }))
  push('discovery.changed', { running: true, found: [TRIDENT], unsearched: [] })
  await settled()
  expect(words()).toContain('Moonraker, http://trident.local, version 0.9.3')
  push('discovery.changed', { running: true, found: [TRIDENT, { ...OCTOPI, printerIds: ['mk3'] }], unsearched: [] })
  await settled()
  expect([...document.querySelectorAll('.server .strong')].map((name) => name.textContent)).toEqual(['Trident', 'octopi'])
  expect(words()).toContain('Connected')
  expect(buttons().filter((name) => name.includes('octopi'))).toEqual([])
})

/** A kind whose servers may be open: nothing of it is required. */
async function trident(test: (secrets: Record<string, string>, fields: Record<string, unknown>) => object): Promise<void> {
  const result = { kind: 'moonraker', kindName: 'Moonraker', ok: false, cause: 'ok', detail: '', version: null, fingerprint: null, sources: [], camera: null, url: 'http://trident.local', canPair: false }
  open(FoundServers, {}, {
    'setup.discover': () => ({ running: true, found: [TRIDENT], unsearched: [] }), 'printers.list': () => [], 'setup.add': () => ({ ok: true, printerIds: ['trident'] }),
    'setup.test': (input) => {
      const { secrets, fields } = input as { secrets: Record<string, string>; fields: Record<string, unknown> }
      return { ...result, ...test(secrets, fields) }
    },
  })
  const secrets = [{ name: 'apiKey', label: 'API key', required: false, after: null }, { name: 'password', label: 'Password', required: false, after: 'user' }]
  useSettings().$patch({ forms: { adapters: [{ kind: 'moonraker', displayName: 'Moonraker', schema: { type: 'object', properties: { user: { type: 'string', title: 'User name' } } }, secrets }] } } as never)
  await useSetup().start()
  await settled()
}
const added = (): unknown => (of('setup.add')[0] as { server: unknown } | undefined)?.server
function type(label: string, text: string): void {
  const id = [...document.querySelectorAll('label')].find((one) => one.textContent === label)?.htmlFor
  const input = document.getElementById(id ?? '') as HTMLInputElement
  input.value = text
  input.dispatchEvent(new Event('input'))
}

it('connects a server that is open without asking for a key', async () => {
  await trident(() => ({ ok: true, sources: [{ sourceId: 'printer', name: 'Trident' }] }))
  await press('Connect Trident')
  await settled()
  expect(added()).toEqual({ kind: 'moonraker', fields: { url: 'http://trident.local' }, secrets: {} })
  expect(words()).toContain('Connected')
})

it('asks for a key only where the server wants one, and takes any of its ways in', async () => {
  await trident((secrets, fields) => (secrets.password === 'good' && fields.user === 'marta' ? { ok: true } : { cause: 'key_missing', detail: 'Moonraker wants a login. Enter its API key.' }))
  await press('Connect Trident')
  await settled()
  expect(words()).toContain('Moonraker wants a login. Enter its API key.')
  await press('Connect')
  expect(words()).toContain('Enter the key first.')
  type('User name', 'marta')
  type('Password', 'good')
  await press('Connect')
  await settled()
  expect(added()).toEqual({ kind: 'moonraker', fields: { url: 'http://trident.local', user: 'marta' }, secrets: { password: 'good' } })
})

it('tells in the row why a server could not be asked', async () => {
  await trident(() => ({ cause: 'refused', detail: 'Nothing answers on trident.local. Check the port.' }))
  await press('Connect Trident')
  await settled()
  expect(document.querySelector('[role=alert]')?.textContent).toBe('Nothing answers on trident.local. Check the port.')
  expect(document.querySelector('input')).toBeNull()
})
