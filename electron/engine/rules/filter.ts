/**
 * Reusable conditions on events. All fields that say something must agree (AND), and within a field one of its entries is enough (OR). A
 * filter that says nothing matches nothing, so that a slip of the hand does not ring for everything; having no filter at all is what
 * means everything. Pure.
 */
import { EVENT_TYPES, SEVERITY_RANK, type EventDraft, type Severity } from '../events/model.ts'
import { anySelectorMatches } from './selectors.ts'

/** Absent = the field says nothing. A list without entries says something: that nothing fits. */
export interface FilterFields {
  /** Ids. */
  printers?: readonly string[] | undefined
  serverKinds?: readonly string[] | undefined
  /** Of the printer; upper and lower case are the same. */
  tags?: readonly string[] | undefined
  /** At least so severe. */
  minSeverity?: Severity | undefined
  /** Selectors as in the settings ("job.*"). */
  events?: readonly string[] | undefined
  /** Patterns of file names with * and ?; upper and lower case are the same. */
  files?: readonly string[] | undefined
  /** Whole print time, as far as it can be known at the event; s. Both ends are left out. */
  longerThan?: number | undefined
  shorterThan?: number | undefined
  /** True = only what was acknowledged, false = only what was not. */
  acknowledged?: boolean | undefined
}

export type FilterField = keyof FilterFields

export interface Filter {
  id: string
  name: string
  match: FilterFields
}

/** What a filter looks at beside the event itself. */
export interface FilterFacts {
  /** Of the event's printer. */
  tags: readonly string[]
  acknowledged: boolean
}

export type FilteredEvent = Pick<EventDraft, 'type' | 'severity' | 'printerId' | 'serverKind' | 'native' | 'job' | 'printTime' | 'remaining'>

/** Null = it matches; else which field did not, 'empty' where none said anything. */
export type CompiledFilter = (event: FilteredEvent, facts: FilterFacts) => FilterField | 'empty' | null

type Test = (event: FilteredEvent, facts: FilterFacts) => boolean

/**
 * @param fallback fills the fields about which the filter says nothing. What it does say wins, also where that is "no": an explicit
 * `acknowledged: false` is not overridden by a fallback's `true` (Argus' own fallback does that, which is a trap)
 */
export function compileFilter(match: FilterFields, fallback: FilterFields = {}): CompiledFilter {
  const fields = { ...said(fallback), ...said(match) }
  const tests = Object.keys(fields).map((name): [FilterField, Test] => [name as FilterField, TESTS[name as FilterField](fields)])
  if (tests.length === 0) return () => 'empty'
  return (event, facts) => tests.find(([, test]) => !test(event, facts))?.[0] ?? null
}

/** Only what was said; `undefined` says nothing. */
function said(match: FilterFields): FilterFields {
  return Object.fromEntries(Object.entries(match).filter(([, value]) => value !== undefined))
}

const TESTS: Readonly<Record<FilterField, (fields: FilterFields) => Test>> = {
  printers: ({ printers = [] }) => {
    const ids = new Set(printers)
    return ({ printerId }) => ids.has(printerId)
  },
  serverKinds: ({ serverKinds = [] }) => ({ serverKind }) => serverKinds.includes(serverKind),
  tags: ({ tags = [] }) => {
    const wanted = new Set(tags.map((tag) => tag.toLowerCase()))
    return (_event, facts) => facts.tags.some((tag) => wanted.has(tag.toLowerCase()))
  },
  minSeverity: ({ minSeverity = 'info' }) => ({ severity }) => SEVERITY_RANK[severity] >= SEVERITY_RANK[minSeverity],
  events: ({ events = [] }) => {
    // What a type alone decides is known before any event comes.
    const types = new Set(EVENT_TYPES.filter((type) => anySelectorMatches(events, { type })))
    return (event) => types.has(event.type) || (event.native !== undefined && anySelectorMatches(events, event))
  },
  files: ({ files = [] }) => {
    const patterns = files.map(patternOf)
    return ({ job }) => job !== undefined && patterns.some((pattern) => pattern.test(job.file.name))
  },
  longerThan: ({ longerThan = 0 }) => (event) => (lengthOf(event) ?? -1) > longerThan,
  shorterThan: ({ shorterThan = 0 }) => (event) => (lengthOf(event) ?? Number.POSITIVE_INFINITY) < shorterThan,
  acknowledged: ({ acknowledged = false }) => (_event, facts) => facts.acknowledged === acknowledged,
}

/** Seconds that the whole print takes or took; null = it can't be known yet, and then neither longer nor shorter holds. */
function lengthOf({ printTime, remaining }: FilteredEvent): number | null {
  if (printTime == null) return null
  return printTime + (remaining ?? 0)
}

/** A pattern with * and ?; everything else stands for itself. */
function patternOf(text: string): RegExp {
  const source = text.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.')
  return new RegExp(`^${source}$`, 'isu')
}
