/** Dead letters: what did not reach its destination and is not tried any more. */
import type { Db } from './db.ts'
import { event } from './find.ts'
import type { DeadLetter } from './history.ts'
import { outboxFromColumns, type OutboxColumns } from './rows.ts'
import { pageSize, Where } from './where.ts'

/** Spelled exactly like the condition of the partial index. */
const DEAD = "state IN ('dead', 'expired')"

/** The newest events first. */
export function deadLetters(db: Db, filter: { destinationId?: string; limit?: number }): DeadLetter[] {
  const where = new Where().fixed(DEAD).given('destination_id = :destination', 'destination', filter.destinationId)
  const rows = db.all<OutboxColumns & { ended_at: number | null }>(`SELECT outbox.*, (SELECT max(at) FROM attempts WHERE attempts.outbox_id = outbox.id) AS ended_at
    FROM outbox${where.sql} ORDER BY event_seq DESC, n DESC LIMIT :limit`, { ...where.parameters, limit: pageSize(filter.limit) })
  return rows.flatMap((columns) => {
    const row = outboxFromColumns(columns)
    const told = event(db, row.eventId)
    return told === null ? [] : [{ row, event: told, endedAt: columns.ended_at ?? row.nextAttemptAt }]
  })
}

export function deadLetterCounts(db: Db): Map<string, number> {
  return new Map(db.all<{ destination_id: string; n: number }>(`SELECT destination_id, count(*) AS n FROM outbox WHERE ${DEAD} GROUP BY destination_id`).map(({ destination_id, n }) => [destination_id, n]))
}
