import { describe, expect, test } from 'vitest'
import { settle } from '../../../test/support/clock.ts'
import { channel, hanging, numbered, OK, setUp } from '../../../test/support/delivery.ts'
import { NOON } from '../../../test/support/rule-fixtures.ts'
import type { Verdict } from '../channels/channel.ts'

describe('when the disk does not take it', () => {
  test('a spoken verdict is marked later instead of sent again', async () => {
    const hook = channel(OK)
    const { clock, history, worker, state, log } = setUp({ hook })
    history.failFinish.push(new Error('disk full'), new Error('disk full'))
    history.put(numbered(1), [{}])
    worker.start()
    await clock.advance(0)
    expect(state('E1.hook')).toBe('leased')
    expect(log.lines.some((line) => line.level === 'error')).toBe(true)
    await clock.advance(60_000)
    expect(state('E1.hook')).toBe('delivered')
    expect(hook.got.length).toBe(1)
  })
})

describe('stopping', () => {
  test('waits for what is under way', async () => {
    let answer: (verdict: Verdict) => void = () => undefined
    const hook = channel(() => new Promise<Verdict>((resolve) => { answer = resolve }))
    const { clock, history, worker, state } = setUp({ hook })
    history.put(numbered(1), [{}])
    worker.start()
    await clock.advance(0)
    const stopped = worker.stop()
    await clock.advance(4_000)
    answer(OK)
    await clock.advance(0)
    await stopped
    expect(state('E1.hook')).toBe('delivered')
    expect(clock.pending).toBe(0)
  })

  test('aborts what hangs after 5 s and leaves its row waiting, uncounted', async () => {
    let aborted = false
    const hook = channel((sending) => {
      sending.signal.addEventListener('abort', () => { aborted = true })
      return hanging()
    })
    const { clock, history, worker, state } = setUp({ hook })
    history.put(numbered(1), [{}])
    worker.start()
    await clock.advance(0)
    let done = false
    const stopped = worker.stop().then(() => { done = true })
    await clock.advance(4_999)
    expect(done).toBe(false)
    await clock.advance(1)
    await stopped
    await settle()
    expect([aborted, state('E1.hook'), history.rows[0]?.attempts]).toEqual([true, 'waiting', 0])
    expect(clock.pending).toBe(0)
  })

  test('sends at once what still waits for a picture', async () => {
    const hook = channel(OK)
    const { clock, history, worker, state } = setUp({ hook }, { pictures: { whenReady: () => new Promise(() => undefined) } })
    history.put(numbered(1, { snapshot: 'final' }), [{ pictureUntil: NOON + 10_000 }])
    worker.start()
    await clock.advance(0)
    const stopped = worker.stop()
    await clock.advance(0)
    await stopped
    expect(state('E1.hook')).toBe('delivered')
    expect(hook.got[0]?.picture).toBeNull()
  })

  test('leases nothing more', async () => {
    const hook = channel(OK)
    const { clock, history, worker, state } = setUp({ hook })
    worker.start()
    await worker.stop()
    history.put(numbered(1), [{}])
    worker.kick()
    await clock.advance(60_000)
    expect(state('E1.hook')).toBe('waiting')
  })
})
