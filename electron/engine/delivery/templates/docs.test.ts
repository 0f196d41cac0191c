import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { loadSettings } from '../../settings/load.ts'
import { compileTemplates } from './compile.ts'
import { TEMPLATE_NAMES } from './names.ts'

const page = readFileSync(new URL('../../../../docs/templates.md', import.meta.url), 'utf8')
const table = page.slice(page.indexOf('## What can be filled in'))

test('the page lists exactly what a template can fill in', () => {
  const listed = [...table.matchAll(/^\| ((?:`[\w.]+`(?:, )?)+) \|/gm)].flatMap(([, names = '']) => [...names.matchAll(/`([\w.]+)`/g)].map(([, name]) => name))
  expect([...listed].sort()).toEqual([...TEMPLATE_NAMES].sort())
})

test('the example of the page can be used as it stands', () => {
  const example = /```json\n([\s\S]*?)```/.exec(page)?.[1] ?? ''
  const templates = loadSettings(example, { path: null }).settings.destinations[0]?.templates ?? {}
  expect(compileTemplates(templates).map(({ selector, field, trouble }) => [selector, field, trouble])).toEqual([['job.done', 'body', null], ['job.*', 'body', null], ['*', 'title', null]])
})
