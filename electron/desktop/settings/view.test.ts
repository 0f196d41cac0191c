import { describe, expect, it } from 'vitest'
import { settingsView } from '../../bridge/views/settings.ts'
import { Secret } from '../../engine/settings/secret.ts'
import { desk } from './keeper.support.ts'

const CANARY = 'canary-4711-secret'
const FILE = {
  version: 1,
  servers: [{ id: 'mk3', kind: 'octoprint', url: 'http://octopi.local', snapshotUrl: `http://marta:${CANARY}@cam.local/shot?size=1`, apiKey: { store: 'server/mk3/apiKey' }, basicPassword: { file: '/etc/hidden-place' } }],
  printers: [{ id: 'mk3', name: 'MK3', sources: [{ server: 'mk3' }], camera: 'front' }],
  destinations: [
    { id: 'hook', label: 'Hook', channel: 'webhook', config: { url: 'http://127.0.0.1/', token: { store: 'destination/hook/token' } }, events: ['job.*'] },
    { id: 'old', label: 'Old', channel: 'carrier-pigeon', enabled: false, config: { key: CANARY } },
  ],
}

describe('what the window sees', () => {
  it('R35: holds no secret, no place of one and no login of an address', async () => {
    const { keeper, secrets } = desk(FILE)
    secrets.set('server/mk3/apiKey', new Secret(CANARY))
    const view = settingsView.parse(keeper.view())
    expect(view.servers).toEqual([{
      id: 'mk3', kind: 'octoprint', kindName: 'OctoPrint',
      fields: { url: 'http://octopi.local', snapshotUrl: 'http://•••@cam.local/shot?size=1' },
      secrets: { apiKey: 'stored', basicPassword: 'elsewhere' },
    }])
    expect(view.destinations.map(({ config, secrets: told }) => [config, told])).toEqual([[{ url: 'http://127.0.0.1/' }, { token: 'unset', signingSecret: 'unset' }], [{}, {}]])
    const text = JSON.stringify(view)
    for (const hidden of [CANARY, 'marta', 'hidden-place', 'server/mk3/apiKey', 'destination/hook/token']) expect(text).not.toContain(hidden)
  })

  it('R35: no answer to a change, no notice and no log line holds a secret', async () => {
    const { keeper, log, notices, store } = desk(FILE)
    const answers = [
      await keeper.change({ what: 'add-destination', channel: 'webhook', label: 'X', config: { url: 'http://127.0.0.1/', token: CANARY }, secrets: { other: CANARY } }),
      await keeper.change({ what: 'server', id: 'mk3', patch: { apiKey: CANARY } }),
      await keeper.change({ what: 'server', id: 'mk3', patch: { apiKey: { file: '/etc/shadow' } } }),
      await keeper.change({ what: 'server', id: 'mk3', patch: { url: `http://me:${CANARY}@octopi.local` } }),
      await keeper.change({ what: 'destination', id: 'hook', patch: { config: { token: CANARY } } }),
    ]
    expect(answers.map((answer) => answer.ok)).toEqual([false, false, false, false, false])
    expect(JSON.stringify(answers[2])).toContain('Enter it in its own field')
    store.edit(JSON.stringify({ ...FILE, servers: [{ ...FILE.servers[0], apiKey: CANARY }] }))
    await keeper.close()
    expect(notices).toHaveLength(1)
    expect(JSON.stringify([answers, notices, log.lines])).not.toContain(CANARY)
  })

  it('a masked address that comes back unchanged keeps its login', async () => {
    const { keeper } = desk(FILE)
    expect(await keeper.change({ what: 'server', id: 'mk3', patch: { snapshotUrl: 'http://•••@cam.local/shot?size=1', camera: 'x' } })).toEqual({ ok: true })
    expect(keeper.settings().servers[0]).toMatchObject({ snapshotUrl: `http://marta:${CANARY}@cam.local/shot?size=1`, camera: 'x' })
    await keeper.change({ what: 'server', id: 'mk3', patch: { snapshotUrl: 'http://cam.local/other' } })
    expect(keeper.settings().servers[0]).toMatchObject({ snapshotUrl: 'http://cam.local/other' })
  })

  it('tells how a destination does, and a printer\'s sources', () => {
    const last = { at: 5, result: 'retry', detail: 'It does not answer (timeout).' }
    const { keeper } = desk(FILE, { standing: (id) => (id === 'hook'
      ? { circuit: 'open', failingSince: 3, why: 'It does not answer.', nextTryAt: 9, last, waiting: 2, waitsUntil: 20, held: 1, heldUntil: 8, undelivered: 4, templateTrouble: null }
      : { circuit: 'closed', failingSince: null, why: null, nextTryAt: null, last: null, waiting: 0, waitsUntil: null, held: 0, heldUntil: null, undelivered: 0, templateTrouble: null }) })
    const view = keeper.view()
    expect(view.destinations[0]).toMatchObject({ id: 'hook', channelName: 'Webhook', events: ['job.*'], circuit: 'open', failingSince: 3, why: 'It does not answer.', nextTryAt: 9, last, waiting: 2, waitsUntil: 20, held: 1, heldUntil: 8, undelivered: 4 })
    expect(view.destinations[1]).toMatchObject({ id: 'old', channelName: 'carrier-pigeon', events: null, enabled: false })
    expect(view.printers[0]).toMatchObject({ id: 'mk3', camera: 'front', sources: [{ server: 'mk3', sourceId: null, role: 'primary' }] })
    expect(view.defaults).toMatchObject({ progressStep: 0.25, finishingSoon: 300 })
  })
})
