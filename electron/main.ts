/**
 * The desktop app's composition root: the one file that builds it. It decides nothing: rooms come with their parts, and what passes
 * between them is in desktop/ports.ts and bridge/contract.ts.
 */
import { tidy } from './desktop/shell/lean.ts'
import { app, dialog, nativeImage, nativeTheme, Notification, session, shell } from 'electron'
import { getProxyForUrl } from 'proxy-from-env'
import { homedir, userInfo } from 'node:os'
import { join } from 'node:path'
import { monotonicFactory, ulid } from 'ulid'
import type { Handlers } from './bridge/contract.ts'
import type { WindowLanguage } from './bridge/views/common.ts'
import { openWire, type Wire } from './bridge/wire.ts'
import { openAutostart, startedAtLogin } from './desktop/autostart/electron-autostart.ts'
import { backupCalls } from './desktop/calls/backup.ts'
import { broadcastCalls } from './desktop/calls/broadcast.ts'
import { destinationCalls } from './desktop/calls/destinations.ts'
import { historyCalls, historyPusher } from './desktop/calls/history.ts'
import { homepageOf } from './desktop/calls/links.ts'
import { printerCalls } from './desktop/calls/printers.ts'
import { rulesCalls } from './desktop/calls/rules.ts'
import { silenceCalls } from './desktop/calls/silences.ts'
import { settingsCalls } from './desktop/calls/settings.ts'
import { setupCalls } from './desktop/calls/setup.ts'
import { systemCalls } from './desktop/calls/system.ts'
import { updateCalls } from './desktop/calls/updates.ts'
import { importers } from './desktop/destinations/importers.ts'
import { managedPlaces } from './engine/settings/managed.ts'
import { openManagedFiles } from './desktop/settings/managed-files.ts'
import { openPluginRoom } from './desktop/destinations/plugins.ts'
import { readChosen } from './desktop/destinations/read-chosen.ts'
import { desktopLanguage, windowLanguage, type DesktopLanguage } from './desktop/languages/index.ts'
import { nativePictures } from './desktop/pictures.ts'
import { startElectronPlugin } from './desktop/plugin-process.ts'
import { openPower } from './desktop/power/electron-power.ts'
import { sleepFacts, sleepWarning } from './desktop/power/sleep-warning.ts'
import { openPresence } from './desktop/presence/electron-presence.ts'
import { createSecretKeeper } from './desktop/secrets/keeper.ts'
import { sessionKeyring } from './desktop/secrets/keyring.ts'
import { electronBox } from './desktop/secrets/safe-storage.ts'
import { electronSettingsStore } from './desktop/settings/electron-store.ts'
import { createSettingsKeeper } from './desktop/settings/keeper.ts'
import { standingsNow } from './desktop/settings/standing.ts'
import { startArguments } from './desktop/shell/arguments.ts'
import { browserOpener } from './desktop/shell/browser.ts'
import { chooseBackup, chooseFile, chooseOpened } from './desktop/shell/dialogs.ts'
import { faultTaker, watchFaults } from './desktop/shell/faults.ts'
import { foldersFor } from './desktop/shell/folders.ts'
import { otherInstance } from './desktop/shell/instance.ts'
import { noticeBoard } from './desktop/shell/notices.ts'
import { prepareElectron } from './desktop/shell/prepare.ts'
import { desktopProxy } from './desktop/shell/proxy.ts'
import { serveSchemes } from './desktop/shell/schemes.ts'
import { isOurs, lockDownSession } from './desktop/shell/security.ts'
import { soonOf } from './desktop/shell/soon.ts'
import { relaunchOptions } from './desktop/shell/relaunch.ts'
import { createMainWindow } from './desktop/shell/window.ts'
import { sizesOf } from './desktop/sizes.ts'
import { desktopToasts } from './desktop/toasts/index.ts'
import { identifyToWindows } from './desktop/toasts/identity.ts'
import { trayActs } from './desktop/tray/acts.ts'
import { openTray } from './desktop/tray/electron-tray.ts'
import type { TrayHostState } from './desktop/tray/host.ts'
import { businessOf } from './desktop/updates/business.ts'
import { openUpdates } from './desktop/updates/open.ts'
import { createHeatLog } from './desktop/view/heat-log.ts'
import type { HistoryNames } from './desktop/view/history.ts'
import { createLive, pictureBytes } from './desktop/view/live.ts'
import { createOverview } from './desktop/view/overview.ts'
import { remember } from './desktop/view/remembered.ts'
import { jobsInThread } from './engine/backup/start.ts'
import { settleRestore } from './engine/backup/swap.ts'
import { createDesktopChannel } from './engine/channels/desktop/index.ts'
import { loadPluginKinds } from './engine/channels/plugins/index.ts'
import { isPluginKind } from './engine/channels/plugins/kind.ts'
import { channels as knownChannels } from './engine/channels/registry.ts'
import { systemClock } from './engine/clock.ts'
import { answerControl } from './engine/control/answer.ts'
import { serveControl } from './engine/control/server.ts'
import { clockTime } from './engine/delivery/text.ts'
import { createEngine, type Engine } from './engine/engine.ts'
import { openHistory } from './engine/history/sqlite-history.ts'
import { startExport } from './engine/history/start-export.ts'
import { createLog } from './engine/log.ts'
import { logFile } from './engine/log-file.ts'
import { makePlaces, placesIn } from './engine/places.ts'
import { adapters } from './engine/printers/registry.ts'
import type { DesktopSettings } from './engine/settings/schema.ts'
import { named } from './engine/silences/words.ts'
import { createSnapshots } from './engine/snapshots/store.ts'
import { systemNet } from './engine/system-net.ts'
import { reportsInThread } from './engine/why/start-report.ts'
import description from '../package.json' with { type: 'json' }

/** What a clean end may take. ms */
const STOP_MS = 5_000
/** From a window's end to the clean-up of memory. ms */
const TIDY_AFTER_MS = 3_000

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
  const places = placesIn(folders.data)
  makePlaces(places)
  const other = await otherInstance(places.controlSocket)
  if (other.what === 'shown') return app.exit(0)
  if (other.what === 'taken') throw new Error(`Another Printbell uses the data folder ${places.data} (${other.why}). Stop it first, or start this one with --data and another folder.`)
  /** Whether a window is there to be told; what it missed it asks for when it opens. */
  const isOpen = (): boolean => hasWindow()
  /** Notices may come before there can be a window: of a settings file that is damaged, for one. */
  let hasWindow = (): boolean => false
  const notices = noticeBoard({ isOpen, push: (notice) => wire.push('notice', notice) })
  const log = createLog(logFile(places.log, (text) => notices.tell('error', text)), env.PRINTBELL_LOG ?? 'info')
  const stopFaults = watchFaults(faultTaker({ clock, log, tell: (text) => notices.tell('error', text) }))
  identifyToWindows(app, platform, log)
  // Before anything is opened: a restore that was prepared takes place now, one that was cut off is undone.
  const settled = settleRestore(places, clock.now())
  if (settled !== null) log.info('a restore was settled', { what: settled.what, text: settled.text, notices: settled.what === 'restored' ? settled.plan.notices : [] })
  const history = openHistory({ file: places.database, log, now: () => clock.now(), onTouched: () => touched() })
  await app.whenReady()
  log.info('starting', { version: app.getVersion(), electron: process.versions.electron, node: process.versions.node, platform, packaged: app.isPackaged })

  // --------------------------------------------------------------------------------------- settings, secrets, channels
  const secrets = createSecretKeeper({
    file: join(places.data, 'secrets.json'), box: electronBox(platform), keyring: sessionKeyring({ platform, env, clock, log }), mode: 'store', env, settingsFolder: folders.config, platform, clock, log,
    onNotice: ({ level, text }) => notices.tell(level, text),
  })
  const toasts = desktopToasts({
    Notification, platform, run: ulid(), clock, log,
    staysUntilActedOn: () => keeper.settings().desktop.stayUntilActedOn,
    onNotice: ({ level, text }) => notices.tell(level, text),
    onColdPress: ({ eventId, action }) => show(action === 'open' && eventId !== null ? `/history/${eventId}` : '/history'),
  })
  const plugins = await loadPluginKinds(join(places.data, 'channels'), { log, start: startElectronPlugin })
  for (const problem of plugins.problems) notices.tell('warn', problem)
  const channels = new Map([...knownChannels, ...plugins.kinds.map((kind) => [kind.kind, kind] as const)]).set('desktop', createDesktopChannel({ platform, env }, toasts.channel))
  const kinds = { adapters, channels, mayBeMissing: isPluginKind }
  const keeper = createSettingsKeeper({
    store: electronSettingsStore({ folder: folders.config, clock, log }), kinds, secrets, clock, log,
    managed: openManagedFiles({ paths: managedPlaces(platform, env, places.data), kinds, clock, onTrouble: (text) => notices.tell('warn', text) }),
    onSecret: (of) => void engine.refreshSecrets(of),
    standing: () => standingsNow({ engine: () => engine, history }),
    onNotice: ({ level, text }) => notices.tell(level, text),
  })
  const desktop = (): DesktopSettings => keeper.settings().desktop
  const spoken = (): WindowLanguage => windowLanguage(keeper.settings(), { preferred: app.getPreferredSystemLanguages(), region: app.getSystemLocale() })
  const language = (): DesktopLanguage => desktopLanguage(spoken())
  await secrets.setMode(desktop().keepSecrets)

  // ---------------------------------------------------------------------------------------------------------- the engine
  const ports = { clock, random: Math.random, net: systemNet({ proxyFor: desktopProxy((url) => session.defaultSession.resolveProxy(url), getProxyForUrl) }), log }
  const presence = openPresence({ platform, env, clock, log, idleMinutes: () => desktop().idleMinutes })
  const pictures = nativePictures(nativeImage, () => new Promise((done) => setImmediate(done)))
  const snapshots = createSnapshots({ dir: places.snapshots, pictures, clock, log })
  const engine: Engine = createEngine({
    ...ports, settings: keeper.engine(), adapters, channels, history, secrets, presence,
    locale: app.getPreferredSystemLanguages()[0] ?? app.getLocale(),
    snapshots,
    ulid: monotonicFactory(),
    onNews(news) {
      overview.onNews(news)
      historyNews.onNews(news)
      if (news.line === 'notice') notices.tell(news.level, news.text)
      if (news.line === 'attempt') tellSettings()
    },
    onOpen: ({ event }) => show(event === null ? '/history' : `/history/${event.id}`),
    onState: (printerId) => overview.onState(printerId),
    onSilences: () => silences.changed(),
  })
  const heat = createHeatLog()
  const overview = createOverview({
    engine: () => engine, settings: () => keeper.engine(), adapters, memory: remember(history, clock), openGaps: () => history.gaps({}).filter(({ to }) => to === null), heat, watched: isOpen, language, clock, log,
  })

  // ---------------------------------------------------------------------------------------------------------- the window
  const files = join(app.getAppPath(), 'dist', 'app')
  const devUrl = app.isPackaged ? null : (env.ELECTRON_RENDERER_URL ?? null)
  const window = createMainWindow({
    preload: join(files, 'preload', 'preload.cjs'), session: session.defaultSession, log, devUrl,
    icon: platform === 'linux' ? join(app.getAppPath(), 'resources', 'icons', 'app', '256x256.png') : null,
    dark: () => nativeTheme.shouldUseDarkColors,
    bounds: () => desktop().window,
    onBounds: (bounds) => void keeper.change({ what: 'desktop', patch: { window: bounds } }),
    onClosed() {
      live.stop()
      setup.windowClosed()
      destinations.windowClosed()
      backups.windowClosed()
      rules.windowClosed()
      tidySoon()
    },
  })
  hasWindow = () => window.contents() !== null
  /** Once the window's process is gone and nothing else goes on at the same moment. */
  const tidySoon = (): void => void clock.after(TIDY_AFTER_MS, () => {
    if (isOpen()) return
    void session.defaultSession.clearCache().then(tidy)
  })
  const live = createLive({ snapshot: (printerId, cameraId, signal) => engine.snapshot(printerId, cameraId, signal), pictures, clock, log, push: (picture) => wire.push('live.picture', picture) })
  const firstPage = (): string => (desktop().firstRunDone || keeper.engine().printers.length > 0 ? '/' : '/welcome')
  function show(path: string | null): void {
    const wasOpen = isOpen()
    window.open(path ?? firstPage())
    if (wasOpen && path !== null) wire.push('navigate', path)
  }

  // ------------------------------------------------------------------------------------------------- answers to the window
  const homepage = homepageOf(description as { homepage?: unknown })
  const openInBrowser = browserOpener({ servers: () => keeper.engine().servers.flatMap((server) => adapters.get(server.kind)?.webUrl(server.settings) ?? []), homepage, log })
  const autostart = openAutostart({ platform, env, log })
  let trayState: TrayHostState = 'unknown'
  const setup = setupCalls({ adapters, ports, settings: keeper, secrets, push: (name, payload) => wire.push(name, payload), newId: () => ulid(), openExternal: (url, serverUrl) => openInBrowser(url, [serverUrl]), card: (printerId) => overview.card(printerId) })
  const destinations = destinationCalls({
    channels, importers, settings: keeper, secrets, ports, engine: () => engine, push: (name, payload) => wire.push(name, payload), newId: () => ulid(), openPage: (url) => openInBrowser(url, [], [url]), chooseFile,
    readFile: async () => readChosen(await chooseOpened()),
  })
  const pluginRoom = openPluginRoom({
    plugins, folder: join(places.data, 'channels'), clock, log, isOpen, push: (name, payload) => wire.push(name, payload), tell: (text) => notices.tell('warn', text),
    openFolder: async (path) => (await shell.openPath(path)) === '', onAllowed: () => void engine.refreshSecrets(),
  })
  const rules = rulesCalls({ settings: keeper, kinds: channels, clock, database: places.database, start: reportsInThread(), language: spoken })
  const names: HistoryNames = {
    destination: (id) => keeper.engine().destinations.find((destination) => destination.id === id) ?? null,
    silence: (id) => named(engine.silence(id), clock.now()),
    filter: (id) => keeper.settings().filters.find((filter) => filter.id === id)?.name ?? null,
    profile: (id) => keeper.settings().profiles.find((profile) => profile.id === id)?.name ?? null,
  }
  const silences = silenceCalls({ engine: () => engine, clock, push: (name, payload) => wire.push(name, payload) })
  const historyRoom = historyCalls({
    history, engine: () => engine, settings: () => keeper.engine(), kinds: channels, language, clock, push: (name, payload) => wire.push(name, payload), database: places.database, chooseFile, startExport: (job, onProgress) => startExport(job, { onProgress }), names,
  })
  const backups = backupCalls({
    places, settingsFile: join(folders.config, 'settings.json'), kinds, secrets, keepSecrets: () => desktop().keepSecrets, version: app.getVersion(), clock, log, push: (name, payload) => wire.push(name, payload),
    run: jobsInThread(), chooseTarget: chooseFile, chooseBackup,
    refuses: asked.demo ? 'This is the demo: what is restored here would go with it. Start Printbell without it.' : null,
    restart() {
      app.relaunch(relaunchOptions(process.argv, env))
      app.quit()
    },
  })
  const updates = openUpdates({
    ...ports, platform, env, folder: places.data, wanted: () => desktop().updates, tell: ({ version }) => engine.tellUpdate(version),
    business: () => businessOf({ cards: overview.cards(), sending: history.outbox({ states: ['leased'], limit: 100 }).length, backup: backups.busy() }, language()),
    words: () => language().words.updates, push: (view) => wire.push('updates.changed', view), redraw: () => tray.redraw(),
  })
  const system = systemCalls({
    version: app.getVersion(), versions: { Electron: process.versions.electron ?? '', Chromium: process.versions.chrome ?? '', 'Node.js': process.versions.node }, platform, clock, log, logFile: places.log,
    places: { ownFiles: app.isPackaged ? process.resourcesPath : app.getAppPath(), homepage, dataFolder: places.data, settingsFile: join(folders.config, 'settings.json') },
    toasts, tray: () => trayState, presence: () => presence.current(), secrets, autostart,
    sleepWarning: () => sleepWarning(sleepFacts(keeper.settings(), (channel) => channels.get(channel)?.capabilities.local ?? false), language().words.power),
    language: spoken,
    sizes: async () => ({ bytes: await sizesOf(places), events: history.count({}, 10_000_000).count }),
    diagnostics: () => ({
      settings: keeper.settings(), kinds, servers: engine.links().map(({ serverId, observation }) => ({ id: serverId, link: observation.link, detail: observation.detail })),
      counters: { printers: keeper.engine().printers.length, unseen: history.unseenCount(), failing: engine.failing().length }, home: homedir(), user: userInfo().username,
    }),
    chooseFile, openAddress: (address) => openInBrowser(address), openFile: async (path) => (await shell.openPath(path)) === '',
    revealFile(path) {
      shell.showItemInFolder(path)
      return true
    },
    finishFirstRun: () => keeper.change({ what: 'desktop', patch: { firstRunDone: true } }),
  })
  const printers = printerCalls({ engine: () => engine, overview, heat, live, printer: (printerId) => keeper.engine().printers.find(({ id }) => id === printerId) ?? null, openPage: (url) => openInBrowser(url), clock })
  const handlers: Handlers = {
    ...printers, ...historyRoom, ...setup.handlers, ...settingsCalls({ settings: keeper, kinds, engine: () => engine }), ...destinations.handlers, ...broadcastCalls({ engine: () => engine, names, time: (at) => clockTime(at, clock.now()), language: spoken }), ...rules.handlers, ...silences.handlers, ...backups.handlers, ...pluginRoom.handlers, ...updateCalls(updates), ...system,
    'status.get': async () => {
      // Its first question: from now on it hears.
      notices.opened()
      return overview.status()
    },
  }
  const wire: Wire = openWire({ handlers, log, target: () => window.contents(), isOurs: (frame) => isOurs(frame, devUrl) })
  const historyNews = historyPusher({ history, push: (name, payload) => wire.push(name, payload), isOpen, language, clock })

  // ------------------------------------------------------------------------------------------------- what follows what
  function touched(): void {
    historyNews.touched()
    overview.recount()
  }
  const tellSystem = soonOf({ clock, log, heard: isOpen }, async () => wire.push('system.changed', await system['system.facts'](null)))
  const tellSettings = soonOf({ clock, log, heard: isOpen }, () => wire.push('settings.changed', keeper.view()))
  const applyTheme = (): void => {
    nativeTheme.themeSource = desktop().theme
  }
  applyTheme()
  let told = spoken()
  /** Whoever shows something says it anew. */
  function tellLanguage(): void {
    const now = spoken()
    if (now.code === told.code && now.locale === told.locale) return
    told = now
    wire.push('language.changed', now)
    updates.languageChanged()
    overview.refresh()
    historyNews.touched()
    tray.redraw()
  }
  const stops = [
    overview.onChanged(({ cards, removed, status }) => {
      if (cards.length > 0 || removed.length > 0) wire.push('printers.changed', { cards, removed })
      wire.push('status.changed', status)
    }),
    keeper.onChanged((settings, next, by) => {
      applyTheme()
      tellLanguage()
      void secrets.setMode(settings.desktop.keepSecrets)
      updates.settingsChanged()
      void engine.apply(next, by).then(() => overview.refresh())
      if (isOpen()) wire.push('settings.changed', keeper.view())
      tellSystem()
    }),
    secrets.onChanged(() => {
      void engine.refreshSecrets()
      tellSystem()
    }),
    presence.onChanged(tellSystem),
    toasts.onChanged(tellSystem),
  ]
  const tray = openTray({
    overview, clock, log, platform, env, language, update: updates.state,
    act: trayActs({ handlers: { ...printers, ...updateCalls(updates) }, log, words: () => language().words.tray, open: show, quit: () => app.quit(), tell: (text) => notices.tell('warn', text) }),
    onFacts(state) {
      trayState = state
      tellSystem()
    },
    onNoHost() {
      notices.tell('info', language().words.tray.noHost)
      show(null)
    },
  })
  const power = openPower({ overview, clock, log, wanted: () => desktop().keepAwake, onSettings: (listener) => keeper.onChanged(listener), recheck() {
    engine.recheck()
    updates.woke()
  } })

  // ------------------------------------------------------------------------------------------------------ begin and end
  const control = await serveControl(places.controlSocket, (request) => answerControl(request, { ...ports, engine, settings: () => keeper.engine(), adapters, secrets, show, stop: () => app.quit() }), log)
  let ending: Promise<void> | null = null
  async function end(): Promise<void> {
    log.info('ending')
    const renew = updates.ending()
    window.close()
    tray.close()
    power.close()
    presence.stop()
    pluginRoom.stop()
    for (const stop of stops) stop()
    for (const soon of [tellSystem, tellSettings]) soon.stop()
    await control.close()
    await Promise.all([setup.close(), destinations.close(), backups.close()])
    await engine.stop(STOP_MS)
    historyNews.stop()
    overview.stop()
    toasts.stop()
    wire.close()
    await Promise.all([keeper.close(), secrets.close()])
    history.close()
    stopFaults()
    folders.leave()
    log.info('ended')
    await renew?.()
  }
  app.on('before-quit', (event) => {
    event.preventDefault()
    // However the end goes, it comes: what is not delivered waits on disk.
    ending ??= end().catch((error: unknown) => log.error('the end was not clean', { error })).finally(() => app.exit(0))
  })
  app.on('activate', () => show(null))
  if (asked.seconds !== null) clock.after(asked.seconds * 1_000, () => app.quit())

  if (settled !== null) notices.tell(settled.what === 'restored' ? 'info' : 'warn', settled.text)
  serveSchemes(session.defaultSession, { folder: join(files, 'renderer'), log, picture: (what, id) => pictureBytes({ live, fileOf: (eventId) => history.snapshot(eventId)?.file ?? null, load: (file) => snapshots.load(file) }, what, id) })
  lockDownSession(session.defaultSession, log)
  // The icon first: ten printers that answer at once leave no time for it.
  await Promise.all([secrets.start(), setup.resume(), tray.made()])
  await Promise.all([engine.start(), toasts.look()])
  pluginRoom.start()
  overview.refresh()
  log.info('watching', { printers: keeper.engine().printers.length })
  if (!asked.hidden && !startedAtLogin(platform)) show(null)
  if (asked.demo) await setup.handlers['setup.simulator']({ on: true })
  await autostart.repair()
  updates.start()
  tidySoon()
}
