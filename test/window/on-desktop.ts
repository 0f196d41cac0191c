/** Tests of the window have a display of their own, one a file. Where there can be none they are skipped, and say why. */
import { afterAll, beforeAll, describe } from 'vitest'
import { electronMissing } from '../support/desktop-app.ts'
import { missingForDesktop, startDesktop, type Desktop } from '../support/desktop.ts'
import { openHarness, type Harness, type Look } from './harness.ts'

const missing = missingForDesktop('dunst') ?? (await electronMissing())

/** @param tests get what opens a window on that display; they close it themselves */
export function onDesktop(title: string, tests: (openWindow: (look: Look) => Promise<Harness>) => void): void {
  describe.skipIf(missing !== null)(`${title}${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
    let desktop: Desktop
    beforeAll(async () => {
      desktop = await startDesktop({ daemon: 'none' })
    })
    afterAll(async () => {
      await desktop?.stop()
    })
    tests((look) => openHarness(look, desktop.env))
  })
}
