import { beforeEach, describe, expect, it } from 'vitest'
import { settle, TestClock } from '../../../../test/support/clock.ts'
import { memoryLog, type MemoryLog } from '../../../../test/support/log.ts'
import type { Verdict } from '../channel.ts'
import { openBroker, type Broker } from './broker.ts'
import type { Opened, Session } from './session.ts'

const BUSY: Verdict = { result: 'retry', after: null, why: 'The broker is busy (0x89).' }
const QUOTA: Verdict = { result: 'retry', after: 90_000, why: 'A limit of the broker is reached (0x97).' }
const WRONG: Verdict = { result: 'rejected', scope: 'destination', why: 'The broker refuses user or password (0x86). Check both.' }
const refuses = (verdict: Verdict): (() => Promise<Opened>) => async () => ({ session: null, verdict })
const NEVER = new AbortController().signal

describe('the way to a broker', () => {
  let clock: TestClock
  let log: MemoryLog
  let attempts: number[]
  let said: string[]
  let answer: () => Promise<Opened>
  /** Ends the connection that there is. */
  let breaks: (why: Verdict) => void
  let broker: Broker

  function aSession(): Session {
    const listeners: ((why: Verdict) => void)[] = []
    let over = false
    breaks = (why) => {
      over = true
      for (const listener of listeners.splice(0)) listener(why)
    }
    return {
      usable: () => !over, onOver: (listener) => void listeners.push(listener),
      publish: async () => ({ said: 0, stage: 'publish' }), subscribe: async () => true,
      end: async () => breaks({ result: 'retry', after: null, why: 'Ended before an answer came.' }),
    }
  }
  const takes = async (): Promise<Opened> => ({ session: aSession() })
  const at = (): number[] => attempts.splice(0).map((ms) => ms / 1000)

  beforeEach(() => {
    clock = new TestClock()
    log = memoryLog()
    attempts = []
    said = []
    answer = takes
    broker = openBroker({
      clock, log, random: () => 0.5,
      open: () => {
        attempts.push(clock.monotonic())
        return answer()
      },
      onUp: () => void said.push('up'), onDown: () => void said.push('down'),
    })
  })

  it('is gone when somebody wants to send, once for all who wait', async () => {
    expect(attempts).toEqual([])
    const all = await Promise.all([broker.connected(NEVER), broker.connected(NEVER)])
    expect(all.map(({ session }) => session)).toEqual([broker.session(), broker.session()])
    expect([attempts.length, said]).toEqual([1, ['up']])
    await broker.connected(NEVER)
    expect(attempts).toHaveLength(1)
  })

  it('is not tried by itself while nobody keeps it', async () => {
    answer = refuses(BUSY)
    expect(await broker.connected(NEVER)).toEqual({ session: null, verdict: BUSY })
    await clock.advance(600_000)
    expect(attempts).toHaveLength(1)
    expect(clock.pending).toBe(0)
  })

  it('that is kept is tried with growing waits of up to a minute', async () => {
    answer = refuses(BUSY)
    broker.keep()
    await clock.advance(200_000)
    // Half of 2, 4, 8, 16, 32, 60, 60 s.
    expect(at()).toEqual([0, 1, 3, 7, 15, 31, 61, 91, 121, 151, 181])
  })

  it('that someone must mend is tried seldom', async () => {
    answer = refuses(WRONG)
    broker.keep()
    await clock.advance(1_000_000)
    // Half of 2, 4, 8, 10 min.
    expect(at()).toEqual([0, 60, 180, 420, 720])
  })

  it('waits as long as the broker wants it', async () => {
    answer = refuses(QUOTA)
    broker.keep()
    await clock.advance(100_000)
    expect(at()).toEqual([0, 90])
  })

  it('is tried at once for somebody who sends, and the wait begins anew', async () => {
    answer = refuses(BUSY)
    broker.keep()
    await clock.advance(4_000)
    expect(at()).toEqual([0, 1, 3])
    await broker.connected(NEVER)
    expect(at()).toEqual([4])
    await clock.advance(8_000)
    expect(at()).toEqual([12])
  })

  it('comes back after it broke, soon when it held, later when it breaks again and again', async () => {
    broker.keep()
    await clock.advance(100_000)
    breaks(BUSY)
    await clock.advance(1_000)
    expect([at(), said.splice(0)]).toEqual([[0, 101], ['up', 'down', 'up']])
    breaks(BUSY)
    await clock.advance(2_000)
    breaks(BUSY)
    await clock.advance(4_000)
    expect(at()).toEqual([103, 107])
  })

  it('leaves no timer behind a connection that somebody made first', async () => {
    broker.keep()
    await settle()
    breaks(BUSY)
    await broker.connected(NEVER)
    await clock.advance(100_000)
    expect(at()).toEqual([0, 0])
  })

  it('makes no second connection before the first is over', async () => {
    await broker.connected(NEVER)
    const first = broker.session()
    if (first) first.usable = () => false
    const second = broker.connected(NEVER)
    await settle()
    expect(attempts).toHaveLength(1)
    breaks(BUSY)
    expect((await second).session).not.toBe(first)
    expect(attempts).toHaveLength(2)
  })

  it('is waited for no longer than somebody wants to', async () => {
    answer = () => new Promise(() => undefined)
    const stop = new AbortController()
    const waiting = broker.connected(stop.signal)
    await settle()
    stop.abort()
    expect(await waiting).toEqual({ session: null, verdict: { result: 'retry', after: null, why: 'Ended before an answer came.' } })
  })

  it('tells of an outage once, and of its end', async () => {
    answer = refuses(BUSY)
    broker.keep()
    await clock.advance(10_000)
    answer = takes
    await clock.advance(10_000)
    expect(log.lines.map(({ level, message, fields }) => [level, message, fields.why])).toEqual([
      ['warn', 'the broker is not connected', 'The broker is busy (0x89).'], ['info', 'the broker is connected again', undefined],
    ])
  })

  it('that can not even begin is tried again, and no word of why is logged', async () => {
    answer = () => Promise.reject(new TypeError('mqtt://me:secret@broker'))
    broker.keep()
    await clock.advance(1_000)
    expect(at()).toEqual([0, 1])
    expect(JSON.stringify(log.lines)).not.toContain('secret')
  })

  it('is quiet once it was closed', async () => {
    broker.keep()
    await settle()
    await broker.close(300)
    expect(said).toEqual(['up', 'down'])
    expect(await broker.connected(NEVER)).toMatchObject({ session: null })
    broker.keep()
    await clock.advance(600_000)
    expect([attempts.length, clock.pending, log.lines]).toEqual([1, 0, []])
  })

  it('ends a connection that came while it was closed', async () => {
    let come: (opened: Opened) => void = () => undefined
    answer = () => new Promise((resolve) => { come = resolve })
    const waiting = broker.connected(NEVER)
    await settle()
    await broker.close(300)
    const session = aSession()
    come({ session })
    expect(await waiting).toMatchObject({ session: null })
    expect([session.usable(), said]).toEqual([false, []])
  })
})
