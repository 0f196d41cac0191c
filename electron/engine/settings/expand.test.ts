import { describe, expect, test } from 'vitest'
import { expandSettings } from './expand.ts'
import { parseSettings } from './load.ts'
import { kinds, messageOf } from './test-support.ts'

const expand = (value: Record<string, unknown>) => expandSettings(parseSettings({ version: 1, ...value }, { path: 's.json' }).settings, kinds, { path: 's.json' })
/** The problems' lines without the heading. */
const problems = (value: Record<string, unknown>) => messageOf(() => expand(value)).split('\n').slice(1).map((line) => line.trim())
const key = { env: 'KEY' }
const inline = (url: string) => ({ kind: 'box', url, apiKey: key })

describe('servers', () => {
  test('an inline server becomes a server with the printer\'s id, and one source', () => {
    const { engine, warnings } = expand({ printers: [{ id: 'p1', name: 'One', server: inline('http://a') }] })
    expect(engine.servers).toEqual([{ id: 'p1', kind: 'box', settings: { url: 'http://a', port: 80 }, secrets: { apiKey: { env: 'KEY' } }, inUse: true }])
    expect(engine.printers[0]?.sources).toEqual([{ serverId: 'p1', sourceId: null, role: 'primary' }])
    expect(warnings).toEqual([])
  })

  test('its own id wins, and secondary sources follow the inline one', () => {
    const { engine } = expand({
      servers: [{ id: 'spy', kind: 'crate' }],
      printers: [{ id: 'p1', name: 'One', server: { ...inline('http://a'), id: 'left' }, sources: [{ server: 'spy', sourceId: '7', role: 'secondary' }] }],
    })
    expect(engine.servers.map((server) => server.id)).toEqual(['spy', 'left'])
    expect(engine.printers[0]?.sources).toEqual([{ serverId: 'left', sourceId: null, role: 'primary' }, { serverId: 'spy', sourceId: '7', role: 'secondary' }])
  })

  test('several printers may share a server when they have different sources there', () => {
    const { engine } = expand({
      servers: [{ id: 'farm', kind: 'crate' }],
      printers: [{ id: 'a', name: 'A', sources: [{ server: 'farm', sourceId: '1' }] }, { id: 'b', name: 'B', sources: [{ server: 'farm', sourceId: '2' }] }],
    })
    expect(engine.servers).toHaveLength(1)
  })

  test('a server is in use only when an enabled printer has it', () => {
    const { engine, warnings } = expand({ servers: [{ id: 'x', kind: 'crate' }, { id: 'y', kind: 'crate' }], printers: [{ id: 'a', name: 'A', sources: [{ server: 'x' }], enabled: false }] })
    expect(engine.servers.map((server) => [server.id, server.inUse])).toEqual([['x', false], ['y', false]])
    expect(warnings).toEqual(['Server "y" is not used by any printer.'])
  })

  test('a required secret that is not there yet is a warning: pairing brings it', () => {
    expect(expand({ printers: [{ id: 'p1', name: 'One', server: { kind: 'box', url: 'http://a' } }] }).warnings).toEqual([
      'printers[0].server.apiKey is not set (API key). Use { "env": "NAME" }, { "file": "/path" } or { "store": "name" }.',
    ])
  })
})

describe('what is wrong is named', () => {
  const cases: [string, Record<string, unknown>, string[]][] = [
    ['an unknown kind of server', { printers: [{ id: 'p', name: 'P', server: { kind: 'octoprint' } }] },
      ['printers[0].server.kind: is not a known kind of printer server. Known: box, crate.']],
    ['a misspelled kind', { servers: [{ id: 's', kind: 'cratte' }] }, ['servers[0].kind: is not a known kind of printer server. Did you mean "crate"?']],
    ['an unknown channel', { destinations: [{ id: 'd', label: 'D', channel: 'hok' }] }, ['destinations[0].channel: is not a known channel. Did you mean "hook"?']],
    ['a field that the kind does not know', { printers: [{ id: 'p', name: 'P', server: { kind: 'box', url: 'http://a', apikey: key } }] },
      ['printers[0].server.apikey: is not a known field. Did you mean "apiKey"?']],
    ['a field that the kind refuses', { printers: [{ id: 'p', name: 'P', server: { kind: 'box', url: 'ftp://a', port: 'x', apiKey: key } }] },
      ['printers[0].server.url: is not valid. Write the address as in the browser.', 'printers[0].server.port: is a text. It must be a number.']],
    ['a missing address', { servers: [{ id: 's', kind: 'box', apiKey: key }], printers: [{ id: 'p', name: 'P', sources: [{ server: 's' }] }] }, ['servers[0].url: is missing. Fill it in.']],
    ['a config the channel refuses', { destinations: [{ id: 'd', label: 'D', channel: 'picky' }, { id: 'e', label: 'E', channel: 'hook' }] },
      ['destinations[0].config.topic: is not valid. The topic is taken.', 'destinations[1].config.url: is missing. Fill it in.']],
    ['a secret that is written out', { printers: [{ id: 'p', name: 'P', server: { kind: 'box', url: 'http://a', apiKey: 'CANARY' } }] },
      ['printers[0].server.apiKey: is a secret written into the settings. Put it into a file or an environment variable and refer to it. Use { "env": "NAME" }, { "file": "/path" } or { "store": "name" }. If others could read this file, replace the secret.']],
    ['a reference that is none', { destinations: [{ id: 'd', label: 'D', channel: 'hook', config: { url: 'x', token: { enviroment: 'T' } } }] },
      ['destinations[0].config.token: is not a reference to a secret. Use { "env": "NAME" }, { "file": "/path" } or { "store": "name" }.']],
    ['the same id twice', { servers: [{ id: 's', kind: 'crate' }, { id: 's', kind: 'crate' }], printers: [{ id: 'p', name: 'P', sources: [{ server: 's' }] }] },
      ['servers[1].id: is "s", which servers[0] has already. Give each its own id.']],
    ['an inline server with the name of another', { servers: [{ id: 'p', kind: 'crate' }], printers: [{ id: 'p', name: 'P', server: inline('http://a') }] },
      ['printers[0].server: would be called "p", but there is another server of that name. Give it an "id" of its own.']],
    ['a server that does not exist', { servers: [{ id: 'shelf', kind: 'crate' }], printers: [{ id: 'p', name: 'P', sources: [{ server: 'shelv' }] }] },
      ['printers[0].sources[0].server: names a server "shelv" that does not exist. Did you mean "shelf"?']],
    ['a printer without a server', { printers: [{ id: 'p', name: 'P' }] }, ['printers[0]: has no server. Add "server": { "kind": ... }, or "sources" that name entries of "servers".']],
    ['a printer without a primary source', { servers: [{ id: 's', kind: 'crate' }], printers: [{ id: 'p', name: 'P', sources: [{ server: 's', role: 'secondary' }] }] },
      ['printers[0]: has no primary source. Exactly one source tells of its jobs; make the others "role": "secondary".']],
    ['a printer with two primary sources', { servers: [{ id: 's', kind: 'crate' }], printers: [{ id: 'p', name: 'P', server: inline('http://a'), sources: [{ server: 's' }] }] },
      ['printers[0]: has 2 primary sources. Exactly one source tells of its jobs; make the others "role": "secondary".']],
    ['two printers with one source', { servers: [{ id: 's', kind: 'crate' }], printers: [{ id: 'a', name: 'A', sources: [{ server: 's' }] }, { id: 'b', name: 'B', sources: [{ server: 's' }] }] },
      ['printers[1]: watches the same printer of server "s" as printer "a". Remove one of the two, or tell them apart by "sourceId".']],
    ['two printers with the same inline server', { printers: [{ id: 'a', name: 'A', server: inline('http://a') }, { id: 'b', name: 'B', server: { apiKey: key, url: 'http://a', kind: 'box' } }] },
      ['printers[1]: watches the same printer of server "a" as printer "a". Remove one of the two, or tell them apart by "sourceId".']],
    ['an event type that does not exist', { printers: [{ id: 'p', name: 'P', server: inline('http://a'), events: ['job.*', 'job.dne', 'jobs.*', 'native:MovieDone', '*'] }] },
      ['printers[0].events[1]: is "job.dne", which is no event type. Did you mean "job.done"?', 'printers[0].events[2]: is "jobs.*", which is no event type. Did you mean "job.*"?']],
    ['a subscription to nobody', { subscriptions: [{ events: ['*'], destination: 'd', printers: ['*', 'p9'] }] },
      ['subscriptions[0].destination: names a destination "d" that does not exist. There is nothing to choose from yet.', 'subscriptions[0].printers[1]: names a printer "p9" that does not exist. There is nothing to choose from yet.']],
  ]
  test.each(cases)('%s', (_name, value, expected) => {
    expect(problems(value)).toEqual(expected)
  })
})

test('a disabled printer may share a source with the one that took its place', () => {
  expect(() => expand({ servers: [{ id: 's', kind: 'crate' }], printers: [{ id: 'a', name: 'A', sources: [{ server: 's' }], enabled: false }, { id: 'b', name: 'B', sources: [{ server: 's' }] }] })).not.toThrow()
})

test('a destination comes cleaned, with its secrets as references', () => {
  const { engine } = expand({ destinations: [{ id: 'h', label: 'H', channel: 'hook', config: { url: 'http://x', token: { file: '/t' } }, events: ['job.done'] }] })
  expect(engine.destinations).toEqual([{ id: 'h', label: 'H', channel: 'hook', config: { url: 'http://x', retries: 2 }, secrets: { token: { file: '/t' } }, events: ['job.done'], enabled: true }])
})

test('a destination that is switched off may belong to a channel that is not installed', () => {
  const { engine, warnings } = expand({
    destinations: [{ id: 'h', label: 'H', channel: 'my-plugin', enabled: false }, { id: 'd', label: 'D', channel: 'desktop' }],
    subscriptions: [{ events: ['*'], destination: 'h' }, { events: ['job.done'], destination: 'd' }],
  })
  expect(engine.destinations.map((destination) => destination.id)).toEqual(['d'])
  expect(engine.subscriptions.map((subscription) => subscription.destination)).toEqual(['d'])
  expect(warnings).toEqual(['There are no printers: add one to "printers".', 'Destination "h" is left out: its channel is not installed here. It is switched off anyway.'].slice(1))
})

test('thresholds are complete: the printer\'s over the settings\' over the defaults', () => {
  const { engine } = expand({ thresholds: { pauseGrace: 9, linkStale: 20 }, printers: [{ id: 'p', name: 'P', server: inline('http://a'), thresholds: { pauseGrace: 0 } }] })
  expect(engine.printers[0]?.thresholds).toMatchObject({ pauseGrace: 0, linkStale: 20, progressStep: 0.25, capPerMinute: 6, layers: [] })
})

describe('rules', () => {
  const destinations = [{ id: 'd', label: 'D', channel: 'hook', config: { url: 'http://a' } }]
  test('must lead somewhere, be called once, and leave "always" alone', () => {
    expect(problems({
      destinations,
      timeslots: [{ id: 'night', name: 'Night', ranges: [{ days: [1] }] }, { id: 'night', name: 'Night two', ranges: [{ days: [2] }] }, { id: 'always', name: 'Ever', ranges: [{ days: [1] }] }],
      filters: [{ id: 'a', name: 'Same', match: { printers: ['p9'] } }, { id: 'b', name: 'Same', match: {} }],
      profiles: [{ id: 'p', name: 'P', timeslot: 'nigth', filters: ['c'], destinations: [{ destination: 'e' }, { destination: '*' }], escalate: { afterMinutes: 5, to: ['f'] } }],
    })).toEqual([
      'timeslots[1].id: is "night", which timeslots[0] has already. Give each its own id.',
      'filters[1].name: is "Same", which filters[0] has already. Give each its own name.',
      'timeslots[2].id: is "always", which always exists. Give it another id.',
      'profiles[0].timeslot: names a timeslot "nigth" that does not exist. Known: always, night.',
      'profiles[0].filters[0]: names a filter "c" that does not exist. Did you mean "a"?',
      'profiles[0].destinations[0].destination: names a destination "e" that does not exist. Did you mean "d"?',
      'profiles[0].escalate.to[0]: names a destination "f" that does not exist. Did you mean "d"?',
      'filters[0].match.printers[0]: names a printer "p9" that does not exist. There is nothing to choose from yet.',
    ])
  })

  test.each<[string, Record<string, unknown>, RegExp]>([
    ['a zone that is none', { zone: 'Europe/Olso' }, /^zone: .*use the name of a time zone/i],
    ['an offset for a zone', { zone: '+02:00' }, /^zone: .*an offset knows no summer time/i],
    ['a time that is none', { timeslots: [{ id: 'a', name: 'A', ranges: [{ days: [1], from: '7 am', to: '08:00' }] }] }, /^timeslots\[0\]\.ranges\[0\]\.from: .*hours and minutes/i],
    ['half a range', { timeslots: [{ id: 'a', name: 'A', ranges: [{ days: [1], from: '07:00' }] }] }, /^timeslots\[0\]\.ranges\[0\]: .*both from and to/i],
    ['a weekday that is none', { timeslots: [{ id: 'a', name: 'A', ranges: [{ days: [0] }] }] }, /^timeslots\[0\]\.ranges\[0\]\.days\[0\]/],
    ['an event that is none', { filters: [{ id: 'a', name: 'A', match: { events: ['job.dne'] } }] }, /^filters\[0\]\.match\.events\[0\]: .*no event of this name/i],
    ['a digest without a time', { destinations, profiles: [{ id: 'a', name: 'A', destinations: [{ destination: 'd', mode: 'digest' }] }] }, /^profiles\[0\]\.destinations\[0\]: .*when the digest is sent/i],
  ])('%s is told with its place and cure', (_what, value, expected) => expect(problems(value).join('\n')).toMatch(expected))
})
