/** What an address points at among many ("?kind=job.progress"): whoever follows it finds it in sight and under the keyboard. */
import { inject, nextTick, onMounted } from 'vue'
import { routeLocationKey } from 'vue-router'

/**
 * @param name of the query @param find makes room for it, then tells what is to be focused once it is drawn; null = it is not here
 * @returns what is pointed at; null = nothing
 */
export function usePointed(name: string, find: (value: string) => (() => HTMLElement | null) | null): string | null {
  const given = inject(routeLocationKey, null)?.query[name]
  if (typeof given !== 'string' || given === '') return null
  onMounted(async () => {
    const found = find(given)
    if (found === null) return
    await nextTick()
    const place = found()
    place?.focus({ preventScroll: true })
    place?.scrollIntoView({ block: 'center' })
  })
  return given
}
