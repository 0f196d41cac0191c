import { expect, it } from 'vitest'
import { TestClock } from '../../../test/support/clock.ts'
import type { Silence } from '../../engine/history/history.ts'
import { SilenceRefused, type NewSilence, type SilenceChange } from '../../engine/silences/checks.ts'
import { silenceCalls } from './silences.ts'

const HOUR = 3_600_000

function room() {
  const clock = new TestClock()
  const now = clock.now()
  const asked: (NewSilence | SilenceChange | string)[] = []
  const pushed: unknown[] = []
  const silence = (id: string, startsAt: number, endsAt: number | null): Silence => ({ id, createdAt: 0, startsAt, endsAt, match: { printerIds: ['mk4'] }, reason: 'New nozzles', by: 'cli' })
  const calls = silenceCalls({
    clock, push: (name, payload) => void pushed.push([name, payload]),
    engine: () => ({
      silencesByTime: () => ({ running: [silence('now', now, null)], coming: [silence('later', now + HOUR, now + 2 * HOUR)], past: [silence('over', now - 2 * HOUR, now - HOUR), silence('long over', now - 20 * HOUR, now - 12 * HOUR)] }),
      addSilence(given) {
        asked.push(given)
        if (given.match.printerIds?.includes('gone')) throw new SilenceRefused([{ path: 'match.printerIds', message: 'There is no printer "gone"', cure: 'There are: mk4.' }])
        return silence('new', now, null)
      },
      editSilence(id, change) {
        asked.push(change)
        return silence(id, now, null)
      },
      liftSilence: (id) => asked.push(id) > 0,
    }),
  })
  return { calls, asked, pushed, now }
}

it('lists those that run, are to come and were, with what can still be changed, and tells it when it changes', async () => {
  const { calls, pushed } = room()
  const list = await calls.handlers['silences.list'](null)
  expect(list.map(({ id, state, locked }) => [id, state, locked])).toEqual([['now', 'running', false], ['later', 'coming', false], ['over', 'past', false], ['long over', 'past', true]])
  calls.changed()
  expect(pushed).toEqual([['silences.changed', list]])
})

it('makes one by the window, from now on where no start is said, and passes on why one is refused', async () => {
  const { calls, asked } = room()
  expect(await calls.handlers['silences.add']({ match: { printerIds: ['mk4'] }, startsAt: null, endsAt: null, reason: 'x' })).toEqual({ ok: true, id: 'new' })
  expect(asked).toEqual([{ match: { printerIds: ['mk4'] }, endsAt: null, reason: 'x', by: 'window' }])
  expect(await calls.handlers['silences.add']({ match: { printerIds: ['gone'] }, startsAt: 5, endsAt: null, reason: 'x' })).toEqual({ ok: false, problems: [{ path: 'match.printerIds', message: 'There is no printer "gone"', cure: 'There are: mk4.' }] })
})

it('changes what was said and nothing else, and ends one', async () => {
  const { calls, asked } = room()
  expect(await calls.handlers['silences.edit']({ id: 'now', patch: { endsAt: null } })).toEqual({ ok: true })
  expect(await calls.handlers['silences.end']('now')).toBe(true)
  expect(asked).toEqual([{ endsAt: null }, 'now'])
})
