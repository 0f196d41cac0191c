/** j, k and the arrows move through cards and rows; Enter is the link's own. */
import { nextTick, onBeforeUnmount, onMounted, type Ref } from 'vue'

export interface KeyTarget {
  count(): number
  /** How many stand side by side. */
  across(): number
  /** Where the focus is; -1 = nowhere here. */
  current(): number
  focusAt(index: number): void
}

/** Which entry a key leads to; null = the key means nothing here. */
export function nextOf(key: string, current: number, count: number, across: number): number | null {
  if (count === 0) return null
  const steps: Partial<Record<string, number>> = { j: 1, k: -1, ArrowDown: across, ArrowUp: -across, ArrowRight: across > 1 ? 1 : 0, ArrowLeft: across > 1 ? -1 : 0 }
  if (key === 'Home' || key === 'End') return current < 0 ? null : key === 'Home' ? 0 : count - 1
  const step = steps[key]
  if (step === undefined || step === 0) return null
  // Nothing has the focus yet: the first one gets it.
  if (current < 0) return step > 0 ? 0 : count - 1
  const next = current + step
  if (next >= 0 && next < count) return next
  // Down from the row above a last one that is not full.
  return step > 1 && Math.floor(current / across) < Math.floor((count - 1) / across) ? count - 1 : current
}

/** While the component is there. Leaves fields, menus and dialogs alone. */
export function useKeys(target: KeyTarget): void {
  function onKey(event: KeyboardEvent): void {
    const at = event.target as HTMLElement
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
    if (at.closest('input, textarea, select, [role="menu"], [role="dialog"], [role="alertdialog"], [role="group"], [aria-haspopup="menu"]')) return
    const next = nextOf(event.key, target.current(), target.count(), target.across())
    if (next === null) return
    event.preventDefault()
    target.focusAt(next)
  }
  onMounted(() => window.addEventListener('keydown', onKey))
  onBeforeUnmount(() => window.removeEventListener('keydown', onKey))
}

/**
 * The keys of a list of which only what is in sight is made: entries carry `data-id`, the link in each `data-printer`.
 * @param list `scrollTo` brings an entry into sight, by its place in `ids`
 */
export function usePrinterKeys(list: { box: Readonly<Ref<HTMLElement | null>>; ids(): string[]; across(): number; scrollTo(index: number): void }): void {
  async function focusAt(index: number): Promise<void> {
    const id = list.ids()[index]
    if (id === undefined) return
    list.scrollTo(index)
    await nextTick()
    list.box.value?.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"] [data-printer]`)?.focus()
  }
  useKeys({
    count: () => list.ids().length,
    across: () => list.across(),
    current: () => {
      const id = document.activeElement?.closest<HTMLElement>('[data-id]')?.dataset.id
      return id === undefined ? -1 : list.ids().indexOf(id)
    },
    focusAt: (index) => void focusAt(index),
  })
}
