import { describe, expect, it } from 'vitest'
import type { CommandAnswer, Connection, PrinterCommand } from '../../electron/engine/printers/adapter.ts'
import { firstTime, recordingSink, untilOn } from '../support/adapter-kit.ts'
import { Refusal, type FakeMoonraker } from '../support/fake-moonraker.ts'
import type { TestClock } from '../support/clock.ts'
import { closeAfterEach, connect, fakeWith } from '../support/moonraker-rig.ts'

closeAfterEach()

async function up(fake: FakeMoonraker, phase: 'printing' | 'paused' | 'standby' = 'printing'): Promise<{ connection: Connection; clock: TestClock; sink: ReturnType<typeof recordingSink>; send(command: PrinterCommand): Promise<CommandAnswer> }> {
  if (phase !== 'standby') fake.status['print_stats'] = { ...fake.status['print_stats'], filename: 'vase.gcode', state: phase, total_duration: 100, print_duration: 90 }
  const sink = recordingSink()
  const { connection, clock } = connect(fake, sink, firstTime())
  await untilOn(clock, 'first state', () => sink.order.includes('full state'))
  const send = async (command: PrinterCommand): Promise<CommandAnswer> => {
    let answer: CommandAnswer | null = null
    const sending = connection.command('printer', command, new AbortController().signal).then((one) => (answer = one))
    await untilOn(clock, 'the answer', () => answer !== null, 20_000)
    return sending
  }
  return { connection, clock, sink, send }
}
/** Calls that change something. */
const commanded = (fake: FakeMoonraker): { method: string; params: unknown }[] => fake.calls.filter(({ method }) => /^printer\.(print|gcode|emergency)/.test(method))

describe('a command', () => {
  it.each<[PrinterCommand, 'printing' | 'paused' | 'standby', string, Record<string, unknown>]>([
    [{ name: 'pause' }, 'printing', 'printer.print.pause', {}],
    [{ name: 'resume' }, 'paused', 'printer.print.resume', {}],
    [{ name: 'cancel' }, 'printing', 'printer.print.cancel', {}],
    [{ name: 'emergency_stop' }, 'standby', 'printer.emergency_stop', {}],
    [{ name: 'gcode', lines: ['SET_LED LED=light WHITE=1', 'G4 P100'] }, 'standby', 'printer.gcode.script', { script: 'SET_LED LED=light WHITE=1\nG4 P100' }],
  ])('%o is sent as Moonraker wants it', async (command, phase, method, params) => {
    const fake = await fakeWith()
    const { send } = await up(fake, phase)
    expect(await send(command)).toMatchObject({ result: 'accepted' })
    expect(commanded(fake)).toEqual([{ method, params }])
  })

  it.each<PrinterCommand['name']>(['pause', 'resume', 'cancel'])('%s without a print is refused here: the server would say "ok" to it, and a pause would hit the next print', async (name) => {
    const fake = await fakeWith()
    const { send } = await up(fake, 'standby')
    expect(await send({ name } as PrinterCommand)).toEqual({ result: 'refused', detail: `There is no print to ${name}.` })
    expect(commanded(fake)).toEqual([])
  })

  it('that takes long was taken: a pause waits for the running move', async () => {
    const fake = await fakeWith()
    fake.methods.set('printer.print.pause', 'silent')
    const { send } = await up(fake)
    expect(await send({ name: 'pause' })).toEqual({ result: 'accepted', detail: 'Klipper has not answered yet: pause is under way.' })
  })

  it.each<[string, number, string, CommandAnswer['result'], string]>([
    ['after a loss of Klippy', 503, 'Klippy Host not connected', 'refused', 'has no contact with Klipper. Start or restart Klipper, then try again.'],
    ['before the first contact with Klippy', 404, 'Method not found', 'refused', 'has no contact with Klipper'],
    ['to a printer that is down', 400, 'Shutdown due to webhooks request\nOnce the underlying issue is corrected, use the\n"FIRMWARE_RESTART" command', 'refused', 'Klipper refused to run the G-code: Shutdown due to webhooks request'],
    ['that Klipper refuses', 400, 'Must home axis first: 10.000 0.000 0.000 [0.000]', 'refused', 'Must home axis first'],
    ['without rights', 401, 'Unauthorized', 'forbidden', 'Check its key or user'],
  ])('%s says so', async (_what, code, message, result, said) => {
    const fake = await fakeWith()
    fake.methods.set('printer.gcode.script', () => {
      throw new Refusal(code, message)
    })
    const { send } = await up(fake)
    expect(await send({ name: 'gcode', lines: ['G1 X10'] })).toEqual({ result, detail: expect.stringContaining(said) as string })
  })

  it('to a server that was lost is unreachable, and nothing waits for it', async () => {
    const fake = await fakeWith()
    const { send, sink, clock } = await up(fake)
    fake.methods.set('printer.print.cancel', 'close')
    expect(await send({ name: 'cancel' })).toMatchObject({ result: 'unreachable' })
    fake.wire = 'close'
    fake.drop()
    await untilOn(clock, 'link down', () => sink.lastLink() === 'down')
    expect(await send({ name: 'cancel' })).toEqual({ result: 'unreachable', detail: `There is no connection to 127.0.0.1:${fake.port}.` })
  })
})

describe('the answer to a prompt', () => {
  const say = (fake: FakeMoonraker, ...lines: string[]): void => {
    for (const line of lines) fake.notify('notify_gcode_response', line)
  }

  it('runs the G-code of the choice', async () => {
    const fake = await fakeWith()
    const { send, sink, clock } = await up(fake, 'paused')
    say(fake, '// action:prompt_begin Change filament', '// action:prompt_text Load blue', '// action:prompt_button Go on|RESUME|primary', '// action:prompt_button Stop|CANCEL_PRINT|error', '// action:prompt_show')
    await untilOn(clock, 'the prompt', () => sink.signals().some((one) => one.type === 'attention'))
    expect(sink.signals().find((one) => one.type === 'attention')).toMatchObject({ kind: 'user_input', choices: ['Go on', 'Stop'] })
    expect(await send({ name: 'answer', choice: 0 })).toMatchObject({ result: 'accepted' })
    expect(commanded(fake)).toEqual([{ method: 'printer.gcode.script', params: { script: 'RESUME' } }])
  })

  it('is refused where nothing is asked', async () => {
    const fake = await fakeWith()
    const { send } = await up(fake, 'paused')
    expect(await send({ name: 'answer', choice: 0 })).toEqual({ result: 'refused', detail: 'The printer asks nothing that could be answered so.' })
    expect(commanded(fake)).toEqual([])
  })
})
