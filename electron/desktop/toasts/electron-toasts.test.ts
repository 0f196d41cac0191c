import { describe, expect, it } from 'vitest'
import { TestClock, settle } from '../../../test/support/clock.ts'
import { messageOf, pictureOf } from '../../../test/support/desktop-messages.ts'
import { memoryLog } from '../../../test/support/log.ts'
import type { Showing, ToastPort } from '../../engine/channels/desktop/port.ts'
import { toToast } from '../../engine/channels/desktop/toast.ts'
import { ElectronToasts } from './electron-toasts.ts'
import type { ColdPress } from './electron-toasts.ts'
import { fakeElectron, heardEvents } from './test-support.ts'
import type { FakeElectron } from './test-support.ts'

interface Rig {
  electron: FakeElectron
  port: ToastPort
  clock: TestClock
  heard: unknown[][]
  cold: ColdPress[]
  late: string[]
  log: ReturnType<typeof memoryLog>
  show(message?: Parameters<typeof messageOf>[0], more?: Partial<Showing>): ReturnType<ToastPort['show']>
}

function rig(version: 33 | 45, platform: NodeJS.Platform): Rig {
  const electron = fakeElectron(version, platform)
  const clock = new TestClock()
  const log = memoryLog()
  const cold: ColdPress[] = []
  const late: string[] = []
  const { heard, events } = heardEvents()
  const port = new ElectronToasts({ Notification: electron.Notification, platform, run: 'run1', log, onColdPress: (press) => cold.push(press) }).open({ destinationId: 'desk', clock, log, events })
  const show: Rig['show'] = (message = {}, more = {}) => {
    const made = messageOf(message)
    return port.show({ toast: toToast(made, null), eventId: made.event?.id ?? null, replaces: null, signal: null, onLate: (id) => late.push(id), ...more })
  }
  return { electron, port, clock, heard, cold, late, log, show }
}

/** The tag of the thread "p1 job-7" of destination "desk": sha256 of "desk\np1 job-7" begins with it. */
const tagIn = (electron: FakeElectron): string => String(electron.made[0]?.options['id'])

describe('what the running Electron can do', () => {
  it.each([
    [45, 'win32', { path: 'windows', name: 'Windows notifications', pictures: true, buttons: true, updates: true, why: null }],
    [33, 'win32', { path: 'windows', name: 'Windows notifications', pictures: true, buttons: false, updates: true, why: null }],
    [45, 'darwin', { path: 'macos', name: 'macOS Notification Center', pictures: true, buttons: true, updates: true, why: null }],
    [33, 'darwin', { path: 'macos', name: 'macOS Notification Center', pictures: true, buttons: true, updates: false, why: null }],
    [33, 'linux', { path: 'electron', name: 'Electron', pictures: true, buttons: false, updates: false, why: null }],
  ] as const)('is found out: Electron %d on %s', async (version, platform, facts) => {
    expect(await rig(version, platform).port.ready(null)).toEqual(facts)
  })

  it('is nothing where there are no notifications', async () => {
    const { electron, port } = rig(33, 'linux')
    electron.supported = false
    await expect(port.ready(null)).rejects.toMatchObject({ trouble: 'absent', message: 'Electron finds no notifications on this computer; on Linux install libnotify' })
  })
})

describe('showing', () => {
  it('gives Windows its XML under a tag of letters and digits, the same in every run', async () => {
    const { electron, show } = rig(45, 'win32')
    const { id, by } = await show()
    expect(by).toBe('Windows notifications')
    expect(id).toMatch(/^t[0-9a-f]{15}$/)
    expect(Object.keys(electron.made[0]?.options ?? {})).toEqual(['id', 'toastXml'])
    expect(electron.made[0]?.options['toastXml']).toContain(`<toast launch="type=click&amp;tag=${id}&amp;do=default&amp;event=E1&amp;run=run1"`)
    expect(await rig(45, 'win32').show()).toMatchObject({ id })
  })

  it('gives macOS its options, the question stacked with its job', async () => {
    const { electron, show } = rig(45, 'darwin')
    await show()
    await show({ kind: 'question' })
    expect(electron.made[0]?.options).toMatchObject({ title: 'A1 mini: paused', actions: [{ type: 'button', text: 'Resume' }, { type: 'button', text: 'Cancel print…' }] })
    expect(electron.made[1]?.options['id']).not.toBe(electron.made[0]?.options['id'])
    expect(electron.made[1]?.options['groupId']).toBe(electron.made[0]?.options['groupId'])
  })

  it('escapes the body on Linux and says there in words what has no button', async () => {
    const { electron, show } = rig(33, 'linux')
    await show({ title: 'R&D: filament ran out', body: 'a & b <c>', type: 'attention.filament_runout', severity: 'critical', progress: null }, { toast: toToast(messageOf({ title: 'R&D: filament ran out', body: 'a & b <c>', type: 'attention.filament_runout', severity: 'critical', progress: null }), pictureOf('/snaps/a b.jpg')) })
    expect(electron.made[0]?.options).toMatchObject({ title: 'R&D: filament ran out', body: 'a &amp; b &lt;c&gt;\nIn Printbell: Resume, Cancel print…', urgency: 'critical', timeoutType: 'never', silent: false, icon: '/snaps/a b.jpg' })
  })

  it('changes a toast in place where the system knows names, and keeps the object of the old one alive', async () => {
    const { electron, show } = rig(45, 'win32')
    const { id } = await show()
    expect(await show({ eventId: 'E2' }, { replaces: id })).toMatchObject({ id })
    expect(electron.made.map((one) => [one.options['id'], one.closes])).toEqual([[id, 0], [id, 0]])
  })

  it('takes the old one down where it does not', async () => {
    const { electron, show } = rig(33, 'linux')
    const { id } = await show()
    const next = await show({ eventId: 'E2' }, { replaces: id })
    expect(next.id).not.toBe(id)
    expect(electron.made.map((one) => one.closes)).toEqual([1, 0])
  })

  it('keeps two destinations apart', async () => {
    const one = rig(45, 'win32')
    const log = memoryLog()
    const other = new ElectronToasts({ Notification: one.electron.Notification, platform: 'win32', run: 'run1', log, onColdPress: () => undefined }).open({ destinationId: 'other', clock: one.clock, log, events: heardEvents().events })
    const first = await one.show()
    const second = await other.show({ toast: toToast(messageOf({}), null), eventId: 'E1', replaces: null, signal: null, onLate: () => undefined })
    expect(second.id).not.toBe(first.id)
  })
})

describe('a failure', () => {
  it('that the system tells is told, with its words', async () => {
    const { electron, show } = rig(45, 'darwin')
    electron.onShow = (one) => one.emit('failed', {}, 'UNErrorDomain error 1')
    await expect(show()).rejects.toMatchObject({ trouble: 'absent', message: 'the system refused the notification: UNErrorDomain error 1' })
  })

  it('without words, as on Linux, is one too', async () => {
    const { electron, show, clock } = rig(33, 'linux')
    electron.onShow = (one) => one.emit('failed', {}, '')
    await expect(show()).rejects.toMatchObject({ trouble: 'absent', message: 'the system refused the notification without a reason' })
    expect(clock.pending).toBe(0)
  })

  it('by the person\'s own settings is no fault to go round', async () => {
    const { electron, show } = rig(45, 'win32')
    electron.onShow = (one) => one.emit('failed', {}, 'Notification failed - Settings prevent the notification from being delivered.')
    await expect(show()).rejects.toMatchObject({ trouble: 'forbidden' })
  })

  it('that is thrown is told', async () => {
    const { electron, show } = rig(45, 'win32')
    electron.onShow = () => {
      throw new Error('no')
    }
    await expect(show()).rejects.toMatchObject({ trouble: 'absent', message: 'the system refused the notification: no' })
  })

  it('after it said "shown" is told later', async () => {
    const { electron, show, heard } = rig(45, 'win32')
    const { id } = await show()
    electron.made[0]?.emit('failed', {}, 'Toast Notification was dropped without being displayed to the user.')
    expect(heard).toEqual([['failed', id, 'the system refused the notification: Toast Notification was dropped without being displayed to the user.']])
  })

  it('is assumed after 5 s of silence, and what is shown later is told with its id', async () => {
    const { electron, show, clock, late, heard } = rig(45, 'win32')
    electron.onShow = () => undefined
    const shown = show()
    const outcome = expect(shown).rejects.toMatchObject({ trouble: 'unsure' })
    await clock.advance(5_000)
    await outcome
    electron.made[0]?.emit('show', {})
    electron.made[0]?.emit('show', {})
    expect(late).toEqual([tagIn(electron)])
    electron.activate(`type=click&tag=${tagIn(electron)}&do=default&run=run1`)
    expect(heard).toEqual([['pressed', tagIn(electron), 'default']])
  })

  it('leaves the toast before it as it was', async () => {
    const { electron, show, heard } = rig(45, 'darwin')
    const { id } = await show()
    electron.onShow = (one) => one.emit('failed', {}, 'no')
    await expect(show({ eventId: 'E2' }, { replaces: id })).rejects.toMatchObject({ trouble: 'absent' })
    electron.made[0]?.emit('click', {})
    expect(heard).toEqual([['pressed', id, 'default']])
  })

  it('is given up when the engine gives up', async () => {
    const { electron, show, clock } = rig(45, 'win32')
    electron.onShow = () => undefined
    const stop = new AbortController()
    const shown = show({}, { signal: stop.signal })
    const outcome = expect(shown).rejects.toMatchObject({ trouble: 'stopped' })
    await settle()
    stop.abort()
    await outcome
    expect(clock.pending).toBe(0)
  })
})

describe('a press', () => {
  it.each([['details', [{ actionIndex: 1 }, 0]], ['an argument', [{}, 1]]] as const)('is read from %s', async (_, args) => {
    const { electron, show, heard } = rig(45, 'darwin')
    const { id } = await show()
    electron.made[0]?.emit('action', ...args)
    electron.made[0]?.emit('action', {}, 7)
    electron.made[0]?.emit('action')
    expect(heard).toEqual([['pressed', id, 'cancel']])
  })

  it('of Windows comes by its arguments, and once', async () => {
    const { electron, show, heard, cold } = rig(45, 'win32')
    const { id } = await show()
    electron.activate(`type=action&action=0&tag=${id}&do=resume&event=E1&run=run1`)
    electron.made[0]?.emit('action', { actionIndex: 0 }, 0)
    electron.made[0]?.emit('click', {})
    expect(heard).toEqual([['pressed', id, 'resume']])
    expect(cold).toEqual([])
  })

  it('in the notification centre still counts after the toast\'s time was over', async () => {
    const { electron, show, heard } = rig(45, 'win32')
    const { id } = await show()
    electron.made[0]?.emit('close', { reason: 'timedOut' })
    electron.activate(`type=action&action=0&tag=${id}&do=resume&event=E1&run=run1`)
    expect(heard).toEqual([['closed', id, 'expired'], ['pressed', id, 'resume']])
  })

  it('from another run, or made up, only shows what it is about', () => {
    const { electron, heard, cold, log } = rig(45, 'win32')
    electron.activate('type=action&action=0&tag=t1&do=cancel_confirm&event=01JHZX5Q&run=run0')
    electron.activate('type=click&tag=t1&do=open_history&run=run0')
    electron.activate('type=action&tag=t1&do=rm%20-rf')
    electron.activate('')
    expect(heard).toEqual([])
    expect(cold).toEqual([{ eventId: '01JHZX5Q', action: 'open' }, { eventId: null, action: 'open_history' }])
    expect(log.lines.filter((line) => line.level === 'warn')).toHaveLength(2)
  })

  it('that names a toast of ours without knowing this run is from another', async () => {
    const { electron, show, heard, cold } = rig(45, 'win32')
    const { id } = await show()
    electron.activate(`type=action&action=1&tag=${id}&do=cancel&event=E1`)
    expect(heard).toEqual([])
    expect(cold).toEqual([{ eventId: 'E1', action: 'open' }])
  })
})

describe('the end of a toast', () => {
  it.each([['userCanceled', 'dismissed'], ['applicationHidden', 'called'], ['timedOut', 'expired'], ['somethingNew', 'unknown']])('%s is "%s"', async (words, reason) => {
    const { electron, show, heard } = rig(45, 'win32')
    const { id } = await show()
    electron.made[0]?.emit('close', { reason: words })
    expect(heard).toEqual([['closed', id, reason]])
  })

  it('without a reason is a person\'s on macOS, and unknown elsewhere', async () => {
    for (const [platform, reason] of [['darwin', 'dismissed'], ['linux', 'unknown']] as const) {
      const { electron, show, heard } = rig(33, platform)
      const { id } = await show()
      electron.made[0]?.emit('close', {})
      expect(heard).toEqual([['closed', id, reason]])
    }
  })

  it('of one that was replaced says nothing', async () => {
    const { electron, show, heard } = rig(45, 'win32')
    const { id } = await show()
    await show({ eventId: 'E2' }, { replaces: id })
    electron.made[0]?.emit('close', { reason: 'userCanceled' })
    expect(heard).toEqual([])
  })

  it('that we bring about is no news', async () => {
    const { electron, show, heard, port } = rig(45, 'win32')
    const { id } = await show()
    await port.close(id)
    expect(electron.made[0]?.closes).toBe(1)
    expect(heard).toEqual([])
    await port.close(id)
    expect(electron.made[0]?.closes).toBe(1)
  })

  it('on macOS also takes down what an earlier run left', async () => {
    const { electron, port } = rig(45, 'darwin')
    await port.close('t0123456789abcde')
    expect(electron.removed).toEqual(['t0123456789abcde'])
  })

  it('of the port leaves what is shown, and tells nobody any more', async () => {
    const { electron, show, heard, port } = rig(45, 'darwin')
    await show()
    port.end()
    electron.made[0]?.emit('click', {})
    expect(electron.made[0]?.closes).toBe(0)
    expect(heard).toEqual([])
  })
})
