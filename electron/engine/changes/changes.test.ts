/** Notices of changes, seen from the whole engine. */
import { describe, expect, it, vi } from 'vitest'
import { engineRigs, type Rig } from '../../../test/support/engine-rig.ts'
import { idle } from '../../../test/support/fake-printer.ts'
import { HistoryError } from '../history/history.ts'

const LOG = { id: 'log', label: 'Log', channel: 'hook', events: ['app.changed'] }
const PHONE = { id: 'phone', label: 'Phone', channel: 'hook' }
const MK4 = { id: 'mk4', name: 'Bench', server: { kind: 'fake', id: 'octo', url: 'http://octo' } }
const base = { version: 1, printers: [MK4], destinations: [LOG, PHONE] }

const { start, kill } = engineRigs({ settings: base })

const notices = (rig: Rig): (string | undefined)[] => rig.history.events({ types: ['app.changed'], limit: 10 }).map(({ text }) => text)
const apply = async (rig: Rig, settings: unknown, by: 'window' | 'file' = 'window'): Promise<void> => {
  void rig.engine.apply(rig.expand(settings), by)
  await rig.clock.advance(0)
}

describe('R68: a notice of change', () => {
  it('lists what changed in words, by whom, a minute after the first of it, and goes to who subscribed', async () => {
    const rig = await start()
    await apply(rig, { ...base, printers: [{ ...MK4, events: ['job.*'] }] })
    await rig.clock.advance(30_000)
    await apply(rig, { ...base, printers: [{ ...MK4, events: ['job.*'] }], destinations: [LOG, { ...PHONE, network: { proxy: 'none' }, label: 'My phone' }], notifyMyself: true })
    expect(notices(rig)).toEqual([])
    await rig.clock.advance(30_000)
    expect(notices(rig)).toEqual(['Bench: events; My phone: name, connection; what you do yourself (in the window)'])
    expect(rig.sent.map(({ destinationId, sending: { message } }) => [destinationId, message.title, message.body])).toEqual([['log', 'Printbell: settings changed', 'Bench: events; My phone: name, connection; what you do yourself (in the window).']])
    await rig.clock.advance(300_000)
    expect(notices(rig)).toHaveLength(1)
  })

  it('names what came and went, and an address without the address', async () => {
    const rig = await start()
    await apply(rig, { ...base, printers: [{ ...MK4, server: { ...MK4.server, url: 'http://user:geheim@octo2' } }, { id: 'mini', name: 'Mini', server: { kind: 'fake', id: 'm', url: 'http://m' } }], destinations: [LOG] }, 'file')
    await rig.clock.advance(60_000)
    expect(notices(rig)).toEqual(['Bench: address; Mini: added; Phone: removed (in the settings file)'])
    expect(JSON.stringify(rig.history.events({ types: ['app.changed'], limit: 1 }))).not.toContain('geheim')
  })

  it('is none where nothing changed, or all was taken back within the minute', async () => {
    const rig = await start()
    await apply(rig, base)
    await apply(rig, { ...base, printers: [{ ...MK4, enabled: false }] })
    await apply(rig, base)
    await rig.clock.advance(120_000)
    expect(notices(rig)).toEqual([])
    await apply(rig, { ...base, printers: [{ ...MK4, enabled: false }] })
    await rig.clock.advance(60_000)
    expect(notices(rig)).toEqual(['Bench: switched off (in the window)'])
  })

  it('is told in the language of the settings, and before the engine ends', async () => {
    const rig = await start({ settings: { ...base, language: 'de' } })
    await apply(rig, { ...base, language: 'de', masked: ['message.display'] })
    await rig.stop()
    expect(notices(rig)).toEqual(['was niemandem gesagt wird (im Fenster)'])
  })

  it('tells that a server runs another version, once it is known and over a restart', async () => {
    const rig = await start()
    await idle(rig)
    rig.server('octo').sink.runs?.('OctoPrint 1.11.7')
    await rig.clock.advance(120_000)
    expect(notices(rig)).toEqual([])
    await rig.stop()
    kill(rig)
    const again = await start()
    again.server('octo').sink.runs?.('OctoPrint 1.11.7')
    again.server('octo').sink.runs?.('OctoPrint 1.11.8')
    await again.clock.advance(60_000)
    expect(notices(again)).toEqual(['Bench: OctoPrint 1.11.7 is now OctoPrint 1.11.8'])
    expect(again.history.events({ types: ['app.changed'], limit: 1 })[0]?.code).toBe('update')
    again.server('octo').sink.runs?.('OctoPrint 1.11.8')
    await again.clock.advance(120_000)
    expect(notices(again)).toHaveLength(1)
  })

  it('a full disk ends nothing: the log says so, and the next word of the version is written and told', async () => {
    const rig = await start()
    const { sink } = rig.server('octo')
    sink.runs?.('OctoPrint 1.11.7')
    const write = vi.spyOn(rig.history, 'setFact').mockImplementationOnce(() => { throw new HistoryError('full', 'The disk is full.') })
    expect(() => sink.runs?.('OctoPrint 1.11.8')).not.toThrow()
    expect(write).toHaveBeenCalledTimes(1)
    await rig.clock.advance(120_000)
    expect(notices(rig)).toEqual([])
    expect(rig.log.lines).toContainEqual(expect.objectContaining({ level: 'error', message: 'which version a server runs could not be written; its next word of it is tried again' }))
    sink.runs?.('OctoPrint 1.11.8')
    await rig.clock.advance(60_000)
    expect(notices(rig)).toEqual(['Bench: OctoPrint 1.11.7 is now OctoPrint 1.11.8'])
    expect(rig.history.getFact('server-versions')).toBe('{"octo":"OctoPrint 1.11.8"}')
  })

  it('goes nowhere unless somebody subscribed', async () => {
    const rig = await start({ settings: { ...base, destinations: [PHONE] } })
    await apply(rig, { ...base, destinations: [{ ...PHONE, label: 'Other' }] })
    await rig.clock.advance(60_000)
    expect(notices(rig)).toEqual(['Other: name (in the window)'])
    expect(rig.sent).toEqual([])
  })
})
