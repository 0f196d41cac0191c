import { describe, expect, test } from 'vitest'
import { anEvent, LAMP } from '../../../test/support/rule-fixtures.ts'
import { ENGLISH } from '../delivery/languages/language.ts'
import type { EventType, PrinterEvent } from '../events/model.ts'
import type { Silence, StoredEvent } from '../history/history.ts'
import { summariesOf } from './summary.ts'

const SILENCE: Silence = { id: 'S1', createdAt: 0, startsAt: 0, endsAt: 1_000, reason: 'Painting', by: 'Ann', match: {} }
const stored = (type: EventType, over: Partial<PrinterEvent> = {}): StoredEvent => ({ ...anEvent(type, over), seenAt: null, acknowledgedAt: null, snapshotFile: null })
const summaries = (...open: StoredEvent[]): ReturnType<typeof summariesOf> => summariesOf(SILENCE, open, { language: ENGLISH, label: (id) => `the ${id}`, now: 2_000 })

describe('what a silence kept back', () => {
  test('is told of each printer by itself, the worst first, with a key of its own', () => {
    const told = summaries(
      stored('job.failed', { printerId: 'voron', printerName: 'Voron', severity: 'critical', serverKind: 'moonraker' }),
      stored('link.lost', { printerId: 'mk4', printerName: 'MK4', severity: 'error', serverKind: 'octoprint' }),
      stored('device.error', { printerId: 'voron', printerName: 'Voron', severity: 'error', serverKind: 'moonraker' }),
    )
    expect(told.map(({ dedupeKey, printerId, printerName, serverKind, severity, text }) => ({ dedupeKey, printerId, printerName, serverKind, severity, text }))).toEqual([
      { dedupeKey: 'app|app.silence_over|silence:S1|1000|voron', printerId: 'voron', printerName: 'Voron', serverKind: 'moonraker', severity: 'critical', text: 'Painting. Voron: print failed; Voron: printer error' },
      { dedupeKey: 'app|app.silence_over|silence:S1|1000|mk4', printerId: 'mk4', printerName: 'MK4', serverKind: 'octoprint', severity: 'error', text: 'Painting. MK4: does not answer' },
    ])
  })

  test('has the file and the length of the print, for filters that ask', () => {
    const [told] = summaries(stored('link.lost', { printerId: 'mk4' }), stored('job.failed', { printerId: 'mk4', job: LAMP, printTime: 3_600, remaining: 60 }))
    expect(told).toMatchObject({ printerId: 'mk4', job: LAMP, printTime: 3_600, remaining: 60 })
  })

  test('of no printer is one event of none', () => {
    const failing = (reason: string): StoredEvent => stored('app.delivery_failing', { printerId: '', printerName: '', serverKind: 'app', severity: 'error', reason })
    const told = summaries(failing('mail'), failing('phone'))
    expect(told).toHaveLength(1)
    expect(told[0]).toMatchObject({ dedupeKey: 'app|app.silence_over|silence:S1|1000', printerId: '', serverKind: 'app', severity: 'error', text: 'Painting. the mail: delivery fails; the phone: delivery fails' })
    expect(told[0]).not.toHaveProperty('job')
  })

  test('is nothing where all is well', () => {
    expect(summaries()).toEqual([])
  })
})
