import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { UpdatesView } from '../../electron/bridge/views/updates.ts'
import { ask, onPush } from '../lib/bridge.ts'
import { errorText } from '../lib/problems.ts'

/** Newer versions of Printbell itself, as they were last told. */
export const useUpdates = defineStore('updates', () => {
  const view = shallowRef<UpdatesView | null>(null)
  /** Why the last wish came to nothing; null = it did not. */
  const error = ref<string | null>(null)
  onPush('updates.changed', (changed) => {
    view.value = changed
  })
  /** Something waits for a person's word. */
  const ready = computed(() => view.value?.state.what === 'ready')

  async function take(asking: () => Promise<UpdatesView>): Promise<void> {
    error.value = null
    try {
      view.value = await asking()
    } catch (failure) {
      error.value = errorText(failure)
    }
  }

  return {
    view, error, ready,
    load: () => take(() => ask('updates.get')),
    /** Looks now, whatever the hour. */
    check: () => take(() => ask('updates.check')),
    /** Restarts with the new version, at once or as soon as nothing is in its way. */
    install: () => take(() => ask('updates.install')),
    /** Takes back the last wish. */
    cancel: () => take(() => ask('updates.cancel')),
  }
})
