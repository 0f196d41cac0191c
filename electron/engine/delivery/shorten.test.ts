import { expect, test } from 'vitest'
import { shorten, subjectOf } from './shorten.ts'

const message = { title: 'MK4 left bench: filament ran out', body: 'Load filament, then resume. lamp-vase, 62 %.' }

test('a short message has the title first, then the body', () => {
  expect(shorten(message)).toBe('MK4 left bench: filament ran out. Load filament, then resume. lamp-vase, 62 %.')
})
test('an SMS keeps to 160 characters with its prefix', () => {
  const text = shorten({ title: message.title, body: 'x'.repeat(300) }, { prefix: '[print]' })
  expect(text.length).toBe(160)
  expect(text.startsWith('[print] MK4 left bench: filament ran out. xxx')).toBe(true)
  expect(text.endsWith('…')).toBe(true)
})
test('a subject keeps to 50 characters, and a prefix that would cut it is left out', () => {
  expect(subjectOf(message, 'Printbell:')).toBe('Printbell: MK4 left bench: filament ran out')
  expect(subjectOf(message, 'A prefix of many words:')).toBe('MK4 left bench: filament ran out')
  expect(subjectOf({ title: 'x'.repeat(60) }).length).toBe(50)
})
test('a line break in a body does not begin a new line', () => {
  expect(shorten({ title: 'a', body: 'b\r\nBcc: c' })).toBe('a. b Bcc: c')
})
