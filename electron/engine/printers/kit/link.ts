/** What the link to a server is, and telling it to the engine neither too often nor too seldom. */
import type { LinkObservation } from '../../events/model.ts'
import type { Clock } from '../../ports.ts'
import type { Sink } from '../adapter.ts'
import type { ServerCause } from './server-error.ts'

/** While the link is up the engine hears of it at least this often, as long as the server gives signs of life. */
const TELL_ALIVE_MS = 1_000
const FIRST_MS = 1_000
export const LONGEST_MS = 60_000

/** What only a person can change: asked again slowly. */
const REFUSED: ReadonlySet<ServerCause> = new Set<ServerCause>([
  'permission_missing', 'not_this_server', 'wrong_prefix', 'setup_unfinished', 'too_old', 'proxy_auth',
  'tls_self_signed', 'tls_expired', 'tls_name', 'tls_untrusted', 'tls_not_tls', 'tls_pin_mismatch',
])

/** What another key or password may cure. */
export const CREDENTIALS: ReadonlySet<ServerCause> = new Set<ServerCause>(['key_missing', 'key_invalid', 'permission_missing', 'proxy_auth'])

/** ms until try `attempt` (0, 1, 2 ...): doubled each time up to 60 s, then anywhere in the upper half of that. */
export function backOff(attempt: number, random: number): number {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 16))
  return Math.round(ceiling / 2 + (ceiling / 2) * random)
}

export function linkOf(cause: ServerCause): LinkObservation['link'] {
  if (cause === 'key_invalid' || cause === 'key_missing') return 'auth_failed'
  return REFUSED.has(cause) ? 'refused' : 'down'
}

export interface LinkTeller {
  readonly up: boolean
  /** Repeats of anything but "up" are not told. */
  tell(link: LinkObservation['link'], cause: string | null, detail: string | null): void
  /** The server gave a sign of life: tells the engine when it has heard nothing for a while. */
  alive(): void
  /** Something else reached the engine: that is a sign of life too. */
  heard(): void
}

export function linkTeller(sink: Pick<Sink, 'link'>, clock: Clock): LinkTeller {
  let told: string | null = null
  let toldAt = 0
  let up = false
  function tell(link: LinkObservation['link'], cause: string | null, detail: string | null): void {
    const now = `${link} ${cause ?? ''}`
    up = link === 'up'
    if (now === told && !up) return
    told = now
    toldAt = clock.monotonic()
    sink.link({ kind: 'link', at: clock.now(), link, cause, detail })
  }
  return {
    get up() {
      return up
    },
    tell,
    alive() {
      if (up && clock.monotonic() - toldAt >= TELL_ALIVE_MS) tell('up', null, null)
    },
    heard() {
      toldAt = clock.monotonic()
    },
  }
}
