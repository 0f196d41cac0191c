import { expect, it } from 'vitest'
import { problemText } from './problems.ts'

it.each([
  [{ path: 'url', message: 'Not an address.', cure: 'Start with http:// or https://.' }, 'Address', 'Not an address. Start with http:// or https://.'],
  [{ path: 'name', message: 'is empty', cure: 'Fill it in.' }, 'Name', 'Name is empty. Fill it in.'],
  [{ path: 'config.url', message: 'is not valid', cure: 'Not an address. Start with http:// or https://.' }, 'Address', 'Not an address. Start with http:// or https://.'],
  [{ path: 'pin', message: 'is not valid', cure: '' }, '', 'pin is not valid.'],
  [{ path: '', message: 'could not be saved: the disk is full', cure: '' }, 'Address', 'This could not be saved: the disk is full.'],
  [{ path: '', message: 'the disk is full', cure: 'Free some space' }, '', 'The disk is full. Free some space.'],
])('%j of "%s" reads "%s"', (problem, label, words) => {
  expect(problemText(problem, label)).toBe(words)
})

it('tells what is wrong elsewhere by its own path', () => {
  expect(problemText({ path: 'config.url', message: 'is missing', cure: '' }, 'Wait at most', 'timeoutMs')).toBe('config.url is missing.')
  expect(problemText({ path: 'config.url', message: 'is missing', cure: '' }, 'Address', 'url')).toBe('Address is missing.')
})
