import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { HistoryFilter, HistoryRow } from '../../electron/bridge/views/history.ts'
import { filterOf, dayEnd, isFiltered, UNFILTERED, type Chosen } from '../components/history/filter.ts'
import { newerThan } from '../components/history/newer.ts'
import { ask, onPush } from '../lib/bridge.ts'
import { errorText } from '../lib/problems.ts'

const PAGE = 100
/** Rows that are held at once: whoever scrolls through a million holds no more. */
export const MOST_ROWS = 600
/** What "touched" can have changed is asked for anew in one page. */
const REFRESHED = 500

type Count = { count: number; exact: boolean }

/**
 * A window on the history: some rows in a row, which slides towards older and newer ones. `changes` counts answers that put a
 * different list there, after which the list begins at its top.
 */
export const useHistory = defineStore('history', () => {
  const chosen = shallowRef<Chosen>(UNFILTERED)
  const rows = shallowRef<readonly HistoryRow[]>([])
  const state = ref<'loading' | 'ready' | 'failed'>('loading')
  const error = ref('')
  /** Nothing newer, or nothing older, fits. */
  const atNewest = ref(true)
  const atOldest = ref(false)
  const count = shallowRef<Count | null>(null)
  const total = shallowRef<Count | null>(null)
  /** Newer rows that wait for the person to come back to the top. */
  const fresh = ref(0)
  const changes = ref(0)
  /** Set by the list: whether its top is looked at. */
  const lookedAtTop = ref(true)
  const filtered = computed(() => isFiltered(chosen.value))
  let filter: HistoryFilter = {}
  /** Counts lists: what answers an earlier one is not heard. */
  let list = 0
  let sliding = false

  const page = (before: number | null, limit: number): Promise<readonly HistoryRow[]> => ask('history.page', { filter, before, limit }).then((answer) => answer.rows)

  async function load(before: number | null = null): Promise<void> {
    const mine = ++list
    filter = filterOf(chosen.value, Date.now())
    if (rows.value.length === 0) state.value = 'loading'
    try {
      const answer = await ask('history.page', { filter, before, limit: PAGE })
      if (mine !== list) return
      rows.value = answer.rows
      atOldest.value = answer.next === null
      atNewest.value = before === null
      fresh.value = 0
      state.value = 'ready'
      changes.value += 1
      void recount(mine)
    } catch (cause) {
      if (mine !== list) return
      state.value = 'failed'
      error.value = errorText(cause)
    }
  }

  async function recount(mine = list): Promise<void> {
    const counted = await ask('history.count', filter)
    if (mine === list) count.value = counted
    total.value = await ask('history.count', {})
  }

  function choose(given: Partial<Chosen>): Promise<void> {
    chosen.value = { ...chosen.value, ...given }
    return load()
  }

  /** One step at a time; what a list before this one answers is dropped. @throws what the bridge throws */
  async function slide(step: (mine: number) => Promise<void>): Promise<void> {
    if (sliding || state.value !== 'ready') return
    sliding = true
    try {
      await step(list)
    } finally {
      sliding = false
    }
  }

  const older = (): Promise<void> => slide(async (mine) => {
    const last = rows.value.at(-1)
    if (atOldest.value || !last) return
    const answer = await ask('history.page', { filter, before: last.seq, limit: PAGE })
    if (mine !== list) return
    const all = [...rows.value, ...answer.rows]
    atOldest.value = answer.next === null
    if (all.length > MOST_ROWS) atNewest.value = false
    rows.value = all.slice(-MOST_ROWS)
  })

  const newer = (): Promise<void> => slide(async (mine) => {
    const first = rows.value[0]
    if (atNewest.value || !first) return
    const found = await newerThan(first.seq, PAGE, page)
    if (mine !== list) return
    if (found.length === 0) {
      atNewest.value = true
      fresh.value = 0
    }
    const all = [...found, ...rows.value]
    if (all.length > MOST_ROWS) atOldest.value = false
    rows.value = all.slice(0, MOST_ROWS)
  })

  /** Begins the list at the last event of that day, or the next one before it. @param day any time of the day, epoch ms */
  async function jumpTo(day: number): Promise<void> {
    const until = Math.min(filter.until ?? Infinity, dayEnd(day))
    const { rows: [target] } = await ask('history.page', { filter: { ...filter, until }, before: null, limit: 1 })
    if (target) await load(target.seq + 1)
  }

  /** What came meanwhile: shown at once to who looks at the top, else kept for when they come back. */
  async function lookForNew(): Promise<void> {
    const mine = list
    const first = rows.value[0]
    if (!first || (atNewest.value && lookedAtTop.value && rows.value.length < PAGE)) return load()
    const newest = (await page(null, PAGE)).filter((row) => row.seq > first.seq)
    if (mine !== list || newest.length === 0) return
    if (atNewest.value && lookedAtTop.value) {
      if (newest.length === PAGE) return load()
      const all = [...newest, ...rows.value]
      if (all.length > MOST_ROWS) atOldest.value = false
      rows.value = all.slice(0, MOST_ROWS)
      void recount()
    } else {
      atNewest.value = false
      fresh.value = newest.length
    }
  }

  /** Seen, acknowledged or a picture changed somewhere: the rows that are held are read anew, and stay where they are. */
  async function refresh(): Promise<void> {
    const mine = list
    const first = rows.value[0]
    if (!first) return
    // What no longer fits (seen meanwhile) stays until the filter is asked anew: nothing disappears under the pointer.
    const { unseen: _, ...rest } = filter
    const answer = await ask('history.page', { filter: rest, before: first.seq + 1, limit: Math.min(REFRESHED, MOST_ROWS) })
    if (mine !== list) return
    const known = new Map(answer.rows.map((row) => [row.id, row]))
    rows.value = rows.value.map((row) => known.get(row.id) ?? row)
  }

  function change(ids: ReadonlySet<string> | null, given: Partial<HistoryRow>): void {
    rows.value = rows.value.map((row) => (ids === null || ids.has(row.id) ? { ...row, ...given } : row))
  }

  async function mark(eventIds: string[], seen: boolean): Promise<void> {
    await ask('history.mark', { seen, eventIds })
    change(new Set(eventIds), { seen })
  }

  /** @returns how many became seen */
  async function markAll(): Promise<number> {
    const marked = await ask('history.mark', { seen: true, eventIds: null })
    change(null, { seen: true })
    return marked
  }

  async function undoMarkAll(): Promise<void> {
    await ask('history.mark', { seen: false, eventIds: null })
    await refresh()
  }

  let asking = false
  let again = false
  /** Pushes come up to four times a second: one answer serves all that came while it was on its way. */
  async function follow(isNew: boolean): Promise<void> {
    if (asking) {
      again = true
      return
    }
    asking = true
    try {
      if (isNew) await lookForNew()
      await refresh()
    } finally {
      asking = false
    }
    if (again) {
      again = false
      await follow(true)
    }
  }
  /** Pages that show the history now; without one nothing is asked for. */
  const shown = ref(0)
  onPush('history.changed', ({ rows: pushed, touched, more }) => {
    if (shown.value > 0 && state.value === 'ready' && (pushed.length > 0 || touched || more)) void follow(pushed.length > 0 || more)
  })

  return { chosen, rows, state, error, atNewest, atOldest, count, total, fresh, changes, filtered, lookedAtTop, shown, load, choose, older, newer, jumpTo, mark, markAll, undoMarkAll, change, current: () => filter }
})
