import { describe, expect, test } from 'vitest'
import { eventOf, sendingOf } from '../../../../test/support/channel-kit.ts'
import type { EventType } from '../../events/model.ts'
import type { Sending } from '../channel.ts'
import { passingMemory } from '../memory.ts'
import { createInPlace, createTurns } from './in-place.ts'

const PLACE = 'chat 1'
const of = (type: EventType, deliveryKey: string, over: Partial<Sending> = {}): Sending => sendingOf(eventOf(type, { id: deliveryKey }), { deliveryKey, ...over })

function setUp(memory = passingMemory()) {
  const inPlace = createInPlace(memory)
  return { memory, inPlace, sent: (sending: Sending, id: string, picture = false, place = PLACE) => inPlace.remember(sending, { place, id, picture }) }
}

describe('what a sending needs', () => {
  test('the first message of a print is new', () => {
    expect(setUp().inPlace.plan(of('job.progress', 'A'), PLACE)).toEqual({ do: 'send' })
  })

  test.each(['job.progress', 'job.layer', 'job.first_layer_done', 'job.milestone_time'] as const)('%s changes the message of its print', (type) => {
    const { inPlace, sent } = setUp()
    sent(of('job.progress', 'A'), '42', true)
    expect(inPlace.plan(of(type, 'B'), PLACE)).toEqual({ do: 'change', standing: { place: 'chat 1', id: '42', picture: true, deliveryKey: 'A' } })
  })

  test.each([
    'job.started', 'job.finishing_soon', 'job.eta_slipped', 'job.stalled', 'job.paused', 'job.resumed', 'job.done', 'job.cancelled', 'job.failed', 'job.result_unknown',
    'attention.filament_runout', 'attention.user_input', 'failure.warning', 'failure.detected',
  ] as const)('%s is a message of its own: a change rings nowhere', (type) => {
    const { inPlace, sent } = setUp()
    sent(of('job.progress', 'A'), '42')
    expect(inPlace.plan(of(type, 'B'), PLACE)).toEqual({ do: 'send' })
    sent(of(type, 'B'), '43')
    expect(inPlace.plan(of(type, 'C'), PLACE)).toEqual({ do: 'send' })
  })

  test('after its end a print of the same key begins a new message', () => {
    const { inPlace, sent } = setUp()
    sent(of('job.progress', 'A'), '42')
    sent(of('job.done', 'B'), '43')
    expect(inPlace.plan(of('job.progress', 'C'), PLACE)).toEqual({ do: 'send' })
  })

  test('a picture goes into the message that went without it', () => {
    const { inPlace, sent } = setUp()
    sent(of('job.done', 'A'), '42')
    expect(inPlace.plan(of('job.done', 'A', { update: true }), PLACE)).toMatchObject({ do: 'change', standing: { id: '42' } })
  })

  test('of a message that nobody knows nothing can be changed', () => {
    expect(setUp().inPlace.plan(of('job.done', 'A', { update: true }), PLACE)).toEqual({ do: 'nothing', why: 'The message can no longer be changed, so its picture was left out.' })
  })

  test('an older picture does not go over newer news', () => {
    const { inPlace, sent } = setUp()
    sent(of('job.progress', 'A'), '42')
    sent(of('job.progress', 'B'), '42')
    expect(inPlace.plan(of('job.progress', 'A', { update: true }), PLACE).do).toBe('nothing')
    expect(inPlace.plan(of('job.progress', 'B', { update: true }), PLACE)).toMatchObject({ do: 'change' })
  })

  test('what another try brought is not brought again, also after a restart', () => {
    const { memory, sent } = setUp()
    sent(of('job.failed', 'A'), '42')
    expect(setUp(memory).inPlace.plan(of('job.failed', 'A', { attempt: 2 }), PLACE)).toEqual({ do: 'nothing', why: 'An earlier try brought it.' })
  })

  test('in another place everything is new', () => {
    const { inPlace, sent } = setUp()
    sent(of('job.progress', 'A'), '42')
    expect(inPlace.plan(of('job.progress', 'A', { attempt: 2 }), 'chat 2')).toEqual({ do: 'send' })
    expect(inPlace.plan(of('job.progress', 'B'), 'chat 2')).toEqual({ do: 'send' })
  })

  test.each(['', 'x', 'null', '[]', '{"place":"chat 1"}', '{"place":"chat 1","id":7,"picture":false,"deliveryKey":"A"}'])('a note that says "%s" is none', (note) => {
    const { memory, inPlace } = setUp()
    memory.set('sent A', note)
    expect(inPlace.plan(of('job.done', 'A'), PLACE)).toEqual({ do: 'send' })
  })
})

describe('turns', () => {
  test('on one key come one after the other, on another key beside it, and a failure stops nobody', async () => {
    const inTurn = createTurns()
    const said: string[] = []
    let release = (): void => undefined
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const first = inTurn('a', async () => {
      await held
      said.push('first')
      throw new Error('broken')
    })
    const second = inTurn('a', async () => said.push('second'))
    await inTurn('b', async () => said.push('beside'))
    release()
    await expect(first).rejects.toThrow('broken')
    await second
    expect(said).toEqual(['beside', 'first', 'second'])
  })
})
