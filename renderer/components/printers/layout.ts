/** Where cards and sparklines stand. Pure numbers. */

const GAP = 16
/** px; a card on a 4K screen is no wider. */
const WIDEST = 460

/** How many cards stand side by side. @param windowWidth decides the row of LOOK's table @param width of the content */
export function columnsOf(windowWidth: number, width: number): number {
  if (windowWidth < 960) return 1
  if (windowWidth < 1440) return 2
  if (windowWidth < 2200) return width < 1600 ? 3 : 4
  return Math.max(1, Math.ceil((width + GAP) / (WIDEST + GAP)))
}

const HOTTEST = 300
const SIZE = { width: 48, height: 18, edge: 1 }

/** An SVG path through the points; a gap (null) is a move, a lone point a dot, dots without any line are nothing. One fixed scale: 0 to 300 °C. */
export function sparkPath(values: readonly (number | null)[]): string {
  const stride = (SIZE.width - 2 * SIZE.edge) / Math.max(1, values.length - 1)
  const y = (value: number): number => SIZE.height - SIZE.edge - (Math.min(HOTTEST, Math.max(0, value)) / HOTTEST) * (SIZE.height - 2 * SIZE.edge)
  let path = ''
  let open = false
  for (const [index, value] of values.entries()) {
    if (value === null) {
      open = false
      continue
    }
    const at = `${round(SIZE.edge + index * stride)} ${round(y(value))}`
    const lone = !open && (values[index + 1] ?? null) === null
    path += open ? `L${at}` : lone ? `M${at}h.01` : `M${at}`
    open = true
  }
  return path.includes('L') ? path : ''
}

const round = (value: number): number => Math.round(value * 10) / 10
