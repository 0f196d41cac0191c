/**
 * Takes pictures of the window over made-up answers, for looking at:
 *   node scripts/window-shot.mjs --out FILE.png [--state four] [--path /printers] [--theme light] [--size 1120x740] [--scale 1] [--language de]
 *        [--click SELECTOR] [--press KEYS] [--wait SELECTOR] [--no-build]
 * Needs a display (xvfb-run -a ...) and ELECTRON_OVERRIDE_DIST_PATH or an installed Electron.
 */
import { parseArgs } from 'node:util'
import { createServer } from 'vite'
import { root } from './lib/paths.mjs'
import { buildHarness } from './lib/window-harness.mjs'

const { values } = parseArgs({ options: {
  out: { type: 'string' }, state: { type: 'string', default: 'four' }, path: { type: 'string', default: '/printers' }, theme: { type: 'string', default: 'light' },
  size: { type: 'string', default: '1120x740' }, scale: { type: 'string', default: '1' }, language: { type: 'string', default: 'en' }, click: { type: 'string', multiple: true, default: [] }, press: { type: 'string', multiple: true, default: [] },
  wait: { type: 'string' }, 'no-build': { type: 'boolean', default: false },
} })
if (!values.out) throw new Error('--out FILE.png is missing')

if (!values['no-build']) await buildHarness()
const loader = await createServer({ root, configFile: false, appType: 'custom', server: { middlewareMode: true, hmr: false, ws: false }, logLevel: 'error' })
try {
  const { openHarness } = await loader.ssrLoadModule('/test/window/harness.ts')
  const [width, height] = values.size.split('x').map(Number)
  const harness = await openHarness({ state: values.state, path: values.path, theme: values.theme, language: values.language, width, height, scale: Number(values.scale) })
  try {
    const { page } = harness
    page.on('console', (message) => { if (message.type() === 'error') process.stderr.write(`console: ${message.text()}\n`) })
    page.on('pageerror', (error) => process.stderr.write(`pageerror: ${error.stack ?? error.message}\n`))
    if (values.wait) await page.waitForSelector(values.wait)
    for (const selector of values.click) await page.click(selector)
    for (const keys of values.press) await page.keyboard.press(keys)
    // Pictures and fonts: what is shown must stand still.
    await page.evaluate(() => Promise.all([document.fonts.ready, ...[...document.images].map((image) => image.decode().catch(() => undefined))]))
    await page.waitForTimeout(400)
    await page.screenshot({ path: values.out })
    process.stdout.write(`${values.out}\n`)
  } finally {
    await harness.close()
  }
} finally {
  await loader.close()
}
