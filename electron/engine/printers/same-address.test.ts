import { expect, it } from 'vitest'
import { sameAddress } from './same-address.ts'

it.each([
  ['http://octopi.local', 'http://octopi.local/', true],
  ['http://OctoPi.local/octo', 'http://octopi.local/octo//', true],
  ['http://octopi.local', 'https://octopi.local', false],
  ['http://octopi.local:5000', 'http://octopi.local', false],
  ['http://octopi.local', 'http://192.168.1.20', false],
  ['octopi', 'octopi', false],
])('%s and %s', (a, b, same) => {
  expect(sameAddress(a, b)).toBe(same)
})
