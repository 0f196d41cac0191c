/** What the import of Apprise addresses brings: destinations to look at before they are taken over, and what could not be read. */

export interface ImportedAddress {
  /** Where it stood in the text, from 1. */
  line: number
  /** A kind of the registry. */
  channel: string
  /** A suggestion; several may be alike. */
  label: string
  /** False while something is missing. */
  enabled: boolean
  /** Without secrets. Valid but for what `missing` names. */
  config: Readonly<Record<string, unknown>>
  /** By the channel's secret fields, in plain text: for the key store, and nowhere else. */
  secrets: Readonly<Record<string, string>>
  /** Fields of config or secrets that someone must still fill in. */
  missing: readonly string[]
  /** What is other than it was, in sentences without secrets. */
  notes: readonly string[]
}

export interface AddressProblem {
  line: number
  /** Cause and cure. Nothing of what stood there: it may be a secret. */
  message: string
}

export interface ImportedAddresses {
  destinations: ImportedAddress[]
  problems: AddressProblem[]
}
