import { expect, test } from 'vitest'
import { anEvent, LAMP, NOON } from '../../../test/support/rule-fixtures.ts'
import { render } from './render.ts'

test.each([
  ['suspected', 'failure.warning', false, 'print may be failing', 'Look at the picture. It prints on.'],
  ['suspected, and paused', 'failure.warning', true, 'print may be failing', 'Paused by the failure detection. Look, then resume or cancel.'],
  ['certain', 'failure.detected', false, 'print is failing', 'It still prints. Look, then pause or cancel.'],
  ['certain, and paused', 'failure.detected', true, 'print is failing', 'Paused by the failure detection. Look, then cancel or resume.'],
] as const)('R08: a failure that is %s has a text of its own', (_name, type, paused, happened, says) => {
  const message = render(anEvent(type, { job: LAMP, ...(paused ? { reason: 'paused' } : {}) }), { now: NOON, capabilities: null, late: false })
  expect(message).toMatchObject({ title: `MK4 left bench: ${happened}`, body: `${says} lamp-vase.`, isWarning: type === 'failure.warning', isPaused: paused })
})
