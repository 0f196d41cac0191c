/** A picture that is too large for the far side is sent smaller, then not at all: no message is lost for its picture. */
import type { Picture } from '../../delivery/message.ts'
import type { ChannelPorts, Verdict } from '../channel.ts'

/** Longest edges, px (channels.md, "degrade ladder"). What comes out of the snapshot store has at most 1296. */
const STEPS = [1280, 640, 320] as const

export interface Step {
  verdict: Verdict
  /** The far side did not take it for its picture: too large, or pictures are not allowed there. */
  pictureRefused: boolean
}

/**
 * @param maxBytes what the far side is known to take; larger steps are not even tried
 * @param send tries with a picture, or with none; called until one is not refused for its picture
 */
export async function downTheLadder(picture: Picture | null, { maxBytes }: { maxBytes: number | null }, ports: Pick<ChannelPorts, 'shrink'>, send: (picture: Picture | null) => Promise<Step>): Promise<Verdict> {
  if (picture === null) return (await send(null)).verdict
  const fits = (one: Picture): boolean => maxBytes === null || one.jpeg.byteLength <= maxBytes
  let last: Picture | null = null
  for (const edge of STEPS) {
    const smaller: Picture | null = Math.max(picture.width, picture.height) <= edge ? picture : await ports.shrink(picture, edge)
    if (smaller === null || smaller === last || !fits(smaller)) continue
    last = smaller
    const { verdict, pictureRefused } = await send(smaller)
    if (!pictureRefused) return smaller === picture || verdict.result !== 'delivered' ? verdict : { ...verdict, detail: `${verdict.detail} Its picture was made smaller.` }
  }
  const { verdict } = await send(null)
  return verdict.result === 'delivered' ? { ...verdict, detail: `${verdict.detail} Without its picture: too large for it.` } : verdict
}
