import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { TestClock } from '../../../test/support/clock.ts'
import { markingAll } from './mark-all.ts'
import { batch, entry, T0, temporaryHistory } from './test-support.ts'

let store: ReturnType<typeof temporaryHistory>
let clock: TestClock
beforeEach(() => {
  store = temporaryHistory()
  clock = new TestClock(T0)
})
afterEach(() => store.remove())

const commit = (from: number, to: number): void => void store.history.commit(batch(Array.from({ length: to - from + 1 }, (_, n) => entry(`E${from + n}`))))
const unseen = (): number => store.history.unseenCount()

describe('"mark all seen"', () => {
  test('R62: leaves room for other work after each thousand', async () => {
    commit(1, 2_500)
    const done = markingAll({ history: store.history, clock }).all()
    const left: number[] = []
    for (let turns = 0; turns < 3; turns++) {
      // A turn of the event loop, no time.
      await Promise.resolve().then(() => undefined).then(() => undefined)
      left.push(unseen())
      await clock.advance(0)
    }
    expect(left[0]).toBe(1_500)
    expect(await done).toBe(2_500)
    expect(unseen()).toBe(0)
    expect(store.history.event('E2500')?.seenAt).toBe(T0)
  })

  test('marks what was there when it was asked for: what comes meanwhile is new', async () => {
    commit(1, 1_200)
    const done = markingAll({ history: store.history, clock }).all()
    await Promise.resolve()
    expect(unseen()).toBe(200)
    commit(1_201, 1_203)
    await clock.advance(0)
    expect(await done).toBe(1_200)
    expect(store.history.events({ unseen: true }).map(({ id }) => id)).toEqual(['E1203', 'E1202', 'E1201'])
  })

  test('is taken back once, for what it marked and for nothing else', async () => {
    commit(1, 2_100)
    store.history.markSeen({ eventIds: ['E7'] }, T0 - 1_000)
    const marking = markingAll({ history: store.history, clock })
    const marked = marking.all()
    await clock.advance(0)
    expect(await marked).toBe(2_099)
    const back = marking.undo()
    await clock.advance(0)
    expect(await back).toBe(2_099)
    expect(unseen()).toBe(2_099)
    expect(store.history.event('E7')?.seenAt).toBe(T0 - 1_000)
    expect(await marking.undo()).toBe(0)
  })

  test('that is asked for twice is undone as a whole, and an undo waits for it', async () => {
    commit(1, 2_100)
    const marking = markingAll({ history: store.history, clock })
    const asked = [marking.all(), marking.undo()]
    await clock.advance(0)
    expect(await Promise.all(asked)).toEqual([2_100, 2_100])
    expect(unseen()).toBe(2_100)
    const twice = [marking.all(), marking.all()]
    await clock.advance(0)
    // The second found nothing left, and takes nothing away from what can be undone.
    expect(await Promise.all(twice)).toEqual([2_100, 0])
    const back = marking.undo()
    await clock.advance(0)
    expect(await back).toBe(2_100)
  })

  test('goes on after one that failed', async () => {
    commit(1, 3)
    let broken = true
    const marking = markingAll({
      history: { ...store.history, markNextSeen: (which, at) => {
        if (broken) throw new Error('the disk is full')
        return store.history.markNextSeen(which, at)
      } }, clock,
    })
    await expect(marking.all()).rejects.toThrow('the disk is full')
    broken = false
    expect(await marking.all()).toBe(3)
  })

  test('tells whoever shows events, for each piece', async () => {
    commit(1, 1_001)
    const before = store.touched
    const done = markingAll({ history: store.history, clock }).all()
    await clock.advance(0)
    await done
    expect(store.touched - before).toBe(2)
    expect(await markingAll({ history: store.history, clock }).all()).toBe(0)
    expect(store.touched - before).toBe(2)
  })

  test('of an empty history is nothing', async () => {
    expect(await markingAll({ history: store.history, clock }).all()).toBe(0)
  })
})
