import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { LinkingView } from '../../bridge/views/destinations.ts'
import type { ChannelKind, ChannelPairStep, DestinationConfig } from '../../engine/channels/channel.ts'
import { channels } from '../../engine/channels/registry.ts'
import { settle, TestClock } from '../../../test/support/clock.ts'
import { memoryLog } from '../../../test/support/log.ts'
import { systemNet } from '../../engine/system-net.ts'
import { Secret } from '../../engine/settings/secret.ts'
import { importers } from '../destinations/importers.ts'
import { desk } from '../settings/keeper.support.ts'
import { destinationCalls, type DestinationCallParts } from './destinations.ts'

const CANARY = 'canary-4711-secret'
const WAIT: ChannelPairStep = { step: 'wait', text: 'Press "Start".', url: 'https://t.me/a_bot?start=1', endsAt: 1_000 }
const DONE: ChannelPairStep = { step: 'done', config: { chatId: '-100', topicId: null }, secrets: {}, text: 'Linked to "Family".' }
const FILE = { version: 1, printers: [], destinations: [{ id: 'family', label: 'Family', channel: 'telegram', config: { chatId: '7', token: { store: 'destination/family/token' } } }] }

function room(more: { steps?: ChannelPairStep[]; engine?: Partial<NonNullable<ReturnType<DestinationCallParts['engine']>>> | null; file?: object; chosen?: string | null } = {}) {
  const at = desk(more.file ?? FILE)
  const asked: DestinationConfig[] = []
  const opened: string[] = []
  const heard: LinkingView[] = []
  /** Steps are taken one after the other, each when the test lets it. */
  const gates: (() => void)[] = []
  let aborted = false
  const real = channels.get('telegram') as ChannelKind
  const telegram: ChannelKind = {
    ...real,
    guide: { steps: [], links: [{ label: 'Good', url: 'https://t.me/BotFather' }, { label: 'Plain', url: 'http://t.me/' }, { label: 'Login', url: 'https://me:x@t.me/' }, { label: 'File', url: 'file:///etc/passwd' }] },
    async* pair(destination, _ports, signal) {
      asked.push(destination)
      signal.addEventListener('abort', () => {
        aborted = true
        for (const open of gates.splice(0)) open()
      })
      for (const step of more.steps ?? [WAIT, DONE]) {
        yield step
        await new Promise<void>((resolve) => gates.push(resolve))
      }
    },
  }
  const calls = destinationCalls({
    channels: new Map(channels).set('telegram', telegram), importers, settings: at.keeper, engine: () => (more.engine ?? null) as ReturnType<DestinationCallParts['engine']>,
    secrets: {
      async resolve(ref) {
        const secret = 'store' in ref ? at.secrets.get(ref.store) : undefined
        if (!secret) throw new Error('it is not there')
        return secret
      },
    },
    ports: { clock: new TestClock(), random: () => 0.5, net: systemNet(), log: memoryLog() },
    push: (name, payload) => {
      if (name === 'linking.changed') heard.push(payload as LinkingView)
    },
    newId: () => 'link-1',
    openPage: async (url) => opened.push(url) > 0,
    readFile: async () => more.chosen ?? null,
    chooseFile: async () => more.chosen ?? null,
  })
  return { ...at, calls, handlers: calls.handlers, asked, opened, heard, go: async () => { gates.shift()?.(); await settle() }, aborted: () => aborted }
}
const wish = { destinationId: null, channel: 'telegram', label: 'Family chat', config: { silent: 'info' }, secrets: { token: CANARY } }

describe('linking an account', () => {
  it('tells what to do, and adds the destination with what it brought', async () => {
    const { handlers, heard, asked, go, keeper, secrets } = room({ file: { version: 1, printers: [], destinations: [] } })
    expect(await handlers['destinations.link'](wish)).toEqual({ linkId: 'link-1', step: 'asking', text: 'Asking Telegram.', canOpen: false, endsAt: null, destinationId: null, config: {} })
    await settle()
    expect(asked[0]?.secrets.token?.reveal()).toBe(CANARY)
    expect(heard).toEqual([{ linkId: 'link-1', step: 'wait', text: 'Press "Start".', canOpen: true, endsAt: 1_000, destinationId: null, config: {} }])
    await go()
    expect(heard.at(-1)).toEqual({ linkId: 'link-1', step: 'done', text: 'Linked to "Family".', canOpen: false, endsAt: null, destinationId: 'family-chat', config: { chatId: '-100', topicId: null } })
    expect(keeper.settings().destinations).toMatchObject([{ id: 'family-chat', label: 'Family chat', config: { chatId: '-100', silent: 'info' } }])
    expect(secrets.get('destination/family-chat/token')?.reveal()).toBe(CANARY)
    expect(JSON.stringify(heard)).not.toContain(CANARY)
  })

  it('of one that is there takes its stored secret, and changes it', async () => {
    const { handlers, asked, heard, go, keeper, secrets } = room()
    secrets.set('destination/family/token', new Secret(CANARY))
    await handlers['destinations.link']({ ...wish, destinationId: 'family', secrets: {} })
    await settle()
    expect(asked[0]?.secrets.token?.reveal()).toBe(CANARY)
    await go()
    expect(heard.at(-1)).toMatchObject({ step: 'done', destinationId: 'family' })
    expect(keeper.settings().destinations[0]).toMatchObject({ config: { chatId: '-100' } })
  })

  it('that could not be kept says so, and gives the form what it brought', async () => {
    const { handlers, heard, go } = room({ file: { version: 1, printers: [], destinations: [{ id: 'old', label: 'Old', channel: 'telegram', config: { chatId: '-100' } }] } })
    await handlers['destinations.link'](wish)
    await settle()
    await go()
    expect(heard.at(-1)).toMatchObject({ step: 'failed', destinationId: null, config: { chatId: '-100' } })
    expect(heard.at(-1)?.text).toContain('It is linked, but could not be kept.')
    expect(heard.at(-1)?.text).toContain('at "Old"')
  })

  it('is stopped, and fails in the words of the channel', async () => {
    const { handlers, heard, aborted } = room()
    await handlers['destinations.link'](wish)
    await settle()
    await handlers['destinations.cancel-link']('link-1')
    expect([heard.at(-1)?.step, heard.at(-1)?.text, aborted()]).toEqual(['failed', 'Stopped.', true])
    const other = room({ steps: [{ step: 'failed', text: `Nobody sent the code. ${new Secret(CANARY).reveal()}` }] })
    await other.handlers['destinations.link'](wish)
    await settle()
    expect(other.heard.at(-1)).toMatchObject({ step: 'failed', text: 'Nobody sent the code. [secret]' })
  })

  it('of a kind that has nothing to link says what to do instead', async () => {
    expect(await room().handlers['destinations.link']({ ...wish, channel: 'webhook' })).toMatchObject({ step: 'failed', text: 'Webhook has nothing to link. Fill the form in by hand.' })
  })

  it('opens the page that the channel named, and only while it waits', async () => {
    const { handlers, opened, go } = room()
    await handlers['destinations.link'](wish)
    expect(await handlers['destinations.open-linking']('link-1')).toBe(false)
    await settle()
    expect(await handlers['destinations.open-linking']('link-1')).toBe(true)
    await go()
    expect(await handlers['destinations.open-linking']('link-1')).toBe(false)
    expect(opened).toEqual(['https://t.me/a_bot?start=1'])
  })
})

describe('pages of a guide', () => {
  it('are opened by their place, and none but https without a login', async () => {
    const { handlers, opened } = room()
    const answers: boolean[] = []
    for (const link of [0, 1, 2, 3, 4]) answers.push(await handlers['destinations.open-link']({ channel: 'telegram', link }))
    expect(answers).toEqual([true, false, false, false, false])
    expect(await handlers['destinations.open-link']({ channel: 'fax', link: 0 })).toBe(false)
    expect(opened).toEqual(['https://t.me/BotFather'])
  })
})

describe('what was not delivered', () => {
  const letter = { eventId: 'E1', destinationId: 'family', state: 'dead', title: 'MK4: print done', type: 'job.done', severity: 'success', printerId: 'mk4', occurredAt: 1, endedAt: 2, why: 'It refuses this.', attempts: 1 } as const

  it('is listed, with how many there are in all', async () => {
    const { handlers } = room({ engine: { deadLetters: () => [letter], deadLetterCounts: () => new Map([['family', 240]]) } })
    expect(await handlers['destinations.dead-letters']('family')).toEqual({
      total: 240, letters: [{ eventId: 'E1', state: 'dead', title: 'MK4: print done', type: 'job.done', severity: 'success', occurredAt: 1, endedAt: 2, why: 'It refuses this.', attempts: 1 }],
    })
    expect(await room().handlers['destinations.dead-letters']('family')).toEqual({ total: 0, letters: [] })
  })

  it('is sent again or discarded, one or all', async () => {
    const done: string[] = []
    const { handlers } = room({ engine: {
      sendAgain: (eventId, id) => done.push(`again ${eventId} ${id}`) > 0, sendAllAgain: (id) => done.push(`all again ${id}`),
      discard: (eventId) => { done.push(`discard ${eventId}`); return false }, discardAll: (id) => done.push(`discard all ${id}`),
    } })
    const of = (eventId: string | null) => ({ destinationId: 'family', eventId })
    expect(await handlers['destinations.send-again'](of('E1'))).toBe(1)
    expect(await handlers['destinations.send-again'](of(null))).toBe(2)
    expect(await handlers['destinations.discard'](of('E1'))).toBe(0)
    expect(await handlers['destinations.discard'](of(null))).toBe(4)
    expect(done).toEqual(['again E1 family', 'all again family', 'discard E1', 'discard all family'])
  })
})

it('an import whose file was not chosen is none', async () => {
  expect(await room({ chosen: null }).handlers['destinations.read-import']({ source: 'apprise', text: null })).toBeNull()
})

describe('destinations for another program', () => {
  const hook = { id: 'hook', label: 'Hook', channel: 'octoprint-webhooks', enabled: false, config: { url: 'https://h.example.org/x', apiSecret: { store: 'destination/hook/apiSecret' } } }
  it('are written into a file without their secrets', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'printbell-export-'))
    const { handlers, secrets } = room({ file: { version: 1, printers: [], destinations: [hook] }, chosen: join(folder, 'x.yaml') })
    secrets.set('destination/hook/apiSecret', new Secret(CANARY))
    expect(await handlers['destinations.export']({ channel: 'octoprint-webhooks' })).toEqual({ result: 'saved', file: join(folder, 'x.yaml'), events: 1 })
    const text = readFileSync(join(folder, 'x.yaml'), 'utf8')
    expect(text).toContain('url: https://h.example.org/x')
    expect(text).toContain('webhook_enabled: false')
    expect(text).not.toContain(CANARY)
    rmSync(folder, { recursive: true })
  })
  it('are not, where nobody takes them or no file was chosen, or it can not be written', async () => {
    expect(await room().handlers['destinations.export']({ channel: 'telegram' })).toEqual({ result: 'failed', why: 'No other program takes these back.' })
    expect(await room({ chosen: null }).handlers['destinations.export']({ channel: 'octoprint-webhooks' })).toEqual({ result: 'cancelled' })
    expect(await room({ chosen: '/nowhere/at/all.yaml' }).handlers['destinations.export']({ channel: 'octoprint-webhooks' })).toEqual({ result: 'failed', why: 'The file could not be written (ENOENT). Choose another folder.' })
  })
})
