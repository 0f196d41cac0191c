import { describe, expect, it } from 'vitest'
import { TestClock } from '../../test/support/clock.ts'
import { memoryLog } from '../../test/support/log.ts'
import { memoryHistory } from '../../test/support/memory-history.ts'
import { anEvent, LAMP, NOON } from '../../test/support/rule-fixtures.ts'
import { createAcknowledgements } from './acknowledgements.ts'
import { aState } from './commands/commands.support.ts'
import type { EventDraft, PrinterState } from './events/model.ts'

const HOUR = 3_600_000
const attention = { key: 'prompt', kind: 'user_input', text: 'Go on?', choices: ['Yes'], since: NOON - 60_000 } as const
const ASKED = { ...attention, choices: ['Yes'] }

/** One question of "mk4" that was told twice, acknowledged for an hour. */
function setUp(state: PrinterState = aState('paused', { attentions: [ASKED] })) {
  const clock = new TestClock(NOON)
  const history = memoryHistory()
  const log = memoryLog()
  const announced: EventDraft[] = []
  const now: { state: PrinterState | null } = { state }
  history.put(anEvent('attention.user_input', { id: 'A', seq: 1, job: LAMP, attention: ASKED }))
  history.put(anEvent('attention.reminder', { id: 'B', seq: 2, job: LAMP, attention: ASKED }))
  history.acknowledge(['A', 'B'], NOON, { until: NOON + HOUR, note: null, by: 'window' })
  const acknowledgements = createAcknowledgements({ history, clock, log, state: () => now.state, announce: (draft) => void announced.push(draft) })
  const acknowledged = (): (number | null)[] => ['A', 'B'].map((id) => history.event(id)?.acknowledgedAt ?? null)
  return { clock, history, log, announced, now, acknowledgements, acknowledged }
}

describe('R53: when an acknowledgement is over', () => {
  it('several events of one wait are told as one, by the first, and count as not acknowledged from then on', async () => {
    const { clock, announced, acknowledgements, acknowledged } = setUp()
    acknowledgements.start()
    await clock.advance(HOUR - 1)
    expect([announced, acknowledged()]).toEqual([[], [NOON, NOON]])
    await clock.advance(1)
    expect(announced.map(({ type, reason, about }) => [type, reason, about])).toEqual([['attention.reminder', 'acknowledgement_over', { eventId: 'A', type: 'attention.user_input' }]])
    expect(acknowledged()).toEqual([null, null])
    await clock.advance(24 * HOUR)
    expect(announced).toHaveLength(1)
  })

  it('what was settled stays acknowledged, and nobody is told', async () => {
    const { clock, announced, acknowledgements, acknowledged } = setUp(aState('printing'))
    acknowledgements.start()
    await clock.advance(24 * HOUR)
    expect([announced, acknowledged()]).toEqual([[], [NOON, NOON]])
  })

  it('a printer out of sight is waited for, and what it was busy with is looked at a moment after it is back', async () => {
    const { clock, announced, now, acknowledgements } = setUp(aState('paused', { attentions: [ASKED], link: 'down' }))
    acknowledgements.start()
    await clock.advance(3 * HOUR)
    expect(announced).toEqual([])
    now.state = aState('paused', { attentions: [ASKED] })
    acknowledgements.onState('mk4')
    acknowledgements.onState('mk4')
    await clock.advance(4_999)
    expect(announced).toEqual([])
    await clock.advance(1)
    expect(announced).toHaveLength(1)
  })

  it.each<[string, string, number, string[]]>([['is gone yet', 'top', 1, ['attention.reminder']], ['is back', 'front', 1, []], ['was back before it went', 'front', -1, ['attention.reminder']]])(
    'a camera that %s', async (_what, code, after, expected) => {
      const { clock, history, announced, acknowledgements } = setUp(aState('printing'))
      history.put(anEvent('camera.lost', { id: 'C', seq: 3, occurredAt: NOON, code: 'front' }))
      history.put(anEvent('camera.up', { id: 'D', seq: 4, occurredAt: NOON + after * 60_000, code }))
      history.acknowledge(['C'], NOON, { until: NOON + HOUR, note: null, by: 'window' })
      acknowledgements.start()
      await clock.advance(HOUR)
      expect(announced.map(({ type }) => type)).toEqual(expected)
    },
  )

  it('another printer\'s news is no reason to look', async () => {
    const { clock, acknowledgements } = setUp(aState('paused', { attentions: [ASKED], link: 'down' }))
    acknowledgements.start()
    await clock.advance(2 * HOUR)
    const before = clock.pending
    acknowledgements.onState('voron')
    expect(clock.pending).toBe(before)
  })

  it('that another time was chosen holds at once', async () => {
    const { clock, history, announced, acknowledgements } = setUp()
    acknowledgements.start()
    await clock.advance(60_000)
    history.acknowledge(['A', 'B'], clock.now(), { until: NOON + 10 * 60_000, note: null, by: 'window' })
    acknowledgements.changed()
    await clock.advance(9 * 60_000)
    expect(announced).toHaveLength(1)
  })

  it('a disk that refuses is asked again, and the reminder has the same key', async () => {
    const { clock, history, log, announced, acknowledgements, acknowledged } = setUp()
    const end = history.endAcknowledgements
    history.endAcknowledgements = () => {
      history.endAcknowledgements = end
      throw new Error('There is no room left for the history.')
    }
    acknowledgements.start()
    await clock.advance(HOUR)
    expect(log.lines).toMatchObject([{ level: 'error' }])
    await clock.advance(2 * 60_000)
    expect(new Set(announced.map(({ dedupeKey }) => dedupeKey)).size).toBe(1)
    expect(acknowledged()).toEqual([null, null])
  })

  it('nothing more is looked at once it has stopped', async () => {
    const { clock, announced, acknowledgements } = setUp()
    acknowledgements.start()
    await clock.advance(0)
    acknowledgements.stop()
    acknowledgements.changed()
    expect(clock.pending).toBe(0)
    await clock.advance(2 * HOUR)
    expect(announced).toEqual([])
  })
})
