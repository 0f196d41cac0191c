/** The present time as a value that pages can depend on: one timer for the whole window, only while somebody looks. */
import { onScopeDispose, readonly, ref, type Ref } from 'vue'

const TICK_MS = 10_000
const now = ref(Date.now())
let users = 0
let timer: ReturnType<typeof setInterval> | undefined

/** Epoch ms, renewed every ten seconds. */
export function useNow(): Readonly<Ref<number>> {
  now.value = Date.now()
  users += 1
  timer ??= setInterval(() => {
    now.value = Date.now()
  }, TICK_MS)
  onScopeDispose(() => {
    users -= 1
    if (users > 0) return
    clearInterval(timer)
    timer = undefined
  })
  return readonly(now)
}
