import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { drawAll, paintTray } from '../make-icons.mjs'
import { root } from './paths.mjs'

const folder = join(root, 'resources/icons')
const edgeOf = (png) => [png.subarray(1, 4).toString(), png.readUInt32BE(16), png.readUInt32BE(20)]

describe('the app icon', () => {
  it.each([...drawAll()])('%s is what its drawing makes (else run: node scripts/make-icons.mjs)', (path, bytes) => {
    expect(readFileSync(join(folder, path)).equals(bytes)).toBe(true)
  })

  it.each([16, 24, 32, 48, 64, 128, 256, 512])('has its size of %i px for Linux', (edge) => {
    expect(edgeOf(readFileSync(join(folder, `app/${edge}x${edge}.png`)))).toEqual(['PNG', edge, edge])
  })

  it('holds for Windows what its entries say', () => {
    const ico = readFileSync(join(folder, 'app.ico'))
    expect([ico.readUInt16LE(0), ico.readUInt16LE(2), ico.readUInt16LE(4)]).toEqual([0, 1, 7])
    const entries = [0, 1, 2, 3, 4, 5, 6].map((index) => {
      const entry = ico.subarray(6 + 16 * index)
      return [entry.readUInt8(0), edgeOf(ico.subarray(entry.readUInt32LE(12), entry.readUInt32LE(12) + entry.readUInt32LE(8)))]
    })
    expect(entries).toEqual([[16, ['PNG', 16, 16]], [24, ['PNG', 24, 24]], [32, ['PNG', 32, 32]], [48, ['PNG', 48, 48]], [64, ['PNG', 64, 64]], [128, ['PNG', 128, 128]], [0, ['PNG', 256, 256]]])
  })

  it('holds for macOS each type in the size that it stands for', () => {
    const icns = readFileSync(join(folder, 'app.icns'))
    expect([icns.toString('latin1', 0, 4), icns.readUInt32BE(4)]).toEqual(['icns', icns.length])
    const found = []
    for (let at = 8; at < icns.length; at += icns.readUInt32BE(at + 4)) found.push([icns.toString('latin1', at, at + 4), icns.readUInt32BE(at + 8 + 16)])
    expect(found).toEqual([['icp4', 16], ['icp5', 32], ['ic07', 128], ['ic08', 256], ['ic09', 512], ['ic10', 1024], ['ic11', 32], ['ic12', 64], ['ic13', 256], ['ic14', 512]])
  })
})

describe('the tray\'s first pictures', () => {
  it('are what the tray paints (else run: node scripts/make-icons.mjs)', async () => {
    const painted = [...(await paintTray())]
    expect(painted.map(([path]) => path)).toEqual(['tray/idle-light.png', 'tray/idle-dark.png', 'tray/offline-light.png', 'tray/offline-dark.png'])
    for (const [path, bytes] of painted) expect(readFileSync(join(folder, path)).equals(bytes), path).toBe(true)
  }, 60_000)
})
