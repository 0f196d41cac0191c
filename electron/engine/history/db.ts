/** One SQLite connection with cached statements, transactions and errors that have names. */
import { DatabaseSync } from '@photostructure/sqlite'
import { HistoryError } from './history.ts'
import { toHistoryError } from './errors.ts'

export type Value = string | number | null
type Parameters = Record<string, Value>
type Statement = ReturnType<InstanceType<typeof DatabaseSync>['prepare']>

/** How long a write waits for another connection, ms. Only a reader's checkpoint can hold it up. */
const BUSY_MS = 1000
/** After a checkpoint the write-ahead log is cut to this many bytes. */
const WAL_BYTES = 16 * 1024 * 1024

export const IN_MEMORY = ':memory:'

export class Db {
  readonly #sqlite: InstanceType<typeof DatabaseSync>
  readonly #statements = new Map<string, Statement>()
  readonly file: string
  readonly readOnly: boolean

  /** @throws HistoryError */
  constructor(file: string, readOnly: boolean) {
    this.file = file
    this.readOnly = readOnly
    try {
      this.#sqlite = new DatabaseSync(file, { readOnly, timeout: BUSY_MS, enableForeignKeyConstraints: true })
    } catch (error) {
      throw toHistoryError(error, this)
    }
    try {
      this.#configure()
    } catch (error) {
      this.#sqlite.close()
      throw toHistoryError(error, this)
    }
  }

  #configure(): void {
    if (this.readOnly) return
    const row = this.#sqlite.prepare('PRAGMA journal_mode = WAL').get() as { journal_mode: string } | undefined
    if (row?.journal_mode !== 'wal' && this.file !== IN_MEMORY) {
      throw new HistoryError('other', `The history needs SQLite's write-ahead log, which the file system of ${this.file} does not allow. Put the data folder on a local disk.`)
    }
    this.#sqlite.exec(`PRAGMA synchronous = FULL; PRAGMA journal_size_limit = ${WAL_BYTES}`)
  }

  #statement(sql: string): Statement {
    let statement = this.#statements.get(sql)
    if (!statement) {
      statement = this.#sqlite.prepare(sql)
      this.#statements.set(sql, statement)
    }
    return statement
  }

  #guard<T>(work: () => T): T {
    try {
      return work()
    } catch (error) {
      throw toHistoryError(error, this)
    }
  }

  /** Runs statements without parameters; not cached. @throws HistoryError */
  exec(sql: string): void {
    this.#guard(() => this.#sqlite.exec(sql))
  }

  /** @returns how many rows changed. @throws HistoryError */
  run(sql: string, parameters: Parameters = {}): number {
    return this.#guard(() => this.#statement(sql).run(parameters).changes)
  }

  /** The caller names the row's columns in `T`; the schema is ours. @throws HistoryError */
  get<T>(sql: string, parameters: Parameters = {}): T | undefined {
    return this.#guard(() => this.#statement(sql).get(parameters) as T | undefined)
  }

  /** @throws HistoryError */
  all<T>(sql: string, parameters: Parameters = {}): T[] {
    return this.#guard(() => this.#statement(sql).all(parameters) as T[])
  }

  /**
   * All of `work` or nothing of it; nested calls join the outer transaction. On disk when it returns.
   * @throws HistoryError, or whatever else `work` throws
   */
  transaction<T>(work: () => T): T {
    if (this.#sqlite.isTransaction) return work()
    this.exec('BEGIN IMMEDIATE')
    try {
      const result = work()
      this.exec('COMMIT')
      return result
    } catch (error) {
      // A full disk or an I/O error already rolled it back.
      if (this.#sqlite.isTransaction) this.#sqlite.exec('ROLLBACK')
      throw error
    }
  }

  /** One view of the data over several reads; nothing written meanwhile shows. */
  beginRead(): void {
    this.exec('BEGIN')
  }

  /**
   * @photostructure/sqlite 1.2.1 cannot finalize a statement: a connection that ever prepared one lives on, with its transaction
   * and file handles, until the garbage collector comes. So whatever others could wait for is ended here by hand: the
   * transaction, and the write-ahead log, which goes into the database.
   * @returns false when the log could not be moved; nothing is lost then, the next opening does it
   */
  close(): boolean {
    if (!this.#sqlite.isOpen) return true
    if (this.#sqlite.isTransaction) this.#sqlite.exec('ROLLBACK')
    this.#statements.clear()
    const moved = this.readOnly || this.#moveLog()
    this.#guard(() => this.#sqlite.close())
    return moved
  }

  #moveLog(): boolean {
    try {
      this.#sqlite.exec('PRAGMA wal_checkpoint(TRUNCATE)')
      return true
    } catch {
      return false
    }
  }
}
