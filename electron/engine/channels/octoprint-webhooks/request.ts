/** One request as OctoPrint-Webhooks builds it: filled in, encoded, and with the right Content-Type. Pure; octoprint.md 7.4 has the rules. */
import type { Picture } from '../../delivery/message.ts'
import type { Asked } from '../kit/http.ts'
import { picturePart } from '../kit/picture-part.ts'
import { fill, fillAll, fillText, SNAPSHOT, type Variables } from './params.ts'
import { pythonJson, pythonText } from './python-text.ts'

export const PICTURE_NAME = 'snapshot.jpg'

type Fields = Readonly<Record<string, unknown>>
type Pairs = readonly [name: string, value: string][]

export interface Template {
  url: string
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  contentType: 'JSON' | 'FORM'
  headers: Readonly<Record<string, string>>
  /** The body as it was written. */
  data: Fields
}

export interface Built {
  url: string
  method: Template['method']
  headers: Readonly<Record<string, string>>
  body: { as: 'query' | 'form'; pairs: Pairs } | { as: 'json'; value: Fields } | { as: 'parts'; pairs: Pairs; file: string }
}

/** The name under which the body sends the picture; null = it sends none. GET has no body that could. */
export function pictureField({ method, data }: Pick<Template, 'method' | 'data'>): string | null {
  if (method === 'GET') return null
  return Object.entries(data).find(([, value]) => value === SNAPSHOT)?.[0] ?? null
}

export function buildRequest(template: Template, variables: Variables): Built {
  const file = pictureField(template)
  const snapshot = Object.entries(template.data).find(([, value]) => value === SNAPSHOT)?.[0]
  const data = fillAll(Object.fromEntries(Object.entries(template.data).filter(([name]) => name !== snapshot)), variables) as Fields
  const headers = Object.fromEntries(Object.entries(template.headers).map(([name, value]) => [name, headerValue(fill(value, variables))]))
  return encode({ ...template, url: fillUrl(template.url, variables), headers }, data, file)
}

/** Nothing is filled in: the OAuth login, which runs before there is anything to fill in. */
export function plainRequest(template: Template): Built {
  return encode(template, template.data, null)
}

function encode({ url, method, headers, contentType }: Omit<Template, 'data'>, data: Fields, file: string | null): Built {
  if (method === 'GET') return { url: withQuery(url, queryOf(data)), method, headers, body: { as: 'query', pairs: queryOf(data) } }
  if (file !== null) return { url, method, headers: withoutContentType(headers), body: { as: 'parts', pairs: formOf(data), file } }
  if (contentType === 'JSON') return { url, method, headers: withContentType(headers, 'application/json'), body: { as: 'json', value: data } }
  return { url, method, headers: withContentType(headers, 'application/x-www-form-urlencoded'), body: { as: 'form', pairs: formOf(data) } }
}

/**
 * Values are percent-encoded, so that a file's name can't become another path or a second parameter. A parameter at the very
 * beginning is an address, or the beginning of one, and stays as it is.
 */
export function fillUrl(template: string, variables: Variables): string {
  return fillText(template, variables, (value, first) => {
    const text = value === undefined ? '' : pythonText(value)
    // Half a surrogate pair has no encoding.
    return first ? text : encodeURIComponent(Buffer.from(text).toString())
  }).trim()
}

/** On one line; beyond Latin-1 as UTF-8, which is what servers read there. */
function headerValue(value: unknown): string {
  const text = pythonText(value).replace(/\p{Cc}+/gu, ' ').trim()
  return [...text].some((character) => (character.codePointAt(0) ?? 0) > 0xff) ? Buffer.from(text).toString('latin1') : text
}

/** Kept where it says what is sent, else replaced; added where there is none. */
function withContentType(headers: Readonly<Record<string, string>>, type: string): Record<string, string> {
  const names = Object.keys(headers).filter(isContentType)
  if (names.length === 0) return { ...headers, 'Content-Type': type }
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, names.includes(name) && !value.toLowerCase().includes(type) ? type : value]))
}

/** The boundary between the parts stands in it, so it is made with them. */
function withoutContentType(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !isContentType(name)))
}

function isContentType(name: string): boolean {
  return name.toLowerCase() === 'content-type'
}

/** Top-level lists and objects as JSON, everything else as Python's text; what is null is left out. */
function formOf(data: Fields): Pairs {
  return Object.entries(data).flatMap(([name, value]): Pairs => (value === null || value === undefined ? [] : [[name, isTree(value) ? pythonJson(value) : pythonText(value)]]))
}

/** A list is repeated, an object is repeated with its names (so does the plugin's HTTP library); what is null is left out. */
function queryOf(data: Fields): Pairs {
  return Object.entries(data).flatMap(([name, value]): Pairs => {
    const values = Array.isArray(value) ? value.flatMap(flat) : flat(value)
    return values.filter((item) => item !== null && item !== undefined).map((item) => [name, pythonText(item)])
  })
}

function flat(value: unknown): unknown[] {
  if (Array.isArray(value)) return value
  return isTree(value) ? Object.keys(value) : [value]
}

/** An object or a list; a float of Python's is a plain value. */
function isTree(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !('toJSON' in value && typeof value.toJSON === 'function')
}

function withQuery(url: string, pairs: Pairs): string {
  if (pairs.length === 0) return url
  const [address = ''] = url.split('#')
  return `${address}${address.includes('?') ? (/[?&]$/.test(address) ? '' : '&') : '?'}${urlencoded(pairs)}`
}

function urlencoded(pairs: Pairs): string {
  return new URLSearchParams([...pairs]).toString()
}

/** What goes over the wire. @param picture null = there is none, and its field is left out */
export function wire(built: Built, picture: Picture | null): Pick<Asked, 'method' | 'url' | 'headers'> & { data?: NonNullable<Asked['data']> } {
  const { method, url, headers, body } = built
  switch (body.as) {
    case 'query': return { method, url, headers }
    case 'json': return { method, url, headers, data: pythonJson(body.value) }
    case 'form': return { method, url, headers, data: urlencoded(body.pairs) }
    case 'parts': {
      const form = new FormData()
      for (const [name, value] of body.pairs) form.append(name, value)
      if (picture !== null) form.append(body.file, picturePart(picture), PICTURE_NAME)
      return { method, url, headers, data: form }
    }
  }
}
