/** The address of an incoming webhook. Whoever has it can post, so it is a secret as a whole. */
import type { Secret } from '../../settings/secret.ts'
import { problemOfAddress } from '../kit/address.ts'

const LOOKS_LIKE = 'It looks like https://hooks.slack.com/services/T.../B.../LETTERS.'
const PATH = /\/services\/T\w+\/B\w+\/[\w-]+\/?$/

/** @returns what is wrong with it, in words of cause and cure; null = it can be used */
export function problemOfWebhook(address: Secret): string | null {
  const text = address.reveal().trim()
  const problem = problemOfAddress(text, { credentials: 'Slack needs none' })
  if (problem !== null) return `${problem} ${LOOKS_LIKE}`
  const { pathname } = new URL(text)
  if (/\/(workflows|triggers)\//.test(pathname)) return `This address starts a workflow. Make an incoming webhook instead. ${LOOKS_LIKE}`
  return PATH.test(pathname) ? null : `This is no incoming webhook of Slack. ${LOOKS_LIKE}`
}
