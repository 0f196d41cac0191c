import { describe, expect, it } from 'vitest'
import { collect, describeOutcome, lastLine, readSkip, sum, unexpectedSkips } from './test-results.mjs'

const run = { root: '/home/me/printbell', status: 0, log: '', name: 'unit' }
const file = (assertionResults, more = {}) => ({ name: '/home/me/printbell/test/a.test.ts', status: 'passed', assertionResults, ...more })

describe('what a test run came to', () => {
  it('counts what passed, failed and was skipped by name', () => {
    const report = {
      testResults: [
        file(
          [
            { fullName: 'sums adds', status: 'passed' },
            { fullName: 'sums carries', status: 'failed', failureMessages: ['AssertionError: 1 is not 2\n    at /home/me/printbell/test/a.test.ts:3:1\n    at run (/home/me/printbell/node_modules/vitest/x.js:1:1)'] },
            { fullName: 'real OctoPrint (skipped: no C compiler) boots', status: 'skipped' },
          ],
          { status: 'failed' },
        ),
      ],
    }
    expect(collect(report, { ...run, status: 1 })).toEqual({
      passed: 1,
      failures: [{ title: 'sums carries', file: 'test/a.test.ts', message: 'AssertionError: 1 is not 2\n    at /home/me/printbell/test/a.test.ts:3:1' }],
      skips: [{ title: 'real OctoPrint boots', reason: 'no C compiler' }],
    })
  })

  it('counts a file that did not load as failed', () => {
    const { failures } = collect({ testResults: [file([], { status: 'failed', message: 'Cannot find module x' })] }, { ...run, status: 1 })
    expect(failures).toEqual([{ title: 'test/a.test.ts could not be run', file: 'test/a.test.ts', message: 'Cannot find module x' }])
  })

  it('counts tests that did not run behind a failed beforeAll as failed, not as skipped', () => {
    const report = { testResults: [file([{ fullName: 'sums adds', status: 'skipped' }], { status: 'failed' })] }
    const { failures, skips } = collect(report, { ...run, status: 1, log: 'beforeAll: port in use' })
    expect(failures.map((failure) => failure.title)).toEqual(['test/a.test.ts could not be run', 'sums adds'])
    expect(failures[0].message).toBe('beforeAll: port in use')
    expect(skips).toEqual([])
  })

  it('counts a failing run as failed although every test passed', () => {
    const report = { testResults: [file([{ fullName: 'sums adds', status: 'passed' }])] }
    expect(lastLine(collect(report, { ...run, status: 1, log: 'Unhandled Rejection: boom' }))).toBe('1 passed, 1 failed, 0 skipped')
  })

  it('counts a run without a report as failed', () => {
    expect(lastLine(collect(null, { ...run, status: 137, log: 'out of memory' }))).toBe('0 passed, 1 failed, 0 skipped')
  })

  it('keeps a skip without a reason visible', () => {
    expect(collect({ testResults: [file([{ fullName: 'sums adds', status: 'skipped' }])] }, run).skips).toEqual([{ title: 'sums adds', reason: null }])
  })

  it('reads a reason with parentheses in it', () => {
    expect(readSkip('real daemon (skipped: no display (Xvfb)) shows a toast')).toEqual({ title: 'real daemon shows a toast', reason: 'no display (Xvfb)' })
  })

  it('tells failures and skips, and ends with the line that others read', () => {
    const outcome = sum([{ passed: 2, failures: [], skips: [] }, { passed: 1, failures: [{ title: 'x breaks', file: 'a.test.ts', message: 'why\nwhere' }], skips: [{ title: 'y', reason: 'no z' }] }])
    expect(describeOutcome(outcome).split('\n')).toEqual(['', 'FAILED  x breaks', '        a.test.ts', '        why', '        where', '', 'SKIPPED y: no z', '', '3 passed, 1 failed, 1 skipped'])
  })
})

describe('the list of allowed skips', () => {
  const skips = [{ title: 'real OctoPrint boots', reason: 'no C compiler' }, { title: 'macOS toast', reason: 'not macOS' }]

  it('lets through what begins like one of its lines', () => {
    expect(unexpectedSkips(skips, '# a comment\n\nmacOS toast: not macOS\n')).toEqual(['real OctoPrint boots: no C compiler'])
  })
  it('lets nothing through when it is empty', () => {
    expect(unexpectedSkips(skips, '# nothing\n')).toHaveLength(2)
  })
})
