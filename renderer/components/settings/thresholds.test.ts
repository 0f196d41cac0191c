import { expect, it } from 'vitest'
import { z } from 'zod'
import { settingsView } from '../../../electron/bridge/views/settings.ts'
import { thresholdGroups } from './thresholds.ts'

const thresholds = settingsView.shape.thresholds.unwrap()
/** As the main process sends it. */
const schema = z.toJSONSchema(thresholds, { io: 'input' }) as Record<string, unknown>

it('has every threshold in a group of its own', () => {
  const groups = thresholdGroups(schema)
  expect(groups.map(({ key }) => key)).toEqual(['connection', 'pauses', 'temperature', 'progress', 'stalls', 'limits'])
  expect(groups.flatMap(({ fields }) => fields.map(({ name }) => name)).sort()).toEqual(Object.keys(thresholds.shape).sort())
})

it('draws each by what it counts', () => {
  const units = Object.fromEntries(thresholdGroups(schema).flatMap(({ fields }) => fields.map(({ name, unit }) => [name, unit])))
  expect(units).toMatchObject({ pauseGrace: 'seconds', cooledAt: 'celsius', progressStep: 'fraction', milestoneHours: 'hours', capPerMinute: 'none', reminderTimes: 'none', leftOnAfter: 'seconds' })
})

it('shows a threshold that no group names', () => {
  expect(thresholdGroups({ type: 'object', properties: { brandNew: { type: 'number' } } })).toMatchObject([{ key: 'other', fields: [{ name: 'brandNew' }] }])
})
