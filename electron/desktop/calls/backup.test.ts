import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TestClock } from '../../../test/support/clock.ts'
import { memoryLog } from '../../../test/support/log.ts'
import { calls } from '../../bridge/contract.ts'
import { doJob } from '../../engine/backup/jobs.ts'
import type { RunJob } from '../../engine/backup/start.ts'
import { settleRestore } from '../../engine/backup/swap.ts'
import { openHistory } from '../../engine/history/sqlite-history.ts'
import { batch, entry, T0 } from '../../engine/history/test-support.ts'
import { placesIn } from '../../engine/places.ts'
import { Secret } from '../../engine/settings/secret.ts'
import { kinds } from '../../engine/settings/test-support.ts'
import type { SystemFacts } from '../../bridge/views/settings.ts'
import { backupCalls, type BackupCallParts } from './backup.ts'

const SETTINGS = { version: 1, servers: [{ id: 'mk3', kind: 'box', url: 'http://box.lan', apiKey: { store: 'server/mk3/apiKey' } }], printers: [{ id: 'p1', name: 'MK3', sources: [{ server: 'mk3' }] }], destinations: [] }
const PROTECTED: SystemFacts['secrets'] = { protection: 'protected', backend: 'kwallet6', detail: 'Keys are encrypted by KWallet.' }

let folder: string
let settingsFile: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'printbell-calls-'))
  settingsFile = join(folder, 'settings.json')
  file = join(folder, 'b.tar.gz')
  mkdirSync(join(folder, 'data'))
  writeFileSync(settingsFile, JSON.stringify(SETTINGS))
  const history = openHistory({ file: placesIn(join(folder, 'data')).database, log: memoryLog(), now: () => T0 })
  history.commit(batch([entry('E1'), entry('E2')]))
  history.close()
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function rig(over: Partial<BackupCallParts> = {}) {
  const store = new Map([['server/mk3/apiKey', 'CANARY-key']])
  const pushed: unknown[] = []
  const asked: string[] = []
  let restarts = 0
  const places = placesIn(join(folder, 'data'))
  const room = backupCalls({
    places, settingsFile, kinds, keepSecrets: () => 'store', version: '0.1.0', clock: new TestClock(T0), log: memoryLog(), refuses: null,
    secrets: {
      resolve: async (ref) => new Secret(store.get('store' in ref ? ref.store : '') ?? ''),
      keep: async (name, value) => void store.set(name, value.reveal()),
      forget: async (name) => void store.delete(name),
      state: () => PROTECTED,
    },
    push: (name, payload) => void pushed.push([name, payload]),
    run: (job, onProgress, signal) => doJob(job, onProgress, signal),
    chooseTarget: async (name) => {
      asked.push(name)
      return file
    },
    chooseBackup: async () => file,
    restart: () => {
      restarts += 1
    },
    ...over,
  })
  return { room, handlers: room.handlers, store, pushed, asked, places, restarts: () => restarts }
}
const rests = (): string[] => readdirSync(join(folder, 'data')).filter((name) => /restor|backing/.test(name))

describe('backing up from the window', () => {
  it('asks where to by a name with the day, tells how far it is, and what is inside', async () => {
    const { handlers, asked, pushed } = rig()
    const made = await handlers['backup.make']({ pictures: false, passphrase: 'correct horse' })
    expect(asked).toEqual(['printbell-backup-2026-01-15.tar.gz'])
    expect(made).toMatchObject({ result: 'saved', file, events: 2, pictures: 0, keys: 1, notices: [] })
    expect(pushed[0]).toEqual(['backup.progress', { step: 'copying', done: 0, total: 0 }])
    expect(() => calls['backup.make'].output.parse(made)).not.toThrow()
  })

  it('makes nothing when no file is chosen', async () => {
    const { handlers } = rig({ chooseTarget: async () => null })
    expect(await handlers['backup.make']({ pictures: false, passphrase: null })).toEqual({ result: 'cancelled' })
    expect(existsSync(file)).toBe(false)
  })

  it('tells why it could not be made', async () => {
    const { handlers } = rig({ chooseTarget: async () => join(folder, 'none', 'b.tar.gz') })
    expect(await handlers['backup.make']({ pictures: false, passphrase: null })).toEqual({ result: 'failed', why: `${join(folder, 'none')} is not there. Check the name and try again.` })
  })

  it('one at a time; cancelled, it leaves nothing', async () => {
    let begun = (): void => undefined
    const running = new Promise<void>((done) => {
      begun = done
    })
    const never: RunJob = (_job, _onProgress, signal) => new Promise((_done, fail) => {
      signal.addEventListener('abort', () => fail(signal.reason as Error))
      begun()
    })
    const { handlers } = rig({ run: never })
    const first = handlers['backup.make']({ pictures: false, passphrase: null })
    expect(await handlers['backup.make']({ pictures: false, passphrase: null })).toEqual({ result: 'failed', why: 'Another backup or restore is under way. Cancel it, or wait until it is done.' })
    await running
    await handlers['backup.cancel'](null)
    expect(await first).toEqual({ result: 'cancelled' })
    expect(existsSync(file)).toBe(false)
  })
})

describe('restoring from the window', () => {
  const backUp = async (passphrase: string | null = null): Promise<void> => void (await rig().handlers['backup.make']({ pictures: false, passphrase }))

  it('looks into the file, prepares beside what is there, and puts it in place at the next start', async () => {
    await backUp('correct horse')
    writeFileSync(settingsFile, JSON.stringify({ ...SETTINGS, notifyMyself: true }))
    const { handlers, store, places, restarts } = rig()
    const chosen = await handlers['backup.choose'](null)
    expect(chosen).toEqual({ result: 'chosen', name: 'b.tar.gz', madeAt: T0, madeBy: '0.1.0', printers: 1, destinations: 0, events: 2, pictures: null, sealed: true })
    const prepared = await handlers['backup.prepare']({ passphrase: 'correct horse' })
    expect(prepared).toMatchObject({ result: 'ready', keys: 1 })
    expect(JSON.stringify(prepared)).not.toContain('CANARY')
    expect(JSON.parse(readFileSync(settingsFile, 'utf8'))).toMatchObject({ notifyMyself: true })
    expect(await handlers['backup.restart'](null)).toEqual({ result: 'restarting' })
    expect(restarts()).toBe(1)
    // The old settings find their key still; the new ones theirs.
    expect([...store]).toEqual([['server/mk3/apiKey', 'CANARY-key'], ['restored-20260115T120000Z/server/mk3/apiKey', 'CANARY-key']])
    expect(settleRestore(places, T0)).toMatchObject({ what: 'restored' })
    expect(JSON.parse(readFileSync(settingsFile, 'utf8'))).toEqual({ ...SETTINGS, servers: [{ ...SETTINGS.servers[0], apiKey: { store: 'restored-20260115T120000Z/server/mk3/apiKey' } }] })
  })

  it('the window that closes after the restart was asked for does not take it back', async () => {
    await backUp()
    const { room, handlers, places } = rig()
    await handlers['backup.choose'](null)
    await handlers['backup.prepare']({ passphrase: null })
    await handlers['backup.restart'](null)
    room.windowClosed()
    await room.close()
    expect(settleRestore(places, T0)).toMatchObject({ what: 'restored' })
  })

  it('a wrong passphrase is told as such, and may be tried again', async () => {
    await backUp('correct horse')
    const { handlers } = rig()
    await handlers['backup.choose'](null)
    expect(await handlers['backup.prepare']({ passphrase: 'wrong horse' })).toMatchObject({ result: 'passphrase' })
    expect(rests()).toEqual([])
    expect(await handlers['backup.prepare']({ passphrase: 'correct horse' })).toMatchObject({ result: 'ready' })
  })

  it('keys that would be in memory only are refused before anything is changed, with what helps', async () => {
    await backUp('correct horse')
    const secrets = { ...PROTECTED, protection: 'session_only' as const, detail: 'Keys are kept in memory until Printbell ends, as you chose.' }
    const { handlers } = rig({ secrets: { resolve: async () => new Secret('x'), keep: async () => undefined, forget: async () => undefined, state: () => secrets } })
    await handlers['backup.choose'](null)
    expect(await handlers['backup.prepare']({ passphrase: 'correct horse' })).toEqual({
      result: 'failed', why: 'The keys of the backup can\'t be kept over the restart. Keys are kept in memory until Printbell ends, as you chose. Or restore without the passphrase, and enter the keys again.',
    })
    expect(rests()).toEqual([])
    expect(await handlers['backup.prepare']({ passphrase: null })).toMatchObject({ result: 'ready', keys: 0 })
  })

  it('a key store that refuses leaves all as it was, and none of the keys', async () => {
    await backUp('correct horse')
    const forgotten: string[] = []
    const { handlers, restarts } = rig({
      secrets: { resolve: async () => new Secret('x'), keep: async () => Promise.reject(new Error('The disk is full. Free some space, then enter it again.')), forget: async (name) => void forgotten.push(name), state: () => PROTECTED },
    })
    await handlers['backup.choose'](null)
    await handlers['backup.prepare']({ passphrase: 'correct horse' })
    expect(await handlers['backup.restart'](null)).toEqual({ result: 'failed', why: 'The disk is full. Free some space, then enter it again.' })
    expect(restarts()).toBe(0)
    expect(rests()).toEqual([])
    expect(await handlers['backup.restart'](null)).toMatchObject({ result: 'failed' })
  })

  it('what was prepared goes when the person gives it up, or closes the window', async () => {
    await backUp()
    const { room, handlers } = rig()
    await handlers['backup.choose'](null)
    await handlers['backup.prepare']({ passphrase: null })
    expect(rests()).toHaveLength(1)
    await handlers['backup.drop'](null)
    expect(rests()).toEqual([])
    await handlers['backup.prepare']({ passphrase: null })
    await room.close()
    expect(rests()).toEqual([])
  })

  it('tells why a file can\'t be restored, and nothing of one that was not chosen', async () => {
    writeFileSync(file, 'a shopping list')
    expect(await rig().handlers['backup.choose'](null)).toEqual({ result: 'failed', why: 'This file is not a backup of Printbell. Choose one that "Back up" or the command "backup" made.' })
    expect(await rig({ chooseBackup: async () => null }).handlers['backup.choose'](null)).toBeNull()
    expect(await rig().handlers['backup.prepare']({ passphrase: null })).toMatchObject({ result: 'failed' })
    expect(await rig({ refuses: 'This is the demo.' }).handlers['backup.choose'](null)).toEqual({ result: 'failed', why: 'This is the demo.' })
  })
})
