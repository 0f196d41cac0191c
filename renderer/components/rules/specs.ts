/** Fields of the rules as the forms draw them. Pure. */
import { fieldSpec, type FieldSpec } from '../forms/schema.ts'

export function textSpec(name: string, title: string, description: string | null = null): FieldSpec {
  return fieldSpec('text', name, title, { description, required: name === 'name' })
}
