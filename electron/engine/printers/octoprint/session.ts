/** One period on the push API: open, log in, subscribe, find out what was missed, then pass frames on until the socket ends. */
import { z } from 'zod'
import type { Observation } from '../../events/model.ts'
import type { Cancel } from '../../ports.ts'
import { Secret } from '../../settings/secret.ts'
import { ServerError } from '../kit/server-error.ts'
import { UpgradeRefused } from '../kit/socket.ts'
import { netError } from '../net.ts'
import type { Contact } from './contact.ts'
import { openPush, type Push } from './push.ts'
import { serverMemory } from './reconcile.ts'
import { booting, keyInvalid } from './rest.ts'
import { asFull, catchUp, presentOf, readByRest } from './resync.ts'
import { createPace } from './pace.ts'
import { pluginNative, subscription, THROTTLE } from './subscription.ts'

/** From the open socket to `connected`, and from `auth` to the first `history`. */
const ANSWER_MS = 10_000
/** `reauthRequired` comes in bursts, one per login of that user (13 to 30 seen): act once, after the burst. */
const BURST_MS = 1_000
/** More logins than this within a minute help nobody. */
const LOGINS_PER_MINUTE = 4
const KEPT_FRAMES = 2_000
/** An open socket outlives its key (1.11.8, seen), so the key is looked at now and then. */
const CHECK_KEY_MS = 10 * 60_000

const hash = z.string().max(200).nullish().catch(null)
const connectedFrame = z.object({ connected: z.object({ version: z.string().max(200).nullish().catch(null), config_hash: hash, plugin_hash: hash }) })
const reauthFrame = z.object({ reauthRequired: z.object({ reason: z.string().catch('unknown') }) })
const settingsFrame = z.object({ event: z.object({ type: z.literal('SettingsUpdated') }) })

/** REST works and the websocket does not: something in between does not pass it on. */
export class NoPush extends Error {
  override readonly name = 'NoPush'
}

export interface SessionControl {
  /** Ask the server now whether it is still there. */
  probe(): void
  /** The subscriptions changed. */
  resubscribe(): void
}

/** OctoPrint before 1.8 has no `subscribe`: it would send its whole terminal, up to 30 kB/s. */
export function tooOld(version: string): boolean {
  const parts = /^(\d+)\.(\d+)/.exec(version)
  if (!parts) return false
  const [major, minor] = [Number(parts[1]), Number(parts[2])]
  return major < 1 || (major === 1 && minor < 8)
}

/**
 * Runs until the socket is lost. What is wrong with `identified`, the question whose key it is, comes before all else; nothing is told before
 * it is answered. `onControl` gives the handle while it is open, `onUp` says when the first full state was observed.
 * @returns why it ended
 * @throws NoPush when there is no websocket to be had, ServerError when it never came up for another reason
 */
export async function runSession(contact: Contact, identified: Promise<void>, onControl: (control: SessionControl | null) => void, onUp: () => void): Promise<ServerError> {
  const { ports, rest, signal } = contact
  const { clock, log } = ports
  const host = rest.host
  /** Frames that came before the first full state was observed. */
  let held: unknown[] | null = []
  let push: Push | null = null
  let notify: (() => void) | null = null
  let ended: ServerError | null = null
  let connected = false
  let history: unknown = null
  let stale = false
  const timers = new Set<Cancel>()
  const logins: number[] = []
  let reauthing = false
  const pace = createPace((message) => push?.send(message))

  const wake = () => notify?.()
  // The first frame may come with the upgrade's answer, before there is a socket in hand to be closed.
  const fail = (why: ServerError) => {
    ended ??= why
    push?.close(why)
    wake()
  }

  function throwIfEnded(): void {
    if (ended) throw ended
  }

  /** Waits for `ready`, a lost socket, or the deadline. @throws ServerError */
  async function until(ready: () => boolean, late: () => ServerError): Promise<void> {
    while (!ready()) {
      throwIfEnded()
      const inTime = await new Promise<boolean>((resolve) => {
        const cancel = clock.after(ANSWER_MS, () => resolve(false))
        timers.add(cancel)
        notify = () => {
          cancel()
          timers.delete(cancel)
          resolve(true)
        }
      })
      notify = null
      if (!inTime && !ready()) throw ended ?? late()
    }
  }

  function frame(raw: unknown): void {
    if (ended) return
    contact.alive()
    // Every frame passes here, so only the one key of a frame is looked at before it is worth parsing.
    const type = typeof raw === 'object' && raw !== null ? Object.keys(raw)[0] : undefined
    const hello = type === 'connected' ? connectedFrame.safeParse(raw) : null
    if (hello?.success) {
      const { version, config_hash: settings, plugin_hash: plugins } = hello.data.connected
      if (version && tooOld(version)) return fail(new ServerError('too_old', `OctoPrint ${version} on ${host} is too old. Printbell needs 1.8.0 or newer.`))
      connected = true
      if (version) contact.sink.runs?.(`OctoPrint ${version}`)
      contact.greeted({ version: version ?? null, plugins: plugins ?? null, settings: settings ?? null })
      return wake()
    }
    const reauth = type === 'reauthRequired' ? reauthFrame.safeParse(raw) : null
    if (reauth?.success) {
      if (held !== null) {
        // 'modified' only says that the user changed; the login stays good.
        stale ||= reauth.data.reauthRequired.reason !== 'modified'
        wake()
      } else reauthenticate(reauth.data.reauthRequired.reason)
      return
    }
    contact.keepFrame(raw)
    if (type === 'event' && settingsFrame.safeParse(raw).success) contact.refreshSettings()
    if (held === null) {
      const observations = understood(raw)
      contact.observe(observations)
      return pace.saw(observations)
    }
    if (history === null && type === 'history') {
      history = raw
      wake()
    } else if (held.length < KEPT_FRAMES) held.push(raw)
    else fail(new ServerError('server_error', `${host} sends faster than it can be read.`))
  }

  /** What the interpreter makes of a frame; what it leaves of a plugin's messages is still selectable by name. */
  function understood(raw: unknown): Observation[] {
    const observations = contact.interpreter.frame(raw, clock.now())
    return observations.length > 0 ? observations : pluginNative(raw, contact.sourceId, clock.now())
  }

  function reauthenticate(reason: string): void {
    if (reauthing) return
    reauthing = true
    log.info('OctoPrint wants a new login', { reason })
    const cancel = clock.after(BURST_MS, () => {
      timers.delete(cancel)
      contact.beside(again())
    })
    timers.add(cancel)
  }

  function checkKey(): void {
    const cancel = clock.after(CHECK_KEY_MS, () => {
      timers.delete(cancel)
      contact.beside(contact.identify().then(checkKey, (error: unknown) => {
        // What is wrong with the line shows by itself.
        if (error instanceof ServerError && (error.cause_ === 'key_invalid' || error.cause_ === 'permission_missing')) fail(error)
        else if (ended === null) checkKey()
      }))
    })
    timers.add(cancel)
  }

  async function again(): Promise<void> {
    const now = clock.monotonic()
    while (logins[0] !== undefined && now - logins[0] > 60_000) logins.shift()
    if (logins.length >= LOGINS_PER_MINUTE) return fail(new ServerError('server_error', `${host} keeps asking for a new login.`))
    logins.push(now)
    try {
      await contact.identify()
      const session = await contact.login()
      push?.send(authOf(session))
      reauthing = false
      // A second auth on a socket is not answered, so REST says where things stand.
      contact.observe(asFull(await readByRest(contact)))
    } catch (error) {
      fail(error instanceof ServerError ? error : new ServerError('server_error', `The new login on ${host} failed.`))
    }
  }

  // Before the first frame: each sign of life counts as a use of the session.
  const former = contact.recentSession()
  // One way to the server and back less: it is asked for while the socket opens.
  const asked = former === null ? contact.login() : null
  if (asked !== null) contact.beside(asked.then(() => undefined, () => undefined))
  /** The key is good: from here on it is the socket that does not work. */
  let isKnown = false
  try {
    const opening = openPush(
      { base: rest.base, headers: proxyHeaders(rest.headers()), pin: rest.pin, clock, signal },
      {
        frame,
        alive: () => contact.alive(),
        junk: (what) => contact.sink.junk(what),
        closed: (why) => {
          ended ??= why
          wake()
        },
      },
    )
    contact.beside(opening.then((opened) => {
      if (ended) opened.close(ended)
    }, () => undefined))
    await identified
    isKnown = true
    push = await opening
    await until(() => connected, () => new ServerError('timeout', `${host} opened the websocket but said nothing.`))
    push.send(subscription(contact.wanted))
    push.send(THROTTLE)
    if (former) {
      push.send(authOf(former))
      await until(() => history !== null || stale, () => netTimeout(host))
      if (history !== null) contact.process = 'same'
    }
    if (history === null) {
      if (stale && former) contact.process = 'other'
      const session = await (asked === null || stale ? contact.login() : asked)
      // `auth` is split at the colon, so such a user can never log in on the socket (OctoPrint 1.11.8, read).
      if (session.name.includes(':')) throw new NoPush('A user name with a colon cannot log in on the websocket.')
      stale = false
      push.send(authOf(session))
      await until(() => history !== null || stale, () => netTimeout(host))
      if (history === null) throw keyInvalid(host)
    }
    const known = serverMemory.safeParse((history as { history: unknown }).history)
    const first = contact.interpreter.frame(history, clock.now())
    const outcomes = await catchUp(contact, presentOf(first), known.success ? known.data : null, contact.held)
    contact.held = known.success ? { temps: known.data.temps.length > 0, markings: known.data.markings.length > 0 } : null
    throwIfEnded()
    contact.observe(outcomes)
    contact.link.tell('up', null, null)
    contact.observe(first.map((observation): Observation => ({ ...observation, at: clock.now() })))
    contact.process = null
    pace.saw(first)
    const waiting = held
    held = null
    for (const raw of waiting) {
      const observations = understood(raw)
      contact.observe(observations)
      pace.saw(observations)
    }
    onUp()
    checkKey()
    onControl({ probe: () => push?.probe(), resubscribe: () => push?.send(subscription(contact.wanted)) })
    await new Promise<void>((resolve) => {
      notify = resolve
      if (ended) resolve()
    })
    return ended ?? booting(host)
  } catch (error) {
    if (isKnown && !connected && !signal.aborted) {
      if (error instanceof UpgradeRefused) throw new NoPush(error.message)
      if (error instanceof ServerError && (error.cause_ === 'reset' || error.cause_ === 'timeout' || error.cause_ === 'not_http')) throw new NoPush(error.message)
    }
    throw error
  } finally {
    onControl(null)
    for (const cancel of timers) cancel()
    ended ??= new ServerError('aborted', 'Stopped.')
    push?.close(ended)
  }
}

function netTimeout(host: string): ServerError {
  return new ServerError('timeout', netError('timeout', host).message)
}

/** The message that logs a session in. From here on its id is cut out of every text. */
function authOf({ name, session }: { name: string; session: string }): { auth: string } {
  return { auth: `${name}:${Secret.passing(session).reveal()}` }
}

/** The socket needs no key, only what a proxy in front wants. */
function proxyHeaders(headers: Record<string, string>): Record<string, string> {
  return headers['Authorization'] === undefined ? {} : { Authorization: headers['Authorization'] }
}
