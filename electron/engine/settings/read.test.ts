import { describe, expect, test } from 'vitest'
import { readSettings } from './read.ts'
import { kinds, messageOf } from './test-support.ts'

const read = (value: Record<string, unknown>) => readSettings(JSON.stringify({ version: 1, ...value }), kinds, { path: 's.json' })
/** The problems' lines without the heading. */
const problems = (value: Record<string, unknown>) => messageOf(() => read(value)).split('\n').slice(1).map((line) => line.trim()).sort()
const HELP = 'Put it into a file or an environment variable and refer to it. Use { "env": "NAME" }, { "file": "/path" } or { "store": "name" }. If others could read this file, replace the secret.'
const NO_ID = 'use 1 to 64 letters, digits, dots, dashes or underscores, beginning with a letter or digit.'.replace('use', 'Use')

describe('mistakes of every sort are told in one round', () => {
  test('in the form, of kinds, of references and of secrets', () => {
    expect(problems({
      colour: 'red',
      servers: [{ id: 's', kind: 'cratte' }],
      printers: [
        { id: 'p1', name: 'One', enabeld: true, server: { kind: 'box', url: 'http://a', apiKey: 'CANARY' } },
        { id: 'p2', name: 'Two', sources: [{ server: 'shelf' }], events: ['job.dne', 'Job'] },
      ],
      destinations: [{ id: 'd', label: '', channel: 'hok' }],
      subscriptions: [{ events: ['jobs.*'], destination: 'd', mode: 'later' }, { events: ['*'], destination: 'dd' }],
    })).toEqual([
      'colour: is not a known field. Known: $schema, version, servers, printers, destinations, managed, subscriptions, masked, grouping, zone, timeslots, filters, fallbackFilter, profiles, thresholds, notifyMyself, language, retention, expiry, ping, desktop.',
      'destinations[0].channel: is not a known channel. Did you mean "hook"?',
      'destinations[0].label: is empty. Fill it in.',
      'printers[0].enabeld: is not a known field. Known: id, name, server, sources, events, camera, light, orientation, donePicture, commands, tags, watch, thresholds, enabled.',
      `printers[0].server.apiKey: is a secret written into the settings. ${HELP}`,
      'printers[1].events[0]: is "job.dne", which is no event type. Did you mean "job.done"?',
      'printers[1].events[1]: is not valid. Use a type ("job.done"), a group ("job.*"), "*" or "native:NAME".',
      'printers[1].sources[0].server: names a server "shelf" that does not exist. Known: s, p1.',
      'servers[0].kind: is not a known kind of printer server. Did you mean "crate"?',
      'subscriptions[0].events[0]: is "jobs.*", which is no event type. Did you mean "job.*"?',
      'subscriptions[0].mode: is none of the possible values. Use "now" or "off".',
      'subscriptions[1].destination: names a destination "dd" that does not exist. Did you mean "d"?',
    ])
  })

  test('and a mistake has no others in its wake', () => {
    expect(problems({
      printers: [
        { id: 'p 1', name: 'One', server: { kind: 'box', url: 'http://a', apiKey: { env: 'K' } } },
        { id: 'p2', name: 'Two', server: { url: 'http://a' } },
        { id: 'p3', name: 'Three', server: { kind: 'crate' }, sources: [{ server: 'p 1', role: 'second' }] },
        7,
      ],
      destinations: [{ label: 'D', channel: 'desktop' }, 'desk'],
      subscriptions: [{ printers: ['p 1', 'p2'], events: ['*'], destination: 'd' }, 5, { destination: 'd' }],
      thresholds: { layers: [0], linkStale: 'x' },
      expiry: 5,
    })).toEqual([
      'destinations[0].id: is missing. Fill it in.',
      'destinations[1]: is a text. It must be an object.',
      'expiry: is a number. It must be an object.',
      `printers[0].id: is not valid. ${NO_ID}`,
      'printers[1].server.kind: is missing. Fill it in.',
      'printers[2].sources[0].role: is none of the possible values. Use "primary" or "secondary".',
      `printers[2].sources[0].server: is not valid. ${NO_ID}`,
      'printers[3]: is a number. It must be an object.',
      'subscriptions[1]: is a number. It must be an object.',
      'subscriptions[2].events: is missing. Add a list.',
      'thresholds.layers[0]: is too small. It must be more than 0.',
      'thresholds.linkStale: is a text. It must be a number.',
    ])
  })

  test('a list that is none hides no mistake elsewhere', () => {
    expect(problems({ printers: 'p1', destinations: [{ id: 'd', label: 'D', channel: 'nope' }], subscriptions: [{ printers: ['p1'], events: ['*'], destination: 'd' }] })).toEqual([
      'destinations[0].channel: is not a known channel. Known: desktop, hook, picky, program.',
      'printers: is a text. It must be a list.',
    ])
  })

  test('and no text holds a value of the file', () => {
    const canary = 'CANARY-5f1c'
    expect(messageOf(() => read({
      colour: canary,
      printers: [{ id: `${canary} !`, name: [canary], server: { kind: 'box', url: 'http://a', apiKey: canary, light: canary } }],
    }))).not.toContain(canary)
  })
})

test('settings without a mistake come out ready for the engine, with the warnings of both rounds', () => {
  const { settings, engine, warnings } = read({ servers: [{ id: 's', kind: 'crate' }] })
  expect(settings.servers).toEqual([{ id: 's', kind: 'crate' }])
  expect(engine.servers.map(({ id }) => id)).toEqual(['s'])
  expect(warnings).toEqual([
    'There are no printers: add one to "printers".',
    'There are no destinations, so nobody is told: add one to "destinations".',
    'Server "s" is not used by any printer.',
  ])
})

test('a required secret that is not set is told apart from the other warnings', () => {
  const { warnings, unset } = read({ printers: [{ id: 'p', name: 'P', server: { kind: 'box', url: 'http://a' } }], destinations: [{ id: 'd', label: 'D', channel: 'desktop' }] })
  expect(unset).toEqual(['printers[0].server.apiKey is not set (API key). Use { "env": "NAME" }, { "file": "/path" } or { "store": "name" }.'])
  expect(warnings).toEqual([])
})

test('a secondary source is told to be without effect', () => {
  const { warnings } = read({
    servers: [{ id: 'spy', kind: 'crate' }],
    printers: [{ id: 'p', name: 'P', server: { kind: 'crate' }, sources: [{ server: 'spy', role: 'secondary' }] }],
    destinations: [{ id: 'd', label: 'D', channel: 'desktop' }],
  })
  expect(warnings).toEqual(['Printer "p": secondary sources are not watched yet, so nothing of server "spy" is heard.'])
})

describe('the network of a destination', () => {
  const withNetwork = (network: unknown) => ({ destinations: [{ id: 'd', label: 'D', channel: 'hook', config: { url: 'http://x' }, network }] })
  const networkOf = (network: unknown) => read(withNetwork(network)).engine.destinations[0]?.network

  test.each<[unknown, unknown]>([
    [undefined, undefined],
    [{}, { proxy: 'system' }],
    [{ proxy: 'none' }, { proxy: 'none' }],
    [{ proxy: 'http://proxy.lan:3128' }, { proxy: 'http://proxy.lan:3128' }],
    [{ proxy: 'https://[fd00::1]/', ca: '/etc/ca.pem' }, { proxy: 'https://[fd00::1]/', ca: '/etc/ca.pem' }],
    [{ ca: 'C:\\certs\\ca.pem' }, { proxy: 'system', ca: 'C:\\certs\\ca.pem' }],
    [{ ca: '\\\\nas\\certs\\ca.pem' }, { proxy: 'system', ca: '\\\\nas\\certs\\ca.pem' }],
  ])('%j', (network, expected) => {
    expect(networkOf(network)).toEqual(expected)
  })

  const LOGIN = 'Take user and password out: settings are no place for them. Put that address into the environment variable HTTPS_PROXY, and use "system".'
  test.each<[unknown, string]>([
    [{ proxy: 'proxy.lan:3128' }, 'proxy: is not valid. Use "system", "none", or the address of a proxy: "http://proxy.lan:3128".'],
    [{ proxy: 'socks5://proxy.lan:1080' }, 'proxy: is not valid. Use "system", "none", or the address of a proxy: "http://proxy.lan:3128".'],
    [{ proxy: 'http://me:CANARY@proxy.lan:3128' }, `proxy: is not valid. ${LOGIN}`],
    [{ proxy: 'http://me@proxy.lan:3128' }, `proxy: is not valid. ${LOGIN}`],
    [{ proxy: 'http://proxy.lan:3128/path' }, 'proxy: is not valid. Use the proxy\'s scheme, name and port alone: "http://proxy.lan:3128".'],
    [{ proxy: '' }, 'proxy: is not valid. Use "system", "none", or the address of a proxy: "http://proxy.lan:3128".'],
    [{ ca: 'ca.pem' }, 'ca: is not valid. Give the whole path, from the root.'],
    [{ ca: '/' }, 'ca: is not valid. Give the whole path, from the root.'],
    [{ proxi: 'none' }, 'proxi: is not a known field. Did you mean "proxy"?'],
  ])('%j is refused', (network, problem) => {
    expect(problems(withNetwork(network))).toEqual([`destinations[0].network.${problem}`])
  })
})

describe('the sign of life', () => {
  test.each<[unknown, unknown]>([
    [undefined, { everyMinutes: 5 }],
    [{ url: { env: 'PING' } }, { url: { env: 'PING' }, everyMinutes: 5 }],
    [{ url: { file: 'keys/ping' }, everyMinutes: 60 }, { url: { file: 'keys/ping' }, everyMinutes: 60 }],
  ])('%j', (ping, expected) => {
    expect(read({ ping }).engine.ping).toEqual(expected)
  })

  const USE = 'se { "env": "NAME" }, { "file": "/path" } or { "store": "name" }.'
  test.each<[unknown, string]>([
    [{ url: 'https://hc-ping.com/CANARY' }, `url: is not valid. Who knows this address can use it, so it does not stand in the settings. Put it into a file or an environment variable, and u${USE}`],
    [{ url: { environment: 'X' } }, `url: is not valid. U${USE}`],
    [{ everyMinutes: 0 }, 'everyMinutes: is too small. It must be at least 1.'],
    [{ everyMinutes: 1_441 }, 'everyMinutes: is too large. It must be at most 1440.'],
    [{ every: 5 }, 'every: is not a known field. Known: url, everyMinutes.'],
  ])('%j is refused', (ping, problem) => {
    expect(problems({ ping })).toEqual([`ping.${problem}`])
  })
})
