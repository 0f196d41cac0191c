/** Fields of the rules as the forms draw them. Pure. */
import type { FieldKind, FieldSpec } from '../forms/schema.ts'

export function fieldSpec(kind: FieldKind, name: string, title: string, more: Partial<FieldSpec> = {}): FieldSpec {
  return { name, kind, title, description: null, required: false, fallback: undefined, unit: 'none', integer: false, min: null, max: null, options: [], fields: [], ...more }
}

export function textSpec(name: string, title: string, description: string | null = null): FieldSpec {
  return fieldSpec('text', name, title, { description, required: name === 'name' })
}
