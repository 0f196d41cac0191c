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
    expect(await addDraft({ server: draft(), name: 'Left bench', sourceIds: null }, parts, createTester(parts))).toEqual({ ok: true, printerIds: ['printer1'] })
    expect(parts.settings.added).toMatchObject([{ kind: 'alpha', fields: { url: 'http://octopi.local' }, printers: [{ name: 'Left bench', sourceId: null }] }])
    expect(parts.settings.added[0]?.secrets['apiKey']?.reveal()).toBe('key-by-hand')
    expect(alpha.tested).toEqual([])
  })

  it('asks for the key that the kind cannot do without', async () => {
    const parts = rig(fakeKind('alpha'))
    expect(await addDraft({ server: draft('alpha', { apiKey: '  ' }), name: 'Left', sourceIds: null }, parts, createTester(parts))).toEqual({ ok: false, problems: [{ path: 'apiKey', message: 'This is missing: API key.', cure: 'Enter it; ALPHA shows it in its own settings.' }] })
    expect(parts.settings.added).toEqual([])
  })

  it('finds out the kind first when it is not told', async () => {
    const parts = rig(fakeKind('alpha', { test: () => answer('not_this_server') }), fakeKind('beta'))
    expect(await addDraft({ server: draft(null), name: 'Left', sourceIds: null }, parts, createTester(parts))).toMatchObject({ ok: true })
    expect(parts.settings.added[0]?.kind).toBe('beta')
    const nobody = rig(fakeKind('alpha', { test: () => answer('refused', { detail: 'Nothing answers on octopi.local.' }) }))
    expect(await addDraft({ server: draft(null), name: 'Left', sourceIds: null }, nobody, createTester(nobody))).toEqual({ ok: false, problems: [{ path: 'url', message: 'Nothing answers on octopi.local.', cure: '' }] })
  })

  it('adds the printers that were chosen, by their own names, and later the ones that were left out', async () => {
    const parts = rig(fakeKind('alpha', { many: true, test: () => answer('ok', { sources: SEVERAL }) }))
    const tester = createTester(parts)
    expect(await addDraft({ server: draft(), name: 'Farm', sourceIds: ['1', '2'] }, parts, tester)).toEqual({ ok: true, printerIds: ['printer1', 'printer2'] })
    expect(await addDraft({ server: draft(), name: 'Own name', sourceIds: ['3'] }, parts, tester)).toEqual({ ok: true, printerIds: ['printer3'] })
    expect(parts.settings.added.flatMap(({ printers }) => printers)).toEqual([{ name: 'Left', sourceId: '1' }, { name: 'Right', sourceId: '2' }, { name: 'Own name', sourceId: '3' }])
    expect(await addDraft({ server: draft(), name: 'x', sourceIds: ['2'] }, parts, tester)).toEqual({ ok: true, printerIds: ['printer2'] })
    expect(parts.settings.added).toHaveLength(2)
  })

  it('takes a new fingerprint and a new key into a server that is there', async () => {
    const parts = rig(fakeKind('alpha'))
    const tester = createTester(parts)
    await addDraft({ server: draft(), name: 'Left', sourceIds: null }, parts, tester)
    const again = { ...draft('alpha', { apiKey: 'second-key' }, 'http://octopi.local/'), fields: { url: 'http://octopi.local/', pin: 'AA:BB:CC:DD' } }
    expect(await addDraft({ server: again, name: 'Other', sourceIds: null }, parts, tester)).toEqual({ ok: true, printerIds: ['printer1'] })
    expect(parts.settings.secretsSet).toEqual([{ id: 'server1', field: 'apiKey', value: 'second-key' }])
    expect(parts.settings.engine().servers[0]?.settings).toEqual({ url: 'http://octopi.local', pin: 'AA:BB:CC:DD' })
  })

  it('passes on what the settings refuse, and an address that is none', async () => {
    const parts = rig(fakeKind('alpha'))
    const tester = createTester(parts)
    expect(await addDraft({ server: draft('alpha', { apiKey: 'k-e-y' }, ''), name: 'Left', sourceIds: null }, parts, tester)).toMatchObject({ ok: false, problems: [{ path: 'url' }] })
    parts.settings.refuse = { ok: false, problems: [{ path: 'printers', message: 'The disk is full.', cure: 'Make room.' }] }
    expect(await addDraft({ server: draft(), name: 'Left', sourceIds: null }, parts, tester)).toEqual({ ok: false, problems: [{ path: 'printers', message: 'The disk is full.', cure: 'Make room.' }] })
  })
})
