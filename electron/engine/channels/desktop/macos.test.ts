import { describe, expect, it } from 'vitest'
import { messageOf, pictureOf } from '../../../../test/support/desktop-messages.ts'
import { cutToBytes, renderMacNotification } from './macos.ts'
import { toToast } from './toast.ts'

const marks = { id: 't0123456789abcde', group: 't00000000000job7' }

describe('the options of a macOS notification', () => {
  it('are complete', () => {
    expect(renderMacNotification(toToast(messageOf({}), pictureOf('/Users/jo/Library/Application Support/Printbell/snapshots/Ü #1.jpg')), marks)).toEqual({
      id: 't0123456789abcde',
      groupId: 't00000000000job7',
      title: 'A1 mini: paused',
      body: 'From the printer’s screen at 31 %. planter-hex_120mm.',
      silent: false,
      hasReply: false,
      actions: [{ type: 'button', text: 'Resume' }, { type: 'button', text: 'Cancel print…' }],
      closeButtonText: 'Close',
      icon: '/Users/jo/Library/Application Support/Printbell/snapshots/Ü #1.jpg',
    })
  })

  it('have no picture before there is one, and are silent when only that came', () => {
    expect(renderMacNotification(toToast(messageOf({}), null), marks)).not.toHaveProperty('icon')
    expect(renderMacNotification(toToast(messageOf({}), pictureOf('/a.jpg'), true), marks).silent).toBe(true)
  })

  it('tell the percentage in the title', () => {
    expect(renderMacNotification(toToast(messageOf({ title: 'MK4: printing', body: 'lamp-vase.gcode', progress: 0.71 }), null), marks).title).toBe('MK4: printing, 71 %')
  })

  it('cut the body to what is shown beside the title', () => {
    const { title, body } = renderMacNotification(toToast(messageOf({ title: 'MK4: stalled', body: `${'word '.repeat(100)}`, progress: null }), null), marks)
    expect(title).toBe('MK4: stalled')
    // 12 bytes of title leave 244: 48 words and a bit, and 3 bytes for the ellipsis.
    expect(body).toBe(`${'word '.repeat(48)}w…`)
    const long = renderMacNotification(toToast(messageOf({ title: 'ü'.repeat(150), body: 'ü'.repeat(150), progress: null }), null), marks)
    expect(Buffer.byteLength(long.title) + Buffer.byteLength(long.body)).toBeLessThanOrEqual(256)
    expect(long.title).toBe(`${'ü'.repeat(78)}…`)
  })

  it('take names as they are: nothing is markup here', () => {
    expect(renderMacNotification(toToast(messageOf({ title: 'R&D <b>1</b>: paused', body: '"a" & \'b\'', progress: null }), null), marks)).toMatchObject({ title: 'R&D <b>1</b>: paused', body: '"a" & \'b\'' })
  })

  it('say in words what has no button', () => {
    const actions = [1, 2, 3, 4, 5].map((number) => ({ id: `answer:${number}` as const, label: `Choice ${number}` }))
    const { actions: buttons, body } = renderMacNotification(toToast(messageOf({ body: 'Which one?', progress: null, actions }), null), marks)
    expect(buttons.map((button) => button.text)).toEqual(['Choice 1', 'Choice 2', 'Choice 3', 'Choice 4'])
    expect(body).toBe('Which one?\nIn Printbell: Choice 5')
  })

  it('never cut a character in two', () => {
    expect(cutToBytes('😀😀😀', 12)).toBe('😀😀😀')
    expect(cutToBytes('😀😀😀', 11)).toBe('😀😀…')
    expect(cutToBytes('😀😀😀', 2)).toBe('…')
  })
})
