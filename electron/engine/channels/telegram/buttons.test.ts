import { expect, test } from 'vitest'
import { eventOf, sendingOf } from '../../../../test/support/channel-kit.ts'
import type { MessageAction } from '../../delivery/message.ts'
import { keyboardOf, readPress, tagOf } from './buttons.ts'

const TAG = 'HV5qHt3f'
const withActions = (...ids: MessageAction['id'][]) => ({ ...sendingOf(eventOf('job.progress')).message, actions: ids.map((id) => ({ id, label: id })) })

test('the tag of a destination is eight characters of a hash', () => {
  expect(tagOf('dest')).toBe(TAG)
})

test('what each button carries names destination, event and action within 64 bytes', () => {
  const ids: MessageAction['id'][] = ['pause', 'resume', 'cancel', 'cancel_confirm', 'keep', 'mute_1h', 'acknowledge', 'seen', 'seen_all', 'answer:0', 'answer:999']
  const carried = keyboardOf(withActions(...ids), TAG)?.inline_keyboard.flat().map(({ callback_data: data }) => data) ?? []
  expect(carried).toEqual(ids.map((id) => `HV5qHt3f:01KF0000000000000000000001:${id}`))
  expect(Math.max(...carried.map((data) => Buffer.byteLength(data)))).toBeLessThanOrEqual(64)
  expect(carried.map((data) => readPress(data, TAG)?.action)).toEqual(ids)
})

test('two stand in a row', () => {
  expect(keyboardOf(withActions('pause', 'cancel', 'mute_1h'), TAG)?.inline_keyboard.map((row) => row.map(({ text }) => text))).toEqual([['pause', 'cancel'], ['mute_1h']])
})

test('what opens a window at the desk is no button here', () => {
  expect(keyboardOf(withActions('open', 'open_history'), TAG)).toBeNull()
})

test('an event whose id is too long to be carried has no buttons rather than wrong ones', () => {
  const message = withActions('pause')
  const event = { ...eventOf('job.progress'), id: 'x'.repeat(60) }
  expect(keyboardOf({ ...message, event }, TAG)).toBeNull()
})
