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
    for (const [pixel, covered] of shape.entries()) {
      const alpha = covered * opacity
      if (alpha === 0) continue
      for (let channel = 0; channel < 4; channel++) {
        const at = pixel * 4 + channel
        this.#pixels[at] = alpha * (channel === 3 ? 1 : (colour[channel] ?? 0) / 255) + (this.#pixels[at] ?? 0) * (1 - alpha)
      }
    }
  }

  cut(shape: Coverage): void {
    for (const [pixel, covered] of shape.entries()) {
      for (let channel = 0; channel < 4; channel++) this.#pixels[pixel * 4 + channel] = (this.#pixels[pixel * 4 + channel] ?? 0) * (1 - covered)
    }
  }

  /**
   * Lays a rim of another colour under everything, `width` px wide, soft at its edge: what was drawn stays readable on a ground of its
   * own colour.
   */
  rim(width: number, colour: Colour, opacity: number): void {
    const reach = Math.ceil(width)
    const { size } = this
    const alphas = Float64Array.from({ length: size * size }, (_, pixel) => this.#pixels[pixel * 4 + 3] ?? 0)
    const near = (x: number, y: number): number => {
      let most = 0
      for (let dy = -reach; dy <= reach; dy++) {
        for (let dx = -reach; dx <= reach; dx++) {
          if (x + dx < 0 || x + dx >= size || y + dy < 0 || y + dy >= size) continue
          const part = Math.min(1, Math.max(0, width + 0.5 - Math.hypot(dx, dy)))
          most = Math.max(most, part * (alphas[(y + dy) * size + x + dx] ?? 0))
        }
      }
      return most
    }
    for (const [pixel, alpha] of alphas.entries()) {
      const under = near(pixel % size, Math.floor(pixel / size)) * opacity * (1 - alpha)
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
