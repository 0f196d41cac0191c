import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildElectronMain } from '../../scripts/lib/window-harness.mjs'
import { missingForDesktop, startDesktop, type Desktop } from '../support/desktop.ts'

const missing = missingForDesktop('dunst')
const sending = (body: string): string => `export async function sendPrinterNotification(context) { ${body} }`
const ENDED = 'The plugin gave no answer within 8 s, so its process was ended.'
const PLUGINS: Record<string, [code: string, verdict: object, said?: string[]]> = {
  'a-good': [sending(`console.log('ding', context.secrets.key); return { result: 'delivered', detail: [context.message.title, context.picture.jpeg.length, Object.keys(process.env).length, process.cwd().split('/').at(-1)].join(' | ') }`),
    { result: 'delivered', detail: 'MK4 left bench: print done | 5006 | 0 | empty' }, ['ding [secret]']],
  'b-circle': [`process.on('SIGTERM', () => 0)\n${sending('for (;;);')}`, { result: 'retry', after: null, why: ENDED }],
  'c-exits': [sending('process.exit(3)'), { result: 'retry', after: null, why: "The plugin's process ended by itself (status 3)." }],
  'd-large': [sending('const all = []; for (;;) { all.push(Buffer.alloc(2e7, 1)); await new Promise((done) => setTimeout(done, 10)) }'), { result: 'retry', after: null, why: 'The plugin took more memory than it may, so its process was ended.' }],
  'e-flood': [sending('for (;;) { process.parentPort.postMessage("x".repeat(1e4)); await new Promise(setImmediate) }'), { result: 'retry', after: null, why: 'The plugin wrote more than it may, so its process was ended.' }],
  'f-broken': ["throw new Error('odd')", { result: 'rejected', scope: 'destination', why: "The plugin can't be loaded: Error: odd" }],
}

describe.skipIf(missing !== null)(`plugins in a real Electron${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
  let desktop: Desktop
  const folder = mkdtempSync(join(tmpdir(), 'printbell-plugins-real-'))
  beforeAll(async () => {
    desktop = await startDesktop({ daemon: 'none' })
    await buildElectronMain({ main: 'test/support/plugins-main.ts' }, join(folder, 'built'))
    mkdirSync(join(folder, 'temp'))
    for (const [name, [code]] of Object.entries(PLUGINS)) {
      const plugin = join(folder, 'channels', name)
      mkdirSync(plugin, { recursive: true })
      writeFileSync(join(plugin, 'channel.json'), JSON.stringify({ kind: name, displayName: name, version: '1', secretFields: { key: { label: 'Key' } }, capabilities: { image: 'upload' } }))
      writeFileSync(join(plugin, 'channel.mjs'), code)
    }
  })
  afterAll(async () => {
    await desktop.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  it('deliver, or get their verdict for what they do wrong, and leave nothing behind', () => {
    const electron = execFileSync('node', ['scripts/lib/electron-runtime.mjs'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
    const entry = fileURLToPath(new URL('../../electron/engine/channels/plugins/plugin-process.mjs', import.meta.url))
    const told = execFileSync(electron, ['--no-sandbox', '--disable-gpu', join(folder, 'built', 'main.mjs'), folder, entry], { encoding: 'utf8', env: desktop.env, stdio: ['ignore', 'pipe', 'ignore'], timeout: 100_000 })
    expect(told.trim().split('\n').map((line) => JSON.parse(line) as unknown)).toEqual(Object.entries(PLUGINS).map(([name, [, verdict, said = []]]) => ({ kind: `plugin:${name}`, verdict, said })))
    expect(readdirSync(join(folder, 'temp'))).toEqual([])
  })
})
