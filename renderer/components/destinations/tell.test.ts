import { describe, expect, it } from 'vitest'
import type { DestinationView } from '../../../electron/bridge/views/settings.ts'
import { duration, standingOf, worstOf } from './tell.ts'

const NOW = new Date(2026, 10, 24, 14, 54).getTime()
const MINUTE = 60_000
const t = (key: string, values: Record<string, unknown> = {}): string => [key.split('.').at(-1), ...Object.values(values).map(String)].join(' ')
const destination = (of: Partial<DestinationView>): DestinationView => ({
  id: 'log', label: 'Print log', channel: 'webhook', channelName: 'Webhook', enabled: true, events: null, config: {}, secrets: {}, circuit: 'closed', failingSince: null, last: null, waiting: 0, ...of,
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
