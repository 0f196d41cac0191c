/** Recognising a JPEG, and taking the first one out of an MJPEG stream without reading on. */
import type { Readable } from 'node:stream'
import { NetError } from '../net.ts'
import { NoPicture } from '../adapter.ts'

export const MAX_PICTURE_BYTES = 10_000_000

/** By its first bytes: content types lie, and an error page comes with status 200. */
export function isJpeg(bytes: Uint8Array): boolean {
  return bytes.length > 100 && bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff
}

/**
 * The first whole part of a multipart/x-mixed-replace stream, found by its Content-Length, else by the next boundary.
 * @throws NoPicture, or what the stream failed with
 */
export function firstJpeg(stream: Readable, contentType: string, signal: AbortSignal): Promise<Uint8Array> {
  const named = /boundary="?([^";]+)"?/i.exec(contentType)?.[1] ?? ''
  // Some servers name the boundary with its two dashes, some without.
  const boundary = Buffer.from(`--${named.replace(/^--/, '')}`)
  return new Promise((resolve, reject) => {
    let data = Buffer.alloc(0)
    const onAbort = () => finish(() => reject(new NetError('aborted', 'Stopped.')))
    function finish(settle: () => void): void {
      signal.removeEventListener('abort', onAbort)
      stream.removeListener('data', onData)
      stream.on('error', () => undefined)
      stream.destroy()
      settle()
    }
    function onData(chunk: Buffer): void {
      data = Buffer.concat([data, chunk])
      if (data.length > MAX_PICTURE_BYTES) return finish(() => reject(new NoPicture('too_large', 'A picture of the stream has more than 10 MB.')))
      const part = wholePart(data, boundary)
      if (part) finish(() => resolve(part))
    }
    signal.addEventListener('abort', onAbort, { once: true })
    stream.on('data', onData)
    stream.once('end', () => finish(() => reject(new NoPicture('not_a_picture', 'The stream ended before its first picture.'))))
    stream.once('error', (error) => finish(() => reject(error)))
    if (signal.aborted) onAbort()
  })
}

function wholePart(data: Buffer, boundary: Buffer): Buffer | null {
  const start = data.indexOf(boundary)
  if (start < 0) return null
  const head = data.indexOf('\r\n\r\n', start)
  if (head < 0) return null
  const body = head + 4
  const length = /content-length:\s*(\d{1,9})/i.exec(data.toString('latin1', start, head))?.[1]
  if (length !== undefined) return data.length >= body + Number(length) ? data.subarray(body, body + Number(length)) : null
  const next = data.indexOf(Buffer.concat([Buffer.from('\r\n'), boundary]), body)
  return next < 0 ? null : data.subarray(body, next)
}
