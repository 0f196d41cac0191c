import { describe, expect, it } from 'vitest'
import { engineRigs, type Rig } from '../../test/support/engine-rig.ts'
import type { PlayResult } from './rehearsal.ts'

const SETTINGS = {
  version: 1,
  printers: [{ id: 'mk4', name: 'MK4', server: { kind: 'fake', id: 'octo', url: 'http://octo' } }],
  profiles: [{ id: 'none', name: 'None', active: false, destinations: [{ destination: '*' }] }],
  destinations: [
    { id: 'hook', label: 'My hook', channel: 'hook' },
    { id: 'phone', label: 'Phone', channel: 'hook', events: [] },
    { id: 'old', label: 'Old phone', channel: 'hook', enabled: false },
  ],
}
const rigs = engineRigs({ settings: SETTINGS })

async function told(rig: Rig, broadcast: Parameters<Rig['engine']['broadcast']>[0]): Promise<PlayResult> {
  const answer = rig.engine.broadcast(broadcast)
  await rig.clock.advance(1_000)
  return answer
}
const lines = ({ destinations }: PlayResult): string[] => destinations.map(({ label, decision, attempt }) => `${label}: ${decision.decision} ${decision.reason} ${attempt?.result ?? '-'}`)

describe('R70: a message to all', () => {
  it('goes to every destination that is on, whatever it subscribed to, and names those that are off', async () => {
    const rig = await rigs.start()
    const result = await told(rig, { text: '  The workshop closes at six ', destinationIds: null })
    expect(lines(result)).toEqual(['My hook: deliver chosen delivered', 'Phone: deliver chosen delivered', 'Old phone: drop destination_off -'])
    expect(rig.sent.map(({ destinationId, sending: { message } }) => [destinationId, message.title, message.body])).toEqual([
      ['hook', 'Printbell: message', 'The workshop closes at six'], ['phone', 'Printbell: message', 'The workshop closes at six'],
    ])
    expect(rig.history.event(result.eventId)).toMatchObject({ type: 'app.broadcast', text: 'The workshop closes at six', printerId: '', byUs: true, audience: { only: ['hook', 'phone'] } })
  })

  it('goes to the chosen ones alone, and the history says of the others that they were not', async () => {
    const rig = await rigs.start()
    const result = await told(rig, { text: 'Six o\'clock', destinationIds: ['phone'] })
    expect(lines(result)).toEqual(['Phone: deliver chosen delivered'])
    expect(rig.sent.map(({ destinationId }) => destinationId)).toEqual(['phone'])
    expect(rig.history.decisions(result.eventId).map(({ destinationId, decision, reason }) => [destinationId, decision, reason])).toEqual([['hook', 'drop', 'not_chosen'], ['phone', 'deliver', 'chosen']])
  })

  it('tells of each destination that did not get it, and why', async () => {
    const rig = await rigs.start()
    rig.world.send.hook = async () => ({ result: 'rejected', scope: 'message', why: 'HTTP 400' })
    const { id } = rig.engine.addSilence({ match: { destinationIds: ['phone'] }, endsAt: null, reason: 'Night', by: 'cli' })
    expect(lines(await told(rig, { text: 'Six', destinationIds: ['old', 'phone', 'hook'] }))).toEqual(['My hook: deliver chosen rejected', `Phone: drop silence:${id} -`, 'Old phone: drop destination_off -'])
  })

  it('is tried again where the far side is away, still by choice', async () => {
    const rig = await rigs.start()
    let tries = 0
    rig.world.send.phone = async () => (++tries === 1 ? { result: 'retry', after: null, why: 'HTTP 503' } : { result: 'delivered', detail: 'ok' })
    const result = await told(rig, { text: 'Six', destinationIds: ['phone'] })
    expect(lines(result)).toEqual(['Phone: deliver chosen retry'])
    await rig.clock.advance(300_000)
    expect(rig.history.outbox({ eventId: result.eventId }).map(({ state }) => state)).toEqual(['delivered'])
  })

  it('twice in a moment is two messages', async () => {
    const rig = await rigs.start()
    await Promise.all([told(rig, { text: 'Six', destinationIds: ['hook'] }), told(rig, { text: 'Six', destinationIds: ['hook'] })])
    expect(rig.sent).toHaveLength(2)
  })

  it.each([
    ['nothing in it', { text: ' \n', destinationIds: null }, 'there is nothing to say: write a message'],
    ['far too much in it', { text: 'x'.repeat(2_001), destinationIds: null }, 'the message is too long: it has 2001 characters, and may have 2000'],
    ['a destination that is not there', { text: 'Six', destinationIds: ['hook', 'fax'] }, 'there is no destination "fax"; there are: hook, phone, old'],
    ['only one that is off', { text: 'Six', destinationIds: ['old'] }, 'nothing was sent: the destination is switched off'],
  ])('with %s is refused, and nobody is told', async (_what, broadcast, message) => {
    const rig = await rigs.start()
    await expect(rig.engine.broadcast(broadcast)).rejects.toThrow(message)
    expect(rig.history.events({})).toEqual([])
  })
})
