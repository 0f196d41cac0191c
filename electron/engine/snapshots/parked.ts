/**
 * Whether the head has parked, as far as the height tells: it rises by more than any layer, and neither comes back nor goes on in layers. What is
 * missed for a while looks like parking too, when the print is seen again some layers higher; it goes on, which tells the two apart.
 */
export interface Heights {
  /** Where it printed last, mm; null = no height was told. */
  printing: number | null
  /** When it was last seen there, epoch ms. */
  printedAt: number | null
  /** It is above that now. */
  parked: boolean
  /** While it seems parked: where, mm, since when, epoch ms, and how often it went on from there as a print does. */
  above: { z: number; since: number; layers: number } | null
}

/** Layers are thinner than this, and so are most hops between two parts of one, mm. */
const HIGHEST_RISE = 1
/** A layer takes longer than this; the way up to where it parks, told in steps, does not. ms */
const SHORTEST_LAYER_MS = 1_000
/** As many layers in a row are a print that goes on. */
const LAYERS_TO_PRINT = 2

export const noHeights = (): Heights => ({ printing: null, printedAt: null, parked: false, above: null })

/** @param z mm; null = not told, which changes nothing. @param at epoch ms */
export function heightsSeen(before: Heights, z: number | null, at: number): Heights {
  if (z === null) return before
  const prints: Heights = { printing: z, printedAt: at, parked: false, above: null }
  if (before.printing === null || z <= before.printing + HIGHEST_RISE) return prints
  const { above } = before
  if (above === null) return { ...before, parked: true, above: { z, since: at, layers: 0 } }
  if (z === above.z) return before
  const layer = z > above.z && z <= above.z + HIGHEST_RISE && at - above.since >= SHORTEST_LAYER_MS
  const layers = layer ? above.layers + 1 : 0
  return layers >= LAYERS_TO_PRINT ? prints : { ...before, above: { z, since: at, layers } }
}
