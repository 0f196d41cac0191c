/** What the answer means: 200 to 399 is success, as in the plugin; the rest by the shared table. */
import type { Verdict } from '../channel.ts'
import { verdictOfStatus } from '../kit/answers.ts'
import type { Answer } from '../kit/http.ts'
import type { Stop } from './follow.ts'

export interface Heard {
  answer: Answer
  stop: Stop
  /** It came over https, so from nobody else. */
  secure: boolean
}

/** @param now epoch ms */
export function verdictOf({ answer, stop, secure }: Heard, method: string, now: number): Verdict {
  const { status } = answer
  if (stop === 'circle') return refused(`The server sends us on again and again (${status}). Enter the address it leads to.`)
  if (stop !== null) return sentOn(status, stop, secure)
  if (status >= 200 && status < 400) return { result: 'delivered', detail: `Answered ${status}.` }
  if (status === 405) return refused(`The server takes no ${method} there (405). Choose another method, or check the address.`)
  return verdictOfStatus(status, answer.headers['retry-after'], now)
}

function sentOn(status: number, stop: Stop, secure: boolean): Verdict {
  const where = stop === 'unsafe' ? 'to http://, where anybody could read along' : 'to another computer'
  // "See there" says that the event was taken; over http:// anybody on the way (the login page of a hotel) may have said so.
  if (secure && (status === 302 || status === 303)) return { result: 'delivered', detail: `Answered ${status}, and sends us on ${where}: not followed.` }
  return refused(`The server sends us on ${where} (${status}). Enter the address it leads to.`)
}

/** The login that comes before. */
export function verdictOfLogin({ answer, stop }: Heard, now: number): Verdict {
  const { status } = answer
  if (stop !== null) return refused(`The OAuth address sends us on to somewhere else (${status}). Enter the address it leads to.`)
  if (status >= 200 && status < 400) return refused('The OAuth address answers without a JSON object. Check the address.')
  const verdict = verdictOfStatus(status, answer.headers['retry-after'], now)
  if (verdict.result === 'retry') return { ...verdict, why: `At the OAuth address: ${verdict.why}` }
  return refused(`The OAuth address refuses the login (${status}). Check its headers and data.`)
}

export function refused(why: string): Verdict {
  return { result: 'rejected', scope: 'destination', why }
}
