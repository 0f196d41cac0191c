/** Collects the conditions that a filter gives, with their parameters. */
import type { Value } from './db.ts'

const DEFAULT_LIMIT = 100
const MAX_LIMIT = 1000

/** Bounds a page: 1 to 1000 rows, 100 unless told. */
export function pageSize(limit: number | undefined): number {
  return Math.min(MAX_LIMIT, Math.max(1, Math.trunc(limit ?? DEFAULT_LIMIT)))
}

/** Whether a column is one of the list that the parameter `:name` holds as JSON. */
export const listed = (column: string, name: string): string => `${column} IN (SELECT value FROM json_each(:${name}))`

export class Where {
  readonly #conditions: string[] = []
  readonly parameters: Record<string, Value> = {}

  /** A condition without a parameter. */
  fixed(condition: string): this {
    this.#conditions.push(condition)
    return this
  }

  /** `condition` uses `:name`; nothing is added when `value` is undefined. */
  given(condition: string, name: string, value: Value | undefined): this {
    if (value === undefined) return this
    this.#conditions.push(condition)
    this.parameters[name] = value
    return this
  }

  /** One more parameter of the condition before. */
  alsoGiven(name: string, value: Value): this {
    this.parameters[name] = value
    return this
  }

  /** Takes over the conditions of another. */
  and(other: Where): this {
    this.#conditions.push(...other.#conditions)
    Object.assign(this.parameters, other.parameters)
    return this
  }

  /** " WHERE a AND b", or nothing. */
  get sql(): string {
    return this.#conditions.length === 0 ? '' : ` WHERE ${this.#conditions.join(' AND ')}`
  }
}
