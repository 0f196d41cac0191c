/** Every page at the sizes it is promised for, and at 200 % zoom: nothing sticks out, nothing is cut by chance. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { go, PAGES, resize, sticksOut } from './driving.ts'
import type { FixtureState } from './fixtures/index.ts'
import type { Harness } from './harness.ts'
import { onDesktop } from './on-desktop.ts'

type Size = readonly [width: number, height: number, zoom: number]
const SMALL: Size = [720, 480, 1]
const ZOOMED: Size = [1120, 740, 2]
const ALL: readonly Size[] = [SMALL, ZOOMED, [1440, 900, 1], [3840, 2160, 1]]
/** Pages that look different with 200 printers. */
const LISTS = ['/welcome', '/printers', '/printers/add', '/printers/mk4', '/history', '/destinations/log'] as const
/** Themes have the same layout. A state that shows little, or little of its own, is tried only where that can matter. */
const SIZES: readonly (readonly [FixtureState, readonly Size[], readonly string[]])[] = [
  ['four', ALL, PAGES], ['long', ALL, PAGES], ['trouble', ALL, PAGES], ['two-hundred', ALL, LISTS], ['empty', [SMALL, ZOOMED], PAGES], ['loading', [ZOOMED], PAGES], ['broken', [SMALL, ZOOMED], PAGES],
]

onDesktop('sizes of the window', (openWindow) => {
  describe.each(SIZES)('in state %s', (state, sizes, pages) => {
    let harness: Harness
    beforeAll(async () => {
      harness = await openWindow({ state })
    })
    afterAll(async () => {
      await harness?.close()
    })

    it.each(sizes)('nothing sticks out at %ix%i, zoom %i', async (width, height, zoom) => {
      await resize(harness, width, height, zoom)
      const out: string[] = []
      for (const path of pages) {
        await go(harness, path)
        out.push(...(await harness.page.evaluate(sticksOut)).map((what) => `${path}: ${what}`))
      }
      expect(out).toEqual([])
    })
  })
})
