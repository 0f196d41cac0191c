/** Builds before tests that run the program as a process: several of them would otherwise wait for one another's build. */
import { ensureBuilt } from '../../scripts/lib/ensure-built.mjs'

export default async function setup() {
  await ensureBuilt()
}
