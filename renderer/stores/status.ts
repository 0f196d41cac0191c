import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { Status } from '../../electron/bridge/views/printers.ts'
import { ask, onPush } from '../lib/bridge.ts'

/** What the nav tells; kept by pushes for as long as the window is open. */
export const useStatus = defineStore('status', () => {
  const status = shallowRef<Status | null>(null)
  const notices = shallowRef<{ level: 'info' | 'warn' | 'error'; text: string }[]>([])
  onPush('status.changed', (changed) => {
    status.value = changed
  })
  onPush('notice', (notice) => {
    notices.value = [...notices.value, notice].slice(-3)
  })
  async function load(): Promise<void> {
    status.value = await ask('status.get')
  }
  function dismiss(index: number): void {
    notices.value = notices.value.filter((_, at) => at !== index)
  }
  return { status, notices, load, dismiss }
})
