import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { scriptedHttp } from '../../../../test/support/scripted-http.ts'
import { TestClock } from '../../../../test/support/clock.ts'
import { Secret } from '../../settings/secret.ts'
import { createRest, keyAndProxy } from './rest.ts'
import { ServerError } from './server-error.ts'

describe('a request to a server', () => {
  const usual = { base: 'http://mk3.local/left', pin: null, speaks: 'Mk', judge: () => null, headers: () => ({}) }

  it('is sent once more when the answer asks for other credentials, and no more than once', async () => {
    const http = scriptedHttp()
    const signed: string[] = []
    const rest = createRest({
      ...usual,
      ports: { clock: new TestClock(), net: http.net },
      headers: ({ method, target }) => {
        signed.push(`${method} ${target}`)
        return { 'X-Try': String(signed.length) }
      },
      challenged: (answer) => answer.status === 401,
    })
    const asked = rest.call('GET', '/api/version?a=1')
    await (await http.request(0)).answer(401, {})
    await (await http.request(1)).answer(401, {})
    expect((await asked).status).toBe(401)
    expect(signed).toEqual(['GET /left/api/version?a=1', 'GET /left/api/version?a=1'])
    expect(http.asked).toHaveLength(2)
  })

  it('names whose words are not understood', async () => {
    const http = scriptedHttp()
    const rest = createRest({ ...usual, ports: { clock: new TestClock(), net: http.net } })
    const asked = rest.json('GET', '/x', z.object({ a: z.number() })).catch((error: unknown) => error)
    await (await http.request(0)).answer(200, '<html>')
    const error = await asked
    expect(error).toBeInstanceOf(ServerError)
    expect(error).toMatchObject({ cause_: 'not_this_server', message: 'mk3.local answered /x with something Mk would not say.' })
  })
})

describe('a key and the user of a proxy', () => {
  it('are sent as they are now, the key only where it is meant', () => {
    const credentials = keyAndProxy({}, 'me')
    expect(credentials.hasKey).toBe(false)
    // printf %s 'me:' | base64
    expect(credentials.headers()).toEqual({ Accept: 'application/json', Authorization: 'Basic bWU6' })
    credentials.use({ apiKey: new Secret('CANARY-kit-key'), basicPassword: new Secret('pw') })
    expect(credentials.hasKey).toBe(true)
    // printf %s 'me:pw' | base64
    expect(credentials.headers()).toEqual({ Accept: 'application/json', 'X-Api-Key': 'CANARY-kit-key', Authorization: 'Basic bWU6cHc=' })
    expect(credentials.headers(true)).toEqual({ Accept: 'application/json', Authorization: 'Basic bWU6cHc=' })
  })
})
