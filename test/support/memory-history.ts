import type { Attempt, Decision, History, OutboxRow, Silence, StoredEvent } from '../../electron/engine/history/history.ts'
import type { PrinterEvent } from '../../electron/engine/events/model.ts'

type Used = Pick<History, 'together' | 'lease' | 'leaseThese' | 'giveBack' | 'holdAgain' | 'due' | 'nextDue' | 'hurry' | 'overdue' | 'nextExpiry' | 'olderWaiting' | 'deadLetters' | 'getFact' | 'setFact' | 'finish' | 'releaseLeases' | 'releaseHeld' | 'addDecision' | 'decisions' | 'enqueue' | 'outbox' | 'event' | 'events' | 'acknowledge' | 'overdueAcknowledgements' | 'nextAcknowledgementEnd' | 'endAcknowledgements' | 'putSilence' | 'silences'>

export interface MemoryHistory extends Used {
  rows: OutboxRow[]
  tries: Attempt[]
  acknowledged: string[]
  muted: Silence[]
  /** Thrown by the next calls of `finish`, in order: a full disk. */
  failFinish: Error[]
  put(event: PrinterEvent, rows?: Partial<OutboxRow>[]): void
}

/** The history's methods that delivery and commands use, in memory and with the same rules as the contract tells. */
export function memoryHistory(): MemoryHistory {
  const events = new Map<string, StoredEvent>()
  const decisions: Decision[] = []
  const rows: OutboxRow[] = []
  const tries: Attempt[] = []
  const acknowledged: string[] = []
  const muted: Silence[] = []
  const failFinish: Error[] = []
  const facts = new Map<string, string>()
  const waits = (destinationId: string): OutboxRow[] => rows.filter((row) => row.destinationId === destinationId && row.state === 'waiting')
  const blocked = (row: OutboxRow): boolean => rows.slice(0, rows.indexOf(row)).some((earlier) =>
    row.jobKey !== null && earlier.jobKey === row.jobKey && earlier.destinationId === row.destinationId && (earlier.state === 'waiting' || earlier.state === 'leased'))
  const open = (row: OutboxRow): boolean => row.state === 'waiting' && !blocked(row)
  const dueAt = (row: OutboxRow): number => Math.min(row.expiresAt, row.nextAttemptAt)
  return {
    rows, tries, acknowledged, muted, failFinish,
    put(event, given = []) {
      events.set(event.id, { ...event, seenAt: null, acknowledgedAt: null, snapshotFile: null })
      for (const row of given) {
        const destinationId = row.destinationId ?? 'hook'
        rows.push({
          id: `${event.id}.${destinationId}`, eventId: event.id, destinationId, state: 'waiting', deliveryKey: `${event.id}.${destinationId}`, priority: 3, jobKey: event.job?.key ?? null,
          attempts: 0, createdAt: event.observedAt, nextAttemptAt: event.observedAt, expiresAt: event.observedAt + 3_600_000, pictureUntil: null, releaseAt: null, cancelOn: [],
          leaseUntil: null, lastResult: null, ...row,
        })
      }
    },
    together: (work) => work(),
    due() {
      const at = new Map<string, number>()
      for (const row of rows.filter(open)) at.set(row.destinationId, Math.min(dueAt(row), at.get(row.destinationId) ?? dueAt(row)))
      return { at, releaseAt: rows.flatMap(({ state, releaseAt }) => (state === 'held' && releaseAt !== null ? [releaseAt] : [])).sort((a, b) => a - b)[0] ?? null }
    },
    nextDue: (destinationId, now) => waits(destinationId).map((row) => row.nextAttemptAt).filter((at) => at > now).sort((a, b) => a - b)[0] ?? null,
    hurry(destinationId, now) {
      for (const row of waits(destinationId)) if (row.attempts > 0 && row.nextAttemptAt > now) row.nextAttemptAt = now
    },
    overdue: (destinationId, now, limit) => waits(destinationId).filter((row) => row.expiresAt <= now).slice(0, limit).map((row) => ({ ...row })),
    nextExpiry: (destinationId) => waits(destinationId).map((row) => row.expiresAt).sort((a, b) => a - b)[0] ?? null,
    olderWaiting(row, types) {
      const at = rows.findIndex(({ id }) => id === row.id)
      return rows.slice(0, Math.max(0, at)).filter((older) => older.destinationId === row.destinationId && row.jobKey !== null && older.jobKey === row.jobKey
        && (older.state === 'waiting' || older.state === 'held') && types.includes(events.get(older.eventId)?.type ?? 'app.test')).map((older) => ({ ...older }))
    },
    leaseThese(ids, now, leaseMs) {
      const taken = rows.filter((row) => ids.includes(row.id) && row.state === 'waiting')
      for (const row of taken) Object.assign(row, { state: 'leased', leaseUntil: now + leaseMs })
      return taken.map((row) => ({ ...row }))
    },
    giveBack(ids, nextAttemptAt) {
      for (const row of rows) if (ids.includes(row.id) && row.state === 'leased') Object.assign(row, { state: 'waiting', leaseUntil: null, nextAttemptAt })
    },
    holdAgain(id, until) {
      for (const row of rows) if (row.id === id && row.state === 'leased') Object.assign(row, { state: 'held', leaseUntil: null, releaseAt: until, nextAttemptAt: until, expiresAt: until + row.expiresAt - Math.max(row.createdAt, row.releaseAt ?? 0) })
    },
    deadLetters: (filter) => rows.filter((row) => (row.state === 'dead' || row.state === 'expired') && (filter.destinationId === undefined || row.destinationId === filter.destinationId))
      .reverse().slice(0, filter.limit ?? 100).flatMap((row) => {
        const event = events.get(row.eventId)
        return event ? [{ row: { ...row }, event, endedAt: tries.filter(({ outboxId }) => outboxId === row.id).at(-1)?.at ?? row.nextAttemptAt }] : []
      }),
    getFact: (key) => facts.get(key) ?? null,
    setFact: (key, value) => void facts.set(key, value),
    lease(destinationId, now, leaseMs, limit) {
      const due = rows.filter((row) => row.destinationId === destinationId && open(row) && dueAt(row) <= now)
        .sort((a, b) => a.priority - b.priority || a.nextAttemptAt - b.nextAttemptAt).slice(0, limit)
      for (const row of due) Object.assign(row, { state: 'leased', leaseUntil: now + leaseMs })
      return due.map((row) => ({ ...row }))
    },
    finish(row, attempt, next) {
      const failure = failFinish.shift()
      if (failure) throw failure
      const stored = rows.find((candidate) => candidate.id === row.id)
      if (!stored) return
      tries.push(attempt)
      Object.assign(stored, { state: next.state, nextAttemptAt: next.nextAttemptAt ?? stored.nextAttemptAt, attempts: Math.max(stored.attempts, attempt.number), leaseUntil: null, lastResult: attempt.detail })
    },
    releaseLeases(now, all) {
      const held = rows.filter((row) => row.state === 'leased' && (all || (row.leaseUntil ?? 0) <= now))
      for (const row of held) Object.assign(row, { state: 'waiting', leaseUntil: null })
      return held.length
    },
    releaseHeld(now) {
      const held = rows.filter((row) => row.state === 'held' && row.releaseAt !== null && row.releaseAt <= now)
      for (const row of held) Object.assign(row, { state: 'waiting', nextAttemptAt: now })
      return held
    },
    addDecision: (decision) => void decisions.push(decision),
    decisions: (eventId) => decisions.filter((decision) => decision.eventId === eventId),
    enqueue(given) {
      for (const row of given) {
        const known = rows.find((candidate) => candidate.id === row.id)
        if (known) Object.assign(known, row)
        else rows.push({ ...row })
      }
    },
    outbox: (filter) => rows.filter((row) =>
      (filter.destinationId === undefined || row.destinationId === filter.destinationId)
      && (filter.eventId === undefined || row.eventId === filter.eventId)
      && (filter.states === undefined || filter.states.includes(row.state))),
    event: (id) => events.get(id) ?? null,
    events: (query) => [...events.values()].filter((event) =>
      (query.printerId === undefined || event.printerId === query.printerId)
      && (query.jobKey === undefined || event.job?.key === query.jobKey)
      && (query.since === undefined || event.occurredAt >= query.since)
      && (query.types === undefined || query.types.includes(event.type)) && (query.beforeSeq === undefined || event.seq < query.beforeSeq)).sort((a, b) => b.seq - a.seq).slice(0, query.limit ?? 100),
    acknowledge(ids, at, said = { until: null, note: null, by: '' }) {
      acknowledged.push(...ids)
      for (const id of ids) {
        const event = events.get(id)
        if (event) Object.assign(event, { acknowledgedAt: at, acknowledgement: { ...said, at, lookedAt: null, overAt: null } })
      }
      return ids.length
    },
    overdueAcknowledgements: (now) => [...events.values()].filter(({ acknowledgement: said }) => said?.until != null && said.until <= now && said.overAt === null),
    nextAcknowledgementEnd: (after) => [...events.values()].flatMap(({ acknowledgement: said }) => (said?.until != null && said.until > after && said.overAt === null ? [said.until] : [])).sort((a, b) => a - b)[0] ?? null,
    endAcknowledgements(ids, at, reopened) {
      for (const id of ids) {
        const event = events.get(id)
        if (event?.acknowledgement) event.acknowledgement.overAt = at
        if (event && reopened) event.acknowledgedAt = null
      }
    },
    putSilence: (silence) => void muted.push(silence),
    silences: () => muted,
  }
}
