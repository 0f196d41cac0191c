/** Where shapes are laid over one another until they are a bitmap. Pure. */
import type { Coverage } from './raster.ts'

export interface Bitmap {
  /** px; the picture is square. */
  size: number
  /** Red, green, blue, alpha (not premultiplied), row by row from the top. */
  rgba: Uint8Array
}

export type Colour = readonly [red: number, green: number, blue: number]

/** Colours laid over one another; what is cut is gone from all that was laid so far. */
export class Canvas {
  /** Premultiplied, 0..1. */
  readonly #pixels: Float64Array
  constructor(readonly size: number) {
    this.#pixels = new Float64Array(size * size * 4)
  }

  draw(shape: Coverage, colour: Colour, opacity = 1): void {
    // By index, here and below: this is interpreted code, and an iterator's pairs are most of its time.
    for (let pixel = 0; pixel < shape.length; pixel++) {
      const alpha = (shape[pixel] ?? 0) * opacity
      if (alpha === 0) continue
      for (let channel = 0; channel < 4; channel++) {
        const at = pixel * 4 + channel
        this.#pixels[at] = alpha * (channel === 3 ? 1 : (colour[channel] ?? 0) / 255) + (this.#pixels[at] ?? 0) * (1 - alpha)
      }
    }
  }

  cut(shape: Coverage): void {
    for (let pixel = 0; pixel < shape.length; pixel++) {
      const covered = shape[pixel] ?? 0
      if (covered === 0) continue
      for (let channel = 0; channel < 4; channel++) this.#pixels[pixel * 4 + channel] = (this.#pixels[pixel * 4 + channel] ?? 0) * (1 - covered)
    }
  }

  /**
   * Lays a rim of another colour under everything, `width` px wide, soft at its edge: what was drawn stays readable on a ground of its
   * own colour.
   */
  rim(width: number, colour: Colour, opacity: number): void {
    const { size } = this
    const alphas = Float64Array.from({ length: size * size }, (_, pixel) => this.#pixels[pixel * 4 + 3] ?? 0)
    const around = neighbours(width)
    const nearest = alphas.slice()
    for (let pixel = 0; pixel < alphas.length; pixel++) {
      const alpha = alphas[pixel] ?? 0
      if (alpha === 0) continue
      const [x, y] = [pixel % size, Math.floor(pixel / size)]
      // One that is walled in reaches nobody whom a wall does not reach better.
      if (isWalledIn(alphas, size, x, y, alpha)) continue
      for (const { dx, dy, part } of around) {
        const [toX, toY] = [x + dx, y + dy]
        if (toX < 0 || toX >= size || toY < 0 || toY >= size) continue
        const at = toY * size + toX
        const reached = part * alpha
        if (reached > (nearest[at] ?? 0)) nearest[at] = reached
      }
    }
    for (let pixel = 0; pixel < alphas.length; pixel++) {
      const under = (nearest[pixel] ?? 0) * opacity * (1 - (alphas[pixel] ?? 0))
      if (under === 0) continue
      for (let channel = 0; channel < 4; channel++) {
        const at = pixel * 4 + channel
        this.#pixels[at] = (this.#pixels[at] ?? 0) + under * (channel === 3 ? 1 : (colour[channel] ?? 0) / 255)
      }
    }
  }

  bitmap(): Bitmap {
    const rgba = new Uint8Array(this.#pixels.length)
    for (let at = 0; at < rgba.length; at += 4) {
      const alpha = this.#pixels[at + 3] ?? 0
      for (let channel = 0; channel < 3; channel++) rgba[at + channel] = alpha === 0 ? 0 : Math.round(((this.#pixels[at + channel] ?? 0) / alpha) * 255)
      rgba[at + 3] = Math.round(alpha * 255)
    }
    return { size: this.size, rgba }
  }
}

/** The pixels that a rim reaches from its middle, and how much of each it takes, 0..1. */
function neighbours(width: number): { dx: number; dy: number; part: number }[] {
  const reach = Math.ceil(width)
  const found: { dx: number; dy: number; part: number }[] = []
  for (let dy = -reach; dy <= reach; dy++) {
    for (let dx = -reach; dx <= reach; dx++) {
      const part = Math.min(1, Math.max(0, width + 0.5 - Math.hypot(dx, dy)))
      if (part > 0) found.push({ dx, dy, part })
    }
  }
  return found
}

/** Whether the four pixels beside it are there and cover at least as much. */
function isWalledIn(alphas: Float64Array, size: number, x: number, y: number, alpha: number): boolean {
  if (x === 0 || y === 0 || x === size - 1 || y === size - 1) return false
  const at = y * size + x
  return (alphas[at - 1] ?? 0) >= alpha && (alphas[at + 1] ?? 0) >= alpha && (alphas[at - size] ?? 0) >= alpha && (alphas[at + size] ?? 0) >= alpha
}
