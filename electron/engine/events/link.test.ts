import { describe, expect, it } from 'vitest'
import type { JobFile } from './model.ts'
import { reduce } from './reduce.ts'
import { Rig, T0 } from './replay.support.ts'

const file: JobFile = { name: 'vase.gcode', path: 'vase.gcode', origin: 'local', size: 1000 }

function seen(job: boolean): Rig {
  const rig = new Rig()
  rig.link('up')
  rig.state({ device: 'ready', job: 'none', file: null }, true)
  if (job) rig.signal({ type: 'job_started', file, user: 'ann' })
  return rig
}
const links = (rig: Rig): string[] => rig.told.filter((told) => told.startsWith('link.'))

describe('the link', () => {
  it('R18: a link lost during a job is told after 60 s, its return is told', () => {
    const rig = seen(true)
    rig.to(9)
    rig.link('down', 'closed')
    rig.to(68.9)
    expect(links(rig)).toEqual([])
    rig.to(69)
    expect(links(rig)).toEqual(['link.lost during_job'])
    expect(rig.events.at(-1)).toMatchObject({ severity: 'warning', occurredAt: T0 + 9000, job: { file } })
    rig.to(100)
    rig.link('up')
    expect(links(rig)).toEqual(['link.lost during_job', 'link.up during_job'])
  })

  it('R18: an idle printer that goes is on record after 120 s and says so', () => {
    const rig = seen(false)
    rig.to(9)
    rig.link('down', 'refused')
    rig.to(128.9)
    expect(links(rig)).toEqual([])
    rig.to(129)
    expect(links(rig)).toEqual(['link.lost idle'])
    expect(rig.events.at(-1)).toMatchObject({ severity: 'info', code: 'refused' })
  })

  it('R58: silence on an open link is stale after 10 s and lost after its period, once, and cleared by the next word', () => {
    const rig = seen(true)
    rig.to(9.9)
    expect(rig.memory.state.link).toBe('up')
    rig.to(10)
    expect(rig.memory.state.link).toBe('stale')
    rig.to(500)
    expect(links(rig)).toEqual(['link.lost during_job'])
    rig.state({ job: 'printing' })
    expect(links(rig)).toEqual(['link.lost during_job', 'link.up during_job'])
    expect(rig.memory.state.link).toBe('up')
  })

  it('R18: a loss shorter than the grace tells nothing, neither its return', () => {
    const rig = seen(true)
    for (let round = 0; round < 20; round += 1) {
      rig.link('down', 'closed')
      rig.to(round * 60 + 30)
      rig.link('up')
      rig.to(round * 60 + 38)
      rig.link('up')
    }
    expect(links(rig)).toEqual([])
  })

  it.each(['auth_failed', 'refused'] as const)('%s is told at once and once until the link was up', (link) => {
    const rig = seen(false)
    rig.link(link, 'key_invalid')
    rig.to(5)
    rig.link('connecting')
    rig.link(link, 'key_invalid')
    rig.to(600)
    expect(links(rig)).toEqual([`link.${link} key_invalid`])
    rig.link('up')
    rig.link(link, 'key_invalid')
    expect(links(rig)).toEqual([`link.${link} key_invalid`, `link.${link} key_invalid`])
  })

  it('a wrong key is told even for a printer never seen, a server never reached is not "lost"', () => {
    const rig = new Rig()
    rig.link('down', 'timeout')
    rig.to(1000)
    rig.link('auth_failed', 'key_invalid')
    expect(rig.told).toEqual(['link.auth_failed key_invalid'])
  })

  it('this computer without a network loses no printer', () => {
    const rig = seen(true)
    rig.link('down', 'own_network')
    rig.to(600)
    expect(links(rig)).toEqual([])
    expect(rig.swallowed).toEqual(['link.lost own_network_down'])
    rig.link('up')
    expect(links(rig)).toEqual([])
  })

  it.each(['sleep', 'stopped', 'own_network', 'clock'] as const)('a gap by %s proves nothing of the link', (why) => {
    const rig = seen(true)
    rig.to(5)
    rig.now = T0 + 3_600_000
    rig.feed({ kind: 'gap', at: rig.now, from: T0 + 5_000, why })
    expect(rig.memory.state.link).toBe('up')
    rig.to(3609)
    rig.link('up')
    expect(links(rig)).toEqual([])
  })

  it('a clock that goes back makes no negative waits and no loss', () => {
    const rig = seen(true)
    rig.to(5)
    rig.now = T0 - 3_600_000
    rig.state({ job: 'printing' })
    expect(rig.wakeAt).toBe(T0 - 3_600_000 + 10_000)
    rig.to(-3596)
    rig.state({ job: 'printing' })
    expect(links(rig)).toEqual([])
    rig.signal({ type: 'job_done', file })
    const done = rig.events.at(-1)
    expect(done?.type).toBe('job.done')
    expect(done?.occurredAt).toBe(rig.now)
  })

  it('never wakes in the past', () => {
    const rig = seen(true)
    rig.to(1000)
    expect(rig.wakeAt === null || rig.wakeAt > rig.now).toBe(true)
  })

  it('need not be on disk at once while it is only being connected, nor the time before a start in which nobody looked', () => {
    const rig = seen(true)
    const context = { ...rig.context }
    const edgeOf = (input: Parameters<Rig['feed']>[0]): boolean => reduce(rig.memory, input, rig.now, context).edge
    const link = (now: 'connecting' | 'down'): boolean => edgeOf({ kind: 'link', at: rig.now, link: now, cause: null, detail: null })
    expect([link('connecting'), link('down')]).toEqual([false, true])
    const gap = (why: 'stopped' | 'sleep'): boolean => edgeOf({ kind: 'gap', at: rig.now, from: rig.now - 60_000, why })
    expect([gap('stopped'), gap('sleep')]).toEqual([false, true])
  })
})
