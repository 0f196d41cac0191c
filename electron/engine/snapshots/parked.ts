/** Whether the head has parked, as far as the height tells: it rises by more than any layer and does not come back. */
export interface Heights {
  /** Where it printed last, mm; null = no height was told. */
  printing: number | null
  /** When it was last seen there, epoch ms. */
  printedAt: number | null
  /** It is above that now. */
  parked: boolean
}

/** Layers are thinner than this, and so are most hops between two parts of one, mm. */
const HIGHEST_RISE = 1

export const noHeights = (): Heights => ({ printing: null, printedAt: null, parked: false })

/** @param z mm; null = not told, which changes nothing. @param at epoch ms */
export function heightsSeen(before: Heights, z: number | null, at: number): Heights {
  if (z === null) return before
  // A higher hop looks like parking until it comes back.
  if (before.printing !== null && z > before.printing + HIGHEST_RISE) return before.parked ? before : { ...before, parked: true }
  return { printing: z, printedAt: at, parked: false }
}
