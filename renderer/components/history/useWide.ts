/** Whether there is room for list and panel side by side (960 px, LOOK "Grid and breakpoints"). */
import { onScopeDispose, ref, type Ref } from 'vue'

export function useWide(): Ref<boolean> {
  const query = window.matchMedia('(min-width: 960px)')
  const wide = ref(query.matches)
  const changed = (): void => {
    wide.value = query.matches
  }
  query.addEventListener('change', changed)
  onScopeDispose(() => query.removeEventListener('change', changed))
  return wide
}
