/** New settings while the engine runs: who is told, of what, and for how long. Printers and servers: apply.test.ts. */
import { describe, expect, it } from 'vitest'
import type { Verdict } from './channels/channel.ts'
import { engineRigs, type Rig } from '../../test/support/engine-rig.ts'
import { LAMP, printing } from '../../test/support/fake-printer.ts'

const HOOK = { id: 'hook', label: 'My hook', channel: 'hook', events: ['job.*'] }
const PHONE = { id: 'phone', label: 'My phone', channel: 'hook', events: ['job.*'] }
const MK4 = { id: 'mk4', name: 'MK4', server: { kind: 'fake', id: 'octo', url: 'http://octo' } }
const BOTH = { version: 1, printers: [MK4], destinations: [HOOK, PHONE] }
const MINUTE = 60_000
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
    await rig.clock.advance(3 * MINUTE)
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
    await rig.clock.advance(3 * MINUTE)
    expect(rig.history.events({ types: ['app.delivery_failing'] })).toHaveLength(1)
    await rig.apply({ ...BOTH, destinations: [{ ...HOOK, label: 'Another' }, PHONE] })
    // 5 min, by half chance.
    expect(rig.engine.failing()).toEqual([{ destinationId: 'hook', since: rig.clock.now(), why: 'HTTP 401', state: 'open', nextTryAt: rig.clock.now() + 150_000 }])
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

  it('that is removed takes its notes along', async () => {
    const rig = await start()
    rig.history.setNote('phone', 'message:1', '4711', rig.clock.now())
    rig.history.setNote('hook', 'message:1', '4712', rig.clock.now())
    await rig.apply({ ...BOTH, destinations: [HOOK] })
    expect([rig.history.getNote('phone', 'message:1'), rig.history.getNote('hook', 'message:1')]).toEqual([null, '4712'])
  })

  it('that did not take a message keeps it as a dead letter, to be sent again or discarded', async () => {
    const rig = await start(undefined, ({ world }) => {
      world.send.hook = async () => ({ result: 'rejected', scope: 'message', why: 'The message is too large for the server (413).' })
    })
    await printing(rig)
    const at = rig.clock.now() - 1_000
    const event = rig.history.events({ types: ['job.started'] })[0]
    expect(rig.engine.deadLetters('hook')).toEqual([{
      eventId: event?.id, destinationId: 'hook', state: 'dead', title: 'MK4: print started', type: 'job.started', severity: 'info', printerId: 'mk4', occurredAt: event?.occurredAt, endedAt: at,
      why: 'The message is too large for the server (413).', attempts: 1,
    }])
    expect([rig.engine.deadLetters(null).length, rig.engine.deadLetters('phone'), [...rig.engine.deadLetterCounts()]]).toEqual([1, [], [['hook', 1]]])
    expect(rig.engine.sendAllAgain('hook')).toBe(1)
    await rig.clock.advance(0)
    expect(rig.engine.discard(event?.id ?? '', 'hook')).toBe(true)
    expect(rig.engine.deadLetters(null)).toEqual([])
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
  it('are those that refuse everything for minutes, until one message gets through; told by another destination, never by itself', async () => {
    const settings = { ...BOTH, destinations: [{ ...HOOK, events: ['job.*', 'app.*'] }, { ...PHONE, events: ['app.*'] }] }
    const rig = await start({ settings }, ({ world }) => {
      world.send.hook = async () => ({ result: 'rejected', scope: 'destination', why: 'HTTP 401' })
    })
    const says = await printing(rig)
    const since = rig.clock.now() - 1_000
    expect(rig.engine.failing()).toEqual([])
    // Tried after 15, 30, 15, 30 and 60 s: the last one is the first beyond two minutes.
    await rig.clock.advance(3 * MINUTE)
    expect(rig.engine.failing()).toEqual([{ destinationId: 'hook', since, why: 'HTTP 401', state: 'open', nextTryAt: since + 300_000 }])
    const told = (): unknown => rig.sent.filter(({ destinationId }) => destinationId === 'phone').map(({ sending }) => `${sending.message.title}: ${sending.message.body}`)
    expect(told()).toEqual(['Printbell: delivery fails: My hook: HTTP 401.'])
    rig.world.send.hook = async () => OK
    says.done(LAMP)
    await rig.clock.advance(15 * MINUTE)
    expect(rig.engine.failing()).toEqual([])
    expect(told()).toEqual(['Printbell: delivery fails: My hook: HTTP 401.', 'Printbell: delivered again: My hook: ok.'])
    const decided = ['app.delivery_failing', 'app.delivery_recovered'].map((type) => rig.history.decisions(rig.history.events({ types: [type as 'app.test'] })[0]?.id ?? '').find(({ destinationId }) => destinationId === 'hook')?.reason)
    expect(decided).toEqual(['about_itself', 'own_recovery'])
  })

  it('and those that answer nothing for minutes, but not those that ask for quiet', async () => {
    const rig = await start(undefined, ({ world }) => {
      world.send.hook = async () => BUSY
      world.send.phone = async () => ({ ...BUSY, after: 10_000 })
    })
    await printing(rig)
    await rig.clock.advance(4 * MINUTE)
    expect(rig.engine.failing()).toMatchObject([{ destinationId: 'hook', why: 'busy', state: 'open' }])
    expect(rig.history.events({ types: ['app.delivery_failing'] }).map(({ reason }) => reason)).toEqual(['hook'])
  })

  it('say that they are tried right now', async () => {
    const rig = await start(undefined, ({ world }) => {
      world.send.hook = async () => BUSY
    })
    await printing(rig)
    await rig.clock.advance(4 * MINUTE)
    rig.world.send.hook = () => new Promise(() => undefined)
    rig.engine.recheck()
    await rig.clock.advance(1_000)
    expect(rig.engine.failing()).toMatchObject([{ destinationId: 'hook', state: 'half_open', nextTryAt: null }])
  })

  it('work again when a test is delivered', async () => {
    const rig = await start(undefined, ({ world }) => {
      world.send.hook = async () => ({ result: 'gone', why: 'It was closed.' })
    })
    await printing(rig)
    expect(rig.engine.failing()).toMatchObject([{ destinationId: 'hook', why: 'It was closed.', state: 'gone', nextTryAt: null }])
    await rig.engine.testDestination('hook')
    expect(rig.engine.failing()).toHaveLength(1)
    rig.world.send.hook = async () => OK
    await rig.engine.testDestination('hook')
    expect(rig.engine.failing()).toEqual([])
  })

  it('are not announced anew after a restart', async () => {
    const before = await start(undefined, ({ world }) => {
      world.send.hook = async () => BUSY
    })
    await printing(before)
    await before.clock.advance(4 * MINUTE)
    const failing = before.engine.failing()[0]
    await before.stop()
    before.history.close()
    const rig = await start({ settings: BOTH, at: before.clock.now() + 10_000 }, ({ world }) => {
      world.send.hook = async () => BUSY
    })
    expect(rig.engine.failing()).toMatchObject([{ destinationId: 'hook', since: failing?.since, why: 'busy' }])
    await rig.clock.advance(4 * MINUTE)
    expect(rig.history.events({ types: ['app.delivery_failing'] })).toHaveLength(1)
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
