import { mkdtempSync, rmSync, existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { settle, TestClock } from '../../../test/support/clock.ts'
import { memoryLog } from '../../../test/support/log.ts'
import { answer } from '../../bridge/handlers.ts'
import type { Handlers } from '../../bridge/contract.ts'
import type { PluginState } from '../../engine/channels/plugins/index.ts'
import { openPluginRoom } from './plugins.ts'

const BELL: PluginState = {
  kind: 'plugin:bell', displayName: 'Bell', version: '1.0.0', folder: '/data/channels/bell', files: [{ path: 'channel.json', bytes: 80 }, { path: 'channel.mjs', bytes: 900 }], hash: 'aa', state: 'new',
  why: 'This plugin was not allowed yet. Look at its files, then allow it.', says: { events: ['job.done'], pictures: true, secrets: ['Access key'] },
}
const ALLOWED: Partial<PluginState> = { state: 'allowed', why: null }

let room = ''
afterEach(() => {
  if (room !== '') rmSync(room, { recursive: true })
  room = ''
})

function setUp(first: PluginState[], { isOpen = true, folder = '/data/channels', broken = false } = {}) {
  const clock = new TestClock()
  const log = memoryLog()
  const at = { states: first, told: [] as string[], pushed: [] as unknown[], opened: [] as string[], woken: 0, allowed: [] as string[][], forbidden: [] as string[], throws: null as Error | null }
  const plugins = openPluginRoom({
    plugins: {
      problems: broken ? ['The plugin plugin:horn can\'t be used. channel.json is missing.'] : [],
      pluginStates() {
        if (at.throws) throw at.throws
        return at.states
      },
      allow(kind, hash) {
        if (hash !== 'aa') throw new Error(`The files of ${kind} changed since they were shown. Look at them again.`)
        at.allowed.push([kind, hash])
        at.states = at.states.map((state) => ({ ...state, ...ALLOWED }))
      },
      forbid(kind) {
        at.forbidden.push(kind)
        at.states = at.states.map((state) => ({ ...state, state: 'new', why: BELL.why }))
      },
    },
    folder, clock, log, isOpen: () => isOpen,
    push: (name, payload) => void at.pushed.push([name, (payload as { plugins: { state: string }[] }).plugins.map(({ state }) => state)]),
    tell: (text) => void at.told.push(text),
    openFolder: async (path) => at.opened.push(path) > 0,
    onAllowed: () => void (at.woken += 1),
  })
  const ask = (name: string, input: unknown) => answer(name, input, { handlers: plugins.handlers as Handlers, log })
  return { at, clock, log, plugins, ask }
}

describe('plugins in the window', () => {
  it('are listed as they are, without where they lie', async () => {
    const { ask } = setUp([BELL], { broken: true })
    expect(await ask('plugins.list', null)).toEqual({ ok: true, value: {
      plugins: [{
        kind: 'plugin:bell', name: 'Bell', version: '1.0.0', state: 'new', why: 'This plugin was not allowed yet. Look at its files, then allow it.', hash: 'aa',
        files: [{ path: 'channel.json', bytes: 80 }, { path: 'channel.mjs', bytes: 900 }], says: { events: ['job.done'], pictures: true, secrets: ['Access key'] },
      }],
      problems: ['The plugin plugin:horn can\'t be used. channel.json is missing.'],
    } })
  })

  it('run once a person allowed the files that were shown, and destinations that wait are opened', async () => {
    const { at, ask } = setUp([BELL])
    expect(await ask('plugins.allow', { kind: 'plugin:bell', hash: 'aa' })).toMatchObject({ ok: true, value: { plugins: [{ state: 'allowed', why: null }] } })
    expect([at.allowed, at.woken]).toEqual([[['plugin:bell', 'aa']], 1])
  })

  it('other files than those that were shown are refused in words', async () => {
    const { at, ask } = setUp([BELL])
    expect(await ask('plugins.allow', { kind: 'plugin:bell', hash: 'bb' })).toEqual({ ok: false, error: 'The files of plugin:bell changed since they were shown. Look at them again.' })
    expect(at.woken).toBe(0)
  })

  it('can be forbidden', async () => {
    const { at, ask } = setUp([{ ...BELL, ...ALLOWED }])
    expect(await ask('plugins.forbid', 'plugin:bell')).toMatchObject({ ok: true, value: { plugins: [{ state: 'new' }] } })
    expect(at.forbidden).toEqual(['plugin:bell'])
  })

  it('show their folder; that of all is made where it is not there', async () => {
    room = mkdtempSync(join(tmpdir(), 'plugin-room-'))
    const folder = join(room, 'channels')
    const { at, ask } = setUp([BELL], { folder })
    expect(await ask('plugins.open-folder', 'plugin:bell')).toEqual({ ok: true, value: true })
    expect(existsSync(folder)).toBe(false)
    await ask('plugins.open-folder', null)
    expect(existsSync(folder)).toBe(true)
    expect(at.opened).toEqual(['/data/channels/bell', folder])
    expect(await ask('plugins.open-folder', 'plugin:../../etc')).toEqual({ ok: true, value: false })
  })
})

describe('plugins that wait for a person', () => {
  const FOUND = 'The plugin "Bell" was found. It does not run before you allow it: Destinations, Plugins.'
  const CHANGED = 'The files of the plugin "Bell" changed since you allowed them, so it does not run any more. Look at them again: Destinations, Plugins.'

  it('announce themselves at the start, once', async () => {
    const { at, clock, plugins } = setUp([BELL])
    plugins.start()
    expect(at.told).toEqual([FOUND])
    await clock.advance(90_000)
    expect(at.told).toEqual([FOUND])
    plugins.stop()
    expect(clock.pending).toBe(0)
  })

  it('say nothing when they are allowed or broken', () => {
    const { at, plugins } = setUp([{ ...BELL, ...ALLOWED }, { ...BELL, kind: 'plugin:horn', state: 'broken', why: 'channel.json is missing.' }])
    plugins.start()
    expect(at.told).toEqual([])
    plugins.stop()
  })

  it('announce files that change while Printbell runs, each change once', async () => {
    const { at, clock, plugins } = setUp([{ ...BELL, ...ALLOWED }])
    plugins.start()
    at.states = [{ ...BELL, state: 'changed', hash: 'bb' }]
    await clock.advance(29_999)
    expect(at.told).toEqual([])
    await clock.advance(1)
    expect([at.told, at.pushed]).toEqual([[CHANGED], [['plugins.changed', ['changed']]]])
    at.states = [{ ...BELL, state: 'changed', hash: 'cc' }]
    await clock.advance(60_000)
    expect(at.told).toEqual([CHANGED, CHANGED])
    plugins.stop()
  })

  it('are not announced to whoever looks at the list', async () => {
    const { at, clock, plugins, ask } = setUp([])
    plugins.start()
    at.states = [BELL]
    await ask('plugins.list', null)
    await clock.advance(60_000)
    expect(at.told).toEqual([])
    plugins.stop()
  })

  it('a window that is closed is pushed nothing', async () => {
    const { at, clock, plugins } = setUp([], { isOpen: false })
    plugins.start()
    at.states = [BELL]
    await clock.advance(30_000)
    expect([at.pushed, at.told]).toEqual([[], [FOUND]])
    plugins.stop()
  })

  it('a folder that can not be read stops nothing', async () => {
    const { at, clock, log, plugins } = setUp([])
    plugins.start()
    at.throws = new Error('EIO')
    await clock.advance(30_000)
    expect(log.lines.map(({ message }) => message)).toEqual(['the folder of plugins could not be looked through'])
    at.throws = null
    at.states = [BELL]
    await clock.advance(30_000)
    await settle()
    expect(at.told).toEqual([FOUND])
    plugins.stop()
  })
})
