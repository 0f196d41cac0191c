import { describe, expect, test } from 'vitest'
import { buildRequest, fillUrl, pictureField, wire, type Template } from './request.ts'

const BODY = { topic: '@topic', job: '@job', list: [1, null, 'x y'], nothing: null, popup: '@popup', z: '@currentZ' }
const VARIABLES = { topic: 'Print Done', job: { a: 1, b: { c: 'ä' } }, popup: true, currentZ: 10, apiSecret: 's3cret', name: 'a/b?c=d&e #1 é@x', currentTime: 1_768_478_400 }

const template = (over: Partial<Template>): Template => ({ url: 'http://h/p', method: 'POST', contentType: 'JSON', headers: {}, data: BODY, ...over })
const sent = (over: Partial<Template>): ReturnType<typeof wire> => wire(buildRequest(template(over), VARIABLES), null)

// Bodies and addresses as Python's requests 2.34.2 makes them of the same data.
describe('the body', () => {
  test.each(['POST', 'PUT', 'DELETE'] as const)('%s as JSON', (method) => {
    expect(sent({ method })).toEqual({
      method, url: 'http://h/p', headers: { 'Content-Type': 'application/json' },
      data: '{"topic": "Print Done", "job": {"a": 1, "b": {"c": "\\u00e4"}}, "list": [1, null, "x y"], "nothing": null, "popup": true, "z": 10.0}',
    })
  })
  test('as a form: lists and objects as JSON, null left out, a switch as Python tells it', () => {
    expect(sent({ contentType: 'FORM' })).toEqual({
      method: 'POST', url: 'http://h/p', headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      data: 'topic=Print+Done&job=%7B%22a%22%3A+1%2C+%22b%22%3A+%7B%22c%22%3A+%22%5Cu00e4%22%7D%7D&list=%5B1%2C+null%2C+%22x+y%22%5D&popup=True&z=10.0',
    })
  })
  test('GET puts it into the address: an object as its names, a list repeated, null left out; headers stay', () => {
    expect(sent({ method: 'GET', url: 'http://h/p?x=1#f', headers: { 'Content-Type': 'text/plain', Accept: '@topic' } })).toEqual({
      method: 'GET', url: 'http://h/p?x=1&topic=Print+Done&job=a&job=b&list=1&list=x+y&popup=True&z=10.0', headers: { 'Content-Type': 'text/plain', Accept: 'Print Done' },
    })
  })
  test('GET of nothing leaves the address as it is', () => {
    expect(sent({ method: 'GET', data: { n: null, e: [], o: {} } }).url).toBe('http://h/p')
  })
  test('GET: lists in lists are laid out flat, as urlencode does', () => {
    expect(sent({ method: 'GET', data: { ll: [[1, 2], { k: 1 }] } }).url).toBe('http://h/p?ll=1&ll=2&ll=k')
  })
})

describe('Content-Type', () => {
  test.each<[string, Template['contentType'], Record<string, string>, Record<string, string>]>([
    ['is added where there is none', 'JSON', { A: 'b' }, { A: 'b', 'Content-Type': 'application/json' }],
    ['is kept where it fits', 'JSON', { 'content-type': 'application/json charset=utf8;' }, { 'content-type': 'application/json charset=utf8;' }],
    ['is kept in upper case', 'JSON', { 'CONTENT-TYPE': 'Application/JSON' }, { 'CONTENT-TYPE': 'Application/JSON' }],
    ['is replaced where it does not', 'JSON', { 'Content-Type': 'application/yoyo' }, { 'Content-Type': 'application/json' }],
    ['of a form is kept where it fits', 'FORM', { 'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8' }, { 'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8' }],
    ['of a form is replaced where it does not', 'FORM', { 'Content-Type': 'application/json' }, { 'Content-Type': 'application/x-www-form-urlencoded' }],
    ['leaves headers alone that only sound like it', 'JSON', { 'X-Content-Type-Options': 'nosniff' }, { 'X-Content-Type-Options': 'nosniff', 'Content-Type': 'application/json' }],
  ])('%s', (_what, contentType, headers, expected) => {
    expect(sent({ contentType, headers }).headers).toEqual(expected)
  })
})

describe('headers', () => {
  test.each<[string, string, string]>([
    ['take parameters', 'Bearer @apiSecret', 'Bearer s3cret'], ['a number becomes a text', '@currentTime', '1768478400'], ['a switch too', '@popup', 'True'],
    ['an object too', '@job', "{'a': 1, 'b': {'c': 'ä'}}"], ['what is missing is empty', '@nope', ''], ['the picture is none', '@snapshot', ''],
  ])('%s', (_what, header, expected) => {
    expect(sent({ headers: { X: header } }).headers).toEqual({ X: expected, 'Content-Type': 'application/json' })
  })
  test('stay on one line, and are UTF-8 beyond Latin-1', () => {
    const { headers } = wire(buildRequest(template({ headers: { A: '@a', B: '@b', C: '@c' } }), { a: 'x\r\nEvil: 1', b: 'größe', c: '€ 5' }), null)
    expect(headers).toEqual({ A: 'x Evil: 1', B: 'größe', C: 'â\u0082¬ 5', 'Content-Type': 'application/json' })
  })
})

describe('the address', () => {
  test.each<[string, string, string]>([
    ['takes parameters', 'http://h/@topic', 'http://h/Print%20Done'],
    ['encodes what they hold', 'http://h/@name?n=@name', 'http://h/a%2Fb%3Fc%3Dd%26e%20%231%20%C3%A9%40x?n=a%2Fb%3Fc%3Dd%26e%20%231%20%C3%A9%40x'],
    ['ends a name at & and =', 'http://h/?a=@topic&b=@currentTime', 'http://h/?a=Print%20Done&b=1768478400'],
    ['has nothing where a parameter is missing', 'http://h/@nope/x', 'http://h//x'],
    ['has no picture', 'http://h/@snapshot', 'http://h/'],
    ['leaves a parameter at its beginning as it is', '@base/hook', 'https://host/x/hook'],
    ['may be one parameter', '@base', 'https://host/x'],
    ['encodes half a surrogate pair', 'http://h/@half', 'http://h/%EF%BF%BD'],
  ])('%s', (_what, url, expected) => {
    expect(fillUrl(url, { ...VARIABLES, base: 'https://host/x', half: '\ud83d' })).toBe(expected)
  })
})

describe('the picture', () => {
  const PICTURE = { jpeg: new Uint8Array([0xff, 0xd8, 1, 2, 0xff, 0xd9]), file: '/somewhere/x.jpg', width: 1, height: 1, takenAt: 0 }
  const withPicture = template({ data: { snap: '@snapshot', second: '@snapshot', deep: { snap: '@snapshot' }, topic: '@topic', job: '@job', popup: '@popup', nothing: null }, headers: { 'Content-Type': 'application/json', A: '1' } })

  test('belongs to the first field of the first level that is nothing but @snapshot', () => {
    expect(pictureField(withPicture)).toBe('snap')
    expect(pictureField({ method: 'POST', data: { a: 'see @snapshot', deep: { snap: '@snapshot' }, list: ['@snapshot'] } })).toBeNull()
    expect(pictureField({ method: 'GET', data: { snap: '@snapshot' } })).toBeNull()
  })
  test('is a part of its own, last; the others are texts', async () => {
    const { data, headers } = wire(buildRequest(withPicture, VARIABLES), PICTURE)
    const parts = await Promise.all([...(data as FormData)].map(async ([name, value]) => [name, typeof value === 'string' ? value : [value.name, value.type, [...new Uint8Array(await value.arrayBuffer())]]]))
    expect(parts).toEqual([
      ['second', ''], ['deep', '{"snap": ""}'], ['topic', 'Print Done'], ['job', '{"a": 1, "b": {"c": "\\u00e4"}}'], ['popup', 'True'], ['snap', ['snapshot.jpg', 'image/jpeg', [0xff, 0xd8, 1, 2, 0xff, 0xd9]]],
    ])
    expect(headers).toEqual({ A: '1' })
  })
  test('that is not there takes its field with it, and the body stays multipart', () => {
    const { data } = wire(buildRequest(withPicture, VARIABLES), null)
    expect([...(data as FormData).keys()]).toEqual(['second', 'deep', 'topic', 'job', 'popup'])
  })
  test('is dropped by GET', () => {
    expect(wire(buildRequest({ ...withPicture, method: 'GET', data: { snap: '@snapshot', topic: '@topic' } }, VARIABLES), PICTURE).url).toBe('http://h/p?topic=Print+Done')
  })
})
