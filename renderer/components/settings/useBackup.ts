/** One backup or restore at a time: how far it is, how it ended. What was prepared and not confirmed is forgotten when the page is left. */
import { onScopeDispose, ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import type { BackupChosen, BackupMade, BackupProgress, RestorePrepared } from '../../../electron/bridge/views/backup.ts'
import { ask, onPush } from '../../lib/bridge.ts'
import { errorText } from '../../lib/problems.ts'

type Failed = { result: 'failed'; why: string }
const failed = (error: unknown): Failed => ({ result: 'failed', why: errorText(error) })

export interface Backing {
  /** What is under way. */
  doing: Ref<'making' | 'choosing' | 'preparing' | 'restarting' | null>
  progress: ShallowRef<BackupProgress | null>
  made: ShallowRef<BackupMade | null>
  chosen: ShallowRef<BackupChosen | null>
  prepared: ShallowRef<RestorePrepared | null>
  make(pictures: boolean, passphrase: string | null): Promise<void>
  choose(): Promise<void>
  prepare(passphrase: string | null): Promise<void>
  restart(): Promise<void>
  cancel(): void
  /** Back to the beginning. */
  leave(): void
}

export function useBackup(): Backing {
  const doing = ref<'making' | 'choosing' | 'preparing' | 'restarting' | null>(null)
  const progress = shallowRef<BackupProgress | null>(null)
  const made = shallowRef<BackupMade | null>(null)
  const chosen = shallowRef<BackupChosen | null>(null)
  const prepared = shallowRef<RestorePrepared | null>(null)
  onScopeDispose(onPush('backup.progress', (told) => {
    progress.value = told
  }))
  onScopeDispose(() => {
    if (doing.value === 'restarting') return
    if (doing.value !== null) void ask('backup.cancel')
    void ask('backup.drop')
  })

  async function during<T>(what: NonNullable<typeof doing.value>, work: () => Promise<T>): Promise<T | Failed> {
    doing.value = what
    progress.value = null
    try {
      return await work()
    } catch (error) {
      return failed(error)
    } finally {
      doing.value = null
    }
  }

  return {
    doing, progress, made, chosen, prepared,
    async make(pictures, passphrase) {
      made.value = null
      made.value = await during('making', () => ask('backup.make', { pictures, passphrase }))
    },
    async choose() {
      chosen.value = null
      prepared.value = null
      chosen.value = await during('choosing', () => ask('backup.choose'))
    },
    async prepare(passphrase) {
      prepared.value = null
      prepared.value = await during('preparing', () => ask('backup.prepare', { passphrase }))
    },
    async restart() {
      const answer = await during('restarting', () => ask('backup.restart'))
      if (answer.result === 'restarting') doing.value = 'restarting'
      else prepared.value = answer
    },
    cancel: () => void ask('backup.cancel'),
    leave() {
      chosen.value = null
      prepared.value = null
      void ask('backup.drop')
    },
  }
}
