/**
 * The tray's picture: the drawings of resources/icons/tray-*.svg, painted at any size, with the ring filled to the percent. Pure.
 */
import type { DisplayState } from '../../bridge/views/common.ts'
import { Canvas, type Bitmap, type Colour } from './canvas.ts'
import { once } from '../../engine/once.ts'
import { circle, cover, filled, GRID, ringArc, stroked, type Coverage, type Outline } from './raster.ts'

/** What the picture tells. */
export interface TrayIcon {
  state: DisplayState
  /** 0, 5, 10 ... 100: how far the ring is filled. Only drawn while printing. */
  percent: number
  /** Draws the dot; only idle and printing have one. */
  unseen: boolean
}

/** What it lies on: a light or dark panel, or macOS's menu bar, which colours a template by itself. */
export type TrayTheme = 'light' | 'dark' | 'template'

interface Palette {
  ink: Colour
  printing: Colour
  needs: Colour
  error: Colour
  /** The mark in the triangle; null = it is cut out. */
  onError: Colour | null
  faint: number
  struck: number
}

const BLACK: Colour = [0, 0, 0]
const PALETTES: Readonly<Record<TrayTheme, Palette>> = {
  light: { ink: [0x1a, 0x1a, 0x18], printing: [0x1a, 0x57, 0xc4], needs: [0xb0, 0x6a, 0x00], error: [0xc2, 0x2f, 0x25], onError: [0xff, 0xff, 0xff], faint: 0.6, struck: 0.85 },
  dark: { ink: [0xf4, 0xf4, 0xf0], printing: [0x7f, 0xb0, 0xff], needs: [0xff, 0xc0, 0x4d], error: [0xff, 0x6a, 0x5c], onError: [0x1a, 0x05, 0x03], faint: 0.62, struck: 0.87 },
  template: { ink: BLACK, printing: BLACK, needs: BLACK, error: BLACK, onError: null, faint: 0.55, struck: 0.8 },
}
const TRACK_OPACITY = 0.28

/** Path data as it stands in the drawings; a test compares them. */
export const PATHS = {
  bell: 'M8 2.250c-2.300 0-3.750 1.600-3.750 3.900 0 2.700-.7 3.600-1.900 4.850h11.300c-1.200-1.250-1.900-2.150-1.900-4.850 0-2.300-1.450-3.900-3.750-3.900z',
  clapper: 'M6.250 12.750h3.500a1.750 1.500 0 0 1-3.500 0z',
  smallBell: 'M8 4.300c-1.450 0-2.350 1-2.350 2.450 0 1.500-.4 1.950-1.050 2.600-.25.250-.1.650.25.650h6.300c.35 0 .5-.4.25-.65-.65-.65-1.050-1.100-1.050-2.600C10.350 5.300 9.450 4.300 8 4.300z',
  smallClapper: 'M6.900 10.700h2.200a1.100 1 0 0 1-2.200 0z',
  fullBell: 'M8 1.500C5.250 1.500 3.500 3.400 3.500 6.150c0 2.700-.8 3.500-2.050 4.700-.5.5-.2 1.150.45 1.150h12.200c.65 0 .95-.65.45-1.150-1.250-1.200-2.050-2-2.050-4.700C12.500 3.400 10.750 1.500 8 1.500z',
  fullClapper: 'M6 13h4a2 1.750 0 0 1-4 0z',
  callStem: 'M8 5v3.600',
  triangle: 'M11.500 7.700c.2-.4.8-.4 1 0l3.200 6.300c.2.400-.1.900-.55.900H8.850c-.45 0-.75-.5-.55-.9z',
  triangleStem: 'M12 10v2',
  strikeGap: 'M1.500 2.500 14 15',
  strike: 'M2 2.500 13.500 14',
} as const

/** Outlines are made once, when the first picture wants them; only their coverage depends on the size. */
const SHAPES = {
  bell: once(() => [...stroked(PATHS.bell, 1.5)]),
  clapper: once(() => filled(PATHS.clapper)),
  smallBell: once(() => [...filled(PATHS.smallBell), ...filled(PATHS.smallClapper)]),
  fullBell: once(() => [...filled(PATHS.fullBell), ...filled(PATHS.fullClapper)]),
  call: once(() => [...stroked(PATHS.callStem, 1.8, 'round'), circle(8, 10.4, 1)]),
  triangle: once(() => filled(PATHS.triangle)),
  triangleGap: once(() => [...filled(PATHS.triangle), ...stroked(PATHS.triangle, 2.4)]),
  triangleCall: once(() => [...stroked(PATHS.triangleStem, 1.2, 'round'), circle(12, 13.5, 0.65)]),
  strikeGap: once(() => stroked(PATHS.strikeGap, 3.6)),
  strike: once(() => stroked(PATHS.strike, 1.5, 'round')),
} as const

const RING = { x: 8, y: 8, radius: 7, width: 1.75 } as const
const DOT = { radius: 2.5, gap: 3.9, idle: [13, 3], printing: [13.2, 2.8] } as const

/** On the 16 grid. */
const RIM = { width: 0.9, opacity: 0.85 }

/**
 * Paints one picture of the tray.
 * @param size px, at least 16
 * @param rimmed with a rim in the other theme's ink: for panels whose colour can only be guessed. It sinks into the panel that was
 * meant and saves the picture on the other
 */
export function paint(icon: TrayIcon, theme: TrayTheme, size: number, rimmed = false): Bitmap {
  const canvas = new Canvas(size)
  const on = (shape: readonly Outline[]): Coverage => cover(shape, size)
  const colours = PALETTES[theme]
  switch (icon.state) {
    case 'idle':
      drawBell(canvas, on, colours, 1)
      if (icon.unseen) drawDot(canvas, on, colours, DOT.idle)
      break
    case 'printing':
      canvas.draw(on(ringArc(RING.x, RING.y, RING.radius, RING.width, 1)), colours.ink, TRACK_OPACITY)
      canvas.draw(on(ringArc(RING.x, RING.y, RING.radius, RING.width, icon.percent / 100)), colours.printing)
      canvas.draw(on(SHAPES.smallBell()), colours.ink)
      if (icon.unseen) drawDot(canvas, on, colours, DOT.printing)
      break
    case 'needs':
      canvas.draw(on(SHAPES.fullBell()), colours.needs)
      canvas.cut(on(SHAPES.call()))
      break
    case 'error':
      drawBell(canvas, on, colours, 1)
      canvas.cut(on(SHAPES.triangleGap()))
      drawTriangle(canvas, on, colours)
      break
    case 'offline':
      drawBell(canvas, on, colours, colours.faint)
      canvas.cut(on(SHAPES.strikeGap()))
      canvas.draw(on(SHAPES.strike()), colours.ink, colours.struck)
      break
  }
  if (rimmed) canvas.rim((RIM.width * size) / GRID, PALETTES[theme === 'dark' ? 'light' : 'dark'].ink, RIM.opacity)
  return canvas.bitmap()
}

type On = (shape: readonly Outline[]) => Coverage

function drawBell(canvas: Canvas, on: On, colours: Palette, opacity: number): void {
  canvas.draw(on(SHAPES.bell()), colours.ink, opacity)
  canvas.draw(on(SHAPES.clapper()), colours.ink, opacity)
}

function drawDot(canvas: Canvas, on: On, colours: Palette, [x, y]: readonly [number, number]): void {
  canvas.cut(on([circle(x, y, DOT.gap)]))
  canvas.draw(on([circle(x, y, DOT.radius)]), colours.printing)
}

function drawTriangle(canvas: Canvas, on: On, colours: Palette): void {
  const triangle = on(SHAPES.triangle())
  const call = on(SHAPES.triangleCall())
  canvas.draw(colours.onError === null ? triangle.map((covered, pixel) => covered * (1 - (call[pixel] ?? 0))) : triangle, colours.error)
  if (colours.onError !== null) canvas.draw(call, colours.onError)
}
