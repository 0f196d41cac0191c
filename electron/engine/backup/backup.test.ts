import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TestClock } from '../../../test/support/clock.ts'
import { memoryLog } from '../../../test/support/log.ts'
import { ENGLISH } from '../delivery/languages/language.ts'
import { initialMemory } from '../events/reduce.ts'
import { openHistory } from '../history/sqlite-history.ts'
import { batch, decision, entry, T0 } from '../history/test-support.ts'
import { Secret } from '../settings/secret.ts'
import { silenceEnds } from '../silences/ends.ts'
import { NO_SCOPE } from '../silences/match.ts'
import { swap } from './swap.ts'
import { backup, failure, fill, known, makeDesk, SETTINGS, stage, type TestDesk } from './test-support.ts'

let from: TestDesk
let to: TestDesk
let file: string
beforeEach(() => {
  from = makeDesk(SETTINGS)
  fill(from)
  to = makeDesk()
  file = join(from.folder, 'backup.tar.gz')
})
afterEach(() => {
  from.remove()
  to.remove()
})

const read = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'))
const listed = (path: string): string[] => execFileSync('tar', ['-tzf', path], { encoding: 'utf8' }).trim().split('\n')

/** Keys of what the ends of silences tell, a day after the backup. */
async function toldAtEnds(desk: TestDesk): Promise<string[]> {
  const history = desk.open()
  const clock = new TestClock(T0 + 86_400_000)
  const told: string[] = []
  const ends = silenceEnds({
    history, clock, log: memoryLog(), scope: NO_SCOPE, tagsOf: () => [], state: () => initialMemory('up').state, failing: () => [], label: (id) => id, language: () => ENGLISH,
    announce: ({ dedupeKey }) => void told.push(dedupeKey), onChanged: () => undefined,
  })
  ends.start()
  await clock.advance(300_000)
  ends.stop()
  history.close()
  return told
}

async function restore(desk: TestDesk, passphrase: string | null = null): Promise<{ notices: string[]; asides: string[] }> {
  const staged = await stage(desk, file, { passphrase: passphrase === null ? null : new Secret(passphrase) })
  const plan = await staged.finish(async ({ owner, id, field }) => ({ store: `new/${owner}/${id}/${field}` }))
  swap(desk.places, plan)
  return { notices: staged.notices, asides: plan.asides }
}

describe('a backup', () => {
  it('is a tar.gz that tar lists and whose checksums sha256sum confirms', async () => {
    const made = await backup(from, file, { withPictures: true })
    expect(made).toMatchObject({ events: 3, pictures: 1, keys: 0 })
    expect(made.bytes).toBe(statSync(file).size)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(listed(file)).toEqual(['printbell-backup.json', 'settings.json', 'printbell.db', 'pictures/p1/E1.jpg', 'SHA256SUMS'])
    const out = join(from.folder, 'out')
    mkdirSync(out)
    execFileSync('tar', ['-xzf', file, '-C', out])
    expect(execFileSync('sha256sum', ['-c', 'SHA256SUMS'], { cwd: out, encoding: 'utf8' })).toContain('printbell.db: OK')
    expect(read(join(out, 'printbell-backup.json'))).toMatchObject({ format: 'printbell-backup', version: 1, madeBy: '0.1.0', madeAt: T0, settings: { version: 1, printers: 1, destinations: 2 }, history: { events: 3 }, sealed: false })
  })

  it('holds no key: neither in the settings nor anywhere else', async () => {
    await backup(from, file)
    const bytes = execFileSync('gzip', ['-dc', file])
    expect(bytes.includes('CANARY')).toBe(false)
    expect(bytes.includes('hook.lan')).toBe(true)
  })

  it('is a copy as of one moment while the history is written, and leaves nothing in the data folder', async () => {
    const history = from.open()
    history.commit(batch([{ id: 'E4', draft: { ...known, dedupeKey: 'fresh' }, decisions: [], outbox: [] }]))
    expect(await backup(from, file)).toMatchObject({ events: 4 })
    history.commit(batch([{ id: 'E5', draft: { ...known, dedupeKey: 'fresher' }, decisions: [], outbox: [] }]))
    history.close()
    expect(readdirSync(from.places.data).filter((name) => name.startsWith('backing-up'))).toEqual([])
  })

  it('without a history holds the settings', async () => {
    const fresh = makeDesk(SETTINGS)
    expect(await backup(fresh, file)).toMatchObject({ events: 0 })
    expect((await stage(to, file)).history).toBeNull()
    fresh.remove()
  })

  it('under a passphrase says which keys it could not get, and holds the others', async () => {
    writeFileSync(from.settingsFile, JSON.stringify({ ...SETTINGS, servers: [{ ...SETTINGS.servers[0], password: { store: 'lost' } }] }))
    const made = await backup(from, file, { passphrase: new Secret('correct horse') })
    expect(made.keys).toBe(2)
    expect(made.notices).toEqual(['The password of server "mk3" is not in the backup: It is not there. Enter it again.'])
  })

  it('is not begun with settings that can\'t be used, and says what is wrong with them', async () => {
    writeFileSync(from.settingsFile, '{ "version": 1, "printers": [ { "id": "p 1" } ] }')
    const error = await failure(backup(from, file))
    expect(error.message).toContain('printers[0].id')
    expect(existsSync(file)).toBe(false)
  })

  it('that is cancelled leaves neither a file nor a copy', async () => {
    const abort = new AbortController()
    const making = backup(from, file, { signal: abort.signal, onProgress: () => abort.abort(new Error('enough')) })
    await expect(making).rejects.toThrow('enough')
    expect(readdirSync(from.folder)).toEqual(['config', 'data'])
    expect(readdirSync(from.places.data).filter((name) => name.startsWith('backing-up'))).toEqual([])
  })
})

describe('a restore', () => {
  it('brings back who acknowledged what, and tells nothing old again because such an acknowledgement ran out', async () => {
    const history = from.open()
    history.acknowledge(['E2'], T0, { until: T0 + 3_600_000, note: 'Ann is on it', by: 'window' })
    history.acknowledge(['E3'], T0, { until: null, note: null, by: 'cli' })
    history.close()
    await backup(from, file)
    await restore(to)
    const restored = to.open(true)
    expect(restored.event('E2')).toMatchObject({ acknowledgedAt: T0, acknowledgement: { until: T0 + 3_600_000, note: 'Ann is on it', overAt: T0 + 86_400_000 } })
    expect(restored.event('E3')?.acknowledgement).toMatchObject({ by: 'cli', overAt: null })
    expect(restored.nextAcknowledgementEnd(T0)).toBeNull()
    restored.close()
  })

  it('tells nothing of silences that ended between the backup and now, and follows no printer of then', async () => {
    const history = from.open()
    history.setFact('silences.ended', '{}')
    history.setFact('watches', '[{"printerId":"p1","jobKey":"j4"}]')
    history.putSilence({ id: 'S1', createdAt: T0, startsAt: T0, endsAt: T0 + 3_600_000, reason: 'New nozzles', by: 'Ann', match: {} })
    history.commit(batch([entry('E6', {
      draft: { dedupeKey: 'p1|j5|failed', type: 'job.failed', severity: 'critical' },
      decisions: [decision({ destinationId: 'hook', decision: 'drop', stage: 'silenced', reason: 'silence:S1' })],
    })]))
    history.close()
    await backup(from, file)
    await restore(to)
    expect(await toldAtEnds(to)).toEqual([])
    expect(await toldAtEnds(from)).toEqual(['app|app.silence_over|silence:S1|1768482000000|p1'])
    const restored = to.open(true)
    expect(restored.getFact('watches')).toBe('[]')
    restored.close()
  })

  it('into an empty folder gives the same events, pictures and settings', async () => {
    await backup(from, file, { withPictures: true })
    await restore(to)
    const [was, is] = [from.open(true), to.open(true)]
    const without = (event: object): object => ({ ...event, snapshotFile: null })
    expect(is.events({}).map(without)).toEqual(was.events({}).map(without))
    expect(is.events({}).map(({ id }) => id)).toEqual(['E3', 'E2', 'E1'])
    expect(is.snapshot('E1')).toMatchObject({ file: join(to.places.snapshots, 'p1', 'E1.jpg'), width: 640 })
    expect(readFileSync(join(to.places.snapshots, 'p1', 'E1.jpg'), 'utf8')).toBe('not really a jpeg, but bytes all the same')
    expect(read(to.settingsFile)).toMatchObject({ version: 1, printers: SETTINGS.printers, servers: SETTINGS.servers })
    for (const history of [was, is]) history.close()
  })

  it('sends nothing of the backup again: what waited ends with a decision and a try that say why', async () => {
    await backup(from, file)
    const { notices } = await restore(to)
    expect(notices).toContain('2 messages still waited in the backup; they are not sent any more.')
    const history = to.open()
    expect(history.outbox({}).map(({ id, state, lastResult }) => [id, state, lastResult])).toEqual([
      ['R1', 'cancelled', 'cancelled: restored_from_backup'], ['R2', 'cancelled', 'cancelled: restored_from_backup'],
    ])
    expect(history.decisions('E3').map(({ destinationId, seq, decision, stage, reason }) => [destinationId, seq, decision, stage, reason])).toEqual([
      ['hook', 1, 'deliver', 'subscribed', 'subscribed'], ['hook', 2, 'drop', 'restored', 'restored_from_backup'], ['phone', 1, 'drop', 'restored', 'restored_from_backup'],
    ])
    expect(history.attempts({ eventId: 'E3' }).map(({ result, number }) => [result, number])).toEqual([['cancelled', 1], ['cancelled', 1]])
    expect(history.due().at.size).toBe(0)
    history.close()
  })

  it('rings nothing twice: the keys of its events are known, and each printer begins with a baseline', async () => {
    await backup(from, file)
    await restore(to)
    const history = to.open()
    expect(history.commit(batch([{ id: 'E9', draft: known, decisions: [], outbox: [] }])).duplicates).toEqual([{ id: 'E9', dedupeKey: 'p1|j3|done' }])
    expect(history.loadMemories().size).toBe(0)
    history.close()
  })

  it('switches off what runs programs, and names whose keys are read from here', async () => {
    await backup(from, file)
    const { notices } = await restore(to)
    expect(notices).toContain('Destination "light" runs programs on this computer and arrived switched off.')
    expect(notices).toContain('The apiKey of server "mk3" is read from "server/mk3/apiKey" of the key store here. Keep it only if that is what you want.')
    expect((read(to.settingsFile) as typeof SETTINGS).destinations).toMatchObject([{ id: 'hook' }, { id: 'light', enabled: false }])
  })

  it('under the passphrase brings the keys and the settings as they were', async () => {
    await backup(from, file, { passphrase: new Secret('correct horse') })
    expect(execFileSync('gzip', ['-dc', file]).includes('CANARY')).toBe(false)
    const staged = await stage(to, file, { passphrase: new Secret('correct horse') })
    const kept: string[] = []
    const plan = await staged.finish(async ({ owner, id, field, value }) => {
      kept.push(`${owner}/${id}/${field}=${value.reveal()}`)
      return { store: `restored/${owner}/${id}/${field}` }
    })
    swap(to.places, plan)
    expect(kept).toEqual(['server/mk3/apiKey=CANARY-api-key', 'destination/hook/token=CANARY-hook-token'])
    expect(read(to.settingsFile)).toMatchObject({
      servers: [{ apiKey: { store: 'restored/server/mk3/apiKey' } }],
      destinations: [{ config: { url: 'http://me:CANARY-login@hook.lan/in', token: { store: 'restored/destination/hook/token' } } }, { enabled: false }],
    })
    expect(staged.notices.join(' ')).not.toContain('CANARY')
  })

  it('without the passphrase of a sealed backup brings everything but the keys, and says so', async () => {
    await backup(from, file, { passphrase: new Secret('correct horse') })
    const { notices } = await restore(to)
    expect(notices).toContain('The keys in the backup stay sealed: without its passphrase you enter them again.')
    expect(readFileSync(to.settingsFile, 'utf8')).not.toContain('CANARY')
  })

  it('with a wrong passphrase touches nothing', async () => {
    await backup(from, file, { passphrase: new Secret('correct horse') })
    expect(await failure(stage(to, file, { passphrase: new Secret('wrong horse') }))).toMatchObject({ code: 'passphrase' })
    expect(readdirSync(to.places.data)).toEqual([])
  })

  it('over what is there sets it aside, whole and usable', async () => {
    await backup(from, file, { withPictures: true })
    const history = from.open()
    history.commit(batch([{ id: 'E7', draft: { ...known, dedupeKey: 'later' }, decisions: [], outbox: [] }]))
    history.close()
    writeFileSync(from.settingsFile, JSON.stringify({ ...SETTINGS, notifyMyself: true }))
    const { asides } = await restore(from)
    expect(asides).toEqual([`${from.settingsFile}.before-restore-20260116T120000Z`, join(from.places.data, 'before-restore-20260116T120000Z')])
    expect(read(asides[0] ?? '')).toMatchObject({ notifyMyself: true })
    expect(readdirSync(from.places.data).sort()).toEqual(['before-restore-20260116T120000Z', 'engine.lock', 'printbell.db', 'snapshots'])
    const ids = (database: string): string[] => {
      const opened = openHistory({ file: database, log: memoryLog(), now: () => T0, readOnly: true })
      try {
        return opened.events({}).map(({ id }) => id)
      } finally {
        opened.close()
      }
    }
    expect(ids(from.places.database)).toEqual(['E3', 'E2', 'E1'])
    expect(ids(join(asides[1] ?? '', 'printbell.db'))).toEqual(['E7', 'E3', 'E2', 'E1'])
    expect(existsSync(join(asides[1] ?? '', 'snapshots', 'p1', 'E1.jpg'))).toBe(true)
  })

  it('of a backup without pictures keeps those that lie here, and says which events have none', async () => {
    await backup(from, file)
    await restore(from)
    const here = from.open()
    expect(here.snapshot('E1')?.file).toBe(join(from.places.snapshots, 'p1', 'E1.jpg'))
    expect(existsSync(join(from.places.snapshots, 'p1', 'E1.jpg'))).toBe(true)
    here.close()
    const { notices } = await restore(to)
    expect(notices).toContain('One event has no picture: the backup was made without pictures, and not all lie here.')
    const there = to.open()
    expect(there.snapshot('E1')).toMatchObject({ file: null, bytes: 0, why: 'the picture was not in the backup that was restored' })
    there.close()
  })

  it('that is given up leaves nothing behind', async () => {
    await backup(from, file)
    const staged = await stage(to, file)
    await staged.finish(async () => ({ store: 'x' }))
    await staged.drop()
    expect(readdirSync(to.places.data)).toEqual([])
    expect(readdirSync(join(to.folder, 'config'))).toEqual([])
  })
})
