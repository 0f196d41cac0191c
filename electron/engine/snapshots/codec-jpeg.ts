/**
 * The heavy part of the picture port: mozjpeg compiled to WebAssembly, loaded on first use. Only the codec's own process
 * imports this file; why is in docs/decisions/picture-codec.md.
 */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Orientation } from '../ports.ts'
import { decodePng } from './codec-png.ts'
import { NotAPicture, readHeader } from './header.ts'
import { orient, reduce, type Rgba } from './pixels.ts'
import { plan } from './plan.ts'

const QUALITY = 85
// Progressive output costs twice the time for 6 to 8 % of the size; mozjpeg's optimized tables are worth theirs.
const ENCODER = { quality: QUALITY, progressive: false, baseline: true, optimize_coding: true }

export interface Prepared {
  jpeg: Uint8Array
  width: number
  height: number
}

/**
 * Decodes, reduces, orients and encodes.
 * @throws NotAPicture when the bytes cannot be decoded. After any error the WebAssembly instance may be spoilt: end the process.
 */
export async function transform(bytes: Uint8Array, orientation: Orientation, longestEdge?: number): Promise<Prepared> {
  const header = readHeader(bytes)
  const { width, height } = plan(header, bytes.length, orientation, longestEdge)
  const quarter = orientation.rotate === 90 || orientation.rotate === 270
  const decoded = header.kind === 'png' ? decodePng(bytes) : await decodeJpeg(bytes)
  // Reduced before it is turned: fewer pixels to move.
  const small = reduce(decoded, quarter ? height : width, quarter ? width : height)
  const turned = orient(small, orientation)
  const { encode } = await encoder()
  return { jpeg: new Uint8Array(await encode(turned, ENCODER)), width: turned.width, height: turned.height }
}

async function decodeJpeg(bytes: Uint8Array): Promise<Rgba> {
  const { decode } = await decoder()
  try {
    return (await decode(Uint8Array.from(bytes).buffer)) as Rgba
  } catch (error) {
    throw new NotAPicture(`the JPEG cannot be decoded: ${error instanceof Error ? error.message : 'its structure is damaged or of an unknown kind'}`)
  }
}

type Decode = (bytes: ArrayBuffer) => Promise<unknown>
type Encode = (picture: Rgba, options: typeof ENCODER) => Promise<ArrayBuffer>

let decoding: Promise<{ decode: Decode }> | null = null
let encoding: Promise<{ encode: Encode }> | null = null

function decoder(): Promise<{ decode: Decode }> {
  return (decoding ??= (async () => {
    const { default: decode, init } = await import('@jsquash/jpeg/decode.js')
    await start(init, '@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm')
    return { decode: decode as Decode }
  })())
}

function encoder(): Promise<{ encode: Encode }> {
  return (encoding ??= (async () => {
    const { default: encode, init } = await import('@jsquash/jpeg/encode.js')
    await start(init, '@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm')
    return { encode: encode as Encode }
  })())
}

/** The package is made for browsers and would fetch its .wasm; in Node we read it. */
async function start(init: unknown, path: string): Promise<void> {
  const wasmBinary = await readFile(createRequire(import.meta.url).resolve(path))
  await (init as (overrides: { wasmBinary: Uint8Array }) => Promise<void>)({ wasmBinary })
}
