import { describe, expect, test } from 'vitest'
import { eventOf, sendingOf } from '../../../../test/support/channel-kit.ts'
import { LAMP, NOON } from '../../../../test/support/rule-fixtures.ts'
import type { EventType, Severity } from '../../events/model.ts'
import { schemaOf } from '../../settings/json-schema.ts'
import { judge } from './answers.ts'
import { ntfyChannel } from './index.ts'
import { headerText, published, sequenceOf } from './request.ts'
import type { NtfyConfig } from './config.ts'

function config(over: Record<string, unknown> = {}): NtfyConfig {
  const checked = ntfyChannel.validateConfig({ topic: 'marta-printbell-7f3k', ...over })
  if (!checked.ok) throw new Error(JSON.stringify(checked.errors))
  return checked.config
}

describe('the config of ntfy', () => {
  test('has defaults for all but the topic, which is trimmed', () => {
    expect(ntfyChannel.validateConfig({ topic: ' marta-printbell-7f3k ' })).toEqual({
      ok: true,
      config: {
        server: 'https://ntfy.sh', topic: 'marta-printbell-7f3k', user: '', click: '', includePicture: true, keepOneMessage: true, symbols: true, tags: [],
        loudness: { info: 'quiet', success: 'normal', warning: 'loud', error: 'loud', critical: 'urgent' },
      },
    })
  })

  test.each<[string, Record<string, unknown>, string, string]>([
    ['no topic', { topic: '' }, 'topic', 'A topic is missing. Choose one, and subscribe to it in the ntfy app.'],
    ['a topic with a blank', { topic: 'my printer' }, 'topic', 'A topic has 1 to 64 letters, digits, dashes and underscores. Take other characters away.'],
    ['a topic that is too long', { topic: 'x'.repeat(65) }, 'topic', 'A topic has 1 to 64 letters, digits, dashes and underscores. Take other characters away.'],
    ['a page of the server', { topic: 'docs' }, 'topic', 'The server keeps this name for itself. Choose another topic.'],
    ['an address with the topic', { topic: 'x', server: 'https://ntfy.sh/mine' }, 'server', 'Only the server belongs here. Take "/mine" away; the topic has a field of its own.'],
    ['no address', { topic: 'x', server: 'ntfy.sh' }, 'server', 'Not an address. Start with http:// or https://.'],
    ['another scheme to open', { topic: 'x', click: 'printbell//history' }, 'click', 'Not an address. Start with http:// or https://, or leave it empty.'],
    ['a tag of two words', { topic: 'x', tags: ['a b'] }, 'tags.0', 'A tag is one word without commas, at most 50 characters.'],
  ])('refuses %s', (_what, over, field, message) => {
    const checked = ntfyChannel.validateConfig(over)
    expect(checked.ok ? [] : checked.errors).toContainEqual({ field, message })
  })

  test('tells the form what holds when nothing is entered, and that a link can be typed', () => {
    const { properties } = schemaOf(ntfyChannel.configSchema) as { properties: Record<string, object> }
    expect(properties.server).toMatchObject({ type: 'string', default: 'https://ntfy.sh' })
    expect(properties.click).toMatchObject({ type: 'string', default: '' })
  })

  test('a slash at the end of the server is no path', () => {
    expect(config({ server: 'http://127.0.0.1:8080/' }).server).toBe('http://127.0.0.1:8080')
  })
})

describe('what ntfy is told', () => {
  test.each<[Severity, number]>([['info', 2], ['success', 3], ['warning', 4], ['error', 4], ['critical', 5]])('%s has the priority %i', (severity, priority) => {
    expect(published(sendingOf(eventOf('device.fault', { severity })), config()).priority).toBe(priority)
  })

  test('the loudness of a severity can be chosen', () => {
    const chosen = config({ loudness: { info: 'silent', critical: 'normal' } })
    expect(published(sendingOf(eventOf('job.progress', { severity: 'info' })), chosen).priority).toBe(1)
    expect(published(sendingOf(eventOf('job.failed', { severity: 'critical' })), chosen).priority).toBe(3)
  })

  test.each<[EventType, Severity, string]>([
    ['job.started', 'info', 'arrow_forward'], ['job.progress', 'info', 'printer'], ['job.paused', 'warning', 'pause_button'], ['job.done', 'success', 'white_check_mark'],
    ['job.cancelled', 'warning', 'stop_button'], ['job.failed', 'critical', 'x'], ['job.result_unknown', 'warning', 'question'], ['attention.filament_runout', 'critical', 'rotating_light'],
    ['attention.door', 'warning', 'warning'], ['failure.detected', 'critical', 'rotating_light'], ['failure.warning', 'warning', 'warning'], ['device.error', 'error', 'exclamation'],
    ['heater.target_reached', 'info', 'printer'], ['app.test', 'info', 'bell'],
  ])('%s of severity %s has the symbol %s', (type, severity, tag) => {
    expect(published(sendingOf(eventOf(type, { severity })), config()).tags).toEqual([tag])
  })

  test('tags of the user come after the symbol, which can be left out', () => {
    expect(published(sendingOf(), config({ tags: ['workshop', 'mk4'] })).tags).toEqual(['white_check_mark', 'workshop', 'mk4'])
    expect(published(sendingOf(), config({ symbols: false })).tags).toEqual([])
  })

  test('a message is cut by bytes, not by characters', () => {
    const sending = sendingOf()
    const said = published({ ...sending, message: { ...sending.message, title: 'ü'.repeat(600), body: '墨'.repeat(2_000) } }, config())
    // 3 bytes each, and 3 for the ellipsis: 1364 of them are 4095 bytes.
    expect(said.message).toBe(`${'墨'.repeat(1_364)}…`)
    expect(said.title).toBe(`${'ü'.repeat(498)}…`)
  })

  test('without a body the title is the message, which must not be empty', () => {
    const sending = sendingOf()
    expect(published({ ...sending, message: { ...sending.message, body: '' } }, config()).message).toBe('MK4 left bench: print done')
  })
})

describe('what replaces what on the phone', () => {
  const name = (type: EventType, key: string, over: Record<string, unknown> = {}, keep = true): string =>
    sequenceOf(sendingOf(eventOf(type, { id: key, ...over })).message, key, keep)

  test('the news of one print share one name that tells nothing of it', () => {
    expect(name('job.started', 'a')).toBe('6ebc30be43523a80c0c5e82488e4ef7b')
    expect(name('job.progress', 'b')).toBe('6ebc30be43523a80c0c5e82488e4ef7b')
    expect(name('job.done', 'c')).toBe('6ebc30be43523a80c0c5e82488e4ef7b')
  })
  test('the next print has another', () => {
    expect(name('job.done', 'c', { job: { ...LAMP, key: 'local/lamp-vase.gcode@2' } })).not.toBe('6ebc30be43523a80c0c5e82488e4ef7b')
  })
  test.each<EventType>(['attention.filament_runout', 'failure.detected', 'job.stalled', 'device.error'])('%s stands alone, so that no progress covers it', (type) => {
    expect(name(type, 'b')).not.toBe('6ebc30be43523a80c0c5e82488e4ef7b')
    expect(name(type, 'b')).not.toBe(name(type, 'c'))
  })
  test('the same message sent twice has the same name', () => {
    expect(name('device.error', '01KF0000000000000000000001.dest')).toBe('d169181662287fbdf582104548b8e03a')
  })
  test('with the switch off every message stands alone', () => {
    expect(name('job.progress', 'b', {}, false)).not.toBe(name('job.progress', 'c', {}, false))
  })
})

describe('a header', () => {
  test.each([
    ['MK4: print done', 'MK4: print done'],
    ['Prüfstand: 42 %', '=?UTF-8?B?UHLDvGZzdGFuZDogNDIgJQ==?='],
    ['Zwei\nZeilen', '=?UTF-8?B?WndlaQpaZWlsZW4=?='],
    ['=?UTF-8?B?eA==?=', '=?UTF-8?B?PT9VVEYtOD9CP2VBPT0/PQ==?='],
    [' blank at the edge', '=?UTF-8?B?IGJsYW5rIGF0IHRoZSBlZGdl?='],
  ])('%j is sent as %j', (text, sent) => {
    expect(headerText(text)).toBe(sent)
  })
})

describe("an answer of ntfy's", () => {
  const at = (status: number, json: unknown, headers: Record<string, string> = {}) => judge({ status, headers, text: '', json }, NOON)

  test('the daily quota ends at midnight UTC', () => {
    expect(at(429, { code: 42908, http: 429, error: 'limit reached: daily message quota reached' })).toEqual({
      result: 'retry', after: 12 * 3_600_000, why: 'The messages that the server allows in a day are used up (42908). It counts anew at midnight UTC.',
    })
  })
  test("the server's own wait wins over ours", () => {
    expect(at(429, { code: 42908 }, { 'retry-after': '60' })).toMatchObject({ result: 'retry', after: 60_000 })
    expect(at(429, { code: 42901 }, { 'retry-after': '60' })).toMatchObject({ result: 'retry', after: 60_000 })
    expect(at(429, { code: 42901 }, { 'retry-after': '1' })).toMatchObject({ result: 'retry', after: 5_000 })
  })
  test('its words are never told on: an attacker could write them', () => {
    expect(JSON.stringify(at(400, { code: 40009, error: 'see https://evil.example' }))).not.toContain('evil')
    expect(JSON.stringify(at(400, { code: 49999, error: 'see https://evil.example' }))).not.toContain('evil')
  })
})
