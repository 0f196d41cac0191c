/** What a benchmark measured, judged and told. */

/**
 * @typedef {{ name: string, value: number, unit: string, baseline: number | null, ratio: number | null, limit: number | null }} Measurement
 *   `value` in `unit`; `baseline`: the same measured for the simplest thing that does the job, in the same run;
 *   `ratio`: value / baseline where that says something; `limit`: what `value` may be at most, null = for information.
 *   `limitRatio` instead bounds the ratio; with both, one that holds is enough ("1.1 times or 20 ms").
 */

const NUMBERS = ['value', 'baseline', 'ratio', 'limit', 'limitRatio']

/**
 * @param {unknown} input what a benchmark file returned
 * @param {string} from the file, for the message
 * @returns {Measurement[]}
 * @throws Error that names the file and the field
 */
export function readMeasurements(input, from) {
  if (!Array.isArray(input)) throw new Error(`${from}: run() must return a list of measurements`)
  for (const entry of input) {
    if (typeof entry?.name !== 'string' || typeof entry.unit !== 'string') throw new Error(`${from}: a measurement needs a name and a unit`)
    if (!Number.isFinite(entry.value)) throw new Error(`${from}: ${entry.name} has no value`)
    for (const key of NUMBERS) {
      if (entry[key] !== undefined && entry[key] !== null && !Number.isFinite(entry[key])) throw new Error(`${from}: ${entry.name}: ${key} is no number`)
    }
  }
  return input
}

/** True when no limit is broken. */
export function isOk({ value, ratio = null, limit = null, limitRatio = null }) {
  const checks = []
  if (limit !== null) checks.push(value <= limit)
  if (limitRatio !== null) checks.push(ratio !== null && ratio <= limitRatio)
  return checks.length === 0 || checks.includes(true)
}

/**
 * @param {Measurement[]} measurements
 * @returns {{ name: string, value: number, unit: string, baseline: number | null, ratio: number | null, limit: number | null, ok: boolean }[]}
 */
export const judge = (measurements) =>
  measurements.map((entry) => ({
    name: entry.name,
    value: entry.value,
    unit: entry.unit,
    baseline: entry.baseline ?? null,
    ratio: entry.ratio ?? null,
    limit: entry.limit ?? null,
    ok: isOk(entry),
  }))

const number = (value, digits = 2) => (value === null ? '-' : String(Number(value.toFixed(digits))))

/** @param {ReturnType<typeof judge>} results */
export function table(results) {
  const rows = [['what', 'value', 'baseline', 'ratio', 'limit', 'unit', ''], ...results.map((r) => [r.name, number(r.value), number(r.baseline), number(r.ratio), number(r.limit), r.unit, r.ok ? 'ok' : 'TOO MUCH'])]
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)))
  return rows.map((row) => row.map((cell, column) => (column === 0 || column > 4 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join('  ').trimEnd()).join('\n')
}
