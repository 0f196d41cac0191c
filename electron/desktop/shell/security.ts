/** What the window may do, which is little (DESIGN section 8). The policies are pure; lockDown applies them. */
import type { Session, WebContents } from 'electron'
import type { Log } from '../../engine/ports.ts'

/** Our own page. A second origin is only known to a developer's run with hot reload. */
export const UI_ORIGIN = 'app://ui'
export const UI_SCHEME = 'app'
export const PICTURE_SCHEME = 'printbell-picture'

/** No inline script or style, no eval, no connection of its own: the main process does all network. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'", "script-src 'self'", "style-src 'self'", `img-src 'self' ${PICTURE_SCHEME}:`, "font-src 'self'",
  "connect-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'", "object-src 'none'",
].join('; ')

export interface Frame {
  origin: string
  url: string
  isTop: boolean
}

/** Whether a call comes from our own page: top frame, our origin. @param devUrl the developer's server, null in a built app */
export function isOurs(frame: Frame, devUrl: string | null): boolean {
  if (!frame.isTop) return false
  if (frame.origin === UI_ORIGIN && frame.url.startsWith(`${UI_ORIGIN}/`)) return true
  return devUrl !== null && frame.origin === new URL(devUrl).origin
}

/**
 * Whether an address may be opened in the browser: http or https, without a user in it, and either of a host that a configured
 * server has (whatever the path: a login page may redirect) or in the allow-list to the letter.
 */
export function mayOpen(address: string, known: { serverUrls: readonly string[]; allowed: readonly string[] }): boolean {
  if (!URL.canParse(address)) return false
  const url = new URL(address)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return false
  if (url.username !== '' || url.password !== '') return false
  if (known.allowed.includes(address)) return true
  return known.serverUrls.some((server) => URL.canParse(server) && new URL(server).origin === url.origin)
}

/** Refuses every permission, download and device of a session. */
export function lockDownSession(session: Session, log: Log): void {
  session.setPermissionRequestHandler((_contents, permission, decide) => {
    log.warn('a permission was refused', { permission })
    decide(false)
  })
  session.setPermissionCheckHandler(() => false)
  session.setDevicePermissionHandler(() => false)
  session.on('will-download', (event, item) => {
    log.warn('a download was refused', { url: item.getURL() })
    event.preventDefault()
  })
}

/**
 * Nails a window to our page: no navigation, no new window, no webview.
 * @param home where it belongs. A page that leaves for about:blank asks nobody (Chromium commits that at once): it is brought back,
 *   and until then its calls are a stranger's.
 */
export function lockDownContents(contents: WebContents, log: Log, devUrl: string | null, home: string): void {
  contents.on('did-navigate', (_event, url) => {
    if (url.startsWith(`${UI_ORIGIN}/`) || (devUrl !== null && url.startsWith(devUrl))) return
    log.warn('the window left its page and is brought back', { url })
    contents.loadURL(home).catch((error: unknown) => log.error('the window could not be brought back', { error }))
  })
  const refuse = (event: { preventDefault(): void; url?: string }, url: string): void => {
    if (devUrl !== null && url.startsWith(devUrl)) return
    log.warn('a navigation was refused', { url })
    event.preventDefault()
  }
  contents.on('will-navigate', (event) => refuse(event, event.url))
  contents.on('will-redirect', (event) => refuse(event, event.url))
  contents.on('will-frame-navigate', (event) => refuse(event, event.url))
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(({ url }) => {
    log.warn('a new window was refused', { url })
    return { action: 'deny' }
  })
}
