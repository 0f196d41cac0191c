import { describe, expect, it } from 'vitest'
import { TestClock, settle } from '../../../test/support/clock.ts'
import { messageOf, pictureOf } from '../../../test/support/desktop-messages.ts'
import { memoryLog } from '../../../test/support/log.ts'
import type { ToastPort } from '../../engine/channels/desktop/port.ts'
import { toToast } from '../../engine/channels/desktop/toast.ts'
import { nodeNotifierIsSafe, nodeNotifierToasts } from './node-notifier-toasts.ts'
import { heardEvents } from './test-support.ts'

interface Notified {
  options: Record<string, unknown>
  done: (error: unknown, response?: string) => void
}

function rig(platform: NodeJS.Platform, load: 'works' | 'missing' = 'works') {
  const clock = new TestClock()
  const { heard, events } = heardEvents()
  const notified: Notified[] = []
  const port: ToastPort = nodeNotifierToasts({
    platform,
    appId: 'app.printbell',
    load: async () => {
      if (load === 'missing') throw new Error('Cannot find package')
      return { notify: (options, done) => notified.push({ options, done }) }
    },
  })({ destinationId: 'desk', clock, log: memoryLog(), events })
  const show = (message: Parameters<typeof messageOf>[0] = {}, picture: string | null = null) =>
    port.show({ toast: toToast(messageOf(message), picture === null ? null : pictureOf(picture)), eventId: 'E1', replaces: null, signal: null, onLate: () => undefined })
  return { clock, heard, notified, port, show }
}

describe('node-notifier', () => {
  it.each(['linux', 'freebsd', 'openbsd'] as const)('is refused where a shell would read the texts: %s', (platform) => {
    expect(nodeNotifierIsSafe(platform)).toBe(false)
    expect(() => rig(platform)).toThrow('shell')
  })

  it('shows text and picture on Windows under our name', async () => {
    const { clock, notified, show } = rig('win32')
    const shown = show({}, '/snaps/E1.jpg')
    await settle()
    expect(notified[0]?.options).toEqual({ title: 'A1 mini: paused', message: 'From the printer’s screen at 31 %. planter-hex_120mm.\nIn Printbell: Resume, Cancel print…', sound: true, appID: 'app.printbell', icon: '/snaps/E1.jpg' })
    await clock.advance(1_000)
    expect(await shown).toEqual({ id: 'n1', by: 'node-notifier' })
  })

  it('shows the picture beside the text on macOS', async () => {
    const { clock, notified, show } = rig('darwin')
    const shown = show({ actions: [] }, '/snaps/E1.jpg')
    await settle()
    expect(notified[0]?.options).toEqual({ title: 'A1 mini: paused', message: 'From the printer’s screen at 31 %. planter-hex_120mm.', sound: true, contentImage: '/snaps/E1.jpg', wait: true })
    await clock.advance(1_000)
    await shown
  })

  it.each(['-close all', '/s evil', '[1]'])('takes no text for an option: %s', async (text) => {
    const { clock, notified, show } = rig('win32')
    const shown = show({ title: text, body: text, actions: [], progress: null })
    await clock.advance(1_000)
    await shown
    expect(notified[0]?.options).toMatchObject({ title: `\u200b${text}`, message: `\u200b${text}` })
  })

  it('tells a failure that comes at once, and waits for none beyond a second', async () => {
    const { notified, show, clock } = rig('win32')
    const shown = show()
    const outcome = expect(shown).rejects.toMatchObject({ trouble: 'absent', message: 'node-notifier failed: spawn ENOENT' })
    await settle()
    notified[0]?.done(new Error('spawn ENOENT\n at x'))
    notified[0]?.done(null, undefined)
    await outcome
    expect(clock.pending).toBe(0)
  })

  it('takes a program that ends at once and says nothing for a failure', async () => {
    const { notified, show } = rig('win32')
    const shown = show()
    const outcome = expect(shown).rejects.toMatchObject({ message: 'node-notifier failed: it ended without having shown anything' })
    await settle()
    notified[0]?.done(null, undefined)
    await outcome
  })

  it('tells that the package is missing', async () => {
    await expect(rig('darwin', 'missing').show()).rejects.toMatchObject({ trouble: 'absent', message: 'node-notifier could not be loaded' })
  })

  it('tells a click, until its port is closed', async () => {
    const { clock, heard, notified, show, port } = rig('darwin')
    for (const turn of [0, 1, 2]) {
      const shown = show({ eventId: `E${turn}` })
      await clock.advance(1_000)
      await shown
    }
    notified[0]?.done(null, 'activate')
    notified[1]?.done(null, 'timeout')
    port.end()
    notified[2]?.done(null, 'activate')
    expect(heard).toEqual([['pressed', 'n1', 'default']])
  })
})
