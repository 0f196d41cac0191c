/** Drives far-side.mjs: starts it, gives it rules, reads its receipts. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { asking } from './ask-child.ts'

export interface Rule {
  method?: string
  /** A pattern, matched against path and query as they came. */
  path: string
  /** How often it answers; absent = always. */
  times?: number
  status?: number
  headers?: Record<string, string>
  /** An object is sent as JSON. */
  body?: unknown
  how?: 'hang' | 'reset' | 'half' | 'flood'
}

export interface Receipt {
  at: number
  method: string
  path: string
  headers: Record<string, string>
  /** What came, byte by byte. */
  bytes: Buffer
  text: string
  /** Undefined when it is no JSON. */
  json: unknown
  /** A multipart body; @throws Error when it is none */
  form(): Promise<FormData>
}

/** A receipt as it comes over the process's channel. */
interface Told {
  at: number
  method: string
  path: string
  headers: Record<string, string>
  /** base64 */
  body: string
}

export interface FarSide {
  /** http://127.0.0.1:PORT */
  base: string
  /** From now on it answers so; what it got before is forgotten. */
  play(...rules: Rule[]): Promise<void>
  /** What it got since, in order. */
  receipts(): Promise<Receipt[]>
  close(): Promise<void>
}

/** @throws Error when it does not start */
export async function startFarSide(): Promise<FarSide> {
  const child = fork(new URL('far-side.mjs', import.meta.url), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], execArgv: [] })
  const [{ port }] = (await once(child, 'message')) as [{ port: number }]
  const say = asking<{ receipts?: Told[] }>(child)
  return {
    base: `http://127.0.0.1:${port}`,
    async play(...rules) {
      await say({ rules: rules.map((rule) => ({ times: undefined, ...rule })), forget: true })
    },
    async receipts() {
      const { receipts = [] } = await say({ ask: true })
      return receipts.map(({ body, ...rest }) => {
        const bytes = Buffer.from(body, 'base64')
        return {
          ...rest, bytes, text: bytes.toString('utf8'), json: jsonOf(bytes.toString('utf8')),
          form: () => new Response(new Uint8Array(bytes), { headers: { 'content-type': rest.headers['content-type'] ?? '' } }).formData(),
        }
      })
    },
    async close() {
      const gone = once(child, 'exit')
      child.disconnect()
      await gone
    },
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
