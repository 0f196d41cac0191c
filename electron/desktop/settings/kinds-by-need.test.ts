import { describe, expect, it } from 'vitest'
import { channels } from '../../engine/channels/registry.ts'
import { adapters } from '../../engine/printers/registry.ts'
import { kindsByNeed } from './kinds-by-need.ts'

/** What a plugin brings, as far as it matters here. */
const PLUGIN = { ...[...channels.values()][0], kind: 'bell', displayName: 'Bell' } as (typeof channels extends ReadonlyMap<string, infer K> ? K : never)

describe('the kinds that are loaded', () => {
  it('are those that the settings name, and no others', async () => {
    const kinds = kindsByNeed()
    await kinds.named([JSON.stringify({ servers: [{ id: 'p', kind: 'moonraker' }], destinations: [{ id: 'n', channel: 'ntfy' }] }), '{ "destinations": [{ "channel": "email" }] }'])
    expect([...kinds.adapters.keys()]).toEqual(['moonraker'])
    expect([...kinds.channels.keys()].sort()).toEqual(['email', 'ntfy'])
  })

  it('are none without settings', async () => {
    const kinds = kindsByNeed()
    await kinds.named([])
    expect([kinds.adapters.size, kinds.channels.size]).toEqual([0, 0])
  })

  it('are looked for in settings that are damaged too', async () => {
    const kinds = kindsByNeed()
    await kinds.named(['{ "kind": "prusalink", '])
    expect([...kinds.adapters.keys()]).toEqual(['prusalink'])
  })

  it('are all where a name may be spelled otherwise', async () => {
    const kinds = kindsByNeed()
    await kinds.named(['{ "kind": "octopr\\u0069nt" }'])
    expect([...kinds.adapters.keys()].sort()).toEqual(['moonraker', 'octoprint', 'prusalink'])
  })

  it('are in the end those of the registries, in their order', async () => {
    const kinds = kindsByNeed()
    kinds.channels.set('bell', PLUGIN)
    await kinds.named(['"sound" "prusalink"'])
    await kinds.all()
    expect([...kinds.adapters]).toEqual([...adapters])
    expect([...kinds.channels.keys()]).toEqual([...channels.keys(), 'bell'])
    for (const [name, kind] of channels) expect(kinds.channels.get(name)?.displayName, name).toBe(kind.displayName)
  })

  it('leave what was put in as it is', async () => {
    const kinds = kindsByNeed()
    kinds.channels.set('desktop', PLUGIN)
    await Promise.all([kinds.named(['"desktop"']), kinds.all()])
    expect(kinds.channels.get('desktop')).toBe(PLUGIN)
  })
})
