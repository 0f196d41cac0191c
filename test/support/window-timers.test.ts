import { expect, it } from 'vitest'
import { timersOfWindow } from './window-timers.ts'

/** Longer than the timers of these tests. */
const moment = (): Promise<void> => new Promise((done) => setTimeout(done, 20))

it('timers of a window run while it is open, with what they are given', async () => {
  const close = timersOfWindow()
  const ran: unknown[] = []
  setTimeout((...given: unknown[]) => ran.push(...given), 1, 'a', 'b')
  const stopped = setTimeout(() => ran.push('stopped'), 1)
  clearTimeout(stopped)
  await moment()
  close()
  expect(ran).toEqual(['a', 'b'])
})

it('closed, it takes along what waits, what repeats, and what is started too late', async () => {
  const before = [setTimeout, setInterval]
  const close = timersOfWindow()
  const late = setTimeout
  const ran: string[] = []
  setTimeout(() => ran.push('waits'), 1)
  setInterval(() => ran.push('repeats'), 1)
  close()
  late(() => ran.push('late'), 1)
  expect([setTimeout, setInterval]).toEqual(before)
  await moment()
  expect(ran).toEqual([])
})
