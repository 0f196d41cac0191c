import { describe, expect, it } from 'vitest'
import { TestClock } from '../../../test/support/clock.ts'
import { isPluginKind } from '../../engine/channels/plugins/kind.ts'
import { channels } from '../../engine/channels/registry.ts'
import { adapters } from '../../engine/printers/registry.ts'
import { Secret } from '../../engine/settings/secret.ts'
import { desk, type Desk } from './keeper.support.ts'
import { openManagedFiles } from './managed-files.ts'

const SHOP = { id: 'shop', label: 'Workshop', channel: 'ntfy', config: { topic: 'workshop-7f3k' } }
const textOf = (...destinations: object[]): string => JSON.stringify({ version: 1, destinations })

function open(text: string | null = textOf(SHOP), settings: object = {}): Desk & { clock: TestClock; write(text: string | null): void; troubles: string[] } {
  let now = text
  const clock = new TestClock()
  const troubles: string[] = []
  const managed = openManagedFiles({ paths: ['/etc/printbell/managed.json'], kinds: { adapters, channels, mayBeMissing: isPluginKind }, clock, onTrouble: (told) => troubles.push(told), read: () => now })
  return { ...desk({ version: 1, printers: [], destinations: [], ...settings }, { managed }), clock, troubles, write: (next) => { now = next } }
}
const patch = (given: Record<string, unknown>) => ({ what: 'destination' as const, id: 'shop', patch: given })

describe('R44: a destination of an administrator', () => {
  it('is shown with its mark, and can\'t be removed', async () => {
    const { keeper, store } = open()
    expect(keeper.view().destinations).toMatchObject([{ id: 'shop', label: 'Workshop', managed: true, config: { topic: 'workshop-7f3k' } }])
    expect(await keeper.change({ what: 'remove-destination', id: 'shop' })).toEqual({ ok: false, problems: [{ path: '', message: 'can\'t be removed: it comes from the administrator of this computer', cure: 'Switch it off instead.' }] })
    expect(store.written).toEqual([])
  })

  it('may be called otherwise and switched off without a copy', async () => {
    const { keeper, store } = open()
    expect(await keeper.change(patch({ label: 'My shop' }))).toEqual({ ok: true })
    expect(await keeper.change(patch({ enabled: false }))).toEqual({ ok: true })
    expect(store.json()).toMatchObject({ destinations: [], managed: { shop: { label: 'My shop', enabled: false } } })
    expect(keeper.engine().destinations).toMatchObject([{ id: 'shop', label: 'My shop', enabled: false }])
  })

  it('that is changed becomes a copy of one\'s own, and is off for this user', async () => {
    const { keeper } = open()
    expect(await keeper.change(patch({ events: ['job.done'] }))).toEqual({ ok: true })
    const view = keeper.view().destinations
    expect(view).toMatchObject([{ label: 'Workshop', managed: false, enabled: true, events: ['job.done'] }, { id: 'shop', managed: true, enabled: false, events: null }])
    expect(view[0]?.id).not.toBe('shop')
  })

  it('hands its place to the copy wherever the settings name it', async () => {
    const settings = (destination: string): Record<string, unknown> => ({
      printers: [{ id: 'mk4', name: 'MK4', server: { kind: 'octoprint', url: 'http://127.0.0.1:9', apiKey: { env: 'NO_KEY' } }, watch: { destinations: [destination] } }],
      subscriptions: [{ events: ['job.done'], destination }],
      profiles: [{ id: 'night', name: 'Night', destinations: [{ destination, mode: 'in_app' }], escalate: { afterMinutes: 5, to: [destination] } }, { id: 'all', name: 'All', destinations: [{ destination: '*' }] }],
    })
    const { keeper, store } = open(textOf(SHOP), settings('shop'))
    expect(await keeper.change(patch({ events: ['job.done'] }))).toEqual({ ok: true })
    const copy = keeper.view().destinations[0]?.id ?? 'none'
    expect(copy).not.toBe('shop')
    const { printers, ...named } = settings(copy)
    expect(store.json()).toMatchObject(named)
    expect(store.json()).toMatchObject({ printers: [{ watch: (printers as { watch: object }[])[0]?.watch }] })
  })

  it('whose secret is entered becomes a copy too, which has it', async () => {
    const { keeper, store, secrets } = open()
    expect(await keeper.setSecret({ owner: 'destination', id: 'shop', field: 'token' }, new Secret('CANARY-token'))).toEqual({ ok: true })
    const [copy, given] = keeper.view().destinations
    expect([copy, given]).toMatchObject([{ label: 'Workshop', managed: false, enabled: true, config: { topic: 'workshop-7f3k' }, secrets: { token: 'stored' } }, { id: 'shop', managed: true, enabled: false, secrets: { token: 'unset' } }])
    expect([...secrets].map(([name, secret]) => [name, secret.reveal()])).toEqual([[`destination/${copy?.id}/token`, 'CANARY-token']])
    expect(store.text).not.toContain('CANARY')
    expect(keeper.engine().destinations.map(({ id, enabled }) => [id, enabled])).toEqual([[copy?.id, true], ['shop', false]])
  })

  it('whose secret is taken away becomes a copy without it', async () => {
    const { keeper } = open(textOf({ ...SHOP, config: { ...SHOP.config, token: { env: 'SHOP_TOKEN' } } }))
    expect(await keeper.setSecret({ owner: 'destination', id: 'shop', field: 'token' }, null)).toEqual({ ok: true })
    expect(keeper.view().destinations).toMatchObject([{ managed: false, secrets: { token: 'unset' } }, { id: 'shop', managed: true, enabled: false, secrets: { token: 'elsewhere' } }])
  })

  it('is none that a server of its id could take for its own', async () => {
    const { keeper, store } = open()
    expect(await keeper.setSecret({ owner: 'server', id: 'shop', field: 'apiKey' }, new Secret('CANARY'))).toMatchObject({ ok: false, problems: [{ message: 'is no longer there ("shop")' }] })
    expect(await keeper.setSecret({ owner: 'destination', id: 'shop', field: 'nonsense' }, new Secret('CANARY'))).toMatchObject({ ok: false, problems: [{ path: 'nonsense', message: 'is not a known secret' }] })
    expect(store.written).toEqual([])
  })

  it('is another one when its file is, and one that is broken is told once and holds up nothing', async () => {
    const { keeper, clock, write, troubles } = open()
    write(textOf({ ...SHOP, label: 'New name' }, { id: 'bad', label: 'Bad', channel: 'nope' }))
    await clock.advance(30_000)
    expect(keeper.engine().destinations).toMatchObject([{ id: 'shop', label: 'New name' }])
    expect(troubles).toEqual([expect.stringMatching(/destinations\[1\]\.channel: is not a known channel\./)])
    write(textOf({ id: 'chat', label: 'Chat', channel: 'telegram', config: { chatId: '7' } }, { id: 'own', label: 'Own', channel: 'plugin:pager' }))
    await clock.advance(30_000)
    expect(troubles.slice(1)).toEqual([expect.stringMatching(/destinations\[0\]\.config\.token is not set/), expect.stringMatching(/Destination "own" gets nothing/)])
    write(null)
    await clock.advance(30_000)
    expect(keeper.engine().destinations).toEqual([])
    await keeper.close()
    expect(clock.pending).toBe(0)
  })
})

describe('R45: a destination whose plugin is gone', () => {
  it('is kept and shown, is not changed, and can be switched off and removed', async () => {
    const { keeper, store } = desk({ version: 1, printers: [], destinations: [{ id: 'pager', label: 'Pager', channel: 'plugin:pager', config: { number: 'CANARY-7' } }] })
    expect(store.aside).toEqual([])
    expect(keeper.view().destinations).toMatchObject([{ id: 'pager', channelName: 'plugin:pager', config: {} }])
    expect(JSON.stringify(keeper.view())).not.toContain('CANARY')
    const change = (given: Record<string, unknown>) => keeper.change({ what: 'destination', id: 'pager', patch: given })
    expect(await change({ label: 'Other' })).toEqual({ ok: false, problems: [{ path: '', message: 'can\'t be changed: its channel is not installed here', cure: 'Install it again, or remove the destination.' }] })
    expect(await change({ enabled: false })).toEqual({ ok: true })
    expect(store.json().destinations).toEqual([{ id: 'pager', label: 'Pager', channel: 'plugin:pager', config: { number: 'CANARY-7' }, enabled: false }])
    expect(await keeper.change({ what: 'remove-destination', id: 'pager' })).toEqual({ ok: true })
  })
})
