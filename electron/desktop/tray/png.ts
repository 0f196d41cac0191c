/** A picture as PNG: the one form that every system's native image reads alike, whatever the order of its own bytes. Pure. */
import { crc32, deflateSync } from 'node:zlib'
import type { Bitmap } from './canvas.ts'

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
/** 8 bits a channel, colour with alpha, and the only compression, filtering and order of rows there is. */
const TRUECOLOUR_ALPHA = [8, 6, 0, 0, 0]

/** PNG, colour with alpha, rows unfiltered (PNG specification, sections 5, 9 and 11). */
export function encodePng({ size, rgba }: Bitmap): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(size, 0)
  header.writeUInt32BE(size, 4)
  header.set(TRUECOLOUR_ALPHA, 8)
  const rows = Buffer.alloc(size * (1 + size * 4))
  for (let row = 0; row < size; row++) rows.set(rgba.subarray(row * size * 4, (row + 1) * size * 4), row * (1 + size * 4) + 1)
  return Buffer.concat([Buffer.from(SIGNATURE), chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))])
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data])
  const framed = Buffer.alloc(body.length + 8)
  framed.writeUInt32BE(data.length, 0)
  framed.set(body, 4)
  framed.writeUInt32BE(crc32(body), body.length + 4)
  return framed
}
