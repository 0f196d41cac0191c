/** Draws what the simulated printer's webcam sees: a bed, a gantry with a nozzle, and a boat that grows layer by layer. */
import type { Pixels } from './jpeg.ts'

export interface Scene {
  width: number
  height: number
  /** Fraction of the object that stands on the bed. */
  progress: number
  /** Fraction along the bed where the nozzle is; the nozzle parks at the side when `parked`. */
  nozzle: number
  parked: boolean
  /** Nozzle temperature as a fraction of its target range: it glows. */
  heat: number
  /** Degrees on the colour wheel: which printer this is. */
  hue: number
  /** A failure detector drew a box around what it judged. */
  marked?: boolean
}

type Colour = readonly [number, number, number]

const WALL: Colour = [186, 190, 194]
const FLOOR: Colour = [140, 134, 126]
const FRAME: Colour = [74, 78, 84]
const BED: Colour = [28, 30, 33]
const LINE: Colour = [52, 55, 60]
const STEEL: Colour = [206, 210, 216]
const MARK: Colour = [220, 30, 40]

/** The picture is composed for 640x360 and scaled to the size asked for. */
export function paint(scene: Scene): Pixels {
  const { width, height } = scene
  const rgb = new Uint8Array(width * height * 3)
  const plastic = wheel(scene.hue)
  const grown = 250 - 130 * scene.progress
  const gantry = scene.parked ? 70 : grown - 34
  const head = scene.parked ? 96 : 215 + 210 * scene.nozzle
  const hot: Colour = [120 + 135 * scene.heat, 100 + 20 * scene.heat, 80 - 30 * scene.heat]
  for (let py = 0; py < height; py++) {
    const y = (py * 360) / height
    for (let px = 0; px < width; px++) {
      const x = (px * 640) / width
      const colour = at(x, y)
      const shade = 1 - 0.25 * Math.hypot((x - 320) / 640, (y - 180) / 360)
      const i = (py * width + px) * 3
      rgb[i] = colour[0] * shade
      rgb[i + 1] = colour[1] * shade
      rgb[i + 2] = colour[2] * shade
    }
  }
  return { width, height, rgb }

  function at(x: number, y: number): Colour {
    if (scene.marked && isOnBox(x, y)) return MARK
    if (Math.abs(x - head) < 5 && y > gantry + 24 && y < gantry + 34 - Math.abs(x - head)) return hot
    if (Math.abs(x - head) < 22 && Math.abs(y - gantry) < 24) return Math.abs(x - head) < 12 && Math.abs(y - gantry) < 12 ? LINE : STEEL
    if (x > 52 && x < 588 && Math.abs(y - gantry) < 5) return FRAME
    if ((Math.abs(x - 44) < 12 || Math.abs(x - 596) < 12) && y > 24 && y < 322) return FRAME
    if (x > 32 && x < 608 && Math.abs(y - 24) < 10) return FRAME
    if (scene.progress > 0 && y >= grown && y <= 250) {
      const boat = inBoat(x, y)
      if (boat > 0) return tint(plastic, boat * (Math.floor(y / 2.7) % 2 ? 1 : 0.93))
    }
    if (y > 238 && y < 300) {
      const spread = 150 + (y - 238) * 1.7
      if (Math.abs(x - 320) < spread) {
        const column = ((x - 320) / spread) * 8
        return Math.abs(column - Math.round(column)) < 0.03 || Math.floor(y - 238) % 16 === 0 ? LINE : BED
      }
    }
    return y >= 300 ? FLOOR : tint(WALL, 1 - (y / 360) * 0.2)
  }
}

/** The frame of a box around where the boat grows. */
function isOnBox(x: number, y: number): boolean {
  const [across, down] = [Math.abs(x - 320) - 130, Math.abs(y - 190) - 80]
  return Math.max(across, down) <= 0 && Math.max(across, down) > -4
}

/** Brightness of the boat's plastic at a point, 0 where there is none: hull, deck house with a window, funnel. */
function inBoat(x: number, y: number): number {
  if (y > 205) {
    const side = (250 - y) / 45
    if (x > 236 - side * 18 && x < 386 + side * 46) return 0.72 + 0.28 * side
    return 0
  }
  if (y > 152) {
    if (x < 262 || x > 344) return 0
    return y > 166 && y < 190 && x > 284 && x < 322 ? 0.35 : 0.95
  }
  if (y > 143) return x > 252 && x < 354 ? 1.05 : 0
  return x > 276 && x < 300 ? 0.85 : 0
}

function tint(colour: Colour, by: number): Colour {
  return [Math.min(255, colour[0] * by), Math.min(255, colour[1] * by), Math.min(255, colour[2] * by)]
}

/** A full, bright colour of the wheel. */
function wheel(hue: number): Colour {
  const channel = (shift: number): number => {
    const k = (shift + hue / 30) % 12
    return 255 * (0.55 - 0.4 * Math.max(-1, Math.min(k - 3, 9 - k, 1)))
  }
  return [channel(0), channel(8), channel(4)]
}
