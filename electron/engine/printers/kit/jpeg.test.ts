import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { firstJpeg, isJpeg } from './jpeg.ts'

describe('a JPEG', () => {
  const body = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(200, 7), Buffer.from([0xff, 0xd9])])

  it('is known by its first bytes, not by its name', () => {
    expect(isJpeg(body)).toBe(true)
    expect(isJpeg(Buffer.from('<html>'.padEnd(300)))).toBe(false)
    expect(isJpeg(Buffer.from([0xff, 0xd8, 0xff]))).toBe(false)
  })

  it.each([
    ['with a length', `--b\r\nContent-Length: ${body.length}\r\n\r\n`, ''],
    ['without a length, up to the next boundary', '--b\r\nContent-Type: image/jpeg\r\n\r\n', '\r\n--b\r\n'],
  ])('is taken out of a stream %s, however it is cut into chunks', async (_what, head, tail) => {
    for (const size of [1, 7, 1_000]) {
      const stream = new PassThrough()
      const found = firstJpeg(stream, 'multipart/x-mixed-replace;boundary=b', new AbortController().signal)
      const all = Buffer.concat([Buffer.from(head), body, Buffer.from(tail)])
      for (let at = 0; at < all.length; at += size) stream.write(all.subarray(at, at + size))
      expect(Buffer.from(await found).equals(body)).toBe(true)
    }
  })

  it('is none in a stream that ends early', async () => {
    const stream = new PassThrough()
    const found = firstJpeg(stream, 'multipart/x-mixed-replace; boundary="b"', new AbortController().signal)
    stream.end('--b\r\nContent-Length: 900\r\n\r\nshort')
    await expect(found).rejects.toMatchObject({ cause_: 'not_a_picture' })
  })
})
