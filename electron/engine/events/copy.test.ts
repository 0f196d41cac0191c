import { expect, test } from 'vitest'
import { copyOf } from './copy.ts'

test('a copy tells the same, and changes of it leave the first one alone', () => {
  const plain = { a: 1, none: null, text: 'x', list: [1, { deep: [true, null] }, ['y']], within: { empty: {}, list: [] as number[] } }
  const copy = copyOf(plain)
  expect(copy).toEqual({ a: 1, none: null, text: 'x', list: [1, { deep: [true, null] }, ['y']], within: { empty: {}, list: [] } })
  copy.within.list.push(2)
  copy.list[1] = 2
  ;(plain.list[2] as string[]).push('more')
  expect(plain.within.list).toEqual([])
  expect(plain.list[1]).toEqual({ deep: [true, null] })
  expect(copy.list[2]).toEqual(['y'])
})

test('a name that means something to JavaScript is a name like another', () => {
  const copy = copyOf(JSON.parse('{"heaters":{"__proto__":{"target":60},"constructor":{"target":1}}}') as { heaters: object })
  expect(Object.keys(copy.heaters)).toEqual(['__proto__', 'constructor'])
  expect(Object.getPrototypeOf(copy.heaters)).toBe(Object.prototype)
  expect(JSON.stringify(copy)).toBe('{"heaters":{"__proto__":{"target":60},"constructor":{"target":1}}}')
})
