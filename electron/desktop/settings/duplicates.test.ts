import { describe, expect, it } from 'vitest'
import { desk } from './keeper.support.ts'

const at = (id: string, label: string, channel: string, config: object) => ({ id, label, channel, config })
const FILE = {
  version: 1,
  printers: [],
  destinations: [
    at('hook', 'Hook', 'webhook', { url: 'https://log.example.org/hook' }),
    at('phone', 'Phone', 'ntfy', { topic: 'marta-7f3k' }),
    at('mail', 'Mail', 'email', { server: 'smtp.example.org', from: 'me@example.org', auth: 'none', to: ['a@example.org', 'b@example.org'] }),
    at('bot', 'Bot', 'telegram', { chatId: '-100', topicId: 4 }),
  ],
}
const add = (channel: string, config: Record<string, unknown>) => ({ what: 'add-destination', channel, label: 'Another', config, secrets: {} }) as const
const refusedAt = (path: string, label: string) => ({ ok: false, problems: [{ path, message: `is in use already, at "${label}"`, cure: `Everything would be sent there twice. Choose another, or change "${label}".` }] })

describe('R42: a second destination for the same place', () => {
  it.each([
    ['webhook', { url: 'https://log.example.org/hook' }, 'config.url', 'Hook'],
    // Written otherwise, but the same.
    ['webhook', { url: 'https://LOG.example.org:443/hook/' }, 'config.url', 'Hook'],
    ['ntfy', { topic: 'marta-7f3k', symbols: false }, 'config.topic', 'Phone'],
    ['email', { server: 'smtp.example.org', from: 'me@example.org', auth: 'none', to: ['b@example.org', 'a@example.org'] }, 'config.to', 'Mail'],
    ['telegram', { chatId: '-100', topicId: 4 }, 'config.topicId', 'Bot'],
  ])('%s %j is refused in words, at its field', async (channel, config, path, label) => {
    const { keeper, store, notices } = desk(FILE)
    const before = store.text
    expect(notices).toEqual([])
    expect(await keeper.change(add(channel, config))).toEqual(refusedAt(path, label))
    expect(store.text).toBe(before)
  })

  it.each([
    ['webhook', { url: 'https://log.example.org/HOOK' }],
    ['email', { server: 'smtp.example.org', from: 'me@example.org', auth: 'none', to: ['a@example.org'] }],
    ['telegram', { chatId: '-100' }],
    ['telegram', { chatId: '-100', topicId: 5 }],
  ])('%s %j is another place', async (channel, config) => {
    expect(await desk(FILE).keeper.change(add(channel, config))).toEqual({ ok: true })
  })

  it('a change that leads to a place of another one is refused', async () => {
    const { keeper } = desk({ ...FILE, destinations: [...FILE.destinations, at('hook-2', 'Hook 2', 'webhook', { url: 'https://log.example.org/two' })] })
    expect(await keeper.change({ what: 'destination', id: 'hook-2', patch: { config: { url: 'https://log.example.org/hook' } } })).toEqual(refusedAt('config.url', 'Hook'))
    expect(await keeper.change({ what: 'destination', id: 'hook-2', patch: { config: { url: 'https://log.example.org/three' } } })).toEqual({ ok: true })
  })

  it('two that stand so in the file may be changed otherwise', async () => {
    const { keeper } = desk({ ...FILE, destinations: [...FILE.destinations, at('hook-2', 'Hook 2', 'webhook', { url: 'https://log.example.org/hook' })] })
    expect(await keeper.change({ what: 'destination', id: 'hook-2', patch: { config: { includePicture: false } } })).toEqual({ ok: true })
    expect(await keeper.change({ what: 'destination', id: 'hook-2', patch: { label: 'Twin' } })).toEqual({ ok: true })
  })
})

describe('a destination that is added', () => {
  it('arrives switched off, and hears what it is told to, where that is asked', async () => {
    const { keeper } = desk({ ...FILE, destinations: [] })
    expect(await keeper.change({ ...add('ntfy', { topic: 'x-1' }), enabled: false, events: ['job.done'] })).toEqual({ ok: true })
    expect(keeper.settings().destinations).toMatchObject([{ id: 'another', channel: 'ntfy', enabled: false, events: ['job.done'], config: { topic: 'x-1' } }])
  })
})
