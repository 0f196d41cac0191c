import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { PLAIN_KIND } from '../../test/support/channel-kit.ts'
import { TestClock } from '../../test/support/clock.ts'
import { channel, hanging, OK, PICTURE, type Answer } from '../../test/support/delivery.ts'
import { memoryLog } from '../../test/support/log.ts'
import type { Channel, ChannelKind, DestinationConfig } from './channels/channel.ts'
import { passingMemory } from './channels/memory.ts'
import { renderNotice } from './delivery/render.ts'
import { openDestinations } from './destinations.ts'
import type { Net, SecretRef } from './ports.ts'
import type { ResolvedDestination } from './settings/expand.ts'
import { Secret } from './settings/secret.ts'
import { systemNet } from './system-net.ts'

const NOTICE = renderNotice(null, 'nothing done', 'Nothing to pause, the print is done.', 0)

function destination(id: string, over: Partial<ResolvedDestination> = {}): ResolvedDestination {
  return { id, label: `The ${id}`, channel: 'fake', config: {}, secrets: {}, enabled: true, ...over }
}

function setUp(given: ResolvedDestination[], channels: Record<string, Channel | Error>, net: Net = systemNet(), capabilities: Partial<ChannelKind['capabilities']> = {}) {
  const clock = new TestClock()
  const log = memoryLog()
  const trouble: string[] = []
  const opened: DestinationConfig[] = []
  const nets: Net[] = []
  const kind: ChannelKind = {
    ...PLAIN_KIND, kind: 'fake', displayName: 'Fake', configSchema: z.unknown(), secretFields: {},
    capabilities: { image: 'none', maxText: null, maxImageBytes: null, canUpdate: false, actions: false, idempotencyKey: true, local: false, ...capabilities },
    validateConfig: (config) => ({ ok: true, config }), prerequisites: () => [], supportedFeatures: () => new Set(),
    open(config, ports) {
      opened.push(config)
      nets.push(ports.net)
      const found = channels[config.destinationId]
      if (found === undefined || found instanceof Error) throw found ?? new Error('no such channel in this test')
      return found
    },
  }
  const resolve = async (ref: SecretRef): Promise<Secret> => {
    if ('env' in ref && ref.env === 'HOOK_TOKEN') return new Secret('CANARY-hook-token')
    throw new Error(`The environment variable ${'env' in ref ? ref.env : '?'} is not set.`)
  }
  const destinations = openDestinations({
    destinations: () => given,
    channels: new Map([['fake', kind]]),
    secrets: { resolve },
    ports: { clock, random: () => 0.5, net, log, pressed: () => undefined, shrink: async () => null },
    memoryOf: passingMemory,
    onTrouble: (text) => void trouble.push(text),
  })
  return { clock, log, trouble, opened, nets, destinations }
}

describe('opening destinations', () => {
  it('hands each channel its own config and secrets', async () => {
    const { opened, destinations, trouble } = setUp([destination('hook', { config: { url: 'http://x' }, secrets: { token: { env: 'HOOK_TOKEN' } } })], { hook: channel() })
    await destinations.start()
    expect(opened.map(({ destinationId, label, config }) => ({ destinationId, label, config }))).toEqual([{ destinationId: 'hook', label: 'The hook', config: { url: 'http://x' } }])
    expect(opened[0]?.secrets.token?.reveal()).toBe('CANARY-hook-token')
    expect(trouble).toEqual([])
  })

  it('R36: names the destination whose secret is missing, and opens the others', async () => {
    const good = channel()
    const { destinations, trouble } = setUp([destination('bad', { label: 'My phone', secrets: { token: { env: 'PHONE_TOKEN' } } }), destination('good')], { bad: channel(), good })
    await destinations.start()
    expect(trouble).toEqual(['Destination "My phone" can\'t be used: The environment variable PHONE_TOKEN is not set.'])
    expect(await destinations.tell('good', NOTICE, 'k1')).toEqual(OK)
    const why = 'The environment variable PHONE_TOKEN is not set.'
    expect(await destinations.tell('bad', NOTICE, 'k2')).toEqual({ result: 'rejected', scope: 'destination', why })
    expect((await destinations.test('bad')).verdict).toEqual({ result: 'rejected', scope: 'destination', why })
  })

  it('names the destination whose config the channel can not open, and opens the others', async () => {
    const { destinations, trouble } = setUp([destination('bad', { label: 'Old hook' }), destination('good')], { bad: new Error('the address has no host'), good: channel() })
    await destinations.start()
    expect(trouble).toEqual(['Destination "Old hook" can\'t be used: the address has no host'])
    expect(await destinations.tell('good', NOTICE, 'k')).toEqual(OK)
    expect([...destinations.open.keys()].sort()).toEqual(['bad', 'good'])
  })

  it('leaves alone what is switched off or has no channel here', async () => {
    const { destinations, opened } = setUp([destination('off', { enabled: false }), destination('strange', { channel: 'pigeon' })], {})
    await destinations.start()
    expect(opened).toEqual([])
    expect([...destinations.open.keys()]).toEqual([])
    await expect(destinations.test('off')).rejects.toThrow('destination "off" is switched off')
    await expect(destinations.test('desk')).rejects.toThrow('there is no destination "desk"; there are: off, strange')
  })
})

describe('telling a destination', () => {
  async function started(...answers: Answer[]) {
    const fake = channel(...answers)
    const rig = setUp([destination('desk')], { desk: fake })
    await rig.destinations.start()
    return { ...rig, fake }
  }

  it('gives the channel the message and gives back what it said', async () => {
    const { fake, destinations, clock } = await started({ result: 'delivered', detail: 'shown' })
    expect(await destinations.tell('desk', NOTICE, 'notice-1')).toEqual({ result: 'delivered', detail: 'shown' })
    expect(fake.got.map(({ message, picture, deliveryKey, attempt, update }) => ({ message, picture, deliveryKey, attempt, update })))
      .toEqual([{ message: NOTICE, picture: null, deliveryKey: 'notice-1', attempt: 1, update: false }])
    expect(clock.pending).toBe(0)
  })

  it('survives a channel that throws', async () => {
    const { destinations, clock, log } = await started(() => {
      throw new TypeError('x is not a function')
    })
    expect(await destinations.tell('desk', NOTICE, 'k')).toEqual({ result: 'retry', after: null, why: 'the channel failed in an unexpected way' })
    expect(log.lines.map((line) => line.message)).toEqual(['a channel threw; a channel must not'])
    expect(clock.pending).toBe(0)
  })

  it('gives up after 15 s a channel that hangs and heeds no signal', async () => {
    const { destinations, clock, fake } = await started(hanging)
    let verdict: unknown = null
    void destinations.tell('desk', NOTICE, 'k').then((said) => {
      verdict = said
    })
    await clock.advance(14_999)
    expect(verdict).toBeNull()
    expect(fake.got[0]?.signal.aborted).toBe(false)
    await clock.advance(1)
    expect(fake.got[0]?.signal.aborted).toBe(true)
    expect(verdict).toEqual({ result: 'retry', after: null, why: 'no answer within 15 s' })
    expect(clock.pending).toBe(0)
  })

  it('R33: tells a test the far side\'s real answer and how long it took', async () => {
    const { destinations, clock, fake } = await started(({ signal }) => new Promise((done) => {
      signal.addEventListener('abort', () => done({ result: 'retry', after: null, why: 'aborted' }))
      clock.after(1_234, () => done({ result: 'rejected', scope: 'destination', why: 'wrong token' }))
    }))
    const test = destinations.test('desk')
    await clock.advance(2_000)
    expect(await test).toEqual({ label: 'The desk', verdict: { result: 'rejected', scope: 'destination', why: 'wrong token' }, ms: 1_234 })
    expect(fake.duties).toEqual(['test'])
    expect(fake.got[0]?.message).toMatchObject({ kind: 'test', title: 'Printbell: test message', body: '"The desk" works: this is a test.' })
  })

  it.each([[30_000, undefined], [75_000, 75_000]])('a test may take %i ms where the channel declares %s', async (ms, deadlineMs) => {
    const fake = channel(hanging)
    const { clock, destinations } = setUp([destination('desk')], { desk: fake }, systemNet(), deadlineMs === undefined ? {} : { deadlineMs })
    await destinations.start()
    let verdict: unknown = null
    void destinations.test('desk').then((tested) => {
      verdict = tested.verdict
    })
    await clock.advance(ms - 1)
    expect(verdict).toBeNull()
    await clock.advance(1)
    expect(verdict).toEqual({ result: 'retry', after: null, why: `no answer within ${ms / 1000} s` })
  })

  it('R33: sends the message and picture it is given, as a test', async () => {
    const { destinations, fake } = await started(OK)
    await destinations.test('desk', { message: NOTICE, picture: PICTURE })
    expect(fake.got.map(({ message, picture }) => [message, picture])).toEqual([[NOTICE, PICTURE]])
    expect(fake.duties).toEqual(['test'])
  })
})

describe('closing destinations', () => {
  const closing = (close: () => Promise<void>): Channel => ({ ...channel(), close })

  it('closes all although one throws and another rejects', async () => {
    let closed = 0
    const { destinations, log } = setUp([destination('a'), destination('b'), destination('c')], {
      a: closing(() => { throw new Error('at once') }),
      b: closing(() => Promise.reject(new Error('later'))),
      c: closing(async () => { closed += 1 }),
    })
    await destinations.start()
    await destinations.close()
    expect(closed).toBe(1)
    expect(log.lines.map((line) => line.message)).toEqual(['a channel could not be closed', 'a channel could not be closed'])
  })

  it('waits 1 s for a channel that never closes', async () => {
    const { destinations, clock, log } = setUp([destination('a')], { a: closing(() => new Promise(() => undefined)) })
    await destinations.start()
    let closed = false
    void destinations.close().then(() => {
      closed = true
    })
    await clock.advance(999)
    expect(closed).toBe(false)
    await clock.advance(1)
    expect(closed).toBe(true)
    expect(log.lines.map((line) => line.message)).toEqual(['a channel could not be closed'])
    expect(clock.pending).toBe(0)
  })
})

describe('the fingerprint of a destination', () => {
  const hook = (url: string, over: Partial<ResolvedDestination> = {}): ResolvedDestination => destination('hook', { config: { url }, ...over })
  /** What is asked of one set of destinations whose settings change. */
  const askedOf = (...states: ResolvedDestination[]): (string | null)[] => {
    const now: ResolvedDestination[] = []
    const { destinations } = setUp(now, {})
    return states.map((state) => {
      now.splice(0, 1, state)
      return destinations.fingerprint('hook')
    })
  }

  it('stays while its settings say the same, and changes with them', () => {
    const one = hook('http://one')
    const [first, again, read, other, back] = askedOf(one, one, hook('http://one'), hook('http://other'), hook('http://one'))
    expect(first).toMatch(/^[\w-]{16}$/)
    expect([again, read, back]).toEqual([first, first, first])
    expect(other).not.toBe(first)
  })

  it('changes with where its secret comes from', () => {
    const [one, other] = askedOf(hook('http://one', { secrets: { token: { env: 'ONE' } } }), hook('http://one', { secrets: { token: { env: 'OTHER' } } }))
    expect(one).not.toBe(other)
  })

  it('is none for one that is off or is not there', () => {
    expect(askedOf(hook('http://one', { enabled: false }))).toEqual([null])
    expect(setUp([], {}).destinations.fingerprint('hook')).toBeNull()
  })
})

describe('the network of a destination', () => {
  const asked: unknown[] = []
  const plain = systemNet()
  const net: Net = {
    http: plain.http,
    online: () => true,
    through: async (network) => {
      asked.push(network)
      if (network.ca === '/missing.pem') throw new Error('The file of its certificate authority does not exist.')
      if (network.ca === '/slow.pem') return new Promise(() => undefined)
      return { http: systemNet().http, ...(network.ca === undefined ? {} : { tls: { ca: [network.ca] } }) }
    },
  }

  it('is the one that its channel gets: the usual way, or its own', async () => {
    asked.length = 0
    const { destinations, nets } = setUp([destination('a'), destination('b', { network: { proxy: 'none', ca: '/ca.pem' } })], { a: channel(), b: channel() }, net)
    await destinations.start()
    expect(asked).toEqual([{ proxy: 'system' }, { proxy: 'none', ca: '/ca.pem' }])
    expect(nets.map(({ tls, online }) => [tls, online()])).toEqual([[undefined, true], [{ ca: ['/ca.pem'] }, true]])
    expect(nets.every(({ http }) => http !== plain.http)).toBe(true)
  })

  it('that can not be had is told, and holds up no other', async () => {
    const { clock, destinations, trouble } = setUp([destination('bad', { label: 'Mail', network: { proxy: 'system', ca: '/missing.pem' } }), destination('slow', { network: { proxy: 'system', ca: '/slow.pem' } }), destination('good')], { bad: channel(), slow: channel(), good: channel() }, net)
    const started = destinations.start()
    await clock.advance(5_000)
    await started
    expect(trouble).toEqual([
      'Destination "Mail" can\'t be used: The file of its certificate authority does not exist.',
      'Destination "The slow" can\'t be used: The file of its certificate authority could not be read within 5 s.',
    ])
    expect(destinations.open.get('good')?.unusable).toBeNull()
  })

  it('that changed opens the destination anew', async () => {
    const given = [destination('a'), destination('b')]
    const { destinations, opened } = setUp(given, { a: channel(), b: channel() }, net)
    await destinations.start()
    const before = [...given]
    given[0] = destination('a', { network: { proxy: 'http://proxy.lan:3128' } })
    await destinations.apply(before)
    expect(opened.map(({ destinationId }) => destinationId)).toEqual(['a', 'b', 'a'])
  })

  it('is the given one where there is only one way', async () => {
    const { destinations, nets } = setUp([destination('a', { network: { proxy: 'http://proxy.lan:3128' } })], { a: channel() }, { http: plain.http, online: () => null })
    await destinations.start()
    expect(nets[0]?.http).toBe(plain.http)
  })
})
