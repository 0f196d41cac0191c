import { expect, it } from 'vitest'
import { sameAddress } from './same-address.ts'

it.each([
  ['http://octopi.local', 'http://octopi.local/', true],
  ['http://OctoPi.local/octo', 'http://octopi.local/octo//', true],
  ['http://octopi.local', 'https://octopi.local', false],
  ['http://octopi.local:5000', 'http://octopi.local', false],
  ['http://octopi.local', 'http://192.168.1.20', false],
  ['octopi', 'octopi', false],
  ['http://octopi.local', 'http://OctoPi.local/', true],
  ['http://octopi.local/octoprint/', 'http://octopi.local/octoprint', true],
  ['http://octopi.local:80', 'http://octopi.local', true],
  ['http://octopi.local', 'http://octopi.local/octoprint', false],
  ['http://127.0.0.1:47113/#simulated-printer', 'http://127.0.0.1:47113', true],
  ['', '', false],
])('%s and %s', (a, b, same) => {
  expect(sameAddress(a, b)).toBe(same)
})
