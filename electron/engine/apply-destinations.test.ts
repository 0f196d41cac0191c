/** New settings while the engine runs: who is told, of what, and for how long. Printers and servers: apply.test.ts. */
import { describe, expect, it } from 'vitest'
import type { Verdict } from './channels/channel.ts'
import { engineRigs, type Rig } from '../../test/support/engine-rig.ts'
import { LAMP, printing } from '../../test/support/fake-printer.ts'

const HOOK = { id: 'hook', label: 'My hook', channel: 'hook', events: ['job.*'] }
const PHONE = { id: 'phone', label: 'My phone', channel: 'hook', events: ['job.*'] }
const MK4 = { id: 'mk4', name: 'MK4', server: { kind: 'fake', id: 'octo', url: 'http://octo' } }
const BOTH = { version: 1, printers: [MK4], destinations: [HOOK, PHONE] }
const OK: Verdict = { result: 'delivered', detail: 'ok' }
const BUSY: Verdict = { result: 'retry', after: null, why: 'busy' }

const { start } = engineRigs({ settings: BOTH })

const opened = (rig: Rig): string[] => rig.channels.opened.map(({ destinationId, label }) => `${destinationId} ${label}`)
const rows = (rig: Rig, destinationId: string): string[] => rig.history.outbox({ destinationId }).map(({ state, lastResult }) => `${state}: ${lastResult ?? ''}`)

describe('a destination', () => {
  it('that changed is closed and opened anew, the other one is not touched', async () => {
    const rig = await start()
    await rig.apply({ ...BOTH, destinations: [{ ...HOOK, label: 'Another' }, PHONE] })
    expect(rig.channels.closed).toEqual(['hook'])
    expect(opened(rig)).toEqual(['hook My hook', 'phone My phone', 'hook Another'])
    await printing(rig)
    expect(rig.sent.map(({ destinationId }) => destinationId).sort()).toEqual(['hook', 'phone'])
  })

  it('that only gets other events stays open, and gets them at once', async () => {
    const rig = await start()
    const says = await printing(rig)
    await rig.apply({ ...BOTH, destinations: [{ ...HOOK, events: ['job.started'] }, PHONE] })
    await rig.clock.advance(60_000)
    says.done(LAMP)
    await rig.clock.advance(20_000)
    expect(rig.channels.closed).toEqual([])
    expect(rig.sent.map(({ destinationId, sending }) => `${destinationId} ${sending.message.type}`).sort()).toEqual(['hook job.started', 'phone job.done', 'phone job.started'])
  })

  it('that is new gets what comes from now on', async () => {
    const rig = await start({ settings: { ...BOTH, destinations: [HOOK] } })
    await rig.apply(BOTH)
    await printing(rig)
    expect(rig.sent.map(({ destinationId }) => destinationId).sort()).toEqual(['hook', 'phone'])
  })

  it('waits for what is being sent before it is opened anew', async () => {
    let answer: (verdict: Verdict) => void = () => undefined
    const rig = await start(undefined, ({ world }) => {
      world.send.hook = () => new Promise((resolve) => { answer = resolve })
    })
    await printing(rig)
    let done = false
    const applied = rig.engine.apply(rig.expand({ ...BOTH, destinations: [{ ...HOOK, label: 'Another' }, PHONE] })).then(() => { done = true })
    await rig.clock.advance(3_000)
    expect([rig.channels.closed, done]).toEqual([[], false])
    answer(OK)
    await rig.clock.advance(0)
    await applied
    expect(rig.channels.closed).toEqual(['hook'])
    expect(rows(rig, 'hook')).toEqual(['delivered: delivered: ok'])
  })

  it('waits no longer than 5 s for what hangs, which goes again with the same key', async () => {
    const rig = await start(undefined, ({ world }) => {
      world.send.hook = () => new Promise(() => undefined)
    })
    await printing(rig)
    let done = false
    void rig.engine.apply(rig.expand({ ...BOTH, destinations: [{ ...HOOK, label: 'Another' }, PHONE] })).then(() => { done = true })
    await rig.clock.advance(4_999)
    expect([rig.channels.closed, done]).toEqual([[], false])
    rig.world.send.hook = async () => OK
    await rig.clock.advance(1)
    expect([rig.channels.closed, done]).toEqual([['hook'], true])
    await rig.clock.advance(5_000)
    const hooks = rig.sent.filter(({ destinationId }) => destinationId === 'hook').map(({ sending }) => sending.deliveryKey)
    expect(hooks).toHaveLength(2)
    expect(new Set(hooks).size).toBe(1)
    expect(rows(rig, 'hook')).toEqual(['delivered: delivered: ok'])
  })

  it('is sent nothing while it is opened anew, and then what came meanwhile', async () => {
    let answer: (verdict: Verdict) => void = () => undefined
    const rig = await start(undefined, ({ world }) => {
      world.send.hook = () => new Promise((resolve) => { answer = resolve })
    })
    const says = await printing(rig)
    void rig.engine.apply(rig.expand({ ...BOTH, destinations: [{ ...HOOK, label: 'Another' }, PHONE] }))
    says.state({ device: 'ready', job: 'printing', file: LAMP, progress: 0.5 })
    says.done(LAMP)
    await rig.clock.advance(4_000)
    expect(rig.sent.filter(({ destinationId }) => destinationId === 'hook')).toHaveLength(1)
    rig.world.send.hook = async () => OK
    answer(OK)
    await rig.clock.advance(0)
    expect(rig.sent.filter(({ destinationId }) => destinationId === 'hook').map(({ sending }) => sending.message.type)).toEqual(['job.started', 'job.progress', 'job.done'])
  })

  it('that was mended gets at once what waited for that, and its recovery is told', async () => {
    const settings = { ...BOTH, destinations: [HOOK, { ...PHONE, events: ['app.*'] }] }
    const rig = await start({ settings }, ({ world }) => {
      world.send.hook = async () => ({ result: 'rejected', scope: 'destination', why: 'HTTP 401' })
    })
    await printing(rig)
    rig.world.send.hook = async () => OK
    await rig.apply({ ...settings, destinations: [{ ...HOOK, label: 'Mended' }, settings.destinations[1]] })
    await rig.clock.advance(1_000)
    expect(rows(rig, 'hook')).toEqual(['delivered: delivered: ok'])
    expect(rig.sent.filter(({ destinationId }) => destinationId === 'phone').map(({ sending }) => sending.message.type)).toEqual(['app.delivery_failing', 'app.delivery_recovered'])
  })

  it('that was not mended by it is told to fail once more', async () => {
    const rig = await start(undefined, ({ world }) => {
      world.send.hook = async () => ({ result: 'rejected', scope: 'destination', why: 'HTTP 401' })
    })
    await printing(rig)
    await rig.apply({ ...BOTH, destinations: [{ ...HOOK, label: 'Another' }, PHONE] })
    expect(rig.engine.failing()).toEqual([{ destinationId: 'hook', since: rig.clock.now(), why: 'HTTP 401' }])
    expect(rig.history.events({ types: ['app.delivery_failing'] })).toHaveLength(2)
  })

  it('that is removed leaves rows that end as cancelled, with the reason', async () => {
    const rig = await start(undefined, ({ world }) => {
      world.send.phone = async () => BUSY
    })
    const says = await printing(rig)
    await rig.clock.advance(20_000)
    rig.world.send.phone = async () => ({ ...BUSY, after: 3_600_000 })
    says.done(LAMP)
    await rig.clock.advance(20_000)
    expect(rig.history.outbox({ destinationId: 'phone', states: ['waiting'] })).toHaveLength(2)
    await rig.apply({ ...BOTH, destinations: [HOOK] })
    expect(rows(rig, 'phone')).toEqual(['cancelled: cancelled: No longer to be sent: destination_removed', 'cancelled: cancelled: No longer to be sent: destination_removed'])
    const done = rig.history.events({ types: ['job.done'] })[0]
    expect(rig.history.decisions(done?.id ?? '').filter(({ destinationId }) => destinationId === 'phone').map(({ seq, decision, stage, reason }) => [seq, decision, stage, reason])).toEqual([
      [1, 'deliver', 'deliver', 'subscribed'], [2, 'drop', 'enabled', 'destination_removed'],
    ])
    expect(rig.told().filter((line) => line.endsWith('at phone: cancelled'))).toHaveLength(2)
    expect(rig.channels.closed).toEqual(['phone'])
  })

  it('that is removed with many rows ends them all, in small steps', async () => {
    const rig = await start(undefined, ({ world }) => {
      world.send.phone = async () => ({ ...BUSY, after: 3_600_000 })
    })
    const says = await printing(rig)
    for (let step = 1; step < 40; step += 1) {
      await rig.clock.advance(61_000)
      if (step % 2) says.done(LAMP)
      else says.started(LAMP)
      await rig.clock.advance(10_000)
    }
    const waiting = rig.history.outbox({ destinationId: 'phone', states: ['waiting'], limit: 1_000 }).length
    expect(waiting).toBeGreaterThan(20)
    await rig.apply({ ...BOTH, destinations: [HOOK] })
    expect(rig.history.outbox({ destinationId: 'phone', states: ['waiting'] })).toEqual([])
    expect(rig.history.outbox({ destinationId: 'phone', states: ['cancelled'], limit: 1_000 }).length).toBeGreaterThanOrEqual(waiting)
  })

  it('that is switched off is closed, and switched on again it is open', async () => {
    const rig = await start()
    await rig.apply({ ...BOTH, destinations: [{ ...HOOK, enabled: false }, PHONE] })
    expect(rig.channels.closed).toEqual(['hook'])
    await expect(rig.engine.testDestination('hook')).rejects.toThrow('destination "hook" is switched off')
    await rig.apply(BOTH)
    expect((await rig.engine.testDestination('hook')).verdict).toEqual(OK)
  })

  it('whose secret changed under the same reference is opened anew with it, and only then', async () => {
    const settings = { ...BOTH, destinations: [{ ...HOOK, config: { token: { env: 'TOKEN' } } }, PHONE] }
    const rig = await start({ settings })
    expect(rig.engine.failing()).toMatchObject([{ destinationId: 'hook', why: 'The environment variable TOKEN is not set.' }])
    rig.world.env = { TOKEN: 'CANARY-first' }
    await rig.engine.refreshSecrets({ destinationId: 'hook' })
    await rig.engine.refreshSecrets({ destinationId: 'hook' })
    expect(rig.engine.failing()).toEqual([])
    rig.world.env = { TOKEN: 'CANARY-second' }
    await rig.engine.refreshSecrets()
    expect(rig.channels.opened.map(({ destinationId, secrets }) => [destinationId, secrets.token?.reveal()])).toEqual([
      ['phone', undefined], ['hook', 'CANARY-first'], ['hook', 'CANARY-second'],
    ])
  })
})

describe('what holds at once', () => {
  it('whether I am told of what I did myself', async () => {
    const rig = await start()
    const says = await printing(rig)
    const cancel = async (): Promise<void> => {
      const now = rig.clock.now()
      void rig.engine.handle({ printerId: 'mk4', jobKey: null, action: { name: 'pause' }, from: 'window', madeAt: now, expiresAt: now + 60_000, confirmed: true, eventId: null })
      await rig.clock.advance(0)
      says.state({ device: 'ready', job: 'paused', file: LAMP })
      await rig.clock.advance(10_000)
      says.state({ device: 'ready', job: 'printing', file: LAMP })
      await rig.clock.advance(10_000)
    }
    await cancel()
    const paused = (): number => rig.sent.filter(({ sending }) => sending.message.type === 'job.paused').length
    expect(paused()).toBe(0)
    await rig.apply({ ...BOTH, notifyMyself: true })
    await cancel()
    expect(paused()).toBe(2)
  })

  it('after which time a message is no longer worth sending', async () => {
    const rig = await start(undefined, ({ world }) => {
      world.send.hook = async () => BUSY
    })
    await rig.apply({ ...BOTH, expiry: { progress: 60 } })
    await printing(rig)
    const [row] = rig.history.outbox({ destinationId: 'hook' })
    expect((row?.expiresAt ?? 0) - (row?.createdAt ?? 0)).toBe(60_000)
  })

  it('how long the history is kept', async () => {
    const rig = await start()
    const says = await printing(rig)
    says.done(LAMP)
    await rig.clock.advance(20_000)
    expect(rig.history.events({}).length).toBe(2)
    await rig.apply({ ...BOTH, retention: { eventDays: 1, keepUnseen: false } })
    rig.clock.jump(3 * 86_400_000)
    await rig.clock.advance(6 * 60_000)
    expect(rig.history.events({ types: ['job.started', 'job.done'] })).toEqual([])
  })
})

describe('destinations that fail', () => {
  it('are those that refuse everything, until one message gets through', async () => {
    const rig = await start(undefined, ({ world }) => {
      world.send.hook = async () => ({ result: 'rejected', scope: 'destination', why: 'HTTP 401' })
    })
    const says = await printing(rig)
    const since = rig.clock.now() - 1_000
    expect(rig.engine.failing()).toEqual([{ destinationId: 'hook', since, why: 'HTTP 401' }])
    rig.world.send.hook = async () => OK
    await rig.clock.advance(60_000)
    says.done(LAMP)
    await rig.clock.advance(15 * 60_000)
    expect(rig.engine.failing()).toEqual([])
  })

  it('and those that did not take a message three times in a row', async () => {
    const rig = await start(undefined, ({ world }) => {
      world.send.hook = async () => ({ result: 'retry', after: 10_000, why: 'no answer' })
    })
    await printing(rig)
    const since = rig.clock.now() - 1_000
    await rig.clock.advance(10_500)
    expect(rig.engine.failing()).toEqual([])
    await rig.clock.advance(10_000)
    expect(rig.engine.failing()).toEqual([{ destinationId: 'hook', since, why: 'no answer' }])
    rig.world.send.hook = async () => OK
    await rig.clock.advance(20_000)
    expect(rig.engine.failing()).toEqual([])
  })

  it('are forgotten when they are changed, switched off or removed', async () => {
    const rig = await start(undefined, ({ world }) => {
      world.send.hook = async () => ({ result: 'gone', why: 'It was closed.' })
      world.send.phone = async () => ({ result: 'gone', why: 'It was closed.' })
    })
    await printing(rig)
    expect(rig.engine.failing().map(({ destinationId }) => destinationId).sort()).toEqual(['hook', 'phone'])
    await rig.apply({ ...BOTH, destinations: [{ ...HOOK, label: 'Mended' }] })
    expect(rig.engine.failing()).toEqual([])
  })
})
