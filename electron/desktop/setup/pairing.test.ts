import { describe, expect, it } from 'vitest'
import type { Pairing } from '../../bridge/views/setup.ts'
import { Secret } from '../../engine/settings/secret.ts'
import { createPairings } from './pairing.ts'
import { answer, fakeKind, rig, settle } from './test-support.ts'

const draft = (url = 'octopi.local', kind: string | null = 'alpha') => ({ kind, fields: { url }, secrets: {} })
const CONFIRM = { step: 'confirm', url: 'http://octopi.local/plugin/appkeys/auth/T', text: 'Confirm in ALPHA.', endsAt: 1_000 } as const
const DONE = { step: 'done', secrets: { apiKey: new Secret('granted-key') }, text: 'ALPHA has granted access.' } as const
const steps = (parts: ReturnType<typeof rig>): string[] => parts.heard<Pairing>('pairing.changed').map(({ step, cause }) => (cause === null ? step : `${step} ${cause}`))

describe('pairing', () => {
  it('asks, waits for the person, and keeps the granted key together with the printer', async () => {
    const alpha = fakeKind('alpha')
    const parts = rig(alpha)
    const room = createPairings(parts)
    expect(room.start(draft(), 'Left bench')).toEqual({ pairingId: 'pairing1', step: 'asking', canOpen: false, text: 'Asking ALPHA for access.', cause: null, endsAt: null, printerIds: [] })
    await settle()
    alpha.step(CONFIRM)
    await settle()
    expect(parts.heard('pairing.changed')).toEqual([{ pairingId: 'pairing1', step: 'confirm', canOpen: true, text: 'Confirm in ALPHA.', cause: null, endsAt: 1_000, printerIds: [] }])
    alpha.step(DONE)
    await settle()
    expect(parts.heard('pairing.changed').at(-1)).toEqual({ pairingId: 'pairing1', step: 'done', canOpen: false, text: 'ALPHA has granted access.', cause: null, endsAt: null, printerIds: ['printer1'] })
    expect(parts.settings.added).toMatchObject([{ kind: 'alpha', fields: { url: 'http://octopi.local' }, printers: [{ name: 'Left bench', sourceId: null }] }])
    expect(parts.settings.added[0]?.secrets['apiKey']?.reveal()).toBe('granted-key')
    expect(JSON.stringify(parts.pushed)).not.toContain('granted-key')
    expect(alpha.pairing()).toBe(0)
  })

  it.each(['denied', 'timed_out', 'unsupported', 'rate_limited', 'unreachable'] as const)('tells %s in the words of the server', async (cause) => {
    const alpha = fakeKind('alpha')
    const parts = rig(alpha)
    createPairings(parts).start(draft(), 'Left')
    await settle()
    alpha.step({ step: 'failed', cause, text: 'Because.' })
    await settle()
    expect(parts.heard('pairing.changed')).toMatchObject([{ step: 'failed', cause, text: 'Because.', endsAt: null }])
    expect(parts.settings.added).toEqual([])
  })

  it('runs several at once, and gives the one that runs for the same server', async () => {
    const alpha = fakeKind('alpha')
    const beta = fakeKind('beta')
    const parts = rig(alpha, beta)
    const room = createPairings(parts)
    const first = room.start(draft(), 'Left')
    const second = room.start(draft('http://voron.local', 'beta'), 'Right')
    await settle()
    expect([alpha.pairing(), beta.pairing()]).toEqual([1, 1])
    expect(room.start(draft('http://OCTOPI.local/'), 'Left').pairingId).toBe(first.pairingId)
    await settle()
    expect(alpha.pairing()).toBe(1)
    beta.step(DONE)
    await settle()
    expect(parts.heard<Pairing>('pairing.changed')).toMatchObject([{ pairingId: second.pairingId, step: 'done' }])
    await room.close()
  })

  it('is cancelled at once, and can be started again', async () => {
    const alpha = fakeKind('alpha')
    const parts = rig(alpha)
    const room = createPairings(parts)
    const { pairingId } = room.start(draft(), 'Left')
    await settle()
    alpha.step(CONFIRM)
    await settle()
    room.cancel(pairingId)
    room.cancel(pairingId)
    await settle()
    expect(steps(parts)).toEqual(['confirm', 'failed cancelled'])
    expect(alpha.pairing()).toBe(0)
    expect(room.start(draft(), 'Left').pairingId).toBe('pairing2')
    await settle()
    expect(alpha.pairing()).toBe(1)
    await room.close()
    expect(alpha.pairing()).toBe(0)
  })

  it('opens only a page of the server that was chosen, and only while it waits', async () => {
    const alpha = fakeKind('alpha')
    const parts = rig(alpha)
    const room = createPairings(parts)
    const { pairingId } = room.start(draft(), 'Left')
    await settle()
    expect(await room.open(pairingId)).toBe(false)
    alpha.step(CONFIRM)
    await settle()
    expect(await room.open(pairingId)).toBe(true)
    expect(parts.opened).toEqual(['http://octopi.local/plugin/appkeys/auth/T'])
    room.cancel(pairingId)
    expect(await room.open(pairingId)).toBe(false)
    const again = room.start(draft(), 'Left')
    await settle()
    alpha.step({ ...CONFIRM, url: 'http://elsewhere.example/' })
    await settle()
    expect(await room.open(again.pairingId)).toBe(false)
    expect(parts.opened).toHaveLength(1)
    await room.close()
  })

  it('says why a granted key could not be kept', async () => {
    const alpha = fakeKind('alpha')
    const parts = rig(alpha)
    parts.settings.refuse = { ok: false, problems: [{ path: '', message: 'The key store is locked.', cure: 'Unlock it and try again.' }] }
    createPairings(parts).start(draft(), 'Left')
    await settle()
    alpha.step(DONE)
    await settle()
    expect(parts.heard('pairing.changed').at(-1)).toMatchObject({ step: 'failed', cause: 'not_kept', text: 'The key was granted but could not be kept. The key store is locked. Unlock it and try again.' })
  })

  it('renews the key of a server that is watched already, without a second printer', async () => {
    const alpha = fakeKind('alpha')
    const parts = rig(alpha)
    await parts.settings.add({ kind: 'alpha', fields: { url: 'http://octopi.local' }, secrets: { apiKey: new Secret('old-key-1') }, printers: [{ name: 'Left', sourceId: null }] })
    createPairings(parts).start(draft('http://octopi.local/'), 'Other name')
    await settle()
    alpha.step(DONE)
    await settle()
    expect(parts.heard('pairing.changed').at(-1)).toMatchObject({ step: 'done', printerIds: ['printer1'] })
    expect(parts.settings.secretsSet).toEqual([{ id: 'server1', field: 'apiKey', value: 'granted-key' }])
    expect(parts.settings.added).toHaveLength(1)
  })

  it('takes all printers of a server that speaks for several, by their own names', async () => {
    const alpha = fakeKind('alpha', { many: true, test: () => answer('ok', { sources: [{ sourceId: '1', name: 'Left' }, { sourceId: '2', name: 'Right' }] }) })
    const parts = rig(alpha)
    createPairings(parts).start(draft(), 'The farm')
    await settle()
    alpha.step(DONE)
    await settle()
    expect(alpha.tested[0]?.secrets['apiKey']?.reveal()).toBe('granted-key')
    expect(parts.settings.added[0]?.printers).toEqual([{ name: 'Left', sourceId: '1' }, { name: 'Right', sourceId: '2' }])
    expect(parts.heard('pairing.changed').at(-1)).toMatchObject({ printerIds: ['printer1', 'printer2'] })
  })

  it('refuses at once what cannot be asked', () => {
    const parts = rig(fakeKind('alpha'), fakeKind('beta', { pairs: false }))
    const room = createPairings(parts)
    expect(room.start(draft('octopi.local', null), 'x')).toMatchObject({ step: 'failed', cause: 'unsupported', text: 'It is not known yet what kind of printer server this is. Check the address first.' })
    expect(room.start(draft('octopi.local', 'beta'), 'x')).toMatchObject({ step: 'failed', cause: 'unsupported', text: 'BETA gives no keys this way. Make one in its own settings and enter it here.' })
    expect(room.start(draft('my printer'), 'x')).toMatchObject({ step: 'failed', cause: 'bad_address' })
    expect(parts.pushed).toEqual([])
  })

  it('tells when the conversation ends without an answer, or breaks', async () => {
    const alpha = fakeKind('alpha')
    const broken = fakeKind('beta')
    broken.adapter.pair = () => {
      throw new Error('a bug')
    }
    const parts = rig(alpha, broken)
    const room = createPairings(parts)
    room.start(draft(), 'Left')
    room.start(draft('http://voron.local', 'beta'), 'Right')
    await settle()
    alpha.step(null)
    await settle()
    expect(steps(parts)).toEqual(['failed unreachable', 'failed unreachable'])
    expect(parts.log.lines).toMatchObject([{ level: 'error', message: 'a pairing broke', fields: { kind: 'beta' } }])
  })
})
