/** The containers of icons of Windows (.ico) and macOS (.icns). Both take whole PNGs. */

/**
 * @param {readonly { edge: number, png: Buffer }[]} pictures edge in px, at most 256
 * @returns {Buffer}
 */
export function icoOf(pictures) {
  const head = Buffer.alloc(6 + 16 * pictures.length)
  // Reserved, type 1 = icon, count.
  head.writeUInt16LE(1, 2)
  head.writeUInt16LE(pictures.length, 4)
  let offset = head.length
  for (const [index, { edge, png }] of pictures.entries()) {
    const entry = 6 + 16 * index
    // 256 is written as 0.
    head.writeUInt8(edge % 256, entry)
    head.writeUInt8(edge % 256, entry + 1)
    head.writeUInt16LE(1, entry + 4)
    head.writeUInt16LE(32, entry + 6)
    head.writeUInt32LE(png.length, entry + 8)
    head.writeUInt32LE(offset, entry + 12)
    offset += png.length
  }
  return Buffer.concat([head, ...pictures.map(({ png }) => png)])
}

/**
 * @param {readonly { type: string, png: Buffer }[]} pictures type: four letters, "ic07" = 128 px ...
 * @returns {Buffer}
 */
export function icnsOf(pictures) {
  const blocks = pictures.map(({ type, png }) => {
    const head = Buffer.alloc(8)
    head.write(type, 0, 'latin1')
    // The length counts the head.
    head.writeUInt32BE(8 + png.length, 4)
    return Buffer.concat([head, png])
  })
  const head = Buffer.alloc(8)
  head.write('icns', 0, 'latin1')
  head.writeUInt32BE(8 + blocks.reduce((sum, { length }) => sum + length, 0), 4)
  return Buffer.concat([head, ...blocks])
}
