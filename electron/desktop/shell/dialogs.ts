/** The system's own questions for a file. */
import { app, dialog } from 'electron'
import { join } from 'node:path'

const ONE_FILE = ['openFile' as const, 'showHiddenFiles' as const]

/** Where to save, first among the downloads under this name; null = nowhere. */
export async function chooseFile(name: string): Promise<string | null> {
  const { canceled, filePath } = await dialog.showSaveDialog({ defaultPath: join(app.getPath('downloads'), name) })
  return canceled || !filePath ? null : filePath
}

/** Which to read; empty = none. */
export async function chooseOpened(): Promise<string[]> {
  return (await dialog.showOpenDialog({ properties: ONE_FILE })).filePaths
}

/** Which backup to restore; null = none. */
export async function chooseBackup(): Promise<string | null> {
  return (await dialog.showOpenDialog({ properties: ONE_FILE, filters: [{ name: 'Printbell', extensions: ['gz'] }, { name: '*', extensions: ['*'] }] })).filePaths[0] ?? null
}
