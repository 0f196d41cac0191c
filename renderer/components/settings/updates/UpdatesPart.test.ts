// @vitest-environment happy-dom
import { expect, it } from 'vitest'
import type { CallName } from '../../../../electron/bridge/contract.ts'
import type { UpdatesView } from '../../../../electron/bridge/views/updates.ts'
import { asked, open, press, push, settled } from '../../printers/window.support.ts'
import UpdatesPart from './UpdatesPart.vue'

const release = { version: '1.3.0', releasedAt: null, notes: 'Less memory.\nFixed: turned twice.' }
const VIEW: UpdatesView = { on: true, way: 'itself', why: null, asks: 'updates.example.org', lastAt: null, state: { what: 'idle' } }
const words = (): string => document.body.textContent.replace(/\s+/g, ' ')
const buttons = (): string[] => [...document.querySelectorAll('button:not([role=switch])')].map((button) => (button.textContent).trim())
const names = (): string[] => asked.map(({ name }) => name).filter((name) => name !== 'updates.get')

async function shown(view: Partial<UpdatesView>, answers: Partial<Record<CallName, () => unknown>> = {}): Promise<void> {
  open(UpdatesPart, { stored: { check: view.on ?? true } }, { 'updates.get': () => ({ ...VIEW, ...view }), ...answers } as never)
  await settled()
}

it.each<[UpdatesView['state'], string[]]>([
  [{ what: 'idle' }, ['Look now']],
  [{ what: 'current' }, ['Look now']],
  [{ what: 'available', release }, ['Download']],
  [{ what: 'downloading', release, bytes: 1, of: 2 }, ['Cancel']],
  [{ what: 'ready', release }, ['Restart to update']],
  [{ what: 'waiting', release, waitsFor: [] }, ['Not now']],
  [{ what: 'installing', release }, ['Not now']],
  [{ what: 'failed', release: null, text: 'It does not answer.', nextAt: null }, ['Look now']],
])('offers one thing to do in %j', async (state, offered) => {
  await shown({ state })
  expect(buttons()).toEqual(offered)
})

it('only tells where somebody else installs', async () => {
  await shown({ way: 'told', why: 'Installed as a Debian package.', state: { what: 'available', release } })
  expect(buttons()).toEqual(['Look now'])
  expect([...document.querySelectorAll('[role=status] p')].map((line) => line.textContent)).toEqual(['Printbell 1.3.0 is out', 'Installed as a Debian package.'])
})

it('has no switch where nobody can be asked, and says why', async () => {
  await shown({ on: false, way: 'never', why: 'This build knows nobody.', asks: null })
  expect(document.querySelector('[role=switch]')).toBeNull()
  expect(words()).toContain('This build knows nobody.')
})

it('tells nothing but the switch while that is off', async () => {
  await shown({ on: false })
  expect(buttons()).toEqual([])
  expect(document.querySelector('[role=status]')).toBeNull()
})

it('asks what is pressed, follows what is pushed, and keeps the keyboard at the thing to do', async () => {
  await shown({ state: { what: 'ready', release } }, { 'updates.install': () => ({ ...VIEW, state: { what: 'waiting', release, waitsFor: ['MK4 needs you.'] } }), 'updates.cancel': () => ({ ...VIEW, state: { what: 'ready', release } }) })
  document.querySelector<HTMLElement>('[data-next]')?.focus()
  await press('Restart to update')
  expect(document.querySelector('[role=status]')?.textContent).toContain('MK4 needs you.')
  expect(document.activeElement?.textContent.trim()).toBe('Not now')
  await press('Not now')
  expect(names()).toEqual(['updates.install', 'updates.cancel'])
  push('updates.changed', { ...VIEW, state: { what: 'installing', release } })
  await settled()
  expect(words()).toContain('Installing Printbell 1.3.0')
})

it('takes the second press of a double click for none', async () => {
  await shown({ state: { what: 'waiting', release, waitsFor: ['MK4 needs you.'] } }, { 'updates.cancel': () => ({ ...VIEW, state: { what: 'ready', release } }) })
  const button = document.querySelector<HTMLElement>('[data-next]')
  button?.dispatchEvent(new MouseEvent('click', { detail: 2, bubbles: true }))
  await settled()
  expect(names()).toEqual([])
  button?.dispatchEvent(new MouseEvent('click', { detail: 1, bubbles: true }))
  await settled()
  expect(names()).toEqual(['updates.cancel'])
})

it('tells a wish that failed, and what could not be read at all', async () => {
  await shown({}, { 'updates.check': () => { throw new Error('The log has no room.') } })
  await press('Look now')
  expect(document.querySelector('[role=alert]')?.textContent).toBe('The log has no room.')
  await shown({}, { 'updates.get': () => { throw new Error('Nobody answers.') } })
  expect(words()).toContain('Nobody answers.')
  expect(buttons()).toEqual(['Retry'])
})

it('saves the address of a mirror, and takes it away', async () => {
  open(UpdatesPart, { stored: { check: true, address: 'https://mirror.example.org' } }, { 'updates.get': () => VIEW, 'settings.change': () => ({ ok: true }) })
  await settled()
  expect(document.querySelector('details')?.open).toBe(true)
  const field = document.querySelector<HTMLInputElement>('details input')
  if (!field) throw new Error('no field')
  field.value = ''
  field.dispatchEvent(new Event('input'))
  field.dispatchEvent(new Event('blur'))
  await settled()
  expect(asked.at(-1)).toEqual({ name: 'settings.change', input: { what: 'desktop', patch: { updates: { address: null } } } })
})
