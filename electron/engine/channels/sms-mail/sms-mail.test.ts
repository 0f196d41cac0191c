import { describe, expect, test } from 'vitest'
import { fitsOneMessage, plainer, roomOf } from './gsm.ts'
import { validateSmsMail } from './config.ts'
import { addressed } from './letter.ts'
import { asE164, countryOf, written } from './numbers.ts'
import { smsOf } from './text.ts'

describe('the room of one message', () => {
  test.each<[string, string, number, number]>([
    ['nothing', '', 0, 160],
    ['plain letters', 'Load filament.', 14, 160],
    ['letters of western Europe', 'Küche: Ärger mit Düse, ça va à Åre', 34, 70],
    ['the same without the one that is not there', 'Küche: Ärger mit Düse, à Åre', 28, 160],
    ['a line break', 'a\nb', 3, 160],
    ['signs that take two places', '[x] {y} 5€', 15, 160],
    ['a grave accent alone', '`c`', 3, 70],
    ['Greek capitals that are there', 'ΔΦΓΛΩΠΨΣΘΞ', 10, 160],
    ['a Greek letter that is not', 'α', 1, 70],
    ['Cyrillic', 'Печать', 6, 70],
    ['an emoji, which is two of sixteen bits', '🔔', 2, 70],
  ])('%s', (_what, text, used, limit) => {
    expect(roomOf(text)).toEqual({ used, limit })
  })

  test('160 fit, 161 do not; 70 with one letter from outside, 71 do not', () => {
    expect(fitsOneMessage('x'.repeat(160))).toBe(true)
    expect(fitsOneMessage('x'.repeat(161))).toBe(false)
    expect(fitsOneMessage(`${'x'.repeat(159)}€`)).toBe(false)
    expect(fitsOneMessage(`${'x'.repeat(69)}ç`)).toBe(true)
    expect(fitsOneMessage(`${'x'.repeat(70)}ç`)).toBe(false)
  })

  test('signs of our own texts become plain, letters of names stay', () => {
    expect(plainer('“Łódź” – 215 °C…')).toBe('"Łódź" - 215 C...')
  })
})

describe('the text', () => {
  const message = { title: 'MK4 left bench: filament ran out', body: 'Load filament, then resume. lamp-vase, 62 %.' }

  test('is prefix, title and body', () => {
    expect(smsOf(message, 'Printbell:')).toBe('Printbell: MK4 left bench: filament ran out. Load filament, then resume. lamp-vase, 62 %.')
    expect(smsOf(message, '')).toBe('MK4 left bench: filament ran out. Load filament, then resume. lamp-vase, 62 %.')
  })

  test('ends within 160 characters, dots and all', () => {
    const text = smsOf({ title: message.title, body: 'x'.repeat(300) }, 'Printbell:')
    expect(text).toBe(`Printbell: MK4 left bench: filament ran out. ${'x'.repeat(112)}...`)
    expect(text.length).toBe(160)
  })

  test('ends within 70 when a letter lies outside of the alphabet', () => {
    expect(smsOf({ title: 'Łódź: filament ran out', body: message.body }, 'Printbell:')).toBe('Printbell: Łódź: filament ran out. Load filament, then resume. lamp...')
  })

  test('is as long as ever when that letter is cut off', () => {
    const text = smsOf({ title: message.title, body: `${'x'.repeat(120)} ł` }, 'Printbell:')
    expect(text).toBe(`Printbell: MK4 left bench: filament ran out. ${'x'.repeat(112)}...`)
  })

  test('counts signs that take two places', () => {
    expect(smsOf({ title: '', body: '[]'.repeat(60) }, '')).toBe(`. ${'[]'.repeat(38)}[...`)
  })

  test('holds no line break of anybody', () => {
    expect(smsOf({ title: 'a', body: 'b\r\nc' }, 'x')).toBe('x a. b c')
  })
})

describe('a number', () => {
  test.each<[string, string, string | null]>([
    ['+47 912 34 567', '', '+4791234567'], ['+4791234567', 'DE', '+4791234567'], ['912 34 567', 'NO', '+4791234567'], ['0151 23456789', 'DE', '+4915123456789'], ['(212) 555-0123', 'US', '+12125550123'],
    ['912 34 567', '', null], ['0047 912 34 567', '', null], ['0047 912 34 567', 'DE', '+4791234567'], ['+47 12', '', null], ['my phone +47 912 34 567', '', null], ['+47 912 34 567 ext. 3', '', null], ['', 'NO', null],
  ])('%j in %j is %s', (text, country, expected) => {
    expect(asE164(text, country)).toBe(expected)
  })

  test('belongs to a country', () => {
    expect([countryOf('+4791234567'), countryOf('+12125550123'), countryOf('+4915123456789')]).toEqual(['NO', 'US', 'DE'])
  })

  test('is written as the gateway wants it', () => {
    expect([written('+4791234567', 'international'), written('+4791234567', 'digits'), written('+4791234567', 'national'), written('+12125550123', 'national')]).toEqual(['+4791234567', '4791234567', '91234567', '2125550123'])
  })
})

describe('the config', () => {
  const given = { server: 'mail.example.org', user: 'me', from: 'me@example.org', gateway: 'sms@gateway.example', numbers: ['912 34 567', '+47 91 23 45 67'], country: 'no' }

  test('has defaults for the rest, and numbers as the networks write them, each once', () => {
    expect(validateSmsMail(given)).toEqual({
      ok: true, config: {
        gateway: 'sms@gateway.example', numberIn: 'subject', numberFormat: 'auto', numbers: ['+4791234567'], country: 'NO', onlyCountries: [], prefix: 'Printbell:',
        server: 'mail.example.org', security: 'tls', auth: 'password', user: 'me', clientId: '', tokenAddress: '', from: 'me@example.org', fromName: 'Printbell', timeoutMs: 30_000,
      },
    })
  })

  test('is the same when it is cleaned once more', () => {
    const once = validateSmsMail(given)
    expect(once.ok && validateSmsMail(once.config)).toEqual(once)
  })

  test('takes numbers of the countries that are allowed', () => {
    expect(validateSmsMail({ ...given, onlyCountries: ['no', 'SE'] }).ok).toBe(true)
  })
})

test('a second plus never stands in an address', () => {
  expect(addressed({ gateway: 'sms@gateway.example', numberIn: 'plus', numberFormat: 'international', subject: undefined }, '+4791234567')).toEqual({ to: 'sms+4791234567@gateway.example', subject: '' })
})
