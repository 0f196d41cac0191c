/** Against a real SQLite history. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { KINDS } from '../../../test/support/rule-fixtures.ts'
import { batch, decision, entry, row, T0, temporaryHistory } from '../history/test-support.ts'
import { expandSettings, type EngineSettings } from '../settings/expand.ts'
import { kinds } from '../../headless/settings-file.ts'
import { settingsSchema } from '../settings/schema.ts'
import { factsOf, type WhyQuestion } from './facts.ts'
import { whyNot } from './why.ts'

const MINUTE = 60_000
let stored: ReturnType<typeof temporaryHistory>
beforeEach(() => { stored = temporaryHistory() })
afterEach(() => stored.remove())

function settings(over: object = {}): EngineSettings {
  return expandSettings(settingsSchema().parse({
    version: 1, servers: [{ id: 'octo', kind: 'octoprint', url: 'http://octo.local' }], printers: [{ id: 'p1', name: 'MK3 left', sources: [{ server: 'octo' }] }],
    destinations: [{ id: 'desk', label: 'Desk', channel: 'desktop' }], ...over,
  }), kinds, { path: null }).engine
}

const about = (over: Partial<WhyQuestion> = {}, given = settings()) => factsOf({ printerId: 'p1', type: 'job.done', at: T0, destinationId: null, ...over }, { history: stored.history, settings: given, kinds: KINDS, failing: [], now: T0 + 60 * MINUTE })

describe('what is stored about a time', () => {
  test('is the nearest event of the kind with its decisions, rows and attempts', () => {
    stored.history.commit(batch([
      entry('E1', { draft: { occurredAt: T0 - 14 * MINUTE } }),
      entry('E2', { draft: { occurredAt: T0 + 2 * MINUTE }, decisions: [decision({ stage: 'deliver' })], outbox: [row('R2')] }),
      entry('E3', { draft: { occurredAt: T0 + 16 * MINUTE } }),
      entry('E4', { draft: { occurredAt: T0, printerId: 'p2' } }),
      entry('E5', { draft: { occurredAt: T0 + MINUTE, type: 'job.cancelled' } }),
    ]))
    const leased = stored.history.lease('desk', T0, 1_000, 1)[0]
    if (leased === undefined) throw new Error('expected a row')
    stored.history.finish(leased, { outboxId: 'R2', eventId: 'E2', destinationId: 'desk', at: T0 + 3 * MINUTE, ms: 4, number: 1, result: 'delivered', detail: 'shown by dunst' }, { state: 'delivered' })
    const facts = about()
    expect(facts.heard.map(({ event }) => event.id)).toEqual(['E2', 'E1'])
    expect(facts.near.map(({ id }) => id)).toEqual(['E5'])
    const answer = whyNot({ printerId: 'p1', type: 'job.done', at: T0, destinationId: null }, facts, { silence: () => null, filter: () => null, profile: () => null, time: (at) => new Date(at).toISOString().slice(11, 16) })
    expect(answer.sentences).toEqual(['“Print done” of “MK3 left” was seen at 12:02.', 'It was delivered to “Desk” at 12:03 (shown by dunst), so look there.'])
  })

  test('without one of the kind it is the last before and the first behind within a day', () => {
    stored.history.commit(batch([
      entry('far', { draft: { occurredAt: T0 - 25 * 60 * MINUTE } }), entry('before', { draft: { occurredAt: T0 - 23 * 60 * MINUTE } }), entry('older', { draft: { occurredAt: T0 - 23 * 60 * MINUTE - 1 } }), entry('behind', { draft: { occurredAt: T0 + 30 * MINUTE } }),
    ]))
    expect(about().near.map(({ id }) => id)).toEqual(['behind', 'before'])
  })

  test('is what was swallowed then, however much was since', () => {
    const swallowed = (at: number) => ({ at, printerId: 'p1', type: 'job.progress' as const, reason: 'collapsed_progress' as const, detail: '', dedupeKey: null })
    stored.history.commit(batch([], { suppressed: [swallowed(T0 + MINUTE), ...Array.from({ length: 1_100 }, (_, index) => swallowed(T0 + 20 * MINUTE + index)), swallowed(T0 - 16 * MINUTE)] }))
    expect(about().suppressed.map(({ at }) => at)).toEqual([T0 + MINUTE])
  })

  test('is when its server was away, not another one, and when nobody looked', () => {
    const { history } = stored
    for (const [id, from, to] of [['octo', -30, -20], ['octo', -5, 5], ['octo', 20, 25], ['other', -5, 5], ['.sleep', -3, 3]] as const) {
      history.openGap(id, T0 + from * MINUTE, 'timeout')
      history.closeGap(id, T0 + to * MINUTE)
    }
    expect(about().gaps.map(({ from, to }) => [(from - T0) / MINUTE, ((to ?? 0) - T0) / MINUTE])).toEqual([[-5, 5]])
    expect(about().absences.map(({ serverId }) => serverId)).toEqual(['.sleep'])
  })

  test('of Printbell itself belongs to no printer', () => {
    stored.history.commit(batch([entry('E1', { draft: { type: 'app.offline', printerId: '', printerName: '' } })]))
    expect(about({ type: 'app.offline' }).heard.map(({ event }) => event.id)).toEqual(['E1'])
    expect(about({ type: 'app.offline' }).printer).toEqual({ name: 'Printbell', enabled: true })
  })
})

describe('why a kind is not even looked for', () => {
  test.each<[string, Partial<WhyQuestion>, object, ReturnType<typeof about>['notMade']]>([
    ['its threshold is 0', { type: 'job.progress' }, { thresholds: { progressStep: 0 } }, { setting: 'progressStep' }],
    ['no hours are set', { type: 'job.milestone_time' }, {}, { setting: 'milestoneHours' }],
    ['no layers are set', { type: 'job.layer' }, {}, { setting: 'layers' }],
    ['nobody asks for it', { type: 'message.display' }, {}, 'nobody_asks'],
    ['somebody does', { type: 'message.display' }, { destinations: [{ id: 'desk', label: 'Desk', channel: 'desktop', events: ['message.*'] }] }, null],
    ['a native one is asked for', { type: 'server.event' }, { destinations: [{ id: 'desk', label: 'Desk', channel: 'desktop', events: ['native:Upload'] }] }, null],
    ['it always is', { type: 'job.failed' }, {}, null],
  ])('%s', (_what, question, over, expected) => expect(about(question, settings(over)).notMade).toEqual(expected))

  test('a printer that is not in the settings is told as such', () => expect(about({ printerId: 'gone' })).toMatchObject({ printer: null, notMade: null }))
})
