import { describe, expect, test } from 'vitest'
import { anEvent, LAMP, NOON } from '../../../../test/support/rule-fixtures.ts'
import type { Message } from '../../delivery/message.ts'
import { render, renderCancelQuestion, renderNotice } from '../../delivery/render.ts'
import { renderSummary } from '../../delivery/summary.ts'
import type { EventType, PrinterEvent } from '../../events/model.ts'
import { Secret } from '../../settings/secret.ts'
import { passingMemory } from '../memory.ts'
import { octoprintWebhooksSchema, validateOctoPrintWebhooks, type OctoPrintWebhooksConfig } from './config.ts'
import { octoprintWebhooksChannel } from './index.ts'
import { createOften } from './often.ts'
import { missingSecrets, secretValues } from './secrets.ts'
import { topicOf } from './topics.ts'
import { milestoneOf, variablesOf } from './variables.ts'

const configOf = (over: Record<string, unknown> = {}): OctoPrintWebhooksConfig => octoprintWebhooksSchema.parse({ url: 'http://h/hook', ...over })
const messageOf = (event: PrinterEvent): Message => render(event, { now: NOON, capabilities: null, timeZone: 'UTC' })
const message = (type: EventType, over: Partial<PrinterEvent> = {}): Message => messageOf(anEvent(type, { job: LAMP, progress: 0.42, remaining: 5_400, ...over }))
const variables = (told: Message, over: Record<string, unknown> = {}): Record<string, unknown> =>
  ({ ...variablesOf({ message: told, deliveryKey: 'K' }, topicOf(told, configOf(over)), configOf(over), { apiSecret: 's', secrets: { a: 'b' } }, null) })
const extra = (told: Message, over: Record<string, unknown> = {}): unknown => variables(told, over).extra

describe('the config', () => {
  test('has defaults that send what the plugin sends', () => {
    expect(validateOctoPrintWebhooks({ url: ' https://h/hook ' })).toEqual({
      ok: true,
      config: {
        url: 'https://h/hook', method: 'POST', contentType: 'JSON', deviceIdentifier: '', headers: {},
        data: '{\n  "deviceIdentifier": "@deviceIdentifier",\n  "apiSecret": "@apiSecret",\n  "topic": "@topic",\n  "message": "@message",\n  "extra": "@extra"\n}',
        startedMessage: 'The print has started.', doneMessage: 'The print is done.', failedMessage: 'The print has failed.', cancelTopic: 'Print Failed', cancelledMessage: 'The print was cancelled.',
        pausedMessage: 'The print is paused.', actionMessage: 'The printer needs you.', progressMessage: '@percentCompleteMilestone % is printed.', errorMessage: 'The printer reports an error.',
        customEvents: {}, progressEvery: 0, cooldown: 0, testEvent: 'started', oauth: false, oauthUrl: '', oauthMethod: 'POST', oauthContentType: 'JSON', timeoutMs: 15_000,
      },
    })
  })

  test.each<[string, Record<string, unknown>, string, RegExp]>([
    ['no address', { url: '' }, 'url', /Enter the address/],
    ['a path alone', { url: '/hook/@topic' }, 'url', /Start with http/],
    ['another scheme', { url: 'file:///@topic' }, 'url', /Start with http/],
    ['a password in the address', { url: 'https://me:pw@host/@topic' }, 'url', /as a header "Authorization"/],
    ['a token in the address', { url: 'https://host/x?token=abc' }, 'url', /@secrets\.token/],
    ['cloud credentials', { url: 'http://169.254.169.254/@topic' }, 'url', /credentials of cloud machines/],
    ['a body that is no JSON', { data: '{"a": }' }, 'data', /Not a JSON object/],
    ['a body that is a list', { data: '["@topic"]' }, 'data', /Not a JSON object/],
    ['a secret in the body', { data: '{"auth": {"token": "abc123"}}' }, 'data', /auth\.token looks like a secret/],
    ['a secret in a header', { headers: { Authorization: 'Bearer abc' } }, 'headers.Authorization', /@secrets\.name/],
    ['a cookie', { headers: { Cookie: 'session=abc' } }, 'headers.Cookie', /@secrets\.name/],
    ['a header of the transport', { headers: { 'Content-Length': '5' } }, 'headers.Content-Length', /set by Printbell/],
    ['a header on two lines', { headers: { A: 'x\r\ny' } }, 'headers.A', /one line/],
    ['a header with a blank in its name', { headers: { 'A b': 'x' } }, 'headers.A b', /letters, digits and dashes/],
    ['OAuth without an address', { oauth: true }, 'oauthUrl', /Enter the address/],
    ['OAuth with a secret in its address', { oauth: true, oauthUrl: 'https://h/token?client_secret=abc' }, 'oauthUrl', /@secrets\.client_secret/],
    ['a step of a hundred percent', { progressEvery: 100 }, 'progressEvery', /./],
    ['an event with a blank in its name', { customEvents: { 'Movie Done': '' } }, 'customEvents.Movie Done', /MovieDone/],
  ])('%s is refused with its field', (_what, over, field, words) => {
    const checked = validateOctoPrintWebhooks({ url: 'http://h/', ...over })
    if (checked.ok) throw new Error('it was taken')
    expect(checked.errors).toEqual([expect.objectContaining({ field, message: expect.stringMatching(words) as string })])
  })

  test.each<[string, Record<string, unknown>]>([
    ['parameters in the address', { url: 'https://@printer.id.lan/x/@topic?key=@apiSecret&z=@currentZ' }], ['an address that is a parameter', { url: '@secrets.url' }],
    ['a token by parameter', { headers: { Authorization: 'Bearer @access_token', Cookie: 'session=@secrets.session; lang=@secrets.lang', 'X-Api-Key': '@apiSecret' } }],
    ['fields that only sound like it', { data: '{"key": "value", "token_type": "bearer", "tokens": 5, "secret": "@apiSecret", "password": null}' }],
    ['the own network', { url: 'http://192.168.1.5:8123/api/webhook/x' }],
  ])('%s is fine', (_what, over) => {
    expect(validateOctoPrintWebhooks({ url: 'http://h/', ...over })).toMatchObject({ ok: true })
  })

  test('wants pictures only where they are sent', () => {
    const wants = (over: Record<string, unknown>): boolean | undefined => octoprintWebhooksChannel.wantsPicture?.({ ...configOf(over) })
    expect([wants({}), wants({ data: '{"snap": "@snapshot"}' }), wants({ data: '{"a": {"snap": "@snapshot"}}' }), wants({ data: '{"snap": "@snapshot"}', method: 'GET' })]).toEqual([false, true, false, false])
    expect(octoprintWebhooksChannel.needsContext?.({})).toBe(true)
  })
})

describe('topics and messages', () => {
  test.each<[EventType, string, string]>([
    ['job.started', 'Print Started', 'The print has started.'], ['job.done', 'Print Done', 'The print is done.'], ['job.failed', 'Print Failed', 'The print has failed.'],
    ['job.cancelled', 'Print Failed', 'The print has failed.'], ['job.paused', 'Print Paused', 'The print is paused.'], ['job.progress', 'Print Progress', '42 % is printed.'],
    ['attention.filament_runout', 'User Action Needed', 'The printer needs you.'], ['attention.filament_change', 'User Action Needed', 'The printer needs you.'], ['attention.user_input', 'User Action Needed', 'The printer needs you.'],
    ['attention.reminder', 'User Action Needed', 'The printer needs you.'], ['device.error', 'Error', 'The printer reports an error.'], ['device.shutdown', 'Error', 'The printer reports an error.'],
    ['job.result_unknown', 'Print Failed', 'MK4 left bench: result unknown. The print ended out of sight. Look at the printer. lamp-vase, 42 %.'],
    ['failure.detected', 'User Action Needed', 'MK4 left be…: print is failing. It still prints. Look, then pause or cancel. lamp-vase, 42 %.'],
    ['job.resumed', 'Custom Event', 'MK4 left bench: printing again. lamp-vase, 42 %'],
  ])('%s is %s', (type, topic, text) => {
    const told = variables({ ...message(type), ...(type === 'failure.detected' ? { title: 'MK4 left be…: print is failing' } : {}) })
    expect([told.topic, told.message]).toEqual([topic, text])
  })

  test('a cancel has a topic of its own when that was chosen', () => {
    const told = variables(message('job.cancelled'), { cancelTopic: 'Print Cancelled', cancelledMessage: 'Cancelled at @progress.completion %: @job.file.name' })
    expect([told.topic, told.message]).toEqual(['Print Cancelled', 'Cancelled at 42.0 %: lamp-vase.gcode'])
  })

  test("a chosen event of the server's own has its own message, whatever the case of its name", () => {
    const movie = message('server.event', { native: { name: 'MovieDone', payload: { movie: '/x.mp4' } } })
    expect(variables(movie, { customEvents: { moviedone: 'Film: @extra.movie' } })).toMatchObject({ topic: 'Custom Event', message: 'Film: /x.mp4', eventName: 'MovieDone', extra: { movie: '/x.mp4' } })
    expect(variables(movie)).toMatchObject({ topic: 'Custom Event', message: 'MK4 left bench: MovieDone. lamp-vase, 42 %' })
    expect(variables(message('job.started', { native: { name: 'PrintStarted', payload: { name: 'a' } } }), { customEvents: { PrintStarted: '' } })).toMatchObject({ topic: 'Custom Event', message: 'MK4 left bench: print started. lamp-vase, 1 h 30 min' })
  })

  test("OctoPrint's own event, told beside the failure that it caused, has its usual topic", () => {
    const error = message('server.event', { native: { name: 'Error', payload: { error: 'MINTEMP', reason: 'firmware' } } })
    expect(variables(error)).toMatchObject({ topic: 'Error', message: 'The printer reports an error.', extra: { error: 'MINTEMP', reason: 'firmware' } })
    expect(variables(error, { customEvents: { Error: 'Mine' } })).toMatchObject({ topic: 'Custom Event', message: 'Mine' })
  })

  test('a question, a summary and a notice are told in words of their own', () => {
    const event = anEvent('job.done', { job: LAMP })
    expect(variables(renderCancelQuestion(anEvent('job.paused', { job: LAMP }), 0.4))).toMatchObject({ topic: 'User Action Needed', message: "MK4 left bench: cancel this print? lamp-vase, 40 %. It can't be resumed." })
    expect(variables(renderSummary([event, anEvent('job.failed', { job: LAMP })]))).toMatchObject({ topic: 'Custom Event', title: '2 events while you were away' })
    expect(variables(renderNotice(null, 'nothing to cancel', 'The print is done.', NOON))).toMatchObject({ topic: 'Custom Event', message: 'Printbell: nothing to cancel. The print is done.', deviceIdentifier: 'Printbell', extra: {} })
  })

  test('a message that is one parameter is its value, and what it is filled with is not looked through again', () => {
    expect(variables(message('job.done', { job: { ...LAMP, file: { ...LAMP.file, name: 'a@topic.gcode' } } }), { doneMessage: '@job.file.name' }).message).toBe('a@topic.gcode')
    expect(variables(message('job.done'), { doneMessage: '@progress' }).message).toMatchObject({ completion: 42 })
    expect(variables(message('job.done'), { doneMessage: 'so @message' }).message).toBe('so ')
  })
})

describe('variables', () => {
  test('come from the context that was frozen with the event', () => {
    const context = {
      state: { text: 'Printing', flags: {}, error: '' }, job: { file: { name: 'frozen.gcode' }, estimatedPrintTime: 476.5 }, currentZ: 5.6,
      progress: { completion: 14.4, filepos: 1, printTime: 29, printTimeLeft: 40, printTimeLeftOrigin: 'average' }, offsets: { tool0: 3 }, meta: { hash: 'abc' }, step: 0.25,
    }
    expect(variables(message('job.progress', { context }))).toMatchObject({
      state: { text: 'Printing', flags: {}, error: '' }, job: { file: { name: 'frozen.gcode' }, estimatedPrintTime: 476.5 }, currentZ: 5.6, progress: { completion: 14.4 }, offsets: { tool0: 3 }, meta: { hash: 'abc' },
      percentCompleteMilestone: 25, currentTime: 1_768_478_400, deviceIdentifier: 'MK4 left bench', apiSecret: 's', deliveryKey: 'K', severity: 'info', eventType: 'job.progress', late: false,
      printer: { id: 'mk4', name: 'MK4 left bench', kind: 'octoprint' }, appearance: { name: 'MK4 left bench' }, secrets: { a: 'b' },
    })
  })

  test('are worked out from the event where nothing was frozen, and absent where nothing is known', () => {
    const told = variables(message('job.done', { printTime: 12_960 }))
    expect(told.job).toEqual({
      file: { name: 'lamp-vase.gcode', path: 'lamp-vase.gcode', display: 'lamp-vase.gcode', origin: 'local', size: 1000, date: null }, estimatedPrintTime: null, averagePrintTime: null, lastPrintTime: null, filament: null, user: null,
    })
    expect(told.progress).toEqual({ completion: 42, filepos: null, printTime: 12_960, printTimeLeft: 5_400, printTimeLeftOrigin: null })
    expect(['state', 'meta', 'currentZ', 'offsets'].filter((name) => name in told)).toEqual([])
    expect(variables(message('job.done', { context: { state: null, meta: null, currentZ: null, job: null, progress: null, offsets: {} } }))).toMatchObject({ currentZ: null, offsets: {}, job: { file: { name: 'lamp-vase.gcode' } } })
  })

  test('of an OAuth answer win over all others', () => {
    const told = message('job.done')
    const with_ = variablesOf({ message: told, deliveryKey: 'K' }, topicOf(told, configOf({ doneMessage: 'Hi @access_token' })), configOf(), { apiSecret: 's', secrets: {} }, { access_token: 'T', topic: 'theirs' })
    expect(with_).toMatchObject({ access_token: 'T', topic: 'theirs', message: 'Hi T' })
  })
})

describe('@extra', () => {
  const payload = { name: 'a.gcode', path: 'a.gcode', origin: 'local', size: 3, owner: 'ann', time: 5.5 }
  test("is what OctoPrint said, where it said this topic's event", () => {
    expect(extra(message('job.done', { native: { name: 'PrintDone', payload } }))).toEqual(payload)
    expect(extra(message('device.error', { native: { name: 'Error', payload: { error: 'MINTEMP', reason: 'firmware' } } }))).toEqual({ error: 'MINTEMP', reason: 'firmware' })
  })
  test('of a cancel says that it is one, as PrintFailed does', () => {
    const native = { name: 'PrintCancelled', payload: { ...payload, user: 'ann', progress: 29, position: { x: 1 } } }
    expect(extra(message('job.cancelled', { native, progress: 0.29 }))).toEqual({ name: 'lamp-vase.gcode', path: 'lamp-vase.gcode', origin: 'local', size: 1000, owner: 'ann', user: 'ann', time: 5.5, progress: 29, position: { x: 1 }, reason: 'cancelled' })
    expect(extra(message('job.cancelled', { native, progress: 0.29 }), { cancelTopic: 'Print Cancelled' })).toEqual(native.payload)
  })
  test('is worked out where the server said something else, or nothing', () => {
    expect(extra(message('job.started', { job: { ...LAMP, user: 'bob' } }))).toEqual({ name: 'lamp-vase.gcode', path: 'lamp-vase.gcode', origin: 'local', size: 1000, owner: 'bob' })
    expect(extra(message('job.failed', { text: 'MINTEMP', printTime: 60, progress: 0.3, native: { name: 'PrinterStateChanged', payload: { state_id: 'OFFLINE' } } })))
      .toEqual({ state_id: 'OFFLINE', name: 'lamp-vase.gcode', path: 'lamp-vase.gcode', origin: 'local', size: 1000, time: 60, reason: 'error', error: 'MINTEMP', progress: 0.3 })
    expect(extra(message('job.cancelled', { context: { user: 'ann' }, printTime: 5 }))).toEqual({ name: 'lamp-vase.gcode', path: 'lamp-vase.gcode', origin: 'local', size: 1000, user: 'ann', time: 5, progress: 42, reason: 'cancelled' })
    expect(extra(message('job.paused'))).toEqual({ name: 'lamp-vase.gcode', path: 'lamp-vase.gcode', origin: 'local', size: 1000, progress: 42 })
    expect(extra(message('device.error', { text: 'Thermistor', reason: 'firmware' }))).toEqual({ error: 'Thermistor', reason: 'firmware' })
  })
  test('of progress and of an action is empty, as in the plugin', () => {
    expect([extra(message('job.progress')), extra(message('attention.user_input', { native: { name: 'plugin_webhooks_notify', payload: null } }))]).toEqual([{}, {}])
  })
  test('of anything else tells what is known', () => {
    expect(extra(messageOf(anEvent('heater.cooled', { heater: { name: 'bed', actual: 38, target: 0 } })))).toEqual({ heater: { name: 'bed', actual: 38, target: 0 } })
    expect(extra(message('server.event', { native: { name: 'Home', payload: null } }))).toEqual({})
  })
})

describe('progress', () => {
  test.each<[number | null, number, number | undefined, number | null]>([
    [0.42, 10, undefined, 40], [0.5, 50, undefined, 50], [0.49, 50, undefined, 0], [0.99, 7, undefined, 98], [1, 25, undefined, 75], [0.3, 10, undefined, 30], [null, 10, undefined, null],
    [0.26, 0, 0.25, 25], [0.42, 0, undefined, 42], [1, 0, undefined, 99],
  ])('at %s in steps of %i (%s) the milestone is %s', (progress, every, step, expected) => {
    expect(milestoneOf(message('job.progress', { progress, ...(step === undefined ? {} : { context: { step } }) }), every)).toBe(expected)
  })

  test('only the highest step that was crossed is sent, once, and anew for the next print', () => {
    const often = createOften({ progressEvery: 20, cooldown: 0 }, passingMemory(), () => NOON)
    const at = (progress: number, key = 'one'): string | null => {
      const told = message('job.progress', { progress, job: { ...LAMP, key } })
      const why = often.tooOften(told, topicOf(told, configOf()))
      if (why === null) often.sent(told, topicOf(told, configOf()))
      return why
    }
    expect([at(0.1), at(0.25), at(0.3), at(0.85), at(0.9), at(0.1, 'two'), at(0.2, 'two')]).toEqual([
      'Not sent: the next step is 20 %.', null, 'Not sent: the next step is 40 %.', null, 'Not sent: the next step is 100 %.', 'Not sent: the next step is 20 %.', null,
    ])
  })

  test('what did not arrive is not counted as sent', () => {
    const often = createOften({ progressEvery: 20, cooldown: 0 }, passingMemory(), () => NOON)
    const told = message('job.progress', { progress: 0.25 })
    expect([often.tooOften(told, topicOf(told, configOf())), often.tooOften(told, topicOf(told, configOf()))]).toEqual([null, null])
  })
})

describe('the cooldown', () => {
  test('holds back the same topic of the same print only, and survives a restart and a clock that was set back', () => {
    const memory = passingMemory()
    let now = NOON
    const often = () => createOften({ progressEvery: 0, cooldown: 60 }, memory, () => now)
    const config = configOf({ customEvents: { Home: '', Waiting: '' } })
    const say = (told: Message): boolean => {
      const topic = topicOf(told, config)
      const free = often().tooOften(told, topic) === null
      if (free) often().sent(told, topic)
      return free
    }
    const native = (name: string): Message => message('server.event', { native: { name, payload: null } })
    expect([say(message('attention.user_input')), say(message('attention.user_input')), say(message('job.paused')), say(native('Home')), say(native('Waiting')), say(native('Home'))]).toEqual([true, false, true, true, true, false])
    expect(say(message('attention.user_input', { job: { ...LAMP, key: 'next' } }))).toBe(true)
    expect(say(messageOf(anEvent('attention.user_input', { job: LAMP, printerId: 'other' })))).toBe(true)
    now += 59_999
    expect(say(message('job.paused'))).toBe(false)
    now += 1
    expect(say(message('job.paused'))).toBe(true)
    now -= 3_600_000
    expect(say(message('job.paused'))).toBe(true)
  })
})

describe('secrets', () => {
  const secrets = (others: string) => secretValues({ apiSecret: new Secret('key-123'), secrets: new Secret(others) })
  test('are the API secret and a JSON object of texts', () => {
    expect(secrets('{"url": "https://h/x", "a-b": "c"}')).toEqual({ apiSecret: 'key-123', secrets: { url: 'https://h/x', 'a-b': 'c' } })
    expect(secretValues({})).toEqual({ apiSecret: '', secrets: {} })
    expect([secrets('{'), secrets('["a"]'), secrets('{"a": 5}')]).toEqual([null, null, null])
  })
  test('that are not there are named', () => {
    const values = { apiSecret: '', secrets: { url: 'x', 'a-b': 'c', empty: '' } }
    expect(missingSecrets('@secrets.url @secrets.a-b @secrets.url-x @secrets.nope, @secrets.empty @@secrets.mail @apiSecret', values)).toEqual(['@secrets.nope', '@secrets.empty'])
  })
})
