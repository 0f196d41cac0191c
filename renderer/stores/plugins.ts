/** Plugins of the user's own, as they were last told. */
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import type { PluginList } from '../../electron/bridge/views/destinations.ts'
import { ask, onPush } from '../lib/bridge.ts'
import { errorText } from '../lib/problems.ts'

export const usePlugins = defineStore('plugins', () => {
  const list = shallowRef<PluginList | null>(null)
  const error = ref<string | null>(null)
  onPush('plugins.changed', (changed) => {
    list.value = changed
  })
  /** Those that wait for a person. */
  const waiting = computed(() => list.value?.plugins.filter(({ state }) => state === 'new' || state === 'changed').length ?? 0)

  /** @returns why it did not work; null = it did */
  async function take(asking: () => Promise<PluginList>): Promise<string | null> {
    try {
      list.value = await asking()
      return null
    } catch (failure) {
      return errorText(failure)
    }
  }

  async function load(): Promise<void> {
    error.value = await take(() => ask('plugins.list'))
  }

  return {
    list, error, waiting, load,
    allow: (kind: string, hash: string) => take(() => ask('plugins.allow', { kind, hash })),
    forbid: (kind: string) => take(() => ask('plugins.forbid', kind)),
  }
})
