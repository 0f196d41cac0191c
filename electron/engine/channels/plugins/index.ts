/**
 * Plugins of the user's own: folders in `<data>/channels/`, each a channel kind more. What is read here is `channel.json`; the code
 * runs in a process of its own, and only when a person allowed exactly these files.
 */
import { lstatSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { EVENT_TYPES, type EventType } from '../../events/model.ts'
import type { Log } from '../../ports.ts'
import type { ChannelCapabilities, ChannelKind } from '../channel.ts'
import { checkedBy } from '../kit/config.ts'
import { allowancesIn, type Allowances } from './allowed.ts'
import { openPluginChannel } from './channel.ts'
import { readFiles, type PluginFiles } from './files.ts'
import { PREFIX } from './kind.ts'
import { readManifest, schemaOfConfig, type Manifest, type PluginConfig } from './manifest.ts'
import { clearPlace, makePlace } from './place.ts'
import { startNodePlugin, type StartPlugin } from './process.ts'

export interface PluginPorts {
  log: Log
  /** How a process is started; absent = as plain Node does it. The desktop app brings its own. */
  start?: StartPlugin
  /** plugin-process.mjs; default: the one beside the file that holds this code. */
  entry?: URL
  /** Where what runs is copied to; default: the system's folder for temporary files. */
  temp?: string
  /** ms that one message may take, and ms after which an idle process ends. */
  limitMs?: number
  idleMs?: number
}

export interface PluginState {
  /** "plugin:NAME" */
  kind: string
  displayName: string
  /** Null where channel.json can't be read. */
  version: string | null
  /** Absolute. */
  folder: string
  files: { path: string; bytes: number }[]
  /** What `allow` takes; empty where the files can't be read. */
  hash: string
  state: 'allowed' | 'new' | 'changed' | 'broken'
  /** What is the matter and what to do; null = nothing. */
  why: string | null
  /** What channel.json says that it does; null where that can't be read. */
  says: PluginSays | null
}

/** Only its word: nothing checks what the code does. */
export interface PluginSays {
  events: EventType[]
  /** It is given pictures. */
  pictures: boolean
  /** Labels of the secrets it asks for. */
  secrets: string[]
}

export interface Plugins {
  /** To be put beside the built-in kinds. Broken ones too, so that their destinations are kept and say why. */
  kinds: readonly ChannelKind[]
  /** For whoever started the program: what is broken. */
  problems: readonly string[]
  /** As the files are now, with folders that came since the start: those can be allowed, and are there at the next start. */
  pluginStates(): PluginState[]
  /**
   * From now on these files may run, and only these. Destinations that wait for it are opened by `engine.refreshSecrets()`.
   * @throws Error when there is no such plugin, it is broken, or its files are others than those of `hash`
   */
  allow(kind: string, hash: string): void
  /** Nothing of it runs any more: what runs is ended, and its destinations' messages wait. @throws Error when there is no such plugin */
  forbid(kind: string): void
}

const FOLDER = /^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/
const LIMIT_MS = 30_000
const IDLE_MS = 30_000
/** Beyond the plugin's own limit, so that what is told is why it was ended. */
const DEADLINE_SPARE_MS = 5_000

interface Loaded {
  kind: string
  folder: string
  name: string
  /** As it was at the start: the kind is made from it. Null = broken then. */
  manifest: Manifest | null
  /** Its bytes then. */
  manifestText: string
  /** It came after the start: no destination can be of it yet. */
  late: boolean
  /** Each process that runs of it, to be ended. */
  halts: Set<() => void>
}

/**
 * @param folder `<data>/channels`; need not be there
 */
export function loadPluginKinds(folder: string, ports: PluginPorts): Promise<Plugins> {
  const allowances = allowancesIn(join(folder, 'allowed.json'))
  const problems: string[] = []
  const loaded = foldersIn(folder, problems).map((name) => load(join(folder, name), name))
  const withLate = (): Loaded[] => {
    const known = new Set(loaded.map(({ name }) => name))
    return [...loaded, ...foldersIn(folder, []).filter((name) => !known.has(name)).map((name) => ({ ...load(join(folder, name), name), late: true }))]
  }
  const find = (kind: string): Loaded => {
    const all = withLate()
    const plugin = all.find((one) => one.kind === kind)
    if (!plugin) throw new Error(`There is no plugin "${kind}"; there are: ${all.map((one) => one.kind).join(', ') || 'none'}.`)
    return plugin
  }
  const trouble = allowances.trouble()
  if (trouble !== null && loaded.length > 0) problems.push(trouble)
  const stateOf = (plugin: Loaded): PluginState => standing(plugin, allowances).state
  problems.push(...loaded.map(stateOf).filter(({ state }) => state === 'broken').map(({ kind, why }) => `The plugin ${kind} can't be used. ${why ?? ''}`))
  return Promise.resolve({
    kinds: loaded.map((plugin) => kindOf(plugin, allowances, ports)),
    problems,
    pluginStates: () => withLate().map(stateOf),
    allow(kind, hash) {
      const now = stateOf(find(kind))
      if (now.state === 'broken') throw new Error(`The plugin ${kind} can't be allowed. ${now.why ?? ''}`)
      if (now.hash !== hash) throw new Error(`The files of ${kind} changed since they were shown. Look at them again.`)
      allowances.set(kind, hash)
      ports.log.info('a plugin was allowed', { kind, hash })
    },
    forbid(kind) {
      const { halts } = find(kind)
      allowances.remove(kind)
      for (const halt of halts) halt()
      ports.log.info('a plugin was forbidden', { kind })
    },
  })
}

function foldersIn(folder: string, problems: string[]): string[] {
  let names: string[]
  try {
    names = readdirSync(folder).filter((name) => lstatSync(join(folder, name)).isDirectory()).sort()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT') problems.push(`The folder of plugins ${folder} can't be read (${code ?? 'unknown'}).`)
    return []
  }
  for (const name of names.filter((one) => !FOLDER.test(one))) problems.push(`The folder ${join(folder, name)} is no plugin: its name has other than small letters, digits and dashes. Rename it.`)
  return names.filter((name) => FOLDER.test(name))
}

function load(folder: string, name: string): Loaded {
  const plugin = { kind: `${PREFIX}${name}`, folder, name, late: false, halts: new Set<() => void>() }
  try {
    const text = manifestTextOf(readFiles(folder))
    return { ...plugin, manifest: readManifest(text, name), manifestText: text }
  } catch {
    // What is wrong is told by `standing`, which reads it again.
    return { ...plugin, manifest: null, manifestText: '' }
  }
}

function manifestTextOf({ files }: PluginFiles): string {
  const text = (path: string): string | null => {
    const found = files.find((file) => file.path === path)
    return found ? Buffer.from(found.bytes).toString('utf8') : null
  }
  const manifest = text('channel.json')
  if (manifest === null) throw new Error('channel.json is missing. It says what the plugin is.')
  if (text('channel.mjs') === null) throw new Error('channel.mjs is missing. It holds the code.')
  return manifest
}

/** How a plugin stands now, and the files that this was read from. */
function standing(plugin: Loaded, allowances: Allowances): { state: PluginState; files: PluginFiles | null } {
  const { kind, folder, name } = plugin
  const known = { kind, folder, displayName: plugin.manifest?.displayName ?? name, version: plugin.manifest?.version ?? null, says: plugin.manifest && saysOf(plugin.manifest) }
  let files: PluginFiles | null = null
  const told = (): Pick<PluginState, 'files' | 'hash'> => ({ files: files?.files.map(({ path, bytes }) => ({ path, bytes: bytes.length })) ?? [], hash: files?.hash ?? '' })
  try {
    files = readFiles(folder)
    const text = manifestTextOf(files)
    const manifest = readManifest(text, name)
    const state = { ...known, displayName: manifest.displayName, version: manifest.version, says: saysOf(manifest), ...told() }
    const allowed = allowances.of(kind)
    if (allowed === null) return { files, state: { ...state, state: 'new', why: NEW } }
    if (allowed !== files.hash) return { files, state: { ...state, state: 'changed', why: CHANGED } }
    return { files, state: { ...state, state: 'allowed', why: plugin.late ? LATE : text === plugin.manifestText ? null : RESTART } }
  } catch (error) {
    return { files, state: { ...known, ...told(), state: 'broken', why: (error as Error).message } }
  }
}

function saysOf({ features, capabilities, secretFields }: Manifest): PluginSays {
  return { events: EVENT_TYPES.filter((type) => features.includes(type)), pictures: capabilities.image === 'upload', secrets: Object.values(secretFields).map(({ label }) => label) }
}

const NEW = 'This plugin was not allowed yet. Look at its files, then allow it.'
const CHANGED = 'Changed since you allowed it. Look at its files, then allow it again.'
const LATE = 'It came after the start. Start Printbell again, then add a destination of it.'
const RESTART = 'Its channel.json is another than at the start. Start Printbell again.'

function kindOf(plugin: Loaded, allowances: Allowances, ports: PluginPorts): ChannelKind<PluginConfig> {
  const { manifest } = plugin
  const configSchema: z.ZodType<PluginConfig> = manifest ? schemaOfConfig(manifest) : z.looseObject({})
  const limitMs = ports.limitMs ?? LIMIT_MS
  const validateConfig = checkedBy(configSchema)
  return {
    kind: plugin.kind,
    displayName: manifest?.displayName ?? plugin.name,
    group: 'systems',
    guide: manifest?.guide ?? { steps: [], links: [] },
    primary: manifest?.primary ?? [],
    configSchema,
    secretFields: manifest ? secretFieldsOf(manifest) : {},
    capabilities: capabilitiesOf(manifest, limitMs),
    validateConfig,
    prerequisites() {
      const { why } = standing(plugin, allowances).state
      return [{ name: 'your permission', help: why ?? '', met: why === null }]
    },
    supportedFeatures: () => new Set(manifest?.features ?? EVENT_TYPES),
    open(destination, { clock, log }) {
      const look = (): { hash: string; files: PluginFiles } | { why: string } => {
        const { state, files } = standing(plugin, allowances)
        return state.why === null && files ? { hash: state.hash, files } : { why: state.why ?? NEW }
      }
      const now = look()
      if ('why' in now) throw new Error(now.why)
      const checked = validateConfig(destination.config)
      if (!checked.ok) throw new Error(checked.errors.map(({ field, message }) => `${field}: ${message}`).join(' '))
      let latest = now
      return openPluginChannel({
        clock, log: log.child({ plugin: plugin.kind, destination: destination.destinationId }), config: checked.config, secrets: destination.secrets, limitMs, idleMs: ports.idleMs ?? IDLE_MS,
        start: ports.start ?? startNodePlugin,
        look() {
          const found = look()
          if (!('why' in found)) latest = found
          return found
        },
        place: () => makePlace(ports.temp ?? tmpdir(), ports.entry ?? defaultEntry(), latest.files.files),
        clear: clearPlace,
        onForbidden(stop) {
          plugin.halts.add(stop)
          return () => void plugin.halts.delete(stop)
        },
      })
    },
  }
}

/** Not written as new URL('./x', import.meta.url) in one piece: bundlers take that for an asset. */
function defaultEntry(): URL {
  const here = import.meta.url
  return new URL('plugin-process.mjs', here)
}

function secretFieldsOf({ secretFields }: Manifest): ChannelKind['secretFields'] {
  return Object.fromEntries(Object.entries(secretFields).map(([name, { label, required, after, when }]) => [name, { label, required, ...(after === undefined ? {} : { after }), ...(when === undefined ? {} : { when }) }]))
}

/** `runsPrograms`: code from elsewhere runs, so such a destination never arrives switched on by an import. */
function capabilitiesOf(manifest: Manifest | null, limitMs: number): ChannelCapabilities {
  const own = manifest?.capabilities
  return {
    image: own?.image ?? 'none', maxText: own?.maxText ?? null, maxImageBytes: own?.maxImageBytes ?? null, idempotencyKey: own?.idempotencyKey ?? false,
    canUpdate: false, actions: false, local: false, runsPrograms: true, parallel: 1, deadlineMs: limitMs + DEADLINE_SPARE_MS, ...(own?.rate ? { rate: own.rate } : {}), ...(own?.everyEvent ? { everyEvent: true } : {}),
  }
}
