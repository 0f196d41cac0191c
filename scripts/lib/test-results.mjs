/** What a test run came to: read from vitest's JSON report, summed up, told. */

/**
 * @typedef {{ title: string, file: string, message: string }} Failure
 * @typedef {{ title: string, reason: string | null }} Skip
 * @typedef {{ passed: number, failures: Failure[], skips: Skip[] }} Outcome
 */

/** The reason in a title, "real OctoPrint (skipped: no compiler (gcc)) boots": parentheses inside a reason may nest once. */
const REASON = /\(skipped: ((?:[^()]|\([^()]*\))*)\)/

/**
 * @param {string} fullName suite and test titles in one
 * @returns {Skip}
 */
export function readSkip(fullName) {
  const match = REASON.exec(fullName)
  if (!match) return { title: fullName, reason: null }
  return { title: fullName.replace(REASON, '').replace(/\s+/g, ' ').trim(), reason: match[1].trim() }
}

/** A failure's text without the frames of the test runner itself. */
function readable(message) {
  // vitest loses the text of a test that ran out of time: its report has the place only.
  const text = message.replace('Error: STACK_TRACE_ERROR', 'The test ran out of time (or vitest kept its message for the log in test-results/).')
  return text.split('\n').filter((line) => !/^\s+at .*node_modules/.test(line)).join('\n').trimEnd()
}

/**
 * @param {{ testResults?: { name: string, status: string, message?: string, assertionResults: { fullName: string, status: string, failureMessages?: string[] }[] }[] } | null} report
 *   vitest's JSON report; null when it wrote none
 * @param {{ root: string, status: number | null, log: string, name: string }} run the run's exit status, and its output for failures that no test has
 * @returns {Outcome}
 */
export function collect(report, { root, status, log, name }) {
  const outcome = { passed: 0, failures: [], skips: [] }
  for (const file of report?.testResults ?? []) {
    const path = file.name.replace(root, '').replace(/^[\\/]/, '')
    const before = outcome.failures.length
    const notRun = []
    for (const test of file.assertionResults) {
      if (test.status === 'passed') outcome.passed += 1
      else if (test.status === 'failed') outcome.failures.push({ title: test.fullName, file: path, message: readable((test.failureMessages ?? []).join('\n')) })
      else {
        const skip = readSkip(test.fullName)
        if (skip.reason === null) notRun.push(skip)
        else outcome.skips.push(skip)
      }
    }
    if (file.status !== 'failed') outcome.skips.push(...notRun)
    else {
      // The file did not load, or a beforeAll failed: no test of it says so. What did not run because of it counts as failed.
      if (outcome.failures.length === before) outcome.failures.push({ title: `${path} could not be run`, file: path, message: readable(file.message || log.slice(-4_000)) })
      for (const { title } of notRun) outcome.failures.push({ title, file: path, message: 'did not run, because its file or suite failed' })
    }
  }
  if (status !== 0 && outcome.failures.length === 0) {
    // Errors outside of any test, or the runner itself.
    outcome.failures.push({ title: `${name}: the run ended with status ${status ?? 'none'}`, file: '', message: readable(log.slice(-6_000)) })
  }
  return outcome
}

/**
 * @param {Outcome[]} outcomes
 * @returns {Outcome}
 */
export function sum(outcomes) {
  return {
    passed: outcomes.reduce((total, outcome) => total + outcome.passed, 0),
    failures: outcomes.flatMap((outcome) => outcome.failures),
    skips: outcomes.flatMap((outcome) => outcome.skips),
  }
}

/** The last line of every run; what reads it relies on the form. */
export const lastLine = ({ passed, failures, skips }) => `${passed} passed, ${failures.length} failed, ${skips.length} skipped`

/**
 * Failures and skips for a person, the last line at the end.
 * @param {Outcome} outcome
 */
export function describeOutcome(outcome) {
  const lines = []
  for (const { title, file, message } of outcome.failures) {
    lines.push('', `FAILED  ${title}`)
    if (file) lines.push(`        ${file}`)
    lines.push(...message.split('\n').slice(0, 60).map((line) => `        ${line}`))
  }
  if (outcome.skips.length > 0) lines.push('')
  for (const { title, reason } of outcome.skips) lines.push(`SKIPPED ${title}: ${reason ?? 'no reason given'}`)
  return [...lines, '', lastLine(outcome)].join('\n')
}

/**
 * Skips that the list does not allow. A line of the list is the beginning of "title: reason"; # begins a comment.
 * @param {Skip[]} skips
 * @param {string} list
 * @returns {string[]} "title: reason"
 */
export function unexpectedSkips(skips, list) {
  const allowed = list.split('\n').map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'))
  return skips.map(({ title, reason }) => `${title}: ${reason ?? 'no reason given'}`).filter((text) => !allowed.some((prefix) => text.startsWith(prefix)))
}
