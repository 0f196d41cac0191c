import { describe, expect, it } from 'vitest'
import type { DestinationView } from '../../../electron/bridge/views/settings.ts'
import { duration, standingOf, troubleOf, worstOf } from './tell.ts'

const NOW = new Date(2026, 10, 24, 14, 54).getTime()
const MINUTE = 60_000
const t = (key: string, values: Record<string, unknown> = {}): string => [key.split('.').at(-1), ...Object.values(values).map(String)].join(' ')
const destination = (of: Partial<DestinationView>): DestinationView => ({
  id: 'log', label: 'Print log', channel: 'webhook', channelName: 'Webhook', enabled: true, events: null, language: null, config: {}, secrets: {}, network: null, templates: {}, templateTrouble: null, managed: false, circuit: 'closed', failingSince: null, why: null, nextTryAt: null, last: null, waiting: 0, waitsUntil: null, held: 0, heldUntil: null, undelivered: 0, ...of,
})

describe('how a destination stands', () => {
  it('tells the last result and when it was', () => {
    expect(standingOf(destination({ last: { at: NOW - 16 * MINUTE, result: 'delivered', detail: '200 in 84 ms.' } }), NOW, t)).toEqual({ tone: 'ok', icon: 'check', text: '200 in 84 ms', when: 'minutesAgo 16' })
  })
  it('tells since when it fails, whatever the last result was', () => {
    expect(standingOf(destination({ circuit: 'open', failingSince: NOW - 23 * MINUTE, last: { at: NOW, result: 'delivered', detail: 'x' } }), NOW, t)).toEqual({ tone: 'bad', icon: 'fail', text: 'failingSince 14:31', when: null })
  })
  it('tells that it is trying again', () => {
    expect(standingOf(destination({ circuit: 'half_open', failingSince: NOW - 23 * MINUTE }), NOW, t)).toMatchObject({ tone: 'warn', text: 'tryingAgain 14:31' })
  })
  it('tells that its service switched it off', () => {
    expect(standingOf(destination({ circuit: 'gone', failingSince: NOW - 23 * MINUTE, last: { at: NOW, result: 'gone', detail: 'x' } }), NOW, t)).toEqual({ tone: 'bad', icon: 'fail', text: 'gone', when: null })
  })
  it('tells what waits, and until when what is held', () => {
    const last = { at: NOW, result: 'delivered', detail: 'x' }
    expect(standingOf(destination({ waiting: 3, held: 1, heldUntil: NOW, last }), NOW, t)).toMatchObject({ icon: 'wait', text: 'waits 3' })
    expect(standingOf(destination({ waiting: 2, held: 2, heldUntil: NOW + 6 * MINUTE, last }), NOW, t)).toMatchObject({ icon: 'wait', text: 'held 2 15:00' })
  })
  it('tells that it is off before anything else', () => {
    expect(standingOf(destination({ enabled: false, circuit: 'open', failingSince: NOW }), NOW, t)).toMatchObject({ tone: 'quiet', text: 'off' })
  })
  it('tells that nothing was sent yet', () => {
    expect(standingOf(destination({}), NOW, t).text).toBe('neverUsed')
  })
  it('begins like a sentence, whatever the channel wrote', () => {
    expect(standingOf(destination({ last: { at: NOW, result: 'delivered', detail: 'shown by dunst 1.9.0' } }), NOW, t).text).toBe('Shown by dunst 1.9.0')
    // A name of a computer is no word.
    expect(standingOf(destination({ last: { at: NOW, result: 'delivered', detail: 'log.example.org answered 200.' } }), NOW, t).text).toBe('log.example.org answered 200')
  })
  it('does not praise a single failure', () => {
    expect(standingOf(destination({ last: { at: NOW, result: 'retry', detail: 'no answer' } }), NOW, t)).toMatchObject({ tone: 'warn', icon: 'wait' })
  })
})

describe('what is wrong with one', () => {
  const failing = destination({ circuit: 'open', failingSince: NOW - 23 * MINUTE, why: 'smtp.example.org refuses the password. Enter a new one.', waiting: 3, waitsUntil: NOW + 6 * 60 * MINUTE, nextTryAt: NOW + 7 * MINUTE })
  it.each<[string, Partial<DestinationView>, unknown]>([
    ['cause, cure, what waits until when, when it is tried next', {}, { tone: 'bad', cause: 'smtp.example.org refuses the password.', rest: 'Enter a new one. waitsUntil 3 20:54 next 15:01' }],
    ['that it is tried with the next message', { nextTryAt: null, waiting: 0 }, { tone: 'bad', cause: 'smtp.example.org refuses the password.', rest: 'Enter a new one. waitsNone nextMessage' }],
    ['no next try of one that is being tried', { circuit: 'half_open' }, { tone: 'warn', cause: 'smtp.example.org refuses the password.', rest: 'Enter a new one. waitsUntil 3 20:54' }],
    ['first that it is gone', { circuit: 'gone', why: 'Discord knows this webhook no more. Make a new one.', waiting: 0, nextTryAt: null }, { tone: 'bad', cause: 'gone', rest: 'Discord knows this webhook no more. Make a new one. goneCure' }],
    ['nothing while it works', { circuit: 'closed' }, null],
    ['nothing of one that is off', { enabled: false }, null],
  ])('tells %s', (_what, of, told) => {
    expect(troubleOf({ ...failing, ...of }, NOW, t)).toEqual(told)
  })
})

it.each([[6, '6\u202fms'], [412.4, '412\u202fms'], [1_234, '1.2\u202fs'], [3_000, '3\u202fs']])('%s ms reads "%s"', (ms, words) => {
  expect(duration(ms)).toBe(words)
})

describe('the one that has the banner', () => {
  const failing = (id: string, waiting: number, minutes: number): DestinationView => destination({ id, circuit: 'open', waiting, failingSince: NOW - minutes * MINUTE })
  it('fails with the most that waits, then for the longest', () => {
    expect(worstOf([destination({}), failing('a', 1, 60), failing('b', 3, 5), failing('c', 3, 9)])?.id).toBe('c')
  })
  it('is none where nothing fails, or only what is switched off', () => {
    expect(worstOf([destination({}), { ...failing('a', 1, 5), enabled: false }, destination({ circuit: 'half_open' })])).toBeNull()
  })
})
