import { describe, expect, it } from 'vitest'
import { firstTime, recordingSink, untilOn } from '../support/adapter-kit.ts'
import { FAKE_KEY, FAKE_USER, Refusal } from '../support/fake-moonraker.ts'
import { Secret } from '../../electron/engine/settings/secret.ts'
import { closeAfterEach, connect, fakeWith } from '../support/moonraker-rig.ts'

closeAfterEach()

const LOGIN = { user: FAKE_USER.name, secrets: { password: FAKE_USER.password } }

/** What was shown when the socket identified itself, each time. */
const shown = (fake: Awaited<ReturnType<typeof fakeWith>>): string[] => fake.calls.filter(({ method }) => method === 'server.connection.identify')
  .map(({ params }) => ('api_key' in params ? `key ${String(params['api_key'])}` : 'access_token' in params ? 'token' : 'nothing'))

describe('a trusted address', () => {
  it('is shown nothing, in no header and no message', async () => {
    const fake = await fakeWith()
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    expect(shown(fake)).toEqual(['nothing'])
    expect(fake.headers.some((one) => one['x-api-key'] !== undefined || one.authorization !== undefined)).toBe(false)
  })

  it('refuses a wrong key all the same, and says that none is needed', async () => {
    const fake = await fakeWith()
    const sink = recordingSink()
    const { clock } = connect(fake, sink, firstTime(), { secrets: { apiKey: 'an-old-key-of-last-year' } })
    await untilOn(clock, 'auth failed', () => sink.lastLink() === 'auth_failed')
    expect(sink.links.at(-1)).toMatchObject({ cause: 'key_invalid', detail: expect.stringContaining('It trusts this computer and needs none: take the key out') as string })
    expect(sink.observations).toEqual([])
  })

  it('with forced logins is never taken for connected and idle', async () => {
    const fake = await fakeWith({ forceLogins: true })
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    await untilOn(clock, 'auth failed', () => sink.lastLink() === 'auth_failed')
    expect(sink.links.map((one) => one.link)).toEqual(['connecting', 'auth_failed'])
    expect(sink.links.at(-1)).toMatchObject({ cause: 'key_missing', detail: expect.stringContaining('wants a login from everybody (force_logins). Enter a user name with its password, or an API key.') as string })
    fake.forceLogins = false
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up', 70_000, 1_000)
  })
})

describe('an address that is not trusted', () => {
  it('gets in with its API key', async () => {
    const fake = await fakeWith({ trusted: false })
    const sink = recordingSink()
    const { clock, ports } = connect(fake, sink, firstTime(), { secrets: { apiKey: FAKE_KEY } })
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    expect(shown(fake)).toEqual([`key ${FAKE_KEY}`])
    expect(JSON.stringify([ports.log.lines, sink.links, sink.observations])).not.toContain(FAKE_KEY)
  })

  it('gets in with its API key though logins are forced', async () => {
    const fake = await fakeWith({ trusted: false, forceLogins: true })
    const sink = recordingSink()
    const { clock } = connect(fake, sink, firstTime(), { secrets: { apiKey: FAKE_KEY } })
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
  })

  it('without a credential is told what to enter', async () => {
    const fake = await fakeWith({ trusted: false })
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    await untilOn(clock, 'auth failed', () => sink.lastLink() === 'auth_failed')
    expect(sink.links.at(-1)).toMatchObject({ cause: 'key_missing', detail: expect.stringContaining('does not trust this computer') as string })
  })

  it('with a wrong key is asked once a minute, and takes the new key that was stored meanwhile', async () => {
    const fake = await fakeWith({ trusted: false })
    const sink = recordingSink()
    let stored = 'wrong-wrong-wrong'
    const { clock } = connect(fake, sink, firstTime(), { secrets: { apiKey: stored }, refreshSecrets: () => Promise.resolve({ apiKey: new Secret(stored) }) })
    await untilOn(clock, 'auth failed', () => sink.lastLink() === 'auth_failed')
    expect(sink.links.at(-1)?.cause).toBe('key_invalid')
    await clock.advance(30_000)
    expect(shown(fake)).toEqual(['key wrong-wrong-wrong'])
    stored = FAKE_KEY
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up', 100_000, 1_000)
    expect(shown(fake).at(-1)).toBe(`key ${FAKE_KEY}`)
  })
})

describe('a user with a password', () => {
  it('logs in over the socket, from the source that the server names, and identifies itself with the token', async () => {
    const fake = await fakeWith({ trusted: false, forceLogins: true })
    const sink = recordingSink()
    const { clock, ports } = connect(fake, sink, firstTime(), LOGIN)
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    expect(fake.calls.slice(0, 3).map(({ method }) => method)).toEqual(['access.info', 'access.login', 'server.connection.identify'])
    expect(fake.calls[1]?.params).toEqual({ username: 'ann', password: 's3cretpw', source: 'moonraker' })
    expect(shown(fake)).toEqual(['token'])
    const everything = JSON.stringify([ports.log.lines, sink.links, sink.observations])
    for (const secret of [FAKE_USER.password, ...fake.tokens]) expect(everything).not.toContain(secret)
  })

  it('uses the same token for the next connection, and logs in no second time', async () => {
    const fake = await fakeWith({ trusted: false })
    const sink = recordingSink()
    const { clock } = connect(fake, sink, firstTime(), LOGIN)
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    fake.drop()
    await untilOn(clock, 'link up again', () => sink.links.filter((one) => one.link === 'down').length === 1 && sink.lastLink() === 'up')
    expect(fake.called('access.login')).toBe(1)
    expect(shown(fake)).toEqual(['token', 'token'])
  })

  it('renews the token when four fifths of its life are over', async () => {
    const fake = await fakeWith({ trusted: false, tokenLife: 600 })
    const sink = recordingSink()
    const { clock } = connect(fake, sink, firstTime(), LOGIN)
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    const from = clock.now()
    await untilOn(clock, 'renewed', () => fake.called('access.refresh_jwt') === 1, 600_000, 2_000)
    expect(clock.now() - from).toBeGreaterThan(475_000)
    expect(clock.now() - from).toBeLessThan(490_000)
    await untilOn(clock, 'renewed once more', () => fake.called('access.refresh_jwt') === 2, 600_000, 2_000)
    expect(fake.called('access.login')).toBe(1)
    expect(sink.links.some((one) => one.link === 'down')).toBe(false)
  })

  it('renews a token that the server no longer accepts, and logs in when the renewal is refused, too', async () => {
    const fake = await fakeWith({ trusted: false })
    const sink = recordingSink()
    const { clock } = connect(fake, sink, firstTime(), LOGIN)
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    const [access] = fake.tokens
    fake.tokens.delete(access ?? '')
    fake.drop()
    await untilOn(clock, 'renewed', () => fake.called('access.refresh_jwt') === 1 && sink.lastLink() === 'up')
    expect(fake.called('access.login')).toBe(1)
    fake.tokens.clear()
    fake.drop()
    await untilOn(clock, 'logged in', () => fake.called('access.login') === 2 && sink.links.filter((one) => one.link === 'down').length === 2 && sink.lastLink() === 'up')
  })

  it('gets in again on the same socket when it was logged out', async () => {
    const fake = await fakeWith({ trusted: false })
    const sink = recordingSink()
    const { clock } = connect(fake, sink, firstTime(), LOGIN)
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    const [socket] = fake.sockets
    fake.tokens.clear()
    fake.notify('notify_user_logged_out', { username: 'ann' })
    await untilOn(clock, 'subscribed again', () => fake.called('printer.objects.subscribe') === 2)
    expect(fake.called('access.login')).toBe(2)
    expect([...fake.sockets]).toEqual([socket])
    expect(sink.links.some((one) => one.link === 'down')).toBe(false)
  })

  it('finds within half a minute that a silent socket has lost its rights', async () => {
    const fake = await fakeWith({ trusted: false })
    const sink = recordingSink()
    const { clock } = connect(fake, sink, firstTime(), LOGIN)
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    fake.password = 'another one'
    fake.tokens.clear()
    fake.methods.set('server.info', () => {
      throw new Refusal(401, 'Unauthorized')
    })
    await untilOn(clock, 'auth failed', () => sink.lastLink() === 'auth_failed', 40_000, 500)
    expect(sink.links.at(-1)).toMatchObject({ cause: 'key_invalid', detail: expect.stringContaining('Invalid Password') as string })
  })

  it('does not send a refused password again for half an hour: the server may lock this computer out', async () => {
    const fake = await fakeWith({ trusted: false })
    fake.password = 'another one'
    const sink = recordingSink()
    const { clock } = connect(fake, sink, firstTime(), LOGIN)
    await untilOn(clock, 'auth failed', () => sink.lastLink() === 'auth_failed')
    await untilOn(clock, 'some tries', () => fake.accepted >= 5, 400_000, 1_000)
    expect(fake.called('access.login')).toBe(1)
    fake.password = FAKE_USER.password
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up', 2_000_000, 5_000)
    expect(fake.called('access.login')).toBe(2)
  })

  it('is told that the server takes no login from here after too many wrong passwords', async () => {
    const fake = await fakeWith({ trusted: false })
    fake.methods.set('access.login', () => {
      throw new Refusal(401, 'Unauthorized')
    })
    const sink = recordingSink()
    const { clock } = connect(fake, sink, firstTime(), LOGIN)
    await untilOn(clock, 'auth failed', () => sink.lastLink() === 'auth_failed')
    expect(sink.links.at(-1)?.detail).toContain('too many wrong passwords (max_login_attempts)')
  })

  it('without a password is asked for one', async () => {
    const fake = await fakeWith({ trusted: false })
    const sink = recordingSink()
    const { clock } = connect(fake, sink, firstTime(), { user: 'ann' })
    await untilOn(clock, 'auth failed', () => sink.lastLink() === 'auth_failed')
    expect(sink.links.at(-1)).toMatchObject({ cause: 'key_missing', detail: expect.stringContaining('There is no password for the user "ann"') as string })
  })

  it('shows its key alone where there is one, too: never two credentials beside each other', async () => {
    const fake = await fakeWith({ trusted: false })
    const sink = recordingSink()
    const { clock } = connect(fake, sink, firstTime(), { user: 'ann', secrets: { apiKey: FAKE_KEY, password: 'wrong' } })
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    expect(fake.called('access.login')).toBe(0)
    expect(shown(fake)).toEqual([`key ${FAKE_KEY}`])
  })
})
