import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { settle, TestClock } from '../../../test/support/clock.ts'
import { memoryLog } from '../../../test/support/log.ts'
import { NOON } from '../../../test/support/rule-fixtures.ts'
import type { Wish } from '../commands/wish.ts'
import type { PrinterAdapter, ServerConfig } from '../printers/adapter.ts'
import { NoSuchServer } from '../printers/server-test.ts'
import { expandSettings } from '../settings/expand.ts'
import { settingsSchema } from '../settings/schema.ts'
import { Secret } from '../settings/secret.ts'
import { SilenceRefused } from '../silences/checks.ts'
import { systemNet } from '../system-net.ts'
import { answerControl, type ControlParts } from './answer.ts'
import { controlRequest } from './contract.ts'

function setUp(over: Partial<ControlParts> = {}) {
  const tested: ServerConfig[] = []
  const wishes: Wish[] = []
  const shown: (string | null)[] = []
  const stopped: string[] = []
  const clock = new TestClock(NOON)
  const adapter: PrinterAdapter = {
    kind: 'fake', displayName: 'Fake', settingsSchema: z.object({ url: z.string() }), secretFields: { apiKey: { label: 'Key', required: false }, password: { label: 'Password', required: false } }, webUrl: () => null,
    capabilities: { push: true, discover: false, pair: false, snapshot: true, commands: [], events: new Set(), jobSurvivesServer: false },
    async test(server) {
      tested.push(server)
      return { cause: 'ok', detail: 'It answers.', version: '1', permissions: null, fingerprint: null, sources: [], camera: null }
    },
    connect: () => {
      throw new Error('not asked')
    },
  }
  const adapters = new Map([['fake', adapter]])
  const settings = expandSettings(settingsSchema().parse({
    version: 1,
    printers: [{ id: 'mk4', name: 'MK4', server: { kind: 'fake', id: 'octo', url: 'http://octo', apiKey: { env: 'THERE' }, password: { env: 'GONE' } } }],
  }), { adapters, channels: new Map() }, { path: null }).engine
  const parts: ControlParts = {
    engine: {
      printers: () => [], links: () => [], silences: () => [],
      failing: () => [{ destinationId: 'hook', since: NOON, why: 'wrong key', state: 'open', nextTryAt: null }, { destinationId: 'gone', since: NOON, why: 'closed', state: 'gone', nextTryAt: null }],
      sendAllAgain: (id) => (id === 'hook' ? 3 : 0),
      discard: (eventId, id) => `${eventId} ${id}` === 'E1 hook',
      follow: (id, what) => ({ result: 'done', detail: `${id} ${what}` }),
      discardAll: (id) => (id === 'hook' ? 2 : 0),
      testDestination: async (id) => ({ label: id, verdict: { result: 'delivered', detail: 'ok' }, ms: 1 }),
      rehearse: async ({ type }) => ({ eventId: `E-${type}`, decision: { decision: 'deliver', stage: 'deliver', reason: 'subscribed' }, attempt: null }),
      play: async ({ destinationIds, type }) => ({ eventId: `E-${type}`, destinations: (destinationIds ?? ['hook', 'desk']).map((id) => ({ destinationId: id, label: id, decision: { decision: 'deliver' as const, stage: 'deliver', reason: 'subscribed', profileId: null, until: null }, attempt: null })) }),
      broadcast: async ({ text, destinationIds }) => ({ eventId: `E-${text}`, destinations: (destinationIds ?? ['hook', 'desk']).map((id) => ({ destinationId: id, label: id, decision: { decision: 'deliver' as const, stage: 'deliver', reason: 'chosen', profileId: null, until: null }, attempt: null })) }),
      silencesByTime: () => ({ running: [], coming: [], past: [] }),
      addSilence(silence) {
        if (silence.match.printerIds?.includes('mk9')) throw new SilenceRefused([{ path: 'match.printerIds', message: 'There is no printer "mk9"', cure: 'There are: mk4.' }])
        return { id: 'S2', createdAt: NOON, startsAt: NOON, ...silence }
      },
      editSilence: (id, change) => ({ id, createdAt: NOON, startsAt: NOON, endsAt: null, match: {}, reason: '', by: 'window', ...change }),
      sendAgain: (eventId, destinationId) => `${eventId} ${destinationId}` === 'E1 hook',
      async handle(wish) {
        wishes.push(wish)
        return { result: 'done', detail: 'Paused.' }
      },
      liftSilence: (id) => id === 'S1',
      markSeen: (ids) => ids.length,
      markAllSeen: async () => 7,
    },
    settings: () => ({ ...settings, destinations: [{ id: 'hook', label: 'My hook', channel: 'hook', config: {}, secrets: {}, enabled: true }] }),
    adapters,
    secrets: {
      async resolve(ref) {
        if ('env' in ref && ref.env === 'THERE') return new Secret('CANARY-answer')
        throw new Error('The environment variable GONE is not set.')
      },
    },
    clock, random: () => 0.5, net: systemNet(), log: memoryLog(),
    show: (path) => void shown.push(path),
    stop: (why) => void stopped.push(why),
    ...over,
  }
  return { parts, tested, wishes, shown, stopped }
}

describe('what the running program answers', () => {
  it('a second start brings up the window, at the page it names', async () => {
    const { parts, shown } = setUp()
    expect(await answerControl({ call: 'show', path: null }, parts)).toBeNull()
    expect(await answerControl({ call: 'show', path: '/history/01J' }, parts)).toBeNull()
    expect(shown).toEqual([null, '/history/01J'])
  })

  it('without a window it says so', async () => {
    const { parts } = setUp({ show: null })
    await expect(answerControl({ call: 'show', path: null }, parts)).rejects.toThrow('this Printbell runs without a window')
  })

  it('only a path of the window can be asked for', () => {
    expect(controlRequest.safeParse({ call: 'show', path: '/settings' }).success).toBe(true)
    expect(controlRequest.safeParse({ call: 'show', path: 'https://example.com' }).success).toBe(false)
  })

  it('the end is asked for only once the answer is given', async () => {
    const { parts, stopped } = setUp()
    await answerControl({ call: 'stop' }, parts)
    await settle()
    expect(stopped).toEqual([])
    await new Promise((done) => { setImmediate(done) })
    expect(stopped).toEqual(['stopped by the command line'])
  })

  it('a server is tested by its printer\'s id too, and the secret it misses is named', async () => {
    const { parts, tested } = setUp()
    expect(await answerControl({ call: 'test-server', serverId: 'mk4' }, parts)).toMatchObject({ cause: 'ok', missing: ['The environment variable GONE is not set.'] })
    expect(tested.map(({ id, secrets }) => [id, Object.keys(secrets), secrets.apiKey?.reveal()])).toEqual([['octo', ['apiKey'], 'CANARY-answer']])
    await expect(answerControl({ call: 'test-server', serverId: 'mk5' }, parts)).rejects.toThrow(new NoSuchServer('there is no server "mk5"; there are: octo'))
  })

  it('a wish is about what is now, and only for printers there are', async () => {
    const { parts, wishes } = setUp()
    expect(await answerControl({ call: 'wish', printerId: 'mk4', action: { name: 'pause' }, confirmed: false }, parts)).toEqual({ result: 'done', detail: 'Paused.' })
    expect(wishes).toEqual([{ printerId: 'mk4', jobKey: null, action: { name: 'pause' }, from: 'cli', madeAt: NOON, expiresAt: NOON + 60_000, confirmed: false, eventId: null }])
    await expect(answerControl({ call: 'wish', printerId: 'mk5', action: { name: 'pause' }, confirmed: false }, parts)).rejects.toThrow('there is no printer "mk5"; there are: mk4')
  })

  it('the other calls go to the engine as they are', async () => {
    const { parts } = setUp()
    expect(await answerControl({ call: 'status' }, parts)).toEqual({
      printers: [], links: [],
      failing: [{ destinationId: 'hook', label: 'My hook', since: NOON, why: 'wrong key', state: 'open', nextTryAt: null }, { destinationId: 'gone', label: 'gone', since: NOON, why: 'closed', state: 'gone', nextTryAt: null }],
    })
    expect(await answerControl({ call: 'test-destination', destinationId: 'hook' }, parts)).toMatchObject({ label: 'hook' })
    expect(await answerControl({ call: 'send', destinationId: 'hook', printerId: 'mk4', type: 'job.done' }, parts)).toMatchObject({ eventId: 'E-job.done' })
    expect(await answerControl({ call: 'send-again', eventId: 'E1', destinationId: 'hook' }, parts)).toBe(true)
    expect(await answerControl({ call: 'send-all-again', destinationId: 'hook' }, parts)).toBe(3)
    expect(await answerControl({ call: 'discard', eventId: 'E1', destinationId: 'hook' }, parts)).toBe(true)
    expect(await answerControl({ call: 'discard', eventId: 'E2', destinationId: 'hook' }, parts)).toBe(false)
    expect(await answerControl({ call: 'discard-all', destinationId: 'hook' }, parts)).toBe(2)
    expect(await answerControl({ call: 'silences' }, parts)).toEqual([])
    expect(await answerControl({ call: 'lift-silence', id: 'S1' }, parts)).toBe(true)
    expect(await answerControl({ call: 'mark-seen', eventIds: ['E1', 'E2'], all: false }, parts)).toBe(2)
  })
})

describe('what a person asks of the rules', () => {
  it('is played to those that are named, or to all', async () => {
    const { parts } = setUp()
    expect(await answerControl({ call: 'rehearse', destinationIds: ['hook'], printerId: 'mk4', type: 'job.done' }, parts)).toMatchObject({ eventId: 'E-job.done', destinations: [{ destinationId: 'hook' }] })
    expect(await answerControl({ call: 'rehearse', destinationIds: null, printerId: 'mk4', type: 'job.done' }, parts)).toMatchObject({ destinations: [{ destinationId: 'hook' }, { destinationId: 'desk' }] })
  })

  it('is silenced as it was said, and named as the command line\'s', async () => {
    const { parts } = setUp()
    const asked = controlRequest.parse({ call: 'add-silence', match: { printerIds: ['mk4'], types: ['job.paused'] }, endsAt: NOON + 3_600_000, reason: 'One hour' })
    expect(await answerControl(asked, parts)).toEqual({ id: 'S2', createdAt: NOON, startsAt: NOON, match: { printerIds: ['mk4'], types: ['job.paused'] }, endsAt: NOON + 3_600_000, reason: 'One hour', by: 'cli' })
  })

  it('is not silenced for what is not there, in the engine\'s words', async () => {
    const { parts } = setUp()
    await expect(answerControl({ call: 'add-silence', match: { printerIds: ['mk9'] }, endsAt: null, reason: 'x' }, parts)).rejects.toThrow('There is no printer "mk9". There are: mk4.')
  })

  it('changes of a silence what was said, and nothing else', async () => {
    const { parts } = setUp()
    const asked = controlRequest.parse({ call: 'edit-silence', id: 'S1', endsAt: null, match: { serverIds: ['octo'], filter: 'night' } })
    expect(await answerControl(asked, parts)).toEqual({ id: 'S1', createdAt: NOON, startsAt: NOON, endsAt: null, match: { serverIds: ['octo'], filter: 'night' }, reason: '', by: 'window' })
    expect(await answerControl({ call: 'list-silences' }, parts)).toEqual({ running: [], coming: [], past: [] })
  })

  it('is acknowledged as a wish about that one event', async () => {
    const { parts, wishes } = setUp()
    expect(await answerControl({ call: 'acknowledge', eventId: 'E1', printerId: 'mk4' }, parts)).toMatchObject({ result: 'done' })
    expect(wishes).toEqual([{ printerId: 'mk4', jobKey: null, action: { name: 'acknowledge' }, from: 'cli', madeAt: NOON, expiresAt: NOON + 60_000, confirmed: false, eventId: 'E1' }])
  })

  it('R53: is acknowledged until a time, with a note and for the history alone', async () => {
    const { parts, wishes } = setUp()
    await answerControl(controlRequest.parse({ call: 'acknowledge', eventId: 'E1', printerId: 'mk4', until: NOON + 3_600_000, note: 'Ann is on it', quiet: true }), parts)
    expect(wishes.map(({ action }) => action)).toEqual([{ name: 'acknowledge', until: NOON + 3_600_000, note: 'Ann is on it', quiet: true }])
  })

  it('is said to those that are named, or to all', async () => {
    const { parts } = setUp()
    expect(await answerControl(controlRequest.parse({ call: 'broadcast', text: 'Six', destinationIds: ['hook'] }), parts)).toMatchObject({ eventId: 'E-Six', destinations: [{ destinationId: 'hook' }] })
    expect(await answerControl(controlRequest.parse({ call: 'broadcast', text: 'Six', destinationIds: null }), parts)).toMatchObject({ destinations: [{ destinationId: 'hook' }, { destinationId: 'desk' }] })
    expect([controlRequest.safeParse({ call: 'broadcast', text: '', destinationIds: null }).success, controlRequest.safeParse({ call: 'broadcast', text: 'Six', destinationIds: [] }).success]).toEqual([false, false])
  })
})
