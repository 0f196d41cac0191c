/**
 * A picture's way into a channel (https://docs.slack.dev/messaging/working-with-files#upload): ask where to, bring the bytes there, then
 * say where it is to be shown. Nothing is seen before the last step.
 */
import type { Picture } from '../../delivery/message.ts'
import type { ChannelPorts, Exchange, Verdict } from '../channel.ts'
import { problemOfAddress } from '../kit/address.ts'
import { verdictOfStatus } from '../kit/answers.ts'
import { ask } from '../kit/http.ts'
import { callSlack, type Reply, type Workspace } from './api.ts'
import type { Remedy } from './words.ts'

const PICTURE_NAME = 'snapshot.jpg'
const ALT_TEXT = 'The picture of the camera'
const TIMEOUT_MS = 9_000
/** The words would be refused as well. */
const BUSY: ReadonlySet<string> = new Set(['ratelimited', 'rate_limited'])

/** Where the picture is shown, and with which words. */
export interface Shown {
  channel_id: string
  /** Beside these words; absent = alone. */
  blocks?: unknown
  /** As a reply to this message. */
  thread_ts?: string
}

export type Upload = { ok: true; exchange: Exchange } | { ok: false; verdict: Verdict; remedy: Remedy; exchange: Exchange }

export async function shareSlack(workspace: Workspace, picture: Picture, shown: Shown, signals: readonly AbortSignal[], ports: Pick<ChannelPorts, 'clock' | 'net'>): Promise<Upload> {
  const asked = await callSlack(workspace, 'files.getUploadURLExternal', { filename: PICTURE_NAME, length: String(picture.jpeg.byteLength), alt_txt: ALT_TEXT }, signals, ports)
  // Where files can't go the words may: whether they can is asked next.
  if (!asked.ok) return { ...asked, remedy: remedyOf(asked, 'plain') }
  const target = targetOf(asked.result, workspace)
  if (target === null) return lost('Slack does not tell where the picture is to go.', asked.exchange)
  const brought = await ask(ports, {
    method: 'POST', url: target.url, data: new Uint8Array(picture.jpeg), headers: { 'Content-Type': 'application/octet-stream' }, timeoutMs: TIMEOUT_MS, signals,
  })
  const exchange = joined(asked.exchange, { request: [`POST (where Slack said), ${picture.jpeg.byteLength} bytes`], answer: brought.answer === null ? [] : [String(brought.answer.status)] })
  if (brought.answer === null) return lost(wordsOf(brought.verdict), exchange)
  const { status } = brought.answer
  if (status === 413) return { ok: false, verdict: verdictOfStatus(status, null, ports.clock.now()), remedy: 'picture', exchange }
  if (status < 200 || status >= 300) return lost(wordsOf(verdictOfStatus(status, null, ports.clock.now())), exchange)
  const completed = await callSlack(workspace, 'files.completeUploadExternal', { files: [{ id: target.fileId, title: PICTURE_NAME }], ...shown }, signals, ports)
  if (completed.ok) return { ok: true, exchange: joined(exchange, completed.exchange) }
  // Without an answer it may be there already.
  return { ...completed, remedy: remedyOf(completed, null), exchange: joined(exchange, completed.exchange) }
}

/** A picture never costs a message: what goes wrong with it alone is answered by the words alone. @param unanswered when Slack said nothing */
function remedyOf({ word, verdict, remedy }: Extract<Reply, { ok: false }>, unanswered: Remedy): Remedy {
  if (remedy !== null || word === 'missing_scope') return remedy ?? 'plain'
  if (verdict.result === 'rejected' && verdict.scope === 'destination') return null
  if (word === null) return unanswered
  return verdict.result === 'retry' && BUSY.has(word) ? null : 'plain'
}

function lost(why: string, exchange: Exchange): Upload {
  return { ok: false, verdict: { result: 'rejected', scope: 'message', why }, remedy: 'plain', exchange }
}

/** The address is foreign: it must be Slack's own, or that of the server whose API this is. */
function targetOf(result: Record<string, unknown> | undefined, { apiBase }: Workspace): { url: string; fileId: string } | null {
  const { upload_url: url, file_id: fileId } = result ?? {}
  if (typeof url !== 'string' || typeof fileId !== 'string' || problemOfAddress(url) !== null) return null
  const { protocol, hostname, origin } = new URL(url)
  const slacks = protocol === 'https:' && /(^|\.)slack(-gov)?\.com$/.test(hostname)
  return slacks || origin === new URL(apiBase).origin ? { url, fileId } : null
}

function wordsOf(verdict: Verdict): string {
  return verdict.result === 'delivered' ? verdict.detail : verdict.why
}

function joined(one: Exchange, other: Exchange): Exchange {
  return { request: [...one.request, ...other.request], answer: [...one.answer, ...other.answer] }
}
