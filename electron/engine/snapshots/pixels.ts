/** Reducing and turning of decoded pixels. */
import type { Orientation } from '../ports.ts'

export interface Rgba {
  width: number
  height: number
  /** Four bytes a pixel, row by row. */
  data: Uint8ClampedArray
}

/** Reduces by averaging what falls into each new pixel. `width` and `height` must not exceed the source's. */
export function reduce(source: Rgba, width: number, height: number): Rgba {
  if (width === source.width && height === source.height) return source
  const data = new Uint8ClampedArray(width * height * 4)
  for (let y = 0; y < height; y++) {
    const top = Math.floor((y * source.height) / height)
    const bottom = Math.max(top + 1, Math.ceil(((y + 1) * source.height) / height))
    for (let x = 0; x < width; x++) {
      const left = Math.floor((x * source.width) / width)
      const right = Math.max(left + 1, Math.ceil(((x + 1) * source.width) / width))
      let red = 0
      let green = 0
      let blue = 0
      for (let row = top; row < bottom; row++) {
        for (let i = (row * source.width + left) * 4, end = (row * source.width + right) * 4; i < end; i += 4) {
          red += source.data[i] ?? 0
          green += source.data[i + 1] ?? 0
          blue += source.data[i + 2] ?? 0
        }
      }
      const pixels = (bottom - top) * (right - left)
      const to = (y * width + x) * 4
      data[to] = red / pixels
      data[to + 1] = green / pixels
      data[to + 2] = blue / pixels
      data[to + 3] = 255
    }
  }
  return { width, height, data }
}

/** Flips first, then turns clockwise (DESIGN section 4, "picture"). */
export function orient(source: Rgba, orientation: Orientation): Rgba {
  const { flipH, flipV, rotate } = orientation
  if (!flipH && !flipV && rotate === 0) return source
  const { width, height } = source
  const quarter = rotate === 90 || rotate === 270
  const newWidth = quarter ? height : width
  const from = new Uint32Array(source.data.buffer, source.data.byteOffset, width * height)
  const to = new Uint32Array(width * height)
  for (let y = 0; y < height; y++) {
    const flippedY = flipV ? height - 1 - y : y
    for (let x = 0; x < width; x++) {
      const flippedX = flipH ? width - 1 - x : x
      let newX = flippedX
      let newY = flippedY
      if (rotate === 90) [newX, newY] = [height - 1 - flippedY, flippedX]
      else if (rotate === 180) [newX, newY] = [width - 1 - flippedX, height - 1 - flippedY]
      else if (rotate === 270) [newX, newY] = [flippedY, width - 1 - flippedX]
      to[newY * newWidth + newX] = from[y * width + x] ?? 0
    }
  }
  return { width: newWidth, height: quarter ? width : height, data: new Uint8ClampedArray(to.buffer) }
}
