/** Version 4: what each destination remembers over restarts (the far side's id of a message, a chat that moved). */
export const notes = `
CREATE TABLE notes (
  destination_id TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (destination_id, key)
) WITHOUT ROWID;
`
