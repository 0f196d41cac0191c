import { describe, expect, it } from 'vitest'
import { i18n } from '../../lib/i18n.ts'
import { causeAndCure, connectedWords, fingerprintGroups, nameFor, timeLeft } from './words.ts'

describe('cause and cure', () => {
  it.each([
    ['Nothing answers on 192.168.1.40:5000. Check the port, and that the server is running.', 'Nothing answers on 192.168.1.40:5000.', 'Check the port, and that the server is running.'],
    ['OctoPrint 1.7.3 is too old. Printbell needs 1.8.0 or newer.', 'OctoPrint 1.7.3 is too old.', 'Printbell needs 1.8.0 or newer.'],
    ['There is no OctoPrint at this path, but one answers at http://octopi.local/octoprint. Use that address.', 'There is no OctoPrint at this path, but one answers at http://octopi.local/octoprint.', 'Use that address.'],
    ['Stopped.', 'Stopped.', ''],
    ['the notification service does not answer', 'The notification service does not answer.', ''],
  ])('takes %j apart', (detail, cause, cure) => {
    expect(causeAndCure(detail)).toEqual({ cause, cure })
  })
})

it.each([['http://octopi.local', 'octopi'], ['http://192.168.1.40:5000', 'OctoPrint 192.168.1.40'], ['http://[fe80::1]:5000', 'OctoPrint fe80::1'], ['https://print.example.org/octoprint', 'print.example.org']])('names %s', (url, name) => {
  expect(nameFor('OctoPrint', url)).toBe(name)
})

describe('the time left', () => {
  it.each([[252_000, '4:12'], [251_001, '4:12'], [59_000, '0:59'], [600_000, '10:00'], [400, '0:01'], [0, '0:00'], [-5_000, '0:00']])('%i ms: %s', (ms, text) => {
    expect(timeLeft(ms)).toBe(text)
  })
})

it('shows a fingerprint in groups of four bytes', () => {
  expect(fingerprintGroups('ab:cd:ef:01:23:45')).toEqual(['AB:CD:EF:01', '23:45'])
  expect(fingerprintGroups('')).toEqual([])
})

describe('what is told of a printer that was added', () => {
  const t = (key: string, values: Record<string, unknown> = {}): string => i18n.global.t(key, values)
  it.each([
    [undefined, 'Connected'],
    [{ link: 'connecting', state: 'offline', progress: null }, 'Connected, waiting for its first word'],
    [{ link: 'down', state: 'offline', progress: null }, 'Added, does not answer now'],
    [{ link: 'up', state: 'idle', progress: null }, 'Connected, idle'],
    [{ link: 'up', state: 'printing', progress: 0.479 }, 'Connected, printing 47\u202f%'],
    [{ link: 'up', state: 'printing', progress: null }, 'Connected, printing'],
    [{ link: 'up', state: 'needs', progress: 0.5 }, 'Connected, needs you'],
  ] as const)('%j: %s', (card, words) => {
    expect(connectedWords(card, t)).toBe(words)
  })
})
