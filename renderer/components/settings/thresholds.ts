/** The thresholds, in groups a person looks for. Pure. */
import { readFields, type FieldSpec } from '../forms/schema.ts'

const GROUPS = {
  connection: ['linkStale', 'linkLostPrinting', 'linkLostIdle'],
  pauses: ['pauseGrace'],
  temperature: ['heaterTargetAbove', 'heaterWithin', 'heaterHold', 'heaterAway', 'cooledAt', 'cooledHeaters', 'leftOnAfter'],
  progress: ['progressStep', 'layers', 'milestoneHours', 'finishingSoon', 'etaSlippedBy', 'etaSlippedFraction'],
  stalls: ['stalledAfter', 'reminderEvery', 'reminderTimes'],
  limits: ['errorRepeat', 'failureRepeat', 'capPerMinute'],
} as const

export interface ThresholdGroup {
  key: keyof typeof GROUPS | 'other'
  fields: readonly FieldSpec[]
}

/** Every field of the schema in one group; those that no group names stand last. */
export function thresholdGroups(schema: Readonly<Record<string, unknown>>): ThresholdGroup[] {
  const fields = readFields(schema)
  const named = Object.entries(GROUPS).map(([key, names]): ThresholdGroup => ({
    key: key as keyof typeof GROUPS,
    fields: (names as readonly string[]).flatMap((name) => fields.find((field) => field.name === name) ?? []),
  }))
  const grouped = new Set<string>(Object.values(GROUPS).flat())
  return [...named, { key: 'other' as const, fields: fields.filter(({ name }) => !grouped.has(name)) }].filter((group) => group.fields.length > 0)
}
