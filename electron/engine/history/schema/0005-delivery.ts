/**
 * Version 5: the next row of a destination is found at the beginning of an index instead of by sorting all that waits there, and what was
 * not delivered is found without looking at what was.
 */
export const delivery = `
CREATE INDEX outbox_next ON outbox (destination_id, priority, next_attempt_at, created_at, n) WHERE state = 'waiting';
CREATE INDEX outbox_dead ON outbox (destination_id, event_seq) WHERE state IN ('dead', 'expired');
`
