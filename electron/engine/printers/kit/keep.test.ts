import { describe, expect, it } from 'vitest'
import { recordingSink, testPorts, type RecordingSink } from '../../../../test/support/adapter-kit.ts'
import { TestClock } from '../../../../test/support/clock.ts'
import { Secret } from '../../settings/secret.ts'
import { keepConnected, type Keeper, type KeepParts } from './keep.ts'
import { linkTeller } from './link.ts'
import { ServerError, type ServerCause } from './server-error.ts'

interface Bench {
  clock: TestClock
  sink: RecordingSink
  stop: AbortController
  keeper: Keeper
  /** When each try began, ms. */
  tries: number[]
}

/** Each try does what `once` says; the chance is 0.5, so that a back-off of 1000 is 750. */
function bench(once: (onUp: () => void, tryNo: number) => Promise<ServerError | null>, more: Partial<KeepParts> = {}, online: boolean | null = true): Bench {
  const clock = new TestClock()
  const ports = testPorts(clock)
  const sink = recordingSink()
  const stop = new AbortController()
  const tries: number[] = []
  const keeper = keepConnected({
    name: 'Mk', base: 'http://192.168.1.2', link: linkTeller(sink, clock), signal: stop.signal, options: {},
    ports: { ...ports, net: { ...ports.net, online: () => online } },
    once: (onUp) => {
      tries.push(clock.monotonic())
      return once(onUp, tries.length)
    },
    useSecrets: () => undefined,
    closing: () => undefined,
    ...more,
  })
  return { clock, sink, stop, keeper, tries }
}

const fails = (cause: ServerCause) => () => Promise.reject(new ServerError(cause, 'why'))

describe('a connection that is kept', () => {
  it('is tried for ever, more and more seldom, once a minute at most', async () => {
    const { clock, tries, sink, stop, keeper } = bench(fails('refused'))
    await clock.advance(200_000)
    expect(tries).toEqual([0, 750, 2_250, 5_250, 11_250, 23_250, 47_250, 92_250, 137_250, 182_250])
    expect(sink.order).toEqual(['link connecting', 'link down'])
    stop.abort()
    await keeper.closed
    expect(clock.pending).toBe(0)
  })

  it('begins anew with short waits after it was up, and at once when hurried', async () => {
    const { clock, tries, keeper } = bench(async (onUp, tryNo) => {
      if (tryNo === 4) onUp()
      return new ServerError('reset', 'why')
    })
    await clock.advance(5_250)
    expect(tries).toEqual([0, 750, 2_250, 5_250])
    await clock.advance(750)
    expect(tries.at(-1)).toBe(6_000)
    await clock.advance(500)
    keeper.hurry()
    await clock.advance(0)
    expect(tries.at(-1)).toBe(6_500)
  })

  it('goes straight on when nothing was wrong', async () => {
    const { clock, tries, sink } = bench(async (_onUp, tryNo) => (tryNo < 3 ? null : new ServerError('reset', 'why')))
    await clock.advance(0)
    expect(tries).toEqual([0, 0, 0])
    expect(sink.order).toEqual(['link connecting', 'link down'])
  })

  it.each<[ServerCause, string, number]>([
    ['key_invalid', 'auth_failed', 60_000], ['key_missing', 'auth_failed', 60_000], ['permission_missing', 'refused', 60_000], ['tls_self_signed', 'refused', 60_000], ['booting', 'down', 1_500],
  ])('after %s is %s, and tried again after %i ms', async (cause, link, ms) => {
    const { clock, tries, sink } = bench(fails(cause))
    await clock.advance(ms)
    expect(tries).toEqual([0, ms])
    expect(sink.links.at(-1)).toMatchObject({ link, cause, detail: 'why' })
  })

  it('waits as long as the kind says where only a person helps', async () => {
    const { clock, tries } = bench(fails('key_invalid'), { slowly: (cause) => (cause === 'key_invalid' ? 600_000 : null) })
    await clock.advance(1_200_000)
    expect(tries).toEqual([0, 600_000, 1_200_000])
  })

  it('takes fresh secrets before the next try after a refusal, and keeps the former ones when they cannot be read', async () => {
    const taken: string[] = []
    let reads = 0
    const { clock } = bench(fails('key_invalid'), {
      options: { refreshSecrets: async () => {
        reads += 1
        if (reads === 1) throw new Error('variable KEY is not set')
        return { apiKey: new Secret('fresh-key-1') }
      } },
      useSecrets: (fresh) => taken.push(fresh['apiKey']?.reveal() ?? ''),
    })
    await clock.advance(60_000)
    expect({ reads, taken }).toEqual({ reads: 1, taken: [] })
    await clock.advance(60_000)
    expect({ reads, taken }).toEqual({ reads: 2, taken: ['fresh-key-1'] })
  })

  it('does not read secrets again for a line that is down', async () => {
    let reads = 0
    const { clock } = bench(fails('timeout'), { options: { refreshSecrets: async () => {
      reads += 1
      return {}
    } } })
    await clock.advance(100_000)
    expect(reads).toBe(0)
  })

  it('blames this computer where it has no network, but not for a server on it', async () => {
    const away = bench(fails('unreachable'), {}, false)
    await away.clock.advance(0)
    expect(away.sink.links.at(-1)).toMatchObject({ link: 'down', cause: 'own_network' })
    const here = bench(fails('refused'), { base: 'http://127.0.0.1:5000' }, false)
    await here.clock.advance(0)
    expect(here.sink.links.at(-1)).toMatchObject({ link: 'down', cause: 'refused' })
    const refused = bench(fails('tls_name'), {}, false)
    await refused.clock.advance(0)
    expect(refused.sink.links.at(-1)).toMatchObject({ link: 'refused', cause: 'tls_name' })
  })

  it('doubts a strange page where the server was a moment ago, for two minutes', async () => {
    const { clock, sink } = bench(async (onUp, tryNo) => {
      if (tryNo > 1) throw new ServerError('not_this_server', 'why')
      onUp()
      return new ServerError('reset', 'why')
    })
    await clock.advance(60_000)
    expect(sink.links.map((one) => `${one.link} ${one.cause}`)).toEqual(['connecting null', 'down reset', 'down not_this_server'])
    await clock.advance(120_000)
    expect(sink.links.at(-1)).toMatchObject({ link: 'refused', cause: 'not_this_server' })
  })

  it('lets the kind name an error more exactly, and hear it before it is told', async () => {
    const heard: string[] = []
    const { clock, sink } = bench(fails('permission_missing'), { refine: async () => new ServerError('key_invalid', 'better'), ended: ({ cause_ }) => heard.push(cause_) })
    await clock.advance(0)
    expect(heard).toEqual(['key_invalid'])
    expect(sink.links.at(-1)).toMatchObject({ link: 'auth_failed', detail: 'better' })
  })

  it('survives a fault of our own: it is logged, named and tried again', async () => {
    const { clock, tries, sink } = bench(() => Promise.reject(new TypeError('oops')))
    await clock.advance(750)
    expect(tries).toEqual([0, 750])
    expect(sink.links.at(-1)).toMatchObject({ link: 'down', cause: 'server_error' })
    expect(sink.links.at(-1)?.detail).not.toContain('oops')
  })

  it('says nothing more when it was stopped, and ends after its closing', async () => {
    let end = () => undefined as void
    let closed = false
    const { sink, stop, keeper, clock } = bench(() => new Promise((_resolve, reject) => (end = () => reject(new ServerError('aborted', 'Stopped.')))), { closing: async () => {
      closed = true
    } })
    stop.abort()
    end()
    await keeper.closed
    expect(closed).toBe(true)
    expect(sink.order).toEqual(['link connecting'])
    expect(clock.pending).toBe(0)
  })
})
