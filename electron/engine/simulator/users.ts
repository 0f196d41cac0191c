/** Who may do what: one person with every right, one who may only look, and guests. */
import { randomBytes } from 'node:crypto'

export interface User {
  name: string
  groups: string[]
  permissions: string[]
}

/** What OctoPrint 1.11.8 gives its group `readonly` (seen). */
const LOOK = ['STATUS', 'WEBCAM', 'FILES_LIST', 'FILES_DOWNLOAD', 'GCODE_VIEWER', 'MONITOR_TERMINAL', 'TIMELAPSE_LIST', 'TIMELAPSE_DOWNLOAD', 'SETTINGS_READ']
const ACT = ['PRINT', 'CONTROL', 'CONNECTION', 'FILES_UPLOAD', 'FILES_SELECT', 'PLUGIN_ACTION_COMMAND_PROMPT_INTERACT', 'PLUGIN_APPKEYS_GRANT']

export const ADMIN: User = { name: 'demo', groups: ['admins', 'users'], permissions: ['ADMIN', ...LOOK, ...ACT] }
export const VIEWER: User = { name: 'viewer', groups: ['readonly'], permissions: LOOK }

/** Keys and login sessions of one simulated server; both live in memory only. */
export class Users {
  readonly apiKey = randomBytes(16).toString('hex')
  readonly viewerKey = randomBytes(16).toString('hex')
  #keys = new Map<string, { user: User; app: string }>([[this.apiKey, { user: ADMIN, app: 'simulator' }], [this.viewerKey, { user: VIEWER, app: 'simulator' }]])
  #sessions = new Map<string, User>()

  byKey(key: string | null): User | null {
    return (key !== null && this.#keys.get(key)?.user) || null
  }
  /** A new login session, as every passive login makes one. */
  login(user: User): string {
    const session = randomBytes(32).toString('hex')
    this.#sessions.set(session, user)
    return session
  }
  bySession(name: string, session: string): User | null {
    const user = this.#sessions.get(session)
    return user?.name === name ? user : null
  }
  /** The same app gets the same key again, whatever the case of its name (seen). */
  keyForApp(app: string): string {
    for (const [key, entry] of this.#keys) if (entry.app.toLowerCase() === app.toLowerCase()) return key
    const key = randomBytes(24).toString('base64url')
    this.#keys.set(key, { user: ADMIN, app })
    return key
  }
  /** The programs that got a key by asking for it. */
  apps(): { app: string; user: string }[] {
    return [...this.#keys].filter(([key]) => key !== this.apiKey && key !== this.viewerKey).map(([, { app, user }]) => ({ app, user: user.name }))
  }
  revoke(app: string): boolean {
    for (const [key, entry] of this.#keys) {
      if (entry.app.toLowerCase() !== app.toLowerCase() || key === this.apiKey || key === this.viewerKey) continue
      this.#keys.delete(key)
      return true
    }
    return false
  }
}
