import { describe, expect, test } from 'vitest'
import type { ChannelPorts, Sending, Verdict } from '../../../electron/engine/channels/channel.ts'
import { gcodeHookChannel } from '../../../electron/engine/channels/gcode-hook/index.ts'
import { register } from '../../../electron/engine/channels/register.ts'
import type { PrinterEvent } from '../../../electron/engine/events/model.ts'
import { channelPorts, eventOf, sendingOf } from '../../support/channel-kit.ts'
import { anEvent, NOON } from '../../support/rule-fixtures.ts'
import { channelSuite, expectClean, openChannel, short, type ChannelRig } from './every-channel.ts'

type Answer = Awaited<ReturnType<NonNullable<ChannelPorts['command']>>>

/** The engine's way to a printer, as a channel sees it. What comes behind it has tests of its own: electron/engine/hook-commands.test.ts. */
interface Rig extends ChannelRig {
  sent: { printerId: string; lines: readonly string[] }[]
  answer: Answer | 'never'
}

async function start(): Promise<Rig> {
  const one: Rig = {
    sent: [],
    answer: { result: 'done', detail: 'G-code sent.' },
    config: () => ({ understood: true, lines: ['M117 {printer}: {title}'] }),
    ports: () => ({
      command: (printerId, lines) => {
        one.sent.push({ printerId, lines })
        return one.answer === 'never' ? new Promise<Answer>(() => undefined) : Promise.resolve(one.answer)
      },
    }),
    async accept() {
      one.sent.length = 0
      one.answer = { result: 'done', detail: 'G-code sent.' }
    },
    received: async () => one.sent.map(({ printerId, lines }) => ({ text: lines.join('\n'), pictures: [], raw: JSON.stringify({ printerId, lines }) })),
    close: async () => undefined,
  }
  return one
}

const answers = (result: Answer['result'], detail = 'Why it is so.') => async (one: Rig): Promise<void> => {
  one.answer = { result, detail }
}

channelSuite('gcode-hook', {
  start,
  answers: [
    ['done is delivered', answers('done'), 'delivered'],
    ['another command under way is waited for', answers('busy'), 'retry 2000'],
    ['settings that forbid it', answers('not_allowed'), 'rejected destination'],
    ['a key without the permission', answers('forbidden'), 'rejected destination'],
    ['a server without G-code', answers('unsupported'), 'rejected destination'],
    ['a printer that refuses it now', answers('refused'), 'rejected message'],
    ['a server that is away is not sent to later', answers('unreachable'), 'rejected message'],
    ['an answer that never shows', answers('timed_out'), 'rejected message'],
    ['a time that is over', answers('expired'), 'rejected message'],
    ['a print that is over', answers('stale'), 'rejected message'],
    ['a question that nobody answers', answers('needs_confirmation'), 'rejected message'],
  ],
  wrong: [
    ['one that nobody switched on', { understood: false }, 'understood'], ['no line', { lines: [] }, 'lines'], ['an empty line', { lines: [' '] }, 'lines.0'], ['two lines in one', { lines: ['M117 a\nM104 S300'] }, 'lines.0'],
    ['a value as the command', { lines: ['M117 x', '{name}'] }, 'lines.1'], ['a value as a part of the command', { lines: ['SET_{name} X=1'] }, 'lines.0'], ['a brace that is none', { lines: ['M117 }'] }, 'lines.0'],
    ['an age of a day', { maxAge: 86_400 }, 'maxAge'], ['a line of 201 characters', { lines: [`M117 ${'x'.repeat(196)}`] }, 'lines.0'],
  ],
  // A semicolon begins a comment, which a value can't.
  hostile: '*b* _i_ <u>&amp, [l](x) @everyone `c` ~s~ #1',
  hang: async (one) => {
    one.answer = 'never'
  },
})

const KIND = register(gcodeHookChannel)

async function said(config: Record<string, unknown>, event: PrinterEvent, over: Partial<Sending> = {}): Promise<{ verdict: Verdict; sent: Rig['sent'] }> {
  const one = await start()
  const channel = openChannel(KIND, one, config, channelPorts(one.ports?.()))
  const verdict = await channel.sendPrinterNotification(sendingOf(event, over))
  await channel.close()
  expectClean(verdict, one)
  return { verdict, sent: one.sent }
}

const named = (name: string, over: Partial<PrinterEvent> = {}): PrinterEvent => eventOf('job.done', { job: { key: 'k', file: { name, path: name, origin: 'local', size: 1 }, startedAt: null, endedAt: null, user: null }, ...over })

describe('the lines', () => {
  test.each<[string, PrinterEvent, string]>([
    ['M117 {name} is {__progress} %', named('lamp.gcode'), 'M117 lamp.gcode is 42 %'],
    ['G1 Z{__currentZ} F600', named('a', { context: { currentZ: 12.4 } }), 'G1 Z12.4 F600'],
    ['M117 {{x}}', named('a'), 'M117 {x}'],
    ['@sound {event_type}', named('a'), '@sound job.done'],
    ['RESPOND MSG="{name}"', named('it"s; \\ X=1\nM112'), "RESPOND MSG=\"it's, / X=1 M112\""],
    ['M117 {name}', named('a\nM104 S300'), 'M117 a M104 S300'],
    ['M117 {name}', named('a\r\u2028M112'), 'M117 a M112'],
    ['M117 {name}', named('a;b'), 'M117 a,b'],
    ['M117 {nothing}', named('a'), 'M117'],
    ['M117 {name}', named('x'.repeat(500)), `M117 ${'x'.repeat(195)}`],
  ])('%s', async (line, event, expected) => {
    const { verdict, sent } = await said({ lines: ['G28 X', line] }, event)
    expect(short(verdict)).toBe('delivered')
    expect(sent).toEqual([{ printerId: 'mk4', lines: ['G28 X', expected] }])
  })

  test.each([
    ['M104 S{name}', 'lamp.gcode', 'The value of {name} is no number, and M104 takes numbers. Nothing was sent.'],
    ['M104 S{name}', '10 B300', 'The value of {name} is no number, and M104 takes numbers. Nothing was sent.'],
    ['G1 Z{__currentZ}', 'a', 'The value of {__currentZ} is no number, and G1 takes numbers. Nothing was sent.'],
    ['START FILE={name}', 'a EXTRUDER=300', 'The value of {name} is not one word, and could be a parameter of its own. Put it in double quotes in the line. Nothing was sent.'],
  ])('%s with %j is not sent at all', async (line, name, why) => {
    const { verdict, sent } = await said({ lines: ['M117 first', line] }, named(name))
    expect(verdict).toMatchObject({ result: 'rejected', scope: 'message', why })
    expect(sent).toEqual([])
  })

  test('go to the printer that is named', async () => {
    expect((await said({ printer: 'light', lines: ['M355 S1'] }, named('a'))).sent).toEqual([{ printerId: 'light', lines: ['M355 S1'] }])
  })
})

describe('nothing is sent', () => {
  test.each<[string, PrinterEvent, Record<string, unknown>, string]>([
    ['at what Printbell did itself', eventOf('job.paused', { byUs: true }), {}, 'Nothing was sent: Printbell did this itself.'],
    ['at the outcome of a command, whatever the settings', eventOf('command.succeeded', { byUs: true, code: 'gcode' }), { alsoOwn: true }, 'Nothing was sent: this is about a command of Printbell.'],
    ['for what is found late', eventOf('job.done', { occurredAt: NOON - 60_001, late: true }), {}, 'Nothing was sent: it happened more than 60 s ago.'],
  ])('%s', async (_what, event, config, detail) => {
    const { verdict, sent } = await said(config, event)
    expect(verdict).toMatchObject({ result: 'delivered', detail })
    expect(sent).toEqual([])
  })

  test('for a summary, a question or a notice, which are for people', async () => {
    for (const kind of ['summary', 'question', 'notice'] as const) {
      const sending = sendingOf(eventOf('job.done'))
      const { sent } = await said({}, eventOf('job.done'), { message: { ...sending.message, kind } })
      expect(sent).toEqual([])
    }
  })

  test('where the event is about no printer', async () => {
    const { verdict } = await said({}, anEvent('job.done', { printerId: '', printerName: '' }))
    expect(verdict).toMatchObject({ result: 'rejected', scope: 'message', why: 'This is about no printer, so there is none to send to. Name the printer in the destination.' })
  })

  test('by an engine that sends no commands', async () => {
    const one = await start()
    const channel = openChannel(KIND, one, {}, channelPorts())
    expect(short(await channel.sendPrinterNotification(sendingOf()))).toBe('rejected destination')
  })
})

test('a pause that was asked for here sends them where that is wanted', async () => {
  expect((await said({ alsoOwn: true }, eventOf('job.paused', { byUs: true }))).sent.length).toBe(1)
})

test('what happened 60 s ago is sent still', async () => {
  expect((await said({}, eventOf('job.done', { occurredAt: NOON - 60_000 }))).sent.length).toBe(1)
})

test('a test sends a harmless line, and shows what the others are', async () => {
  const one = await start()
  const channel = openChannel(KIND, one, { printer: 'mk4', lines: ['G28', 'M104 S{name}'] }, channelPorts(one.ports?.()))
  const verdict = await channel.sendTestMessage(sendingOf(anEvent('app.test', { printerId: '', printerName: '', text: 'Hook' })))
  expect(one.sent).toEqual([{ printerId: 'mk4', lines: ['M117 Printbell test'] }])
  expect(verdict).toMatchObject({ result: 'delivered', exchange: { request: ['M117 Printbell test', '(at an event) G28', '(at an event) M104 S{name}'], answer: ['done: G-code sent.'] } })
})

test('a test without a printer says so', async () => {
  const one = await start()
  const channel = openChannel(KIND, one, {}, channelPorts(one.ports?.()))
  expect(await channel.sendTestMessage(sendingOf(anEvent('app.test', { printerId: '', printerName: '' })))).toMatchObject({ result: 'rejected', scope: 'message', why: 'A test is about no printer, so nothing was sent. Name a printer for the time of the test, or rehearse an event.' })
  expect(one.sent).toEqual([])
})
