import { describe, expect, it } from 'vitest'
import { addDraft } from './adding.ts'
import { createTester } from './test.ts'
import { answer, fakeKind, rig } from './test-support.ts'

const draft = (kind: string | null = 'alpha', secrets: Record<string, string> = { apiKey: 'key-by-hand' }, url = 'octopi.local') => ({ kind, fields: { url }, secrets })
const SEVERAL = [{ sourceId: '1', name: 'Left' }, { sourceId: '2', name: 'Right' }, { sourceId: '3', name: 'Spare' }]

describe('adding by hand', () => {
  it('adds a server with the key that was entered and its one printer', async () => {
    const alpha = fakeKind('alpha')
    const parts = rig(alpha)
    expect(await addDraft({ server: draft(), name: 'Left bench', sourceIds: null }, parts, createTester(parts))).toEqual({ ok: true, printerIds: ['left-bench'] })
    expect(parts.servers()).toEqual([{ id: 'left-bench', kind: 'alpha', url: 'http://octopi.local' }])
    expect(parts.printers()).toEqual([['Left bench', 'left-bench', undefined]])
    expect([...parts.keys]).toEqual([['server/left-bench/apiKey', 'key-by-hand']])
    expect(alpha.tested).toEqual([])
  })

  it('asks for the key that the kind cannot do without', async () => {
    const parts = rig(fakeKind('alpha'))
    expect(await addDraft({ server: draft('alpha', { apiKey: '  ' }), name: 'Left', sourceIds: null }, parts, createTester(parts))).toEqual({ ok: false, problems: [{ path: 'apiKey', message: 'This is missing: API key.', cure: 'Enter it; ALPHA shows it in its own settings.' }] })
    expect(parts.printers()).toEqual([])
  })

  it('finds out the kind first when it is not told', async () => {
    const parts = rig(fakeKind('alpha', { test: () => answer('not_this_server') }), fakeKind('beta'))
    expect(await addDraft({ server: draft(null), name: 'Left', sourceIds: null }, parts, createTester(parts))).toMatchObject({ ok: true })
    expect(parts.servers()).toMatchObject([{ kind: 'beta' }])
    const nobody = rig(fakeKind('alpha', { test: () => answer('refused', { detail: 'Nothing answers on octopi.local.' }) }))
    expect(await addDraft({ server: draft(null), name: 'Left', sourceIds: null }, nobody, createTester(nobody))).toEqual({ ok: false, problems: [{ path: 'url', message: 'Nothing answers on octopi.local.', cure: '' }] })
  })

  it('adds the printers that were chosen, by their own names, and later the ones that were left out', async () => {
    const parts = rig(fakeKind('alpha', { many: true, test: () => answer('ok', { sources: SEVERAL }) }))
    const tester = createTester(parts)
    expect(await addDraft({ server: draft(), name: 'Farm', sourceIds: ['1', '2'] }, parts, tester)).toEqual({ ok: true, printerIds: ['left', 'right'] })
    expect(await addDraft({ server: draft(), name: 'Own name', sourceIds: ['3'] }, parts, tester)).toEqual({ ok: true, printerIds: ['own-name'] })
    expect(await addDraft({ server: draft(), name: 'x', sourceIds: ['2'] }, parts, tester)).toEqual({ ok: true, printerIds: ['right'] })
    expect(parts.printers()).toEqual([['Left', 'left', '1'], ['Right', 'left', '2'], ['Own name', 'left', '3']])
  })

  it('takes a new fingerprint and a new key into a server that is there, whichever way its only printer is named', async () => {
    const parts = rig(fakeKind('alpha'))
    const tester = createTester(parts)
    await addDraft({ server: draft(), name: 'Left', sourceIds: null }, parts, tester)
    const again = { ...draft('alpha', { apiKey: 'second-key' }), fields: { url: 'http://octopi.local/', pin: 'AA:BB:CC:DD' } }
    expect(await addDraft({ server: again, name: 'Other', sourceIds: ['printer'] }, parts, tester)).toEqual({ ok: true, printerIds: ['left'] })
    expect([...parts.keys]).toEqual([['server/left/apiKey', 'second-key']])
    expect(parts.servers()).toMatchObject([{ id: 'left', pin: 'AA:BB:CC:DD' }])
    expect(parts.printers()).toEqual([['Left', 'left', undefined]])
  })

  it('passes on what the settings refuse, and an address that is none', async () => {
    const parts = rig(fakeKind('alpha'))
    const tester = createTester(parts)
    expect(await addDraft({ server: draft('alpha', { apiKey: 'k-e-y' }, ''), name: 'Left', sourceIds: null }, parts, tester)).toMatchObject({ ok: false, problems: [{ path: 'url' }] })
    parts.store.failing = Object.assign(new Error('full'), { code: 'ENOSPC' })
    expect(await addDraft({ server: draft(), name: 'Left', sourceIds: null }, parts, tester)).toMatchObject({ ok: false, problems: [{ message: 'could not be saved: the disk is full' }] })
  })
})
