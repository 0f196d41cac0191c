/**
 * electron-updater at work for us, loaded when somebody first looks for a newer version. It keeps what is downloaded, knows the systems' installers and
 * who is in a staged rollout; where it asks, what it believes and when anything happens is ours.
 */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { KeyObject } from 'node:crypto'
import { AppImageUpdater, CancellationToken, MacUpdater, NsisUpdater, type AppUpdater } from 'electron-updater'
import { GenericProvider } from 'electron-updater/out/providers/GenericProvider'
import { parseUpdateInfo } from 'electron-updater/out/providers/Provider'
import { getChannelFilename, newUrlFromBase } from 'electron-updater/out/util'
import type { Clock, Log, Net } from '../../engine/ports.ts'
import { fetchFile, fetchSmall, type FetchParts } from './fetching.ts'
import { LARGEST_LIST, LARGEST_SIGNATURE, readList, releaseOf, type ReleaseList } from './signed.ts'
import { clearBeside, layBeside, mustBe, takePlace, type Beside, type Download } from './swap.ts'
import { UpdateError, type Updater } from './updater.ts'

export interface ElectronUpdaterParts {
  /** The folder that is asked. */
  address: string
  key: KeyObject
  /** Who signs the Windows packages; null = nobody. */
  publisher: string | null
  /** Ours. */
  version: string
  platform: string
  /** Whether what is found is downloaded and installed, or only told. */
  installs: boolean
  /** The file that is running; null = no AppImage. */
  appImage: string | null
  /** Of what is downloaded, and of who one is in a rollout. */
  folder: string
  net: Net
  clock: Clock
  log: Log
  /** How long nothing may come, ms. */
  stallMs?: number
  /** Starts the program anew, as this one was started. Only where the installer does not. */
  startAnew(program: string): void
}

const STALL_MS = 60_000
/** What is installed, by system: another system's list is of no use, whatever its name says. */
const ENDINGS: Readonly<Record<string, string>> = { win32: '.exe', darwin: '.zip', linux: '.AppImage' }

export async function openElectronUpdater(parts: ElectronUpdaterParts): Promise<Updater> {
  const { log, folder, platform } = parts
  const http = (await parts.net.through?.({ proxy: 'system' }))?.http ?? parts.net.http
  const fetching: FetchParts = { http, clock: parts.clock, stallMs: parts.stallMs ?? STALL_MS }
  const host = new URL(parts.address).host
  const pending = join(folder, 'updates', 'pending')
  let asking: AbortSignal = new AbortController().signal
  let found: ReleaseList | null = null
  let beside: Beside | null = null

  /** The place that is asked, as electron-updater sees it: it gets no list that is not signed. */
  class SignedProvider extends GenericProvider {
    override async getLatestVersion(): ReturnType<GenericProvider['getLatestVersion']> {
      const name = getChannelFilename(this.getDefaultChannelName())
      const base = new URL(parts.address.endsWith('/') ? parts.address : `${parts.address}/`)
      const list = await fetchSmall(newUrlFromBase(name, base, true), LARGEST_LIST, fetching, asking)
      if (list === null) throw new UpdateError(`There is no list of versions for this system at ${host} (${name}). Check the address.`)
      const signature = await fetchSmall(newUrlFromBase(`${name}.sig`, base, true), LARGEST_SIGNATURE, fetching, asking)
      found = readList(list, signature, parts.key, { name, host, parse: (text) => parseUpdateInfo(text, name, base) })
      return found as unknown as Awaited<ReturnType<GenericProvider['getLatestVersion']>>
    }
  }

  const updater = make(parts)
  Reflect.set(updater, 'httpExecutor', {
    async download(url: URL, file: string, { sha512, onProgress, cancellationToken }: DownloadOptions): Promise<string> {
      const size = found?.files.find((one) => one.sha512 === sha512)?.size
      if (size === undefined || typeof sha512 !== 'string') throw new UpdateError(`The list of versions at ${host} says nothing of the file. Printbell tries again.`)
      const cancelled = new AbortController()
      cancellationToken.once('cancel', () => cancelled.abort())
      await fetchFile(url, file, { sha512, size }, fetching, { bytes: (transferred) => onProgress?.({ transferred, total: size }), signal: cancelled.signal })
      return file
    },
  })
  // What otherwise stands in app-update.yml: the cache's folder, and whose signature an installer for Windows must have.
  Reflect.set(updater, 'configOnDisk', { value: Promise.resolve({ updaterCacheDirName: 'updates', ...(parts.publisher === null ? {} : { publisherName: [parts.publisher] }) }) })
  Object.assign(updater, {
    logger: {
      info: (text: unknown) => log.debug('updater', { text: String(text) }), debug: (text: unknown) => log.debug('updater', { text: String(text) }),
      warn: (text: unknown) => log.info('updater', { text: String(text) }), error: (text: unknown) => log.info('updater', { text: String(text) }),
    },
    autoDownload: false, autoInstallOnAppQuit: false, allowDowngrade: false, disableWebInstaller: true, forceDevUpdateConfig: true,
    // Pieces of the file that runs are not looked for: a whole file by our own way is checked as it comes.
    disableDifferentialDownload: true,
  })
  updater.setFeedURL({ provider: 'custom', updateProvider: SignedProvider, url: parts.address } as unknown as Parameters<AppUpdater['setFeedURL']>[0])
  updater.on('download-progress', ({ transferred, total }) => onBytes(transferred, total))
  let onBytes: (bytes: number, of: number) => void = () => undefined

  async function check(signal: AbortSignal): ReturnType<Updater['check']> {
    asking = signal
    found = null
    // Of an installation that was prepared and then not wanted, or cut short.
    if (parts.appImage !== null) await clearBeside(parts.appImage)
    const result = await updater.checkForUpdates()
    signal.throwIfAborted()
    const list = found as ReleaseList | null
    if (result === null || list === null) throw new Error('electron-updater did not ask')
    if (!result.isUpdateAvailable || !isForUs(list.version, updater)) {
      // Of the one that is installed by now.
      await rm(pending, { recursive: true, force: true })
      return null
    }
    const ending = ENDINGS[platform] ?? ''
    if (parts.installs && list.files.some(({ url }) => /[/\\\\]/.test(url))) throw new UpdateError(`The list of versions at ${host} names files that lie elsewhere. Get the newer version by hand.`)
    if (parts.installs && !list.files.some(({ url }) => url.endsWith(ending))) throw new UpdateError(`Version ${list.version} is not there for this system yet. Printbell tries again.`)
    return releaseOf(list)
  }

  async function download(progress: typeof onBytes, signal: AbortSignal): Promise<void> {
    const token = new CancellationToken()
    const cancel = (): void => token.cancel()
    onBytes = progress
    signal.addEventListener('abort', cancel, { once: true })
    try {
      await updater.downloadUpdate(token)
    } finally {
      signal.removeEventListener('abort', cancel)
      onBytes = () => undefined
    }
  }

  return {
    check,
    download,
    async prepare(signal) {
      if (updater instanceof OurAppImage && parts.appImage !== null) beside = await layBeside({ ...updater.downloaded(), target: parts.appImage, signal })
      else if (updater instanceof OurNsis) await mustBe(updater.downloaded(), signal)
      else if (updater instanceof OurMac) await updater.handOver(parts.clock, signal)
    },
    async finish(again) {
      if (updater instanceof OurNsis) {
        if (!updater.install(true, again)) throw new Error('the installer could not be started')
      } else if (updater instanceof OurMac) {
        if (again) await updater.startAnew(parts.clock)
      } else if (beside !== null && parts.appImage !== null) {
        takePlace(beside)
        await rm(pending, { recursive: true, force: true }).catch((error: unknown) => log.warn('the download could not be removed', { error }))
        if (again) parts.startAnew(parts.appImage)
      }
    },
  }
}

interface DownloadOptions {
  sha512?: string | null
  onProgress?(progress: { transferred: number; total: number }): void
  cancellationToken: CancellationToken
}

/** Newer than ours, and no trial version for whoever has a finished one. */
function isForUs(version: string, { currentVersion }: AppUpdater): boolean {
  const ours = currentVersion as unknown as { compare(other: string): number; prerelease: readonly unknown[] }
  return ours.compare(version) < 0 && (!version.includes('-') || ours.prerelease.length > 0)
}

/** @throws Error when nothing is */
function downloadOf(file: string | null, helper: { downloadedFileInfo: { sha512: string } | null } | null): Download {
  const sha512 = helper?.downloadedFileInfo?.sha512
  if (file === null || sha512 === undefined) throw new UpdateError('The download is gone. Printbell downloads it again.')
  return { from: file, sha512 }
}

/** Its way of putting the file in place is not used: it would delete the old one first. */
class OurAppImage extends AppImageUpdater {
  downloaded(): Download {
    return downloadOf(this.installerPath, this.downloadedUpdateHelper)
  }
}

class OurNsis extends NsisUpdater {
  downloaded(): Download {
    return downloadOf(this.installerPath, this.downloadedUpdateHelper)
  }
}

/** How long macOS may take to make ready, ms. */
const SQUIRREL_MS = 60_000

class OurMac extends MacUpdater {
  #taken = false

  /** Squirrel takes the download, and checks whose signature it has. */
  async handOver(clock: Clock, signal: AbortSignal): Promise<void> {
    if (this.#taken) return
    const { autoUpdater } = await import('electron')
    const ends = new AbortController()
    try {
      await new Promise<void>((done, fail) => {
        const refused = (error: Error): void => fail(new UpdateError('macOS did not take the new version; the log says why. Put it into the Applications folder by hand.', { cause: error }))
        // At the end of Printbell nobody else would ever give it up.
        const cancel = clock.after(SQUIRREL_MS, () => refused(new Error('no answer')))
        const taken = (): void => done()
        const given = (): void => fail(signal.reason as Error)
        signal.addEventListener('abort', given, { once: true })
        autoUpdater.once('error', refused)
        autoUpdater.once('update-downloaded', taken)
        ends.signal.addEventListener('abort', () => {
          cancel()
          signal.removeEventListener('abort', given)
          autoUpdater.off('error', refused)
          autoUpdater.off('update-downloaded', taken)
        }, { once: true })
        autoUpdater.checkForUpdates()
      })
      this.#taken = true
    } finally {
      ends.abort()
    }
  }

  /** Resolves when the system waits for our end. */
  async startAnew(clock: Clock): Promise<void> {
    const { app } = await import('electron')
    await new Promise<void>((done) => {
      clock.after(SQUIRREL_MS, done)
      app.once('before-quit', () => done())
      this.quitAndInstall()
    })
  }
}

function make({ platform, version, folder }: ElectronUpdaterParts): OurAppImage | OurNsis | OurMac {
  const app = {
    version, name: 'printbell', isPackaged: true, appUpdateConfigPath: '', userDataPath: join(folder, 'updates'), baseCachePath: folder,
    whenReady: async () => undefined, relaunch: () => undefined, quit: () => undefined, onQuit: () => undefined,
  }
  if (platform === 'win32') return new OurNsis(null, app)
  return platform === 'darwin' ? new OurMac(undefined, app) : new OurAppImage(null, app)
}
