import { expect, it } from 'vitest'
import { engineRigs } from '../../test/support/engine-rig.ts'
import { LAMP, printing } from '../../test/support/fake-printer.ts'
import { memoryLog } from '../../test/support/log.ts'
import { eachByItself } from './what-follows.ts'

const settings = (...events: string[]): object => ({
  version: 1, printers: [{ id: 'mk4', name: 'MK4', server: { kind: 'fake', id: 'octo', url: 'http://octo' } }],
  destinations: [{ id: 'phone', label: 'Phone', channel: 'hook', events }],
})
const { start } = engineRigs({ settings: settings('job.started', 'job.done') })

it('what follows from one thing is done although another part of it throws, which is logged', () => {
  const log = memoryLog()
  const done: string[] = []
  eachByItself(log, {
    first: () => void done.push('first'),
    second() { throw new Error('The disk is full.') },
    third: () => void done.push('third'),
  })
  expect(done).toEqual(['first', 'third'])
  expect(log.lines).toEqual([{ level: 'error', message: 'what was written could not be passed on', fields: { to: 'second', error: 'The disk is full.' } }])
})

it('what is on disk is sent although a listener throws', async () => {
  const rig = await start()
  const says = await printing(rig, LAMP)
  rig.news.push = () => { throw new Error('The window is gone.') }
  says.done(LAMP)
  await rig.clock.advance(20_000)
  expect(rig.sent.map(({ sending: { message } }) => message.type)).toEqual(['job.started', 'job.done'])
  expect(rig.log.lines.filter(({ level }) => level === 'error')[0]).toEqual({ level: 'error', message: 'what was written could not be passed on', fields: { to: 'news', error: 'The window is gone.' } })
})

it('what is on disk is sent although what it overtakes can not be read', async () => {
  const rig = await start({ settings: settings('job.progress'), history: (stored) => ({ ...stored, olderWaiting: () => { throw new Error('The disk is gone.') } }) })
  const says = await printing(rig, LAMP)
  says.state({ progress: 0.3 })
  await rig.clock.advance(20_000)
  expect(rig.sent.map(({ sending: { message } }) => message.type)).toEqual(['job.progress'])
  expect(rig.log.lines.filter(({ level }) => level === 'error')).toEqual([{ level: 'error', message: 'what was written could not be passed on', fields: { to: 'worker', error: 'The disk is gone.' } }])
})
