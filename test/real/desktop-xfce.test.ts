import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { buttonsAt, findColour, missingForDesktop, startDesktop, untilTrue } from '../support/desktop.ts'
import type { Desktop, Rectangle } from '../support/desktop.ts'
import { messageOf, pictureOf, sendingOf } from '../support/desktop-messages.ts'
import { desktopFor } from '../support/desktop-ports.ts'
import type { DesktopUnderTest } from '../support/desktop-ports.ts'

const missing = missingForDesktop('xfce')
const because = missing === null ? '' : ` (skipped: ${missing})`
const RESULTS = join(import.meta.dirname, '../../test-results')
const FILE = join(import.meta.dirname, '../support/desktop-picture.jpg')
/** How far above a toast's lower edge its buttons are crossed, in px (seen: they are 36 px high, 15 px from the edge). */
const BUTTON_ROW = 20

describe.skipIf(missing !== null)(`toasts on a real xfce4-notifyd${because}`, () => {
  let desktop: Desktop
  let desk: DesktopUnderTest
  const picture = pictureOf(FILE, missing ? new Uint8Array() : readFileSync(FILE))
  const given: Parameters<typeof messageOf>[0] = {
    type: 'job.progress', severity: 'info', title: 'R&D <MK4> 😀: printing', body: 'planter & <hex>.gcode\non the left bench', progress: 0.71,
    actions: [{ id: 'open', label: 'Show' }, { id: 'pause', label: 'Pause' }, { id: 'cancel', label: 'Cancel print…' }],
  }
  const printing = messageOf(given)

  beforeAll(async () => {
    desktop = await startDesktop({ daemon: 'xfce' })
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

  /** The one toast, once it stands still, and its buttons from left to right. */
  async function seen(): Promise<{ toast: Rectangle; buttons: Rectangle[] }> {
    const [toast] = await desktop.settled(1)
    if (!toast) throw new Error('no toast')
    return { toast, buttons: buttonsAt(await desktop.pixels(), toast, toast.y + toast.height - BUTTON_ROW) }
  }
  async function pressButton(index: number): Promise<void> {
    const button = (await seen()).buttons[index]
    if (!button) throw new Error(`the toast has no button ${index}`)
    await desktop.click(Math.round(button.x + button.width / 2), button.y)
  }

  it('shows text, picture and three buttons, with the percentage in words', async () => {
    expect(await send(printing)).toMatchObject({ result: 'delivered', detail: expect.stringMatching(/^shown by Xfce Notify Daemon /) as string })
    await seen()
    expect(await send(printing, { picture, update: true })).toMatchObject({ detail: expect.stringContaining('changed in place') as string })
    const { toast, buttons } = await seen()
    await desktop.screenshot(join(RESULTS, 'desktop-xfce.png'))
    expect(buttons).toHaveLength(3)
    const screen = await desktop.pixels()
    const red = findColour(screen, toast, [200, 30, 30])
    const yellow = findColour(screen, toast, [230, 200, 30])
    expect(red.count).toBeGreaterThan(150)
    expect(yellow.count).toBeGreaterThan(150)
    expect(red.x).toBeLessThan(yellow.x)
    expect(red.y).toBeLessThan(yellow.y)
    // The text stands at the right of the picture: a gauge would have swept it away.
    const text = { x: toast.x + 70, y: toast.y + 10, width: toast.width - 80, height: toast.height - 70 }
    expect(findColour(screen, text, [46, 52, 54]).count).toBeGreaterThan(100)
  })

  it('tells of a click on Pause, and the toast is gone', async () => {
    await send(printing)
    await pressButton(1)
    await untilTrue(() => desk.presses.length > 0, () => 'the press was told')
    expect(desk.presses).toEqual([{ eventId: 'E1', action: 'pause', destinationId: 'desk' }])
    await desktop.settled(0)
    // A press is no dismissal: what comes of it is shown.
    expect(await send(messageOf({ eventId: 'E2' }))).toMatchObject({ detail: expect.stringMatching(/^shown by/) as string })
  })

  it('tells of Pause with the newest event when the toast was changed in place meanwhile', async () => {
    await send(printing)
    await seen()
    await send(messageOf({ ...given, eventId: 'E2', progress: 0.72 }))
    await pressButton(1)
    await untilTrue(() => desk.presses.length > 0, () => 'the press was told')
    expect(desk.presses).toEqual([{ eventId: 'E2', action: 'pause', destinationId: 'desk' }])
  })

  it('asks back before a cancel, with the safe answer first', async () => {
    await send(printing)
    await pressButton(2)
    await untilTrue(() => desk.presses.length === 1, () => 'the press was told')
    await desktop.settled(0)
    await send(messageOf({ eventId: 'E1', kind: 'question', title: 'MK4: cancel this print?', body: 'planter.gcode, 71 %. It can’t be resumed.', actions: [{ id: 'keep', label: 'Keep printing' }, { id: 'cancel_confirm', label: 'Cancel print' }] }))
    const { buttons } = await seen()
    await desktop.screenshot(join(RESULTS, 'desktop-xfce-question.png'))
    expect(buttons).toHaveLength(2)
    await pressButton(1)
    await untilTrue(() => desk.presses.length === 2, () => 'the answer was told')
    expect(desk.presses.map((press) => press.action)).toEqual(['cancel', 'cancel_confirm'])
  })

  it('keeps a dismissed toast dismissed until something worse comes', async () => {
    await send(printing)
    const { toast } = await seen()
    // A click beside the buttons closes here.
    await desktop.click(toast.x + Math.round(toast.width / 2), toast.y + 12)
    await desktop.settled(0)
    expect(desk.presses).toEqual([])
    expect(await send(messageOf({ eventId: 'E2', type: 'job.resumed', severity: 'info' }))).toMatchObject({ detail: expect.stringContaining('not shown') as string })
    await send(messageOf({ eventId: 'E3', type: 'attention.filament_runout', severity: 'warning', title: 'MK4: filament ran out', body: 'Load filament, then resume.' }))
    await desktop.settled(1)
  })

  it('has room for the four buttons of a call for filament', async () => {
    await send(messageOf({
      type: 'attention.filament_runout', title: 'MK4 left bench: filament ran out', body: 'Load filament, then resume. lamp-vase_0.6n_PETG, 62 %.', progress: 0.62,
      actions: [{ id: 'resume', label: 'Resume' }, { id: 'acknowledge', label: 'Acknowledge' }, { id: 'mute_1h', label: 'Mute 1 h' }],
    }), { picture })
    const { buttons } = await seen()
    await desktop.screenshot(join(RESULTS, 'desktop-xfce-four-buttons.png'))
    expect(buttons).toHaveLength(4)
    await pressButton(3)
    await untilTrue(() => desk.presses.length > 0, () => 'the press was told')
    expect(desk.presses).toEqual([{ eventId: 'E1', action: 'mute_1h', destinationId: 'desk' }])
  })

  it('shows a name of 80 characters without losing its buttons', async () => {
    await send(messageOf({ title: `${'Prusa MK4 in the cellar beside the washing machine '.repeat(2).slice(0, 80)}: paused` }))
    const { buttons } = await seen()
    await desktop.screenshot(join(RESULTS, 'desktop-xfce-long-name.png'))
    expect(buttons).toHaveLength(3)
  })
})
