import { inflateSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { encodePng } from './png.ts'

it('writes signature, header, rows and end as the specification has them', () => {
  const png = encodePng({ size: 2, rgba: Uint8Array.of(255, 0, 0, 255, 0, 255, 0, 128, 0, 0, 255, 0, 9, 8, 7, 6) })
  expect(png.subarray(0, 8).toString('hex')).toBe('89504e470d0a1a0a')
  // 2x2, 8 bits, colour with alpha; the check sum was computed with Python's zlib.
  expect(png.subarray(8, 33).toString('hex')).toBe('0000000d49484452000000020000000208060000' + '0072b60d24')
  const length = png.readUInt32BE(33)
  expect(png.subarray(37, 41).toString()).toBe('IDAT')
  expect(Array.from(inflateSync(png.subarray(41, 41 + length)))).toEqual([0, 255, 0, 0, 255, 0, 255, 0, 128, 0, 0, 0, 255, 0, 9, 8, 7, 6])
  expect(png.subarray(-12).toString('hex')).toBe('0000000049454e44ae426082')
})
