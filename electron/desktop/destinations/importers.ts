/** From where destinations can be taken over. A new source is a line here; its code is loaded when it is used: few ever do. */
import type { ExportableDestination } from '../../engine/importers/octoprint-webhooks.ts'
import { Secret } from '../../engine/settings/secret.ts'

/** A destination that would be made. */
export interface ImportedDestination {
  /** Where it stood in the text, from 1. */
  line: number
  channel: string
  /** A suggestion; several may be alike. */
  label: string
  /** Whether it arrives switched on; false while something is missing. */
  enabled: boolean
  /** It arrives switched off even when nothing is missing any more. */
  staysOff?: boolean
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
  /** Never rejects for what a text may hold: that is a problem. */
  read(text: string): Promise<ReadImport>
  /** The way back, without secrets. */
  export?: { channel: string; fileName: string; write(destinations: readonly ExportableDestination[]): Promise<string> }
}

const appriseUrls: Importer = {
  id: 'apprise',
  name: 'Apprise addresses',
  hint: 'One address a line, like ntfy://topic, or an Apprise configuration as text or YAML.',
  async read(text) {
    const { importAppriseUrls } = await import('../../engine/importers/apprise-urls.ts')
    const { destinations, problems } = importAppriseUrls(text)
    return { destinations: destinations.map((one) => ({ ...one, secrets: hidden(one.secrets) })), notes: [], problems }
  },
}

const octoprintWebhooks: Importer = {
  id: 'octoprint-webhooks',
  name: 'OctoPrint-Webhooks',
  hint: 'OctoPrint\'s config.yaml (on OctoPi: /home/pi/.octoprint/config.yaml), its part "plugins: webhooks", or a template of the plugin.',
  read: (text) => told(async () => {
    const { importOctoPrintWebhooks } = await import('../../engine/importers/octoprint-webhooks.ts')
    const { destinations, notes } = importOctoPrintWebhooks(text)
    return { destinations, notes, problems: [] }
  }),
  export: {
    channel: 'octoprint-webhooks', fileName: 'octoprint-webhooks.yaml',
    async write(destinations) {
      const { exportOctoPrintWebhooks } = await import('../../engine/importers/octoprint-webhooks.ts')
      return exportOctoPrintWebhooks(destinations)
    },
  },
}

const eventHooks: Importer = {
  id: 'event-hooks',
  name: 'OctoPrint\'s event hooks',
  hint: 'OctoPrint\'s config.yaml, or its part "events". Programs and G-code arrive switched off.',
  read: (text) => told(async () => {
    const { importEventHooks } = await import('../../engine/importers/event-hooks.ts')
    const { destinations, notes } = importEventHooks(text)
    return { destinations: destinations.map((one) => ({ ...one, staysOff: true })), notes, problems: [] }
  }),
}

const moonrakerNotifiers: Importer = {
  id: 'moonraker-notifiers',
  name: 'Moonraker\'s notifiers',
  hint: 'Moonraker\'s moonraker.conf, or the file with its parts [notifier ...]. Where addresses take from its secrets, put that file\'s text behind it.',
  async read(text) {
    const { importMoonrakerNotifiers } = await import('../../engine/importers/moonraker-notifier.ts')
    const { destinations, notes, problems } = importMoonrakerNotifiers(text)
    return { destinations: destinations.map((one) => ({ ...one, secrets: hidden(one.secrets) })), notes, problems }
  },
}

export const importers: readonly Importer[] = [octoprintWebhooks, eventHooks, moonrakerNotifiers, appriseUrls]

/** What is wrong with the whole text is a problem like any other. */
async function told(read: () => Promise<ReadImport>): Promise<ReadImport> {
  try {
    return await read()
  } catch (error) {
    const { ImportError } = await import('../../engine/importers/octoprint-webhooks.ts')
    if (!(error instanceof ImportError)) throw error
    return { destinations: [], notes: [], problems: [{ line: error.line, message: error.line === null ? error.message : error.message.replace(/^Line \d+: /, '') }] }
  }
}

function hidden(secrets: Readonly<Record<string, string>>): Record<string, Secret> {
  return Object.fromEntries(Object.entries(secrets).map(([name, value]) => [name, new Secret(value)]))
}
