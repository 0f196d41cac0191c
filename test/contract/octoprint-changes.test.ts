import { describe, expect, it } from 'vitest'
import { initialMemory, reduce } from '../../electron/engine/events/reduce.ts'
import { selectorMatches } from '../../electron/engine/rules/selectors.ts'
import { Secret } from '../../electron/engine/settings/secret.ts'
import { DEFAULT_THRESHOLDS } from '../../electron/engine/settings/defaults.ts'
import { firstTime, recordingSink, untilOn } from '../support/adapter-kit.ts'
import { FAKE_KEY, type FakeOctoPrint } from '../support/fake-octoprint.ts'
import { closeAfterEach, connect, count, fakeWith } from '../support/octoprint-rig.ts'

closeAfterEach()

describe('polling', () => {
  it('asks over the same TCP connection again and again, and leaves none behind', async () => {
    const fake = await fakeWith()
    fake.websocket = 426
    const sink = recordingSink()
    const { clock, stop, connection } = connect(fake, sink)
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    const [asked, accepted] = [fake.requests.length, fake.accepted]
    await untilOn(clock, 'ten rounds', () => fake.requests.length >= asked + 20)
    expect(fake.accepted - accepted).toBeLessThanOrEqual(1)
    stop.abort()
    await connection.closed
    await untilOn(clock, 'no connection', () => fake.connections === 0)
  })

  it('goes on when the server has closed the idle connection', async () => {
    const fake = await fakeWith()
    fake.websocket = 426
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    for (let round = 0; round < 5; round++) {
      const asked = count(fake.requests, 'GET /api/printer')
      await untilOn(clock, 'a round', () => count(fake.requests, 'GET /api/printer') > asked)
      fake.drop()
    }
    expect(sink.links.slice(1).every((one) => one.link === 'up')).toBe(true)
  })
})

describe('what changes while connected for long', () => {
  it.each([
    ['version', (fake: FakeOctoPrint) => void (fake.version = '1.11.9')],
    ['plugins', (fake: FakeOctoPrint) => void (fake.hashes.plugin = 'cccc')],
    ['settings', (fake: FakeOctoPrint) => void (fake.hashes.config = 'cccc')],
  ])('re-reads settings and cameras when the %s changed between two connections, and logs it', async (what, change) => {
    const fake = await fakeWith()
    const sink = recordingSink()
    const { clock, ports } = connect(fake, sink)
    const cameraIs = (name: string) => () => sink.observations.some((one) => one.kind === 'state' && one.state.cameras?.[0]?.name === name)
    fake.webcam = { webcamEnabled: true, webcams: [{ name: 'old', displayName: 'Old', canSnapshot: true }] }
    await untilOn(clock, 'the cameras', cameraIs('Old'))
    const logged = () => ports.log.lines.filter((line) => JSON.stringify(line).includes('OctoPrint has changed'))
    expect(logged()).toEqual([])
    change(fake)
    fake.webcam = { webcamEnabled: true, webcams: [{ name: 'new', displayName: 'New', canSnapshot: true }] }
    fake.drop()
    await untilOn(clock, 'the new camera', cameraIs('New'))
    expect(logged().length).toBe(1)
    expect(JSON.stringify(logged())).toContain(what)
  })

  it('reads no settings again when nothing changed between two connections', async () => {
    const fake = await fakeWith()
    const sink = recordingSink()
    const { clock } = connect(fake, sink)
    await untilOn(clock, 'the cameras', () => sink.observations.some((one) => one.kind === 'state' && one.state.cameras !== undefined))
    fake.drop()
    await untilOn(clock, 'up again', () => count(sink.order, 'full state') === 2)
    await untilOn(clock, 'everything settled', () => clock.pending > 0)
    expect(count(fake.requests, 'GET /api/settings')).toBe(1)
  })

  it('takes fresh secrets before it tries again after an auth failure, so that a new key needs no restart', async () => {
    const fake = await fakeWith()
    fake.keys.clear()
    fake.keys.add('NEW-KEY-9876543210')
    let stored = FAKE_KEY
    let asked = 0
    const sink = recordingSink()
    const refreshSecrets = () => {
      asked++
      if (asked === 2) return Promise.reject(new Error('the key file cannot be read'))
      return Promise.resolve({ apiKey: new Secret(stored) })
    }
    const { clock, ports } = connect(fake, sink, { ...firstTime(), refreshSecrets })
    await untilOn(clock, 'auth_failed', () => sink.lastLink() === 'auth_failed')
    expect(asked).toBe(0)
    await untilOn(clock, 'asked and still wrong', () => asked === 2, 200_000, 500)
    stored = 'NEW-KEY-9876543210'
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up', 200_000, 500)
    expect(asked).toBe(3)
    expect(JSON.stringify(ports.log.lines)).toContain('the key file cannot be read')
    expect(JSON.stringify([ports.log.lines, sink.links])).not.toContain('NEW-KEY')
  })
})

describe("a plugin's messages", () => {
  it('reach whoever selects native:plugin:NAME, with or without a meaning of ours', async () => {
    const fake = await fakeWith()
    const sink = recordingSink()
    const natives = new Set(['plugin:firmware_check', 'plugin:action_command_prompt'])
    const { clock } = connect(fake, sink, firstTime({ natives }))
    await untilOn(clock, 'link up', () => sink.lastLink() === 'up')
    fake.push({ plugin: { plugin: 'firmware_check', data: { type: 'warning' } } })
    fake.push({ plugin: { plugin: 'action_command_prompt', data: { action: 'show', text: 'Filament changed?', choices: ['Yes'] } } })
    const told = (): string[] => sink.observations.flatMap((one) => (one.kind === 'signal' && one.native ? [one.native.name] : []))
    await untilOn(clock, 'both', () => told().length === 2)
    expect(told()).toEqual(['plugin:firmware_check', 'plugin:action_command_prompt'])
    // On through reducer and rules, to what a destination's selectors see.
    let memory = initialMemory('up')
    const events = sink.observations.flatMap((one) => {
      const reduction = reduce(memory, one, one.at, { printerId: 'p', printerName: 'P', serverKind: 'octoprint', thresholds: DEFAULT_THRESHOLDS, wantsNative: (name) => natives.has(name) })
      memory = reduction.state
      return reduction.events
    })
    expect(events.map((event) => event.type)).toEqual(['server.event', 'attention.user_input'])
    expect(events.map((event) => selectorMatches('native:plugin:firmware_check', event))).toEqual([true, false])
    expect(events.map((event) => selectorMatches('native:plugin:action_command_prompt', event))).toEqual([false, true])
  })
})
