/** The window in other languages: it changes at once, by keyboard alone, and nothing sticks out of its smallest size. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LanguageCode } from '../../electron/bridge/views/common.ts'
import { go, keyboardOf, PAGES, push, resize, settled, sticksOut } from './driving.ts'
import type { Harness } from './harness.ts'
import { onDesktop } from './on-desktop.ts'

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

  describe.each<LanguageCode>(['de', 'fr', 'es'])('in %s', (language) => {
    beforeAll(async () => {
      harness = await openWindow({ language })
    })
    afterAll(async () => {
      await harness?.close()
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
