/** OctoPrint's application keys: an app asks, a person decides in the browser, the app polls for its key. */
import { randomBytes } from 'node:crypto'
import type { Clock } from '../ports.ts'
import type { Users } from './users.ts'

/** A request dies this long after it was last asked for. */
const FORGOTTEN_AFTER_MS = 5000

interface Request {
  app: string
  askedAt: number
  polledAt: number
  decision: boolean | null
}

export class AppKeys {
  #requests = new Map<string, Request>()
  /** @param grantAfterMs ms until the simulated person says yes; null = decide() does. */
  constructor(readonly users: Users, readonly clock: Clock, public grantAfterMs: number | null) {}

  request(app: string): string {
    const token = randomBytes(24).toString('base64url')
    const now = this.clock.monotonic()
    this.#requests.set(token, { app, askedAt: now, polledAt: now, decision: null })
    return token
  }

  /** @returns the key, 'pending', or null when denied, expired, fetched already or never asked */
  poll(token: string): { key: string } | 'pending' | null {
    const request = this.#requests.get(token)
    const now = this.clock.monotonic()
    if (!request) return null
    if (now - request.polledAt > FORGOTTEN_AFTER_MS) request.decision = false
    request.polledAt = now
    if (request.decision === null && this.grantAfterMs !== null && now - request.askedAt >= this.grantAfterMs) request.decision = true
    if (request.decision === null) return 'pending'
    this.#requests.delete(token)
    return request.decision ? { key: this.users.keyForApp(request.app) } : null
  }

  /** Decides every open request, as a click in the browser would. */
  decide(decision: boolean): void {
    for (const request of this.#requests.values()) request.decision ??= decision
  }
}
