import { describe, expect, it } from 'vitest'
import type { Message } from '../../delivery/message.ts'
import { messageOf, pictureOf } from '../../../../test/support/desktop-messages.ts'
import { threadOf, toToast } from './toast.ts'

describe('the toast of a message', () => {
  it('carries title, body, buttons and thread, and leaves the opening to the click on it', () => {
    const toast = toToast(messageOf({ actions: [{ id: 'open', label: 'Show' }, { id: 'resume', label: 'Resume' }, { id: 'cancel', label: 'Cancel print…' }] }), null)
    expect(toast).toEqual({
      title: 'A1 mini: paused',
      body: 'From the printer’s screen at 31 %. planter-hex_120mm.',
      picture: null,
      urgency: 'normal',
      progress: 0.31,
      defaultAction: { id: 'open', label: 'Open' },
      actions: [{ id: 'resume', label: 'Resume' }, { id: 'cancel', label: 'Cancel print…' }],
      threadKey: 'p1 job-7',
      sticky: false,
      lifetime: null,
      category: 'transfer',
      quiet: false,
    })
  })

  it('points to the stored picture by a file address, whatever its path holds', () => {
    expect(toToast(messageOf({}), pictureOf('/home/ü ser/snap #1.jpg')).picture).toEqual({ url: 'file:///home/%C3%BC%20ser/snap%20%231.jpg', width: 640, height: 480 })
  })

  it.each<[Message['severity'], string]>([['info', 'normal'], ['success', 'normal'], ['warning', 'normal'], ['error', 'normal'], ['critical', 'critical']])('makes %s %s', (severity, urgency) => {
    expect(toToast(messageOf({ severity }), null).urgency).toBe(urgency)
  })

  it('stays for what needs a person and goes by itself for the rest', () => {
    const sticky = (message: Partial<Message>) => toToast(messageOf(message), null).sticky
    expect(sticky({ type: 'attention.filament_runout', severity: 'warning' })).toBe(true)
    expect(sticky({ type: 'attention.cleared', severity: 'info' })).toBe(false)
    expect(sticky({ type: 'job.failed', severity: 'critical' })).toBe(true)
    expect(sticky({ type: 'device.error', severity: 'error' })).toBe(true)
    expect(sticky({ type: 'job.done', severity: 'success' })).toBe(false)
    expect(sticky({ type: 'job.paused', severity: 'warning' })).toBe(false)
    expect(sticky({ kind: 'summary', type: 'job.done', severity: 'success', late: true })).toBe(true)
    expect(sticky({ kind: 'summary', type: 'job.done', severity: 'success', late: false })).toBe(false)
    expect(sticky({ kind: 'summary', type: 'job.failed', severity: 'critical', late: false })).toBe(true)
    expect(sticky({ kind: 'test', type: 'app.test', severity: 'critical' })).toBe(false)
  })

  it('keeps a question for 60 s beside the toast of its job, with the safe answer on the click', () => {
    const question = messageOf({ kind: 'question', severity: 'critical', actions: [{ id: 'keep', label: 'Keep printing' }, { id: 'cancel_confirm', label: 'Cancel print' }] })
    const toast = toToast(question, null)
    expect(toast.lifetime).toBe(60_000)
    expect(toast.sticky).toBe(false)
    expect(toast.defaultAction).toEqual({ id: 'keep', label: 'Keep printing' })
    expect(toast.actions).toEqual([{ id: 'cancel_confirm', label: 'Cancel print' }])
    expect(threadOf(question)).not.toBe(threadOf(messageOf({})))
  })

  it('opens the history from a summary', () => {
    const toast = toToast(messageOf({ kind: 'summary', actions: [{ id: 'open_history', label: 'Open history' }, { id: 'seen_all', label: 'Mark all seen' }] }), null)
    expect(toast.defaultAction).toEqual({ id: 'open_history', label: 'Open history' })
    expect(toast.actions).toEqual([{ id: 'seen_all', label: 'Mark all seen' }])
    expect(toast.progress).toBeNull()
  })

  it('shows progress only while the job runs', () => {
    const progress = (message: Partial<Message>) => toToast(messageOf(message), null).progress
    expect(progress({ progress: 0.5 })).toBe(0.5)
    expect(progress({ progress: 1.5 })).toBe(1)
    expect(progress({ progress: null })).toBeNull()
    expect(progress({ progress: 0 })).toBeNull()
    expect(progress({ progress: -0.5 })).toBeNull()
    expect(progress({ type: 'job.done', progress: 1 })).toBeNull()
    expect(progress({ type: 'job.failed', progress: 0.3 })).toBeNull()
    expect(progress({ job: null, progress: 0.3 })).toBeNull()
  })

  it.each<[Message['type'], Message['severity'], string | null]>([
    ['job.done', 'success', 'transfer.complete'], ['job.failed', 'critical', 'transfer.error'], ['job.progress', 'info', 'transfer'],
    ['heater.runaway', 'critical', 'device.error'], ['link.up', 'info', 'device'], ['app.update_available', 'info', null],
  ])('files %s under its category', (type, severity, category) => {
    expect(toToast(messageOf({ type, severity }), null).category).toBe(category)
  })

  it('puts the title on one line, keeps line breaks of the body, and drops what no bus may carry', () => {
    const toast = toToast(messageOf({ title: 'MK4\n left: \u0000paused\u0007', body: 'one\r\ntwo\u2028three\tfour \ud83d' }), null)
    expect(toast.title).toBe('MK4 left: paused')
    expect(toast.body).toBe('one\ntwo\nthree four \ufffd')
  })

  it('leaves a name of 80 characters whole and cuts a hostile text at whole characters', () => {
    const name = `${'Prusa MK4 in the cellar beside the washing machine '.repeat(2).slice(0, 79)}😀`
    expect(toToast(messageOf({ title: `${name}: paused` }), null).title).toBe(`${name}: paused`)
    const cut = toToast(messageOf({ body: '😀'.repeat(5000) }), null).body
    expect([...cut]).toHaveLength(1000)
    expect(cut.endsWith('😀…')).toBe(true)
  })
})
