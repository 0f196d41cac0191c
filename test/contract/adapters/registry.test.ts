import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { adapters } from '../../../electron/engine/printers/registry.ts'

test.each([...adapters.keys()])('the adapter %s has its suite on a bad line', (kind) => {
  const file = new URL(`${kind}.test.ts`, import.meta.url)
  expect(existsSync(file), `test/contract/adapters/${kind}.test.ts is missing`).toBe(true)
  expect(readFileSync(file, 'utf8')).toContain(`adapterSuite('${kind}'`)
})

test('every adapter has its page in docs/printers', () => {
  const missing = [...adapters.keys()].filter((kind) => !existsSync(new URL(`../../../docs/printers/${kind}.md`, import.meta.url)))
  expect(missing).toEqual([])
})
