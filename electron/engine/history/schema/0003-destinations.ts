/**
 * Version 3: what went to a destination, newest first. The outbox names events by their id; the order of the history is their seq,
 * so each row carries that too, and the index leads past a destination's events in their order.
 */
export const destinations = `
ALTER TABLE outbox ADD COLUMN event_seq INTEGER;
UPDATE outbox SET event_seq = (SELECT seq FROM events WHERE events.id = outbox.event_id);
CREATE INDEX outbox_destination ON outbox (destination_id, event_seq);
`
