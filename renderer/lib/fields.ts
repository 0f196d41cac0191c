/**
 * Words of the forms in the window's language. Kinds of servers and channels bring their fields with English words, and a plugin may
 * bring any: what has no translation is told as it came.
 */
import { shallowRef } from 'vue'
import type { Forms, SettingsView } from '../../electron/bridge/views/settings.ts'

/** Nothing to translate: kinds speak it themselves. */
export const ENGLISH: Readonly<Record<string, string>> = {}
/** By the English words. */
export const fieldWords = shallowRef(ENGLISH)

/** @param translated by the English words; ENGLISH = none */
export function learnFields(translated: Readonly<Record<string, string>>): void {
  fieldWords.value = translated
}

/** What a kind says of itself (its name, a title, a hint, a step of a guide), in the window's language. */
export function said(english: string): string {
  return Object.hasOwn(fieldWords.value, english) ? fieldWords.value[english] ?? english : english
}

type Schema = Record<string, unknown>

/** A schema with the words of its fields said; what is no word of a field stays. */
function schemaSaid(schema: Schema): Schema {
  return Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, (name === 'title' || name === 'description') && typeof value === 'string' ? said(value) : partSaid(value)]))
}

function partSaid(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(partSaid)
  return typeof value === 'object' && value !== null ? schemaSaid(value as Schema) : value
}

/** All forms, as the window shows them. */
export function formsSaid(forms: Forms): Forms {
  if (fieldWords.value === ENGLISH) return forms
  const kind = <T extends Forms['adapters'][number] | Forms['channels'][number]>(form: T): T => ({
    ...form, displayName: said(form.displayName), schema: schemaSaid(form.schema), secrets: form.secrets.map((secret) => ({ ...secret, label: said(secret.label) })),
  })
  const schemas = Object.entries(forms).filter((entry): entry is [string, Schema] => !Array.isArray(entry[1])).map(([name, schema]) => [name, schemaSaid(schema)] as const)
  return {
    ...forms,
    ...Object.fromEntries(schemas),
    adapters: forms.adapters.map(kind),
    channels: forms.channels.map(kind).map((form) => ({
      ...form,
      guide: { steps: form.guide.steps.map(said), links: form.guide.links.map((link) => ({ ...link, label: said(link.label) })) },
      prerequisites: form.prerequisites.map((one) => ({ ...one, name: said(one.name), help: said(one.help) })),
    })),
    importers: forms.importers.map((one) => ({ ...one, name: said(one.name), hint: said(one.hint) })),
  }
}

/** The settings with the names of the kinds said. */
export function settingsSaid(view: SettingsView): SettingsView {
  if (fieldWords.value === ENGLISH) return view
  return {
    ...view,
    servers: view.servers.map((server) => ({ ...server, kindName: said(server.kindName) })),
    destinations: view.destinations.map((destination) => ({ ...destination, channelName: said(destination.channelName) })),
  }
}
