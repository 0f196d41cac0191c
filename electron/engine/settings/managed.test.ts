import { describe, expect, test } from 'vitest'
import { isPluginKind } from '../channels/plugins/kind.ts'
import { channels } from '../channels/registry.ts'
import { adapters } from '../printers/registry.ts'
import { managedIn, managedPlaces, readManaged } from './managed.ts'
import { readSettings } from './read.ts'
import { messageOf } from './test-support.ts'

const kinds = { adapters, channels, mayBeMissing: isPluginKind }
const PATH = '/etc/printbell/managed.json'
const NTFY = { id: 'shop', label: 'Workshop', channel: 'ntfy', config: { topic: 'workshop-7f3k', token: { file: 'ntfy.key' } } }
const read = (destinations: unknown[], more: object = {}) => readManaged([{ path: PATH, text: JSON.stringify({ version: 1, destinations, ...more }) }], kinds)
const settings = (more: object, given: ReturnType<typeof read>) => readSettings(JSON.stringify({ version: 1, printers: [], ...more }), kinds, { path: null, managed: given.destinations })

describe('R44: destinations of an administrator\'s file', () => {
  test('stand beside the user\'s own, with secrets that lie beside the file', () => {
    const { engine } = settings({ destinations: [{ id: 'desk', label: 'Desk', channel: 'desktop' }] }, read([NTFY]))
    expect(engine.destinations.map(({ id, label, enabled }) => [id, label, enabled])).toEqual([['desk', 'Desk', true], ['shop', 'Workshop', true]])
    expect(engine.destinations[1]?.secrets).toEqual({ token: { file: '/etc/printbell/ntfy.key' } })
  })

  test('are called as the user calls them and are off where he says so; rules may name them, also when they are gone', () => {
    const more = { managed: { shop: { label: 'My shop', enabled: false } }, subscriptions: [{ events: ['job.done'], destination: 'shop' }], profiles: [{ id: 'p', name: 'P', destinations: [{ destination: 'shop' }] }] }
    expect(settings(more, read([NTFY])).engine.destinations.map(({ label, enabled }) => [label, enabled])).toEqual([['My shop', false]])
    expect(settings(more, read([])).engine.destinations).toEqual([])
  })

  test('are known where something else in the settings is wrong', () => {
    const more = { colour: 'red', subscriptions: [{ events: ['job.done'], destination: 'shop' }, { events: ['job.done'], destination: 'shpo' }] }
    expect(messageOf(() => settings(more, read([NTFY]))).split('\n').slice(1).map((line) => line.trim().split('. ')[0])).toEqual([
      'colour: is not a known field', 'subscriptions[1].destination: names a destination "shpo" that does not exist',
    ])
  })

  test('of an id that the user has himself are left to him', () => {
    expect(settings({ destinations: [{ id: 'shop', label: 'Own', channel: 'desktop' }] }, read([NTFY])).engine.destinations.map(({ label }) => label)).toEqual(['Own'])
  })

  test('that can\'t be used are told with place, cause and cure, and the rest goes on', () => {
    const reading = read([{ id: 'a', label: 'A', channel: 'carrier-pigeon' }, { ...NTFY, label: '' }, NTFY, { ...NTFY, label: 'Twice' }, { ...NTFY, id: 'open', config: { topic: 'x', token: 'CANARY-written-out' } }])
    expect(reading.destinations.map(({ settings: { id } }) => id)).toEqual(['shop'])
    expect(reading.problems).toHaveLength(4)
    expect(reading.problems[0]).toMatch(/^The administrator's file \/etc\/printbell\/managed\.json: destinations\[0\]\.channel: is not a known channel\./)
    expect(reading.problems[1]).toContain('destinations[1].label: is empty. Fill it in.')
    expect(reading.problems[2]).toContain('destinations[3].id: is "shop", which another one has already. Give each its own id.')
    expect(reading.problems[3]).toContain('destinations[4].config.token')
    expect(reading.problems.join()).not.toContain('CANARY')
  })

  test('that lack something are told of as own ones are, and are there', () => {
    const reading = read([
      { id: 'chat', label: 'Chat', channel: 'telegram', config: { chatId: '7' } },
      { ...NTFY, templates: { '*': { title: '{{ printer' } } },
      { ...NTFY, label: 'Twice', templates: { '*': { title: '{{ again' } } },
      { id: 'own', label: 'Own', channel: 'plugin:pager' },
    ])
    expect(reading.destinations.map(({ settings: { id } }) => id)).toEqual(['chat', 'shop', 'own'])
    expect(reading.unset).toEqual([expect.stringMatching(/^The administrator's file \/etc\/printbell\/managed\.json: destinations\[0\]\.config\.token is not set/)])
    expect(reading.warnings).toEqual([
      expect.stringMatching(/^The administrator's file \/etc\/printbell\/managed\.json: Destination "shop": the title of its template for "\*" can't be used/),
      'The administrator\'s file /etc/printbell/managed.json: Destination "own" gets nothing: its channel "plugin:pager" is not installed here. Install it again, or remove the destination.',
    ])
    expect(reading.problems).toHaveLength(1)
  })

  test('count as destinations: that there are none is said only where there are none', () => {
    const NONE = 'There are no destinations, so nobody is told: add one to "destinations".'
    expect(settings({}, read([NTFY])).warnings).not.toContain(NONE)
    expect(settings({}, read([])).warnings).toContain(NONE)
  })

  test('of a file that is no JSON, or of another version, are none, and that is told', () => {
    expect(readManaged([{ path: PATH, text: '{ "version": 1,' }], kinds)).toEqual({ destinations: [], problems: [expect.stringMatching(/is not valid JSON at line 1, column 16\./)], warnings: [], unset: [] })
    expect(read([NTFY], { version: 2 }).destinations).toEqual([])
    expect(read([NTFY], { version: 2 }).problems).toHaveLength(1)
  })

  test('lie where docs/settings.md says', () => {
    expect(managedPlaces('linux', {}, '/data')).toEqual(['/etc/printbell/managed.json', '/data/managed.json'])
    expect(managedPlaces('win32', { ProgramData: 'D:\\PD' }, 'C:\\data')).toEqual(['D:\\PD\\Printbell\\managed.json', 'C:\\data\\managed.json'])
  })

  test('R45: whose channel is not installed here any more are kept and get nothing', () => {
    const given = read([{ id: 'own', label: 'Own', channel: 'plugin:pager' }])
    expect(given.problems).toEqual([])
    expect(settings({}, given).engine.destinations).toEqual([])
    expect(managedIn({ destinations: [], managed: {} }, given.destinations).map(({ settings: { label }, resolved }) => [label, resolved])).toEqual([['Own', null]])
  })
})

test('R45: a destination whose plugin is gone stays in the settings, gets nothing and breaks nothing', () => {
  const strict = () => readSettings(JSON.stringify({ version: 1, destinations: [{ id: 'pager', label: 'Pager', channel: 'plugin:pager' }] }), { adapters, channels }, { path: null })
  expect(strict).toThrow('is not a known channel')
  const { settings: kept, engine, warnings } = settings({ destinations: [{ id: 'pager', label: 'Pager', channel: 'plugin:pager', config: { number: '7' } }], subscriptions: [{ events: ['job.done'], destination: 'pager' }] }, read([]))
  expect(kept.destinations).toMatchObject([{ id: 'pager', config: { number: '7' } }])
  expect(engine.destinations).toEqual([])
  expect(engine.subscriptions).toEqual([])
  expect(warnings).toContain('Destination "pager" gets nothing: its channel "plugin:pager" is not installed here. Install it again, or remove the destination.')
})
