import { describe, expect, test } from 'vitest'
import type { EventType } from '../../events/model.ts'
import { compileTemplates, filled, templateFor, troublesIn, troubleText } from './compile.ts'

const told = (title: string): string[] => troublesIn({ '*': { title } }).map((trouble) => `${trouble.field}: ${troubleText(trouble)}`)
const fill = (field: 'title' | 'body', text: string, values: Record<string, unknown> = {}): string => {
  const [one] = compileTemplates({ '*': { [field]: text } })
  if (!one?.parsed) throw new Error(troubleText(one?.trouble ?? { place: null, what: 'nothing' }))
  return filled(field, one.parsed, values)
}

describe('which template speaks', () => {
  const compiled = compileTemplates({ '*': { title: 'all', body: 'all' }, 'job.*': { body: 'job' }, 'job.done': { title: 'done' }, 'native:MovieDone': { title: 'movie' } })
  const speaks = (type: EventType, native?: string): (string | null)[] => (['title', 'body'] as const)
    .map((field) => templateFor(compiled, field, { type, ...(native === undefined ? {} : { native: { name: native, payload: null } }) })?.text ?? null)

  test.each([
    ['job.done', undefined, ['done', 'job']],
    ['job.failed', undefined, ['all', 'job']],
    ['link.lost', undefined, ['all', 'all']],
    ['server.event', 'MovieDone', ['movie', null]],
    ['server.event', 'Upload', [null, null]],
  ] as const)('of %s %s: the most exact one, for title and body apart', (type, native, expected) => {
    expect(speaks(type, native)).toEqual(expected)
  })
})

describe('a template that is wrong', () => {
  test.each([
    ['{{ happened | shout }}', 'title: line 1, column 1: undefined filter: shout'],
    ['a\n  {{ printer.nmae }}', 'title: line 2, column 6: there is no "printer.nmae" to fill in; there is: printer.id, printer.name, printer.kind, printer.tags'],
    ['{% if late %}x', 'title: line 1, column 1: tag {% if late %} not closed'],
    ['{% include "/etc/passwd" %}', 'title: line 1, column 1: "include" is not there, for no other template can be taken in'],
  ])('is named by line and column: %s', (text, expected) => {
    expect(told(text)).toEqual([expected])
  })

  test('by a name that does not exist tells what there is', () => {
    expect(told('{{ tittle }}')[0]).toMatch(/^title: line 1, column 4: there is no "tittle" to fill in; there is: title, body, happened, said, type, /)
  })

  test.each(['{{ attention.choices.first }}', '{% for tag in printer.tags %}{{ tag }}{{ forloop.index }}{% endfor %}', '{{ job[type] }}', '{% assign x = job.name | upcase %}{{ x }}', '{{ title.size }}'])('is not one like this: %s', (text) => {
    expect(told(text)).toEqual([])
  })

  test('says nothing where it is empty', () => {
    expect(compileTemplates({ '*': { title: '  ', body: '' } })).toEqual([])
  })
})

describe('a filled template', () => {
  test.each([
    ['title', 'a\n b\u202ec', 'a b c'],
    ['title', 'x'.repeat(121), `${'x'.repeat(119)}…`],
    ['body', '\n\n one \r\n\r\n\r\n\r\n two\u0007 \n', 'one\n\ntwo'],
    ['body', 'y'.repeat(2_001), `${'y'.repeat(1_999)}…`],
    ['title', '{{ job.name }}', 'Cube {{ 7 | times: 6 }}'],
  ] as const)('is plain text: %s %j', (field, text, expected) => {
    expect(fill(field, text, { job: { name: 'Cube {{ 7 | times: 6 }}' } })).toBe(expected)
  })
})
