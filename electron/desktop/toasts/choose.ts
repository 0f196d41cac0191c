/**
 * Which way a toast goes: the best that works, for each toast anew. What fails is gone round by the next one; when nothing works a
 * notice in the window is left, and the verdict says why. Facts for the settings page and the test button come from here.
 */
import { appDraft } from '../../engine/events/app.ts'
import { render } from '../../engine/delivery/render.ts'
import type { DesktopToasts } from '../../engine/channels/desktop/index.ts'
import { ToastError } from '../../engine/channels/desktop/port.ts'
import type { OpenToasts, Showing, Shown, ToastEvents, ToastFacts, ToastGiven, ToastId, ToastPath, ToastPort } from '../../engine/channels/desktop/port.ts'
import { toToast } from '../../engine/channels/desktop/toast.ts'
import type { Toast } from '../../engine/channels/desktop/toast.ts'
import type { Clock, Log } from '../../engine/ports.ts'
import type { Stop } from '../ports.ts'
import type { ColdPress } from './electron-toasts.ts'

/** One way to show toasts, the best one first in the list. */
export interface ToastWay {
  path: Exclude<ToastPath, 'none'>
  open: OpenToasts
}

export interface ToastParts {
  ways: readonly ToastWay[]
  /** Better ways that this computer has not, and why; told where a person asks why not by a better one. */
  missing: readonly string[]
  clock: Clock
  log: Log
  staysUntilActedOn(): boolean
  /** Shows a sentence inside the window. False = no window is open. */
  onNotice(notice: { level: 'info' | 'warn' | 'error'; text: string }): boolean
  /** A press on a toast that belongs to no destination (the test's). */
  onPress(press: ColdPress): void
}

export interface Toasts {
  /** For createDesktopChannel. */
  channel: DesktopToasts
  /** Finds out anew what works; `facts` and `onChanged` tell it. Also to be called once at the start. */
  look(): Promise<void>
  /** As they were when last looked at. */
  facts(): ToastFacts
  onChanged(listener: (facts: ToastFacts) => void): Stop
  /** Shows a test toast by the way that real ones go, and tells what came of it. */
  test(): Promise<{ ok: boolean; detail: string; ms: number }>
  /** Lets go of everything; what is shown stays. */
  stop(): void
}

const NOTICE = 'a notice in the window'

export function createToasts(parts: ToastParts): Toasts {
  const { clock, log, ways } = parts
  const listeners = new Set<(facts: ToastFacts) => void>()
  /** Ways whose last toast failed, and why: what says that it is ready may still fail. */
  const failing = new Map<ToastPath, string>()
  let facts: ToastFacts = nothingWorks('not looked yet')
  let looking: Promise<void> | null = null
  let again = false

  const look = (): Promise<void> => {
    if (looking !== null) {
      again = true
      return looking
    }
    looking = findOut().catch((error: unknown) => log.error('the ways of toasts could not be looked at', { error })).finally(() => {
      looking = null
      if (!again) return
      again = false
      void look()
    })
    return looking
  }

  async function findOut(): Promise<void> {
    const found = await standing.facts()
    if (JSON.stringify(found) === JSON.stringify(facts)) return
    facts = found
    log.info('toasts go this way', { ...found })
    for (const listener of listeners) listener(found)
  }

  const shared: Shared = {
    ...parts,
    failing,
    onOutcome(path, why) {
      if (failing.get(path) === (why ?? undefined)) return
      if (why === null) failing.delete(path)
      else failing.set(path, why)
      void look()
    },
    onNews(kind) {
      // Whatever failed may have failed for the want of what is there now.
      if (kind === 'appeared') failing.clear()
      void look()
    },
  }
  const open: OpenToasts = (given) => new Chain(shared, given)
  // Kept open for as long as the app runs: it hears a service come and go, and some services take down what a leaving program showed.
  const standing = new Chain(shared, {
    destinationId: 'test',
    clock,
    log,
    events: { pressed: () => parts.onPress({ eventId: null, action: 'open_history' }), closed: () => undefined, failed: (_id, why) => log.warn('the test toast failed', { why }), gone: () => undefined, appeared: () => undefined },
  })

  return {
    channel: {
      open,
      staysUntilActedOn: () => parts.staysUntilActedOn(),
      prerequisites: () => [{ name: 'notifications', help: ways.length === 0 ? parts.missing.join('; ') : facts.why ?? 'A desktop session that shows notifications.', met: facts.path !== 'none' }],
    },
    look,
    facts: () => facts,
    onChanged(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    async test() {
      const began = clock.monotonic()
      const ms = (): number => Math.round(clock.monotonic() - began)
      const now = clock.now()
      const message = render({ ...appDraft('app.test', { now, reason: 'test', text: 'This desktop' }), id: `test-${now}`, seq: 0 }, { now, capabilities: null })
      try {
        const { id, by } = await standing.show({ toast: toToast(message, null), eventId: null, replaces: null, signal: null, onLate: () => log.info('the test toast came late') })
        // A notice in the window is better than nothing, and still not what was tested.
        return { ok: !id.startsWith('none:'), detail: `shown by ${by}`, ms: ms() }
      } catch (error) {
        if (!(error instanceof ToastError)) throw error
        return { ok: false, detail: error.message, ms: ms() }
      }
    },
    stop() {
      standing.end()
      listeners.clear()
    },
  }
}

interface Shared extends ToastParts {
  failing: ReadonlyMap<ToastPath, string>
  /** What became of a toast by this way; null = it is shown. */
  onOutcome(path: ToastPath, why: string | null): void
  onNews(kind: 'appeared' | 'gone'): void
}

/** All ways behind one port. Ids carry their way, for taking down what another way showed. */
class Chain implements ToastPort {
  readonly #shared: Shared
  readonly #ways: { path: ToastPath; port: ToastPort }[]
  #notices = 0

  constructor(shared: Shared, given: ToastGiven) {
    this.#shared = shared
    this.#ways = shared.ways.map(({ path, open }) => ({ path, port: open({ ...given, events: this.#through(path, given.events) }) }))
  }

  async ready(signal: AbortSignal | null): Promise<ToastFacts> {
    const whys = [...this.#shared.missing]
    for (const { path, port } of this.#ways) {
      const found = await whatItCan(port, signal)
      if (!('error' in found) && !this.#shared.failing.has(path)) return { ...found.facts, why: because(whys) }
      whys.push('error' in found ? found.error.message : this.#shared.failing.get(path) ?? '')
    }
    return nothingWorks(because(whys) ?? 'there is no way to show toasts on this computer')
  }

  /** As `ready`, for showing: a service that does not answer has its words told instead of an error. */
  async facts(): Promise<ToastFacts> {
    try {
      return await this.ready(null)
    } catch (error) {
      if (error instanceof ToastError) return nothingWorks(error.message)
      throw error
    }
  }

  async show(showing: Showing): Promise<Shown> {
    const whys = [...this.#shared.missing]
    for (const { path, port } of this.#ways) {
      const found = await whatItCan(port, showing.signal)
      if ('error' in found) {
        whys.push(found.error.message)
        if (found.error.trouble === 'forbidden') break
        continue
      }
      try {
        const shown = await port.show({ ...showing, replaces: ownId(path, showing.replaces), onLate: (id) => showing.onLate(`${path}:${id}`) })
        this.#shared.onOutcome(path, null)
        this.#takeDownElsewhere(path, showing.replaces)
        return { id: `${path}:${shown.id}`, by: [shown.by, ...(whys.length === 0 ? [] : [`because ${whys.join('; ')}`])].join(', ') }
      } catch (error) {
        if (!(error instanceof ToastError) || error.trouble === 'stopped') throw error
        this.#shared.onOutcome(path, error.message)
        if (error.trouble === 'unsure') throw error
        whys.push(error.message)
        if (error.trouble === 'forbidden') break
      }
    }
    return this.#notice(showing.toast, because(whys) ?? 'there is no way to show toasts on this computer')
  }

  async close(id: ToastId): Promise<void> {
    for (const { path, port } of this.#ways) {
      const own = ownId(path, id)
      if (own !== null) await port.close(own)
    }
  }

  end(): void {
    for (const { port } of this.#ways) port.end()
  }

  #notice(toast: Toast, why: string): Shown {
    const { onNotice, log } = this.#shared
    log.warn('no way to show a toast works', { why })
    const level = toast.urgency === 'critical' ? 'error' : toast.sticky ? 'warn' : 'info'
    const shown = onNotice({ level, text: [toast.title, ...(toast.body === '' ? [] : [toast.body.replaceAll('\n', ' ')])].join('. ') })
    if (!shown) throw new ToastError('absent', `no notification can be shown: ${why}`)
    return { id: `none:${++this.#notices}`, by: `${NOTICE}, because ${why}` }
  }

  /** One thread, one toast: what another way showed of it is old now. */
  #takeDownElsewhere(path: ToastPath, replaces: ToastId | null): void {
    if (replaces === null || ownId(path, replaces) !== null) return
    this.close(replaces).catch((error: unknown) => this.#shared.log.debug('an older toast could not be taken down', { error }))
  }

  #through(path: ToastPath, events: ToastEvents): ToastEvents {
    return {
      pressed: (id, key) => events.pressed(`${path}:${id}`, key),
      closed: (id, reason) => events.closed(`${path}:${id}`, reason),
      failed: (id, why) => {
        this.#shared.onOutcome(path, why)
        events.failed(`${path}:${id}`, why)
      },
      gone: (owns) => {
        this.#shared.onNews('gone')
        events.gone((id) => {
          const own = ownId(path, id)
          return own !== null && owns(own)
        })
      },
      appeared: () => {
        this.#shared.onNews('appeared')
        events.appeared()
      },
    }
  }
}

async function whatItCan(port: ToastPort, signal: AbortSignal | null): Promise<{ facts: ToastFacts } | { error: ToastError }> {
  try {
    return { facts: await port.ready(signal) }
  } catch (error) {
    // A service that hangs is still the one that will show it.
    if (!(error instanceof ToastError) || error.trouble === 'stopped' || error.trouble === 'unsure') throw error
    return { error }
  }
}

/** The id as the way itself knows it; null = another way's. */
function ownId(path: ToastPath, id: ToastId | null): ToastId | null {
  return id !== null && id.startsWith(`${path}:`) ? id.slice(path.length + 1) : null
}

function because(whys: readonly string[]): string | null {
  return whys.length === 0 ? null : whys.join('; ')
}

function nothingWorks(why: string): ToastFacts {
  return { path: 'none', name: NOTICE, pictures: false, buttons: false, updates: false, why }
}
