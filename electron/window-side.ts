/**
 * The second half of the composition root: everything that answers a person at the window, and what may begin a moment later. main.ts
 * loads it once the printers are being watched, so that a start has none of it to carry (docs/performance.md).
 */
import { app, nativeTheme, session, shell } from 'electron'
import { homedir, userInfo } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Handlers, Push } from './bridge/contract.ts'
import type { WindowLanguage } from './bridge/views/common.ts'
import { openWire } from './bridge/wire.ts'
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
import { openPluginRoom } from './desktop/destinations/plugins.ts'
import { readChosen } from './desktop/destinations/read-chosen.ts'
import type { DesktopLanguage } from './desktop/languages/index.ts'
import type { nativePictures } from './desktop/pictures.ts'
import type { PresenceSource } from './desktop/ports.ts'
import { openPower } from './desktop/power/electron-power.ts'
import { sleepFacts, sleepWarning } from './desktop/power/sleep-warning.ts'
import type { RunningSecretKeeper } from './desktop/secrets/keeper.ts'
import type { RunningSettingsKeeper } from './desktop/settings/keeper.ts'
import type { AddressKinds } from './desktop/settings/addition.ts'
import type { FormKinds } from './desktop/settings/forms.ts'
import type { StartArguments } from './desktop/shell/arguments.ts'
import { browserOpener } from './desktop/shell/browser.ts'
import { chooseBackup, chooseFile, chooseOpened } from './desktop/shell/dialogs.ts'
import type { Folders } from './desktop/shell/folders.ts'
import type { NoticeBoard } from './desktop/shell/notices.ts'
import { serveSchemes } from './desktop/shell/schemes.ts'
import { isOurs, lockDownSession } from './desktop/shell/security.ts'
import { soonOf } from './desktop/shell/soon.ts'
import { tidy } from './desktop/shell/v8-flags.ts'
import { relaunchOptions } from './desktop/shell/relaunch.ts'
import { createMainWindow } from './desktop/shell/window.ts'
import { sizesOf } from './desktop/sizes.ts'
import type { Toasts } from './desktop/toasts/choose.ts'
import { trayActs } from './desktop/tray/acts.ts'
import type { TrayHostState } from './desktop/tray/host.ts'
import type { TrayHandle, TrayWish } from './desktop/tray/tray.ts'
import { businessOf } from './desktop/updates/business.ts'
import { openUpdates } from './desktop/updates/open.ts'
import type { Updates } from './desktop/updates/updates.ts'
import type { HeatLog } from './desktop/view/heat-log.ts'
import type { HistoryNames } from './desktop/view/history.ts'
import { createLive, pictureBytes } from './desktop/view/live.ts'
import type { RunningOverview } from './desktop/view/overview.ts'
import { jobsInThread } from './engine/backup/start.ts'
import type { ChannelKind } from './engine/channels/channel.ts'
import type { Plugins } from './engine/channels/plugins/index.ts'
import { clockTime } from './engine/delivery/text.ts'
import type { Engine } from './engine/engine.ts'
import type { History } from './engine/history/history.ts'
import { startExport } from './engine/history/start-export.ts'
import type { News } from './engine/news.ts'
import type { placesIn } from './engine/places.ts'
import type { Clock, Log, Net, Random } from './engine/ports.ts'
import type { PrinterAdapter } from './engine/printers/adapter.ts'
import type { DesktopSettings } from './engine/settings/schema.ts'
import { named } from './engine/silences/words.ts'
import type { Snapshots } from './engine/snapshots/snapshots.ts'
import { reportsInThread } from './engine/why/start-report.ts'
import description from '../package.json' with { type: 'json' }

/** From a window's end to the clean-up of memory. ms */
const TIDY_AFTER_MS = 3_000

/** What the first half made. */
export interface FirstHalf {
  asked: StartArguments
  folders: Folders
  places: ReturnType<typeof placesIn>
  platform: NodeJS.Platform
  env: NodeJS.ProcessEnv
  ports: { clock: Clock; random: Random; net: Net; log: Log }
  notices: NoticeBoard
  history: History
  secrets: RunningSecretKeeper
  toasts: Toasts
  presence: PresenceSource
  plugins: Plugins
  adapters: ReadonlyMap<string, PrinterAdapter>
  channels: ReadonlyMap<string, ChannelKind>
  kinds: AddressKinds & FormKinds
  keeper: RunningSettingsKeeper
  pictures: ReturnType<typeof nativePictures>
  snapshots: Snapshots
  engine: Engine
  heat: HeatLog
  overview: RunningOverview
  tray: Pick<TrayHandle, 'redraw'>
  newId(): string
  trayState(): TrayHostState
  /** What was wanted of updates at the start: a change since then was told before this half could hear of it. */
  updatesAtStart: DesktopSettings['updates']
  spoken(): WindowLanguage
  language(): DesktopLanguage
}

/** What the first half tells it, and asks of it. */
export interface WindowSide {
  isOpen(): boolean
  push: Push
  /** Opens the window or brings it to the front; null = where it is. */
  show(path: string | null): void
  onNews(news: News): void
  /** Something of the history changed by a person's hand. */
  touched(): void
  silencesChanged(): void
  /** Presence, toasts, the tray or the key store say something else. */
  systemChanged(): void
  /** A wish of the tray. */
  act(wish: TrayWish): void
  update: Updates['state']
  /** Starts the simulated printer, where the settings have it. Before the engine connects. Never throws. */
  resume(): Promise<void>
  /** Once the printers are being watched: opens the window unless the start was a hidden one. */
  begin(): Promise<void>
  /** Before the engine ends. @returns what is to be done when everything has ended */
  close(): Promise<{ stop(): void; renew: (() => Promise<void>) | null }>
}

export function openWindowSide(first: FirstHalf): WindowSide {
  const { asked, folders, places, platform, env, ports, notices, history, secrets, toasts, presence, plugins, adapters, channels, kinds, keeper, pictures, snapshots, engine, heat, overview, tray, newId, spoken, language } = first
  const { clock, log } = ports
  const desktop = (): DesktopSettings => keeper.settings().desktop
  const isOpen = (): boolean => window.contents() !== null
  const push: Push = (name, payload) => wire.push(name, payload)

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
  /** Once the window's process is gone and nothing else goes on at the same moment. */
  const tidySoon = (): void => void clock.after(TIDY_AFTER_MS, () => {
    if (isOpen()) return
    void session.defaultSession.clearCache().then(tidy)
  })
  const live = createLive({ snapshot: (printerId, cameraId, signal) => engine.snapshot(printerId, cameraId, signal), pictures, clock, log, push: (picture) => push('live.picture', picture) })
  const firstPage = (): string => (desktop().firstRunDone || keeper.engine().printers.length > 0 ? '/' : '/welcome')
  function show(path: string | null): void {
    const wasOpen = isOpen()
    wire.expect()
    window.open(path ?? firstPage())
    if (wasOpen && path !== null) push('navigate', path)
  }

  // ------------------------------------------------------------------------------------------------- answers to the window
  const homepage = homepageOf(description as { homepage?: unknown })
  const openInBrowser = browserOpener({ servers: () => keeper.engine().servers.flatMap((server) => adapters.get(server.kind)?.webUrl(server.settings) ?? []), homepage, log })
  const autostart = openAutostart({ platform, env, log })
  const setup = setupCalls({ adapters, ports, settings: keeper, secrets, push, newId, openExternal: (url, serverUrl) => openInBrowser(url, [serverUrl]), card: (printerId) => overview.card(printerId) })
  const destinations = destinationCalls({
    channels, importers, settings: keeper, secrets, ports, engine: () => engine, push, newId, openPage: (url) => openInBrowser(url, [], [url]), chooseFile,
    readFile: async () => readChosen(await chooseOpened()),
  })
  const pluginRoom = openPluginRoom({
    plugins, folder: join(places.data, 'channels'), clock, log, isOpen, push, tell: (text) => notices.tell('warn', text),
    openFolder: async (path) => (await shell.openPath(path)) === '', onAllowed: () => void engine.refreshSecrets(),
  })
  const rules = rulesCalls({ settings: keeper, kinds: channels, clock, database: places.database, start: reportsInThread(), language: spoken })
  const names: HistoryNames = {
    destination: (id) => keeper.engine().destinations.find((destination) => destination.id === id) ?? null,
    silence: (id) => named(engine.silence(id), clock.now()),
    filter: (id) => keeper.settings().filters.find((filter) => filter.id === id)?.name ?? null,
    profile: (id) => keeper.settings().profiles.find((profile) => profile.id === id)?.name ?? null,
  }
  const silences = silenceCalls({ engine: () => engine, clock, push })
  const historyRoom = historyCalls({
    history, engine: () => engine, settings: () => keeper.engine(), kinds: channels, language, clock, push, database: places.database, chooseFile, startExport: (job, onProgress) => startExport(job, { onProgress }), names,
  })
  const backups = backupCalls({
    places, settingsFile: join(folders.config, 'settings.json'), kinds, secrets, keepSecrets: () => desktop().keepSecrets, version: app.getVersion(), clock, log, push,
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
    words: () => language().words.updates, push: (view) => push('updates.changed', view), redraw: () => tray.redraw(),
  })
  const system = systemCalls({
    version: app.getVersion(), versions: { Electron: process.versions.electron ?? '', Chromium: process.versions.chrome ?? '', 'Node.js': process.versions.node }, platform, clock, log, logFile: places.log,
    places: { ownFiles: app.isPackaged ? process.resourcesPath : app.getAppPath(), homepage, dataFolder: places.data, settingsFile: join(folders.config, 'settings.json') },
    toasts, tray: first.trayState, presence: () => presence.current(), secrets, autostart,
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
  const updating = updateCalls(updates)
  const handlers: Handlers = {
    ...printers, ...historyRoom, ...setup.handlers, ...settingsCalls({ settings: keeper, kinds, engine: () => engine }), ...destinations.handlers, ...broadcastCalls({ engine: () => engine, names, time: (at) => clockTime(at, clock.now()), language: spoken }), ...rules.handlers, ...silences.handlers, ...backups.handlers, ...pluginRoom.handlers, ...updating, ...system,
    'status.get': async () => {
      // Its first question: from now on it hears.
      notices.opened()
      return overview.status()
    },
  }
  const wire = openWire({ handlers, log, target: () => window.contents(), isOurs: (frame) => isOurs(frame, devUrl) })
  const historyNews = historyPusher({ history, push, isOpen, language, clock })

  // ------------------------------------------------------------------------------------------------- what follows what
  const tellSystem = soonOf({ clock, log, heard: isOpen }, async () => push('system.changed', await system['system.facts'](null)))
  const tellSettings = soonOf({ clock, log, heard: isOpen }, () => push('settings.changed', keeper.view()))
  let told = spoken()
  /** Whoever shows something says it anew. */
  function tellLanguage(): void {
    const now = spoken()
    if (now.code === told.code && now.locale === told.locale) return
    told = now
    push('language.changed', now)
    updates.languageChanged()
    overview.refresh()
    historyNews.touched()
    tray.redraw()
  }
  const stops = [
    overview.onChanged(({ cards, removed, status }) => {
      if (cards.length > 0 || removed.length > 0) push('printers.changed', { cards, removed })
      push('status.changed', status)
    }),
    keeper.onChanged(() => {
      tellLanguage()
      updates.settingsChanged()
      if (isOpen()) push('settings.changed', keeper.view())
      tellSystem()
    }),
  ]
  const act = trayActs({ handlers: { ...printers, ...updating }, log, words: () => language().words.tray, open: show, quit: () => app.quit(), tell: (text) => notices.tell('warn', text) })
  const power = openPower({ overview, clock, log, wanted: () => desktop().keepAwake, onSettings: (listener) => keeper.onChanged(listener), recheck() {
    engine.recheck()
    updates.woke()
  } })
  serveSchemes(session.defaultSession, { folder: join(files, 'renderer'), log, picture: (what, id) => pictureBytes({ live, fileOf: (eventId) => history.snapshot(eventId)?.file ?? null, load: (file) => snapshots.load(file) }, what, id) })
  lockDownSession(session.defaultSession, log)

  return {
    isOpen, push, show, act,
    onNews(news) {
      historyNews.onNews(news)
      if (news.line === 'attempt') tellSettings()
    },
    touched: () => historyNews.touched(),
    silencesChanged: () => silences.changed(),
    systemChanged: tellSystem,
    update: updates.state,
    resume: () => setup.resume(),
    async begin() {
      pluginRoom.start()
      if (!asked.hidden && !startedAtLogin(platform)) show(null)
      if (asked.demo) await setup.handlers['setup.simulator']({ on: true })
      await autostart.repair()
      updates.start(!isDeepStrictEqual(first.updatesAtStart, desktop().updates))
      tidySoon()
    },
    async close() {
      const renew = updates.ending()
      window.close()
      power.close()
      pluginRoom.stop()
      for (const stop of stops) stop()
      for (const soon of [tellSystem, tellSettings]) soon.stop()
      await Promise.all([setup.close(), destinations.close(), backups.close()])
      return {
        renew,
        stop() {
          historyNews.stop()
          wire.close()
        },
      }
    },
  }
}
