/** What the rooms of the desktop app give each other. Types only; main.ts builds the real things and hands them around. */
import type { ProblemView, Saved } from '../bridge/views/common.ts'
import type { RulesChange, RulesView } from '../bridge/views/rules.ts'
import type { Added } from '../bridge/views/setup.ts'
import type { SettingsChange, SettingsView, SystemFacts } from '../bridge/views/settings.ts'
import type { PrinterCard, Status } from '../bridge/views/printers.ts'
import type { Presence, PresenceState, SecretStore } from '../engine/ports.ts'
import type { EngineSettings } from '../engine/settings/expand.ts'
import type { Settings } from '../engine/settings/schema.ts'
import type { Secret } from '../engine/settings/secret.ts'

/** Ends listening; harmless when called twice. */
export type Stop = () => void

/** A server and its printers that setup found good. Secrets are kept in the key store, the settings get references. */
export interface Addition {
  kind: string
  /** Fields of the adapter's settings schema. */
  fields: Record<string, unknown>
  secrets: Record<string, Secret>
  printers: { name: string; sourceId: string | null }[]
}

/** The settings while the app runs: read once, checked before each write, told to whoever listens. */
export interface SettingsKeeper {
  /** As they stand in the file. */
  settings(): Settings
  /** What the engine runs on. */
  engine(): EngineSettings
  view(): SettingsView
  /** Checks, writes, then tells. What is refused changes nothing. */
  change(change: SettingsChange): Promise<Saved>
  /** What the rules, and all settings with them, would be after these changes, checked as `change` does; nothing is written. */
  tryRules(changes: readonly RulesChange[]): { ok: true; rules: RulesView; engine: EngineSettings } | { ok: false; problems: ProblemView[] }
  /** Adds a server (or finds it by its address) and its printers, in one write. */
  add(addition: Addition): Promise<Added>
  setSecret(of: { owner: 'server' | 'destination' | 'ping'; id: string; field: string }, value: Secret | null): Promise<Saved>
  /** Called after each change that was written, with what the engine should run on now. */
  /** `by`: whether it was changed in the window, or in the file from elsewhere. */
  onChanged(listener: (settings: Settings, engine: EngineSettings, by: 'window' | 'file') => void): Stop
}

/** The key store. Never blocks the main process: a locked keyring is asked about first. */
export interface SecretKeeper extends SecretStore {
  /** Keeps a secret under a name of ours ("server/mk3/apiKey"); in memory only where the person or the system wants it so. */
  keep(name: string, secret: Secret): Promise<void>
  forget(name: string): Promise<void>
  has(name: string): boolean
  state(): SystemFacts['secrets']
  /** Asks the key store's owner to unlock it. Resolves when that is answered, however. */
  unlock(): Promise<void>
  /** Keys became readable, or stopped being so. */
  onChanged(listener: () => void): Stop
}

/** What all printers are now: one reading for tray, window and menus. */
export interface Overview {
  /** In the order of the look: needs you, error, printing by end, idle, offline. */
  cards(): PrinterCard[]
  card(printerId: string): PrinterCard | null
  status(): Status
  /** At most four times a second, with the cards that changed since the last call. */
  onChanged(listener: (change: { cards: PrinterCard[]; removed: string[]; status: Status }) => void): Stop
}

export interface PresenceSource extends Presence {
  /** Looks for the first time, and goes on; until then nothing is known. */
  start(): void
  onChanged(listener: (state: PresenceState) => void): Stop
  stop(): void
}
