/** Keeps the keyboard inside a part of the page whose buttons come and go. */
import { nextTick, watch, type Ref, type WatchSource } from 'vue'

/**
 * When `change` changes while the focus is inside `root`, it moves to what is marked `data-next` there: the thing to do next. What
 * nobody was at is left alone.
 */
export function useKeptFocus(root: Readonly<Ref<HTMLElement | null>>, change: WatchSource): void {
  watch(change, async () => {
    // Asked before the page is drawn anew: a button that goes takes the focus with it.
    const inside = root.value?.contains(document.activeElement) === true
    await nextTick()
    if (inside) root.value?.querySelector<HTMLElement>('[data-next]')?.focus()
  }, { flush: 'pre' })
}
