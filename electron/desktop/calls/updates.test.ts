import { expect, it } from 'vitest'
import { calls } from '../../bridge/contract.ts'
import type { UpdatesView } from '../../bridge/views/updates.ts'
import { updateCalls } from './updates.ts'

it('answers each call with how it stands right after, in words that the window understands', async () => {
  const release = { version: '1.2.3', releasedAt: null, notes: '' }
  let state: UpdatesView['state'] = { what: 'idle' }
  const handlers = updateCalls({
    view: () => ({ on: true, way: 'itself', why: null, asks: 'updates.example.org', lastAt: 1, state }),
    check: () => (state = { what: 'checking' }),
    install: () => (state = { what: 'waiting', release, waitsFor: ['MK4 needs you.'] }),
    cancel: () => (state = { what: 'ready', release }),
  })
  const answers = []
  for (const name of ['updates.get', 'updates.check', 'updates.install', 'updates.cancel'] as const) answers.push(calls[name].output.parse(await handlers[name](null)).state)
  expect(answers).toEqual([{ what: 'idle' }, { what: 'checking' }, { what: 'waiting', release, waitsFor: ['MK4 needs you.'] }, { what: 'ready', release }])
})
