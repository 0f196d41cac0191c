import { describe, expect, it } from 'vitest'
import type { Wish } from '../../engine/commands/wish.ts'
import type { Silence } from '../../engine/history/history.ts'
import { TestClock } from '../../../test/support/clock.ts'
import { cardOf } from '../view/cards.ts'
import type { PrinterFacts } from '../view/facts.ts'
import { factsOf, NOW, printing, rememberedOf, runout, stateOf } from '../view/view.support.ts'
import { printerCalls } from './printers.ts'

function rig(given: Partial<PrinterFacts> = {}, printer: Parameters<typeof printerCalls>[0]['printer'] = () => ({})) {
  const clock = new TestClock(NOW)
  const facts = factsOf(given)
  const wishes: Wish[] = []
  const done: string[] = []
  const silences: Silence[] = []
  const calls = printerCalls({
    clock, printer,
    engine: () => ({
      handle: async (wish) => {
        wishes.push(wish)
        return { result: 'done', detail: 'Paused.' }
      },
      follow(id, what) {
        done.push(`follow ${id} ${what}`)
        return { result: 'done', detail: 'Followed.' }
      },
      markSeen: (ids) => done.push(`seen ${ids.join()}`),
      silences: () => silences,
      liftSilence: (id) => {
        silences.splice(silences.findIndex((silence) => silence.id === id), 1)
        return true
      },
      editSilence(id, { match }) {
        silences.splice(silences.findIndex((silence) => silence.id === id), 1, { ...(silences.find((silence) => silence.id === id) as Silence), match })
      },
      webUrl: () => 'http://user:pass@voron.local:8080/mainsail?token=abc',
      addSilence: (silence) => silences.push({ ...silence, id: `s${silences.length}`, createdAt: clock.now(), startsAt: clock.now() }),
    }),
    overview: {
      cards: () => [cardOf(facts, NOW)], card: (id) => (id === 'mk4' ? cardOf(facts, NOW) : null), facts: (id) => (id === 'mk4' ? facts : null),
      status: () => ({ needs: 0, error: 0, printing: 1, offline: 0, idle: 0, unseen: 0, failing: [], paused: null }), refresh: () => void done.push('refresh'), recount: () => void done.push('recount'),
    },
    heat: { series: (id, now) => ({ series: [{ id: `${id}@${now}`, role: 'bed', points: [] }] }) },
    live: { watch: (list) => void done.push(`watch ${list.length}`) },
    openPage: async (url) => {
      done.push(`open ${url}`)
      return true
    },
  })
  return { calls, wishes, done, silences }
}
const wishOf = (name: 'pause' | 'resume' | 'cancel' | 'acknowledge' | 'unmute') => ({ printerId: 'mk4', jobKey: 'mk4/7', action: { name }, confirmed: false })

describe('wishes of the window', () => {
  it('carry the print the button stood for and expire within a minute', async () => {
    const { calls, wishes } = rig()
    expect(await calls['printers.wish'](wishOf('pause'))).toEqual({ result: 'done', detail: 'Paused.' })
    expect(wishes).toEqual([{ printerId: 'mk4', jobKey: 'mk4/7', action: { name: 'pause' }, from: 'window', madeAt: NOW, expiresAt: NOW + 60_000, confirmed: false, eventId: null }])
  })

  it('are refused where the settings switch the command off', async () => {
    const { calls, wishes } = rig({}, () => ({ commands: ['cancel'] }))
    expect((await calls['printers.wish'](wishOf('pause'))).result).toBe('forbidden')
    expect(wishes).toEqual([])
    expect((await calls['printers.wish'](wishOf('cancel'))).result).toBe('done')
    expect((await calls['printers.wish'](wishOf('acknowledge'))).result).toBe('done')
  })

  it('acknowledge the event that is open', async () => {
    const trouble = rememberedOf({ eventId: '01RUN', type: 'attention.filament_runout', attention: { key: runout.key, since: runout.since } })
    const { calls, wishes, done } = rig({ state: printing({ attentions: [runout] }), trouble })
    await calls['printers.wish'](wishOf('acknowledge'))
    expect(wishes[0]?.eventId).toBe('01RUN')
    expect(done).toEqual(['recount'])
  })

  it('R53: acknowledge it for a while, with a note', async () => {
    const trouble = rememberedOf({ eventId: '01RUN', type: 'attention.filament_runout', attention: { key: runout.key, since: runout.since } })
    const { calls, wishes } = rig({ state: printing({ attentions: [runout] }), trouble })
    await calls['printers.wish']({ printerId: 'mk4', jobKey: null, action: { name: 'acknowledge', until: NOW + 3_600_000, note: 'Ann is on it', quiet: false }, confirmed: false })
    expect(wishes).toMatchObject([{ eventId: '01RUN', action: { name: 'acknowledge', until: NOW + 3_600_000, note: 'Ann is on it' } }])
  })

  it('R68: follow a printer, this print but no later one, and let go of it', async () => {
    const { calls, done } = rig({ state: printing() })
    const follow = (what: 'always' | 'print', jobKey: string | null) => calls['printers.wish']({ printerId: 'mk4', jobKey, action: { name: 'follow', what }, confirmed: false })
    expect(await follow('print', 'mk4/7')).toEqual({ result: 'done', detail: 'Followed.' })
    expect(await follow('print', 'mk4/6')).toEqual({ result: 'stale', detail: 'That print is over. Nothing was done.' })
    await follow('always', null)
    await calls['printers.wish']({ printerId: 'mk4', jobKey: null, action: { name: 'unfollow' }, confirmed: false })
    expect(done.filter((one) => one.startsWith('follow'))).toEqual(['follow mk4 print', 'follow mk4 always', 'follow mk4 null'])
  })

  it('unmute lifts the mutes of this printer and of this print, and no other silence', async () => {
    const { calls, silences } = rig()
    const silence = (id: string, match: Silence['match']): Silence => ({ id, createdAt: NOW, startsAt: NOW, endsAt: null, match, reason: '', by: 'toast' })
    silences.push(silence('printer', { printerIds: ['mk4'] }), silence('print', { printerIds: ['mk4'], jobKey: 'mk4/7' }), silence('old print', { printerIds: ['mk4'], jobKey: 'mk4/6' }), silence('kind', { printerIds: ['mk4'], types: ['job.progress'] }), silence('other', { printerIds: ['voron'] }), silence('all', {}), silence('both', { printerIds: ['mk4', 'voron'] }), silence('filtered', { printerIds: ['mk4'], filter: 'night' }), silence('server', { serverIds: ['octo'] }))
    expect(await calls['printers.wish'](wishOf('unmute'))).toMatchObject({ result: 'done' })
    expect(silences.map(({ id }) => id)).toEqual(['old print', 'kind', 'other', 'all', 'both', 'filtered', 'server'])
    expect(silences.find(({ id }) => id === 'both')?.match).toEqual({ printerIds: ['voron'] })
    expect(await calls['printers.wish'](wishOf('unmute'))).toMatchObject({ result: 'stale' })
  })
})

describe('details', () => {
  it('tell the job, the cameras with the chosen one, and no more of the address than its host', async () => {
    const cameras = [{ id: 'nozzle', name: 'Nozzle', canSnapshot: true }, { id: 'room', name: 'Room', canSnapshot: false }]
    const { calls } = rig({ state: printing({ cameras, z: 22.4, message: 'Layer 112', progressSource: 'file' }) }, () => ({ camera: 'room' }))
    expect(await calls['printers.details']('mk4')).toMatchObject({
      cameras: [{ id: 'nozzle', name: 'Nozzle', chosen: false, canSnapshot: true }, { id: 'room', name: 'Room', chosen: true, canSnapshot: false }],
      job: { user: 'marta', size: 4_200_000, z: 22.4, progressSource: 'file' }, message: 'Layer 112', serverAddress: 'voron.local:8080',
    })
  })
  it.each<[string, boolean | undefined, readonly string[] | null, boolean]>([
    ['a server that can do it', true, null, true],
    ['a server that can not', undefined, null, false],
    ['settings that leave it out', true, ['pause', 'cancel'], false],
  ])('tell whether there is an emergency stop: %s', async (_what, can, commands, expected) => {
    const capabilities = { pause: true, resume: true, cancel: true, gcode: true, answer: true, snapshot: true, ...(can === undefined ? {} : { emergency_stop: can }) }
    const all = ['pause', 'resume', 'cancel', 'gcode', 'answer', 'emergency_stop']
    const { calls } = rig({ state: printing({ capabilities }), commands: new Set(commands ?? all) as never })
    expect((await calls['printers.details']('mk4'))?.emergencyStop).toBe(expected)
  })
  it('tell no job when none runs, and nothing of a printer that is gone', async () => {
    const { calls } = rig({ state: stateOf() })
    expect((await calls['printers.details']('mk4'))?.job).toBeNull()
    expect(await calls['printers.details']('gone')).toBeNull()
  })
})

describe('the rest', () => {
  it('marks the end of the last print as seen, once', async () => {
    const unseen = rig({ last: rememberedOf() })
    await unseen.calls['printers.mark-result-seen']('mk4')
    expect(unseen.done).toEqual(['seen 01J0', 'recount'])
    const seen = rig({ last: rememberedOf({ seen: true }) })
    await seen.calls['printers.mark-result-seen']('mk4')
    expect(seen.done).toEqual([])
  })
  it('pauses all notifications, the newest word counts, and turns them on again', async () => {
    const { calls, silences } = rig()
    silences.push({ id: 'mine', createdAt: NOW, startsAt: NOW, endsAt: null, match: { printerIds: ['mk4'] }, reason: '', by: 'toast' })
    await calls['notifications.pause']({ until: null })
    await calls['notifications.pause']({ until: NOW + 3_600_000 })
    expect(silences.map(({ match, endsAt }) => ({ match, endsAt }))).toEqual([{ match: { printerIds: ['mk4'] }, endsAt: null }, { match: {}, endsAt: NOW + 3_600_000 }])
    await calls['notifications.resume'](null)
    expect(silences.map(({ id }) => id)).toEqual(['mine'])
  })
  it('opens the engine\'s address, never one of the window\'s', async () => {
    const { calls, done } = rig()
    expect(await calls['printers.open-page']('mk4')).toBe(true)
    expect(done).toEqual(['open http://user:pass@voron.local:8080/mainsail?token=abc'])
  })
  it('passes temperatures and watched pictures on', async () => {
    const { calls, done } = rig()
    expect(await calls['printers.temperatures']('mk4')).toEqual({ series: [{ id: `mk4@${NOW}`, role: 'bed', points: [] }] })
    await calls['printers.watch-live']([{ printerId: 'mk4', cameraId: null }])
    expect(done).toEqual(['watch 1'])
  })
})
