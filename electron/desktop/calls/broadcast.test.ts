import { describe, expect, it } from 'vitest'
import { calls } from '../../bridge/contract.ts'
import type { LanguageCode } from '../../bridge/views/common.ts'
import type { Engine } from '../../engine/engine.ts'
import type { PlayedAt } from '../../engine/rehearsal.ts'
import { broadcastCalls } from './broadcast.ts'

const CHOSEN = { decision: 'deliver', stage: 'deliver', reason: 'chosen', profileId: null, until: null } as const
const at = (destinationId: string, over: Partial<PlayedAt>): PlayedAt => ({ destinationId, label: destinationId.toUpperCase(), decision: CHOSEN, attempt: null, ...over })
const names = { silence: () => null, filter: () => null, profile: () => null }
const asking = (engine: Pick<Engine, 'broadcast'> | null) => broadcastCalls({ engine: () => engine, names, time: () => '15:00' })['destinations.broadcast']

describe('R70: a message of one\'s own', () => {
  it('has a line for each destination, whatever came of it', async () => {
    const asked: unknown[] = []
    const ask = asking({
      async broadcast(broadcast) {
        asked.push(broadcast)
        return {
          eventId: 'E1', destinations: [
            at('phone', { attempt: { result: 'delivered', detail: 'ntfy answered 200', ms: 84 } }),
            at('mail', { attempt: { result: 'retry', detail: 'HTTP 503', ms: 3 } }),
            at('hook', { attempt: { result: 'rejected', detail: 'HTTP 400', ms: 3 } }),
            at('slow', {}),
            at('old', { decision: { ...CHOSEN, decision: 'drop', stage: 'enabled', reason: 'destination_off' } }),
            at('sms', { decision: { ...CHOSEN, decision: 'drop', stage: 'supported', reason: 'not_supported' } }),
          ],
        }
      },
    })
    const answer = await ask({ text: 'Six', destinationIds: ['phone', 'mail'] })
    expect(asked).toEqual([{ text: 'Six', destinationIds: ['phone', 'mail'] }])
    expect(answer.destinations.map(({ label, outcome, text }) => [label, outcome, text])).toEqual([
      ['PHONE', 'delivered', 'Ntfy answered 200.'],
      ['MAIL', 'waiting', 'HTTP 503. It is tried again.'],
      ['HOOK', 'failed', 'HTTP 400.'],
      ['SLOW', 'waiting', 'It waits to be sent. The history tells what comes of it.'],
      ['OLD', 'not_sent', '“OLD” is switched off.'],
      ['SMS', 'not_sent', '“SMS” can\'t carry this kind of event.'],
    ])
    expect(() => calls['destinations.broadcast'].output.parse(answer)).not.toThrow()
  })

  it('tells it in the language of the window', async () => {
    const destinations = [
      at('phone', { attempt: { result: 'delivered', detail: '', ms: 84 } }), at('mail', { attempt: { result: 'retry', detail: 'HTTP 503', ms: 3 } }), at('chat', { attempt: { result: 'retry', detail: '', ms: 3 } }), at('hook', { attempt: { result: 'rejected', detail: '', ms: 3 } }), at('slow', {}),
      at('old', { decision: { ...CHOSEN, decision: 'drop', stage: 'enabled', reason: 'destination_off' } }), at('desk', { decision: { ...CHOSEN, decision: 'drop', stage: 'subscribed', reason: 'not_subscribed' } }),
    ]
    const told = async (code: LanguageCode): Promise<string[]> => {
      const ask = broadcastCalls({ engine: () => ({ broadcast: async () => ({ eventId: 'E1', destinations }) }), names, time: () => '15:00', language: () => ({ code }) })['destinations.broadcast']
      return (await ask({ text: 'Six', destinationIds: ['phone'] })).destinations.map(({ text }) => text)
    }
    expect(await told('de')).toEqual(['Zugestellt.', 'HTTP 503. Es wird erneut versucht.', 'Noch nicht. Es wird erneut versucht.', 'Nicht zugestellt.', 'Es wartet noch. Der Verlauf sagt, was daraus wird.', '„OLD“ ist ausgeschaltet.', '„Nachricht“ ist für „DESK“ aus.'])
    expect(await told('fr')).toEqual(['Remis.', 'HTTP 503. Un nouvel essai suit.', 'Pas encore. Un nouvel essai suit.', 'Non remis.', 'C’est en attente d’envoi. L’historique dit ce qu’il en advient.', 'La destination «\u202fOLD\u202f» est désactivée.', '«\u202fMessage\u202f» est désactivé pour «\u202fDESK\u202f».'])
    expect(await told('es')).toEqual(['Entregado.', 'HTTP 503. Se intenta de nuevo.', 'Aún no. Se intenta de nuevo.', 'No entregado.', 'Espera su envío. El historial dice qué resulta de ello.', '«OLD» está desactivado.', '«Mensaje» está desactivado para «DESK».'])
  })

  it('says in words why it was not sent at all', async () => {
    const ask = asking({ broadcast: async () => { throw new Error('there is no destination "fax"; there are: phone') } })
    await expect(ask({ text: 'Six', destinationIds: ['fax'] })).rejects.toThrow('There is no destination "fax"; there are: phone.')
    await expect(asking(null)({ text: 'Six', destinationIds: ['phone'] })).rejects.toThrow('Printbell is starting or ending. Try again in a moment.')
  })

  it.each([[{ text: '  ', destinationIds: ['phone'] }], [{ text: 'Six', destinationIds: [] }], [{ text: 'x'.repeat(2_001), destinationIds: ['phone'] }]])('the bridge takes no %j', (input) => {
    expect(calls['destinations.broadcast'].input.safeParse(input).success).toBe(false)
  })
})
