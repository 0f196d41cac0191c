/**
 * node scripts/make-icons.mjs: the app's icon in every size and form that a system asks for, from the two drawings resources/icons/app-icon.svg and
 * app-icon-16.svg (which leaves out what 24 pixels can't show); and the tray's first pictures. What it makes is committed; a test draws it again and compares.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Resvg } from '@resvg/resvg-js'
import { runnerImport } from 'vite'
import { icnsOf, icoOf } from './lib/icon-files.mjs'
import { root } from './lib/paths.mjs'

const folder = join(root, 'resources/icons')
/** Up to this edge the plain drawing is the clearer one. px */
const PLAIN_UP_TO = 24
/** Linux desktops look for these (hicolor theme); electron-builder takes the folder as it is. px */
const LINUX = [16, 24, 32, 48, 64, 128, 256, 512]
const WINDOWS = [16, 24, 32, 48, 64, 128, 256]
/** Each with its type in an .icns file; "2x" ones are the same picture for a denser screen. */
const MAC = [['icp4', 16], ['icp5', 32], ['ic07', 128], ['ic08', 256], ['ic09', 512], ['ic10', 1024], ['ic11', 32], ['ic12', 64], ['ic13', 256], ['ic14', 512]]

/** @param {number} edge px @returns {Buffer} a PNG */
function draw(edge) {
  const drawing = readFileSync(join(folder, edge <= PLAIN_UP_TO ? 'app-icon-16.svg' : 'app-icon.svg'), 'utf8')
  return new Resvg(drawing, { fitTo: { mode: 'width', value: edge }, font: { loadSystemFonts: false } }).render().asPng()
}

/** What the tray of a Linux desktop begins with, as electron/desktop/tray paints it. @returns {Promise<Map<string, Buffer>>} by the path within resources/icons */
export async function paintTray() {
  const [{ module: painter }, { module: png }] = await Promise.all(['painter', 'png'].map((name) => runnerImport(join(root, `electron/desktop/tray/${name}.ts`))))
  return new Map(['idle', 'offline'].flatMap((state) => ['light', 'dark'].map((theme) => [`tray/${state}-${theme}.png`, png.encodePng(painter.paint({ state, percent: 0, unseen: false }, theme, 48, true))])))
}

/** @returns {Map<string, Buffer>} by the path within resources/icons */
export function drawAll() {
  const drawn = new Map()
  const of = (edge) => drawn.get(edge) ?? drawn.set(edge, draw(edge)).get(edge)
  return new Map([
    ...LINUX.map((edge) => [`app/${edge}x${edge}.png`, of(edge)]),
    ['app-icon.png', of(256)],
    ['app.ico', icoOf(WINDOWS.map((edge) => ({ edge, png: of(edge) })))],
    ['app.icns', icnsOf(MAC.map(([type, edge]) => ({ type, png: of(edge) })))],
  ])
}

if (process.argv[1] === import.meta.filename) {
  for (const [path, bytes] of [...drawAll(), ...(await paintTray())]) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), bytes)
    process.stdout.write(`resources/icons/${path}: ${bytes.length} bytes\n`)
  }
}
