/** What a person can do with a printer, for cards, rows and details: one main button, the rest in a menu, words of what came of it. */
import { computed, onScopeDispose, ref, type ComputedRef, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRouter } from 'vue-router'
import type { CallInput, CallOutput } from '../../../electron/bridge/contract.ts'
import { openQuestion } from '../../../electron/bridge/views/card-order.ts'
import type { PrinterCard } from '../../../electron/bridge/views/printers.ts'
import { ask } from '../../lib/bridge.ts'
import type { IconName } from '../../lib/icons.ts'
import { errorText } from '../../lib/problems.ts'
import { usePrinters } from '../../stores/printers.ts'
import type { MenuItem } from '../Menu.vue'

type Action = CallInput<'printers.wish'>['action']
type Outcome = CallOutput<'printers.wish'>

export interface MainButton {
  label: string
  icon: IconName | null
  /** Ink: only where the printer waits for it. */
  primary: boolean
  act(): void
}

export interface Actions {
  main: ComputedRef<MainButton | null>
  /** Answers of the printer's own question; they stand in place of the main button. */
  answers: ComputedRef<{ label: string; act(): void }[]>
  /** What is answered by them, where the card's cause says something else. */
  question: ComputedRef<string | null>
  items: ComputedRef<MenuItem[]>
  busy: Ref<boolean>
  /** What came of the last wish, for some seconds. */
  said: Ref<{ text: string; bad: boolean } | null>
  /** "Cancel this print?" is open. */
  asking: Ref<boolean>
  /** Until when and with what note it is acknowledged is asked. */
  acknowledging: Ref<boolean>
  wish(action: Action, jobKey?: string | null, confirmed?: boolean): Promise<Outcome>
}

/** What does not show by itself. */
const SAID: ReadonlySet<Action['name']> = new Set<Action['name']>(['mute', 'unmute', 'follow', 'unfollow'])
const SAID_MS = 8_000
const HOUR_S = 3_600

/** @param inDetails the page of the printer itself: nothing leads there */
export function usePrinterActions(card: () => PrinterCard, inDetails = false): Actions {
  const { t } = useI18n()
  const router = useRouter()
  const store = usePrinters()
  const busy = ref(false)
  const said = ref<Actions['said']['value']>(null)
  const asking = ref(false)
  const acknowledging = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  onScopeDispose(() => clearTimeout(timer))

  function say(text: string, bad: boolean): void {
    said.value = { text, bad }
    clearTimeout(timer)
    timer = setTimeout(() => {
      said.value = null
    }, SAID_MS)
  }

  /** One at a time; whatever is refused is said in the place where it was pressed. */
  async function work(action: () => Promise<void>): Promise<void> {
    if (busy.value) return
    busy.value = true
    said.value = null
    try {
      await action()
    } catch (error) {
      say(errorText(error), true)
    } finally {
      busy.value = false
    }
  }

  async function wish(action: Action, jobKey: string | null = card().jobKey, confirmed = false): Promise<Outcome> {
    let outcome: Outcome = { result: 'refused', detail: '' }
    await work(async () => {
      outcome = await ask('printers.wish', { printerId: card().id, jobKey, action, confirmed })
      // What was done shows by itself; a mute does not.
      if (outcome.result !== 'done' || SAID.has(action.name)) say(outcome.detail, outcome.result !== 'done')
    })
    return outcome
  }

  const go = (path: string): void => void router.push(path)
  const home = (): string => `/printers/${encodeURIComponent(card().id)}`
  const press = (action: Action, jobKey?: string | null) => (): void => void wish(action, jobKey)
  const seen = (): void => void work(async () => void await ask('printers.mark-result-seen', card().id))
  const openPage = (): void => void work(async () => {
    if (!await ask('printers.open-page', card().id)) say(t('printers.pageNotOpened'), true)
  })
  const takePicture = (): void => void work(async () => {
    const picture = await store.takePicture(card().id)
    say(picture.ok ? t('printers.pictureTaken') : picture.why, !picture.ok)
  })

  const answers = computed(() => (openQuestion(card())?.choices ?? []).map((label, choice) => ({ label, act: press({ name: 'answer', choice }) })))

  const question = computed(() => {
    const text = openQuestion(card())?.text ?? null
    return text === null || card().cause?.includes(text) ? null : text
  })

  const main = computed((): MainButton | null => {
    const { can, state, link, lastResult, hasWebPage, job } = card()
    const button = (label: string, icon: IconName | null, act: () => void, primary = false): MainButton => ({ label: t(`printers.do.${label}`), icon, act, primary })
    if (can.resume) return button('resume', 'play', press({ name: 'resume' }), true)
    if (state === 'error' && link === 'auth_failed') return button('pair', 'key', () => go(`${home()}/settings`))
    if (can.acknowledge && lastResult?.type !== 'job.failed') return button('acknowledge', null, press({ name: 'acknowledge' }, null))
    if (lastResult && !lastResult.seen && (state === 'idle' || state === 'error')) return button('seen', null, seen)
    if (can.pause && job !== 'paused') return button('pause', 'pause', press({ name: 'pause' }))
    if (state === 'offline' || link === 'refused') return button('check', 'refresh', () => go(`${home()}/settings`))
    return state === 'error' && hasWebPage ? button('page', 'open', openPage) : null
  })

  const items = computed((): MenuItem[] => {
    const { can, muted, following, jobKey, hasWebPage, lastResult } = card()
    const label = (key: string): string => t(`printers.do.${key}`)
    const list: MenuItem[] = []
    if (!inDetails) list.push({ label: t('printers.opens'), icon: 'forward', act: () => go(home()) })
    if (can.pause && main.value?.label !== label('pause')) list.push({ label: label('pause'), icon: 'pause', act: press({ name: 'pause' }) })
    if (can.cancel) list.push({ label: label('cancel'), icon: 'stop', destructive: true, act: () => { asking.value = true } })
    if (can.acknowledge && main.value?.label !== label('acknowledge')) list.push({ label: label('acknowledge'), icon: 'check', act: press({ name: 'acknowledge' }, null) })
    if (can.acknowledge) list.push({ label: label('acknowledgeMore'), icon: 'clock', act: () => { acknowledging.value = true } })
    if (lastResult && !lastResult.seen && main.value?.label !== label('seen')) list.push({ label: label('seen'), icon: 'check', act: seen })
    if (can.snapshot) list.push({ label: label('picture'), icon: 'picture', line: list.length > 0, act: takePicture })
    list.push(muted === null
      ? { label: label('mute'), icon: 'bellOff', line: !can.snapshot && list.length > 0, act: press({ name: 'mute', seconds: HOUR_S }, null) }
      : { label: label('unmute'), icon: 'bell', line: !can.snapshot && list.length > 0, act: press({ name: 'unmute' }) })
    if (following !== null) list.push({ label: label('unfollow'), icon: 'star', act: press({ name: 'unfollow' }) })
    else {
      list.push({ label: label('follow'), icon: 'star', act: press({ name: 'follow', what: 'always' }) })
      if (jobKey !== null) list.push({ label: label('followPrint'), icon: 'star', act: press({ name: 'follow', what: 'print' }) })
    }
    if (hasWebPage) list.push({ label: label('page'), icon: 'open', line: true, act: openPage })
    list.push({ label: label('settings'), icon: 'settings', line: !hasWebPage, act: () => go(`${home()}/settings`) })
    return list
  })

  return { main, answers, question, items, busy, said, asking, acknowledging, wish }
}
