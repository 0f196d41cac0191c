import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import type { Sending, Verdict } from '../../../electron/engine/channels/channel.ts'
import { register } from '../../../electron/engine/channels/register.ts'
import { createSystemHook } from '../../../electron/engine/channels/system-hook/index.ts'
import type { PrinterEvent } from '../../../electron/engine/events/model.ts'
import { channelPorts, eventOf, PICTURE, sendingOf } from '../../support/channel-kit.ts'
import { TestClock } from '../../support/clock.ts'
import { GOLDEN_EVENTS } from '../../support/golden-events.ts'
import { anEvent } from '../../support/rule-fixtures.ts'
import { channelSuite, expectClean, openChannel, short, type ChannelRig } from './every-channel.ts'

/** What the program was given. */
interface Run { argv: string[]; env: Record<string, string> }

/** A program that writes down what it is given, then does what the test plays. */
interface Program { path: string; folder: string; play(script: string): void; runs(): Run[]; forget(): void; remove(): void }

function program(): Program {
  const folder = mkdtempSync(join(tmpdir(), 'printbell-hook-'))
  const path = join(folder, 'ring')
  const receipts = join(folder, 'receipts')
  writeFileSync(join(folder, 'then'), '')
  writeFileSync(path, `#!/bin/sh\n{ printf '%s\\0' "$@"; printf '=env=\\0'; env -0; printf '=end=\\0'; } >> ${receipts}\n. ${join(folder, 'then')}\n`)
  chmodSync(path, 0o755)
  return {
    path, folder,
    play: (script) => writeFileSync(join(folder, 'then'), script),
    runs() {
      if (!existsSync(receipts)) return []
      return readFileSync(receipts, 'utf8').split('=end=\0').slice(0, -1).map((run) => {
        const [argv = '', env = ''] = run.split('=env=\0')
        return { argv: argv.split('\0').slice(0, -1), env: Object.fromEntries(env.split('\0').slice(0, -1).map((one) => [one.slice(0, one.indexOf('=')), one.slice(one.indexOf('=') + 1)])) }
      })
    },
    forget: () => rmSync(receipts, { force: true }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

interface Rig extends ChannelRig { far: Program }

const rig = (config: (far: Program) => Record<string, unknown>) => async (): Promise<Rig> => {
  const far = program()
  return {
    far,
    config: () => ({ understood: true, ...config(far) }),
    async accept() {
      far.forget()
      far.play('')
      chmodSync(far.path, 0o755)
    },
    received: async () => far.runs().map(({ argv, env }) => ({ text: `${argv.join(' ')}\n${env.PRINTBELL_TITLE}`, pictures: [], raw: JSON.stringify([argv, env]) })),
    close: async () => far.remove(),
  }
}

const ANSWERS = [
  ['an end with 0 is delivered', async (one: Rig) => one.far.play('exit 0'), 'delivered'],
  ['an end with 1 is a failure, and never run again by itself', async (one: Rig) => one.far.play('exit 1'), 'rejected message'],
  ['an end with 255 is a failure', async (one: Rig) => one.far.play('exit 255'), 'rejected message'],
  ['one that is killed has failed', async (one: Rig) => one.far.play('kill -9 $$'), 'rejected message'],
  ['one that crashes has failed', async (one: Rig) => one.far.play('kill -SEGV $$'), 'rejected message'],
  ['one that takes longer than its limit has failed', async (one: Rig) => one.far.play('sleep 60'), 'rejected message'],
  ['one that may not be run', async (one: Rig) => chmodSync(one.far.path, 0o644), 'rejected destination'],
] as const
const WRONG = [
  ['one that nobody switched on', { understood: false }, 'understood'], ['no command', { commands: [] }, 'commands'], ['an empty command', { commands: [' '] }, 'commands.0'],
  ['a brace that is none', { commands: ['awk {print}{'] }, 'commands.0'], ['a form of a value', { commands: ['ring {name:>20}'] }, 'commands.0'], ['an open quotation mark', { commands: ['ring "{name}'] }, 'commands.0'],
  ['a program out of a value', { commands: ['{name} x'] }, 'commands.0'], ['a value that a shell would run', { commands: ['sh -c "echo {name}"'], shell: false }, 'commands.0'],
  ['a folder that is no whole path', { cwd: 'here' }, 'cwd'], ['a variable of ours', { env: { PRINTBELL_FILE: 'x' } }, 'env.PRINTBELL_FILE'], ['too long a limit', { timeLimit: 301 }, 'timeLimit'],
] as const
const hang = async (one: Rig): Promise<void> => one.far.play('sleep 60')

channelSuite('system-hook', { start: rig((far) => ({ commands: [`${far.path} -- {title}`], timeLimit: 1 })), answers: ANSWERS, wrong: WRONG, hang })
channelSuite('system-hook', { start: rig((far) => ({ commands: [`${far.path} -- "{title}"`], shell: true, timeLimit: 1 })), answers: [
  ...ANSWERS.slice(0, 6), ['one that is not there', async (one: Rig) => one.far.play('exit 127'), 'rejected destination'], ['one that may not be run', async (one: Rig) => one.far.play('exit 126'), 'rejected destination'],
], wrong: [['a value that another shell would read', { commands: ['bash -c "echo {name}"'] }, 'commands.0'], ['braces of the shell', { commands: ['echo ${HOME} {name}'] }, 'commands.0']], hang })

const far = program()
beforeEach(() => {
  far.forget()
  far.play('')
})
afterAll(() => far.remove())

const OWN = { PATH: process.env.PATH, HOME: far.folder, LANG: 'C', LC_TIME: 'de_DE', DISPLAY: ':9', PRINTBELL_SECRET: 'canary-7f3a91', AWS_SECRET_ACCESS_KEY: 'canary-7f3a91', LD_PRELOAD: '' }
const KIND = register(createSystemHook({ platform: 'linux', env: OWN }))

async function run(config: Record<string, unknown>, over: Partial<Sending> = {}, event: PrinterEvent | undefined = undefined): Promise<{ verdict: Verdict; runs: Run[]; log: ReturnType<typeof channelPorts>['log'] }> {
  const one: ChannelRig = { config: () => ({ understood: true }), accept: async () => undefined, received: async () => [], close: async () => undefined }
  const ports = channelPorts()
  const channel = openChannel(KIND, one, config, ports)
  const verdict = await channel.sendPrinterNotification(sendingOf(event, over))
  await channel.close()
  expectClean(verdict, one)
  return { verdict, runs: far.runs(), log: ports.log }
}

const named = (name: string): PrinterEvent => eventOf('job.done', {
  severity: 'success', job: { key: 'k', file: { name, path: `vases/${name}`, origin: 'local', size: 1_000 }, startedAt: null, endedAt: null, user: null }, native: { name: 'PrintDone', payload: { name, path: `vases/${name}`, origin: 'local', size: 1_000, time: 12_960 } },
})

describe('what somebody else named', () => {
  const NAMES = ['$(touch touched).gcode', '`touch touched`', "'; touch touched; '", '"; touch touched; "', '; touch touched #', '| touch touched', '&& touch touched', '> touched', 'a\nb touch\ntouch touched', '${HOME}', '$HOME', '%PATH%', '!!', '*', '~', '\\', "it's", '"quoted"', 'a  b', '{name}', '{{x}}', '\u202egcode.exe', 'naïve 立方体 🧵', '$((1+1))', '<(touch touched)']

  test.each(NAMES)('%j reaches the program as it is, as words', async (name) => {
    const { runs, verdict } = await run({ commands: [`${far.path} {name} "a {name} b" x{name}y`] }, {}, named(name))
    expect(short(verdict)).toBe('delivered')
    expect(runs.map(({ argv }) => argv)).toEqual([[name, `a ${name} b`, `x${name}y`]])
    expect(runs[0]?.env.PRINTBELL_FILE).toBe(name)
    expect(readdirSync(far.folder)).toEqual(['receipts', 'ring', 'then'])
  })

  test.each(NAMES)('%j reaches it as it is through a shell, in every kind of quotes', async (name) => {
    const { runs, verdict } = await run({ shell: true, cwd: far.folder, commands: [`X=1; ${far.path} {name} "a {name} b" 'c {name} d' x{name}y "$PRINTBELL_FILE" && true`] }, {}, named(name))
    expect(short(verdict)).toBe('delivered')
    expect(runs.map(({ argv }) => argv)).toEqual([[name, `a ${name} b`, `c ${name} d`, `x${name}y`, name]])
    expect(readdirSync(far.folder)).toEqual(['receipts', 'ring', 'then'])
  })

  test.each([false, true])('a name that looks like an option is not handed over as one (shell: %s)', async (shell) => {
    const { runs, verdict } = await run({ shell, commands: [`${far.path} {name}`] }, {}, named('--checkpoint-action=exec=sh x'))
    expect(verdict).toMatchObject({ result: 'rejected', scope: 'message', why: expect.stringMatching(/^The value of \{name\} begins with a dash.*Put -- before it/) as string })
    expect(runs).toEqual([])
    const safe = await run({ shell, commands: [`${far.path} -- {name}`] }, {}, named('-rf'))
    expect(safe.runs.map(({ argv }) => argv)).toEqual([['--', '-rf']])
  })

  test('a NUL, which no program can be given, is left out; what is very long is cut', async () => {
    const { runs } = await run({ commands: [`${far.path} {name}`] }, {}, named(`a\0b${'x'.repeat(200_000)}`))
    expect(runs[0]?.argv[0]).toBe(`ab${'x'.repeat(7_998)}`)
  })
})

describe('what is filled in', () => {
  const event = anEvent('job.paused', {
    severity: 'warning', progress: 0.425, job: { key: 'k', file: { name: 'lamp.gcode', path: 'sub/lamp.gcode', origin: 'local', size: 1_000 }, startedAt: null, endedAt: null, user: 'ann' },
    native: { name: 'PrintPaused', payload: { name: 'lamp.gcode', path: 'sub/lamp.gcode', origin: 'local', size: 1_000, position: { x: 1, y: 2.5 }, fileposition: 4711, progress: 42, user: null } }, context: { currentZ: 0.2 },
  })
  test.each([
    ['{__currentZ}', '0.2'], ['{__eventname}', 'PrintPaused'], ['{__filename}', 'lamp.gcode'], ['{__filepath}', 'sub/lamp.gcode'], ['{__fileorigin}', 'local'], ['{__progress}', '42'],
    ['{__data}', "{'name': 'lamp.gcode', 'path': 'sub/lamp.gcode', 'origin': 'local', 'size': 1000, 'position': {'x': 1.0, 'y': 2.5}, 'fileposition': 4711, 'progress': 42, 'user': None}"],
    ['{__json}', '{"name": "lamp.gcode", "path": "sub/lamp.gcode", "origin": "local", "size": 1000, "position": {"x": 1.0, "y": 2.5}, "fileposition": 4711, "progress": 42, "user": null}'],
    ['{name}', 'lamp.gcode'], ['{path}', 'sub/lamp.gcode'], ['{size}', '1000'], ['{position}', "{'x': 1.0, 'y': 2.5}"], ['{fileposition}', '4711'], ['{progress}', '42'], ['{owner}', 'ann'],
    ['{printer}', 'MK4 left bench'], ['{event_type}', 'job.paused'], ['{severity}', 'warning'], ['{user}', ''], ['{nothing_of_that}', ''], ['{{name}}', '{name}'], ['{{{name}}}', '{lamp.gcode}'],
  ])('%s is %s', async (placeholder, value) => {
    const { runs } = await run({ commands: [`${far.path} x{{}} "${placeholder}"`] }, {}, event)
    expect(runs[0]?.argv).toEqual(['x{}', value])
  })

  test.each([['{__filename}', ''], ['{__filepath}', ''], ['{__currentZ}', ''], ['{__progress}', ''], ['{__data}', ''], ['{__json}', '{}'], ['{__eventname}', 'link.up']])('%s is %j where nothing is known', async (placeholder, value) => {
    const { runs } = await run({ commands: [`${far.path} "${placeholder}"`] }, {}, anEvent('link.up'))
    expect(runs[0]?.argv).toEqual([value])
  })

  test('the height is frozen with the event only where somebody uses it', () => {
    expect(KIND.needsContext?.({ commands: ['ring {__currentZ}'] })).toBe(true)
    expect(KIND.needsContext?.({ commands: ['ring {{__currentZ}} {name}'] })).toBe(false)
  })
})

describe('the environment', () => {
  test('is a little of our own, what the settings add, and what happened', async () => {
    const { runs } = await run({ commands: [far.path], env: { COLOUR: 'red' } }, { picture: PICTURE, attempt: 2 }, named('lamp.gcode'))
    const { PRINTBELL_JSON: json = '', PATH: path, PWD: _pwd, OLDPWD: _old, _: _last, SHLVL: _level, ...env } = runs[0]?.env ?? {}
    expect(path).toBe(process.env.PATH)
    expect(env).toEqual({
      HOME: far.folder, LANG: 'C', LC_TIME: 'de_DE', DISPLAY: ':9', COLOUR: 'red',
      PRINTBELL_EVENT: 'PrintDone', PRINTBELL_TYPE: 'job.done', PRINTBELL_KIND: 'event', PRINTBELL_SEVERITY: 'success', PRINTBELL_TIME: '2026-01-15T12:00:00.000Z', PRINTBELL_LATE: '',
      PRINTBELL_PRINTER: 'MK4 left bench', PRINTBELL_PRINTER_ID: 'mk4', PRINTBELL_TITLE: 'MK4 left bench: print done', PRINTBELL_BODY: 'lamp', PRINTBELL_FILE: 'lamp.gcode', PRINTBELL_PATH: 'vases/lamp.gcode', PRINTBELL_ORIGIN: 'local',
      PRINTBELL_PROGRESS: '42', PRINTBELL_REASON: '', PRINTBELL_TEXT: '', PRINTBELL_PICTURE: '/somewhere/x.jpg', PRINTBELL_DELIVERY: '01KF0000000000000000000001.dest', PRINTBELL_ATTEMPT: '2',
    })
    expect(JSON.parse(json)).toMatchObject({
      version: 1, id: '01KF0000000000000000000001', type: 'job.done', printer: { id: 'mk4', name: 'MK4 left bench', kind: 'octoprint' }, job: { name: 'lamp.gcode', path: 'vases/lamp.gcode' }, image: { width: 1280, height: 960 }, native: { name: 'PrintDone' },
    })
  })

  test('holds nothing else of what Printbell was started with', async () => {
    const { runs } = await run({ commands: [far.path] })
    expect(JSON.stringify(runs)).not.toContain('canary-7f3a91')
    expect(Object.keys(runs[0]?.env ?? {})).not.toContain('LD_PRELOAD')
  })

  test("a server's event of a megabyte is left out of the JSON rather than not told", async () => {
    const { runs } = await run({ commands: [far.path] }, {}, anEvent('server.event', { native: { name: 'Upload', payload: { blob: 'x'.repeat(1_000_000) } } }))
    expect(JSON.parse(runs[0]?.env.PRINTBELL_JSON ?? '')).toMatchObject({ type: 'server.event', native: { name: 'Upload', payload: null } })
  })
})

/** What of the environment is other than in most events; each event of golden-events.ts has its words there, typed by hand. */
const WITH_JOB = { PRINTBELL_FILE: 'lamp-vase.gcode', PRINTBELL_PATH: 'lamp-vase.gcode', PRINTBELL_ORIGIN: 'local', PRINTBELL_PROGRESS: '42' }
const OTHER: Readonly<Record<string, Record<string, string>>> = {
  'job.paused': { PRINTBELL_REASON: 'user' }, 'job.cancelled': { PRINTBELL_REASON: 'user' }, 'job.failed': { PRINTBELL_REASON: 'printer_reset' }, 'device.error': { PRINTBELL_TEXT: 'Thermistor broken' },
  'command.acknowledged': { PRINTBELL_TEXT: 'I am on my way' }, 'app.broadcast': { PRINTBELL_TEXT: 'The workshop closes at six' }, 'app.changed': { PRINTBELL_TEXT: 'Bench: bed temperature limit' }, 'message.display': { PRINTBELL_TEXT: 'Layer 5 of 100' }, 'message.user': { PRINTBELL_TEXT: 'Come & see <now>' }, 'command.failed': { PRINTBELL_TEXT: 'The server did not answer' }, 'app.test': { PRINTBELL_TEXT: 'My chat' }, 'server.event': { PRINTBELL_EVENT: 'Upload' },
}

test.each(GOLDEN_EVENTS)('the arguments and the environment at $type', async ({ type, severity, event, title, body }) => {
  const { runs } = await run({ commands: [`${far.path} {__eventname} {severity} -- {title} {body} {__filename}`] }, {}, event)
  const ofPrinter = !type.startsWith('app.')
  const job = /^(job|attention|failure)\./.test(type) ? WITH_JOB : { PRINTBELL_FILE: '', PRINTBELL_PATH: '', PRINTBELL_ORIGIN: '', PRINTBELL_PROGRESS: '' }
  expect(runs[0]?.argv).toEqual([type === 'server.event' ? 'Upload' : type, severity, '--', title, body, job.PRINTBELL_FILE])
  const { PRINTBELL_JSON: json = '', ...told } = Object.fromEntries(Object.entries(runs[0]?.env ?? {}).filter(([name]) => name.startsWith('PRINTBELL_')))
  expect(told).toEqual({
    PRINTBELL_EVENT: type, PRINTBELL_TYPE: type, PRINTBELL_KIND: type === 'app.test' ? 'test' : 'event', PRINTBELL_SEVERITY: severity, PRINTBELL_TIME: '2026-01-15T12:00:00.000Z', PRINTBELL_LATE: '',
    PRINTBELL_PRINTER: ofPrinter ? 'Bench' : '', PRINTBELL_PRINTER_ID: ofPrinter ? 'mk4' : '', PRINTBELL_TITLE: title, PRINTBELL_BODY: body, PRINTBELL_REASON: '', PRINTBELL_TEXT: '', PRINTBELL_PICTURE: '',
    PRINTBELL_DELIVERY: '01KF0000000000000000000001.dest', PRINTBELL_ATTEMPT: '1', ...job, ...OTHER[type],
  })
  expect(JSON.parse(json)).toMatchObject({ version: 1, type, severity, message: { title, body } })
})

describe('several commands', () => {
  test('run one after the other, each given as its words or as a line', async () => {
    const { runs, verdict } = await run({ commands: [[far.path, 'one', "it's {printer}", 'a "b" \\'], `${far.path} two`] })
    expect(runs.map(({ argv }) => argv)).toEqual([['one', "it's MK4 left bench", 'a "b" \\'], ['two']])
    expect(verdict).toMatchObject({ result: 'delivered', detail: 'All 2 commands ran.' })
  })

  test('the first that fails ends the list, and says so', async () => {
    far.play('case "$1" in two) echo "no luck" >&2; exit 3;; esac')
    const { runs, verdict, log } = await run({ commands: ['one', 'two', 'three'].map((word) => `${far.path} ${word}`) })
    expect(runs.map(({ argv }) => argv[0])).toEqual(['one', 'two'])
    expect(verdict).toMatchObject({ result: 'rejected', scope: 'message', why: 'Command 2 of 3 ended with 3, so it failed. Those behind it did not run. The log has what it said.', exchange: { answer: ['ended with 0', 'no luck', 'ended with 3'] } })
    expect(JSON.stringify(log.lines)).toContain('no luck')
  })

  test('none runs when one of the programs is not there', async () => {
    const { runs, verdict } = await run({ commands: [`${far.path} one`, 'printbell-no-such-program'] })
    expect(runs).toEqual([])
    expect(verdict).toMatchObject({ result: 'rejected', scope: 'destination', why: 'The program of command 2 is not there, or may not be run. Check its name and path.' })
  })

  test('a folder that is not there is told before anything runs', async () => {
    const { runs, verdict } = await run({ commands: [far.path], cwd: '/nowhere-at-all' })
    expect(runs).toEqual([])
    expect(verdict).toMatchObject({ result: 'rejected', scope: 'destination', why: 'The folder to run in is not there. Make it, or name another.' })
  })

  test('they run in the folder that is named, and ~ is the home', async () => {
    mkdirSync(join(far.folder, 'sub'))
    far.play('pwd')
    const { verdict } = await run({ commands: ['~/ring'], cwd: '~/sub' })
    expect(verdict.exchange?.answer).toEqual([join(far.folder, 'sub'), 'ended with 0'])
    rmSync(join(far.folder, 'sub'), { recursive: true })
  })

  test('the last 4 kB of what they say are kept, without addresses', async () => {
    far.play('i=0; while [ $i -lt 2000 ]; do echo "line $i of http://10.0.0.7/key"; i=$((i+1)); done')
    const { verdict, log } = await run({ commands: [far.path] })
    expect(verdict.exchange?.answer.at(-2)).toBe('line 1999 of (hidden)')
    expect(JSON.stringify(log.lines).length).toBeLessThan(6_000)
  })
})

describe('the time limit', () => {
  const alive = (pid: number): boolean => {
    try {
      process.kill(pid, 0)
      // A zombie of a container without an init is dead.
      return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
    } catch {
      return false
    }
  }
  const until = async (what: () => boolean): Promise<void> => expect.poll(what, { timeout: 10_000, interval: 10 }).toBe(true)
  const pids = (): number[] => (existsSync(join(far.folder, 'pids')) ? readFileSync(join(far.folder, 'pids'), 'utf8').trim().split(/\s+/).map(Number) : [])
  /** It and a child of its own take no notice of SIGTERM. */
  const STUBBORN = `trap '' TERM\n(trap '' TERM; while :; do sleep 1; done) &\necho $$ $! > ${join(far.folder, 'pids')}\nwhile :; do sleep 1; done`

  function start(clock: TestClock): Promise<Verdict> {
    far.play(STUBBORN)
    rmSync(join(far.folder, 'pids'), { force: true })
    const one: ChannelRig = { config: () => ({ understood: true, commands: [far.path] }), accept: async () => undefined, received: async () => [], close: async () => undefined }
    return openChannel(KIND, one, {}, channelPorts({ clock })).sendPrinterNotification(sendingOf())
  }

  test('of 60 s ends a program and what it started, also those that take no notice of SIGTERM', async () => {
    const clock = new TestClock()
    const sending = start(clock)
    await until(() => pids().length === 2)
    await clock.advance(59_999)
    expect(pids().map(alive)).toEqual([true, true])
    await clock.advance(1)
    expect(pids().map(alive)).toEqual([true, true])
    await clock.advance(2_000)
    await until(() => !pids().some(alive))
    expect(await sending).toMatchObject({ result: 'rejected', scope: 'message', why: 'The command did not end within 60 s and was stopped. Raise the time limit, or let it start what takes longer. The log has what it said.' })
  })

  test('closing ends them within a second', async () => {
    far.play(STUBBORN)
    rmSync(join(far.folder, 'pids'), { force: true })
    const channel = openChannel(KIND, { config: () => ({ understood: true, commands: [far.path] }), accept: async () => undefined, received: async () => [], close: async () => undefined })
    const sending = channel.sendPrinterNotification(sendingOf())
    await until(() => pids().length === 2)
    const began = performance.now()
    await channel.close()
    expect(performance.now() - began).toBeLessThan(1_000)
    expect(short(await sending)).toBe('rejected message')
    await until(() => !pids().some(alive))
  })

  test('a program that ends and leaves another behind holds up nobody', async () => {
    far.play(`sleep 30 &\necho $! > ${join(far.folder, 'pids')}`)
    const began = performance.now()
    expect(short((await run({ commands: [far.path] })).verdict)).toBe('delivered')
    expect(performance.now() - began).toBeLessThan(5_000)
    for (const pid of pids()) process.kill(pid, 'SIGKILL')
  })
})

describe('on Windows', () => {
  const WINDOWS = createSystemHook({ platform: 'win32', env: {} })
  test('a shell is refused, because cmd.exe would run what is in a value', () => {
    expect(WINDOWS.validateConfig({ understood: true, shell: true, commands: ['echo %PRINTBELL_FILE%'] })).toEqual({
      ok: false, errors: [{ field: 'shell', message: 'On Windows a shell would run what is in a value. Name the program and its arguments instead, or a PowerShell script: powershell -File C:\\ring.ps1' }],
    })
  })

  test('backslashes of paths stay, and a value does not go where an interpreter reads', () => {
    expect(WINDOWS.validateConfig({ understood: true, commands: ['"C:\\Program Files\\Ring\\ring.exe" C:\\a\\{name}', 'powershell -File C:\\ring.ps1 {name}'] }).ok).toBe(true)
    for (const command of ['cmd /c echo {name}', 'C:\\Windows\\System32\\cmd.exe /C ring {name}', 'powershell -Command Write-Host {name}', 'pwsh.exe -c x {name}']) {
      expect(WINDOWS.validateConfig({ understood: true, commands: [command] })).toMatchObject({ ok: false, errors: [{ field: 'commands.0' }] })
    }
  })
})
