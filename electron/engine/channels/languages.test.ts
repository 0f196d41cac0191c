/** What channels add to a message in our words is said in the language of the message. */
import { describe, expect, test } from 'vitest'
import { anEvent, LAMP, NOON } from '../../../test/support/rule-fixtures.ts'
import type { LanguageCode } from '../delivery/languages/codes.ts'
import { languageOf } from '../delivery/languages/language.ts'
import type { Message } from '../delivery/message.ts'
import { render, renderCancelQuestion } from '../delivery/render.ts'
import type { PrinterCapabilities, PrinterEvent } from '../events/model.ts'
import { bodyWithChoices, titleWithPercent, toToast } from './desktop/toast.ts'
import { discordMessage } from './discord/embed.ts'
import { textOf } from './email/letter.ts'
import { htmlOf } from './email/template.ts'
import { discoveryOf } from './mqtt/discovery.ts'
import { topicsOf } from './mqtt/topics.ts'
import { smsOf } from './sms-mail/text.ts'
import { speakersOf } from './sound/players.ts'

const ALL: PrinterCapabilities = { pause: true, resume: true, cancel: true, gcode: true, answer: true, snapshot: true }
const told = (code: LanguageCode, type: PrinterEvent['type'], over: Partial<PrinterEvent> = {}): Message =>
  render(anEvent(type, { printerName: 'MK4', ...over }), { now: NOON, capabilities: ALL, timeZone: 'UTC', language: languageOf(code) })

describe('a toast', () => {
  test.each<[LanguageCode, string, string, string]>([
    ['en', 'MK4: takes longer, 62 %', 'In Printbell: Pause, Cancel print…, Mute 1 h', 'Open'],
    ['de', 'MK4: dauert länger, 62\u00a0%', 'In Printbell möglich: Pausieren, Druck abbrechen…, 1 h stumm', 'Öffnen'],
    ['fr', 'MK4\u00a0: prend plus de temps, 62\u00a0%', 'Dans Printbell\u00a0: Mettre en pause, Annuler…, Silence 1 h', 'Ouvrir'],
    ['es', 'MK4: tarda más, 62\u00a0%', 'En Printbell: Pausar, Cancelar…, Silenciar 1 h', 'Abrir'],
  ])('says in %s what a system shows no bar and no buttons for', (code, title, choices, open) => {
    // Without its body, which tells the percent already.
    const toast = toToast({ ...told(code, 'job.eta_slipped', { job: LAMP, progress: 0.62 }), body: '' }, null)
    expect([titleWithPercent(toast), bodyWithChoices(toast), toast.defaultAction.label]).toEqual([title, choices, open])
  })

  test('with its percentage in the text does not say it twice, whatever space stands in it', () => {
    const toast = toToast(told('de', 'job.progress', { job: LAMP, progress: 0.5 }), null)
    expect(titleWithPercent(toast)).toBe('MK4: 50\u00a0% gedruckt')
  })

  test('in English has no language: it is what it always was', () => {
    expect(toToast(told('en', 'job.done'), null)).not.toHaveProperty('language')
    expect(told('en', 'job.done')).not.toHaveProperty('language')
  })
})

describe('a mail', () => {
  test('is German throughout', () => {
    const message = told('de', 'job.progress', { job: LAMP, progress: 0.62, remaining: 5_400, layer: 12, heater: { name: 'bed', actual: 59.6, target: 60 } })
    expect(textOf({ message, label: 'Werkstatt' })).toBe([
      'MK4: 62\u00a0% gedruckt', 'lamp-vase, 1\u00a0h\u00a030\u00a0min', '',
      'Drucker: MK4', 'Datei: lamp-vase.gcode', 'Fortschritt: 62\u00a0%', 'Restzeit: 1\u00a0h\u00a030\u00a0min', 'Schicht: 12', 'Temperatur: 60\u00a0°C, Ziel 60\u00a0°C', '',
      '-- ', 'Von Printbell an „Werkstatt“ gesendet. Abstellen: in Printbell unter „Ziele“ den Eintrag „Werkstatt“ ausschalten.', '',
    ].join('\n'))
  })

  test('is French throughout, and says where to answer', () => {
    const message = told('fr', 'attention.user_input', { attention: { key: 'p', kind: 'user_input', text: 'Is the bed clean?', choices: ['Yes', 'No'], since: NOON } })
    expect(textOf({ message, label: 'Atelier' })).toBe([
      'MK4\u00a0: attend une réponse', "Is the bed clean? Répondre ici ou sur l'imprimante.", '',
      'Imprimante\u00a0: MK4', 'Choix proposés\u00a0: Yes, No', '',
      "Répondre dans Printbell ou sur l'imprimante\u00a0: un e-mail n'a pas de boutons.", '',
      '-- ', 'Envoyé par Printbell à «\u00a0Atelier\u00a0». Pour ne plus recevoir ces e-mails\u00a0: dans Printbell, ouvrir Destinations, «\u00a0Atelier\u00a0», et désactiver.', '',
    ].join('\n'))
  })

  test.each<[LanguageCode, string, string, string]>([
    ['en', 'Needs you', 'Critical', 'Picture of MK4'],
    ['de', 'Hilfe nötig', 'Kritisch', 'Bild von MK4'],
    ['fr', 'Aide requise', 'Critique', 'Image de MK4'],
    ['es', 'Necesita ayuda', 'Crítico', 'Imagen de MK4'],
  ])('in %s names its language, what it is about, and the picture', (code, needs, critical, picture) => {
    const html = (message: Message): string => htmlOf({ message, label: 'L' }, 'c')
    expect(html(told(code, 'attention.door', { severity: 'warning' }))).toContain(`&nbsp; ${needs}</div>`)
    const failed = html(told(code, 'job.failed', { severity: 'critical' }))
    expect(failed).toContain(`<html lang="${code}">`)
    expect(failed).toContain(`&nbsp; ${critical}</div>`)
    expect(failed).toContain(`alt="${picture}"`)
  })

  test('in Spanish asks where to answer a question', () => {
    const message = renderCancelQuestion(anEvent('job.paused', { printerName: 'MK4', job: LAMP }), 0.47, languageOf('es'))
    expect(textOf({ message, label: 'Taller' })).toContain('\nResponder en Printbell o en la impresora: un correo no tiene botones.\n')
  })
})

test('an SMS needs no second message for a space that never breaks', () => {
  expect(smsOf(told('fr', 'job.progress', { job: LAMP, progress: 0.5, remaining: 3_600 }), '')).toBe('MK4 : impression à 50 %. lamp-vase, 1 h')
})

test('what is said of a picture is said in the language of the message', () => {
  expect(discordMessage(told('de', 'job.done'), { picture: true, silent: false }).attachments[0]?.description).toBe('Das Bild der Kamera')
})

test('entities in Home Assistant have names in the language of the destination, and the same ids', () => {
  const topics = topicsOf({ prefix: 'printbell', homeAssistantPrefix: 'homeassistant' })
  const named = (code: LanguageCode): string[] => Object.values(discoveryOf({ id: 'mk4', name: 'MK4', serverKind: 'octoprint' }, ['bed'], topics, { qos: 1, includePicture: true }, languageOf(code)).components).map(({ name }) => name)
  expect(named('de')).toEqual(['Druckstatus', 'Datei', 'Fortschritt', 'Restzeit', 'Endet um', 'Schicht', 'Temperatur bed', 'Zieltemperatur bed', 'Verbunden', 'Hilfe nötig', 'Störung', 'Bild', 'Ereignis'])
  const ids = (code: LanguageCode): string[] => Object.values(discoveryOf({ id: 'mk4', name: 'MK4', serverKind: 'octoprint' }, ['bed'], topics, { qos: 1, includePicture: true }, languageOf(code)).components).map(({ unique_id: id }) => id)
  expect(ids('de')).toEqual(ids('en'))
})

test('a voice is told the language of what it speaks, where it can be, and stays the chosen one for English', () => {
  const spoken = (language?: LanguageCode): (readonly string[])[] => speakersOf('linux').map((speaker) => speaker.speak('x', 0.5, language).argv)
  expect(spoken('de')).toEqual([['spd-say', '--wait', '--volume', '0', '--language', 'de', '--', 'x'], ['espeak-ng', '-a', '50', '-v', 'de', '--stdin']])
  expect(spoken()).toEqual([['spd-say', '--wait', '--volume', '0', '--', 'x'], ['espeak-ng', '-a', '50', '--stdin']])
})
