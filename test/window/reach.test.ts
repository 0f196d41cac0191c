/** The window for whoever has no mouse, wants no motion, has colours of their own, or very long names. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { go, keyboardOf, PAGES, resize, settled } from './driving.ts'
import type { Harness } from './harness.ts'
import { onDesktop } from './on-desktop.ts'

/** More than any page has. */
const TABS_AT_MOST = 400

onDesktop('reaching everything', (openWindow) => {
  let harness: Harness

  const { press, focus, tabTo } = keyboardOf(() => harness)

  describe('in state four', () => {
    beforeAll(async () => {
      harness = await openWindow({ state: 'four' })
    })
    afterAll(async () => {
      await harness?.close()
    })
    beforeEach(async () => {
      await go(harness, '/printers')
      await harness.page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
    })

    /** A press for each step; before a name: '@' it is reached by Tab, '>' and pressed with Enter. */
    it.each<[string, string[]]>([
      ['/printers', ['>Settings', '>Printers']],
      ['/printers/add', ['>Add printer']],
      ['/printers/mk4', ['>MK4 left bench']],
      ['/printers/mk4/settings', ['>MK4 left bench', '>What it notifies of']],
      ['/history', ['>History']],
      ['/history/01K00000000000000000001284', ['>History', '@Events, newest first', 'j', 'Enter']],
      ['/destinations', ['>Destinations']],
      ['/destinations/desk', ['>Destinations', '>Toast']],
      ['/destinations/~', ['>Destinations', '>Add destination']],
      ['/destinations/~webhook', ['>Destinations', '>Add destination', '>Webhook']],
      ['/destinations/~import', ['>Destinations', '>Import']],
      ['/destinations/~plugins', ['>Destinations', '>Plugins']],
      ['/rules', ['>Rules']],
      ['/rules/profiles/night', ['>Rules', '>Night']],
      ['/settings', ['>Settings']],
      ['/settings/general', ['>Settings', '>General']],
      ...(['Notifications', 'Appearance', 'Storage', 'Privacy', 'About'] as const).map((section): [string, string[]] => [`/settings/${section.toLowerCase()}`, ['>Settings', `>${section}`]]),
    ])('%s is reached by keyboard', async (path, steps) => {
      for (const step of steps) {
        if (/^[@>]/.test(step)) await tabTo(step.slice(1))
        if (!step.startsWith('@')) await press(step.startsWith('>') ? 'Enter' : step)
        await settled(harness)
      }
      await harness.page.waitForSelector(`main[data-path="${path}"]`)
      await harness.page.waitForSelector('main :is(h1, h2)')
    })

    it('a picture is enlarged by keyboard, and Escape leads back to where one was', async () => {
      await go(harness, '/printers/mk4')
      await tabTo('Show the picture large')
      await press('Enter')
      await harness.page.waitForSelector('[role=dialog] img')
      await press('Escape')
      await harness.page.waitForSelector('[role=dialog]', { state: 'detached' })
      expect(await focus()).toBe('Show the picture large')
      expect(harness.page.url()).toMatch(/#\/printers\/mk4$/)
    })

    it.each([['/printers/mk4', 'MK4 left bench'], ['/destinations/log', 'To Print log']])('"All in history" of %s shows nothing but that', async (path, chip) => {
      await go(harness, path)
      await tabTo('All in history')
      await press('Enter')
      await harness.page.waitForSelector('main[data-path="/history"]')
      await settled(harness)
      expect(await harness.page.$$eval('.chips .active, .chips .on', (chips) => chips.map((each) => (each as HTMLElement).innerText.trim()))).toEqual([chip])
    })

    it.each(PAGES)('what has the focus on %s is seen', async (path) => {
      await go(harness, path)
      const unseen: string[] = []
      const known = new Set<string>()
      let last = ''
      for (let presses = 0; presses < TABS_AT_MOST; presses++) {
        await press('Tab')
        const found = await harness.page.evaluate(focusedLook, last)
        if (found === null) continue
        last = found.which
        if (known.has(found.which)) break
        known.add(found.which)
        if (!found.seen) unseen.push(found.name)
      }
      expect(unseen).toEqual([])
      // Walked once round, and past something.
      expect(known.size).toBeGreaterThan(3)
      expect(known.size).toBeLessThan(TABS_AT_MOST / 2)
    })
  })

  describe('with motion reduced', () => {
    beforeAll(async () => {
      harness = await openWindow({ state: 'four' })
    })
    afterAll(async () => {
      await harness?.close()
    })
    afterEach(async () => {
      await harness.page.emulateMedia({ reducedMotion: null })
    })

    /** What would move, now or when something changes. */
    const moving = (): Promise<string[]> => harness.page.evaluate(() => {
      const styled = [...document.querySelectorAll<HTMLElement>('body *')].filter((element) => {
        const { animationName, animationDuration, transitionDuration } = getComputedStyle(element)
        return (animationName !== 'none' && parseFloat(animationDuration) > 0) || transitionDuration.split(',').some((each) => parseFloat(each) > 0)
      })
      return [...styled.map((element) => `${element.tagName.toLowerCase()}.${String(element.className)}`), ...document.getAnimations().map((animation) => `runs: ${animation.constructor.name}`)]
    })

    it('nothing moves on any page, nor a menu or a dialog that opens', async () => {
      await go(harness, '/printers')
      // Else this test would pass whatever the style says.
      expect(await moving()).not.toEqual([])
      await harness.page.emulateMedia({ reducedMotion: 'reduce' })
      const found: string[] = []
      for (const path of PAGES) {
        await go(harness, path)
        found.push(...(await moving()).map((what) => `${path}: ${what}`))
      }
      await go(harness, '/printers/voron')
      await harness.page.click('[aria-label="More about Voron 2.4"]')
      await harness.page.waitForSelector('[role=menu]')
      found.push(...(await moving()).map((what) => `a menu: ${what}`))
      await press('Escape')
      await harness.page.click('text=Cancel print…')
      await harness.page.waitForSelector('[role=dialog]')
      found.push(...(await moving()).map((what) => `a dialog: ${what}`))
      await press('Escape')
      expect(found).toEqual([])
    })
  })

  describe('with forced colours', () => {
    beforeAll(async () => {
      harness = await openWindow({ state: 'four' })
      await harness.page.emulateMedia({ forcedColors: 'active' })
    })
    afterAll(async () => {
      await harness?.close()
    })

    it('cards keep their edge, and states their icon and word', async () => {
      await go(harness, '/printers')
      const cards = await harness.page.$$eval('article', (all) => all.map((card) => {
        const { borderTopWidth, borderTopStyle } = getComputedStyle(card)
        const state = card.querySelector<HTMLElement>('.state')
        return { edge: `${borderTopWidth} ${borderTopStyle}`, word: state?.innerText.trim(), icon: (state?.querySelector('svg')?.getBoundingClientRect().width ?? 0) > 0 }
      }))
      expect(cards.map(({ word }) => word)).toEqual(['Needs you', 'Error', 'Printing', 'Idle'])
      expect(cards.map(({ edge }) => edge)).toEqual(['3px solid', '3px solid', '1px solid', '1px solid'])
      expect(cards.every(({ icon }) => icon)).toBe(true)
      // The place that is shown is told by more than its ground.
      expect(await harness.page.$$eval('nav .place', (places) => places.filter((place) => getComputedStyle(place).outlineStyle === 'solid').map((place) => place.getAttribute('aria-current')))).toEqual(['page'])
    })

    it('what can be pressed has an edge, what is on looks other than what is off, and the focus is seen', async () => {
      await go(harness, '/settings/general')
      const flat = await harness.page.$$eval('main .btn, main [role=switch], main select, main input', (all) => all.filter((element) => parseFloat(getComputedStyle(element).borderTopWidth) < 1 && parseFloat(getComputedStyle(element).outlineWidth) < 1).map((element) => element.outerHTML.slice(0, 120)))
      expect(flat).toEqual([])
      const looks = await harness.page.$$eval('[role=switch]', (all) => all.map((element) => ({ on: element.getAttribute('aria-checked'), ground: getComputedStyle(element).backgroundColor })))
      const grounds = (on: string): string[] => [...new Set(looks.filter((each) => each.on === on).map(({ ground }) => ground))]
      expect(grounds('true')).toHaveLength(1)
      expect(grounds('true')).not.toEqual(grounds('false'))
      await tabTo('Settings')
      expect(await harness.page.evaluate(() => getComputedStyle(document.activeElement as Element).outlineStyle)).toBe('solid')
    })
  })

  describe('in state long', () => {
    beforeAll(async () => {
      harness = await openWindow({ state: 'long' })
    })
    afterAll(async () => {
      await harness?.close()
    })

    it.each([[720, 480], [1120, 740]])('at %ix%i whatever is cut is told whole in its tooltip', async (width, height) => {
      await resize(harness, width, height)
      const lost: string[] = []
      let cut = 0
      for (const path of PAGES) {
        await go(harness, path)
        const found = await harness.page.evaluate(cutTexts)
        cut += found.cut
        lost.push(...found.lost.map((what) => `${path}: ${what}`))
      }
      expect(lost).toEqual([])
      expect(cut).toBeGreaterThan(5)
    })
  })
})

/** Whether what has the focus looks other than without it: itself, or what it stands in. Null = nothing has it. */
/** @param last the element that had the focus before: a field for a date has stops within itself, which a new focus would begin anew */
function focusedLook(last: string): { which: string; name: string; seen: boolean } | null {
  const at = document.activeElement
  if (!(at instanceof HTMLElement) || at === document.body) return null
  function look(): string {
    const chosen = document.getElementById(at?.getAttribute('aria-activedescendant') ?? '')
    const parts = chosen ? [getComputedStyle(chosen).boxShadow] : []
    for (let element: Element | null = at; element && parts.length < 6; element = element.parentElement) {
      const { boxShadow, outlineStyle, outlineWidth, outlineColor } = getComputedStyle(element)
      parts.push(`${boxShadow} ${outlineStyle === 'none' ? '' : `${outlineStyle} ${outlineWidth} ${outlineColor}`}`)
    }
    return parts.join('|')
  }
  // A place in the page is as good as a name: two buttons may be called alike.
  const all = [...document.querySelectorAll('*')]
  const which = String(all.indexOf(at))
  if (which === last) return null
  const focused = look()
  at.blur()
  const seen = look() !== focused
  // The real one is a keyboard's: so is this.
  at.focus({ focusVisible: true, preventScroll: true })
  return { which, name: `<${at.tagName.toLowerCase()} class="${at.className}"> ${at.getAttribute('aria-label') ?? at.textContent?.trim().slice(0, 40) ?? ''}`, seen }
}

/** Texts that don't fit, and those of them that no tooltip tells whole. */
function cutTexts(): { cut: number; lost: string[] } {
  const lost: string[] = []
  let cut = 0
  for (const element of document.querySelectorAll<HTMLElement>('nav *, main *')) {
    const { overflowX, overflowY } = getComputedStyle(element)
    if ((overflowX === 'visible' && overflowY === 'visible') || element.closest('.said, svg, textarea, input, select') || overflowY === 'auto' || overflowX === 'auto') continue
    const words = (element.textContent ?? '').trim()
    const holdsText = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim())
    const isCut = element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 2
    if (words === '' || !holdsText || !isCut || element.clientWidth === 0) continue
    cut += 1
    const told = element.closest('[title]')?.getAttribute('title') ?? ''
    if (!told.includes(words)) lost.push(`<${element.tagName.toLowerCase()} class="${element.className}"> "${words.slice(0, 60)}"`)
  }
  return { cut, lost: [...new Set(lost)] }
}
