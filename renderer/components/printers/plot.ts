/** What of the plot is no drawing. */
import type { Temperatures } from '../../../electron/bridge/views/printers.ts'
import type { Translate } from './text.ts'

type Series = Temperatures['series'][number]

/** Colours of series; never one of a state. */
export const TOKEN_OF: Record<Series['role'], string> = { nozzle: '--nozzle', bed: '--bed', chamber: '--cat-2', other: '--cat-4' }

/** "Nozzle", "Nozzle 2" where there are several, else the server's own name. */
export function seriesName(one: Series, all: readonly Series[], t: Translate): string {
  if (one.role === 'other') return one.id
  const alike = all.filter(({ role }) => role === one.role)
  const name = t(`printers.${one.role}`)
  return alike.length < 2 ? name : `${name} ${alike.findIndex(({ id }) => id === one.id) + 1}`
}

/**
 * Moves labels apart that would lie over each other, keeping their order and as near as can be to where they belong.
 * @param wanted middle of each, in any order @returns middles in the same order, `height` apart, between top and bottom where they fit
 */
export function placeLabels(wanted: readonly number[], height: number, top: number, bottom: number): number[] {
  const order = wanted.map((at, index) => ({ at, index })).sort((a, b) => a.at - b.at)
  const half = height / 2
  let edge = top
  for (const label of order) {
    label.at = Math.max(label.at, edge + half)
    edge = label.at + half
  }
  edge = bottom
  for (const label of [...order].reverse()) {
    label.at = Math.min(label.at, edge - half)
    edge = label.at - half
  }
  const places = wanted.slice()
  for (const { at, index } of order) places[index] = at
  return places
}
