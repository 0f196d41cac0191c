/**
 * The desktop app's composition root, first half: what watches the printers and stands in the tray. window-side.ts, loaded a moment later, is
 * the rest. It decides nothing: rooms come with their parts, and what passes between them is in desktop/ports.ts and bridge/contract.ts.
 */
import './desktop/shell/lean.ts'
import { app, dialog, nativeImage, nativeTheme, Notification, session } from 'electron'
import { getProxyForUrl } from 'proxy-from-env'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { WindowLanguage } from './bridge/views/common.ts'
import { managedPlaces } from './engine/settings/managed.ts'
import { openManagedFiles } from './desktop/settings/managed-files.ts'
import { desktopLanguage, windowLanguage, type DesktopLanguage } from './desktop/languages/index.ts'
import { nativePictures } from './desktop/pictures.ts'
import { startElectronPlugin } from './desktop/plugin-process.ts'
import { openPresence } from './desktop/presence/electron-presence.ts'
import { createSecretKeeper } from './desktop/secrets/keeper.ts'
import { sessionKeyring } from './desktop/secrets/keyring.ts'
import { electronBox } from './desktop/secrets/safe-storage.ts'
import { electronSettingsStore } from './desktop/settings/electron-store.ts'
import { createSettingsKeeper } from './desktop/settings/keeper.ts'
import { kindsByNeed } from './desktop/settings/kinds-by-need.ts'
import { keptReadings, thisBuild } from './desktop/settings/read-before.ts'
import { standingsNow } from './desktop/settings/standing.ts'
import { isSimulated } from './desktop/setup/simulated.ts'
import { startArguments } from './desktop/shell/arguments.ts'
import { faultTaker, watchFaults } from './desktop/shell/faults.ts'
import { foldersFor } from './desktop/shell/folders.ts'
import { openAlone, otherInstance } from './desktop/shell/instance.ts'
import { noticeBoard } from './desktop/shell/notices.ts'
import { prepareElectron } from './desktop/shell/prepare.ts'
import { desktopProxy } from './desktop/shell/proxy.ts'
import { desktopToasts } from './desktop/toasts/index.ts'
import { identifyToWindows } from './desktop/toasts/identity.ts'
import { openTray } from './desktop/tray/electron-tray.ts'
import type { TrayHostState } from './desktop/tray/host.ts'
import { createHeatLog } from './desktop/view/heat-log.ts'
import { createOverview } from './desktop/view/overview.ts'
import { remember } from './desktop/view/remembered.ts'
import { settleRestore } from './engine/backup/swap.ts'
import { createDesktopChannel } from './engine/channels/desktop/index.ts'
import { loadPluginKinds } from './engine/channels/plugins/index.ts'
import { isPluginKind } from './engine/channels/plugins/kind.ts'
import { systemClock } from './engine/clock.ts'
import { answerControl } from './engine/control/answer.ts'
import { serveControl } from './engine/control/server.ts'
import { createEngine, type Engine } from './engine/engine.ts'
import { openHistory } from './engine/history/sqlite-history.ts'
import { createLog } from './engine/log.ts'
import { logFile } from './engine/log-file.ts'
import { makePlaces, placesIn } from './engine/places.ts'
import { createSnapshots } from './engine/snapshots/store.ts'
import { systemNet } from './engine/system-net.ts'
import { ulids } from './engine/ulids.ts'
import type { WindowSide } from './window-side.ts'

/** What a clean end may take. ms */
const STOP_MS = 5_000
/** A server close by has answered by then; for another nothing else waits any longer. ms */
const AHEAD_MS = 30
/** The icon and the first server are there sooner when the others' questions do not stand in their way. ms */
const HEAD_START_MS = 50
/** The first answers of the printers' servers have the main thread to themselves for so long. ms */
const FIRST_ANSWERS_MS = 150
/** And where nobody waits for a window, the answers of all. ms */
const ALL_ANSWERS_MS = 1_000

/** Until what has come in meanwhile was looked at: bytes, connections that stand. */
const turn = (): Promise<void> => new Promise((done) => void setImmediate(done))

/** What stands in a file; "" = nothing that could be read, which whoever reads it for good tells. */
function textIn(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

const { env, platform } = process
const asked = startArguments(process.argv.slice(1), process.cwd())
const folders = foldersFor(asked)
prepareElectron(folders.data)
start().catch((error: unknown) => {
  const words = error instanceof Error ? error.message : String(error)
  process.stderr.write(`${words}\n`)
  void app.whenReady().then(() => {
    // A box that nobody can answer would keep a start at login hanging for ever.
    if (!asked.hidden) dialog.showErrorBox('Printbell can not start', words)
    app.exit(1)
  })
})

async function start(): Promise<void> {
  const clock = systemClock()
  const newId = ulids(Math.random)
  const places = placesIn(folders.data)
  makePlaces(places)
  const other = await otherInstance(places.controlSocket)
  if (other.what === 'shown') return app.exit(0)
  if (other.what === 'taken') throw new Error(`Another Printbell uses the data folder ${places.data} (${other.why}). Stop it first, or start this one with --data and another folder.`)
  /** null = it is not loaded yet. */
  let side: WindowSide | null = null
  let isLoaded: (loaded: WindowSide) => void
  const sideLoaded = new Promise<WindowSide>((done) => (isLoaded = done))
  let firstAnswer: () => void
  const firstAnswered = new Promise<void>((done) => (firstAnswer = done))
  /** The window's half is asked for: it is not waited with any longer. */
  let want: () => void
  const wanted = new Promise<void>((done) => (want = done))
  function withSide(act: (loaded: WindowSide) => void): void {
    want()
    void sideLoaded.then(act)
  }
  const show = (path: string | null): void => withSide((loaded) => loaded.show(path))
  /** Whether a window is there to be told; what it missed it asks for when it opens. */
  const isOpen = (): boolean => side?.isOpen() ?? false
  // Notices may come before there can be a window: of a settings file that is damaged, for one.
  const notices = noticeBoard({ isOpen, push: (notice) => side?.push('notice', notice) })
  const log = createLog(logFile(places.log, (text) => notices.tell('error', text)), env.PRINTBELL_LOG ?? 'info')
  const stopFaults = watchFaults(faultTaker({ clock, log, tell: (text) => notices.tell('error', text) }))
  identifyToWindows(app, platform, log)
  // Before anything is opened: a restore that was prepared takes place now, one that was cut off is undone.
  const settled = settleRestore(places, clock.now())
  if (settled !== null) log.info('a restore was settled', { what: settled.what, text: settled.text, notices: settled.what === 'restored' ? settled.plan.notices : [] })
  const opened = await openAlone(() => openHistory({ file: places.database, log, now: () => clock.now(), onTouched() {
    side?.touched()
    overview.recount()
  } }), () => otherInstance(places.controlSocket), clock)
  if (opened === null) return app.exit(0)
  const history = opened
  const byNeed = kindsByNeed()
  const { adapters, channels } = byNeed
  const settingsFile = join(folders.config, 'settings.json')
  const managedFiles = managedPlaces(platform, env, places.data)
  await byNeed.named([settingsFile, ...managedFiles].map(textIn))
  await app.whenReady()
  log.info('starting', { version: app.getVersion(), electron: process.versions.electron, node: process.versions.node, platform, packaged: app.isPackaged })

  // --------------------------------------------------------------------------------------- settings, secrets, channels
  const secrets = createSecretKeeper({
    file: join(places.data, 'secrets.json'), box: electronBox(platform), keyring: sessionKeyring({ platform, env, clock, log }), mode: 'store', env, settingsFolder: folders.config, platform, clock, log,
    onNotice: ({ level, text }) => notices.tell(level, text),
  })
  const toasts = desktopToasts({
    Notification, platform, run: newId(), clock, log,
    staysUntilActedOn: () => keeper.settings().desktop.stayUntilActedOn,
    onNotice: ({ level, text }) => notices.tell(level, text),
    onColdPress: ({ eventId, action }) => show(action === 'open' && eventId !== null ? `/history/${eventId}` : '/history'),
  })
  const plugins = await loadPluginKinds(join(places.data, 'channels'), { log, start: startElectronPlugin })
  for (const problem of plugins.problems) notices.tell('warn', problem)
  channels.set('desktop', createDesktopChannel({ platform, env }, toasts.channel))
  for (const kind of plugins.kinds) channels.set(kind.kind, kind)
  const kinds = { adapters, channels, mayBeMissing: isPluginKind }
  const before = keptReadings({ file: join(places.data, 'window', 'kept-settings'), build: thisBuild(), log })
  const keeper = createSettingsKeeper({
    store: electronSettingsStore({ folder: folders.config, clock, log }), kinds, secrets, clock, log,
    managed: openManagedFiles({ paths: managedFiles, kinds, clock, onTrouble: (text) => notices.tell('warn', text) }),
    onSecret: (of) => void engine.refreshSecrets(of),
    standing: () => standingsNow({ engine: () => engine, history }),
    onNotice: ({ level, text }) => notices.tell(level, text),
    allKinds: byNeed.all,
    before,
  })
  const spoken = (): WindowLanguage => windowLanguage(keeper.settings(), { preferred: app.getPreferredSystemLanguages(), region: app.getSystemLocale() })
  const language = (): DesktopLanguage => desktopLanguage(spoken())

  // ---------------------------------------------------------------------------------------------------------- the engine
  const ports = { clock, random: Math.random, net: systemNet({ proxyFor: desktopProxy((url) => session.defaultSession.resolveProxy(url), getProxyForUrl) }), log }
  const presence = openPresence({ platform, env, clock, log, idleMinutes: () => keeper.settings().desktop.idleMinutes })
  const pictures = nativePictures(nativeImage, turn)
  const snapshots = createSnapshots({ dir: places.snapshots, pictures, clock, log })
  const engine: Engine = createEngine({
    ...ports, settings: keeper.engine(), adapters, channels, history, secrets, presence,
    locale: app.getPreferredSystemLanguages()[0] ?? app.getLocale(),
    snapshots, headStartMs: HEAD_START_MS,
    ulid: newId,
    onNews(news) {
      overview.onNews(news)
      side?.onNews(news)
      if (news.line === 'notice') notices.tell(news.level, news.text)
      if (news.line === 'link') {
        log.info('a link changed', { server: news.serverId, link: news.link, cause: news.cause })
        if (news.link !== 'connecting') firstAnswer()
      }
    },
    onOpen: ({ event }) => show(event === null ? '/history' : `/history/${event.id}`),
    onState: (printerId) => overview.onState(printerId),
    onSilences: () => side?.silencesChanged(),
  })
  const heat = createHeatLog()
  const overview = createOverview({
    engine: () => engine, settings: () => keeper.engine(), adapters, memory: remember(history, clock), openGaps: () => history.gaps({}).filter(({ to }) => to === null), heat, watched: isOpen, language, clock, log,
  })

  // ------------------------------------------------------------------------------------------------- what follows what
  const tellSystem = (): void => side?.systemChanged()
  const applyTheme = (): void => {
    nativeTheme.themeSource = keeper.settings().desktop.theme
  }
  applyTheme()
  const updatesAtStart = keeper.settings().desktop.updates
  const stops = [
    keeper.onChanged((settings, next, by) => {
      applyTheme()
      void secrets.setMode(settings.desktop.keepSecrets)
      void engine.apply(next, by).then(() => overview.refresh())
    }),
    secrets.onChanged(() => {
      void engine.refreshSecrets()
      tellSystem()
    }),
    presence.onChanged(tellSystem),
    toasts.onChanged(tellSystem),
  ]
  let trayState: TrayHostState = 'unknown'
  const tray = openTray({
    overview, clock, log, platform, env, language,
    // Nobody is connected yet.
    first: { state: keeper.engine().printers.length > 0 ? 'offline' : 'idle', percent: 0, unseen: false },
    pictures: join(app.getAppPath(), 'resources', 'icons', 'tray'),
    update: () => side?.update() ?? { what: 'idle' },
    act: (wish) => withSide((loaded) => loaded.act(wish)),
    onFacts(state) {
      trayState = state
      tellSystem()
    },
    onNoHost() {
      notices.tell('info', language().words.tray.noHost)
      show(null)
    },
  })

  // ------------------------------------------------------------------------------------------------------ begin and end
  let listening: ReturnType<typeof serveControl> | null = null
  let ending: Promise<void> | null = null
  async function end(): Promise<void> {
    log.info('ending')
    const window = await side?.close()
    tray.close()
    presence.stop()
    for (const stop of stops) stop()
    await (await listening)?.close()
    await engine.stop(STOP_MS)
    overview.stop()
    toasts.stop()
    window?.stop()
    await Promise.all([keeper.close(), secrets.close()])
    history.close()
    stopFaults()
    folders.leave()
    log.info('ended')
    await window?.renew?.()
  }
  app.on('before-quit', (event) => {
    event.preventDefault()
    // However the end goes, it comes: what is not delivered waits on disk.
    ending ??= end().catch((error: unknown) => log.error('the end was not clean', { error })).finally(() => app.exit(0))
  })
  app.on('activate', () => show(null))
  if (asked.seconds !== null) clock.after(asked.seconds * 1_000, () => app.quit())

  if (settled !== null) notices.tell(settled.what === 'restored' ? 'info' : 'warn', settled.text)
  const load = async (): Promise<WindowSide> => {
    await byNeed.all()
    const { openWindowSide } = await import('./window-side.ts')
    side ??= openWindowSide({
      adapters, asked, folders, places, platform, env, ports, notices, history, secrets, toasts, presence, plugins, channels, kinds, keeper, pictures, snapshots, engine, heat, overview, tray, newId, spoken, language, trayState: () => trayState, updatesAtStart,
    })
    isLoaded(side)
    return side
  }
  if (keeper.engine().servers.some(({ settings }) => isSimulated(settings))) await (await load()).resume()
  const after = (ms: number): Promise<void> => new Promise((done) => void clock.after(ms, done))
  // The servers are asked before anything else is waited for. One whose key lies in the key store has that opened by asking for it.
  const started = engine.start()
  await turn()
  if (ending !== null) return
  // Their questions are on the way, and what the answers need takes its time to load.
  process.getBuiltinModule('node:crypto')
  await Promise.race([firstAnswered, after(AHEAD_MS)])
  if (ending !== null) return
  listening = serveControl(places.controlSocket, (request) => byNeed.all().then(() => answerControl(request, { ...ports, engine, settings: () => keeper.engine(), adapters, secrets, show, stop: () => app.quit() })), log)
  // What a server tells first may be of prints that ended meanwhile, and who is to hear of them depends on whether somebody is here.
  presence.start()
  void secrets.setMode(keeper.settings().desktop.keepSecrets).catch((error: unknown) => log.warn('the file of keys could not be brought up to date', { error }))
  await Promise.all([started, listening])
  overview.refresh()
  log.info('watching', { printers: keeper.engine().printers.length })
  if (asked.hidden) await Promise.race([wanted, after(ALL_ANSWERS_MS)])
  else if (keeper.engine().printers.length > 0) await Promise.race([wanted, firstAnswered, after(FIRST_ANSWERS_MS)])
  if (ending !== null) return
  void toasts.look()
  before.keep()
  await (await load()).begin()
}
