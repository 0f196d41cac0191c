import { expect, test } from 'vitest'
import { memoryLog } from '../../../test/support/log.ts'
import { openHistory } from './sqlite-history.ts'

const open = () => openHistory({ file: ':memory:', log: memoryLog(), now: () => 0 })

test('each destination reads its own notes only, the newest value of a key', () => {
  const history = open()
  history.setNote('a', 'message:1', 'x', 10)
  history.setNote('a', 'message:1', 'y', 20)
  history.setNote('b', 'message:1', 'z', 10)
  expect([history.getNote('a', 'message:1'), history.getNote('b', 'message:1'), history.getNote('c', 'message:1')]).toEqual(['y', 'z', null])
  history.deleteNote('a', 'message:1')
  expect([history.getNote('a', 'message:1'), history.getNote('b', 'message:1')]).toEqual([null, 'z'])
  history.close()
})

test('keys are found by how they begin, the newest first, and % is a letter like any', () => {
  const history = open()
  history.setNote('a', 'm:1', '', 10)
  history.setNote('a', 'm:2', '', 30)
  history.setNote('a', 'n:3', '', 20)
  history.setNote('a', '%m:4', '', 40)
  expect(history.noteKeys('a', 'm:')).toEqual(['m:2', 'm:1'])
  expect(history.noteKeys('a', '%')).toEqual(['%m:4'])
  history.close()
})

test('of many notes the newest 2000 stay', () => {
  const history = open()
  for (let n = 0; n < 2_003; n++) history.setNote('a', `k${n}`, '', n)
  expect(history.noteKeys('a', '')).toHaveLength(2_000)
  expect([history.getNote('a', 'k2'), history.getNote('a', 'k3')]).toEqual([null, ''])
  history.close()
})

test('all notes of a destination that is removed go at once, the others stay', () => {
  const history = open()
  history.setNote('a', 'm:1', 'x', 10)
  history.setNote('a', 'm:2', 'y', 10)
  history.setNote('b', 'm:1', 'z', 10)
  history.deleteNotes('a')
  expect([history.noteKeys('a', ''), history.getNote('b', 'm:1')]).toEqual([[], 'z'])
  history.close()
})
