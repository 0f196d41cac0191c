import { describe, expect, it } from 'vitest'
import type { HttpAnswer } from '../net.ts'
import type { Rest } from '../kit/rest.ts'
import { ServerError } from '../kit/server-error.ts'
import { findPrefix, whatElse } from './identify.ts'

const GUEST = { status: 200, body: '{"name":null,"permissions":[],"groups":["guests"]}' }

/** Servers by address: "http://a/path" to what they answer; what is not there does not answer. */
function servers(answers: Record<string, { status: number; body?: string; location?: string }>): (base: string) => Rest {
  return (base) => ({
    base,
    host: new URL(base).host,
    call: async (_method: string, path: string): Promise<HttpAnswer> => {
      const found = answers[base + path]
      if (!found) throw new ServerError('refused', 'Nothing answers.')
      return { status: found.status, headers: found.location === undefined ? {} : { location: found.location }, body: new TextEncoder().encode(found.body ?? '') }
    },
  } as unknown as Rest)
}

describe('an address whose server sends everything on to https', () => {
  const toHttps = {
    'http://print.example.org/': { status: 301, location: 'https://print.example.org/' },
    'http://print.example.org/api/version': { status: 301, location: 'https://print.example.org/api/version' },
  }

  it('is found there', async () => {
    const at = servers({ ...toHttps, 'https://print.example.org/api/currentuser': GUEST })
    expect(await findPrefix(at('http://print.example.org'), at, new AbortController().signal)).toBe('https://print.example.org')
  })

  it('is named when it cannot be looked at there', async () => {
    const at = servers(toHttps)
    expect(await findPrefix(at('http://print.example.org'), at, new AbortController().signal)).toBe(null)
    expect(await whatElse(at('http://print.example.org'), new AbortController().signal)).toBe('print.example.org sends this address on to https://print.example.org. Use that address.')
  })

  it('is not followed to another host', async () => {
    const at = servers({ 'http://print.example.org/': { status: 302, location: 'https://login.example.net/' }, 'https://login.example.net/api/currentuser': GUEST })
    expect(await findPrefix(at('http://print.example.org'), at, new AbortController().signal)).toBe(null)
  })
})

it('finds the path prefix that a page links to', async () => {
  const at = servers({ 'http://octopi.local/': { status: 200, body: '<a href="/printer1/static/app.css">' }, 'http://octopi.local/printer1/api/currentuser': GUEST })
  expect(await findPrefix(at('http://octopi.local'), at, new AbortController().signal)).toBe('http://octopi.local/printer1')
})
