import { inspect } from 'node:util'
import { AxiosError, AxiosHeaders } from 'axios'
import { describe, expect, it } from 'vitest'
import { createLog, printable } from './log.ts'
import { Secret } from './settings/secret.ts'

const KEY = 'CANARY-log-7f3a9c'
const SECRET = new Secret(KEY)

/** A log whose lines are kept as text. */
function setUp(level = 'debug') {
  const lines: string[] = []
  return { lines, log: createLog({ write: (line) => void lines.push(line) }, level) }
}

const parsed = (line: string | undefined): Record<string, unknown> => JSON.parse(line ?? '') as Record<string, unknown>

describe('a log line', () => {
  it('is one JSON object with level, time, message and fields', () => {
    const { log, lines } = setUp()
    log.child({ server: 'octo' }).child({ printer: 'mk4' }).warn('it stopped', { after: 3 })
    expect(lines).toHaveLength(1)
    const { time, ...rest } = parsed(lines[0])
    expect(rest).toEqual({ level: 'warn', server: 'octo', printer: 'mk4', after: 3, msg: 'it stopped' })
    expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  })

  it('below the level is not written', () => {
    const { log, lines } = setUp('warn')
    log.debug('a')
    log.info('b')
    log.warn('c')
    log.error('d')
    expect(lines.map((line) => parsed(line).msg)).toEqual(['c', 'd'])
  })
})

describe('a secret is never printed', () => {
  const headers = new AxiosHeaders({ 'X-Api-Key': KEY, Authorization: `Bearer ${KEY}` })
  const axiosError = new AxiosError('Request failed with status code 401', 'ERR_BAD_REQUEST', { url: `http://octo/api?apikey=${KEY}`, headers, auth: { username: 'u', password: KEY } })
  const basic = `Basic ${Buffer.from(`printer-user:${KEY}`).toString('base64')}`

  it.each<[string, Record<string, unknown>]>([
    ['as a field', { key: SECRET }],
    ['nested in objects and lists', { a: [{ b: { secrets: { apiKey: SECRET } } }] }],
    ['deeper than is printed', { a: { b: { c: { d: { e: { f: SECRET } } } } } }],
    ['in the text of an error', { error: new Error(`401 for key ${KEY}`) }],
    ['in the code of an error', { error: Object.assign(new Error('no'), { code: `E_${KEY}` }) }],
    ['in the cause of an error', { error: new Error('no', { cause: new Error(KEY) }) }],
    ['in an HTTP client\'s error', { error: axiosError }],
    ['in an HTTP client\'s error as JSON', { error: axiosError.toJSON() }],
    ['in something that looks like such an error', { error: { message: 'no', config: { headers: { 'X-Api-Key': KEY, Authorization: basic } } } }],
    ['in something that looks like its answer', { response: { status: 401, headers: { 'set-cookie': [`session=${KEY}`], authorization: basic }, data: { echoed: KEY } } }],
    ['in an address', { url: `http://octo/sockjs?apikey=${encodeURIComponent(KEY)}` }],
    ['in base64', { header: Buffer.from(KEY).toString('base64') }],
    ['as the name of a field', { [KEY]: 1 }],
    ['in bytes', { body: new TextEncoder().encode(KEY) }],
  ])('%s', (_where, fields) => {
    const { log, lines } = setUp()
    log.error('it failed', fields)
    log.child(fields).info('and again')
    const text = lines.join('')
    expect(lines).toHaveLength(2)
    expect(text).not.toContain(KEY)
    expect(text).not.toContain(Buffer.from(KEY).toString('base64'))
    expect(text).not.toContain(basic)
    expect(text).not.toContain([...new TextEncoder().encode(KEY)].slice(0, 6).join(','))
  })

  it('in the message itself', () => {
    const { log, lines } = setUp()
    log.error(`the key ${KEY} was refused`)
    expect(parsed(lines[0]).msg).toBe('the key [secret] was refused')
  })

  it('and what is no secret is kept', () => {
    expect(printable({ key: SECRET, url: 'http://octo', n: 1, on: true, none: null, big: 12n })).toEqual({ key: '[secret]', url: 'http://octo', n: 1, on: true, none: null, big: '12' })
    expect(printable(axiosError)).toEqual({ name: 'AxiosError', message: 'Request failed with status code 401', code: 'ERR_BAD_REQUEST' })
  })
})

describe('whatever is logged', () => {
  it.each<[string, () => unknown, unknown]>([
    ['an error in a list keeps name, text and code', () => [Object.assign(new TypeError('no'), { code: 'ECONNREFUSED' })], [{ name: 'TypeError', message: 'no', code: 'ECONNREFUSED' }]],
    ['bytes are counted', () => ({ body: new Uint8Array(2_000) }), { body: '[2000 bytes]' }],
    ['a long list is cut', () => Array.from({ length: 500 }, (_, n) => n), Array.from({ length: 100 }, (_, n) => n)],
    ['a date is its time', () => new Date(Date.UTC(2026, 0, 15)), '2026-01-15T00:00:00.000Z'],
    ['what is too deep says so', () => ({ a: { b: { c: { d: { e: { f: 1 } } } } } }), { a: { b: { c: { d: { e: '[deeper]' } } } } }],
  ])('%s', (_what, make, expected) => {
    expect(printable(make())).toEqual(expected)
  })

  it('that refers to itself ends', () => {
    const loop: Record<string, unknown> = { name: 'loop' }
    loop.self = loop
    expect(JSON.stringify(printable(loop))).toContain('[deeper]')
    const own = { toJSON(): unknown { return own } }
    expect(printable({ own })).toEqual({ own: '[deeper]' })
  })

  it('that can not be read breaks no one who logs it', () => {
    const { log, lines } = setUp()
    log.info('odd', { odd: { toJSON: () => { throw new Error('no') } } })
    log.info('odd', { get odd(): string { throw new Error('no') } })
    expect(lines.map((line) => parsed(line).msg)).toEqual(['odd', 'odd'])
  })

  it('is not inspected behind our back either', () => {
    expect(inspect({ key: SECRET }, { showHidden: true, depth: 9 })).not.toContain(KEY)
  })
})
