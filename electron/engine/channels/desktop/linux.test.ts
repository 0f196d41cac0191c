import { Variant } from 'dbus-native'
import { describe, expect, it } from 'vitest'
import { messageOf, pictureOf } from '../../../../test/support/desktop-messages.ts'
import { escapeMarkup, renderNotify } from './linux.ts'
import type { ServiceFacts } from './linux.ts'
import { keysOf, toToast } from './toast.ts'

const dunst: ServiceFacts = { name: 'dunst', version: '1.9.0', capabilities: new Set(['actions', 'body', 'body-hyperlinks', 'icon-static', 'body-markup']) }
const xfce: ServiceFacts = { name: 'Xfce Notify Daemon', version: '0.7.3', capabilities: new Set(['action-icons', 'actions', 'body', 'body-hyperlinks', 'body-markup', 'icon-static']) }
const plain: ServiceFacts = { name: 'Plain', version: '1', capabilities: new Set(['body']) }
const bare: ServiceFacts = { name: 'Bare', version: '1', capabilities: new Set() }

const printing = messageOf({ type: 'job.progress', severity: 'info', title: 'MK4: printing', body: 'lamp-vase.gcode', progress: 0.71, actions: [{ id: 'pause', label: 'Pause' }] })

describe('the arguments of Notify', () => {
  it('are complete for dunst, with the bar and the plain title', () => {
    expect(renderNotify(toToast(printing, pictureOf('/snaps/a.jpg')), dunst, 7)).toEqual({
      appName: 'Printbell',
      replacesId: 7,
      appIcon: '',
      summary: 'MK4: printing',
      body: 'lamp-vase.gcode',
      actions: ['default', 'Open', 'pause', 'Pause'],
      hints: { urgency: new Variant('y', 1), 'desktop-entry': 'printbell', category: 'transfer', 'image-path': 'file:///snaps/a.jpg', value: new Variant('i', 71) },
      expireTimeout: -1,
    })
  })

  it('tell the percentage in the title where a bar would drop the text', () => {
    const args = renderNotify(toToast(printing, null), xfce, 0)
    expect(args.summary).toBe('MK4: printing, 71 %')
    expect(args.hints).not.toHaveProperty('value')
    expect(args.hints).not.toHaveProperty('image-path')
  })

  it.each(['lamp-vase.gcode, 71 %', '71% of lamp-vase.gcode'])('do not tell the percentage twice: %s', (body) => {
    expect(renderNotify(toToast({ ...printing, body }, null), xfce, 0).summary).toBe('MK4: printing')
  })

  it('are not misled by another number that ends alike', () => {
    expect(renderNotify(toToast({ ...printing, body: 'flow 171 %' }, null), xfce, 0).summary).toBe('MK4: printing, 71 %')
    expect(renderNotify(toToast({ ...printing, body: 'scale 0.71 %' }, null), xfce, 0).summary).toBe('MK4: printing, 71 %')
  })

  it.each([[0.29, 29], [0.999, 99], [1, 100], [0.001, 0]])('round %d down to %d', (progress, percent) => {
    expect(renderNotify(toToast({ ...printing, progress }, null), dunst, 0).hints['value']).toEqual(new Variant('i', percent))
  })

  it('escape the body only where it is markup, and the title never', () => {
    const toast = toToast(messageOf({ title: 'R&D <1>: paused', body: 'a & b <c> "d" \'e\' 😀\nnext 31 %', actions: [] }), null)
    expect(renderNotify(toast, xfce, 0)).toMatchObject({ summary: 'R&D <1>: paused', body: 'a &amp; b &lt;c&gt; "d" \'e\' 😀\nnext 31 %' })
    expect(renderNotify(toast, plain, 0)).toMatchObject({ summary: 'R&D <1>: paused', body: 'a & b <c> "d" \'e\' 😀\nnext 31 %' })
  })

  it('escape what looks escaped already once more, so that it reads as it was written', () => {
    expect(escapeMarkup('&lt;b&gt;')).toBe('&amp;lt;b&amp;gt;')
  })

  it('R37: signs that other channels give a meaning are nothing special here', () => {
    const name = '*bold* _under_ [link](http://x) `code` ~no~ @all'
    const toast = toToast(messageOf({ title: `${name}: paused`, body: name, actions: [], progress: null }), null)
    expect(renderNotify(toast, xfce, 0)).toMatchObject({ summary: `${name}: paused`, body: name })
    expect(renderNotify(toast, plain, 0)).toMatchObject({ summary: `${name}: paused`, body: name })
  })

  it('give no buttons to a service without, and say in the body what there is to choose', () => {
    const args = renderNotify(toToast(messageOf({}), null), plain, 0)
    expect(args.actions).toEqual([])
    expect(args.body).toBe('From the printer’s screen at 31 %. planter-hex_120mm.\nIn Printbell: Resume, Cancel print…')
    expect(renderNotify(toToast(messageOf({ actions: [{ id: 'open', label: 'Open' }] }), null), plain, 0).body).toBe('From the printer’s screen at 31 %. planter-hex_120mm.')
  })

  it('put everything into the title of a service that shows nothing else', () => {
    const args = renderNotify(toToast(messageOf({ body: 'one\ntwo', progress: null, actions: [] }), null), bare, 0)
    expect(args.summary).toBe('A1 mini: paused: one two')
    expect(args.body).toBe('')
  })

  it('make only what is critical critical, and let only what needs a person stay', () => {
    const failed = renderNotify(toToast(messageOf({ type: 'job.failed', severity: 'critical' }), null), dunst, 0)
    expect(failed.hints['urgency']).toEqual(new Variant('y', 2))
    expect(failed.expireTimeout).toBe(0)
    const error = renderNotify(toToast(messageOf({ type: 'device.error', severity: 'error' }), null), dunst, 0)
    expect(error.hints['urgency']).toEqual(new Variant('y', 1))
    expect(renderNotify(toToast(messageOf({ kind: 'question', severity: 'warning' }), null), dunst, 0).expireTimeout).toBe(60_000)
  })

  it('ask for no second sound when only the picture came', () => {
    expect(renderNotify(toToast(printing, pictureOf('/a.jpg'), true), dunst, 3).hints['suppress-sound']).toBe(true)
    expect(renderNotify(toToast(printing, null), dunst, 3).hints).not.toHaveProperty('suppress-sound')
  })

  it('draw the question with exactly its two buttons, the safe one first', () => {
    const question = messageOf({ kind: 'question', actions: [{ id: 'keep', label: 'Keep printing' }, { id: 'cancel_confirm', label: 'Cancel print' }] })
    const toast = toToast(question, null)
    expect(renderNotify(toast, xfce, 0).actions).toEqual(['default', 'Keep printing', 'cancel_confirm', 'Cancel print'])
    expect([...keysOf(toast)]).toEqual([['default', 'keep'], ['cancel_confirm', 'cancel_confirm']])
  })
})
