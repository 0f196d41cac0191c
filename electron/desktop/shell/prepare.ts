/** What must be said to Electron before it is ready. */
import { app, Menu } from 'electron'
import { join } from 'node:path'
import { allImported } from './lean.ts'
import { registerSchemes } from './schemes.ts'

/**
 * @param data where everything of this app lies: Chromium's own files go into a folder of their own there, so that two apps with
 *   two data folders share nothing
 */
export function prepareElectron(data: string): void {
  allImported()
  app.setPath('userData', join(data, 'window'))
  // The main process does all network with Node; Chromium's own service has nothing to do and costs a process (docs/performance.md).
  app.commandLine.appendSwitch('enable-features', 'NetworkServiceInProcess2')
  // No page plays, records or spells anything here, and no network error of Chromium's is worth a report.
  app.commandLine.appendSwitch('disable-features', 'MediaRouter,SpareRendererForSitePerProcess,HardwareMediaKeyHandling')
  app.disableHardwareAcceleration()
  // What is left of the GPU process without hardware only puts finished tiles together: 8 MB for a process of its own. Where it was
  // measured only (docs/performance.md).
  if (process.platform === 'linux') {
    app.commandLine.appendSwitch('in-process-gpu')
    // Putting them together takes no 3D: a driver written in software (SwiftShader) would be loaded for pages that draw in WebGL, beside a start that needs both cores.
    app.commandLine.appendSwitch('disable-software-rasterizer')
  }
  registerSchemes()
  // The window has its own ways; on macOS the system's menu stays, for copy and paste.
  if (process.platform !== 'darwin') Menu.setApplicationMenu(null)
  // The tray goes on without a window.
  app.on('window-all-closed', () => undefined)
}
