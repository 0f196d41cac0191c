/** From where destinations can be taken over. A new source is a line here. */
import { importAppriseUrls } from '../../engine/importers/apprise-urls.ts'
import { Secret } from '../../engine/settings/secret.ts'

/** A destination that would be made. */
export interface ImportedDestination {
  /** Where it stood in the text, from 1. */
  line: number
  channel: string
  /** A suggestion; several may be alike. */
  label: string
  enabled: boolean
  /** Without secrets. Valid but for what `missing` names. */
  config: Readonly<Record<string, unknown>>
  /** By the channel's secret fields. */
  secrets: Readonly<Record<string, Secret>>
  /** Fields of config or secrets that someone must still fill in. */
  missing: readonly string[]
  /** What is other than it was, in sentences without secrets. */
  notes: readonly string[]
  /** Selectors; absent = the defaults. */
  events?: readonly string[]
}

export interface ReadImport {
  destinations: readonly ImportedDestination[]
  /** What belongs to none of them, in sentences. */
  notes: readonly string[]
  /** What could not be read; holds nothing of the text, which is full of secrets. */
  problems: readonly { line: number | null; message: string }[]
}

export interface Importer {
  readonly id: string
  readonly name: string
  /** What to give it, in a sentence. */
  readonly hint: string
  /** Pure. Never throws for what a text may hold: that is a problem. */
  read(text: string): ReadImport
}

const appriseUrls: Importer = {
  id: 'apprise',
  name: 'Apprise addresses',
  hint: 'One address a line, like ntfy://topic, or an Apprise configuration as text or YAML.',
  read(text) {
    const { destinations, problems } = importAppriseUrls(text)
    return { destinations: destinations.map((one) => ({ ...one, secrets: hidden(one.secrets) })), notes: [], problems }
  },
}

export const importers: readonly Importer[] = [appriseUrls]

function hidden(secrets: Readonly<Record<string, string>>): Record<string, Secret> {
  return Object.fromEntries(Object.entries(secrets).map(([name, value]) => [name, new Secret(value)]))
}
