import { describe, expect, test } from 'vitest'
import { anEvent, LAMP, NOON } from '../../../../test/support/rule-fixtures.ts'
import { render } from '../../delivery/render.ts'
import { verdictOfFailure, verdictOfStatus } from '../kit/answers.ts'
import { Secret } from '../../settings/secret.ts'
import { webhookBody } from './body.ts'
import { cloudEvent } from './cloudevent.ts'
import { webhookChannel } from './index.ts'
import { signatureHeaders, signingKey, webhookId } from './signature.ts'
import { templateValues, TEMPLATE_NAMES } from './values.ts'

describe('the config', () => {
  test('has defaults for all but the address, which is trimmed', () => {
    expect(webhookChannel.validateConfig({ url: ' http://127.0.0.1:9000/x ' })).toEqual({
      ok: true,
      config: {
        url: 'http://127.0.0.1:9000/x', format: 'plain', template: '', contentType: 'application/json', method: 'POST', headers: {}, includePicture: true, pictureAs: 'part', includeContext: false,
        timeoutMs: 10_000,
      },
    })
  })

  test('of a destination from before there was a choice keeps its format; a new one begins with CloudEvents', () => {
    const before = webhookChannel.validateConfig({ url: 'http://a', method: 'POST', headers: { 'X-Room': 'cellar' }, includePicture: false, timeoutMs: 5_000 })
    expect(before).toMatchObject({ ok: true, config: { format: 'plain' } })
    expect(webhookChannel.fresh).toEqual({ format: 'cloudevents' })
  })

  test.each<[Record<string, unknown>, boolean]>([
    [{}, true], [{ includePicture: false }, false], [{ format: 'cloudevents', pictureAs: 'base64' }, true], [{ format: 'template' }, false],
    [{ format: 'template', pictureAs: 'base64' }, true], [{ format: 'template', pictureAs: 'base64', includePicture: false }, false],
  ])('%j wants pictures: %j', (config, wants) => {
    expect(webhookChannel.wantsPicture?.(config)).toBe(wants)
  })

  test('needs the context of events only when it is to be sent', () => {
    expect([{}, { includeContext: false }, { includeContext: true }].map((config) => webhookChannel.needsContext?.(config))).toEqual([false, false, true])
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
    ['another method', { url: 'http://a', method: 'DELETE' }, 'method', /./],
    ['a header with a line break', { url: 'http://a', headers: { 'X-A': 'b\r\nX-C: d' } }, 'headers.X-A', /one line/],
    ['a token among the headers', { url: 'http://a', headers: { Authorization: 'Bearer x' } }, 'headers.Authorization', /field "token"/],
    ['a header that is ours', { url: 'http://a', headers: { 'content-length': '1' } }, 'headers.content-length', /sets content-length itself/],
    ['a header of the signature', { url: 'http://a', headers: { 'Webhook-Id': '1' } }, 'headers.Webhook-Id', /sets webhook-id itself/],
    ['a content type among the headers', { url: 'http://a', headers: { 'Content-Type': 'text/plain' } }, 'headers.Content-Type', /format says/],
    ['another format', { url: 'http://a', format: 'xml' }, 'format', /./],
    ['a content type that is none', { url: 'http://a', contentType: 'text' }, 'contentType', /looks like application\/json/],
    ['two lines of content type', { url: 'http://a', contentType: 'text/plain\r\nX: 1' }, 'contentType', /looks like/],
    ['a body of its own that is not there', { url: 'http://a', format: 'template', template: ' ' }, 'template', /Write it, or choose another format/],
    ['a template that can not be read', { url: 'http://a', format: 'template', template: 'x\n{% if title %}' }, 'template', /line 2: tag {% if title %} not closed/],
    ['a template with a misspelled name', { url: 'http://a', format: 'template', template: '{{ tilte }}' }, 'template', /There is no "tilte" to fill in\. There is: title, body, isoTime/],
    ['a template that takes in a file', { url: 'http://a', format: 'template', template: '{% include "/etc/passwd" %}' }, 'template', /no other template can be taken in/],
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

  test('holds the picture itself when that is wanted', () => {
    const picture = { jpeg: new Uint8Array([0xff, 0xd8, 0xff, 0xd9]), file: '/home/me/x.jpg', width: 640, height: 480, takenAt: NOON }
    const body = webhookBody({ message: message({}), deliveryKey: 'K' }, picture, { context: false, base64: true })
    expect(body.image).toEqual({ name: 'snapshot.jpg', type: 'image/jpeg', width: 640, height: 480, bytes: 4, takenAt: NOON, base64: '/9j/2Q==' })
  })

  test('holds how things stood only when that is wanted, and always what the event itself has to add', () => {
    const sending = { message: message({ context: { step: 0.25, state: { text: 'Printing' }, job: null, currentZ: 1, progress: null, offsets: {}, meta: null } }), deliveryKey: 'K' }
    expect(webhookBody(sending, null).context).toEqual({ step: 0.25 })
    expect(webhookBody(sending, null, { context: true, base64: false }).context).toEqual({ step: 0.25, state: { text: 'Printing' }, job: null, currentZ: 1, progress: null, offsets: {}, meta: null })
  })
})

describe('the CloudEvent', () => {
  const data = (over: Parameters<typeof anEvent>[1] = {}) => webhookBody({ message: render(anEvent('job.done', over), { now: NOON, capabilities: null, timeZone: 'UTC' }), deliveryKey: 'K' }, null)

  test('has the attributes of CloudEvents 1.0 around what is always sent', () => {
    const body = data({ job: LAMP })
    expect(cloudEvent(body)).toEqual({
      specversion: '1.0', id: '01KF0000000000000000000001', source: 'urn:printbell:printer:mk4', type: 'app.printbell.job.done', subject: 'lamp-vase.gcode', time: '2026-01-15T12:00:00.000Z',
      datacontenttype: 'application/json', data: body,
    })
  })

  test('has no subject without a job, and the app as its source without a printer', () => {
    expect(cloudEvent(data())).not.toHaveProperty('subject')
    expect(cloudEvent({ ...data(), printer: null, id: 'K', type: 'app.test' })).toMatchObject({ id: 'K', source: 'urn:printbell:app', type: 'app.printbell.app.test' })
  })
})

describe('the signature', () => {
  // The example of the specification's own libraries.
  const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'

  test('is the one of the specification\'s example', () => {
    const key = signingKey(new Secret(SECRET))
    if (key === null) throw new Error('no key')
    expect(signatureHeaders(key, { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', now: 1_614_265_330_999, body: Buffer.from('{"test": 2432232314}') })).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek', 'webhook-timestamp': '1614265330', 'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    })
  })

  test.each([
    ['with its prefix', SECRET, 24],
    ['without its prefix', 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 24],
    ['with a line break behind it', `${SECRET}\n`, 24],
    ['of 64 bytes', `whsec_${'A'.repeat(85)}A==`, 64],
    ['too short', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2La', null],
    ['too long', `whsec_${'A'.repeat(87)}=`, null],
    ['no base64', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2La!aSw', null],
    ['a password', 'correct horse battery staple, and more', null],
    ['the prefix alone', 'whsec_', null],
  ])('takes a secret %s', (_what, text, bytes) => {
    expect(signingKey(new Secret(text))?.length ?? null).toBe(bytes)
  })

  test('an id holds no full stop, which would blur where it ends', () => {
    expect(webhookId('01KF0000000000000000000001.my.hook')).toBe('01KF0000000000000000000001_my_hook')
  })
})

describe('a body of one\'s own', () => {
  test('can fill in all that is sent otherwise, under the names that the form knows', () => {
    const values = templateValues({ message: render(anEvent('job.done', { job: LAMP }), { now: NOON, capabilities: null, timeZone: 'UTC' }), deliveryKey: 'K' }, null, { context: false, base64: false })
    expect(Object.keys(values).sort()).toEqual([...TEMPLATE_NAMES].sort())
    expect(values).toMatchObject({ title: 'MK4 left bench: print done', body: 'lamp-vase', isoTime: '2026-01-15T12:00:00.000Z', type: 'job.done', job: { name: 'lamp-vase.gcode' }, image: null })
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
