/** Builds the app and the harness once before the tests of the window. */
import { buildHarness } from '../../scripts/lib/window-harness.mjs'

export default async function setup(): Promise<void> {
  await buildHarness()
}
