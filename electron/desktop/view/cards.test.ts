import { describe, expect, it } from 'vitest'
import { printerCard } from '../../bridge/views/printers.ts'
import type { JobPhase, Link } from '../../engine/events/model.ts'
import { compareCards, countStates } from '../../bridge/views/card-order.ts'
import { acknowledgeable, cardOf, displayOf, same } from './cards.ts'
import { factsOf, minutesAgo, NOW, printing, rememberedOf, runout, stateOf, vase } from './view.support.ts'

const display = (given: Parameters<typeof factsOf>[0]) => displayOf(factsOf(given))

describe('the five states', () => {
  it('idle: nothing runs, also with a finished job', () => {
    expect(display({})).toBe('idle')
    expect(display({ state: stateOf({ job: 'done' }), last: rememberedOf() })).toBe('idle')
  })

  it.each<JobPhase>(['preparing', 'printing', 'pausing', 'resuming', 'finishing', 'cancelling'])('printing: a job is %s', (job) => {
    expect(display({ state: printing({ job }) })).toBe('printing')
  })

  it('needs you: an attention is open, whatever else is', () => {
    expect(display({ state: printing({ attentions: [runout] }) })).toBe('needs')
    expect(display({ state: stateOf({ device: 'error', attentions: [runout] }) })).toBe('needs')
  })

  it('needs you: paused not by us; a pause of ours and one too short to be one print on', () => {
    const state = printing({ job: 'paused' })
    expect(display({ state, pause: { since: NOW, byUs: false, told: true } })).toBe('needs')
    expect(display({ state, pause: { since: NOW, byUs: true, told: true } })).toBe('printing')
    expect(display({ state, pause: { since: NOW, byUs: false, told: false } })).toBe('printing')
  })

  it.each(['error', 'shutdown'] as const)('error: the device is in %s', (device) => {
    expect(display({ state: stateOf({ device }) })).toBe('error')
  })

  it('error: a failed job until it is seen or the next begins', () => {
    const last = rememberedOf({ type: 'job.failed' })
    expect(display({ state: stateOf({ job: 'failed' }), last })).toBe('error')
    expect(display({ state: stateOf({ job: 'failed' }), last: { ...last, seen: true } })).toBe('idle')
    expect(display({ state: printing(), last })).toBe('printing')
  })

  it.each<[Link, string]>([['auth_failed', 'error'], ['refused', 'error'], ['down', 'offline'], ['stale', 'printing'], ['connecting', 'printing'], ['up', 'printing']])('a print behind a link that is %s shows as %s', (link, expected) => {
    expect(display({ state: printing({ link }) })).toBe(expected)
  })

  it('offline: the printer is off, or was never heard', () => {
    expect(display({ state: stateOf({ device: 'off' }) })).toBe('offline')
    expect(display({ state: stateOf({ link: 'connecting', device: 'unknown' }) })).toBe('offline')
  })
})

describe('a card', () => {
  it('keeps the contract and tells the print of the look', () => {
    const card = cardOf(factsOf({ state: printing({ heaters: { bed: { actual: 84.6, target: 85 }, tool0: { actual: 215.3, target: 215 } }, layer: 112, layers: 238 }) }), NOW)
    expect(printerCard.parse(card)).toEqual(card)
    expect(card).toMatchObject({
      state: 'printing', jobKey: 'mk4/7', file: 'lamp-vase_0.6n_PETG.gcode', progress: 0.47, remaining: 6_480, eta: Date.UTC(2026, 10, 24, 16, 42), elapsed: 6_480, layer: 112, layers: 238, cause: null, since: null, lastResult: null,
      heaters: [{ id: 'tool0', role: 'nozzle', actual: 215, target: 215 }, { id: 'bed', role: 'bed', actual: 85, target: 85 }],
    })
  })

  it('tells no percentage where the printer tells none', () => {
    expect(cardOf(factsOf({ state: printing({ progress: null, remaining: null, elapsed: null, jobRef: vase(null) }) }), NOW)).toMatchObject({ progress: null, remaining: null, eta: null, elapsed: null })
  })

  it('has no end while it is paused', () => {
    expect(cardOf(factsOf({ state: printing({ job: 'paused' }) }), NOW)).toMatchObject({ eta: null, remaining: 6_480 })
  })

  it('shows how the last print ended: full when done, where it stopped when failed, nothing once seen', () => {
    const done = cardOf(factsOf({ state: stateOf({ job: 'done', progress: 1 }), last: rememberedOf() }), NOW)
    expect(done).toMatchObject({ state: 'idle', progress: 1, file: 'planter-hex_120mm.3mf', jobKey: null, lastResult: { eventId: '01J0', type: 'job.done', at: minutesAgo(16), printTime: 18_720, seen: false } })
    expect(cardOf(factsOf({ last: rememberedOf({ type: 'job.failed', progress: 0.34 }) }), NOW)).toMatchObject({ state: 'error', progress: 0.34 })
    expect(cardOf(factsOf({ last: rememberedOf({ seen: true }) }), NOW)).toMatchObject({ progress: null, file: null, lastResult: { seen: true } })
  })

  it('says the same while numbers tremble below what is shown', () => {
    const at = (actual: number, remaining: number, ms: number) => cardOf(factsOf({ state: printing({ heaters: { tool0: { actual, target: 215 } }, remaining, elapsed: 6_480 + ms / 1000 }) }), NOW + ms)
    expect(same(at(215.1, 6_480, 0), at(214.8, 6_479, 1_000))).toBe(true)
    expect(same(at(215.1, 6_480, 0), at(216, 6_480, 0))).toBe(false)
  })
})

describe('buttons', () => {
  const can = (given: Parameters<typeof factsOf>[0]) => cardOf(factsOf(given), NOW).can

  it.each<[JobPhase, boolean, boolean, boolean]>([
    ['none', false, false, false], ['preparing', true, false, true], ['printing', true, false, true], ['pausing', false, false, true], ['paused', false, true, true],
    ['resuming', true, false, true], ['finishing', false, false, true], ['cancelling', false, false, false], ['done', false, false, false],
  ])('%s: pause %s, resume %s, cancel %s', (job, pause, resume, cancel) => {
    expect(can({ state: printing({ job }) })).toMatchObject({ pause, resume, cancel })
  })

  it('are none without a link, without the right, or where the person switched the command off', () => {
    const none = { pause: false, resume: false, cancel: false, answer: false }
    expect(can({ state: printing({ link: 'stale' }) })).toMatchObject({ ...none, snapshot: false })
    expect(can({ state: printing({ capabilities: null }) })).toMatchObject({ ...none, snapshot: false })
    expect(can({ state: printing(), commands: new Set(['cancel']) })).toMatchObject({ ...none, cancel: true })
  })

  it('answer where the printer offers choices', () => {
    const prompt = { key: 'prompt', kind: 'user_input' as const, text: 'Which spool?', since: NOW }
    expect(can({ state: printing({ attentions: [{ ...prompt, choices: ['Left', 'Right'] }] }) }).answer).toBe(true)
    expect(can({ state: printing({ attentions: [{ ...prompt, choices: [] }] }) }).answer).toBe(false)
  })

  it('acknowledge what is open, once, and nothing older', () => {
    const trouble = rememberedOf({ eventId: '01RUN', type: 'attention.filament_runout', attention: { key: 'm600', since: runout.since } })
    const facts = (given: Partial<typeof trouble>) => factsOf({ state: printing({ attentions: [runout] }), trouble: { ...trouble, ...given } })
    expect(acknowledgeable(facts({}), 'needs')).toBe('01RUN')
    expect(acknowledgeable(facts({ acknowledged: true }), 'needs')).toBeNull()
    expect(acknowledgeable(facts({ attention: { key: 'm600', since: minutesAgo(90) } }), 'needs')).toBeNull()
    expect(acknowledgeable(factsOf({ trouble }), 'idle')).toBeNull()
  })

  it('acknowledge a device error while it lasts, and a failed print until it is seen', () => {
    const broken = rememberedOf({ eventId: '01ERR', type: 'device.error' })
    expect(acknowledgeable(factsOf({ state: stateOf({ device: 'error' }), trouble: broken }), 'error')).toBe('01ERR')
    const failed = rememberedOf({ type: 'job.failed' })
    expect(acknowledgeable(factsOf({ last: failed, trouble: failed }), 'error')).toBe('01J0')
  })
})

describe('order and counts', () => {
  const named = (id: string, given: Parameters<typeof factsOf>[0]) => cardOf(factsOf({ id, name: id, ...given }), NOW)
  const cards = [
    named('idle 10', {}), named('idle 2', {}), named('off', { state: stateOf({ device: 'off' }) }), named('late', { state: printing({ remaining: 9_000 }) }),
    named('endless', { state: printing({ remaining: null, jobRef: null }) }), named('soon', { state: printing({ remaining: 600 }) }), named('broken', { state: stateOf({ device: 'error' }), deviceSince: NOW }),
    named('new need', { state: printing({ attentions: [{ ...runout, since: minutesAgo(1) }] }) }), named('old need', { state: printing({ attentions: [runout] }) }),
  ]
  it('needs you by how long, error, printing by end, idle by name, offline', () => {
    expect([...cards].sort(compareCards).map(({ id }) => id)).toEqual(['old need', 'new need', 'broken', 'soon', 'late', 'endless', 'idle 2', 'idle 10', 'off'])
  })
  it('are counted by state', () => {
    expect(countStates(cards)).toEqual({ needs: 2, error: 1, printing: 3, idle: 2, offline: 1 })
  })
})
