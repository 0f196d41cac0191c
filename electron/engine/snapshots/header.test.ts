import { describe, expect, it } from 'vitest'
import { readHeader, withoutTurning } from './header.ts'

const bytes = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'))

const SOI = 'ffd8'
const APP0 = 'ffe0 0010 4a46494600 0101 00 0001 0001 00 00'
const SOF_640x360 = 'ffc0 0011 08 0168 0280 03 011100 021101 031101'
const SCAN = 'ffda 000c 03 0100 0211 0311 00 3f 00 a1b2c3 ff00 d4'
const EOI = 'ffd9'
/** APP1, little-endian TIFF, one entry: orientation = 6. */
const EXIF_6 = 'ffe1 0022 457869660000 49492a00 08000000 0100 1201 0300 01000000 06000000 00000000'
/** The same in big-endian, orientation = 1. */
const EXIF_1_BIG = 'ffe1 0022 457869660000 4d4d002a 00000008 0001 0112 0003 00000001 00010000 00000000'

describe('readHeader', () => {
  it('reads width and height of a JPEG', () => {
    expect(readHeader(bytes(SOI + APP0 + SOF_640x360 + SCAN + EOI))).toEqual({ kind: 'jpeg', width: 640, height: 360, turning: [] })
  })

  it('reads a progressive JPEG with fill bytes and several blocks before its size', () => {
    const progressive = 'ffc2 0011 08 04b0 0640 03 012200 021101 031101'
    expect(readHeader(bytes(SOI + APP0 + 'fffe 0004 6869' + 'ffff' + progressive + SCAN + EOI))).toMatchObject({ width: 1600, height: 1200 })
  })

  it('does not take the tables that share the frame markers\' range for a size', () => {
    const huffman = 'ffc4 0014 00 00000000000000000000000000000000 00'
    expect(readHeader(bytes(SOI + huffman + SOF_640x360 + SCAN + EOI))).toMatchObject({ width: 640, height: 360 })
  })

  it('reads width and height of a PNG', () => {
    expect(readHeader(bytes('89504e470d0a1a0a 0000000d 49484452 00000500 000002d0 08 02 00 00 00 00000000'))).toEqual({ kind: 'png', width: 1280, height: 720, turning: [] })
  })

  it('finds an EXIF block that turns the picture, in both byte orders, and leaves an upright one', () => {
    expect(readHeader(bytes(SOI + EXIF_6 + SOF_640x360 + SCAN + EOI)).turning).toEqual([[2, 38]])
    expect(readHeader(bytes(SOI + EXIF_1_BIG + SOF_640x360 + SCAN + EOI)).turning).toEqual([])
  })

  it('cuts out nothing but that block', () => {
    const turned = bytes(SOI + APP0 + EXIF_6 + SOF_640x360 + SCAN + EOI)
    expect(withoutTurning(turned, readHeader(turned))).toEqual(bytes(SOI + APP0 + SOF_640x360 + SCAN + EOI))
  })

  it.each([
    ['0 bytes', '', 'the camera answered nothing (0 bytes)'],
    ['HTML', Buffer.from('\n <!DOCTYPE html><html><title>Login</title>').toString('hex'), 'the camera answered a web page (HTML; a login page or a wrong address?) instead of a picture'],
    ['JSON', Buffer.from('{"error":"no"}').toString('hex'), 'the camera answered JSON instead of a picture'],
    ['an MJPEG stream', Buffer.from('--boundary\r\nContent-Type: image/jpeg').toString('hex'), 'the camera answered a video stream instead of a picture'],
    ['a GIF', Buffer.from('GIF89a....').toString('hex'), 'the camera answered a GIF instead of a picture'],
    ['junk', '0102030405', 'the camera answered 5 bytes that are neither JPEG nor PNG instead of a picture'],
    ['a JPEG cut off in its header', SOI + APP0 + 'ffc0 0011 08 01', 'the JPEG is cut off before its end'],
    ['a JPEG cut off in its pixels', SOI + APP0 + SOF_640x360 + SCAN, 'the JPEG is cut off before its end'],
    ['a JPEG of only a start', 'ffd8ff', 'the JPEG is cut off before its end'],
    ['a JPEG without a size', SOI + APP0 + SCAN + EOI, 'the JPEG is corrupt: its pixels come before its size'],
    ['a JPEG with rubbish between blocks', SOI + APP0 + '1234' + SOF_640x360 + SCAN + EOI, 'the JPEG is corrupt: no marker at byte 20'],
    ['a JPEG block shorter than its length', SOI + 'ffe0 0001' + SOF_640x360 + SCAN + EOI, 'the JPEG is corrupt: a block of 1 bytes at byte 2'],
    ['a JPEG of no width', SOI + SOF_640x360.replace('0280', '0000') + SCAN + EOI, 'the picture says it is 0x360 pixels'],
    ['a JPEG bomb', SOI + SOF_640x360.replace('0168 0280', 'ffff ffff') + SCAN + EOI, 'the picture says it is 65535x65535 pixels, more than 50 million'],
    ['a PNG bomb', '89504e470d0a1a0a 0000000d 49484452 00010000 00010000 08 02 00 00 00 00000000', 'the picture says it is 65536x65536 pixels, more than 50 million'],
    ['a cut PNG', '89504e470d0a1a0a 0000000d 49484452', 'the PNG is cut off before its end'],
  ])('refuses %s and says what it is', (_, hex, message) => {
    expect(() => readHeader(bytes(hex))).toThrow(message)
  })
})
