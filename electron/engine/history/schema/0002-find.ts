/**
 * Version 2: finding among very many events.
 *
 * The words of an event repeat: a print tells the same printer and file a dozen times. So the search is over the distinct
 * `texts`, some ten times fewer than events, and an event that says nothing new costs the search nothing when it is written.
 * The indexes cover what a filter asks for, so that looking through them never touches the rows themselves:
 * - events_scan: everything in its order, for filters that much fits;
 * - events_group: by printer, type and severity, for filters that little fits;
 * - events_occurred: by time; events_said: by text; events_unseen: what nobody saw; events_ended: how each printer's last print went.
 */
export const find = `
DROP TRIGGER events_text_insert;
DROP TRIGGER events_text_delete;
DROP TABLE events_text;
DROP INDEX events_printer;
DROP INDEX events_unseen;
DROP INDEX events_occurred;

CREATE TABLE texts (
  n INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  printer_name TEXT NOT NULL,
  job_name TEXT,
  text TEXT,
  reason TEXT
);
INSERT OR IGNORE INTO texts (key, printer_name, job_name, text, reason)
  SELECT printer_name || char(31) || coalesce(job_name, '') || char(31) || coalesce(text, '') || char(31) || coalesce(reason, ''), printer_name, job_name, text, reason
  FROM events ORDER BY seq;
CREATE VIRTUAL TABLE texts_search USING fts5(
  printer_name, job_name, text, reason,
  content = 'texts', content_rowid = 'n', tokenize = 'unicode61 remove_diacritics 2'
);
INSERT INTO texts_search (texts_search) VALUES ('rebuild');
CREATE TRIGGER texts_insert AFTER INSERT ON texts BEGIN
  INSERT INTO texts_search (rowid, printer_name, job_name, text, reason)
  VALUES (new.n, new.printer_name, new.job_name, new.text, new.reason);
END;
CREATE TRIGGER texts_delete AFTER DELETE ON texts BEGIN
  INSERT INTO texts_search (texts_search, rowid, printer_name, job_name, text, reason)
  VALUES ('delete', old.n, old.printer_name, old.job_name, old.text, old.reason);
END;

ALTER TABLE events ADD COLUMN text_id INTEGER;
UPDATE events SET text_id = (SELECT n FROM texts
  WHERE key = events.printer_name || char(31) || coalesce(events.job_name, '') || char(31) || coalesce(events.text, '') || char(31) || coalesce(events.reason, ''));

CREATE INDEX events_scan ON events (seq, printer_id, type, severity, occurred_at, text_id);
CREATE INDEX events_group ON events (printer_id, type, severity, seq, occurred_at, text_id);
CREATE INDEX events_occurred ON events (occurred_at, seq, printer_id, type, severity, text_id);
CREATE INDEX events_said ON events (text_id, seq, printer_id, type, severity, occurred_at);
CREATE INDEX events_unseen ON events (seq, printer_id, type, severity, occurred_at, text_id) WHERE seen_at IS NULL;
CREATE INDEX events_ended ON events (printer_id, seq) WHERE type IN ('job.done', 'job.cancelled', 'job.failed', 'job.result_unknown');

CREATE TRIGGER events_text_gone AFTER DELETE ON events BEGIN
  DELETE FROM texts WHERE n = old.text_id AND NOT EXISTS (SELECT 1 FROM events WHERE text_id = old.text_id);
END;
`
