/** What a template of a message can fill in. docs/templates.md lists the same, and a test holds the two together. */

/** In the order of the page. A dot parts what belongs together. */
export const TEMPLATE_NAMES = [
  'title', 'body', 'happened', 'said',
  'type', 'severity', 'reason', 'code', 'late', 'byUs',
  'time', 'isoTime', 'clock', 'day',
  'printer.id', 'printer.name', 'printer.kind', 'printer.tags',
  'job.name', 'job.file', 'job.path', 'job.size', 'job.user', 'job.startedAt', 'job.endedAt',
  'progress', 'percent', 'remaining', 'left', 'endsAt', 'printTime', 'took', 'layer',
  'heater.name', 'heater.actual', 'heater.target',
  'attention.kind', 'attention.text', 'attention.choices', 'attention.since',
  'native.name',
  'destination.id', 'destination.label',
] as const
export type TemplateName = (typeof TEMPLATE_NAMES)[number]

/** "printer" of "printer.name". */
const ROOTS: readonly string[] = [...new Set(TEMPLATE_NAMES.map((name) => name.split('.')[0] ?? name))]

/** Whether there is such a name; a part that is worked out only at the filling (null) may be any. */
export function isKnown(parts: readonly (string | number | null)[]): boolean {
  const [root, field] = parts
  const below = TEMPLATE_NAMES.filter((name) => name.startsWith(`${String(root)}.`))
  if (below.length === 0) return (TEMPLATE_NAMES as readonly unknown[]).includes(root)
  return field === undefined || field === null || (below as readonly string[]).includes(`${String(root)}.${field}`)
}

/** Names of the same thing, for whoever mistyped one: "printer.nmae" is told what a printer has. */
export function namesNear(parts: readonly (string | number | null)[]): readonly string[] {
  const below = TEMPLATE_NAMES.filter((name) => name.startsWith(`${String(parts[0])}.`))
  return below.length > 0 ? below : ROOTS
}
