/**
 * The least that stands in the tray: what the desktop app's memory is held against. BARE_WINDOW=1 opens a window with one line of
 * text, closes it after two seconds, and stays. Says `ready` when Electron is, `done` when all is made.
 */
import { app, BrowserWindow, Menu, nativeImage, Tray } from 'electron'

let tray
app.on('window-all-closed', () => undefined)
app.whenReady().then(async () => {
  process.stdout.write('ready\n')
  tray = new Tray(nativeImage.createFromBitmap(Buffer.alloc(22 * 22 * 4, 255), { width: 22, height: 22 }))
  tray.setContextMenu(Menu.buildFromTemplate([{ label: 'Quit', role: 'quit' }]))
  if (process.env.BARE_WINDOW === '1') {
    const window = new BrowserWindow({ width: 1120, height: 740, webPreferences: { sandbox: true, contextIsolation: true } })
    await window.loadURL('data:text/html,<h1>Bare</h1>')
    await new Promise((done) => setTimeout(done, 2_000))
    window.destroy()
  }
  process.stdout.write('done\n')
})
