import { describe, expect, it } from 'vitest'
import { fixtureHandlers } from '../../test/window/fixtures/index.ts'
import { memoryLog } from '../../test/support/log.ts'
import { Secret } from '../engine/settings/secret.ts'
import { answer } from './handlers.ts'
import type { Handlers } from './contract.ts'

const rig = (own: Partial<Handlers> = {}) => {
  const log = memoryLog()
  const handlers: Handlers = { ...fixtureHandlers('empty'), ...own }
  return { log, ask: (name: unknown, input: unknown = null) => answer(name, input, { handlers, log }) }
}

describe('a call of the window', () => {
  it('is parsed, handled, and its answer parsed', async () => {
    const got: unknown[] = []
    const { ask } = rig({
      'history.mark': async (input) => {
        got.push(input)
        return 2
      },
    })
    expect(await ask('history.mark', { seen: true, eventIds: ['a', 'b'] })).toEqual({ ok: true, value: 2 })
    expect(got).toEqual([{ seen: true, eventIds: ['a', 'b'] }])
  })

  it.each([['nothing.known'], ['toString'], ['__proto__'], [7], [null]])('of the name %j is no call', async (name) => {
    expect(await rig().ask(name)).toEqual({ ok: false, error: `there is no call "${String(name)}"` })
  })

  it.each([
    ['a wish that no window has', 'printers.wish', { printerId: 'mk3', jobKey: null, action: { name: 'gcode', lines: ['M112'] }, confirmed: true }],
    ['more than was asked for', 'notifications.pause', { until: null, also: 'this' }],
    ['a value of another type', 'history.page', { filter: {}, before: null, limit: '50' }],
    ['an address to open', 'system.open-link', 'file:///etc/passwd'],
    ['nothing where something belongs', 'printers.details', null],
  ])('with %s is refused before any handler hears of it', async (_what, name, input) => {
    const heard: string[] = []
    const { ask, log } = rig({ [name]: async () => void heard.push(name) })
    expect((await ask(name, input)).ok).toBe(false)
    expect(heard).toEqual([])
    expect(log.lines.map(({ message }) => message)).toEqual(['a call of the window makes no sense'])
  })

  it('whose answer breaks the contract gives nothing away', async () => {
    const { ask, log } = rig({ 'printers.list': (async () => [{ id: 'mk3', apiKey: 'CANARY-bridge-11' }]) as never })
    const answered = await ask('printers.list')
    expect(answered).toEqual({ ok: false, error: 'Printbell made an answer it does not understand itself. Its log says more.' })
    expect(JSON.stringify(log.lines)).not.toContain('CANARY-bridge-11')
  })

  it('with a field too many in its answer is refused, not passed on', async () => {
    const { ask } = rig({ 'history.count': (async () => ({ count: 1, exact: true, secret: 'CANARY-bridge-12' })) })
    expect((await ask('history.count', {})).ok).toBe(false)
  })

  it('that fails tells the words without the secrets in them', async () => {
    const secret = new Secret('CANARY-bridge-13')
    const { ask } = rig({
      'destinations.test': async () => {
        throw new Error(`refused for key ${secret.reveal()}`)
      },
    })
    expect(await ask('destinations.test', { destinationId: 'hook', wish: null })).toEqual({ ok: false, error: 'refused for key [secret]' })
  })
})
