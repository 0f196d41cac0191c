import { describe, expect, it } from 'vitest'
import { messageOf } from '../../../../test/support/desktop-messages.ts'
import { toToast } from './toast.ts'
import type { Toast } from './toast.ts'
import { escapeXml, harmless, parseActivation, renderWindowsToast } from './windows.ts'

const marks = { tag: 't0123456789abcde', eventId: '01JHZX5Q', run: 'a1b2c3' }
const paused = toToast(messageOf({}), null)
const done = toToast(messageOf({ type: 'job.done', severity: 'success', title: 'A1 mini: print done', body: 'planter-hex_120mm, 2 h 10 min.', actions: [{ id: 'open', label: 'Open' }] }), null)
const withPicture = (toast: Toast, url: string): Toast => ({ ...toast, picture: { url, width: 640, height: 480 } })

describe('the XML of a Windows toast', () => {
  it('has texts, hero picture and buttons whose arguments Electron takes apart', () => {
    expect(renderWindowsToast(withPicture(paused, 'file:///C:/Users/Jo/AppData/Roaming/Printbell/snapshots/01JHZX5Q.jpg'), marks)).toBe(
      '<toast launch="type=click&amp;tag=t0123456789abcde&amp;do=default&amp;event=01JHZX5Q&amp;run=a1b2c3" activationType="foreground">'
      + '<visual><binding template="ToastGeneric">'
      + '<text>A1 mini: paused</text>'
      + '<text>From the printer’s screen at 31 %. planter-hex_120mm.</text>'
      + '<image placement="hero" src="file:///C:/Users/Jo/AppData/Roaming/Printbell/snapshots/01JHZX5Q.jpg"/>'
      + '</binding></visual>'
      + '<actions>'
      + '<action content="Resume" arguments="type=action&amp;action=0&amp;tag=t0123456789abcde&amp;do=resume&amp;event=01JHZX5Q&amp;run=a1b2c3" activationType="foreground"/>'
      + '<action content="Cancel print…" arguments="type=action&amp;action=1&amp;tag=t0123456789abcde&amp;do=cancel&amp;event=01JHZX5Q&amp;run=a1b2c3" activationType="foreground"/>'
      + '</actions>'
      + '</toast>',
    )
  })

  it('is short where there is little to say', () => {
    expect(renderWindowsToast({ ...done, body: '' }, { ...marks, eventId: null })).toBe(
      '<toast launch="type=click&amp;tag=t0123456789abcde&amp;do=default&amp;run=a1b2c3" activationType="foreground">'
      + '<visual><binding template="ToastGeneric"><text>A1 mini: print done</text></binding></visual></toast>',
    )
  })

  it('stays as a reminder, with a button to put it away, when it needs a person', () => {
    const runout = toToast(messageOf({ type: 'attention.filament_runout', severity: 'warning', title: 'A1 mini: filament ran out', body: 'Load new filament, then press Resume.', progress: null, actions: [{ id: 'resume', label: 'Resume' }] }), null)
    expect(renderWindowsToast(runout, marks)).toBe(
      '<toast launch="type=click&amp;tag=t0123456789abcde&amp;do=default&amp;event=01JHZX5Q&amp;run=a1b2c3" activationType="foreground" scenario="reminder">'
      + '<visual><binding template="ToastGeneric"><text>A1 mini: filament ran out</text><text>Load new filament, then press Resume.</text></binding></visual>'
      + '<actions>'
      + '<action content="Resume" arguments="type=action&amp;action=0&amp;tag=t0123456789abcde&amp;do=resume&amp;event=01JHZX5Q&amp;run=a1b2c3" activationType="foreground"/>'
      + '<action content="" arguments="dismiss" activationType="system"/>'
      + '</actions></toast>',
    )
  })

  it('makes no sound when only the picture came', () => {
    expect(renderWindowsToast({ ...done, quiet: true }, marks)).toContain('</visual><audio silent="true"/></toast>')
    expect(renderWindowsToast(done, marks)).not.toContain('audio')
  })

  it('tells the percentage in the title', () => {
    expect(renderWindowsToast({ ...paused, title: 'MK4: printing', body: 'lamp-vase.gcode', progress: 0.71 }, marks)).toContain('<text>MK4: printing, 71 %</text>')
  })

  it('escapes names in content and attributes', () => {
    const hostile = `R&D <"1'> ]]> &lt;`
    const xml = renderWindowsToast({ ...paused, title: hostile, body: hostile, actions: [{ id: 'resume', label: hostile }] }, marks)
    expect(xml).toContain('<text>R&amp;D &lt;&quot;1&apos;&gt; ]]&gt; &amp;lt;, 31 %</text><text>R&amp;D &lt;&quot;1&apos;&gt; ]]&gt; &amp;lt;</text>')
    expect(xml).toContain('<action content="R&amp;D &lt;&quot;1&apos;&gt; ]]&gt; &amp;lt;" arguments="type=action')
  })

  it('leaves out what XML forbids, and keeps line breaks', () => {
    expect(escapeXml('a\u0000b\u0007c\u001bd\ufffee\uffff\ud83d f😀\nx\ty\r')).toBe('abcde\ufffd f😀&#10;x&#9;y&#13;')
  })

  it('offers at most five buttons, four and "Dismiss" when it stays, and says the rest in words', () => {
    const actions = [1, 2, 3, 4, 5, 6].map((number) => ({ id: `answer:${number}` as const, label: `Choice ${number}` }))
    const plain = renderWindowsToast({ ...done, actions }, marks)
    expect(plain.match(/<action /g)).toHaveLength(5)
    expect(plain).toContain('&#10;In Printbell: Choice 6</text>')
    const sticky = renderWindowsToast({ ...done, actions, sticky: true }, marks)
    expect(sticky.match(/<action /g)).toHaveLength(5)
    expect(sticky).toContain('&#10;In Printbell: Choice 5, Choice 6</text>')
  })

  it('stays below 5 000 bytes whatever a server says, at whole characters', () => {
    for (const body of ['&'.repeat(1000), '😀'.repeat(1000), 'ordinary '.repeat(110)]) {
      const xml = renderWindowsToast(withPicture({ ...paused, title: '"'.repeat(200), body }, `file:///C:/${'x'.repeat(200)}.jpg`), marks)
      expect(Buffer.byteLength(xml)).toBeLessThanOrEqual(5_000)
      expect(xml).toContain('hero')
      expect(xml).not.toContain('\ufffd')
    }
    // 2 000 of the 5 000 bytes are the picture's address and 1 200 the title: the most that fits is shown.
    const xml = renderWindowsToast(withPicture({ ...paused, title: '"'.repeat(200), body: 'x'.repeat(5_000) }, `file:///C:/${'x'.repeat(2_000)}`), marks)
    expect(Buffer.byteLength(xml)).toBe(5_000)
    expect(xml).toContain('x…</text>')
  })

  it('goes without its picture before it goes without any text', () => {
    const xml = renderWindowsToast(withPicture(paused, `file:///C:/${'x'.repeat(6_000)}`), marks)
    expect(xml).not.toContain('image')
    expect(xml).toContain('planter-hex_120mm.</text>')
  })
})

describe('the arguments of a press', () => {
  it('come back as they were put in', () => {
    expect(parseActivation('type=action&action=0&tag=t0123456789abcde&do=answer:2&event=01JHZX5Q&run=a1b2c3')).toEqual({ tag: 't0123456789abcde', key: 'answer:2', eventId: '01JHZX5Q', run: 'a1b2c3' })
    expect(parseActivation('type=click&tag=t0123456789abcde&do=default&run=a1b2c3')).toEqual({ tag: 't0123456789abcde', key: 'default', eventId: null, run: 'a1b2c3' })
  })

  it('of any round through the XML are read again', () => {
    const launch = /launch="([^"]*)"/.exec(renderWindowsToast(done, marks))?.[1]?.replaceAll('&amp;', '&') ?? ''
    expect(parseActivation(launch)).toEqual({ tag: marks.tag, key: 'default', eventId: marks.eventId, run: marks.run })
  })

  it.each([
    '', 'dismiss', 'type=click', 'tag=t1', 'do=open', 'tag=t1&do=gcode', 'tag=t1&do=open&do=cancel', 'tag=../../x&do=open', 'tag=t1&do=open&event=a b', 'tag=t1&do=open&event=<script>',
    'tag=t1=2&do=open', 'tag=&do=open', 'tag=t1&do=answer:99999', 'tag=t1&do=open&', `tag=${'t'.repeat(65)}&do=open`, `tag=t1&do=open&x=${'y'.repeat(500)}`, 'tag=t1&do=open\n', 'TAG=t1&DO=open',
  ])('that are not ours are refused: %s', (text) => {
    expect(parseActivation(text)).toBeNull()
  })

  it('of an earlier run only show something', () => {
    expect(harmless({ key: 'default', eventId: 'E1' })).toBe('open')
    for (const key of ['cancel_confirm', 'cancel', 'pause', 'resume', 'mute_1h', 'acknowledge', 'keep', 'answer:1']) expect(harmless({ key, eventId: 'E1' })).toBe('open')
    expect(harmless({ key: 'open_history', eventId: 'E1' })).toBe('open_history')
    expect(harmless({ key: 'default', eventId: null })).toBe('open_history')
  })
})
