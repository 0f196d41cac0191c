/** A history of very many events, made as fast as SQLite can: several printers, prints one after the other, what goes with them. */
import { DatabaseSync } from '@photostructure/sqlite'
import { openForWriting } from '../../../electron/engine/history/open.ts'

export const PRINTERS = 40
/** Events of one print, its start and end included. */
const PER_JOB = 13
/** The first event; epoch ms (2024-01-01). One event each 20 s. */
export const BEGAN = 1_704_067_200_000
export const STEP_MS = 20_000
const UNSEEN = 500

/** What happens in a print, in its order; the rare ends take the place of "done". */
const COURSE = [
  ['job.started', 'info'], ['heater.target_reached', 'info'], ['heater.target_reached', 'info'], ['job.first_layer_done', 'info'], ['job.progress', 'info'], ['job.paused', 'warning'], ['job.resumed', 'info'],
  ['job.progress', 'info'], ['message.display', 'info'], ['job.progress', 'info'], ['job.finishing_soon', 'info'], ['job.done', 'success'], ['heater.cooled', 'info'],
] as const

const list = (values: readonly string[]): string => values.map((value) => `'${value}'`).join(', ')
const pick = (values: readonly string[], by: string): string => `CASE (${by}) % ${values.length} ${values.map((value, n) => `WHEN ${n} THEN '${value}'`).join(' ')} END`

/**
 * Destinations that were told: "log" of everything, "desk" of what toasts tell, "alarm" of next to nothing, "old" of the first tenth.
 * Makes the history in `file`, which must not exist. Secondary indexes are made at the end: so it takes half the time.
 */
export function makeHistory(file: string, events: number): void {
  openForWriting(file).close()
  const db = new DatabaseSync(file)
  db.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -200000; PRAGMA temp_store = MEMORY')
  const indexes = db.prepare("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name IN ('events', 'outbox') AND sql IS NOT NULL").all() as { name: string; sql: string }[]
  for (const { name } of indexes) db.exec(`DROP INDEX ${name}`)
  db.exec(`
    CREATE TEMP TABLE made AS
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${events - 1})
    SELECT i, (i / ${PER_JOB}) % ${PRINTERS} AS printer, i / ${PER_JOB} AS job, i % ${PER_JOB} AS step FROM n;
    CREATE TEMP TABLE told AS
    SELECT i, printer, job,
      CASE WHEN step = 11 AND job % 53 = 7 THEN 'job.failed' WHEN step = 11 AND job % 31 = 5 THEN 'job.cancelled' WHEN step = 5 AND job % 17 = 3 THEN 'attention.filament_runout'
        WHEN step = 12 AND job % 97 = 1 THEN 'link.lost' WHEN step = 12 AND job % 9973 = 17 THEN 'heater.runaway' ELSE ${pick(COURSE.map(([type]) => type), 'step')} END AS type,
      CASE WHEN step = 11 AND job % 53 = 7 THEN 'critical' WHEN step = 11 AND job % 31 = 5 THEN 'warning' WHEN step = 5 AND job % 17 = 3 THEN 'critical'
        WHEN step = 12 AND job % 97 = 1 THEN 'error' WHEN step = 12 AND job % 9973 = 17 THEN 'critical' ELSE ${pick(COURSE.map(([, severity]) => severity), 'step')} END AS severity,
      'Printer ' || printer || ' ' || ${pick(['left bench', 'right bench', 'cellar', 'workshop'], 'printer')} AS printer_name,
      ${pick(['benchy', 'lamp-vase', 'bracket', 'gear', 'cube', 'hook', 'case', 'stand', 'clip'], 'job / 7')} || '_' || job || '_0.2mm_' || ${pick(['PLA', 'PETG', 'ABS', 'TPU'], 'job / 3')} || '.gcode' AS job_name,
      CASE WHEN step = 8 THEN 'Layer ' || (job % 400) || ' of 400' WHEN step = 11 AND job % 53 = 7 THEN 'Thermal runaway, heater ' || (job % 3) END AS text,
      CASE WHEN step = 11 AND job % 53 = 7 THEN 'firmware' WHEN step = 5 THEN 'printer' END AS reason
    FROM made;
    INSERT OR IGNORE INTO texts (key, printer_name, job_name, text, reason)
    SELECT printer_name || char(31) || job_name || char(31) || coalesce(text, '') || char(31) || coalesce(reason, ''), printer_name, job_name, text, reason FROM told ORDER BY i;
    INSERT INTO events (id, dedupe_key, occurred_at, observed_at, late, type, severity, severity_rank, printer_id, printer_name, job_key, job_name, text, reason, body, seen_at, text_id)
    SELECT '01J' || printf('%023d', i), 'p' || printer || '|' || job || '|' || i, ${BEGAN} + i * ${STEP_MS}, ${BEGAN} + i * ${STEP_MS}, 0, type, severity,
      CASE severity WHEN 'critical' THEN 3 WHEN 'error' THEN 2 WHEN 'warning' THEN 1 ELSE 0 END, 'p' || printer, printer_name, 'j' || job, job_name, text, reason,
      json_object('serverKind', 'octoprint', 'job', json_object('key', 'j' || job, 'file', json_object('name', job_name, 'path', job_name, 'origin', 'local', 'size', 123456), 'startedAt', ${BEGAN} + job * ${PER_JOB * STEP_MS}, 'endedAt', NULL, 'user', NULL),
        'progress', 0.5, 'byUs', json('false'), 'snapshot', 'none'),
      CASE WHEN i >= ${events - UNSEEN} THEN NULL ELSE ${BEGAN} + i * ${STEP_MS} END,
      (SELECT n FROM texts WHERE key = told.printer_name || char(31) || told.job_name || char(31) || coalesce(told.text, '') || char(31) || coalesce(told.reason, ''))
    FROM told ORDER BY i;
    INSERT INTO outbox (id, event_id, event_seq, destination_id, state, delivery_key, priority, printer_id, job_key, attempts, created_at, next_attempt_at, expires_at, cancel_on)
    SELECT where_to.id || '-' || told.i, '01J' || printf('%023d', told.i), told.i + 1, where_to.id, 'delivered', 'k', 1, 'p' || printer, 'j' || job, 1, ${BEGAN} + i * ${STEP_MS}, ${BEGAN} + i * ${STEP_MS}, ${BEGAN} + i * ${STEP_MS}, '[]'
    FROM told JOIN (SELECT 'log' AS id UNION SELECT 'desk' UNION SELECT 'alarm' UNION SELECT 'old') where_to
    WHERE where_to.id = 'log' OR (where_to.id = 'desk' AND type IN ('job.done', 'job.failed', 'job.paused')) OR (where_to.id = 'alarm' AND type = 'heater.runaway') OR (where_to.id = 'old' AND i < ${Math.floor(events / 10)}) ORDER BY told.i`)
  for (const { sql } of indexes) db.exec(sql)
  db.exec('PRAGMA synchronous = FULL; PRAGMA journal_mode = WAL')
  db.close()
}

/**
 * What deliveries leave behind, in a made history: a decision and a try for each row of the outbox, and pictures of the last tenth. That is
 * what an event takes with it when it is deleted.
 */
export function addDeliveries(file: string, events: number): void {
  const db = new DatabaseSync(file)
  db.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -200000')
  db.exec(`
    INSERT INTO decisions (event_id, destination_id, seq, decision, stage, reason, profile_id, until, at)
    SELECT event_id, destination_id, 1, 'deliver', 'deliver', 'subscribed', NULL, NULL, created_at FROM outbox ORDER BY event_id, destination_id;
    INSERT INTO attempts (outbox_id, event_id, destination_id, at, ms, number, result, detail)
    SELECT id, event_id, destination_id, created_at, 12.5, 1, 'delivered', 'HTTP 200' FROM outbox ORDER BY n;
    INSERT INTO snapshots (event_id, printer_id, at, file, bytes, width, height, why)
    SELECT id, printer_id, occurred_at, '/snapshots/' || printer_id || '/' || id || '.jpg', 100000, 1280, 960, NULL FROM events
    WHERE seq > ${Math.floor(0.9 * events)} AND type IN ('job.progress', 'job.done', 'job.paused', 'job.first_layer_done') ORDER BY id`)
  db.exec('PRAGMA synchronous = FULL; PRAGMA journal_mode = WAL')
  db.close()
}

/** For messages of tests: every type that the made history holds. */
export const TYPES_MADE = list([...new Set(COURSE.map(([type]) => type))])
