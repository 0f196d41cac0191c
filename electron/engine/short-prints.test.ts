import { describe, expect, it } from 'vitest'
import { engineRigs } from '../../test/support/engine-rig.ts'
import { idle, LAMP } from '../../test/support/fake-printer.ts'

const HOOK = { id: 'hook', label: 'My hook', channel: 'hook' }
const { start } = engineRigs({ settings: { version: 1, printers: [{ id: 'mk4', name: 'MK4', server: { kind: 'fake', id: 'octo', url: 'http://octo' } }], destinations: [HOOK] } })

describe('the end of a print', () => {
  it('R06: is told however short the print was, without a camera and without a timelapse', async () => {
    const rig = await start()
    const says = await idle(rig)
    says.started(LAMP)
    await rig.clock.advance(400)
    says.done(LAMP)
    await rig.clock.advance(15_000)
    expect(rig.sent.map(({ destinationId, sending }) => [destinationId, sending.message.type, sending.picture])).toEqual([['hook', 'job.done', null]])
  })

  it('R06: a cancel within a second is told to those who want it', async () => {
    const rig = await start({ settings: { version: 1, printers: [{ id: 'mk4', name: 'MK4', server: { kind: 'fake', id: 'octo', url: 'http://octo' } }], destinations: [{ ...HOOK, events: ['job.cancelled'] }] } })
    const says = await idle(rig)
    says.started(LAMP)
    await rig.clock.advance(300)
    rig.server('octo').sink.observe({ kind: 'signal', sourceId: 'x', at: rig.clock.now(), signal: { type: 'job_cancelled', file: LAMP, user: 'ann' } })
    await rig.clock.advance(15_000)
    expect(rig.sent.map(({ sending }) => sending.message.type)).toEqual(['job.cancelled'])
  })
})
