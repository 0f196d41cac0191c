/** The two schemes that the window loads from: its own files, and pictures by id. Neither takes a path of the window's choice. */
import { protocol, type Session } from 'electron'
import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import type { Log } from '../../engine/ports.ts'
import { fileOf, pictureOf } from './addresses.ts'
import { CONTENT_SECURITY_POLICY, PICTURE_SCHEME, UI_SCHEME } from './security.ts'

/** Must run before the app is ready. */
export function registerSchemes(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: UI_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
    { scheme: PICTURE_SCHEME, privileges: { standard: true, secure: true } },
  ])
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml', '.png': 'image/png', '.woff2': 'font/woff2', '.json': 'application/json',
}

export interface SchemeParts {
  /** The built window. Absolute. */
  folder: string
  log: Log
  /** The picture's bytes; null = there is none. */
  picture(what: 'event' | 'live', id: string): Promise<Uint8Array | null>
}

export function serveSchemes(session: Session, parts: SchemeParts): void {
  const nothing = (): Response => new Response('not found', { status: 404, headers: { 'content-type': 'text/plain' } })
  session.protocol.handle(UI_SCHEME, async (request) => {
    const file = fileOf(request.url, parts.folder)
    const type = file === null ? undefined : TYPES[extname(file)]
    if (file === null || type === undefined) return nothing()
    try {
      return new Response(await readFile(file), { headers: { 'content-type': type, 'content-security-policy': CONTENT_SECURITY_POLICY, 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' } })
    } catch (error) {
      parts.log.error('a file of the window is missing', { error, file })
      return nothing()
    }
  })
  session.protocol.handle(PICTURE_SCHEME, async (request) => {
    const named = pictureOf(request.url)
    const bytes = named === null ? null : await parts.picture(named.what, named.id)
    if (bytes === null) return nothing()
    // Copied: what is handed to a Response must be backed by a plain ArrayBuffer.
    return new Response(new Uint8Array(bytes), { headers: { 'content-type': 'image/jpeg', 'x-content-type-options': 'nosniff', 'cache-control': 'private, max-age=3600' } })
  })
}
