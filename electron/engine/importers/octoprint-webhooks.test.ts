import { describe, expect, test } from 'vitest'
import { octoprintWebhooksChannel } from '../channels/octoprint-webhooks/index.ts'
import { octoPrintEvent } from './octoprint-events.ts'
import { exportOctoPrintWebhooks, ImportError, importOctoPrintWebhooks, type ImportedHook } from './octoprint-webhooks.ts'

/** As 4.4.0 leaves it in config.yaml, among other things. */
const CONFIG = String.raw`accessControl:
  salt: canary-salt
plugins:
  discovery:
    upnpUuid: 1-2-3
  webhooks:
    _config_version: 1
    hooks:
    - apiSecret: canary-api
      content_type: JSON
      customEvents:
      - message: 'Film: @extra.movie_basename'
        name: moviedone
      - message: Resumed
        name: PrintResumed
      - message: again
        name: PrintDone
      - message: ''
        name: NoSuchThing
      data: "{\n  \"deviceIdentifier\":\"@deviceIdentifier\",\n  \"topic\":\"@topic\",\n  \"snap\":\"@snapshot\"\n}"
      deviceIdentifier: Blane's Printer
      eventError: true
      eventErrorMessage: There was an error.
      eventPrintDone: true
      eventPrintDoneMessage: Your print is done.
      eventPrintFailed: false
      eventPrintFailedMessage: It failed.
      eventPrintPaused: true
      eventPrintPausedMessage: Paused.
      eventPrintProgressMessage: Your print is @percentCompleteMilestone % complete.
      eventPrintStarted: false
      eventPrintStartedMessage: Started.
      eventUserActionNeeded: true
      eventUserActionNeededMessage: Come.
      event_cooldown: 60
      event_print_progress: true
      event_print_progress_interval: '12'
      headers: "{\n  \"Content-Type\": \"application/json\",\n  \"Authorization\": \"Bearer @access_token\"\n}"
      http_method: PUT
      oauth: true
      oauth_content_type: FORM
      oauth_data: "{\n  \"client_id\":\"me\",\n  \"client_secret\":\"canary-client\"\n}"
      oauth_headers: "{\n  \"Content-Type\": \"application/json\"\n}"
      oauth_http_method: GET
      oauth_url: https://api.example.com/access_token
      test_event: plugin_webhooks_progress
      url: https://api.example.com/v1/@topic
      verify_ssl: false
      webhook_enabled: false
    - apiSecret: ''
      url: ''
    settings_version: 5
server:
  port: 5000
`
const only = (text: string): ImportedHook => {
  const { destinations } = importOctoPrintWebhooks(text)
  expect(destinations).toHaveLength(1)
  return destinations[0] as ImportedHook
}
const plain = ({ secrets, ...rest }: ImportedHook): unknown => ({ ...rest, secrets: Object.fromEntries(Object.entries(secrets).map(([name, value]) => [name, value.reveal()])) })
const hook = (fields: Record<string, unknown>): string => JSON.stringify({ plugins: { webhooks: { settings_version: 5, hooks: [{ url: 'https://h.example/x', ...fields }] } } })
const ALL_ON = [
  'job.started', 'job.done', 'job.failed', 'job.cancelled', 'job.result_unknown', 'job.paused', 'attention.filament_runout', 'attention.filament_change', 'attention.user_input', 'attention.door', 'attention.plate',
  'device.error', 'device.shutdown', 'native:Error',
]

test('a whole config.yaml: each hook becomes a destination with all that it had', () => {
  const { destinations, notes } = importOctoPrintWebhooks(CONFIG)
  expect(destinations.map(plain)).toEqual([{
    line: 9, channel: 'octoprint-webhooks', label: 'Webhook to api.example.com', enabled: false, missing: [],
    config: {
      url: 'https://api.example.com/v1/@topic', headers: { 'Content-Type': 'application/json', Authorization: 'Bearer @access_token' }, method: 'PUT', contentType: 'JSON', deviceIdentifier: "Blane's Printer",
      data: '{\n  "deviceIdentifier":"@deviceIdentifier",\n  "topic":"@topic",\n  "snap":"@snapshot"\n}',
      startedMessage: 'Started.', doneMessage: 'Your print is done.', failedMessage: 'It failed.', pausedMessage: 'Paused.', actionMessage: 'Come.', progressMessage: 'Your print is @percentCompleteMilestone % complete.',
      errorMessage: 'There was an error.', customEvents: { MovieDone: 'Film: @extra.movie_basename', PrintResumed: 'Resumed' }, progressEvery: 12, cooldown: 60, testEvent: 'progress',
      oauth: true, oauthUrl: 'https://api.example.com/access_token', oauthMethod: 'GET', oauthContentType: 'FORM',
    },
    secrets: { apiSecret: 'canary-api', oauthHeaders: '{"Content-Type":"application/json"}', oauthData: '{"client_id":"me","client_secret":"canary-client"}' },
    events: [
      'job.done', 'job.paused', 'attention.filament_runout', 'attention.filament_change', 'attention.user_input', 'attention.door', 'attention.plate', 'device.error', 'device.shutdown', 'native:Error', 'job.progress',
      'native:MovieDone', 'native:PrintResumed',
    ],
    notes: [
      'OctoPrint has no event "NoSuchThing", so it is not heard of.',
      'It hears of progress each 12 %. Set "Progress each" of its printers to 12 % or to a part of that: they tell it each 25 % unless you say otherwise.',
      'The plugin did not check the certificate of its server. Printbell does: name the certificate, or who signed it, in the network settings of the destination, or its messages will wait.',
    ],
  }])
  expect(notes).toEqual(['Hook 2 has no address and was left out.'])
  expect(JSON.stringify({ destinations, notes })).not.toContain('canary')
  expect(octoprintWebhooksChannel.validateConfig(destinations[0]?.config)).toMatchObject({ ok: true })
})

describe('whatever a person has at hand', () => {
  const SECTION = 'hooks:\n- url: https://h.example/x\n  apiSecret: canary-1\nsettings_version: 3\n'
  test.each<[string, string]>([
    ['the section alone', SECTION],
    ['the section with its name', `webhooks:\n${SECTION.replace(/^/gm, '  ')}`],
    ['the settings API', JSON.stringify({ api: { key: 'k' }, plugins: { webhooks: { hooks: [{ url: 'https://h.example/x', apiSecret: 'canary-1' }], settings_version: 3 } } })],
    ['version 1, before 3.0: one hook, flat', 'plugins:\n  webhooks:\n    url: https://h.example/x\n    apiSecret: canary-1\n'],
    ['version 1, flat and alone', 'url: https://h.example/x\napiSecret: canary-1\n'],
    ['with tabs in JSON', '{\n\t"plugins": {\n\t\t"webhooks": {"hooks": [{"url": "https://h.example/x", "apiSecret": "canary-1"}]}}}'],
    ['a name that stands twice', 'url: https://old.example/\nurl: https://h.example/x\napiSecret: canary-1\n'],
  ])('%s', (_what, text) => {
    const found = only(text)
    expect([found.label, found.enabled, found.config.url, found.secrets.apiSecret?.reveal(), found.events, found.notes]).toEqual(['Webhook to h.example', true, 'https://h.example/x', 'canary-1', ALL_ON, []])
  })
  test.each([1, 2, 3, 4, 5])('settings_version %i', (version) => {
    expect(importOctoPrintWebhooks(`plugins:\n  webhooks:\n    settings_version: ${version}\n    hooks:\n    - url: https://h.example/x\n`)).toMatchObject({ destinations: [{ line: 5 }], notes: [] })
  })
  test('a newer one is told', () => {
    expect(importOctoPrintWebhooks('hooks: []\nsettings_version: 9\n').notes).toEqual([
      'These settings are of a newer OctoPrint-Webhooks (version 9 of its settings; 5 is known here). Look through what came of them.', 'OctoPrint-Webhooks has no hooks.',
    ])
  })
  test('several hooks for one computer have labels of their own', () => {
    expect(importOctoPrintWebhooks('hooks:\n- url: https://h.example/a\n- url: https://h.example/b\n- url: "@secrets.url"\n').destinations.map(({ label }) => label)).toEqual(['Webhook to h.example', 'Webhook to h.example 2', 'OctoPrint webhook'])
  })
})

describe('a template of the plugin', () => {
  const slack = {
    content_type: 'JSON', data: '{\n  "text": "@message",\n  "icon_emoji": ":robot_face:",\n  "username": "@deviceIdentifier"\n}', eventPrintDoneMessage: 'Your print is done.', event_print_progress_interval: '50',
    headers: '{"Content-Type": "application/json"}', http_method: 'POST', oauth: false, customEvents: [], _name: 'Slack', _description: 'Post to Slack.',
  }
  test('has no address: that is missing, and it arrives switched off', () => {
    expect(plain(only(JSON.stringify(slack)))).toEqual({
      line: 1, channel: 'octoprint-webhooks', label: 'Slack', enabled: false, missing: ['url'], secrets: {}, events: ALL_ON,
      config: {
        headers: { 'Content-Type': 'application/json' }, method: 'POST', contentType: 'JSON', data: '{\n  "text": "@message",\n  "icon_emoji": ":robot_face:",\n  "username": "@deviceIdentifier"\n}',
        doneMessage: 'Your print is done.', progressEvery: 50,
      },
      notes: ['It has no address. Enter it. It arrived switched off.'],
    })
  })
  test('may have one, with a token in it and one in a header', () => {
    const plivo = { ...slack, _name: 'Plivo', url: 'https://api.plivo.com/v1/Account/MAXXXX1234567890ABCD/Message/', headers: '{"Authorization": "Basic canary-basic"}' }
    expect(plain(only(JSON.stringify(plivo)))).toMatchObject({
      label: 'Plivo', enabled: true, missing: [], config: { url: 'https://api.plivo.com/v1/Account/@secrets.url/Message/', headers: { Authorization: '@secrets.Authorization' } },
      secrets: { secrets: '{"url":"MAXXXX1234567890ABCD","Authorization":"Basic canary-basic"}' },
    })
  })
  test('with a line break amid a text of its JSON is read all the same', () => {
    expect(only(hook({ data: '{"message": "@message \\\nState: @state.text\n\tJob"}' })).config.data).toBe('{\n  "message": "@message \\nState: @state.text\\n\\tJob"\n}')
  })
  // Body fields as octoprint.md 7.9 lists them.
  test.each<[string, string[]]>([
    ['simple', ['deviceIdentifier', 'apiSecret', 'topic', 'message', 'extra']], ['snapshot', ['deviceIdentifier', 'message', 'snapshot']],
    ['fulldata', ['deviceIdentifier', 'apiSecret', 'topic', 'message', 'extra', 'state', 'job', 'progress', 'currentZ', 'offsets', 'meta', 'currentTime', 'snapshot']],
  ])('%s keeps its body', (_name, fields) => {
    const data = JSON.stringify(Object.fromEntries(fields.map((field) => [field, `@${field}`])))
    expect(only(JSON.stringify({ ...slack, url: 'https://h.example', data })).config.data).toBe(data)
  })
})

describe('secrets', () => {
  test.each<[string, string, string, Record<string, string>]>([
    ['the key of IFTTT', 'https://maker.ifttt.com/trigger/@topic/with/key/dAbC1234567890abcdefgh', 'https://maker.ifttt.com/trigger/@topic/with/key/@secrets.url', { url: 'dAbC1234567890abcdefgh' }],
    ['the token of Slack', 'https://hooks.slack.com/services/T024BE7LD/B024BE7LD/aBcDeFgH1234567890aBcDeF', 'https://hooks.slack.com/services/T024BE7LD/B024BE7LD/@secrets.url', { url: 'aBcDeFgH1234567890aBcDeF' }],
    ['of a query', 'https://h.example/x?token=abc%20d&id=5&key=k1', 'https://h.example/x?token=@secrets.token&id=5&key=@secrets.key', { token: 'abc d', key: 'k1' }],
    ['none', 'http://192.168.1.5:8123/api/printers?name=@deviceIdentifier', 'http://192.168.1.5:8123/api/printers?name=@deviceIdentifier', {}],
  ])('in an address: %s', (_what, url, expected, secrets) => {
    const found = only(hook({ url }))
    expect([found.config.url, JSON.parse(found.secrets.secrets?.reveal() ?? '{}')]).toEqual([expected, secrets])
    expect(octoprintWebhooksChannel.validateConfig(found.config)).toMatchObject({ ok: true })
  })
  test('user and password of an address become a header', () => {
    const found = only(hook({ url: 'https://me:p%40ss@h.example/x' }))
    // base64 of "me:p@ss"
    expect([found.label, found.config.url, found.config.headers, found.secrets.secrets?.reveal()]).toEqual(['Webhook to h.example', 'https://h.example/x', { Authorization: '@secrets.Authorization' }, '{"Authorization":"Basic bWU6cEBzcw=="}'])
  })
  test('in headers and bodies; what is a parameter stays', () => {
    const found = only(hook({
      headers: '{"Authorization": "Bearer tk_1", "X-Api-Key": "tk_1", "Cookie": "a=1; b=@apiSecret", "X-N": 5, "Accept": "x"}',
      data: '{"auth": {"token": "tk_1"}, "accessCode": "amzn1.x", "list": [{"password": "pw"}], "secret": "@apiSecret", "text": "@message"}',
    }))
    expect([found.config.headers, JSON.parse(String(found.config.data)), JSON.parse(found.secrets.secrets?.reveal() ?? '')]).toEqual([
      { Authorization: '@secrets.Authorization', 'X-Api-Key': '@secrets.X_Api_Key', Cookie: '@secrets.Cookie b=@apiSecret', 'X-N': '5', Accept: 'x' },
      { auth: { token: '@secrets.X_Api_Key' }, accessCode: '@secrets.accessCode', list: [{ password: '@secrets.password' }], secret: '@apiSecret', text: '@message' },
      { Authorization: 'Bearer tk_1', X_Api_Key: 'tk_1', Cookie: 'a=1;', accessCode: 'amzn1.x', password: 'pw' },
    ])
    expect(octoprintWebhooksChannel.validateConfig(found.config)).toMatchObject({ ok: true })
  })
})

describe('what can not be taken over', () => {
  test.each<[string, Record<string, unknown>, RegExp, Record<string, unknown>]>([
    ['data that is no JSON', { data: '{"a": ' }, /^Its data is no JSON object/, {}], ['headers that are no JSON', { headers: 'A: b' }, /^Its headers are no JSON object/, {}],
    ['an unknown method', { http_method: 'PATCH' }, /^Its method is none of/, { method: 'POST' }], ['OAuth without an address', { oauth: true, oauth_url: '' }, /the address for that is missing/, {}],
    ['a header of the transport', { headers: '{"Content-Length": "5", "A": "b"}' }, /^Its headers\.Content-Length can't be taken over\. Content-Length is set by Printbell\./, {}],
    ['an address of cloud credentials', { url: 'http://169.254.169.254/' }, /^Its url can't be taken over/, {}],
    ['an OAuth address of another scheme', { oauth: true, oauth_url: 'YOUR OAUTH URL HERE' }, /^Its oauthUrl can't be taken over/, { oauth: false }],
  ])('%s is told, and the destination arrives switched off', (_what, fields, words, config) => {
    const found = only(hook(fields))
    expect(found.enabled).toBe(false)
    expect(found.notes[0]).toMatch(words)
    expect(found.notes[0]).toMatch(/It arrived switched off\.$/)
    expect(found.config).toMatchObject(config)
    expect(octoprintWebhooksChannel.validateConfig({ url: 'https://h.example', ...found.config })).toMatchObject({ ok: true })
  })
  test.each<[string, Record<string, unknown>, string]>([
    ['an interval that is none', { event_print_progress: true, event_print_progress_interval: 'ten' }, 'Its progress interval is no number from 1 to 99: progress comes as often as the printer tells it.'],
    ['a key of some other version', { fancy: 1, hook_color: 2 }, 'Not taken over, because nobody here knows it: fancy, hook_color.'],
    ['a cooldown of a week', { event_cooldown: 604_800 }, 'Its cooldown is longer than a day; it was set to one day.'],
  ])('%s is told', (_what, fields, note) => {
    expect(only(hook(fields))).toMatchObject({ enabled: true, notes: [note] })
  })
})

test('a cancel that came twice comes twice: as Print Failed and as the custom event', () => {
  const { destinations } = importOctoPrintWebhooks(hook({ customEvents: [{ name: 'printcancelled', message: 'Cancelled' }, { name: 'Upload', message: 'New' }] }))
  expect(destinations.map(({ label, config, events }) => [label, config.customEvents, events.filter((selector) => (selector.startsWith('native:') && selector !== 'native:Error') || selector === 'job.cancelled')])).toEqual([
    ['Webhook to h.example', { Upload: 'New' }, ['job.cancelled', 'native:Upload']],
    ['Webhook to h.example, PrintCancelled', { PrintCancelled: 'Cancelled' }, ['native:PrintCancelled']],
  ])
  expect(only(hook({ eventPrintFailed: false, customEvents: [{ name: 'PrintCancelled', message: 'x' }] })).config.customEvents).toEqual({ PrintCancelled: 'x' })
})

describe('a file that can not be read', () => {
  test.each<[string, string, string]>([
    ['a bracket that stays open', 'plugins:\n  webhooks:\n    hooks: [1, 2\nserver: canary-x\n', 'Line 4: Something is not indented as far as what it belongs to, or a bracket is not closed.'],
    ['a quotation mark that stays open', 'plugins:\n  webhooks: "canary-x\n', 'Line 3: A closing quotation mark, bracket or colon is missing.'],
    ['a tab', 'plugins:\n\twebhooks: canary-x\n', 'Line 2: A tab stands where only blanks may. Replace it by blanks.'],
    ['two names on one line', 'plugins: webhooks: canary-x\n', 'Line 1: Several names stand on one line.'],
    ['half a JSON file', '{"plugins": {"webhooks": "canary-x"', 'Line 1: Something is not indented as far as what it belongs to, or a bracket is not closed.'],
  ])('%s: line and cause', (_what, text, message) => {
    const [, line = '', cause = ''] = /^Line (\d+): (.*)$/.exec(message) ?? []
    expect(() => importOctoPrintWebhooks(text)).toThrow(new ImportError(cause, Number(line)))
    expect(message).not.toContain('canary')
  })
  test.each<[string, string, RegExp]>([
    ['nothing', '', /holds no fields/], ['a list', '- a\n- b\n', /holds no fields/], ['a file of something else', 'server:\n  port: 5000\n', /no part "plugins: webhooks"/],
    ['OctoPrint without the plugin', 'plugins:\n  discovery: {}\n', /no part "plugins: webhooks"/], ['hooks that are no list', 'plugins:\n  webhooks:\n    hooks: 5\n', /"hooks" .* is no list/],
    ['a hook that is none', 'plugins:\n  webhooks:\n    hooks: [5]\n', /Hook 1 .* has no fields/], ['a reference to nowhere', 'plugins: *x\n', /refers to a part of itself/],
    ['a bomb', `a: &a [x, x, x, x, x, x, x, x, x, x]\n${'bcdefg'.split('').map((name, index) => `${name}: &${name} [${Array.from({ length: 10 }, () => `*${'abcdef'[index]}`).join(', ')}]`).join('\n')}\n`, /refers to a part of itself/],
    ['a film', 'x'.repeat(5_000_001), /larger than 5 MB/],
  ])('%s', (_what, text, words) => {
    expect(() => importOctoPrintWebhooks(text)).toThrow(words)
  })
})

describe('back to OctoPrint', () => {
  const back = (text: string, withSecrets = true): string => exportOctoPrintWebhooks(importOctoPrintWebhooks(text).destinations.map(({ secrets, ...rest }) => ({
    ...rest, secrets: Object.fromEntries(Object.entries(secrets).map(([name, value]) => [name, value.reveal()])),
  })), { withSecrets })
  const withoutNotes = (text: string): unknown => importOctoPrintWebhooks(text).destinations.map((found) => ({ ...plain(found) as object, notes: null, line: null }))

  test.each<[string, string]>([
    ['the whole config', CONFIG],
    ['secrets in all places', hook({ url: 'https://h.example/hook/aBcDeFgH1234567890?token=abc%20d', headers: '{"Authorization": "Basic abc"}', data: '{"token": "tk", "t": "@topic"}' })],
    ['a cancel that comes twice', hook({ customEvents: [{ name: 'PrintCancelled', message: 'x' }] })],
  ])('%s comes back as it was', (_what, text) => {
    expect(withoutNotes(back(text))).toEqual(withoutNotes(back(back(text))))
    const [first] = importOctoPrintWebhooks(text).destinations
    const [again] = importOctoPrintWebhooks(back(text)).destinations
    if (first === undefined || again === undefined) throw new Error('nothing came')
    expect(again.config).toMatchObject(first.config)
    expect([again.events, again.enabled]).toEqual([first.events, first.enabled])
    expect((plain(again) as { secrets: unknown }).secrets).toEqual((plain(first) as { secrets: unknown }).secrets)
  })

  test('in the form of 4.4.0, without secrets unless asked', () => {
    const destination = {
      channel: 'octoprint-webhooks', enabled: true, events: ['job.done', 'job.progress', 'native:MovieDone', 'native:Upload'],
      config: { url: 'https://h.example/x', headers: { Authorization: '@secrets.a' }, data: '{"t": "@topic"}', customEvents: { MovieDone: 'Film', Home: 'not heard' }, progressEvery: 10 },
      secrets: { apiSecret: 'canary-api', secrets: '{"a": "canary-a"}', oauthData: '{"client_secret": "canary-c"}' },
    }
    expect(exportOctoPrintWebhooks([destination, { channel: 'ntfy', enabled: true, config: {} }])).toBe(String.raw`# Secrets were left out: fill in apiSecret, oauth_headers and oauth_data, and what says @secrets.NAME.
plugins:
  webhooks:
    settings_version: 5
    hooks:
      - url: https://h.example/x
        apiSecret: ""
        deviceIdentifier: ""
        webhook_enabled: true
        eventPrintStarted: false
        eventPrintDone: true
        eventPrintFailed: false
        eventPrintPaused: false
        eventUserActionNeeded: false
        eventError: false
        event_print_progress: true
        event_print_progress_interval: "10"
        eventPrintStartedMessage: The print has started.
        eventPrintDoneMessage: The print is done.
        eventPrintFailedMessage: The print has failed.
        eventPrintPausedMessage: The print is paused.
        eventUserActionNeededMessage: The printer needs you.
        eventPrintProgressMessage: "@percentCompleteMilestone % is printed."
        eventErrorMessage: The printer reports an error.
        headers: |-
          {
            "Authorization": "@secrets.a"
          }
        data: '{"t": "@topic"}'
        http_method: POST
        content_type: JSON
        oauth: false
        oauth_url: ""
        oauth_headers: "{}"
        oauth_data: "{}"
        oauth_http_method: POST
        oauth_content_type: JSON
        test_event: PrintStarted
        customEvents:
          - name: MovieDone
            message: Film
          - name: Upload
            message: ""
        event_cooldown: 0
        verify_ssl: true
`)
    expect(exportOctoPrintWebhooks([destination])).not.toContain('canary')
    const full = exportOctoPrintWebhooks([destination], { withSecrets: true })
    expect(full).toContain('# Holds keys and passwords: keep it to yourself.')
    expect(['canary-api', 'canary-a', 'canary-c'].filter((secret) => !full.includes(secret))).toEqual([])
  })
})

test.each([['moviedone', 'MovieDone'], ['PRINTSTARTED', 'PrintStarted'], [' Waiting ', 'Waiting'], ['Paused', 'PrintPaused'], ['MetadataAnalaysisFinished', 'MetadataAnalysisFinished'], ['plugin_backup_backup_created', 'plugin_backup_backup_created'], ['Nope', null], ['plugin:x', null]])(
  "OctoPrint's event %s is %s", (given, expected) => {
    expect(octoPrintEvent(given)).toBe(expected)
  })
