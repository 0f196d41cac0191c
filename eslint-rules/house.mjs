/**
 * The house rules as data: what is forbidden, where, and why. eslint.config.js only says which files get which.
 * A rule that is set twice for a file is replaced, not merged: so each area's whole rule is put together here.
 */
import { readdirSync } from 'node:fs'

const engine = new URL('../electron/engine/', import.meta.url)

/** The names of the kinds that have a folder, beside those that are planned: shared code may name none of them. */
function kindNames() {
  const names = ['octoprint', 'moonraker', 'prusalink', 'obico', 'bambu', 'webhook', 'ntfy', 'telegram', 'discord', 'pushover', 'gotify']
  for (const room of ['printers/', 'channels/']) {
    for (const entry of readdirSync(new URL(room, engine), { withFileTypes: true })) if (entry.isDirectory()) names.push(entry.name)
  }
  return [...new Set(names)]
}
export const kinds = kindNames()

const AXIOS_TYPES = ['AxiosError', 'AxiosHeaders', 'CanceledError', 'isAxiosError', 'isCancel']

const noElectron = {
  group: ['electron', 'electron/*', 'electron-*'],
  message: 'The engine runs on plain Node (headless, CI, service): take it through a port (engine/ports.ts) and let the desktop bring its own part.',
}
const noRealTimers = {
  name: 'node:timers',
  message: 'Time comes in through the Clock port, so that tests move it instead of sleeping.',
}
const noSleep = { ...noRealTimers, name: 'node:timers/promises' }
const noDefaultAxios = {
  name: 'axios',
  allowTypeImports: true,
  allowImportNames: AXIOS_TYPES,
  message: 'Requests go through Net.http (engine/ports.ts), so that tests and the desktop decide how they leave. Types and the error guards may be imported.',
}
const noWs = {
  name: 'ws',
  allowTypeImports: true,
  message: 'Sockets to printers belong to their adapter (printers/<kind>/) or to the simulator: nothing else opens one.',
}
const noRawNetwork = ['node:http', 'node:https', 'node:http2', 'node:net', 'node:tls', 'node:dgram', 'node:dns'].map((name) => ({
  name,
  allowTypeImports: true,
  message: 'This room is shared and decides things; the network belongs to adapters, channels and the control endpoint.',
}))
const noKindFolders = {
  regex: '(^|/)(printers|channels)/[a-z0-9-]+/',
  message: 'Shared rooms know no kind of server or channel: only the registries import from their folders. Ask the contract for a capability.',
}
const withEnding = {
  regex: '^\\.{1,2}/(?!.*\\.(ts|mjs|js|json|vue|css)$)',
  message: 'Relative imports name the file with its ending (".ts"): Node resolves nothing for us.',
}

const rawIpc = (importNames) => ({
  name: 'electron',
  importNames,
  message: 'Raw IPC has one file on each side (bridge/wire.ts, bridge/preload.ts): there the sender is checked and everything is parsed. Add a call or a push to bridge/contract.ts instead.',
})
const onlyTheBridge = {
  regex: 'electron/(?!bridge/(contract|channels|views/[a-z-]+)\\.ts$)',
  message: 'The window knows the main process by its contract and view models only: what else it needs is a call.',
}
const noNode = { regex: '^(node:|electron$)', message: 'The window is a sandboxed page: no Node, no Electron. What it needs is a call of bridge/contract.ts.' }
const noDesktop = { regex: '^(\\.\\./)+(desktop|bridge)/', message: 'The engine runs without the desktop app: what the desktop brings comes in through a port (engine/ports.ts).' }

const imports = (paths, patterns) => ({ '@typescript-eslint/no-restricted-imports': ['error', { paths, patterns: [...patterns, withEnding] }] })

export const importRules = {
  anywhere: imports([], []),
  engine: imports([noDefaultAxios, noWs, noRealTimers, noSleep], [noElectron, noDesktop]),
  sockets: imports([noDefaultAxios, noRealTimers, noSleep], [noElectron]),
  shared: imports([noDefaultAxios, noWs, noRealTimers, noSleep, ...noRawNetwork], [noElectron, noKindFolders]),
  /** Composition roots and the one place that makes the axios instance: they build the real things. */
  edge: imports([], [noElectron]),
  /** Electron's main process. */
  desktop: imports([rawIpc(['ipcMain', 'ipcRenderer', 'contextBridge'])], []),
  wire: imports([], []),
  window: imports([], [onlyTheBridge, noNode]),
}

const TIMERS = ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval']
const CLOCK = 'Take the Clock port (engine/ports.ts): tests move time, they do not sleep, and sleep or clock jumps are handled in one place.'

const timers = TIMERS.map((name) => ({ name, message: CLOCK }))
const noFetch = { name: 'fetch', message: 'Requests go through Net.http (engine/ports.ts): one place for proxies, pinning and tests.' }

/** Real time and chance, for everything in the engine but SystemClock, the workers and the simulator's command line. */
export const timeRules = {
  'no-restricted-globals': ['error', ...timers, noFetch],
  'no-restricted-properties': [
    'error',
    { object: 'Date', property: 'now', message: CLOCK },
    { object: 'performance', property: 'now', message: CLOCK },
    { object: 'AbortSignal', property: 'timeout', message: `${CLOCK} An AbortController and clock.after do the same.` },
    { object: 'Math', property: 'random', message: 'Take the Random port: tests choose the dice.' },
    ...TIMERS.map((property) => ({ object: 'globalThis', property, message: CLOCK })),
  ],
}

/** Unit tests may ask a server of their own and read the real clock around it; they may not sleep or throw dice. */
export const timeRulesOfTests = {
  'no-restricted-globals': ['error', ...timers],
  'no-restricted-properties': ['error', { object: 'Math', property: 'random', message: 'A test that throws dice fails only sometimes: write the values down.' }],
}

const emptyCatch = {
  selector: 'CatchClause > BlockStatement[body.length=0]',
  message: 'An empty catch hides the cause from everyone: handle it, count it, log it, or let it go through.',
}
const asAny = { selector: 'TSAsExpression > TSAnyKeyword', message: '"as any" switches the checks off: parse the value or narrow its type.' }
const wallClock = {
  selector: 'NewExpression[callee.name="Date"][arguments.length=0]',
  message: 'new Date() reads the real clock: use new Date(clock.now()).',
}
const environment = {
  selector: 'MemberExpression[object.name="process"][property.name="env"]',
  message: 'The environment is read at the edge and, for secrets, in settings/secrets.ts: the engine takes its values as arguments.',
}
const output = {
  selector: 'MemberExpression[object.name="process"][property.name=/^(stdout|stderr|exit)$/]',
  message: 'The engine prints nothing and ends no process: it has a Log port and returns; its composition root prints and exits.',
}

const rawBridge = {
  selector: "MemberExpression[object.name='window'][property.name='printbell']",
  message: 'Pages ask through lib/bridge.ts: there every answer is parsed.',
}

const syntax = (...selectors) => ({ 'no-restricted-syntax': ['error', emptyCatch, asAny, ...selectors] })

export const syntaxRules = {
  anywhere: syntax(),
  engine: syntax(wallClock, environment, output),
  engineTests: syntax(),
  /** Where secrets are read out of the environment. */
  environment: syntax(wallClock, output),
  /** SystemClock, workers, the simulator's command line. */
  edge: syntax(),
  window: syntax(rawBridge),
}
