import { describe, expect, it, vi } from 'vitest'
import { settle } from '../../../test/support/clock.ts'
import { Secret } from '../../engine/settings/secret.ts'
import { desk, errno } from './keeper.support.ts'
import { kindsByNeed } from './kinds-by-need.ts'

const FIRST = { version: 1, printers: [], destinations: [{ id: 'desk', label: 'This computer', channel: 'desktop', config: {} }] }
const TWO = {
  version: 1,
  servers: [{ id: 'mk3', kind: 'octoprint', url: 'http://octopi.local', apiKey: { store: 'server/mk3/apiKey' } }],
  printers: [
    { id: 'mk3', name: 'MK3', sources: [{ server: 'mk3' }], thresholds: { progressStep: 0.1, layers: [1] } },
    { id: 'inline', name: 'Inline', server: { kind: 'octoprint', url: 'http://other.local', apiKey: { env: 'KEY' } } },
  ],
  destinations: [
    { id: 'desk', label: 'Desk', channel: 'desktop' },
    { id: 'hook', label: 'Hook', channel: 'webhook', config: { url: 'http://127.0.0.1:9000/', token: { store: 'destination/hook/token' }, headers: { 'X-A': '1', 'X-B': '2' } } },
  ],
  subscriptions: [{ printers: ['mk3'], events: ['job.progress'], destination: 'desk' }, { events: ['heater.*'], destination: 'hook', mode: 'off' }],
}

describe('the start', () => {
  it('asks what was read before for its first reading, and never again', async () => {
    const asked: string[] = []
    const told: string[] = []
    const { keeper, store } = desk(FIRST, { before: { of: (text) => (asked.push(text), null), read: (text) => told.push(text) } })
    const text = store.text ?? ''
    expect([asked, told]).toEqual([[text], [text]])
    store.edit(text.replace('This computer', 'The desk'))
    await settle()
    expect(await keeper.change({ what: 'remove-destination', id: 'desk' })).toEqual({ ok: true })
    expect([asked, told]).toEqual([[text], [text]])
  })

  it('begins with toasts on this computer where there is no file', async () => {
    const { keeper, store, notices } = desk(null)
    await settle()
    expect(store.json()).toEqual(FIRST)
    expect(keeper.engine().destinations).toEqual([{ id: 'desk', label: 'This computer', channel: 'desktop', enabled: true, config: {}, secrets: {} }])
    expect(notices).toEqual([])
  })

  it('changes nothing in a file that can be used', async () => {
    const { keeper, store } = desk(TWO)
    await settle()
    expect(store.written).toEqual([])
    expect(keeper.settings().printers.map(({ name }) => name)).toEqual(['MK3', 'Inline'])
  })

  it.each([
    ['is no JSON', '{ "version": 1, }', 'the file: is not valid JSON at line 1, column 15. There, there is a comma too many before }.'],
    ['breaks the schema', '{ "version": 1, "printers": 3 }', 'printers: is a number. It must be a list.'],
    ['is empty', '', 'the file: is not valid JSON at line 1, column 1. There, the text ends too early.'],
  ])('keeps a file aside that %s, says which and why, and goes on', async (_what, text, why) => {
    const { keeper, store, notices } = desk(text)
    await settle()
    expect(store.aside).toEqual([text])
    expect(store.json()).toEqual(FIRST)
    expect(keeper.settings().printers).toEqual([])
    expect(notices).toEqual([`The settings file could not be used and was kept as /config/settings.json.damaged-20260115T120000Z; new settings were begun. What is wrong: ${why}`])
  })

  it('never writes over a file of a newer version', async () => {
    const text = '{ "version": 2, "printers": "in a way nobody knows yet" }'
    const { keeper, store, notices } = desk(text)
    expect(await keeper.change({ what: 'general', patch: { notifyMyself: true } })).toEqual({
      ok: false,
      problems: [{ path: '', message: "can't be changed: /config/settings.json is of a newer Printbell (version 2, this one knows 1) and is left as it is", cure: 'Update Printbell. Until then it runs without these settings.' }],
    })
    expect(store.text).toBe(text)
    expect(store.aside).toEqual([])
    expect(notices).toEqual(["The settings can't be changed: /config/settings.json is of a newer Printbell (version 2, this one knows 1) and is left as it is. Update Printbell. Until then it runs without these settings."])
  })
})

describe('a change', () => {
  it('is merged field by field, trimmed, written without defaults, and told', async () => {
    const { keeper, store } = desk(TWO)
    const heard: unknown[] = []
    keeper.onChanged((settings, engine) => heard.push([settings.printers[0]?.name, engine.printers[0]?.thresholds.finishingSoon]))
    expect(await keeper.change({ what: 'printer', id: 'mk3', patch: { name: '  MK3S+ ', thresholds: { finishingSoon: 60 }, orientation: { rotate: 90 } } })).toEqual({ ok: true })
    expect((store.json().printers as unknown[])[0]).toEqual({ id: 'mk3', name: 'MK3S+', sources: [{ server: 'mk3' }], thresholds: { progressStep: 0.1, layers: [1], finishingSoon: 60 }, orientation: { rotate: 90 } })
    expect(heard).toEqual([['MK3S+', 60]])
  })

  it('takes a field back to its default by null, and what is empty then goes', async () => {
    const { keeper, store } = desk(TWO)
    await keeper.change({ what: 'printer', id: 'mk3', patch: { thresholds: { progressStep: null, layers: null } } })
    expect((store.json().printers as unknown[])[0]).toEqual({ id: 'mk3', name: 'MK3', sources: [{ server: 'mk3' }] })
    expect(keeper.engine().printers[0]?.thresholds.progressStep).toBe(0.25)
  })

  it('replaces what lies deeper: a header that is not named is gone', async () => {
    const { keeper, store } = desk(TWO)
    await keeper.change({ what: 'destination', id: 'hook', patch: { config: { headers: { 'X-C': ' 3 ' } } } })
    expect((store.json().destinations as unknown[])[1]).toMatchObject({ config: { url: 'http://127.0.0.1:9000/', token: { store: 'destination/hook/token' }, headers: { 'X-C': '3' } } })
    expect(Object.keys((keeper.settings().destinations[1]?.config.headers as object))).toEqual(['X-C'])
  })

  it.each([
    [{ what: 'printer', id: 'mk3', patch: { thresholds: { progressStep: 3 } } }, 'thresholds.progressStep', 'is too large', 'It must be at most 1.'],
    [{ what: 'printer', id: 'mk3', patch: { events: ['job.dne'] } }, 'events[0]', 'is "job.dne", which is no event type', 'Did you mean "job.done"?'],
    [{ what: 'printer', id: 'mk3', patch: { name: ' ' } }, 'name', 'is missing', 'Fill it in.'],
    [{ what: 'server', id: 'mk3', patch: { url: 'ftp://octopi.local' } }, 'url', 'is not valid', 'The address begins with ftp://. Use http:// or https://.'],
    [{ what: 'destination', id: 'hook', patch: { config: { url: null } } }, 'config.url', 'is missing', 'Fill it in.'],
    [{ what: 'desktop', patch: { idleMinutes: 0 } }, 'idleMinutes', 'is too small', 'It must be at least 1.'],
    [{ what: 'general', patch: { retention: { eventDays: -1 } } }, 'retention.eventDays', 'is too small', 'It must be at least 0.'],
    [{ what: 'general', patch: { printers: [] } }, 'printers', 'is not a known field', 'Known: thresholds, notifyMyself, language, retention, expiry, grouping, masked, ping.'],
    [{ what: 'destination', id: 'hook', patch: { channel: 'desktop' } }, 'channel', 'never changes', 'Add a new one instead.'],
    [{ what: 'printer', id: 'mk3', patch: { id: 'mk4' } }, 'id', 'never changes', 'Add a new one instead.'],
    [{ what: 'printer', id: 'gone', patch: { name: 'x' } }, '', 'is no longer there ("gone")', 'It was removed meanwhile. Go back to the list.'],
  ] as const)('R34: %j is refused at %s, and nothing is written', async (change, path, message, cure) => {
    const { keeper, store } = desk(TWO)
    const before = keeper.settings()
    expect(await keeper.change(change as never)).toEqual({ ok: false, problems: [{ path, message, cure }] })
    expect(store.written).toEqual([])
    expect(keeper.settings()).toBe(before)
  })

  it('that changes nothing writes nothing', async () => {
    const { keeper, store } = desk(TWO)
    expect(await keeper.change({ what: 'printer', id: 'mk3', patch: { name: 'MK3' } })).toEqual({ ok: true })
    expect(store.written).toEqual([])
  })

  it('of the window alone leaves what the engine runs on the very same', async () => {
    const { keeper } = desk(TWO)
    const before = keeper.engine()
    await keeper.change({ what: 'desktop', patch: { theme: 'dark', window: { width: 1120, height: 740, maximized: false } } })
    expect(keeper.settings().desktop).toMatchObject({ theme: 'dark', window: { width: 1120, height: 740, maximized: false } })
    expect(keeper.engine()).toBe(before)
  })

  it('waits for the one before it', async () => {
    const { keeper, store } = desk(TWO)
    await Promise.all([1, 2, 3].map((n) => keeper.change({ what: 'printer', id: 'mk3', patch: { name: `Name ${n}` } })))
    expect(store.written.map((text) => (JSON.parse(text) as typeof TWO).printers[0]?.name)).toEqual(['Name 1', 'Name 2', 'Name 3'])
    expect(keeper.settings().printers[0]?.name).toBe('Name 3')
  })

  it('does not get lost beside one whose secret takes its time', async () => {
    let kept = (): void => undefined
    const { keeper, store } = desk(TWO, { keep: () => new Promise<void>((done) => { kept = done }) })
    const slow = keeper.change({ what: 'add-destination', channel: 'webhook', label: 'Slow', config: { url: 'http://127.0.0.1/' }, secrets: { token: 'canary-4711' } })
    const quick = keeper.change({ what: 'printer', id: 'mk3', patch: { name: 'Quick' } })
    await settle()
    kept()
    expect(await Promise.all([slow, quick])).toEqual([{ ok: true }, { ok: true }])
    expect(store.json()).toMatchObject({ printers: [{ name: 'Quick' }, {}], destinations: [{}, {}, { label: 'Slow' }] })
  })

  it('makes an inline server an entry of its own, with the same meaning', async () => {
    const { keeper, store } = desk(TWO)
    await keeper.change({ what: 'server', id: 'inline', patch: { camera: 'front' } })
    expect(store.json().servers).toEqual([TWO.servers[0], { id: 'inline', kind: 'octoprint', url: 'http://other.local', apiKey: { env: 'KEY' }, camera: 'front' }])
    expect((store.json().printers as unknown[])[1]).toEqual({ id: 'inline', name: 'Inline', sources: [{ server: 'inline' }] })
  })

  it.each([['ENOSPC', 'could not be saved: the disk is full', 'Free some space, then change it again. The old settings stay in force.'], ['EROFS', 'could not be saved: their file may not be written (EROFS)', 'Let your user write into its folder, then change it again. The old settings stay in force.']])('that meets %s loses nothing', async (code, message, cure) => {
    const { keeper, store, secrets } = desk(TWO)
    const before = store.text
    store.failing = errno(code)
    expect(await keeper.change({ what: 'add-destination', channel: 'webhook', label: '', config: { url: 'http://127.0.0.1/' }, secrets: { token: 'canary-4711' } })).toEqual({ ok: false, problems: [{ path: '', message, cure }] })
    expect(store.text).toBe(before)
    expect(keeper.settings().destinations).toHaveLength(2)
    expect([...secrets.keys()]).toEqual([])
    store.failing = null
    expect(await keeper.change({ what: 'general', patch: { notifyMyself: true } })).toEqual({ ok: true })
  })

  it('is written and heard although another listener breaks', async () => {
    const { keeper, log } = desk(TWO)
    let heard = 0
    keeper.onChanged(() => {
      throw new Error('broken')
    })
    const stop = keeper.onChanged(() => heard++)
    await keeper.change({ what: 'general', patch: { notifyMyself: true } })
    stop()
    await keeper.change({ what: 'general', patch: { notifyMyself: null } })
    expect(heard).toBe(1)
    expect(log.lines.filter(({ level }) => level === 'error').map(({ message }) => message)).toEqual(['a listener of the settings broke', 'a listener of the settings broke'])
  })
})

describe('destinations', () => {
  it('R42: a label is unique within its channel, whatever its capitals and blanks', async () => {
    const { keeper } = desk(TWO)
    const problems = [{ path: 'label', message: 'is in use already', cure: 'Choose another: there is a destination of this name at "Webhook".' }]
    expect(await keeper.change({ what: 'add-destination', channel: 'webhook', label: ' HOOK ', config: { url: 'http://127.0.0.1/' }, secrets: {} })).toEqual({ ok: false, problems })
    expect(await keeper.change({ what: 'add-destination', channel: 'webhook', label: 'Desk', config: { url: 'http://127.0.0.1/' }, secrets: {} })).toEqual({ ok: true })
    expect(await keeper.change({ what: 'destination', id: 'desk-2', patch: { label: 'hook' } })).toEqual({ ok: false, problems })
  })

  it('R42: gets a label where none was given', async () => {
    const { keeper } = desk(TWO)
    for (const url of ['http://127.0.0.1/1', 'http://127.0.0.1/2']) await keeper.change({ what: 'add-destination', channel: 'webhook', label: '', config: { url }, secrets: {} })
    await keeper.change({ what: 'destination', id: 'hook', patch: { label: '' } })
    expect(keeper.settings().destinations.map(({ id, label }) => [id, label])).toEqual([['desk', 'Desk'], ['hook', 'Webhook 3'], ['webhook', 'Webhook'], ['webhook-2', 'Webhook 2']])
  })

  it('comes with its secrets in one write, which go with it', async () => {
    const { keeper, store, secrets } = desk(TWO)
    expect(await keeper.change({ what: 'add-destination', channel: 'webhook', label: 'Home', config: { url: ' http://127.0.0.1/ ', method: '' }, secrets: { token: 'canary-4711\n' } })).toEqual({ ok: true })
    expect(store.written).toHaveLength(1)
    expect((store.json().destinations as unknown[])[2]).toEqual({ id: 'home', label: 'Home', channel: 'webhook', config: { url: 'http://127.0.0.1/', token: { store: 'destination/home/token' } } })
    expect(secrets.get('destination/home/token')?.reveal()).toBe('canary-4711')
    expect(await keeper.change({ what: 'remove-destination', id: 'home' })).toEqual({ ok: true })
    expect([...secrets.keys()]).toEqual([])
  })

  it('goes with the exceptions that speak of it', async () => {
    const { keeper, store } = desk(TWO)
    expect(await keeper.change({ what: 'remove-destination', id: 'hook' })).toEqual({ ok: true })
    expect(store.json().subscriptions).toEqual([TWO.subscriptions[0]])
  })

  it('that is not valid keeps no secret', async () => {
    const { keeper, secrets } = desk(TWO)
    expect(await keeper.change({ what: 'add-destination', channel: 'webhook', label: 'X', config: { url: 'nowhere' }, secrets: { token: 'canary-4711' } })).toEqual({
      ok: false, problems: [{ path: 'config.url', message: 'is not valid', cure: 'Not an address. Start with http:// or https://.' }],
    })
    expect(await keeper.change({ what: 'add-destination', channel: 'webhook', label: 'X', config: { url: 'http://127.0.0.1/' }, secrets: { tokn: 'canary-4711' } })).toEqual({
      ok: false, problems: [{ path: 'secrets.tokn', message: 'is not a known secret', cure: 'Did you mean "token"?' }],
    })
    expect([...secrets.keys()]).toEqual([])
  })
})

describe('removing a printer', () => {
  it('takes along its server where nobody else has it, its secrets, and its name in the exceptions', async () => {
    const { keeper, store, secrets } = desk(TWO)
    secrets.set('server/mk3/apiKey', new Secret('canary-4711'))
    expect(await keeper.change({ what: 'remove-printer', id: 'mk3' })).toEqual({ ok: true })
    expect(store.json()).toMatchObject({ servers: [{ id: 'inline' }], printers: [{ id: 'inline' }], subscriptions: [TWO.subscriptions[1]] })
    expect([...secrets.keys()]).toEqual([])
  })

  it('leaves a server that another printer has', async () => {
    const shared = { ...TWO, printers: [TWO.printers[0], { id: 'b', name: 'B', sources: [{ server: 'mk3', sourceId: '2' }] }] }
    const { keeper, store, secrets } = desk(shared)
    secrets.set('server/mk3/apiKey', new Secret('canary-4711'))
    await keeper.change({ what: 'remove-printer', id: 'mk3' })
    expect(store.json().servers).toEqual(TWO.servers)
    expect(secrets.has('server/mk3/apiKey')).toBe(true)
  })
})

describe('a file that is edited while the app runs', () => {
  it('is taken over when it is valid', async () => {
    const { keeper, store, notices } = desk(TWO)
    const heard: string[] = []
    keeper.onChanged((settings) => heard.push(settings.printers[0]?.name ?? ''))
    store.edit(JSON.stringify({ ...TWO, printers: [{ ...TWO.printers[0], name: 'By hand' }] }))
    await settle()
    expect(heard).toEqual(['By hand'])
    await keeper.change({ what: 'printer', id: 'mk3', patch: { camera: 'front' } })
    expect((store.json().printers as unknown[])[0]).toMatchObject({ name: 'By hand', camera: 'front' })
    expect(notices).toEqual([])
  })

  it('may name a kind that the start had no need of', async () => {
    const kinds = kindsByNeed()
    await kinds.named([JSON.stringify(TWO)])
    const { keeper, store, notices } = desk(TWO, { kinds, allKinds: kinds.all })
    store.edit(JSON.stringify({ ...TWO, destinations: [...TWO.destinations, { id: 'phone', label: 'Phone', channel: 'ntfy', config: { topic: 'attic' } }] }))
    await vi.waitFor(() => expect(keeper.settings().destinations.length + notices.length).toBe(3))
    expect(notices).toEqual([])
    expect(keeper.settings().destinations.at(-1)).toMatchObject({ id: 'phone', channel: 'ntfy' })
  })

  it('is told when it is not, and kept aside before the next write', async () => {
    const { keeper, store, notices } = desk(TWO)
    store.edit('{ "version": 1')
    await settle()
    expect(notices).toEqual(['The settings file /config/settings.json was changed and can\'t be used; the settings from before stay in force. What is wrong: the file: is not valid JSON at line 1, column 15. There, the text ends too early.'])
    expect(keeper.settings().printers[0]?.name).toBe('MK3')
    await keeper.change({ what: 'printer', id: 'mk3', patch: { name: 'After' } })
    expect(store.aside).toEqual(['{ "version": 1'])
    expect((store.json().printers as unknown[])[0]).toMatchObject({ name: 'After' })
  })

  it('that no one was told of yet is not written over', async () => {
    const { keeper, store } = desk(TWO)
    store.text = JSON.stringify({ ...TWO, notifyMyself: true })
    await keeper.change({ what: 'printer', id: 'mk3', patch: { name: 'After' } })
    expect(store.json()).toMatchObject({ notifyMyself: true, printers: [{ name: 'After' }, {}] })
  })
})

describe('a secret', () => {
  it('is kept under its name, and told to be another one even where the settings stay', async () => {
    const { keeper, store, secrets, renewed } = desk(TWO)
    const engines = [keeper.engine()]
    keeper.onChanged((_settings, engine) => engines.push(engine))
    expect(await keeper.setSecret({ owner: 'server', id: 'inline', field: 'apiKey' }, new Secret('canary-4711'))).toEqual({ ok: true })
    expect((store.json().servers as unknown[])[1]).toMatchObject({ apiKey: { store: 'server/inline/apiKey' } })
    expect(await keeper.setSecret({ owner: 'server', id: 'inline', field: 'apiKey' }, new Secret('canary-4712'))).toEqual({ ok: true })
    expect(engines).toHaveLength(3)
    expect(engines[2]).toBe(engines[1])
    expect(renewed).toEqual([{ serverId: 'inline' }, { serverId: 'inline' }])
    expect(secrets.get('server/inline/apiKey')?.reveal()).toBe('canary-4712')
    expect(await keeper.setSecret({ owner: 'server', id: 'inline', field: 'apiKey' }, null)).toEqual({ ok: true })
    expect([...secrets.keys()]).toEqual([])
    expect((store.json().servers as object[])[1]).not.toHaveProperty('apiKey')
  })

  it('that can\'t be kept is a problem of its field', async () => {
    const { keeper, store } = desk(TWO, { keep: () => { throw new Error('The key store is locked. Unlock it.') } })
    expect(await keeper.setSecret({ owner: 'destination', id: 'hook', field: 'token' }, new Secret('canary-4711'))).toEqual({ ok: false, problems: [{ path: 'token', message: 'could not be kept', cure: 'The key store is locked. Unlock it.' }] })
    expect(await keeper.setSecret({ owner: 'destination', id: 'hook', field: 'pin' }, new Secret('canary-4711'))).toEqual({ ok: false, problems: [{ path: 'pin', message: 'is not a known secret', cure: 'Known: token, signingSecret.' }] })
    expect(store.written).toEqual([])
  })
})
