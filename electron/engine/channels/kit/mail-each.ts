/** One mail for each recipient, where a try that fails half-way does not write again to those who have it. */
import { createHash } from 'node:crypto'
import type { Picture } from '../../delivery/message.ts'
import type { ChannelPorts, Sending, Verdict } from '../channel.ts'
import { downTheLadder } from './ladder.ts'
import { createDialogue } from './mail-dialogue.ts'
import type { Mailer } from './mail.ts'

export interface Round {
  mailer: Mailer
  ports: Pick<ChannelPorts, 'memory' | 'shrink'>
  sending: Sending
  /** Who gets it, each once. */
  recipients: readonly string[]
  /** Null where none is wanted. */
  picture: Picture | null
  /** As it stands in the config; left out of what is shown. */
  serverName: string
  /** Whether the way to the server is encrypted; told when not. */
  encrypted: boolean
  /** The envelope and the whole mail for one of them. */
  compose(recipient: string, picture: Picture | null): Promise<{ from: string; to: string; bytes: Buffer }>
}

/** Sends what is still to be sent of one delivery. Never throws for what a server says. */
export async function mailEach(round: Round): Promise<Verdict> {
  const { mailer, ports, sending, recipients } = round
  const dialogue = createDialogue(round.serverName)
  const note = `taken ${sending.deliveryKey}`
  const taken = new Set((ports.memory.get(note) ?? '').split(' ').filter((mark) => mark !== ''))
  if (recipients.every((recipient) => taken.has(markOf(recipient)))) return { result: 'delivered', detail: 'An earlier try brought it.' }
  /** Of those who did not get it. */
  const refusals = new Map<string, Verdict>()
  let stopped = false

  async function send(recipient: string, picture: Picture | null): Promise<'done' | 'smaller'> {
    const sent = await mailer.send(await round.compose(recipient, picture), { dialogue, signal: sending.signal, fresh: sending.message.kind === 'test' })
    if (sent.result === 'taken') {
      // Before the next one: whoever has it must not get it again after a crash.
      taken.add(markOf(recipient))
      ports.memory.set(note, [...taken].join(' '))
      return 'done'
    }
    if (sent.result === 'too large' && picture !== null) return 'smaller'
    refusals.set(recipient, sent.verdict)
    stopped = sent.result === 'failed' && sent.about === 'server'
    return 'done'
  }

  const verdict = await downTheLadder(round.picture, { maxBytes: null }, ports, async (picture) => {
    let pictureRefused = false
    for (const recipient of recipients) {
      if (taken.has(markOf(recipient)) || refusals.has(recipient)) continue
      if ((await send(recipient, picture)) === 'smaller') pictureRefused = true
      if (stopped) break
    }
    return { verdict: total(recipients, { taken, refusals, stopped }, round.encrypted), pictureRefused: pictureRefused && !stopped }
  })
  return { ...verdict, exchange: dialogue.exchange() }
}

/** What is noted of a recipient: enough to know it again, no address. */
function markOf(recipient: string): string {
  return createHash('sha256').update(recipient).digest('hex').slice(0, 16)
}

interface Outcome {
  taken: ReadonlySet<string>
  refusals: ReadonlyMap<string, Verdict>
  /** Something was wrong with the server, the login or the sender. */
  stopped: boolean
}

function total(recipients: readonly string[], { taken, refusals, stopped }: Outcome, encrypted: boolean): Verdict {
  const have = recipients.filter((recipient) => taken.has(markOf(recipient))).length
  const open = encrypted ? '' : ' It went there unencrypted.'
  if (have === recipients.length) return { result: 'delivered', detail: `The mail server took it${have === 1 ? '' : ` for all ${have} recipients`}.${open}` }
  const worst = worstOf(recipients, refusals)
  if (worst === null) return { result: 'retry', after: null, why: 'Not sent to everybody.' }
  const { verdict, place } = worst
  if (recipients.length === 1 || !('why' in verdict)) return verdict
  const why = `${stopped ? '' : `Recipient ${place} of ${recipients.length}: `}${verdict.why} ${have} of ${recipients.length} have it.`
  // A wrong address must not hold up those that are right.
  return verdict.result === 'rejected' && have > 0 && !stopped ? { ...verdict, scope: 'message', why } : { ...verdict, why }
}

/** What may still pass is tried again; else the first refusal, what is wrong with the destination before what is wrong with this mail. */
function worstOf(recipients: readonly string[], refusals: ReadonlyMap<string, Verdict>): { verdict: Verdict; place: number } | null {
  const all = recipients.flatMap((recipient, index) => {
    const verdict = refusals.get(recipient)
    return verdict === undefined ? [] : [{ verdict, place: index + 1 }]
  })
  const passing = all.filter(({ verdict }) => verdict.result === 'retry').sort((a, b) => wishOf(b.verdict) - wishOf(a.verdict))
  return passing[0] ?? all.find(({ verdict }) => verdict.result === 'rejected' && verdict.scope === 'destination') ?? all[0] ?? null
}

function wishOf(verdict: Verdict): number {
  return verdict.result === 'retry' ? verdict.after ?? 0 : 0
}
