import type { ElectronApplication } from 'playwright-core'

/**
 * Does something in the main process, once. Whether it was done is seen from outside: the driver's inspector may lose the answer
 * on a busy machine ("Resulting promise was garbage collected"), and never has one when the app ends.
 * @param act runs there, so it sees nothing of here but what is given to it
 */
export async function tell<Given = undefined>(app: ElectronApplication, act: (electron: typeof import('electron'), given: Given) => void, given?: Given): Promise<void> {
  await app.evaluate<void, unknown>(act as (electron: typeof import('electron'), given: unknown) => void, given).catch((error: unknown) => {
    if (!/garbage collected|has been closed|was destroyed/.test(String(error))) throw error
  })
}
