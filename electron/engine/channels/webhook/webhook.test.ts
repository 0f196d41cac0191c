import { describe, expect, test } from 'vitest'
import { anEvent, LAMP, NOON } from '../../../../test/support/rule-fixtures.ts'
import { render } from '../../delivery/render.ts'
import { verdictOfFailure, verdictOfStatus } from '../kit/answers.ts'
import { webhookBody } from './body.ts'
import { webhookChannel } from './index.ts'

describe('the config', () => {
  test('has defaults for all but the address, which is trimmed', () => {
    expect(webhookChannel.validateConfig({ url: ' http://127.0.0.1:9000/x ' })).toEqual({
      ok: true, config: { url: 'http://127.0.0.1:9000/x', method: 'POST', headers: {}, includePicture: true, timeoutMs: 10_000 },
    })
  })

  test.each<[string, unknown, string, RegExp]>([
    ['no address', {}, 'url', /./],
    ['no scheme', { url: 'example.org/x' }, 'url', /Start with http:\/\//],
    ['another scheme', { url: 'file:///etc/passwd' }, 'url', /Start with http:\/\//],
    ['a password in the address', { url: 'http://me:pw@example.org' }, 'url', /Take user and password out/],
    ['a user in the address', { url: 'http://me@example.org' }, 'url', /Take user and password out/],
    ['the cloud metadata address', { url: 'http://169.254.169.254/latest' }, 'url', /credentials of cloud machines/],
    ['the same written as a number', { url: 'http://2852039166/' }, 'url', /credentials of cloud machines/],
    ['the same written as IPv6', { url: 'http://[::ffff:169.254.169.254]/' }, 'url', /credentials of cloud machines/],
    ['another method', { url: 'http://a', method: 'GET' }, 'method', /./],
    ['a header with a line break', { url: 'http://a', headers: { 'X-A': 'b\r\nX-C: d' } }, 'headers.X-A', /one line/],
    ['a token among the headers', { url: 'http://a', headers: { Authorization: 'Bearer x' } }, 'headers.Authorization', /field "token"/],
    ['a header that is ours', { url: 'http://a', headers: { 'content-length': '1' } }, 'headers.content-length', /set by Printbell/],
    ['a timeout of nothing', { url: 'http://a', timeoutMs: 0 }, 'timeoutMs', /./],
    ['an unknown field', { url: 'http://a', tokn: 'x' }, '', /tokn/],
  ])('%s is refused with its field', (_what, config, field, message) => {
    const result = webhookChannel.validateConfig(config)
    expect(result.ok).toBe(false)
    if (result.ok) return
    expect(result.errors[0]?.field).toBe(field)
    expect(result.errors[0]?.message).toMatch(message)
  })

  test.each(['http://127.0.0.1:9000/x', 'http://[::1]:9000', 'https://printer.local/hook', 'http://192.168.1.5/'])('%s is fine: it is the own network', (url) => {
    expect(webhookChannel.validateConfig({ url }).ok).toBe(true)
  })
})

describe('the body', () => {
  const message = (over: Parameters<typeof anEvent>[1]) => render(anEvent('job.done', over), { now: NOON, capabilities: null, timeZone: 'UTC' })

  test('says everything, unknown as null, the event always as an object', () => {
    const event = { job: { ...LAMP, startedAt: null }, severity: 'success', printTime: 12_960, native: { name: 'PrintDone', payload: { time: 12_960 } } } as const
    expect(webhookBody({ message: message(event), deliveryKey: 'K' }, null)).toEqual({
      version: 1, id: '01KF0000000000000000000001', time: 1_768_478_400_000, type: 'job.done', severity: 'success', late: false,
      event: {
        id: '01KF0000000000000000000001', type: 'job.done', severity: 'success', occurredAt: 1_768_478_400_000, observedAt: 1_768_478_400_000, late: false, byUs: false,
        isWarning: false, isPaused: false, reason: null, text: null, code: null, progress: null, remaining: null, printTime: 12_960, layer: null, heater: null, attention: null,
      },
      message: { kind: 'event', title: 'MK4 left bench: print done', body: 'lamp-vase, 3 h 36 min' },
      printer: { id: 'mk4', name: 'MK4 left bench', kind: 'octoprint' },
      job: { key: 'local/lamp-vase.gcode@1', name: 'lamp-vase.gcode', path: 'lamp-vase.gcode', origin: 'local', size: 1000, user: null, startedAt: null, endedAt: null, alertedAt: null },
      image: null,
      native: { name: 'PrintDone', payload: { time: 12_960 }, synthesised: false },
      context: null,
    })
  })

  test('a test message has an event too, and an id', () => {
    const notice = { ...message({}), kind: 'test' as const, event: null, job: null, printer: null }
    expect(webhookBody({ message: notice, deliveryKey: 'K' }, null)).toMatchObject({ id: 'K', event: { id: null, type: 'job.done' }, printer: null, job: null })
  })

  test('describes the picture that is sent beside it', () => {
    const picture = { jpeg: new Uint8Array(7), file: '/home/me/x.jpg', width: 640, height: 480, takenAt: NOON }
    const body = webhookBody({ message: message({}), deliveryKey: 'K' }, picture)
    expect(body.image).toEqual({ name: 'snapshot.jpg', type: 'image/jpeg', width: 640, height: 480, bytes: 7, takenAt: NOON })
    expect(JSON.stringify(body)).not.toContain('/home/me')
  })
})

describe('an answer', () => {
  test.each([
    [307, 'The server sends us on to another address (307). Enter the address it leads to.'],
    [401, 'The server wants another token (401). Enter the right one.'],
    [410, 'The server says that this address is gone for good (410).'],
    [418, 'The server refuses this message (418).'],
    [503, 'The server has a problem of its own (503).'],
  ])('%i is told with who means it', (status, why) => {
    expect(verdictOfStatus(status, undefined, NOON)).toMatchObject({ why })
  })

  // Read in a list of many destinations, "it" is anything.
  test('never begins with a word that stands for another', () => {
    const told = Array.from({ length: 400 }, (_, index) => verdictOfStatus(200 + index, undefined, NOON)).map((verdict) => ('why' in verdict ? verdict.why : verdict.detail))
    expect(told.filter((words) => /^Its? /.test(words))).toEqual([])
  })
})

describe('a request that got no answer', () => {
  test.each([
    ['ENOTFOUND', /DNS/], ['EAI_AGAIN', /DNS/], ['ECONNREFUSED', /^The server refuses the connection/], ['ECONNRESET', /broke/], ['ETIMEDOUT', /timeout/],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', /self-signed/], ['CERT_HAS_EXPIRED', /expired/], ['ERR_TLS_CERT_ALTNAME_INVALID', /another name/], ['EPROTO', /TLS/], ['HPE_INVALID_HEADER_TOKEN', /no web server/],
  ])('%s is tried again and named', (code, words) => {
    const error = Object.assign(new Error('connect https://secret.example/token failed'), { code })
    const verdict = verdictOfFailure(error, false)
    expect(verdict).toMatchObject({ result: 'retry', after: null })
    expect(verdict.result === 'retry' && verdict.why).toMatch(words)
    expect(JSON.stringify(verdict)).not.toContain('secret')
  })
  test('whatever else is thrown is tried again, without its words', () => {
    expect(verdictOfFailure('https://secret.example', false)).toEqual({ result: 'retry', after: null, why: 'The connection failed.' })
  })
})
