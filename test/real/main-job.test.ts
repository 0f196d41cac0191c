import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { buttonsAt, missingForDesktop, startDesktop, untilTrue, type Desktop } from '../support/desktop.ts'
import { eventOf, makeDesk, runCommand, startEngine, type Desk, type EngineProcess, type Line } from '../support/engine-process.ts'
import { listenToNotify, type NotifyLog } from '../support/notify-log.ts'
import { ADMIN_KEY, VIEWER_KEY, gcodeOf, octoprintMissing, startOctoPrint, type OctoPrintServer } from '../support/octoprint-server.ts'

const missing = octoprintMissing() ?? missingForDesktop('xfce')
const RESULTS = join(import.meta.dirname, '../../test-results')
/** How far above a toast's lower edge xfce4-notifyd's buttons are crossed, in px. */
const BUTTON_ROW = 20
const ENV = { OCTO_KEY: ADMIN_KEY, OCTO_VIEWER: VIEWER_KEY }

describe.skipIf(missing !== null)(`the main job, with a real OctoPrint and a real xfce4-notifyd${missing ? ` (skipped: ${missing})` : ''}`, () => {
  let octo: OctoPrintServer
  let desktop: Desktop
  let toasts: NotifyLog
  let desk: Desk
  let engine: EngineProcess
  const running: EngineProcess[] = []

  beforeAll(async () => {
    desktop = await startDesktop({ daemon: 'xfce' })
    octo = await startOctoPrint({ camera: { flipH: true, rotate90: true } })
  })
  afterAll(async () => {
    await octo.close()
    await desktop.stop()
    expect(desktop.strays()).toEqual([])
  })
  afterEach(async () => {
    for (const each of running.splice(0)) if (each.child.exitCode === null && each.child.signalCode === null) await each.end()
    toasts.stop()
    // An engine that was killed leaves its toasts on the screen: nobody is left who could take them down.
    await desktop.daemon('stop')
    await desktop.daemon('start')
    await desk.remove()
    await idle()
  })

  async function idle(): Promise<void> {
    await octo.api('POST', '/api/job', { command: 'cancel' })
    await octo.waitFor('Operational')
  }

  /** An engine that watches the real server and knows its state. */
  async function watch(options: { events?: string[]; key?: 'OCTO_KEY' | 'OCTO_VIEWER' | 'WRONG'; on?: Desk } = {}): Promise<void> {
    if (!options.on) {
      desk = await makeDesk({
        printers: [{ id: 'p1', name: 'MK3 left', server: { kind: 'octoprint', url: octo.url, apiKey: { env: options.key ?? 'OCTO_KEY' } } }],
        destinations: [{ id: 'desk', label: 'Desk', channel: 'desktop', ...(options.events ? { events: options.events } : {}) }],
      })
      toasts = await listenToNotify(desktop.env)
    }
    engine = startEngine(desk, { ...ENV, WRONG: 'not-a-key-of-this-server', ...desktop.env })
    running.push(engine)
    if (options.key !== 'WRONG') await engine.wait('the link is up', (line) => line.line === 'link' && line.link === 'up')
  }

  /** Presses the button that stands at `index` from the left in the one toast. */
  async function press(index: number): Promise<void> {
    const [toast] = await desktop.settled(1)
    if (!toast) throw new Error('no toast')
    const button = buttonsAt(await desktop.pixels(), toast, toast.y + toast.height - BUTTON_ROW)[index]
    if (!button) throw new Error(`the toast has no button ${index}`)
    await desktop.click(Math.round(button.x + button.width / 2), button.y)
  }
  const labels = (actions: string[]): string[] => actions.filter((_, index) => index % 2 === 1)
  const delivered = (eventId: unknown) => (line: Line): boolean => line.line === 'attempt' && line.eventId === eventId && line.result === 'delivered'
  const attempts = (): Line[] => engine.lines.filter((line) => line.line === 'attempt')

  it('tells of a real print from start to done, the last with the camera\'s picture as it is oriented', async () => {
    await watch({ events: ['*'] })
    await octo.print('lamp foot.gcode', gcodeOf(6))
    await toasts.wait('the start', (toast) => toast.title === 'MK3 left: print started')
    await engine.wait('the end', eventOf('job.done'), 60_000)
    const done = await toasts.wait('the picture', (toast) => toast.title === 'MK3 left: print done' && toast.image !== null)
    await desktop.settled(1)
    await desktop.screenshot(join(RESULTS, 'main-job-done.png'))
    expect(engine.events('job.started', 'job.done', 'job.failed', 'job.cancelled').map((event) => event.type)).toEqual(['job.started', 'job.done'])
    expect(done.body).toContain('lamp foot')
    // The camera gives 32x24, red above, blue below. Flipped horizontally and turned a quarter counter-clockwise red is left.
    const file = fileURLToPath(done.image ?? '')
    const pixel = (x: number, y: number): string => execFileSync('convert', [file, '-format', `%[pixel:p{${x},${y}}]`, 'info:']).toString()
    expect(execFileSync('identify', ['-format', '%wx%h', file]).toString()).toBe('24x32')
    expect(reddish(pixel(3, 16))).toBe(true)
    expect(reddish(pixel(20, 16))).toBe(false)
    // One toast for the whole job: all later ones replace the first.
    expect(new Set(toasts.notified.slice(1).map((toast) => toast.replaces)).has(0)).toBe(false)
  })

  it('pauses the print when Pause is clicked on the real button, and resumes it', async () => {
    await watch({ events: ['job.started', 'job.paused', 'command.*'] })
    await octo.print('pause me.gcode', gcodeOf(40))
    const started = await toasts.wait('the start', (toast) => toast.title.includes('print started'))
    expect(labels(started.actions)).toEqual(['Open', 'Pause', 'Cancel print…', 'Mute 1 h'].slice(0, labels(started.actions).length))
    await press(1)
    await octo.waitFor('Paused', 10_000)
    const outcome = await engine.wait('the outcome', eventOf('command.succeeded'))
    expect((outcome.event as { byUs: boolean }).byUs).toBe(true)
    const paused = await engine.wait('the pause', eventOf('job.paused'), 15_000)
    expect((paused.event as { byUs: boolean }).byUs).toBe(true)
    // What the person did here is no news: recorded, decided, not rung.
    const decision = await engine.wait('the decision', (line) => line.line === 'decision' && line.eventId === (paused.event as { id: string }).id)
    expect(decision).toMatchObject({ decision: 'drop', stage: 'own', reason: 'own_action' })
    const resumed = await runCommand(['do', 'p1', 'resume', '--data', desk.data])
    expect(resumed).toMatchObject({ status: 0 })
    await octo.waitFor('Printing')
  })

  it('does nothing for a button of a print that is over, and says so', async () => {
    await watch({ events: ['job.started'] })
    await octo.print('short.gcode', gcodeOf(4))
    await toasts.wait('the start', (toast) => toast.title.includes('print started'))
    await engine.wait('the end', eventOf('job.done'), 60_000)
    await octo.print('the next one.gcode', gcodeOf(40, { head: [] }))
    await engine.wait('the next start', (line) => line.line === 'event' && (line.event as { type: string; job: { file: { name: string } } }).type === 'job.started' && (line.event as { job: { file: { name: string } } }).job.file.name === 'the next one.gcode')
    await desktop.settled(2)
    const [first, second] = await desktop.toasts()
    if (!first || !second) throw new Error('two toasts were expected')
    // The older toast is the one that was there first; its Pause stands for a print that is over.
    const older = toasts.notified.findIndex((toast) => toast.body.includes('short')) <= toasts.notified.findIndex((toast) => toast.body.includes('the next one')) ? first : second
    const button = buttonsAt(await desktop.pixels(), older, older.y + older.height - BUTTON_ROW)[1]
    if (!button) throw new Error('no Pause button')
    await desktop.click(Math.round(button.x + button.width / 2), button.y)
    const said = await toasts.wait('words', (toast) => toast.title.includes('nothing done'))
    await desktop.screenshot(join(RESULTS, 'main-job-stale.png'))
    expect(said.body.length).toBeGreaterThan(10)
    expect(((await octo.api('GET', '/api/job')).body as { state: string }).state).toBe('Printing')
    expect(engine.events('command.succeeded', 'job.paused')).toEqual([])
  })

  it('asks back before a cancel, and cancels when that is confirmed', async () => {
    await watch({ events: ['job.started', 'job.cancelled', 'command.*'] })
    await octo.print('cancel me.gcode', gcodeOf(40))
    await toasts.wait('the start', (toast) => toast.title.includes('print started'))
    await press(2)
    const question = await toasts.wait('the question', (toast) => toast.title.includes('cancel this print?'))
    expect(labels(question.actions).slice(-2)).toEqual(['Keep printing', 'Cancel print'])
    await desktop.settled(1)
    await desktop.screenshot(join(RESULTS, 'main-job-question.png'))
    expect(((await octo.api('GET', '/api/job')).body as { state: string }).state).toBe('Printing')
    await press(buttonsOf(question) - 1)
    await octo.waitFor('Operational', 15_000)
    const cancelled = await engine.wait('the end', eventOf('job.cancelled'))
    expect(cancelled.event).toMatchObject({ byUs: true, job: { file: { name: 'cancel me.gcode' } } })
    expect(engine.events('job.failed', 'job.done')).toEqual([])
  })

  it('tells of M600 once, and answers its prompt', async () => {
    await octo.api('POST', '/api/settings', { plugins: { virtual_printer: { sendBusy: true } } })
    await octo.api('POST', '/api/connection', { command: 'disconnect' })
    await octo.api('POST', '/api/connection', { command: 'connect', port: 'VIRTUAL', baudrate: 115200 })
    await octo.waitFor('Operational')
    await watch()
    await octo.print('two colours.gcode', ['G28', 'G1 Z0.2', 'G4 P900', 'M600', 'G4 P900', 'G1 X1', ''].join('\n'))
    await engine.wait('the attention', eventOf('attention.filament_change'), 30_000)
    await toasts.wait('the toast', (toast) => toast.title.includes('filament'))
    await untilTrue(async () => ((await octo.api('GET', '/api/plugin/action_command_prompt')).body as { choices?: string[] }).choices?.length === 1, () => 'the prompt is there')
    const asking = await toasts.wait('the prompt\'s choice', (toast) => toast.title.includes('filament') && labels(toast.actions).includes('Reheat') && toast.image !== null)
    await desktop.settled(1)
    await desktop.screenshot(join(RESULTS, 'main-job-m600.png'))
    await press(labels(asking.actions).indexOf('Reheat'))
    await untilTrue(async () => Object.keys(((await octo.api('GET', '/api/plugin/action_command_prompt')).body as object | null) ?? {}).length === 0, () => 'the prompt is answered')
    await octo.waitFor('Paused', 20_000)
    await octo.api('POST', '/api/job', { command: 'pause', action: 'resume' })
    await engine.wait('the end', eventOf('job.done'), 60_000)
    expect(engine.events('attention.filament_change', 'attention.user_input', 'job.paused', 'job.done').map((event) => event.type)).toEqual(['attention.filament_change', 'job.done'])
    await octo.api('POST', '/api/settings', { plugins: { virtual_printer: { sendBusy: false } } })
  })

  it('tells that a print failed when the server was killed in the middle of it', async () => {
    await watch()
    await octo.print('killed.gcode', gcodeOf(60))
    await engine.wait('the start', eventOf('job.started'))
    await octo.kill()
    await engine.wait('the link is lost', (line) => line.line === 'link' && line.link !== 'up' && engine.lines.indexOf(line) > 3)
    await octo.start()
    const failed = await engine.wait('the failure', eventOf('job.failed'), 90_000)
    expect(failed.event).toMatchObject({ reason: 'server_restarted', severity: 'critical', job: { file: { name: 'killed.gcode' } } })
    await engine.wait('its toast', delivered((failed.event as { id: string }).id))
    expect(engine.events('job.failed', 'job.done', 'job.result_unknown').map((event) => event.type)).toEqual(['job.failed'])
  })

  it('tells once, and late, of a print that ended while the engine was dead', async () => {
    await watch()
    await octo.print('away.gcode', gcodeOf(12))
    await engine.wait('the start', eventOf('job.started'))
    await engine.end('SIGKILL')
    await octo.waitFor('Operational', 60_000)
    await watch({ on: desk })
    const done = await engine.wait('the late end', eventOf('job.done'))
    expect(done.event).toMatchObject({ late: true, job: { file: { name: 'away.gcode' } } })
    await engine.wait('its toast', delivered((done.event as { id: string }).id))
    expect((await engine.end()).status).toBe(0)
    await watch({ on: desk })
    // Nothing waits and nothing new is found: the state was read, and the engine had time for a second look.
    await engine.wait('a look', (line) => line.line === 'link' && line.link === 'up')
    await runCommand(['status', '--data', desk.data])
    expect((await engine.end()).status).toBe(0)
    expect(engine.events('job.done', 'job.failed', 'job.result_unknown', 'job.started')).toEqual([])
    expect(attempts()).toEqual([])
  })

  it('ends on SIGTERM within 5 s with status 0, and takes its toasts down', async () => {
    await watch({ events: ['*'] })
    await octo.print('term.gcode', gcodeOf(40))
    await toasts.wait('the start', (toast) => toast.title.includes('print started'))
    await desktop.settled(1)
    const { status, ms } = await engine.end('SIGTERM')
    expect(status).toBe(0)
    expect(ms).toBeLessThan(5_000)
    await desktop.settled(0)
    expect(engine.noise()).not.toContain('not JSON')
  })

  it('names a wrong key, and never prints it', async () => {
    await watch({ key: 'WRONG' })
    const refused = await engine.wait('the refusal', (line) => line.line === 'link' && line.link === 'auth_failed')
    expect(refused.detail).toMatch(/key/i)
    await engine.wait('the event', eventOf('link.auth_failed'))
    expect(JSON.stringify(engine.lines) + engine.noise()).not.toContain('not-a-key-of-this-server')
  })

  it('hears everything with a viewer\'s key, and names the permission that a command needs', async () => {
    await watch({ key: 'OCTO_VIEWER', events: ['job.started', 'job.done'] })
    await octo.print('viewer.gcode', gcodeOf(8))
    const started = await toasts.wait('the start', (toast) => toast.title.includes('print started'))
    expect(labels(started.actions)).not.toContain('Pause')
    const refused = await runCommand(['do', 'p1', 'pause', '--data', desk.data])
    expect(refused.status).toBe(1)
    expect(refused.stdout).toMatch(/PRINT/)
    await engine.wait('the end', eventOf('job.done'), 60_000)
  })
})

function buttonsOf(toast: { actions: string[] }): number {
  return toast.actions.length / 2
}

/** "srgb(200,30,40)" is more red than blue. */
function reddish(pixel: string): boolean {
  const [red = 0, , blue = 0] = (/\(([^)]*)\)/.exec(pixel)?.[1] ?? '').split(',').map(Number)
  return red > blue
}
