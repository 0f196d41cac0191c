import type { ElectronApplication } from 'playwright-core'

/**
 * Does something in the main process, once. Whether it was done is seen from outside: the driver's inspector may lose the answer
 * on a busy machine ("Resulting promise was garbage collected"), and never has one when the app ends.
 */
export async function tell(app: ElectronApplication, act: (electron: typeof import('electron')) => void): Promise<void> {
  await app.evaluate(act).catch((error: unknown) => {
    if (!/garbage collected|has been closed|was destroyed/.test(String(error))) throw error
  })
}
