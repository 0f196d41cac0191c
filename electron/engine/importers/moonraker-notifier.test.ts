import { describe, expect, test } from 'vitest'
import { channels } from '../channels/registry.ts'
import { importMoonrakerNotifiers } from './moonraker-notifier.ts'

const CONF = `
[server]
host: 0.0.0.0
port: 7125

[notifier phone]
url: tgram://{secrets.telegram.token}/12345   # my own bot
events: *
body: "Your printer says {event_name}"
attach: http://192.168.1.100/webcam/?action=snapshot

[notifier family]
url = ntfy://marta-7f3k
events = complete, error

; one that is for macros only
[notifier macros]
url: ntfys://push.example.org/macros
events: gcode
[notifier matrix]
url: matrixs://me:pw@matrix.example.org/#general
events:
  complete
  cancelled
`
const SECRETS = '[telegram]\ntoken: 123456789:AbC-d_e\n'

describe("Moonraker's notifiers", () => {
  test('become destinations that hear what they heard', () => {
    const { destinations, problems } = importMoonrakerNotifiers(CONF + SECRETS)
    expect(problems).toEqual([])
    expect(destinations.map(({ line, label, channel, events, config, secrets }) => ({ line, label, channel, events, config, secrets }))).toEqual([
      { line: 7, label: 'phone', channel: 'telegram', events: ['job.started', 'job.paused', 'job.resumed', 'job.done', 'job.failed', 'job.cancelled'], config: { chatId: '12345' }, secrets: { token: '123456789:AbC-d_e' } },
      { line: 13, label: 'family', channel: 'ntfy', events: ['job.done', 'job.failed'], config: { topic: 'marta-7f3k' }, secrets: {} },
      { line: 18, label: 'macros', channel: 'ntfy', events: [], config: { server: 'https://push.example.org', topic: 'macros' }, secrets: {} },
      { line: 21, label: 'matrix', channel: 'apprise', events: ['job.done', 'job.cancelled'], config: {}, secrets: { urls: 'matrixs://me:pw@matrix.example.org/#general' } },
    ])
  })

  test('arrive switched on only when nothing is missing and they heard something', () => {
    expect(importMoonrakerNotifiers(CONF + SECRETS).destinations.map(({ label, enabled }) => [label, enabled])).toEqual([['phone', true], ['family', true], ['macros', false], ['matrix', false]])
  })

  test('tell what is other than it was', () => {
    const [phone, family, macros] = importMoonrakerNotifiers(CONF + SECRETS).destinations
    expect(phone?.notes).toEqual(['Its own words are not taken over: Printbell writes its messages itself.', 'The picture comes from the printer\'s camera, not from "attach".'])
    expect(family?.notes).toEqual([])
    expect(macros?.notes).toEqual(['Moonraker has no event "gcode", so it never came.', 'It heard of no event and was called by macros only. Choose "message.user" to hear what macros say.'])
  })

  test('name the cure when an address takes from secrets that are not there', () => {
    const { destinations, problems } = importMoonrakerNotifiers(CONF)
    expect(destinations.map(({ label }) => label)).toEqual(['family', 'macros', 'matrix'])
    expect(problems).toEqual([{ line: 7, message: 'Its address takes a value out of Moonraker\'s secrets. Put the text of the secrets file behind this one, or write the value in its place.' }])
  })

  test.each<[string, string, number, string]>([
    ['no notifier at all', '[server]\nhost: 0.0.0.0\n', 1, 'There is no notifier in this text: no part begins with "[notifier". Give Moonraker\'s moonraker.conf, or the file that holds its notifiers.'],
    ['a notifier without a name', '[notifier]\nurl: ntfy://a-topic-of-mine\nevents: *\n', 1, 'This notifier has no name. Write one behind the word: [notifier phone].'],
    ['one without an address', '[notifier phone]\nevents: *\n', 1, 'This notifier has no "url".'],
    ['an address that is none', '[notifier phone]\nurl: my phone\nevents: *\n', 2, 'Its url is no address of Apprise. It begins with its service, like ntfy:// or mailto://.'],
    ['a template that only Moonraker can fill in', '[notifier phone]\nurl: ntfy://{% if x %}a{% endif %}\nevents: *\n', 2, 'Its address takes a value out of Moonraker\'s secrets. Put the text of the secrets file behind this one, or write the value in its place.'],
  ])('%s is told with its line', (_what, text, line, message) => {
    expect(importMoonrakerNotifiers(text).problems).toEqual([{ line, message }])
  })

  test('included files and strange lines are told, not swallowed', () => {
    const { notes } = importMoonrakerNotifiers('stray\n[include more.cfg]\n[notifier phone]\nurl: ntfy://marta-7f3k\nevents: error\n')
    expect(notes).toEqual([
      'Other files are included here. Import those that hold notifiers by themselves.',
      'Not read, because it is neither a part nor an option: line 1.',
      'In Moonraker a notifier was for its own printer. Here each hears of all printers until you choose some.',
    ])
  })

  test('no note and no problem holds a secret', () => {
    const told = importMoonrakerNotifiers(`${CONF}${SECRETS}[notifier bad]\nurl: slack://xoxb-top-secret\nevents: *\n`)
    expect(JSON.stringify([told.notes, told.problems, told.destinations.map(({ notes }) => notes)])).not.toMatch(/AbC-d_e|top-secret|:pw@/)
  })

  test('every destination is of a kind that there is', () => {
    for (const { channel } of importMoonrakerNotifiers(CONF + SECRETS).destinations) expect(channels.has(channel)).toBe(true)
  })
})
