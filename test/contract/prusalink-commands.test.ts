import { describe, expect, it } from 'vitest'
import type { PrinterCommand } from '../../electron/engine/printers/adapter.ts'
import { firstTime, recordingSink, untilOn } from '../support/adapter-kit.ts'
import { FAKE_PASSWORD, type FakePrusaLink } from '../support/fake-prusalink.ts'
import { closeAfterEach, connect, fakeWith, type Connected } from '../support/prusalink-rig.ts'

closeAfterEach()

const never = () => new AbortController().signal

async function printing(fake: FakePrusaLink, secrets?: Record<string, string>): Promise<Connected & { send(command: PrinterCommand): ReturnType<Connected['connection']['command']> }> {
  fake.state = 'PRINTING'
  fake.job = { id: 7, file: 'a.gcode', progress: 10, remaining: 600, printing: 60 }
  const sink = recordingSink()
  const made = connect(fake, sink, firstTime(), secrets ? { secrets } : {})
  // With the cameras everything has been asked that is asked at the beginning.
  await untilOn(made.clock, 'the cameras', () => sink.observations.some((one) => one.kind === 'state' && one.state.cameras !== undefined))
  return { ...made, send: (command) => made.connection.command('printer', command, never()) }
}

describe('a command', () => {
  it('pauses, resumes and cancels the job of the newest poll', async () => {
    const fake = await fakeWith()
    const { send } = await printing(fake)
    await expect(send({ name: 'pause' })).resolves.toEqual({ result: 'accepted', detail: 'PrusaLink accepted: pause.' })
    expect(fake.state).toBe('PAUSED')
    await expect(send({ name: 'resume' })).resolves.toMatchObject({ result: 'accepted' })
    expect(fake.state).toBe('PRINTING')
    await expect(send({ name: 'cancel' })).resolves.toMatchObject({ result: 'accepted' })
    expect(fake.requests.filter((one) => !one.startsWith('GET'))).toEqual(['PUT /api/v1/job/7/pause', 'PUT /api/v1/job/7/resume', 'DELETE /api/v1/job/7'])
  })

  it.each(['pi', 'buddy'] as const)('is signed for its own method and path (%s)', async (flavour) => {
    const fake = await fakeWith({ flavour })
    const { send } = await printing(fake, { password: FAKE_PASSWORD })
    fake.expireNonces()
    await expect(send({ name: 'pause' })).resolves.toMatchObject({ result: 'accepted' })
    // Once with the old nonce, once with the new one.
    expect(fake.requests.filter((one) => one.startsWith('PUT'))).toHaveLength(2)
  })

  it('in the wrong state is refused in PrusaLink\'s words (409)', async () => {
    const fake = await fakeWith()
    const { send } = await printing(fake)
    await expect(send({ name: 'resume' })).resolves.toEqual({ result: 'refused', detail: 'PrusaLink refused to resume: Printer Is Not Paused.' })
  })

  it('for a job that is another by now is refused (404)', async () => {
    const fake = await fakeWith()
    const { send } = await printing(fake)
    fake.job = { id: 8, file: 'b.gcode', progress: 0, remaining: null, printing: 0 }
    await expect(send({ name: 'cancel' })).resolves.toEqual({ result: 'refused', detail: 'PrusaLink refused to cancel: this job is no longer the current one.' })
    expect(fake.job.id).toBe(8)
  })

  it('without a job is refused without a request', async () => {
    const fake = await fakeWith()
    const sink = recordingSink()
    const { connection, clock } = connect(fake, sink)
    await untilOn(clock, 'the link', () => sink.lastLink() === 'up')
    await expect(connection.command('printer', { name: 'pause' }, never())).resolves.toEqual({ result: 'refused', detail: 'PrusaLink has no job to pause.' })
    expect(fake.requests.filter((one) => !one.startsWith('GET'))).toEqual([])
  })

  it.each<PrinterCommand>([{ name: 'gcode', lines: ['M117 x'] }, { name: 'answer', choice: 0 }])('that PrusaLink does not have is unsupported: $name', async (command) => {
    const fake = await fakeWith()
    const { send } = await printing(fake)
    await expect(send(command)).resolves.toMatchObject({ result: 'unsupported' })
  })

  it.each([
    [400, 'refused'], [401, 'forbidden'], [403, 'forbidden'], [500, 'refused'], [503, 'unreachable'], [302, 'unreachable'],
  ])('answered with %i is %s', async (status, result) => {
    const fake = await fakeWith()
    const { send } = await printing(fake)
    fake.routes.set('PUT /api/v1/job/7/pause', (_request, response) => void response.writeHead(status, { 'Content-Type': 'text/plain' }).end(status === 302 ? '' : 'No\nMore'))
    await expect(send({ name: 'pause' })).resolves.toMatchObject({ result })
  })

  it('that gets no answer is unreachable, and is not sent twice', async () => {
    const fake = await fakeWith()
    const { send } = await printing(fake)
    let times = 0
    fake.routes.set('PUT /api/v1/job/7/pause', (request) => {
      times += 1
      request.socket.destroy()
    })
    await expect(send({ name: 'pause' })).resolves.toMatchObject({ result: 'unreachable' })
    expect(times).toBe(1)
  })
})
