import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import type { ProblemView, Saved } from '../../electron/bridge/views/common.ts'
import type { DestinationView, Forms, SettingsChange, SettingsView, SystemFacts } from '../../electron/bridge/views/settings.ts'
import { ask, onPush } from '../lib/bridge.ts'
import { fieldWords, formsSaid, settingsSaid } from '../lib/fields.ts'
import { errorText, problemText } from '../lib/problems.ts'
import { useStatus } from './status.ts'

/** The settings as the engine has them, the forms they are drawn with, and the facts of this computer. */
export const useSettings = defineStore('settings', () => {
  const view = shallowRef<SettingsView | null>(null)
  const forms = shallowRef<Forms | null>(null)
  const facts = shallowRef<SystemFacts | null>(null)
  const error = ref<string | null>(null)
  const loaded = computed(() => view.value !== null && forms.value !== null && facts.value !== null)
  onPush('settings.changed', take)
  onPush('system.changed', (changed) => {
    facts.value = changed
  })

  /** Names and words of the kinds come in English; what came is kept for the next language. */
  let told: { view: SettingsView | null; forms: Forms | null } = { view: null, forms: null }
  function take(settings: SettingsView): void {
    told = { ...told, view: settings }
    view.value = settingsSaid(settings)
  }
  function takeForms(drawn: Forms): void {
    told = { ...told, forms: drawn }
    forms.value = formsSaid(drawn)
  }
  watch(fieldWords, () => {
    if (told.view) take(told.view)
    if (told.forms) takeForms(told.forms)
  })

  /** Each page asks when it opens: what is shown meanwhile is what was known before. */
  async function load(): Promise<void> {
    error.value = null
    try {
      const [settings, drawn, told] = await Promise.all([ask('settings.get'), ask('settings.forms'), ask('system.facts')])
      take(settings)
      takeForms(drawn)
      facts.value = told
    } catch (failure) {
      error.value = errorText(failure)
    }
  }

  async function change(wish: SettingsChange): Promise<Saved> {
    return attempt(() => ask('settings.change', wish))
  }

  /** @param value null removes it */
  async function setSecret(of: { owner: 'server' | 'destination' | 'ping'; id: string; field: string }, value: string | null): Promise<Saved> {
    return attempt(() => ask('settings.set-secret', { ...of, value }))
  }

  /** For what was refused when the page with the field was gone already. */
  function tellLost(problems: readonly ProblemView[]): void {
    const status = useStatus()
    status.notices = [...status.notices, { level: 'error' as const, text: problems.map((problem) => problemText(problem)).join(' ') }].slice(-3)
  }

  const destination = (id: string): DestinationView | undefined => view.value?.destinations.find((candidate) => candidate.id === id)
  /** With what it can do here: toasts differ from desktop to desktop. */
  function channelForm(kind: string): Forms['channels'][number] | undefined {
    const form = forms.value?.channels.find((candidate) => candidate.kind === kind)
    const toast = facts.value?.toast
    return form?.local && toast ? { ...form, picture: form.picture && toast.pictures, buttons: form.buttons && toast.buttons, updates: form.updates && toast.updates } : form
  }
  const adapterForm = (kind: string): Forms['adapters'][number] | undefined => forms.value?.adapters.find((candidate) => candidate.kind === kind)

  return { view, forms, facts, error, loaded, load, take, change, setSecret, tellLost, destination, channelForm, adapterForm }
})

async function attempt(save: () => Promise<Saved>): Promise<Saved> {
  try {
    return await save()
  } catch (failure) {
    return { ok: false, problems: [{ path: '', message: errorText(failure), cure: '' }] }
  }
}
