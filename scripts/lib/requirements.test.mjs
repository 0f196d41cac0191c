import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { problems, readTable, readTitles } from './requirements.mjs'

const row = (id, status = 'later: rules', titles = []) => ({ id, status, titles })
const all = () => Array.from({ length: 70 }, (_, i) => row(`R${String(i + 1).padStart(2, '0')}`))

describe('the table of requirements', () => {
  it('is read out of a page with other text', () => {
    const page = '# Requirements\n\n| # | meaning | status | tests |\n|---|---|---|---|\n| R01 | one \\| two | done | `R01: a`<br>`R01: b` |\n| R02 | x | later: rules | |\nR03 is later.\n'
    expect(readTable(page)).toEqual([{ id: 'R01', status: 'done', titles: ['R01: a', 'R01: b'] }, { id: 'R02', status: 'later: rules', titles: [] }])
  })

  it('is fine with one row each and nothing done', () => {
    expect(problems(all(), [], [])).toEqual([])
  })

  it('misses a row, and sees a doubled one', () => {
    const rows = [...all().filter(({ id }) => id !== 'R33'), row('R34')]
    expect(problems(rows, [], [])).toEqual(['R33: has 0 rows in docs/requirements.md, must have one', 'R34: has 2 rows in docs/requirements.md, must have one'])
  })

  it('wants a test for what is done, and one that exists', () => {
    const rows = all()
    rows[0] = row('R01', 'done')
    rows[1] = row('R02', 'done', ['R02: there', 'R02: gone'])
    rows[2] = row('R03', 'done', ['R03:'])
    rows[3] = row('R04', 'done', ['R04:'])
    expect(problems(rows, ['R02: there', 'R03: something'], [])).toEqual(['R01: is done but names no test', 'R02: no test is called "R02: gone"', 'R04: no test is called "R04:"'])
  })

  it('refuses a status of no known form, and a built row that falls back', () => {
    const rows = all()
    rows[0] = row('R01', 'soon')
    expect(problems(rows, [], ['R02'])).toEqual(['R01: status "soon" must be "done", "later: topic" or "not applicable: what there is instead"', 'R02: was built and may not become "later: rules"'])
  })
})

describe('the titles in a test file', () => {
  it('are found in every form that runs', () => {
    const source = [
      "describe('suite', () => {",
      "  it('R01: plain', () => {})",
      "  it.each([1])('R02: table %d', () => {})",
      '  test.skipIf(x)(`R03: real${why} thing`, () => {})',
      "  it.concurrent('R04: \\'quoted\\'', () => {})",
      '})',
    ].join('\n')
    expect(readTitles(ts, 'a.test.ts', source)).toEqual(['suite', 'R01: plain', 'R02: table %d', 'R03: real… thing', "R04: 'quoted'"])
  })

  it('are not found in comments, strings, and tests that never run', () => {
    const source = "// it('R01: comment')\nconst s = \"it('R02: text')\"\nit.skip('R03: skipped', () => {})\nit.todo('R04: planned')\nsplit('R05: other')"
    expect(readTitles(ts, 'a.test.ts', source)).toEqual([])
  })
})
