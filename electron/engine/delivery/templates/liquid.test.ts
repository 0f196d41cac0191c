import { describe, expect, test } from 'vitest'
import { fillTemplate, parseTemplate, TemplateProblem } from './liquid.ts'

const NAMES = ['title', 'job', 'list']
const fill = (text: string, values: Record<string, unknown> = {}): string => fillTemplate(parseTemplate(text, NAMES), values)

function problem(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    if (error instanceof TemplateProblem) return error.message
    throw error
  }
  throw new Error('nothing was wrong')
}

describe('a template', () => {
  test.each([
    ['{{ title }}: {{ job.name }}', 'MK4: lamp.gcode'],
    ['{"text": {{ title | json }}}', '{"text": "MK4"}'],
    ['{% if job.user %}by {{ job.user }}{% else %}nobody{% endif %}', 'nobody'],
    ['{% for one in list %}{{ one }};{% endfor %}', 'a;b;'],
    ['{% assign short = job.name | split: "." | first %}{{ short }}', 'lamp'],
    ['no sign at all', 'no sign at all'],
    ['', ''],
  ])('%s', (text, expected) => {
    expect(fill(text, { title: 'MK4', job: { name: 'lamp.gcode', user: null }, list: ['a', 'b'] })).toBe(expected)
  })

  test('what is not known is empty, and so is what stands in something that is not there', () => {
    expect(fill('[{{ job.name }}][{{ title }}]', { job: null, title: null })).toBe('[][]')
  })

  test('escapes nothing unless told: a name that looks like Liquid stays a name', () => {
    expect(fill('{{ title }}', { title: '{{ job.name }}{% include "x" %}' })).toBe('{{ job.name }}{% include "x" %}')
  })

  test('sees only what it is given', () => {
    expect(fill('[{{ job.constructor }}][{{ job.__proto__ }}][{{ job.toString }}]', { job: {} })).toBe('[][][]')
  })
})

describe('a template that is wrong', () => {
  test.each([
    ['first line\n{{ title | shout }}', "The template can't be used, line 2: undefined filter: shout."],
    ['{{ title', "The template can't be used, line 1: output \"{{ title\" not closed."],
    ['\n\n{% if title %}x', "The template can't be used, line 3: tag {% if title %} not closed."],
    ['{% include "/etc/passwd" %}', 'The template can\'t be used, line 1: "include" is not there, for no other template can be taken in.'],
    ['{% render "x" %}', 'The template can\'t be used, line 1: "render" is not there, for no other template can be taken in.'],
    ['{% layout "x" %}', 'The template can\'t be used, line 1: "layout" is not there, for no other template can be taken in.'],
    ['{% block x %}{% endblock %}', 'The template can\'t be used, line 1: "block" is not there, for no other template can be taken in.'],
    ['{{ tittle }}', 'There is no "tittle" to fill in. There is: title, job, list.'],
    ['x'.repeat(20_001), 'The template is longer than 20000 characters. Shorten it.'],
  ])('names line and cause: %s', (text, expected) => {
    expect(problem(() => parseTemplate(text, NAMES))).toBe(expected)
  })
})

describe('a template that asks too much', () => {
  test('is stopped in its time', () => {
    expect(problem(() => fill('{% for a in (1..3000) %}{% for b in (1..3000) %}x{% endfor %}{% endfor %}'))).toBe("The template can't be used, line 1: it takes too long to fill in.")
  })

  test.each(['{% for a in (1..100000000) %}x{% endfor %}', '{% assign s = "xxxxxxxxxx" %}{% for a in (1..40) %}{% assign s = s | append: s %}{% endfor %}{{ s }}'])('is stopped in its memory: %s', (text) => {
    expect(problem(() => fill(text))).toBe("The template can't be used, line 1: it makes too much text.")
  })

  test('what is nested too deep is told', () => {
    let deep: unknown = 1
    for (let depth = 0; depth < 50_000; depth++) deep = [deep]
    expect(problem(() => fill('{{ job | json }}', { job: deep }))).toBe("The template can't be used, line 1: what it fills in is nested too deep.")
  })
})
