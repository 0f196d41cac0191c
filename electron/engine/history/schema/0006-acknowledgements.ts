/**
 * Version 6: until when something was acknowledged, and what was said with it; one row an event, the newest word. `looked_at`: somebody looked at it
 * since; `over_at`: its end was dealt with, so nothing more comes of it. What was acknowledged before has no row: that holds for good.
 */
export const acknowledgements = `
CREATE TABLE acknowledgements (
  event_id TEXT PRIMARY KEY REFERENCES events (id) ON DELETE CASCADE,
  at INTEGER NOT NULL,
  until INTEGER,
  note TEXT,
  made_by TEXT NOT NULL,
  looked_at INTEGER,
  over_at INTEGER
) WITHOUT ROWID;
CREATE INDEX acknowledgements_until ON acknowledgements (until) WHERE until IS NOT NULL AND over_at IS NULL;
`
