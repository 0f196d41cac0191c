import { describe, expect, test } from 'vitest'
import { fill, fillAll, fillText, withoutParams } from './params.ts'
import { pythonJson, pythonText } from './python-text.ts'

const VARIABLES = {
  topic: 'Print Done', message: 'It is done.', m1: 5, m10: 500, popup: true, nothing: null, currentZ: 10, size: 242_038, text: "it's",
  mail: 'me@example.com', own: '@own', list: ['a', 'b'],
  job: { file: { name: 'lamp@night.gcode' }, filament: null, estimatedPrintTime: 476.05552375713864 },
  progress: { completion: 14.496484023169915, filepos: 35_087 },
  'access-token': 'abc', meta: { statistics: { averagePrintTime: { _default: 49 } } },
}

describe('octoprint.md 7.3, what its users see today', () => {
  test.each<[string, unknown]>([
    ['@topic', 'Print Done'],
    ['@progress', { completion: 14.496484023169915, filepos: 35_087 }],
    ['@size', 242_038], ['@popup', true], ['@nothing', null],
    ['x @topic y', 'x Print Done y'],
    ['@popup and @nothing', 'True and None'],
    ['all: @progress', "all: {'completion': 14.496484023169915, 'filepos': 35087}"],
    ['at @progress.completion %', 'at 14.496484023169915 %'],
    ['@missing', ''], ['a @missing b', 'a  b'], ['@job.file.nothing', ''],
    ['@m1 some text here @topic - @size', '5 some text here Print Done - 242038'],
    ['no parameter', 'no parameter'], ['', ''],
    ['@list', ['a', 'b']], ['@list.0', ''],
  ])('%j becomes %j', (template, expected) => {
    // A float of Python's prints as its number in JSON.
    expect(JSON.parse(JSON.stringify(fill(template, VARIABLES)))).toEqual(expected)
  })
})

describe('what breaks in the plugin', () => {
  test.each<[string, string, unknown]>([
    ['a name ends where no name can go on', '@topic, @topic! (@topic)\n@topic"', 'Print Done, Print Done! (Print Done)\nPrint Done"'],
    ['a full stop ends a sentence', 'It is @topic.', 'It is Print Done.'],
    ['and is no part of a name that is all there is', '@topic.', 'Print Done.'],
    ['a dot on a text is empty', '@topic.length', ''],
    ['a dot on null is empty', 'uses @job.filament.tool0.length mm', 'uses  mm'],
    ['a dot on a number is empty', '@currentZ.value', ''],
    ['a dot on what is missing is empty', '@nope.a.b', ''],
    ['no name is cut out of a longer one', '@m1 @m10', '5 500'],
    ['nor out of a longer path', '@progress.filepos @progress.completion', '35087 14.496484023169915'],
    ['an address that was inserted stays', 'to @mail now', 'to me@example.com now'],
    ["a file's name with an @ stays", '@job.file.name', 'lamp@night.gcode'],
    ['a value that holds its own name ends', '@own!', '@own!'],
    ['a mail address that was written stays', 'me@example.com, @topic', 'me@example.com, Print Done'],
    ['an @ of its own stays', '5 @ 20 % @', '5 @ 20 % @'],
    ['@@ is one @', '@@topic is @topic', '@topic is Print Done'],
    ['a parameter may touch the word before it', 'T-@topic/n@size', 'T-Print Done/n242038'],
    ['a dash belongs to a name that has one', 'Bearer @access-token', 'Bearer abc'],
    ['and to none that has not', '@size-@topic--', '242038-Print Done--'],
    ['names that begin with _', '@meta.statistics.averagePrintTime._default s', '49.0 s'],
    ['what every object has is no value', '@constructor @job.toString @__proto__', '  '],
  ])('%s', (_what, template, expected) => {
    expect(fill(template, VARIABLES)).toEqual(expected)
  })

  test('a thousand parameters that are not there end', () => {
    expect(fill('@x@x '.repeat(1_000), VARIABLES)).toHaveLength(3_000)
  })
})

test('texts are filled in at every depth; names and the rest stay', () => {
  expect(fillAll({ '@topic': '@topic', n: 1, list: ['@size', { deep: 'x @popup' }], none: null, job: '@job.file' }, VARIABLES))
    .toEqual({ '@topic': 'Print Done', n: 1, list: [242_038, { deep: 'x True' }], none: null, job: { name: 'lamp@night.gcode' } })
})

test('what was inserted is not looked through', () => {
  expect(fillAll({ extra: '@extra' }, { extra: { note: '@topic' }, topic: 'Print Done' })).toEqual({ extra: { note: '@topic' } })
})

test('what is written for good is told apart from parameters', () => {
  expect(withoutParams('Bearer @access_token')).toBe('Bearer ')
  expect(withoutParams('https://host/@a.b/c?d=@e', 'x')).toBe('https://host/x/c?d=x')
  expect(fillText('@a', {}, (value, first) => `${String(value)} ${String(first)}`)).toBe('undefined true')
})

// Printed by Python 3 itself.
describe('a value as Python tells it', () => {
  test.each<[unknown, string]>([
    [true, 'True'], [false, 'False'], [null, 'None'], [0, '0'], [-3, '-3'], [123_456_789_012_345_680, '123456789012345680'], ['x', 'x'], ['', ''],
    [14.496484023169915, '14.496484023169915'], [0.0001, '0.0001'], [0.00001, '1e-05'],
    [[1, 'x', null], "[1, 'x', None]"], [{}, '{}'], [[], '[]'],
    [{ a: "it's", b: 'say "hi"', c: 'both \' and "', n: null, t: true, f: 1.5, l: [1, 'x'] }, "{'a': \"it's\", 'b': 'say \"hi\"', 'c': 'both \\' and \"', 'n': None, 't': True, 'f': 1.5, 'l': [1, 'x']}"],
    [{ u: 'ä\n\t\u0007\u200b\u{1f600}\\' }, "{'u': 'ä\\n\\t\\x07\\u200b\u{1f600}\\\\'}"],
    [{ completion: 100, filepos: 5, z: 0, printTime: 29 }, "{'completion': 100.0, 'filepos': 5, 'z': 0.0, 'printTime': 29}"],
    [{ time: 1e16, length: 1e22, width: 1e-7 }, "{'time': 1e+16, 'length': 1e+22, 'width': 1e-07}"],
  ])('%j', (value, expected) => {
    expect(pythonText(value)).toBe(expected)
  })

  test('and a whole float of OctoPrint by its field', () => {
    expect([fill('z @currentZ', { currentZ: 10 }), fill('@p.completion %', { p: { completion: 50 } }), fill('@p.printTime s', { p: { printTime: 50 } })]).toEqual(['z 10.0', '50.0 %', '50 s'])
  })

  test('as json.dumps writes it', () => {
    expect(pythonJson({ a: [1, true, null, 'ä\n"\u{1f600}'], z: 10, o: {}, f: 0.1 })).toBe('{"a": [1, true, null, "\\u00e4\\n\\"\\ud83d\\ude00"], "z": 10.0, "o": {}, "f": 0.1}')
  })
})
