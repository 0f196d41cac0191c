/** Takes a server's or destination's own fields apart: what the kind's schema parses, and references to secrets. */
import type { z } from 'zod'
import type { SecretRef } from '../ports.ts'
import type { SecretFields } from './kinds.ts'
import type { Problem } from './problems.ts'
import { knownFields, pathText, problemsOf, unknownField } from './problems.ts'
import { secretRef } from './schema.ts'

export interface Part {
  /** As the kind's schema gave it; undefined when there are problems. */
  settings: unknown
  secrets: Readonly<Record<string, SecretRef>>
  problems: Problem[]
  warnings: string[]
}

export const REFERENCE_HELP = 'Use { "env": "NAME" }, { "file": "/path" } or { "store": "name" }.'

/**
 * @param fields what stands in the settings, without `id` and `kind`
 * @param prefix where they stand
 */
export function parsePart(fields: Readonly<Record<string, unknown>>, schema: z.ZodType, secretFields: SecretFields, prefix: readonly PropertyKey[]): Part {
  const problems: Problem[] = []
  const warnings: string[] = []
  const secrets: Record<string, SecretRef> = {}
  const plain: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(fields)) {
    if (!Object.hasOwn(secretFields, name)) {
      plain[name] = value
      continue
    }
    const reference = secretRef().safeParse(value)
    if (reference.success) secrets[name] = reference.data
    else problems.push(badReference(pathText([...prefix, name]), value))
  }
  for (const [name, { label, required }] of Object.entries(secretFields)) {
    if (required && !Object.hasOwn(fields, name)) warnings.push(`${pathText([...prefix, name])} is not set (${label}). ${REFERENCE_HELP}`)
  }
  const known = knownFields(schema)
  const unknown = known === null ? [] : Object.keys(plain).filter((name) => !known.includes(name))
  for (const name of unknown) {
    problems.push(unknownField(prefix, name, [...(known ?? []), ...Object.keys(secretFields)]))
    delete plain[name]
  }
  const parsed = schema.safeParse(plain)
  if (!parsed.success) problems.push(...problemsOf(parsed.error, schema, plain, prefix))
  return { settings: parsed.success ? parsed.data : undefined, secrets, problems, warnings }
}

function badReference(path: string, value: unknown): Problem {
  if (typeof value === 'string') {
    return { path, message: 'is a secret written into the settings', cure: `Put it into a file or an environment variable and refer to it. ${REFERENCE_HELP} If others could read this file, replace the secret.` }
  }
  return { path, message: 'is not a reference to a secret', cure: REFERENCE_HELP }
}
