/**
 * Version 1. A released migration never changes: what comes later goes into the next number.
 *
 * Times are epoch ms. `body` holds, as JSON, what nothing searches for. `outbox.n` is the order of arrival; printer_id and
 * job_key stand in the outbox too so that picking the next row needs no join. The tables are not STRICT on purpose: a
 * server's time with a fraction of a millisecond must not cost an event.
 */
export const first = `
CREATE TABLE events (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  dedupe_key TEXT NOT NULL UNIQUE,
  occurred_at INTEGER NOT NULL,
  observed_at INTEGER NOT NULL,
  late INTEGER NOT NULL,
  type TEXT NOT NULL,
  severity TEXT NOT NULL,
  severity_rank INTEGER NOT NULL,
  printer_id TEXT NOT NULL,
  printer_name TEXT NOT NULL,
  job_key TEXT,
  job_name TEXT,
  text TEXT,
  reason TEXT,
  body TEXT NOT NULL,
  seen_at INTEGER,
  acknowledged_at INTEGER
);
CREATE INDEX events_printer ON events (printer_id, seq);
CREATE INDEX events_job ON events (job_key, seq) WHERE job_key IS NOT NULL;
CREATE INDEX events_occurred ON events (occurred_at);
CREATE INDEX events_observed ON events (observed_at);
CREATE INDEX events_unseen ON events (seq) WHERE seen_at IS NULL;

CREATE VIRTUAL TABLE events_text USING fts5(
  printer_name, job_name, text, reason,
  content = 'events', content_rowid = 'seq', tokenize = 'unicode61 remove_diacritics 2'
);
CREATE TRIGGER events_text_insert AFTER INSERT ON events BEGIN
  INSERT INTO events_text (rowid, printer_name, job_name, text, reason)
  VALUES (new.seq, new.printer_name, new.job_name, new.text, new.reason);
END;
CREATE TRIGGER events_text_delete AFTER DELETE ON events BEGIN
  INSERT INTO events_text (events_text, rowid, printer_name, job_name, text, reason)
  VALUES ('delete', old.seq, old.printer_name, old.job_name, old.text, old.reason);
END;

CREATE TABLE suppressed (
  n INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  printer_id TEXT NOT NULL,
  type TEXT NOT NULL,
  reason TEXT NOT NULL,
  detail TEXT NOT NULL,
  dedupe_key TEXT
);
CREATE INDEX suppressed_at ON suppressed (at);
CREATE INDEX suppressed_printer ON suppressed (printer_id, at);

CREATE TABLE decisions (
  event_id TEXT NOT NULL REFERENCES events (id) ON DELETE CASCADE,
  destination_id TEXT NOT NULL,
  seq INTEGER NOT NULL,
  decision TEXT NOT NULL,
  stage TEXT NOT NULL,
  reason TEXT NOT NULL,
  profile_id TEXT,
  until INTEGER,
  at INTEGER NOT NULL,
  PRIMARY KEY (event_id, destination_id, seq)
) WITHOUT ROWID;

CREATE TABLE outbox (
  n INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  event_id TEXT NOT NULL REFERENCES events (id) ON DELETE CASCADE,
  destination_id TEXT NOT NULL,
  state TEXT NOT NULL,
  delivery_key TEXT NOT NULL,
  priority INTEGER NOT NULL,
  printer_id TEXT NOT NULL,
  job_key TEXT,
  attempts INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  next_attempt_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  picture_until INTEGER,
  release_at INTEGER,
  cancel_on TEXT NOT NULL,
  lease_until INTEGER,
  last_result TEXT
);
CREATE INDEX outbox_event ON outbox (event_id);
CREATE INDEX outbox_open ON outbox (destination_id, printer_id, job_key, n) WHERE state IN ('waiting', 'leased', 'held');

CREATE TABLE attempts (
  n INTEGER PRIMARY KEY,
  outbox_id TEXT NOT NULL REFERENCES outbox (id) ON DELETE CASCADE,
  event_id TEXT NOT NULL,
  destination_id TEXT NOT NULL,
  at INTEGER NOT NULL,
  ms REAL NOT NULL,
  number INTEGER NOT NULL,
  result TEXT NOT NULL,
  detail TEXT NOT NULL
);
CREATE INDEX attempts_outbox ON attempts (outbox_id);
CREATE INDEX attempts_event ON attempts (event_id);
CREATE INDEX attempts_destination ON attempts (destination_id, n);

CREATE TABLE memory (
  printer_id TEXT PRIMARY KEY,
  at INTEGER NOT NULL,
  body TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE snapshots (
  event_id TEXT PRIMARY KEY REFERENCES events (id) ON DELETE CASCADE,
  printer_id TEXT NOT NULL,
  at INTEGER NOT NULL,
  file TEXT,
  bytes INTEGER NOT NULL,
  width INTEGER,
  height INTEGER,
  why TEXT
) WITHOUT ROWID;
CREATE INDEX snapshots_file ON snapshots (file, at, bytes) WHERE file IS NOT NULL;

CREATE TABLE silences (
  id TEXT PRIMARY KEY,
  created_at INTEGER NOT NULL,
  starts_at INTEGER NOT NULL,
  ends_at INTEGER,
  match TEXT NOT NULL,
  reason TEXT NOT NULL,
  made_by TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE link_gaps (
  n INTEGER PRIMARY KEY,
  server_id TEXT NOT NULL,
  from_at INTEGER NOT NULL,
  to_at INTEGER,
  cause TEXT
);
CREATE UNIQUE INDEX link_gaps_open ON link_gaps (server_id) WHERE to_at IS NULL;
CREATE INDEX link_gaps_from ON link_gaps (from_at);

CREATE TABLE facts (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;
`
