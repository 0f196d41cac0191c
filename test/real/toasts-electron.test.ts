import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { electronRuntime } from '../../scripts/lib/electron-runtime.mjs'
import { buildElectronMain } from '../../scripts/lib/window-harness.mjs'
import { findColour, missingForDesktop, startDesktop, untilTrue, type Desktop } from '../support/desktop.ts'
import type { ToastsCommand, ToastsSaying } from '../support/toasts-main.ts'

const missing = missingForDesktop('dunst')
const because = missing === null ? '' : ` (skipped: ${missing})`
const RESULTS = join(import.meta.dirname, '../../test-results')
const PICTURE = join(import.meta.dirname, '../support/desktop-picture.jpg')
const NO_SERVICE = 'no notification service is running on this desktop'

interface Toasts {
  said: ToastsSaying[]
  tell(command: ToastsCommand): void
  /** Waits for the next saying of a kind that was not waited for yet. */
  next<K extends ToastsSaying['said']>(kind: K): Promise<Extract<ToastsSaying, { said: K }>>
}

describe.skipIf(missing !== null)(`toasts of a real Electron${because}`, () => {
  const built = mkdtempSync(join(tmpdir(), 'printbell-toasts-main-'))
  let electron: string
  let desktop: Desktop
  let child: ChildProcessWithoutNullStreams | null = null

  beforeAll(async () => {
    electron = await electronRuntime()
    await buildElectronMain({ main: 'test/support/toasts-main.ts' }, built)
  })
  beforeEach(async () => {
    desktop = await startDesktop({ daemon: 'dunst' })
  })
  afterEach(async () => {
    if (child !== null && child.exitCode === null) {
      const ended = once(child, 'exit')
      child.stdin.write('{"quit":true}\n')
      await ended
    }
    child = null
    await desktop.stop()
  })
  afterAll(() => rmSync(built, { recursive: true, force: true }))

  function start(bus: boolean): Toasts {
    const started = spawn(electron, ['--no-sandbox', '--disable-gpu', join(built, 'main.mjs')], { env: { ...desktop.env, TOASTS: JSON.stringify({ bus }) }, stdio: 'pipe' })
    child = started
    const said: ToastsSaying[] = []
    const errors: string[] = []
    started.stderr.on('data', (chunk: Buffer) => errors.push(chunk.toString()))
    createInterface({ input: started.stdout }).on('line', (line) => {
      if (line.startsWith('{')) said.push(JSON.parse(line) as ToastsSaying)
    })
    const seen = new Map<string, number>()
    return {
      said,
      tell: (command) => void started.stdin.write(`${JSON.stringify(command)}\n`),
      async next(kind) {
        const turn = seen.get(kind) ?? 0
        const found = (): ToastsSaying | undefined => said.filter((saying) => saying.said === kind)[turn]
        await untilTrue(async () => found() !== undefined, () => `it says "${kind}" (it said ${JSON.stringify(said)}; ${errors.join('').slice(-500)})`)
        seen.set(kind, turn + 1)
        return found() as Awaited<ReturnType<Toasts['next']>> as never
      },
    }
  }
  const paused = { title: 'R&D <MK4>: paused', body: 'planter & <hex>.gcode', eventId: 'E1', picture: null, update: false }

  it('go over the bus, with a click that is told', async () => {
    const toasts = start(true)
    expect((await toasts.next('facts')).facts).toMatchObject({ path: 'dbus', name: expect.stringMatching(/^dunst 1\./) as string, buttons: true, updates: true, why: null })
    toasts.tell({ send: paused })
    expect((await toasts.next('verdict')).verdict).toMatchObject({ result: 'delivered', detail: expect.stringMatching(/^shown by dunst 1\./) as string })
    const [toast] = await desktop.settled(1)
    await desktop.click((toast?.x ?? 0) + 100, (toast?.y ?? 0) + 20)
    expect((await toasts.next('pressed')).press).toEqual({ eventId: 'E1', action: 'open', destinationId: 'desk' })
    toasts.tell({ test: true })
    expect((await toasts.next('test')).outcome).toMatchObject({ ok: true, detail: expect.stringMatching(/^shown by dunst 1\./) as string })
  })

  it('go by Electron\'s own where our client may not: seen on the screen, escaped, with the picture, and clicked', async () => {
    const toasts = start(false)
    expect((await toasts.next('facts')).facts).toMatchObject({ path: 'electron', buttons: false, updates: false })
    toasts.tell({ send: { ...paused, picture: PICTURE } })
    expect((await toasts.next('verdict')).verdict).toMatchObject({ result: 'delivered', detail: expect.stringMatching(/^shown by Electron, because no desktop session was found/) as string })
    const [toast] = await desktop.settled(1)
    if (!toast) throw new Error('no toast')
    await desktop.screenshot(join(RESULTS, 'toasts-electron.png'))
    expect(findColour(await desktop.pixels(), toast, [200, 30, 30]).count).toBeGreaterThan(100)
    toasts.tell({ send: { ...paused, picture: PICTURE, update: true } })
    expect((await toasts.next('verdict')).verdict).toMatchObject({ detail: "Electron can't change a toast that is shown, so its picture was left out" })
    // The next message takes the old one's place, as far as this way can.
    toasts.tell({ send: { ...paused, eventId: 'E2', title: 'MK4: printing again' } })
    await toasts.next('verdict')
    const [next] = await desktop.settled(1)
    await desktop.click((next?.x ?? 0) + 100, (next?.y ?? 0) + 20)
    expect((await toasts.next('pressed')).press).toEqual({ eventId: 'E2', action: 'open', destinationId: 'desk' })
  })

  it('end as a notice in the window without any service, and go over the bus again when one comes', async () => {
    await desktop.daemon('stop')
    const toasts = start(true)
    toasts.tell({ send: paused })
    expect((await toasts.next('verdict')).verdict).toMatchObject({ result: 'delivered', detail: expect.stringMatching(/^shown by a notice in the window, because no notification service is running on this desktop; the system refused/) as string })
    expect((await toasts.next('notice')).text).toBe('R&D <MK4>: paused. planter & <hex>.gcode')
    await untilTrue(async () => toasts.said.some((saying) => saying.said === 'facts' && JSON.stringify(saying.facts).includes('"path":"none"')), () => 'the facts say that nothing works')
    await desktop.daemon('start')
    await untilTrue(async () => toasts.said.some((saying) => saying.said === 'facts' && JSON.stringify(saying.facts).includes('"path":"dbus"')), () => 'the facts say that the bus works')
    toasts.tell({ send: { ...paused, eventId: 'E2' } })
    expect((await toasts.next('verdict')).verdict).toMatchObject({ detail: expect.stringMatching(/^shown by dunst/) as string })
    expect(JSON.stringify(toasts.said)).toContain(NO_SERVICE)
  })
})
