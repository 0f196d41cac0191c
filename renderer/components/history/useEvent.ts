/** The event that is looked at: its details, what is done with it, and when it counts as seen. */
import { onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import type { Acknowledging } from '../../../electron/bridge/views/common.ts'
import type { EventDetails } from '../../../electron/bridge/views/history.ts'
import { ask, onPush } from '../../lib/bridge.ts'
import { errorText } from '../../lib/problems.ts'
import { useHistory } from '../../stores/history.ts'
import { FOR_GOOD } from './acknowledging.ts'

export interface LookedAt {
  details: Ref<EventDetails | null>
  state: Ref<'none' | 'loading' | 'ready' | 'gone' | 'failed'>
  error: Ref<string>
  /** What came of the last button, and of the last "send again", for the person. */
  outcome: Ref<string | null>
  sent: Ref<string | null>
  sending: Ref<string | null>
  /** It is looked at: seen after so many ms, once its details are there. */
  lookAt(afterMs: number): void
  loaded(): Promise<void>
  reload(): void
  mark(seen: boolean): Promise<void>
  toggleSeen(): Promise<void>
  /** @param said absent = for good, and nothing with it */
  acknowledge(said?: Acknowledging): Promise<void>
  sendAgain(destinationId: string): Promise<void>
}

export function useEvent(selected: Ref<string | null>): LookedAt {
  const { t } = useI18n()
  const store = useHistory()
  const details = shallowRef<EventDetails | null>(null)
  const state = ref<'none' | 'loading' | 'ready' | 'gone' | 'failed'>('none')
  const error = ref('')
  const outcome = ref<string | null>(null)
  const sent = ref<string | null>(null)
  const sending = ref<string | null>(null)
  let loading: Promise<void> = Promise.resolve()
  let looking: ReturnType<typeof setTimeout> | undefined

  async function load(id: string): Promise<void> {
    try {
      const answer = await ask('history.event', id)
      if (id !== selected.value) return
      details.value = answer
      state.value = answer === null ? 'gone' : 'ready'
    } catch (cause) {
      if (id !== selected.value) return
      state.value = 'failed'
      error.value = errorText(cause)
    }
  }

  watch(selected, (id) => {
    clearTimeout(looking)
    outcome.value = sent.value = null
    if (id === null) {
      details.value = null
      state.value = 'none'
      return
    }
    // The old one stays until the new one is there: nothing flickers between two keys.
    if (details.value === null) state.value = 'loading'
    loading = load(id)
  }, { flush: 'sync' })

  function reload(): void {
    if (selected.value !== null) loading = load(selected.value)
  }
  onScopeDispose(onPush('history.changed', ({ touched }) => {
    if (touched) reload()
  }))
  onScopeDispose(() => clearTimeout(looking))

  const current = (): EventDetails | null => (details.value?.row.id === selected.value ? details.value : null)

  async function mark(seen: boolean): Promise<void> {
    const id = selected.value
    if (id === null) return
    clearTimeout(looking)
    await store.mark([id], seen)
    await load(id)
  }

  return {
    details, state, error, outcome, sent, sending,
    lookAt(afterMs) {
      clearTimeout(looking)
      const id = selected.value
      looking = setTimeout(() => void loading.then(() => {
        const now = current()
        // Who looks at what is acknowledged for a while has looked, also where it was seen before.
        if (id === selected.value && now && (now.can.markSeen || (now.acknowledgement?.until != null && !now.acknowledgement.over))) return mark(true)
      }), afterMs)
    },
    loaded: () => loading,
    reload,
    mark,
    async toggleSeen() {
      const now = current()
      if (now) await mark(now.can.markSeen)
    },
    async acknowledge(said = FOR_GOOD) {
      const id = selected.value
      if (id === null) return
      const answer = await ask('history.acknowledge', { eventId: id, ...said })
      outcome.value = answer.result === 'done' ? null : answer.detail
      if (answer.result === 'done') store.change(new Set([id]), { acknowledged: true, seen: true })
      await load(id)
    },
    async sendAgain(destinationId) {
      const id = selected.value
      if (id === null || sending.value !== null) return
      sending.value = destinationId
      try {
        sent.value = t((await ask('history.send-again', { eventId: id, destinationId })) ? 'history.delivery.sent' : 'history.delivery.notSent')
      } finally {
        sending.value = null
      }
      await load(id)
    },
  }
}
