import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let built = ''

/** As in a build: bundled, into node_modules, from where it finds its packages. */
beforeAll(async () => {
  const cache = fileURLToPath(new URL('../../../node_modules/.cache', import.meta.url))
  await mkdir(cache, { recursive: true })
  built = await mkdtemp(join(cache, 'simulator-test-'))
  const entry = fileURLToPath(new URL('./cli.ts', import.meta.url))
  await build({ configFile: false, logLevel: 'silent', build: { ssr: entry, outDir: built, emptyOutDir: false, rollupOptions: { output: { entryFileNames: 'cli.mjs' } } } })
  await writeFile(join(built, 'run.mjs'), 'import { main } from "./cli.mjs"\nprocess.exitCode = await main(process.argv.slice(2))\n')
}, 60_000)
afterAll(() => rm(built, { recursive: true, force: true }))

const start = (...args: string[]) => spawn(process.execPath, [join(built, 'run.mjs'), ...args], { stdio: ['ignore', 'pipe', 'pipe'] })

describe('the simulator as a process', () => {
  it('prints one line of JSON when all printers listen, and ends with status 0 on SIGTERM', async () => {
    const child = start('--printers', '3', '--script', 'steady', '--json')
    try {
      const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
      const { ready } = JSON.parse(line) as { ready: { url: string; apiKey: string }[] }
      expect(ready).toHaveLength(3)
      for (const { url, apiKey } of ready) {
        const response = await fetch(`${url}/api/version`, { headers: { 'x-api-key': apiKey } })
        expect(await response.json()).toMatchObject({ text: 'OctoPrint 1.11.8' })
      }
      child.kill('SIGTERM')
      expect(await once(child, 'exit')).toEqual([0, null])
    } finally {
      child.kill('SIGKILL')
    }
  })

  it.each([
    [['--printers', 'many'], '--printers: "many" is not a number of at least 1'],
    [['--script', 'nice'], '--script: there is no "nice", only demo, steady, failing, spaghetti, cancelled, flood, idle'],
    [['--webcam-size', 'big'], '--webcam-size: "big" is not like 1280x720'],
    [['--nonsense'], "Unknown option '--nonsense'"],
  ])('refuses %j with status 2 and says why', async (args, why) => {
    const child = start(...args)
    let said = ''
    child.stderr.on('data', (data: Buffer) => (said += data.toString()))
    expect(await once(child, 'close')).toEqual([2, null])
    expect(said).toContain(why)
  })
})
