/** The keys of the history: j k and arrows, Enter, Escape, m, a. Fields, menus and dialogs keep theirs. */
import { onBeforeUnmount, onMounted } from 'vue'

export interface HistoryKeys {
  step(by: number): void
  pageSize(): number
  first(): void
  last(): void
  enter(): void
  escape(): void
  toggleSeen(): void
  acknowledge(): void
}

const ELSEWHERE = 'input, textarea, select, [role="menu"], [role="dialog"], [data-reka-popper-content-wrapper]'
/** What Enter and Space press by themselves. */
const PRESSED = 'button, a, [role="button"]'

export function useHistoryKeys(keys: HistoryKeys): void {
  const acts: Readonly<Record<string, () => void>> = {
    j: () => keys.step(1), ArrowDown: () => keys.step(1), k: () => keys.step(-1), ArrowUp: () => keys.step(-1),
    PageDown: () => keys.step(keys.pageSize()), PageUp: () => keys.step(-keys.pageSize()), Home: keys.first, End: keys.last,
    Enter: keys.enter, Escape: keys.escape, m: keys.toggleSeen, a: keys.acknowledge,
  }
  function onKey(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
    const at = event.target as HTMLElement
    if (at.closest(ELSEWHERE) || (event.key === 'Enter' && at.closest(PRESSED))) return
    const act = Object.hasOwn(acts, event.key) ? acts[event.key] : undefined
    if (!act) return
    event.preventDefault()
    act()
  }
  onMounted(() => window.addEventListener('keydown', onKey))
  onBeforeUnmount(() => window.removeEventListener('keydown', onKey))
}
