// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from 'vitest'
import { cardFor } from '../components/printers/card.support.ts'
import { asked, open, press, push, settled } from '../components/printers/window.support.ts'
import PrintersPage from './PrintersPage.vue'

/** Without settings nobody chose. */
const unknown = (): Promise<never> => Promise.reject(new Error('The settings are damaged.'))
const cards = (count: number) => Array.from({ length: count }, (_, index) => cardFor({ id: `p${index}`, name: `Printer ${index}` }))
const wide = (width: number): void => void Object.assign(window, { innerWidth: width })

beforeEach(() => wide(1120))

describe('the printers page', () => {
  it('has the next step when there is no printer, and adds a simulated one', async () => {
    let added = false
    const { view } = open(PrintersPage, {}, { 'settings.get': unknown, 'printers.list': () => (added ? cards(1) : []), 'setup.simulator': () => { added = true; return { ok: true, printerIds: ['p0'] } } })
    await settled()
    expect(view.text()).toContain('No printers yet')
    await press('Try it with a simulated printer')
    expect(asked.filter(({ name }) => name === 'setup.simulator')).toEqual([{ name: 'setup.simulator', input: { on: true } }])
    expect(view.text()).not.toContain('No printers yet')
  })

  it('says why the simulated printer could not be started', async () => {
    const { view } = open(PrintersPage, {}, { 'settings.get': unknown, 'printers.list': () => [], 'setup.simulator': () => ({ ok: false, problems: [{ path: '', message: 'Port 5099 is in use', cure: 'Close the other program.' }] }) })
    await settled()
    await press('Try it with a simulated printer')
    expect(view.get('[role="alert"]').text()).toContain('Port 5099 is in use')
  })

  it('says why the printers could not be loaded, and tries again', async () => {
    let broken = true
    const { view } = open(PrintersPage, {}, { 'settings.get': unknown, 'printers.list': () => (broken ? Promise.reject(new Error('The history is damaged.')) : cards(1)) })
    await settled()
    expect(view.text()).toContain('The history is damaged.')
    broken = false
    await press('Retry')
    expect(view.text()).not.toContain('The history is damaged.')
  })

  it.each([[12, 'cards'], [13, 'list']] as const)('shows %i printers as %s unless somebody chose', async (count, shape) => {
    const { view } = open(PrintersPage, {}, { 'settings.get': unknown, 'printers.list': () => cards(count) })
    await settled()
    expect(view.find('[role="table"]').exists()).toBe(shape === 'list')
  })

  it('keeps the choice in the settings, and takes it back where that is refused', async () => {
    const { view } = open(PrintersPage, {}, { 'settings.get': unknown, 'printers.list': () => cards(2), 'settings.change': () => ({ ok: false, problems: [{ path: '', message: 'The disk is full', cure: 'Free some space.' }] }) })
    await settled()
    await press('List')
    expect(asked.at(-1)).toEqual({ name: 'settings.change', input: { what: 'desktop', patch: { printersView: 'list' } } })
    expect(view.find('[role="table"]').exists()).toBe(false)
    expect(view.get('[role="alert"]').text()).toContain('The disk is full')
  })

  it('counts what needs a person, as it changes', async () => {
    const { view } = open(PrintersPage, {}, { 'settings.get': unknown, 'printers.list': () => cards(2) })
    await settled()
    push('printers.changed', { cards: [cardFor({ id: 'p1', name: 'Printer 1', state: 'needs' })], removed: ['p0'] })
    await settled()
    expect(view.get('header').text()).toContain('1 needs you')
    push('printers.changed', { cards: [], removed: ['p1'] })
    await settled()
    expect(view.text()).toContain('No printers yet')
  })
})
