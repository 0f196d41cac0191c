/** Mounts a component of the window for a test: real texts, a bridge that answers what the test says. */
import { mount, type VueWrapper } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import type { Component } from 'vue'
import { i18n } from '../../lib/i18n.ts'

export interface Asked {
  name: string
  input: unknown
}

/** @returns what was asked of the main process, in order */
export function fakeBridge(answers: Readonly<Record<string, (input: unknown) => unknown>> = {}): Asked[] {
  const asked: Asked[] = []
  Object.assign(window, {
    printbell: {
      async call(name: string, input: unknown) {
        asked.push({ name, input })
        const answer = answers[name]
        return answer ? { ok: true, value: await answer(input) } : { ok: false, error: `nothing answers ${name}` }
      },
      onPush: () => () => undefined,
    },
  })
  return asked
}

export function mounted(component: Component, props: Record<string, unknown>): VueWrapper {
  const pinia = createPinia()
  setActivePinia(pinia)
  return mount(component, { props, global: { plugins: [pinia, i18n], stubs: { RouterLink: true } }, attachTo: document.body })
}
