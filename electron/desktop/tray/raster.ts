/**
 * A small scan converter for the drawings of the tray: closed outlines on the look's grid of 16 become coverage per pixel. Horizontally
 * the coverage is exact, vertically it is the mean of 16 lines a pixel. Pure.
 */

/** A closed outline: x, y, x, y ... in units of the 16 grid. */
export type Outline = readonly number[]

/** 0..1 per pixel, row by row from the top. */
export type Coverage = Float32Array

/** The grid that every drawing of the look is made on. */
export const GRID = 16
const LINES_A_PIXEL = 16
/** Pieces that a curve or a quarter of a circle is cut into: at 64 px a piece is far below a pixel. */
const PIECES = 12

interface Path {
  points: number[]
  closed: boolean
}

/**
 * Reads the part of SVG's path language that the look uses: M L H V C A Z, absolute and relative, arcs without rotation.
 * @throws Error when the data holds anything else: a drawing that is read half is worse than none
 */
export function readPath(data: string): Path[] {
  const words = data.match(/[a-zA-Z]|-?(?:\d*\.\d+|\d+)/g) ?? []
  const paths: Path[] = []
  let path: Path = { points: [], closed: false }
  let x = 0
  let y = 0
  let at = 0
  let command = ''
  const number = (): number => {
    const value = Number(words[at++])
    if (!Number.isFinite(value)) throw new Error(`a number is missing in the path "${data}"`)
    return value
  }
  const to = (nextX: number, nextY: number): void => {
    path.points.push(nextX, nextY)
    x = nextX
    y = nextY
  }
  while (at < words.length) {
    if (/[a-zA-Z]/.test(words[at] ?? '')) command = words[at++] ?? ''
    const relative = command === command.toLowerCase()
    const [fromX, fromY] = relative ? [x, y] : [0, 0]
    switch (command.toUpperCase()) {
      case 'M':
        path = { points: [], closed: false }
        paths.push(path)
        to(fromX + number(), fromY + number())
        command = relative ? 'l' : 'L'
        break
      case 'L': to(fromX + number(), fromY + number()); break
      case 'H': to(fromX + number(), y); break
      case 'V': to(x, fromY + number()); break
      case 'C': {
        const [ax, ay, bx, by, cx, cy] = [fromX + number(), fromY + number(), fromX + number(), fromY + number(), fromX + number(), fromY + number()]
        const [sx, sy] = [x, y]
        for (let piece = 1; piece <= PIECES; piece++) to(cubic(sx, ax, bx, cx, piece / PIECES), cubic(sy, ay, by, cy, piece / PIECES))
        break
      }
      case 'A': {
        const [rx, ry, rotation, large, sweep] = [number(), number(), number(), number(), number()]
        if (rotation !== 0) throw new Error(`an arc is turned in the path "${data}"`)
        for (const [px, py] of arc([x, y], [fromX + number(), fromY + number()], rx, ry, large === 1, sweep === 1)) to(px, py)
        break
      }
      case 'Z':
        path.closed = true
        x = path.points[0] ?? 0
        y = path.points[1] ?? 0
        command = ''
        break
      default: throw new Error(`"${command}" is not understood in the path "${data}"`)
    }
  }
  return paths
}

function cubic(a: number, b: number, c: number, d: number, t: number): number {
  const u = 1 - t
  return u * u * u * a + 3 * u * u * t * b + 3 * u * t * t * c + t * t * t * d
}

/** Points of an elliptic arc after its start (SVG 1.1, F.6.5, without rotation). */
function arc(from: readonly [number, number], to: readonly [number, number], rx: number, ry: number, large: boolean, sweep: boolean): [number, number][] {
  // On a circle of radius 1 the rest is plain geometry.
  const [ax, ay, bx, by] = [from[0] / rx, from[1] / ry, to[0] / rx, to[1] / ry]
  const half = Math.hypot(bx - ax, by - ay) / 2
  // A chord longer than the diameter asks for the smallest circle that holds it.
  const radius = Math.max(1, half)
  const height = Math.sqrt(radius * radius - half * half) * (large === sweep ? -1 : 1)
  const cx = (ax + bx) / 2 - (height * (by - ay)) / (2 * half)
  const cy = (ay + by) / 2 + (height * (bx - ax)) / (2 * half)
  const start = Math.atan2(ay - cy, ax - cx)
  let turn = Math.atan2(by - cy, bx - cx) - start
  if (sweep && turn < 0) turn += 2 * Math.PI
  if (!sweep && turn > 0) turn -= 2 * Math.PI
  return Array.from({ length: 2 * PIECES }, (_, index): [number, number] => {
    const angle = start + (turn * (index + 1)) / (2 * PIECES)
    return [(cx + radius * Math.cos(angle)) * rx, (cy + radius * Math.sin(angle)) * ry]
  })
}

/** The filled outlines of a path, all turned the same way round, so that together they are their union. */
export function filled(data: string): Outline[] {
  return readPath(data).map((path) => positive(path.points))
}

/** The outlines of a path's stroke with round joins. @param cap of open ends */
export function stroked(data: string, width: number, cap: 'round' | 'butt' = 'butt'): Outline[] {
  return readPath(data).flatMap(({ points, closed }) => {
    const line = closed ? [...points, points[0] ?? 0, points[1] ?? 0] : points
    const count = line.length / 2
    const at = (index: number): [number, number] => [line[2 * index] ?? 0, line[2 * index + 1] ?? 0]
    const outlines: Outline[] = []
    for (let index = 0; index < count; index++) {
      const end = index === 0 || index === count - 1
      if (closed || !end || cap === 'round') outlines.push(circle(...at(index), width / 2))
      if (index === 0) continue
      const [[ax, ay], [bx, by]] = [at(index - 1), at(index)]
      const length = Math.hypot(bx - ax, by - ay)
      if (length === 0) continue
      const [nx, ny] = [((ay - by) / length) * (width / 2), ((bx - ax) / length) * (width / 2)]
      outlines.push(positive([ax + nx, ay + ny, bx + nx, by + ny, bx - nx, by - ny, ax - nx, ay - ny]))
    }
    return outlines
  })
}

/** A circle, turned the positive way round. */
export function circle(x: number, y: number, radius: number): Outline {
  return round(x, y, radius, 0, 1)
}

/**
 * A ring of a stroke's width, clockwise, over a fraction 0..1 of the whole.
 * @param from where it begins, in turns; 0 = twelve o'clock
 */
export function ringArc(x: number, y: number, radius: number, width: number, fraction: number, from = 0): Outline[] {
  if (fraction <= 0) return []
  const start = from - 0.25
  const outer = round(x, y, radius + width / 2, start, start + Math.min(1, fraction))
  const inner = round(x, y, radius - width / 2, start, start + Math.min(1, fraction))
  const backwards = inner.flatMap((_, index) => (index % 2 === 0 ? [inner[inner.length - 2 - index] ?? 0, inner[inner.length - 1 - index] ?? 0] : []))
  // Closed all round, the two circles are outlines of their own: the inner one, turned the other way, is the hole.
  return fraction >= 1 ? [outer, backwards] : [[...outer, ...backwards]]
}

/** Points of a circle between two turns (0 = three o'clock, 0.25 = six). */
function round(x: number, y: number, radius: number, from: number, to: number): number[] {
  const pieces = Math.max(2, Math.ceil(Math.abs(to - from) * 4 * PIECES))
  return Array.from({ length: pieces + 1 }, (_, index) => {
    const angle = 2 * Math.PI * (from + ((to - from) * index) / pieces)
    return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)]
  }).flat()
}

function positive(points: readonly number[]): Outline {
  let area = 0
  for (let index = 0; index < points.length; index += 2) {
    const next = (index + 2) % points.length
    area += (points[index] ?? 0) * (points[next + 1] ?? 0) - (points[next] ?? 0) * (points[index + 1] ?? 0)
  }
  if (area >= 0) return points
  const turned: number[] = []
  for (let index = points.length - 2; index >= 0; index -= 2) turned.push(points[index] ?? 0, points[index + 1] ?? 0)
  return turned
}

/** How much of each pixel the outlines cover (non-zero winding). @param size px of the square picture */
export function cover(outlines: readonly Outline[], size: number): Coverage {
  const scale = size / GRID
  /** By line; only those that an edge crosses are there. */
  const lines: Crossing[][] = []
  for (const outline of outlines) {
    for (let index = 0; index < outline.length; index += 2) {
      const next = (index + 2) % outline.length
      crossings(lines, size * LINES_A_PIXEL, (outline[index] ?? 0) * scale, (outline[index + 1] ?? 0) * scale, (outline[next] ?? 0) * scale, (outline[next + 1] ?? 0) * scale)
    }
  }
  const covered = new Float32Array(size * size)
  lines.forEach((line, number) => {
    const row = Math.floor(number / LINES_A_PIXEL) * size
    if (line.length > 2) line.sort((a, b) => a.x - b.x)
    else if ((line[0]?.x ?? 0) > (line[1]?.x ?? Infinity)) line.reverse()
    let winding = 0
    let from = 0
    for (const { x, turn } of line) {
      if (winding !== 0) span(covered, row, size, from, x)
      winding += turn
      from = x
    }
  })
  return covered
}

/** Where an edge crosses a line, and which way round it goes. */
interface Crossing {
  x: number
  turn: 1 | -1
}

/** Notes where an edge crosses the lines' middles. @param count of the lines there are */
function crossings(lines: Crossing[][], count: number, ax: number, ay: number, bx: number, by: number): void {
  if (ay === by) return
  const down = ay < by
  const [topX, topY, bottomX, bottomY] = down ? [ax, ay, bx, by] : [bx, by, ax, ay]
  const first = Math.max(0, Math.ceil(topY * LINES_A_PIXEL - 0.5))
  const last = Math.min(count - 1, Math.ceil(bottomY * LINES_A_PIXEL - 0.5) - 1)
  for (let number = first; number <= last; number++) {
    const y = (number + 0.5) / LINES_A_PIXEL
    const crossing: Crossing = { x: topX + ((bottomX - topX) * (y - topY)) / (bottomY - topY), turn: down ? 1 : -1 }
    const line = lines[number]
    if (line === undefined) lines[number] = [crossing]
    else line.push(crossing)
  }
}

function span(covered: Float32Array, row: number, size: number, from: number, to: number): void {
  const start = Math.max(0, from)
  const end = Math.min(size, to)
  for (let pixel = Math.floor(start); pixel < end; pixel++) {
    const part = Math.min(end, pixel + 1) - Math.max(start, pixel)
    if (part > 0) covered[row + pixel] = Math.min(1, (covered[row + pixel] ?? 0) + part / LINES_A_PIXEL)
  }
}
