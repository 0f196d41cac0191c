/** Called by electron-builder with each app before it is signed and put into its formats. */
import { execFile } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

/**
 * macOS runs no program without a signature on its own processors. Where there is no certificate (CSC_LINK, CSC_NAME), the app signs for itself: it
 * starts, and the system asks its user once, because it does not know who made it.
 * @param {{ electronPlatformName: string, appOutDir: string, packager: { appInfo: { productFilename: string } } }} context
 * @param {{ env?: NodeJS.ProcessEnv, run?: (command: string, args: readonly string[]) => Promise<unknown> }} [around]
 */
export default async function afterPack({ electronPlatformName, appOutDir, packager }, { env = process.env, run = promisify(execFile) } = {}) {
  const resources = electronPlatformName === 'darwin' ? join(appOutDir, `${packager.appInfo.productFilename}.app`, 'Contents/Resources') : join(appOutDir, 'resources')
  // Electron's own greeting. Ours is the only app that this Electron may load.
  await rm(join(resources, 'default_app.asar'), { force: true })
  if (electronPlatformName !== 'darwin' || env.CSC_LINK || env.CSC_NAME) return
  await run('codesign', ['--force', '--deep', '--sign', '-', join(appOutDir, `${packager.appInfo.productFilename}.app`)])
}
