/**
 * A field that saves itself: 600 ms after the last key, and at once when it is left. One save is on its way at a time, so their
 * order is kept; what was typed meanwhile goes next, the newest wins, and the answer to an older text is not shown on a newer one.
 */
import { onScopeDispose, readonly, ref, shallowReadonly, shallowRef, watch, type InjectionKey, type Ref, type ShallowRef } from 'vue'
import type { ProblemView, Saved } from '../../electron/bridge/views/common.ts'
import { errorText } from './problems.ts'

/** Ms after the last key. */
export const SAVE_AFTER = 600
/** Ms until it is told that a save takes its time. */
export const SAY_SAVING_AFTER = 400
/** Ms for which it is told that it is saved. */
export const SAY_SAVED_FOR = 2_000

export type SaveMark = 'none' | 'saving' | 'saved' | 'failed'

/** Around fields whose values go nowhere yet: they are tried, and nothing says that they are saved. */
export const ONLY_TRIED: InjectionKey<Readonly<Ref<boolean>>> = Symbol('only tried')

export interface Saving<T> {
  /** What the field shows: what is stored, or what was typed and is not stored (yet, or because it was refused). */
  readonly value: Readonly<ShallowRef<T>>
  readonly mark: Readonly<Ref<SaveMark>>
  /** Why it was refused; empty = it was not. */
  readonly problems: Readonly<ShallowRef<readonly ProblemView[]>>
  /** Something was typed. */
  edit(value: T): void
  /** Something was chosen that needs no waiting: a switch, a choice. */
  choose(value: T): void
  /** The field is left: what waits is saved now. */
  flush(): void
}

/**
 * @param stored what the engine has; followed as long as nothing is unsaved
 * @param save writes it; what it throws counts as refused
 * @param onLost what was refused after the page was left: nobody sees the field any more, so it is told elsewhere
 */
export function useSaving<T>(stored: () => T, save: (value: T) => Promise<Saved>, onLost?: (problems: readonly ProblemView[]) => void): Saving<T> {
  const value = shallowRef(stored()) as ShallowRef<T>
  const mark = ref<SaveMark>('none')
  const problems = shallowRef<readonly ProblemView[]>([])
  /** What the engine has for all we know: a save that was answered may be ahead of `stored`. */
  let known = stored()
  let unsent = false
  let sending = false
  let gone = false
  let typing: ReturnType<typeof setTimeout> | undefined
  let saying: ReturnType<typeof setTimeout> | undefined

  const settled = (): boolean => !unsent && !sending && problems.value.length === 0

  function edit(next: T): void {
    value.value = next
    unsent = true
    clearTimeout(typing)
    typing = setTimeout(flush, SAVE_AFTER)
  }

  function flush(): void {
    clearTimeout(typing)
    typing = undefined
    // What is typed during a save goes as soon as that is answered.
    if (unsent && !sending) void send()
  }

  async function send(): Promise<void> {
    const sent = value.value
    unsent = false
    if (problems.value.length === 0 && same(sent, known)) return say('none')
    sending = true
    clearTimeout(saying)
    saying = setTimeout(() => say('saving'), SAY_SAVING_AFTER)
    const answer = await attempt(save, sent)
    clearTimeout(saying)
    sending = false
    if (answer.ok) known = sent
    if (!unsent) return settle(answer)
    say('none')
    // Its own wait is over already, or the field was left.
    if (typing === undefined) await send()
  }

  function settle(answer: Saved): void {
    problems.value = answer.ok ? [] : answer.problems
    if (!answer.ok && gone) onLost?.(answer.problems)
    if (!answer.ok) return say('failed')
    say('saved')
    saying = setTimeout(() => {
      say('none')
      // The engine may have tidied it up.
      if (settled()) value.value = stored()
    }, SAY_SAVED_FOR)
  }

  function say(what: SaveMark): void {
    clearTimeout(saying)
    mark.value = what
  }

  watch(stored, (now) => {
    known = now
    if (settled()) value.value = now
  }, { flush: 'sync' })

  // The window is closed, or the page is left.
  if (typeof window !== 'undefined') window.addEventListener('pagehide', flush)
  onScopeDispose(() => {
    gone = true
    flush()
    if (typeof window !== 'undefined') window.removeEventListener('pagehide', flush)
  })

  return {
    value: shallowReadonly(value), mark: readonly(mark), problems: shallowReadonly(problems), edit, flush,
    choose(next) {
      edit(next)
      flush()
    },
  }
}

async function attempt<T>(save: (value: T) => Promise<Saved>, value: T): Promise<Saved> {
  try {
    return await save(value)
  } catch (error) {
    return { ok: false, problems: [{ path: '', message: errorText(error), cure: '' }] }
  }
}

function same(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other)
}
