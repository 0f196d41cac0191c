import { RuleTester } from 'eslint'
import tseslint from 'typescript-eslint'
import { describe, it } from 'vitest'
import { noSilentSkip } from './no-silent-skip.mjs'

RuleTester.describe = describe
RuleTester.it = it

const at = (code, messageId) => ({ code, errors: [{ messageId }] })

new RuleTester({ languageOptions: { parser: tseslint.parser } }).run('no-silent-skip', noSilentSkip, {
  valid: [
    "it('adds', () => {})",
    "it.each([1])('adds %d', () => {})",
    "describe.skipIf(!x.ok)(`real OctoPrint${x.ok ? '' : ` (skipped: ${x.reason})`}`, () => {})",
    "it.skip('adds (skipped: needs a display)', () => {})",
    "const because = reason === null ? '' : ` (skipped: ${reason})`\ndescribe.skipIf(reason !== null)(`real OctoPrint${because}`, () => {})",
    'stream.skip()',
  ],
  invalid: [
    at("it.only('adds', () => {})", 'only'),
    at("describe.only('sums', () => {})", 'only'),
    at("it.skip('adds', () => {})", 'reason'),
    at("it.todo('adds')", 'reason'),
    at("const because = 'why not'\nit.skip(`adds${because}`, () => {})", 'reason'),
    at("import { because } from './x.mjs'\nit.skip(`adds${because}`, () => {})", 'reason'),
    at("it.skipIf(windows)('adds', () => {})", 'reason'),
    at("it.concurrent.skipIf(windows)('adds', () => {})", 'reason'),
    at("describe.runIf(linux)('sums', () => {})", 'reason'),
    at("it('adds', (ctx) => { ctx.skip('no daemon') })", 'inside'),
  ],
})
