// @vitest-environment happy-dom
import { beforeEach, expect, it } from 'vitest'
import type { TestResultView } from '../../../electron/bridge/views/setup.ts'
import { useSettings } from '../../stores/settings.ts'
import { asked, open, press, settled } from '../printers/window.support.ts'
import ManualAddress from './ManualAddress.vue'

const NOTHING: TestResultView = { kind: null, kindName: null, ok: false, cause: 'timeout', detail: 'It did not answer in time. It may be switched off.', version: null, fingerprint: null, sources: [], camera: null, url: 'http://printer.local', canPair: false }
let answer: (kind: string | null) => Partial<TestResultView>

beforeEach(() => {
  answer = () => ({})
  open(ManualAddress, {}, { 'setup.test': (input) => ({ ...NOTHING, ...answer((input as { kind: string | null }).kind) }) })
  const kind = (name: string) => ({ kind: name, displayName: name.toUpperCase(), schema: { type: 'object', properties: {} }, secrets: [{ name: 'apiKey', label: 'Key', required: true, after: null }] })
  useSettings().$patch({ forms: { adapters: [kind('alpha'), kind('beta')] } } as never)
})
const words = (): string => document.body.textContent.replace(/\s+/g, ' ')
const asks = (): (string | null)[] => asked.filter(({ name }) => name === 'setup.test').map(({ input }) => (input as { kind: string | null }).kind)
const select = (): HTMLSelectElement | null => document.querySelector('select')
async function type(text: string): Promise<void> {
  const input = document.querySelector('input') as HTMLInputElement
  input.value = text
  input.dispatchEvent(new Event('input'))
  document.querySelector('form')?.dispatchEvent(new Event('submit', { cancelable: true }))
  await settled()
}
async function choose(kind: string): Promise<void> {
  const found = select()
  if (!found) throw new Error('no kind is asked for')
  found.value = kind
  found.dispatchEvent(new Event('change'))
  await settled()
}

it('finds the kind out, and asks nobody for it before', async () => {
  answer = () => ({ kind: 'beta', kindName: 'BETA', cause: 'key_missing', detail: 'BETA answers. It needs a key.' })
  await settled()
  expect(select()).toBeNull()
  await type('printer.local')
  expect(asks()).toEqual([null])
  expect(words()).toContain('BETA, http://printer.local')
  expect([select()?.value, [...(select()?.options ?? [])].map((option) => option.text)]).toEqual(['beta', ['ALPHA', 'BETA']])
})

it('asks as another kind when a person knows better, and finds out again when they do not', async () => {
  answer = (kind) => ({ kind: kind ?? 'alpha', kindName: (kind ?? 'alpha').toUpperCase(), cause: 'key_missing', detail: 'It needs a key.' })
  await type('printer.local')
  await choose('beta')
  expect(asks()).toEqual([null, 'beta'])
  expect(words()).toContain('BETA, http://printer.local')
  await choose('')
  expect(asks()).toEqual([null, 'beta', null])
  expect(words()).toContain('ALPHA, http://printer.local')
})

it('a kind that is not there gets no row, but its words', async () => {
  answer = (kind) => (kind === null ? { kind: 'alpha', kindName: 'ALPHA', cause: 'key_missing', detail: 'It needs a key.' } : { kind, kindName: 'BETA', cause: 'not_this_server', detail: 'This is not BETA. Connect it as ALPHA.' })
  await type('printer.local')
  await choose('beta')
  expect(words()).toContain('This is not BETA. Connect it as ALPHA.')
  expect(document.querySelector('.server')).toBeNull()
})

it('nobody knows the kind of another address yet', async () => {
  answer = (kind) => ({ kind: kind ?? 'alpha', kindName: 'X', cause: 'key_missing', detail: 'It needs a key.' })
  await type('printer.local')
  await choose('beta')
  await type('other.local')
  expect(asks()).toEqual([null, 'beta', null])
})

it('offers the kinds where nobody answered as itself, and not for what is no address', async () => {
  await type('printer.local')
  expect(words()).toContain('It did not answer in time.')
  expect([...(select()?.options ?? [])].map((option) => option.text)).toEqual(['Find out', 'ALPHA', 'BETA'])
  answer = () => ({ cause: 'bad_address', detail: '192.168.1 is not an IP address.', url: null })
  await press('Check')
  await settled()
  expect(select()).toBeNull()
})
