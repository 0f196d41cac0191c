import { describe, expect, it } from 'vitest'
import type { TestCause } from '../../engine/printers/adapter.ts'
import { Secret } from '../../engine/settings/secret.ts'
import { createTester } from './test.ts'
import { answer, fakeKind, rig, settle, SETTINGS } from './test-support.ts'

const draft = (url: unknown, kind: string | null = null, secrets: Record<string, string> = {}, fields: Record<string, unknown> = {}) => ({ kind, fields: { url, ...fields }, secrets })
const urlOf = (settings: unknown): string => SETTINGS.parse(settings).url

describe('the connection test', () => {
  it('lets the kind win that answers as itself, whatever the others say', async () => {
    const alpha = fakeKind('alpha', { test: () => answer('not_this_server') })
    const beta = fakeKind('beta', { test: () => answer('key_missing', { detail: 'BETA answers. It only needs a key.', version: '2.0' }) })
    const tester = createTester(rig(alpha, beta))
    expect(await tester.test(draft(' 192.168.1.40:5000 '))).toEqual({
      kind: 'beta', kindName: 'BETA', ok: false, cause: 'key_missing', detail: 'BETA answers. It only needs a key.', version: '2.0', fingerprint: null, sources: [], camera: null,
      url: 'http://192.168.1.40:5000', canPair: true,
    })
    expect(alpha.tested.map(({ settings }) => settings)).toEqual([{ url: 'http://192.168.1.40:5000' }])
  })

  it('leaves the kinds that say it is another server, and asks only a kind that a person chose instead', async () => {
    const kinds = [fakeKind('alpha', { test: () => answer('not_this_server') }), fakeKind('beta', { test: () => answer('not_this_server') }), fakeKind('gamma', { test: () => answer('ok') }), fakeKind('delta', { test: () => answer('key_missing') })]
    const tester = createTester(rig(...kinds))
    expect(await tester.test(draft('printer.local'))).toMatchObject({ kind: 'gamma', ok: true })
    expect(await tester.test(draft('printer.local', 'delta'))).toMatchObject({ kind: 'delta', ok: false, cause: 'key_missing' })
    expect(await tester.test(draft('printer.local', 'alpha'))).toMatchObject({ kind: 'alpha', ok: false, cause: 'not_this_server' })
    expect(kinds.map(({ tested }) => tested.length)).toEqual([3, 1, 1, 2])
  })

  it('shows the most telling failure when nobody answers as itself, and claims no kind', async () => {
    const pairs: [TestCause, TestCause, TestCause][] = [
      ['name_not_found', 'refused', 'refused'], ['refused', 'timeout', 'timeout'], ['not_this_server', 'server_error', 'not_this_server'],
      ['tls_self_signed', 'not_this_server', 'tls_self_signed'], ['wrong_prefix', 'not_this_server', 'wrong_prefix'],
    ]
    for (const [one, other, shown] of pairs) {
      const tester = createTester(rig(fakeKind('alpha', { test: () => answer(one) }), fakeKind('beta', { test: () => answer(other) })))
      expect(await tester.test(draft('http://printer.example:5000'))).toMatchObject({ kind: null, kindName: null, ok: false, cause: shown, detail: `It is ${shown}.`, canPair: false })
    }
  })

  it('tests only the kind that is given, and keeps naming it when it fails', async () => {
    const alpha = fakeKind('alpha', { test: () => answer('refused') })
    const beta = fakeKind('beta')
    const tester = createTester(rig(alpha, beta))
    expect(await tester.test(draft('octopi.local:5000', 'alpha'))).toMatchObject({ kind: 'alpha', cause: 'refused', canPair: true, url: 'http://octopi.local:5000' })
    expect(beta.tested).toEqual([])
    await expect(tester.test(draft('octopi.local', 'gamma'))).rejects.toThrow('There is no printer server kind "gamma". Known kinds: alpha, beta.')
  })

  it('tries a bare name with .local only when nobody knows it', async () => {
    const alpha = fakeKind('alpha', { test: ({ settings }) => (urlOf(settings) === 'http://octopi' ? answer('name_not_found') : answer('key_missing')) })
    expect(await createTester(rig(alpha)).test(draft('octopi'))).toMatchObject({ cause: 'key_missing', url: 'http://octopi.local' })
    const direct = fakeKind('alpha', { test: () => answer('key_missing') })
    expect(await createTester(rig(direct)).test(draft('octopi'))).toMatchObject({ cause: 'key_missing', url: 'http://octopi' })
    expect(direct.tested).toHaveLength(1)
    const nowhere = fakeKind('alpha', { test: ({ settings }) => answer('name_not_found', { detail: `${urlOf(settings)} was not found.` }) })
    expect(await createTester(rig(nowhere)).test(draft('octopi'))).toMatchObject({ cause: 'name_not_found', detail: 'http://octopi was not found.', url: 'http://octopi' })
  })

  it('tries https where no scheme was typed and nothing answers to http', async () => {
    const alpha = fakeKind('alpha', { test: ({ settings }) => (urlOf(settings).startsWith('https') ? answer('tls_self_signed', { fingerprint: 'AA:BB' }) : answer('refused')) })
    expect(await createTester(rig(alpha)).test(draft('octopi.local'))).toMatchObject({ cause: 'tls_self_signed', fingerprint: 'AA:BB', url: 'https://octopi.local', kind: null })
  })

  it('answers an address that is none itself, without asking anybody', async () => {
    const alpha = fakeKind('alpha')
    const tester = createTester(rig(alpha))
    expect(await tester.test(draft('192.168.1'))).toMatchObject({ ok: false, cause: 'bad_address', detail: '192.168.1 is not an IP address. It has four numbers from 0 to 255, for example 192.168.1.40.', url: null })
    expect(await tester.test(draft(undefined, 'alpha'))).toMatchObject({ kind: 'alpha', cause: 'bad_address' })
    expect(alpha.tested).toEqual([])
  })

  it('says which field the kind refuses', async () => {
    const tester = createTester(rig(fakeKind('alpha')))
    expect(await tester.test(draft('octopi.local', 'alpha', {}, { pin: 'short' }))).toMatchObject({ cause: 'bad_address', detail: 'The field "pin" is not valid. A fingerprint has eleven characters.' })
  })

  it('hands keys over without the spaces that copying adds, and only to kinds that know them', async () => {
    const alpha = fakeKind('alpha')
    await createTester(rig(alpha)).test(draft('octopi.local', 'alpha', { apiKey: ' ABCDEF0123 \n', password: 'of another kind' }, { pin: '' }))
    const config = alpha.tested[0]
    expect(config?.settings).toEqual({ url: 'http://octopi.local' })
    expect(Object.keys(config?.secrets ?? {})).toEqual(['apiKey'])
    expect(config?.secrets['apiKey']?.reveal()).toBe('ABCDEF0123')
  })

  it('takes the stored key of a server that is in the settings, and sends it to no other address', async () => {
    const alpha = fakeKind('alpha')
    const parts = rig(alpha)
    await parts.settings.add({ kind: 'alpha', fields: { url: 'http://octopi.local' }, secrets: { apiKey: new Secret('stored-key') }, printers: [{ name: 'Left', sourceId: null }] })
    const tester = createTester(parts)
    const described = { serverId: 'left', kind: 'alpha', secrets: {} }
    await tester.test({ ...described, fields: { url: 'octopi.local' } })
    await tester.test({ ...described, fields: { url: 'octopi.local' }, secrets: { apiKey: 'typed-key' } })
    await tester.test({ ...described, fields: { url: 'http://elsewhere.example' } })
    parts.keys.clear()
    await tester.test({ ...described, fields: { url: 'octopi.local' } })
    expect(alpha.tested.map(({ secrets }) => secrets['apiKey']?.reveal())).toEqual(['stored-key', 'typed-key', undefined, undefined])
  })

  it('gives up after 30 s, and leaves no timer behind', async () => {
    const alpha = fakeKind('alpha', { test: (_config, signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve(answer('timeout')))) })
    const parts = rig(alpha)
    const testing = createTester(parts).test(draft('http://octopi.local'))
    await parts.clock.advance(29_999)
    expect(parts.clock.pending).toBe(1)
    await parts.clock.advance(1)
    expect(await testing).toMatchObject({ cause: 'timeout' })
    expect(parts.clock.pending).toBe(0)
  })

  it('ends with the room', async () => {
    const alpha = fakeKind('alpha', { test: (_config, signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve(answer('timeout')))) })
    const tester = createTester(rig(alpha))
    const testing = tester.test(draft('http://octopi.local'))
    await settle()
    tester.close()
    expect(await testing).toMatchObject({ cause: 'timeout' })
  })

  it('keeps the answers of the other kinds when one breaks', async () => {
    const broken = fakeKind('alpha', { test: () => Promise.reject(new Error('a bug')) })
    const parts = rig(broken, fakeKind('beta', { test: () => answer('key_missing') }))
    expect(await createTester(parts).test(draft('octopi.local'))).toMatchObject({ kind: 'beta', cause: 'key_missing' })
    expect(parts.log.lines).toMatchObject([{ level: 'error', message: 'a connection test broke' }])
  })
})
