import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const LEAN = fileURLToPath(new URL('./lean.mjs', import.meta.url))

/** In a process of its own: V8's flags stay for its life. */
function inNode(code) {
  return execFileSync(process.execPath, ['--input-type=module', '--eval', `const { importLean } = await import(${JSON.stringify(LEAN)}); ${code}`], { encoding: 'utf8' })
}
const asModule = (code) => JSON.stringify(`data:text/javascript,${encodeURIComponent(code)}`)

describe('a lean start', () => {
  it('hides the classes of fetch while a bundle loads and brings them back', () => {
    const found = inNode(`const { seen } = await importLean(${asModule('export const seen = typeof FormData + typeof Response')}); process.stdout.write(seen + ' ' + typeof FormData + typeof Response)`)
    expect(found).toBe('undefinedundefined functionfunction')
  })

  it('brings them back when the bundle is broken', () => {
    const found = inNode(`const why = await importLean(${asModule("throw new Error('broken')")}).catch((error) => error.message); process.stdout.write(why + ' ' + typeof Request)`)
    expect(found).toBe('broken function')
  })
})
