/** How Windows knows us: without these two, toasts are ordinary at best and their buttons find nobody. */
import type { Log } from '../../engine/ports.ts'

/** The same as `appId` in electron-builder.yml, where the installer writes it into the Start menu's shortcut. */
export const APP_ID = 'app.printbell'
/** By this class Windows starts us when a button of a toast is pressed. Never change it: shortcuts of installed copies carry it. */
export const TOAST_ACTIVATOR = '{50DCF851-8F19-4800-B0A9-6EFCE5A5A8F8}'

/** What is needed of Electron's `app`; the second function came with Electron 42. */
export interface IdentifiedApp {
  setAppUserModelId(id: string): void
  setToastActivatorCLSID?(id: string): void
}

/** Before the first toast, and before the app is ready. Does nothing on other systems. */
export function identifyToWindows(app: IdentifiedApp, platform: NodeJS.Platform, log: Log): void {
  if (platform !== 'win32') return
  app.setAppUserModelId(APP_ID)
  const canActivate = typeof app.setToastActivatorCLSID === 'function'
  if (canActivate) app.setToastActivatorCLSID?.(TOAST_ACTIVATOR)
  log.info('known to Windows', { appId: APP_ID, activator: canActivate })
}
