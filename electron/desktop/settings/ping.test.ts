import { describe, expect, it } from 'vitest'
import { Secret } from '../../engine/settings/secret.ts'
import { desk } from './keeper.support.ts'

const ADDRESS = 'https://hc.example.org/canary-4711'
const FILE = { version: 1, printers: [], destinations: [{ id: 'hook', label: 'Hook', channel: 'webhook', config: { url: 'https://log.example.org/' } }] }
const PING = { owner: 'ping', id: 'ping', field: 'url' } as const

describe('the sign of life', () => {
  it('R35: its address is kept as a secret and told as set', async () => {
    const { keeper, store, secrets } = desk(FILE)
    expect(keeper.view().ping).toEqual({ everyMinutes: 5, url: 'unset' })
    expect(await keeper.setSecret(PING, new Secret(ADDRESS))).toEqual({ ok: true })
    expect(store.json().ping).toEqual({ url: { store: 'ping/url' } })
    expect(secrets.get('ping/url')?.reveal()).toBe(ADDRESS)
    expect(keeper.view().ping).toEqual({ everyMinutes: 5, url: 'stored' })
    expect(keeper.engine().ping).toEqual({ everyMinutes: 5, url: { store: 'ping/url' } })
  })

  it('how often is changed without touching the address, and the address goes with its secret', async () => {
    const { keeper, secrets } = desk(FILE)
    await keeper.setSecret(PING, new Secret(ADDRESS))
    expect(await keeper.change({ what: 'general', patch: { ping: { everyMinutes: 10 } } })).toEqual({ ok: true })
    expect(keeper.view().ping).toEqual({ everyMinutes: 10, url: 'stored' })
    expect(await keeper.setSecret(PING, null)).toEqual({ ok: true })
    expect([keeper.view().ping, [...secrets.keys()]]).toEqual([{ everyMinutes: 10, url: 'unset' }, []])
  })

  it('what can be no address is refused, and so is one beside the door for secrets', async () => {
    const { keeper, store } = desk(FILE)
    const before = store.text
    expect(await keeper.setSecret(PING, new Secret('hc.example.org/x'))).toEqual({ ok: false, problems: [{ path: 'url', message: 'is not an address', cure: 'Start with http:// or https://, as your service shows it.' }] })
    expect(await keeper.setSecret({ ...PING, field: 'key' }, new Secret('x'))).toEqual({ ok: false, problems: [{ path: 'key', message: 'is not a known secret', cure: 'Known: url.' }] })
    expect(await keeper.change({ what: 'general', patch: { ping: { url: ADDRESS } } })).toMatchObject({ ok: false, problems: [{ path: 'ping.url', message: 'is a secret' }] })
    expect(store.text).toBe(before)
  })
})

describe('the way to a destination', () => {
  const network = (patch: Record<string, unknown>) => ({ what: 'destination', id: 'hook', patch: { network: patch } }) as const
  it('is changed and taken back by the window', async () => {
    const { keeper } = desk(FILE)
    expect(keeper.view().destinations[0]?.network).toBeNull()
    expect(await keeper.change(network({ proxy: 'http://proxy.lan:3128' }))).toEqual({ ok: true })
    expect(keeper.view().destinations[0]?.network).toEqual({ proxy: 'http://proxy.lan:3128' })
    expect(await keeper.change(network({ proxy: null }))).toEqual({ ok: true })
    expect(keeper.view().destinations[0]?.network).toBeNull()
  })
  it('is refused at its field', async () => {
    const { keeper } = desk(FILE)
    expect(await keeper.change(network({ proxy: 'proxy.lan' }))).toMatchObject({ ok: false, problems: [{ path: 'network.proxy' }] })
    expect(await keeper.change(network({ ca: 'mine.pem' }))).toMatchObject({ ok: false, problems: [{ path: 'network.ca' }] })
  })
})
