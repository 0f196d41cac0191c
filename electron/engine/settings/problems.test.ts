import { expect, test } from 'vitest'
import { z } from 'zod'
import { problemsOf } from './problems.ts'

const schema = z.strictObject({
  name: z.string().min(1), code: z.string().min(4).max(8), pins: z.array(z.number()).min(2).max(3), layers: z.array(z.number()).min(1), step: z.number().gt(0).lt(1), minutes: z.number().min(1).max(60),
})
const told = (given: object): string[] => {
  const { error } = schema.safeParse({ name: 'n', code: 'abcd', pins: [1, 2], layers: [1], step: 0.5, minutes: 5, ...given })
  return error ? problemsOf(error, schema, given).map(({ path, message, cure }) => `${path} ${message}. ${cure}`) : []
}

test.each<[object, string]>([
  [{ name: '' }, 'name is empty. Fill it in.'],
  [{ name: undefined }, 'name is missing. Fill it in.'],
  [{ code: 'abc' }, 'code is too short. It must have at least 4 characters.'],
  [{ code: 'abcdefghi' }, 'code is too long. It may have at most 8 characters.'],
  [{ layers: [] }, 'layers is empty. Add at least one entry.'],
  [{ layers: undefined }, 'layers is missing. Add a list.'],
  [{ pins: [1] }, 'pins has too few entries. It must have at least 2.'],
  [{ pins: [1, 2, 3, 4] }, 'pins has too many entries. It may have at most 3.'],
  [{ step: 0 }, 'step is too small. It must be more than 0.'],
  [{ step: 1 }, 'step is too large. It must be less than 1.'],
  [{ minutes: 0 }, 'minutes is too small. It must be at least 1.'],
  [{ minutes: 61 }, 'minutes is too large. It must be at most 60.'],
  [{ minutes: '5' }, 'minutes is a text. It must be a number.'],
])('%o is told as a person would say it', (given, expected) => {
  expect(told(given)).toEqual([expected])
})
