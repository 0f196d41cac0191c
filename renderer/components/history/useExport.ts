/** One export at a time: started, followed, cancelled. */
import { onScopeDispose, ref, shallowRef, type Ref } from 'vue'
import type { CallOutput } from '../../../electron/bridge/contract.ts'
import type { HistoryFilter } from '../../../electron/bridge/views/history.ts'
import { ask, onPush } from '../../lib/bridge.ts'
import { errorText } from '../../lib/problems.ts'

export interface Exporting {
  running: Ref<boolean>
  /** Events written so far. */
  events: Ref<number>
  /** How the last one ended; null = there was none, or it was closed. */
  end: Ref<CallOutput<'history.export'> | null>
  start(filter: HistoryFilter, format: 'jsonl' | 'csv'): Promise<void>
  cancel(): void
  close(): void
}

export function useExport(): Exporting {
  const running = ref(false)
  const events = ref(0)
  const end = shallowRef<CallOutput<'history.export'> | null>(null)
  onScopeDispose(onPush('history.export-progress', (progress) => {
    events.value = progress.events
  }))
  return {
    running, events, end,
    async start(filter, format) {
      running.value = true
      events.value = 0
      end.value = null
      try {
        end.value = await ask('history.export', { filter, format })
      } catch (error) {
        end.value = { result: 'failed', why: errorText(error) }
      } finally {
        running.value = false
      }
    },
    cancel: () => void ask('history.cancel-export'),
    close() {
      end.value = null
    },
  }
}
