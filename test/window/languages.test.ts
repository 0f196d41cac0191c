/** The window in other languages: it changes at once, by keyboard alone, and nothing sticks out of its smallest size. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LanguageCode } from '../../electron/bridge/views/common.ts'
import { go, keyboardOf, PAGES, push, resize, settled, sticksOut } from './driving.ts'
import type { Harness } from './harness.ts'
import { onDesktop } from './on-desktop.ts'

/** What is shown of the newest event and of the last print. */
interface Told {
  /** Why the one that a silence mutes was not told: stage by stage. */
  stages: string[]
  /** The button that asks, and what becomes of the destinations. */
  ask: string
  summary: string
}
const TOLD: Readonly<Record<Exclude<LanguageCode, 'en'>, Told>> = {
  de: {
    stages: ['Auswahl: „Filament zu Ende“ ist an', 'Kanal: „Night nurse“ kann es übermitteln', 'Stumm: „New nozzles“ schaltet es stumm, im Fenster gesetzt'], ask: 'Herausfinden',
    summary: '6 Ziele: 1 bekam es, 1 soll es noch bekommen, 2 sollten es bekommen und bekamen es nicht, 2 erfuhren nichts davon.',
  },
  fr: {
    stages: ['Choix: «\u202fFilament épuisé\u202f» est activé', 'Canal: «\u202fNight nurse\u202f» peut le transmettre', 'Silences: Le silence «\u202fNew nozzles\u202f» le rend muet, créé dans la fenêtre'], ask: 'Chercher',
    summary: 'Sur 6 destinations, 1 l’a reçu, 1 doit encore le recevoir, 2 devaient le recevoir et ne l’ont pas reçu, 2 n’en ont rien appris.',
  },
  es: {
    stages: ['Elección: «Filamento agotado» está activado', 'Canal: «Night nurse» puede transmitirlo', 'Silencios: El silencio «New nozzles» lo calla, hecho en la ventana'], ask: 'Averiguar',
    summary: 'De 6 destinos, 1 lo recibió, 1 aún lo ha de recibir, 2 debían recibirlo y no lo recibieron, 2 no se enteraron.',
  },
}

onDesktop('languages of the window', (openWindow) => {
  let harness: Harness

  describe('a window that is open', () => {
    beforeAll(async () => {
      harness = await openWindow({ path: '/settings/appearance' })
    })
    afterAll(async () => {
      await harness?.close()
    })
    const heading = (): Promise<string> => harness.page.locator('main h1').first().innerText()
    const nav = (): Promise<string> => harness.page.locator('nav').first().innerText()

    it('speaks the language that is chosen at once, page, nav and field', async () => {
      expect([await heading(), await harness.page.locator('html').getAttribute('lang')]).toEqual(['Settings', 'en'])
      const keyboard = keyboardOf(() => harness)
      await keyboard.tabTo('As the system')
      // Down from "As the system" past English.
      for (const key of ['ArrowDown', 'ArrowDown']) await keyboard.press(key)
      await harness.page.waitForFunction(() => document.documentElement.lang === 'de')
      await settled(harness)
      expect(await heading()).toBe('Einstellungen')
      expect(await nav()).toMatch(/Drucker[^]*Verlauf[^]*Ziele[^]*Regeln/)
      await go(harness, '/settings/storage')
      // A field that its kind brings with English words.
      expect(await harness.page.locator('main').innerText()).toContain('Ereignisse behalten für')
    })

    it.each<[LanguageCode, string, string]>([['fr', 'Historique', 'Gravité'], ['es', 'Historial', 'Gravedad'], ['en', 'History', 'Severity']])('follows the main process into %s', async (code, title) => {
      await go(harness, '/history')
      await push(harness, 'language.changed', { code, locale: code })
      await harness.page.waitForFunction((lang) => document.documentElement.lang === lang, code)
      await settled(harness)
      expect(await heading()).toBe(title)
    })

    it('writes times as the locale does', async () => {
      await go(harness, '/printers')
      const clocks = async (locale: string): Promise<string[]> => {
        await push(harness, 'language.changed', { code: 'en', locale })
        await settled(harness)
        return [...(await harness.page.locator('main').innerText()).matchAll(/\b\d{1,2}:\d{2}(?:\s?[AP]M)?/g)].map(([clock]) => clock)
      }
      expect((await clocks('en-US')).every((clock) => /^\d{1,2}:\d{2}\s[AP]M$/.test(clock))).toBe(true)
      expect((await clocks('en-GB')).every((clock) => /^\d{2}:\d{2}$/.test(clock))).toBe(true)
    })
  })

  describe.each(['de', 'fr', 'es'] as const)('in %s', (language) => {
    beforeAll(async () => {
      harness = await openWindow({ language })
    })
    afterAll(async () => {
      await harness?.close()
    })

    it('it is told why an event did not go somewhere, stage by stage', async () => {
      await go(harness, '/history/newest')
      await harness.page.locator('.delivery', { hasText: 'Night nurse' }).click()
      const lines = harness.page.locator('#why .trace li')
      await lines.last().waitFor()
      expect(await lines.evaluateAll((all) => all.map((line) => [...line.querySelectorAll('span')].map((part) => part.textContent).join(': ')))).toEqual(TOLD[language].stages)
    })

    it('it is answered why something was not heard', async () => {
      await go(harness, '/history/~why')
      await harness.page.locator('main button', { hasText: TOLD[language].ask }).click()
      const answer = harness.page.getByText(TOLD[language].summary)
      await answer.waitFor()
      expect(await answer.count()).toBe(1)
    })

    it.each([[720, 480, 1], [1120, 740, 2], [1120, 740, 1]] as const)('nothing sticks out at %ix%i, zoom %i', async (width, height, zoom) => {
      await resize(harness, width, height, zoom)
      const out: string[] = []
      for (const path of PAGES) {
        await go(harness, path)
        out.push(...(await harness.page.evaluate(sticksOut)).map((what) => `${path}: ${what}`))
        if (process.env.SHOTS && zoom === 1) await harness.page.screenshot({ path: `${process.env.SHOTS}/${language}-${width}-${path.slice(1).replaceAll('/', '_')}.png` })
      }
      expect(out).toEqual([])
    })
  })
})
