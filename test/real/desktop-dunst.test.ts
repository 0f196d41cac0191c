import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { findColour, missingForDesktop, startDesktop, untilTrue } from '../support/desktop.ts'
import type { Desktop } from '../support/desktop.ts'
import { messageOf, pictureOf, sendingOf } from '../support/desktop-messages.ts'
import { desktopFor } from '../support/desktop-ports.ts'
import type { DesktopUnderTest } from '../support/desktop-ports.ts'

const missing = missingForDesktop('dunst')
const because = missing === null ? '' : ` (skipped: ${missing})`
const RESULTS = join(import.meta.dirname, '../../test-results')
const FILE = join(import.meta.dirname, '../support/desktop-picture.jpg')
const RED = [200, 30, 30] as const
const GREEN = [30, 160, 30] as const
const BLUE = [30, 60, 200] as const
const YELLOW = [230, 200, 30] as const

describe.skipIf(missing !== null)(`toasts on a real dunst${because}`, () => {
  let desktop: Desktop
  let desk: DesktopUnderTest
  const picture = pictureOf(FILE, missing ? new Uint8Array() : readFileSync(FILE))
  const paused = messageOf({ severity: 'error', title: 'R&D <MK4> 😀: paused', body: 'From the printer’s screen.\nplanter & <hex>.gcode' })

  beforeAll(async () => {
    desktop = await startDesktop({ daemon: 'dunst' })
  })
  beforeEach(() => {
    desk = desktopFor({ DBUS_SESSION_BUS_ADDRESS: desktop.busAddress })
  })
  afterEach(async () => {
    await desk.channel.close()
    await desktop.settled(0)
  })
  afterAll(async () => {
    await desktop.stop()
    expect(desktop.strays()).toEqual([])
  })
  const send = async (...args: Parameters<typeof sendingOf>) => await desk.channel.sendPrinterNotification(sendingOf(...args))

  it('shows the text at once, then the picture in the same toast, and takes it down at the end', async () => {
    expect(await send(paused)).toMatchObject({ result: 'delivered', detail: expect.stringMatching(/^shown by dunst 1\./) as string })
    const [bare] = await desktop.settled(1)
    if (!bare) throw new Error('no toast')
    expect(findColour(await desktop.pixels(), bare, RED).count).toBeLessThan(50)

    expect(await send(paused, { picture, update: true })).toMatchObject({ result: 'delivered', detail: expect.stringContaining('changed in place') as string })
    const [toast] = await desktop.settled(1)
    if (!toast) throw new Error('no toast')
    await desktop.screenshot(join(RESULTS, 'desktop-dunst.png'))
    const screen = await desktop.pixels()
    const [red, green, blue, yellow] = [RED, GREEN, BLUE, YELLOW].map((colour) => findColour(screen, toast, colour))
    for (const quarter of [red, green, blue, yellow]) expect(quarter?.count).toBeGreaterThan(500)
    // Red, green over blue, yellow: the picture stands upright and not mirrored.
    expect(red?.x).toBeLessThan(green?.x ?? 0)
    expect(blue?.x).toBeLessThan(yellow?.x ?? 0)
    expect(red?.y).toBeLessThan(blue?.y ?? 0)
  })

  it('tells of a click on the toast, which then is gone', async () => {
    await send(paused)
    const [toast] = await desktop.settled(1)
    if (!toast) throw new Error('no toast')
    await desktop.click(toast.x + toast.width / 2, toast.y + toast.height / 2)
    await untilTrue(() => desk.presses.length > 0, () => 'the press was told')
    expect(desk.presses).toEqual([{ eventId: 'E1', action: 'open', destinationId: 'desk' }])
    await desktop.settled(0)
  })

  it('keeps a dismissed toast dismissed until the job ends', async () => {
    await send(paused)
    const [toast] = await desktop.settled(1)
    if (!toast) throw new Error('no toast')
    await desktop.click(toast.x + toast.width / 2, toast.y + toast.height / 2, 3)
    await desktop.settled(0)
    expect(await send(messageOf({ eventId: 'E2', type: 'job.resumed', severity: 'info' }))).toMatchObject({ detail: expect.stringContaining('not shown') as string })
    expect(await send(paused, { picture, update: true })).toMatchObject({ detail: expect.stringContaining('no longer shown') as string })
    await desktop.settled(0)
    await send(messageOf({ eventId: 'E3', type: 'job.done', severity: 'success', title: 'A1 mini: print done' }))
    await desktop.settled(1)
    expect(desk.presses).toEqual([])
  })

  it('shows one toast per job and changes it in place', async () => {
    await send(messageOf({ progress: 0.1 }))
    await send(messageOf({ eventId: 'F1', threadKey: 'p2 job-1', title: 'Voron 2.4: paused' }))
    await send(messageOf({ eventId: 'E2', type: 'job.resumed', severity: 'info', title: 'A1 mini: printing again', progress: 0.5 }))
    // dunst draws all its toasts into one window, so the daemon itself is asked how many there are.
    await desktop.settled(1)
    expect(await displayed(desktop)).toBe(2)
    await desktop.screenshot(join(RESULTS, 'desktop-dunst-two-jobs.png'))
  })

  it('waits for a daemon that is not there and finds it when it comes', async () => {
    await send(paused)
    await desktop.daemon('stop')
    await desktop.settled(0)
    expect(await send(messageOf({ eventId: 'E2' }))).toEqual({ result: 'retry', after: null, why: 'no notification service is running on this desktop' })
    await desktop.daemon('start')
    expect(await send(messageOf({ eventId: 'E2' }), { attempt: 2 })).toMatchObject({ result: 'delivered', detail: expect.stringMatching(/^shown by dunst/) as string })
    await desktop.settled(1)
  })

  it('survives a daemon that hangs, and still shows the job\'s toast once', async () => {
    await send(messageOf({ eventId: 'F1', threadKey: 'p2 job-1' }))
    await desktop.daemon('freeze')
    const sent = send(paused)
    await untilTrue(() => desk.clock.pending > 0, () => 'the call waits')
    await desk.clock.advance(5000)
    expect(await sent).toEqual({ result: 'retry', after: null, why: 'the notification service did not answer: no answer within 5 s' })
    await desktop.daemon('thaw')
    expect(await send(paused, { attempt: 2 })).toMatchObject({ result: 'delivered', detail: expect.stringContaining('changed in place') as string })
    expect(await displayed(desktop)).toBe(2)
  })
})

async function displayed(desktop: Desktop): Promise<number> {
  const { stdout } = await promisify(execFile)('gdbus', ['call', '--session', '--dest', 'org.freedesktop.Notifications', '--object-path', '/org/freedesktop/Notifications', '--method', 'org.freedesktop.DBus.Properties.Get', 'org.dunstproject.cmd0', 'displayedLength'], { env: desktop.env })
  return Number(/uint32 (\d+)/.exec(stdout)?.[1] ?? Number.NaN)
}
