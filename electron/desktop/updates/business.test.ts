import { expect, it } from 'vitest'
import { desktopLanguage, ENGLISH_DESKTOP } from '../languages/index.ts'
import { businessOf, type Business } from './business.ts'

const card = (name: string, state: 'needs' | 'printing' | 'error' | 'idle' | 'offline') => ({ name, state })

const english = (business: Business): string[] => businessOf(business, ENGLISH_DESKTOP)

it('lets Printbell end while printers print, fail or rest', () => {
  expect(english({ cards: [card('A', 'printing'), card('B', 'error'), card('C', 'idle'), card('D', 'offline')], sending: 0, backup: false })).toEqual([])
})

it('names who needs you, what is sent and what is saved', () => {
  expect(english({ cards: [card('MK4\nleft', 'needs'), card('B', 'idle')], sending: 1, backup: true })).toEqual(['MK4 left needs you.', 'A message is being sent.', 'A backup or restore is under way.'])
  expect(english({ cards: [], sending: 3, backup: false })).toEqual(['3 messages are being sent.'])
})

it('names five of many', () => {
  const said = (count: number): string[] => english({ cards: Array.from({ length: count }, (_, n) => card(`P${n}`, 'needs')), sending: 0, backup: false })
  expect(said(5)).toHaveLength(5)
  expect(said(6).slice(5)).toEqual(['1 more printer needs you.'])
  expect(said(200).slice(4)).toEqual(['P4 needs you.', '195 more printers need you.'])
})

it('says it in the language of the window', () => {
  const all: Business = { cards: Array.from({ length: 7 }, (_, n) => card(`P${n}`, 'needs')), sending: 2, backup: true }
  expect(businessOf(all, desktopLanguage({ code: 'de', locale: 'de' })).slice(4)).toEqual(['P4 braucht Sie.', '2 weitere Drucker brauchen Sie.', '2 Nachrichten werden gerade gesendet.', 'Eine Sicherung oder Wiederherstellung läuft.'])
  expect(businessOf({ ...all, sending: 1 }, desktopLanguage({ code: 'fr', locale: 'fr' })).slice(5)).toEqual(['2 autres imprimantes ont besoin de vous.', 'Un message est en cours d’envoi.', 'Une sauvegarde ou une restauration est en cours.'])
  expect(businessOf({ ...all, cards: all.cards.slice(1) }, desktopLanguage({ code: 'es', locale: 'es' })).slice(5)).toEqual(['1 impresora más le necesita.', 'Se están enviando 2 mensajes.', 'Hay una copia de seguridad o una restauración en curso.'])
})
