/**
 * What every channel must do, whatever it speaks. A channel's own test file calls `channelSuite(KIND, ...)` with its far side and its
 * tables, and adds what only it has; registry.test.ts fails for a channel without one.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Channel, ChannelKind, ChannelPorts, Sending, Verdict } from '../../../electron/engine/channels/channel.ts'
import { channels } from '../../../electron/engine/channels/registry.ts'
import { EVENT_TYPES } from '../../../electron/engine/events/model.ts'
import { Secret } from '../../../electron/engine/settings/secret.ts'
import { CANARY, channelPorts, eventOf, HOSTILE_NAME, PICTURE, sendingOf } from '../../support/channel-kit.ts'

/** One message as the far side got it. */
export interface Received {
  /** What a person reads there, markup taken away: what the far side itself would show. */
  text: string
  pictures: Uint8Array[]
  /** Everything that came, for looking for what must not be there. */
  raw: string
}

/** A verdict in short: 'delivered', 'retry', 'retry 30000' (with what was asked for, ms), 'rejected message', 'rejected destination', 'gone'. */
export type Expected = string

export interface ChannelRig {
  config(): Record<string, unknown>
  /** Every secret is the canary unless told. */
  secrets?: Record<string, string>
  /** What this kind's ports bring besides; absent = the usual ones. */
  ports?(): Partial<ChannelPorts>
  /** From now on the far side takes everything; what it got is forgotten. */
  accept(): Promise<void>
  /** What it got since, in order. */
  received(): Promise<Received[]>
  close(): Promise<void>
}

export interface ChannelTables<R extends ChannelRig> {
  start(): Promise<R>
  /** What the far side plays, and what that means. Typed from the service's documentation. */
  answers: readonly (readonly [what: string, play: (rig: R) => Promise<void>, expected: Expected])[]
  /** Configs that must be refused, with the field that is named. */
  wrong: readonly (readonly [what: string, over: Record<string, unknown>, field: string])[]
  /** How long a hanging far side may take until the channel itself gives up, ms of real time; absent = only the signal ends it. */
  patienceMs?: number
  hang?(rig: R): Promise<void>
  /** HOSTILE_NAME as the far side may get it where its own language can't hold all of it, typed by hand; absent = as it is. */
  hostile?: string
}

export function short(verdict: Verdict): Expected {
  if (verdict.result === 'rejected') return `rejected ${verdict.scope}`
  return verdict.result === 'retry' && verdict.after !== null ? `retry ${verdict.after}` : verdict.result
}

/** A channel opened as the engine opens it. */
export function openChannel(kind: ChannelKind, rig: ChannelRig, over: Record<string, unknown> = {}, ports: ChannelPorts = channelPorts(rig.ports?.())): Channel {
  const checked = kind.validateConfig({ ...rig.config(), ...over })
  if (!checked.ok) throw new Error(JSON.stringify(checked.errors))
  const secrets = rig.secrets ?? Object.fromEntries(Object.keys(kind.secretFields).map((name) => [name, CANARY]))
  return kind.open({ destinationId: 'dest', label: 'My destination', config: checked.config, secrets: Object.fromEntries(Object.entries(secrets).map(([name, value]) => [name, new Secret(value)])) }, ports)
}

/** No verdict may hold an address, a secret or where a file lies. */
export function expectClean(said: unknown, rig: ChannelRig): void {
  const text = JSON.stringify(said)
  expect(text).not.toMatch(/127\.0\.0\.1|localhost|\/somewhere\/|https?:\/\/\w/)
  for (const secret of [CANARY, ...Object.values(rig.secrets ?? {})]) expect(text).not.toContain(secret)
}

export function channelSuite<R extends ChannelRig>(name: string, tables: ChannelTables<R>): void {
  const found = channels.get(name)
  if (found === undefined) throw new Error(`there is no channel "${name}" in the registry`)
  const kind = found
  let rig: R

  async function say(sending: Sending = sendingOf(), over: Record<string, unknown> = {}): Promise<Verdict> {
    const ports = channelPorts(rig.ports?.())
    const channel = openChannel(kind, rig, over, ports)
    try {
      const verdict = await channel.sendPrinterNotification(sending)
      expectClean(verdict, rig)
      expectClean(ports.log.lines, rig)
      return verdict
    } finally {
      await channel.close()
    }
  }

  describe(`every channel: ${name}`, () => {
    beforeAll(async () => {
      rig = await tables.start()
    })
    afterAll(async () => {
      await rig.close()
    })

    test('tells how to get what its form asks for', () => {
      expect(kind.guide.steps.length).toBeGreaterThan(0)
      for (const step of kind.guide.steps) expect(step).toMatch(/[.:]$/)
      for (const { url } of kind.guide.links) expect(new URL(url).protocol).toBe('https:')
    })

    test.each([...EVENT_TYPES])('carries %s', async (type) => {
      if (!kind.supportedFeatures().has(type)) return
      await rig.accept()
      const event = eventOf(type, { printerName: 'Workshop' })
      const sending = sendingOf(event)
      expect(short(await say(sending))).toBe('delivered')
      const got = await rig.received()
      expect(got.length).toBeGreaterThan(0)
      expect(got.map(({ text }) => text).join('\n')).toContain(type.startsWith('app.') ? 'Printbell' : 'Workshop')
    })

    test('a failure alert and a test message come too', async () => {
      await rig.accept()
      const channel = openChannel(kind, rig)
      expect(short(await channel.sendFailureAlert(sendingOf(eventOf('failure.detected', { printerName: 'Workshop' }))))).toBe('delivered')
      expect(short(await channel.sendTestMessage(sendingOf(eventOf('app.test', { id: '01KF0000000000000000000002', text: 'My destination' }))))).toBe('delivered')
      await channel.close()
      expect((await rig.received()).length).toBeGreaterThanOrEqual(2)
    })

    test('names that look like markup arrive as they are', async () => {
      await rig.accept()
      const sending = sendingOf(eventOf('job.done', { printerName: 'Bench' }))
      const hostile = { ...sending, message: { ...sending.message, title: `${HOSTILE_NAME}: print done`, body: HOSTILE_NAME } }
      expect(short(await say(hostile))).toBe('delivered')
      expect((await rig.received()).map(({ text }) => text).join('\n')).toContain(tables.hostile ?? HOSTILE_NAME)
    })

    test('a picture arrives byte by byte, and no address of this network with it', async () => {
      if (kind.capabilities.image !== 'upload') return
      await rig.accept()
      expect(short(await say(sendingOf(undefined, { picture: PICTURE })))).toBe('delivered')
      const got = await rig.received()
      expect(got.flatMap(({ pictures }) => pictures).some((picture) => Buffer.from(picture).equals(Buffer.from(PICTURE.jpeg)))).toBe(true)
      for (const { raw } of got) expect(raw).not.toContain('/somewhere/')
    })

    test.each(tables.answers)('%s', async (_what, play, expected) => {
      await rig.accept()
      await play(rig)
      expect(short(await say())).toBe(expected)
    })

    test.each(tables.wrong)('refuses %s and names the field', (_what, over, field) => {
      const checked = kind.validateConfig({ ...rig.config(), ...over })
      expect(checked.ok).toBe(false)
      if (checked.ok) return
      expect(checked.errors.map((error) => error.field)).toContain(field)
      for (const { message } of checked.errors) expect(message).toMatch(/^[^a-z].*\.$/)
    })

    test('a far side that hangs is left when the engine ends the try', async () => {
      if (!tables.hang) return
      await rig.accept()
      await tables.hang(rig)
      const stop = new AbortController()
      const verdict = say(sendingOf(undefined, { signal: stop.signal }))
      setTimeout(() => stop.abort(), 100)
      expect((await verdict).result).not.toBe('delivered')
    })

    test('closes within a second, also amid a try', async () => {
      if (!tables.hang) return
      await rig.accept()
      await tables.hang(rig)
      const channel = openChannel(kind, rig)
      const sending = channel.sendPrinterNotification(sendingOf())
      await new Promise((done) => setTimeout(done, 50))
      const began = performance.now()
      await channel.close()
      expect(performance.now() - began).toBeLessThan(1_000)
      expect((await sending).result).not.toBe('delivered')
    })
  })
}
