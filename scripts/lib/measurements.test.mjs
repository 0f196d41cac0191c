import { describe, expect, it } from 'vitest'
import { isOk, judge, readMeasurements, table } from './measurements.mjs'

const one = { name: 'frame to Notify p95', value: 12, unit: 'ms', baseline: 10, ratio: 1.2, limit: 20 }

describe('what a benchmark measured', () => {
  it('is ok up to its limit, and with no limit', () => {
    expect(isOk(one)).toBe(true)
    expect(isOk({ ...one, value: 20 })).toBe(true)
    expect(isOk({ ...one, value: 20.1 })).toBe(false)
    expect(isOk({ ...one, value: 999, limit: null })).toBe(true)
  })
  it('is ok when either of two limits holds', () => {
    expect(isOk({ ...one, value: 25, ratio: 1.05, limitRatio: 1.1 })).toBe(true)
    expect(isOk({ ...one, value: 15, ratio: 3, limitRatio: 1.1 })).toBe(true)
    expect(isOk({ ...one, value: 25, ratio: 1.2, limitRatio: 1.1 })).toBe(false)
    expect(isOk({ ...one, limit: null, ratio: null, limitRatio: 1.1 })).toBe(false)
  })
  it('is written with all fields, in one form', () => {
    expect(judge([{ name: 'RSS', value: 130, unit: 'MB', limit: 120 }])).toEqual([{ name: 'RSS', value: 130, unit: 'MB', baseline: null, ratio: null, limit: 120, ok: false }])
  })
  it('is refused without a name or with a value that is no number', () => {
    expect(() => readMeasurements({}, 'a.mjs')).toThrow('a.mjs: run() must return a list')
    expect(() => readMeasurements([{ ...one, name: 5 }], 'a.mjs')).toThrow('a.mjs: a measurement needs a name')
    expect(() => readMeasurements([{ ...one, value: NaN }], 'a.mjs')).toThrow('a.mjs: frame to Notify p95 has no value')
    expect(() => readMeasurements([{ ...one, limit: '20' }], 'a.mjs')).toThrow('limit is no number')
  })
  it('stands side by side in a table', () => {
    expect(table(judge([one, { name: 'RSS', value: 130.456, unit: 'MB', limit: 120 }]))).toBe(
      [
        'what                  value  baseline  ratio  limit  unit',
        'frame to Notify p95      12        10    1.2     20  ms    ok',
        'RSS                  130.46         -      -    120  MB    TOO MUCH',
      ].join('\n'),
    )
  })
})
