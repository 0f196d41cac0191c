/** In which language a destination is told something, seen from the whole engine. */
import { describe, expect, it } from 'vitest'
import type { Verdict } from './channels/channel.ts'
import { engineRigs, type Rig } from '../../test/support/engine-rig.ts'
import { LAMP, printing } from '../../test/support/fake-printer.ts'
import { loadSettings } from './settings/load.ts'

const HOOK = { id: 'hook', label: 'My hook', channel: 'hook', events: ['job.*'] }
const PHONE = { id: 'phone', label: 'My phone', channel: 'hook', events: ['job.*'], language: 'es' }
const MK4 = { id: 'mk4', name: 'MK4', server: { kind: 'fake', id: 'octo', url: 'http://octo' } }
const SETTINGS = { version: 1, printers: [MK4], destinations: [HOOK, PHONE] }
const BUSY: Verdict = { result: 'retry', after: 20_000, why: 'busy' }

const { start } = engineRigs({ settings: SETTINGS })

const titles = (rig: Rig): string[] => rig.sent.map(({ destinationId, sending }) => `${destinationId}: ${sending.message.title}`).sort()

describe('a message', () => {
  it('is told in the language of the settings, where the destination has none of its own', async () => {
    const rig = await start({ settings: { ...SETTINGS, language: 'de' } })
    await printing(rig)
    expect(titles(rig)).toEqual(['hook: MK4: Druck gestartet', 'phone: MK4: impresión iniciada'])
  })

  it('is told in the language of the computer, where the settings say nothing', async () => {
    const rig = await start({ settings: SETTINGS, locale: 'fr-CH' })
    await printing(rig)
    expect(titles(rig)).toEqual(['hook: MK4\u00a0: impression lancée', 'phone: MK4: impresión iniciada'])
  })

  it('is told in English where nobody knows better', async () => {
    const rig = await start({ settings: SETTINGS, locale: 'nl-NL' })
    await printing(rig)
    expect(titles(rig)).toEqual(['hook: MK4: print started', 'phone: MK4: impresión iniciada'])
  })

  it('that could not be sent is told in the language of then, and the destination is not opened anew for it', async () => {
    const rig = await start({ settings: { ...SETTINGS, destinations: [HOOK] } }, ({ world }) => {
      world.send.hook = async () => BUSY
    })
    await printing(rig)
    expect(titles(rig)).toEqual(['hook: MK4: print started'])
    await rig.apply({ ...SETTINGS, destinations: [HOOK], language: 'de' })
    rig.world.send.hook = async () => ({ result: 'delivered', detail: 'ok' })
    await rig.clock.advance(60_000)
    expect(rig.sent.map(({ sending }) => [sending.attempt, sending.message.title])).toEqual([[1, 'MK4: print started'], [2, 'MK4: Druck gestartet']])
    expect(rig.sent[0]?.sending.deliveryKey).toBe(rig.sent[1]?.sending.deliveryKey)
    expect(rig.channels.closed).toEqual([])
  })

  it('of a destination that gets a language of its own follows from the next one on', async () => {
    const rig = await start({ settings: { ...SETTINGS, destinations: [HOOK] } })
    const says = await printing(rig)
    await rig.apply({ ...SETTINGS, destinations: [{ ...HOOK, language: 'fr' }] })
    await rig.clock.advance(60_000)
    says.done(LAMP)
    await rig.clock.advance(20_000)
    expect(titles(rig)).toEqual(['hook: MK4: print started', 'hook: MK4\u00a0: impression terminée'])
    expect(rig.channels.closed).toEqual([])
  })

  it('of a test is told in the language of its destination, the preview too', async () => {
    const rig = await start({ settings: { ...SETTINGS, language: 'de' } })
    await rig.engine.testDestination('phone')
    await rig.engine.testDestination('hook', { type: 'app.offline', printerId: null, last: false })
    expect(rig.sent.map(({ sending: { message } }) => [message.title, message.body])).toEqual([
      ['Printbell: mensaje de prueba', '«My phone» funciona: esto es una prueba.'],
      ['Printbell: kein Netzwerk', 'Das ist ein Test.'],
    ])
    expect(await rig.engine.previewTest('hook', { type: 'job.done', printerId: 'mk4', last: false })).toMatchObject({ title: 'MK4: Druck fertig', buttons: ['Anzeigen', 'Gesehen'] })
  })

  it('of a button asks and answers in the language of the destination where it was pressed', async () => {
    const rig = await start()
    const says = await printing(rig)
    const eventId = rig.sent[0]?.sending.message.event?.id ?? ''
    rig.sent.length = 0
    rig.press({ eventId, action: 'cancel', destinationId: 'phone' })
    await rig.clock.advance(0)
    expect(titles(rig)).toEqual(['phone: MK4: ¿cancelar la impresión?'])
    says.done(LAMP)
    await rig.clock.advance(20_000)
    rig.sent.length = 0
    for (const destinationId of ['phone', 'hook']) rig.press({ eventId, action: 'pause', destinationId })
    await rig.clock.advance(0)
    expect(rig.sent.map(({ sending: { message } }) => `${message.title} / ${message.body}`).sort()).toEqual([
      'MK4: no se hizo nada / Ya no corresponde al estado de la impresora. No se ha cambiado nada.',
      'MK4: nothing done / Nothing to pause, the print is done.',
    ])
  })
})

describe('a language that is not known', () => {
  const problem = (settings: object): string => {
    try {
      loadSettings(JSON.stringify({ version: 1, ...settings }), { path: null })
    } catch (error) {
      return (error as Error).message
    }
    return 'no problem'
  }

  it('is an error that names those there are', () => {
    expect(problem({ language: 'klingon' })).toContain('language: is none of the possible values. Use "system" or "en" or "de" or "fr" or "es".')
    expect(problem({ destinations: [{ ...HOOK, language: 'system' }] })).toContain('destinations[0].language: is none of the possible values. Use "en" or "de" or "fr" or "es".')
    expect(problem({ language: 'fr', destinations: [{ ...HOOK, language: 'de' }] })).toBe('no problem')
  })
})
