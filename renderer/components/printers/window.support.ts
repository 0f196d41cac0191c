/** A window for component tests: a bridge whose answers the test gives, real texts, real router, real store. */
import { mount, type VueWrapper } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { nextTick, type Component } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'
import type { CallName, CallOutput, PushName, PushPayload } from '../../../electron/bridge/contract.ts'
import { i18n } from '../../lib/i18n.ts'

type Answers = { [N in CallName]?: (input: unknown) => CallOutput<N> | Promise<CallOutput<N>> }

let hear: (name: string, payload: unknown) => void = () => undefined
let answers: Answers = {}
let shown: VueWrapper | null = null
/** What the window asked, in order. */
export const asked: { name: string; input: unknown }[] = []

Object.assign(window, {
  printbell: {
    async call(name: CallName, input: unknown) {
      asked.push({ name, input })
      const answer = answers[name]
      try {
        return { ok: true, value: answer ? await answer(input) : null }
      } catch (error) {
        return { ok: false, error: (error as Error).message }
      }
    },
    onPush(listener: typeof hear) {
      hear = listener
      return () => undefined
    },
  },
})

/** The main process tells the window. */
export function push<N extends PushName>(name: N, payload: PushPayload<N>): void {
  hear(name, payload)
}

export function open(component: Component, props: Record<string, unknown>, given: Answers = {}): { view: VueWrapper; /** Where the first navigation led. */ went: Promise<string> } {
  answers = given
  asked.length = 0
  if (shown?.exists()) shown.unmount()
  document.body.innerHTML = ''
  const pinia = createPinia()
  setActivePinia(pinia)
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/:rest(.*)*', component: { render: () => null } }] })
  const went = new Promise<string>((resolve) => router.afterEach((to) => { if (to.path !== '/') resolve(to.fullPath) }))
  const view = mount(component, { props, attachTo: document.body, global: { plugins: [pinia, i18n, router] } })
  shown = view
  return { view, went }
}

/** Promises, answers and what they change on the page. */
export async function settled(): Promise<void> {
  for (let round = 0; round < 10; round++) await Promise.resolve()
  await nextTick()
}

/** Press of a button by its words, wherever it stands. */
export async function press(words: string): Promise<void> {
  const button = [...document.querySelectorAll<HTMLElement>('button')].find((candidate) => (candidate.getAttribute('aria-label') ?? candidate.textContent ?? '').trim() === words)
  if (!button) throw new Error(`there is no button "${words}" among: ${[...document.querySelectorAll('button')].map((candidate) => (candidate.getAttribute('aria-label') ?? candidate.textContent ?? '').trim()).join(' | ')}`)
  button.click()
  await settled()
}
