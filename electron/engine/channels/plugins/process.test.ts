import { expect, test } from 'vitest'
import { flagsFor } from './process.ts'

const HEAP = '--max-old-space-size=128'

test.each([
  ['a Node of 2024', ['--experimental-permission', '--disable-warning'], [HEAP, '--disable-warning=ExperimentalWarning', '--experimental-permission', '--allow-fs-read=/tmp/p/']],
  ['a Node whose permissions are finished', ['--permission', '--experimental-permission'], [HEAP, '--permission', '--allow-fs-read=/tmp/p/']],
  ['a Node that guards the network too', ['--permission', '--allow-net'], [HEAP, '--permission', '--allow-fs-read=/tmp/p/', '--allow-net']],
  ['one that knows none of it', [], [HEAP]],
])('the fence of %s', (_what, known, expected) => {
  expect(flagsFor('/tmp/p', new Set(known))).toEqual(expected)
})
