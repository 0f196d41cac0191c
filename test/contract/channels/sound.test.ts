import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import type { Sending, Verdict } from '../../../electron/engine/channels/channel.ts'
import { register } from '../../../electron/engine/channels/register.ts'
import { soundsFolder } from '../../../electron/engine/channels/sound/files.ts'
import { createSoundChannel } from '../../../electron/engine/channels/sound/index.ts'
import { playersOf, speakersOf } from '../../../electron/engine/channels/sound/players.ts'
import type { EventType, Severity } from '../../../electron/engine/events/model.ts'
import { eventOf, sendingOf } from '../../support/channel-kit.ts'
import { channelSuite, expectClean, openChannel, short, type ChannelRig } from './every-channel.ts'

/** Players that write down how they are called, then do what the test plays. */
interface Desk { folder: string; install(...programs: string[]): void; play(script: string): void; calls(): string[][]; forget(): void; remove(): void }

function desk(): Desk {
  const folder = mkdtempSync(join(tmpdir(), 'printbell-sound-'))
  const calls = join(folder, 'calls')
  const install = (...programs: string[]): void => {
    for (const program of programs) {
      writeFileSync(join(folder, program), `#!/bin/sh\n{ printf '%s\\0' ${program} "$@"; printf '=end=\\0'; } >> ${calls}\n. ${join(folder, 'then')}\n`)
      chmodSync(join(folder, program), 0o755)
    }
  }
  writeFileSync(join(folder, 'then'), '')
  return {
    folder, install,
    play: (script) => writeFileSync(join(folder, 'then'), script),
    calls: () => (existsSync(calls) ? readFileSync(calls, 'utf8').split('=end=\0').slice(0, -1).map((call) => call.split('\0').slice(0, -1)) : []),
    forget: () => rmSync(calls, { force: true }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

interface Rig extends ChannelRig { far: Desk }
const PATH = process.env.PATH

channelSuite('sound', {
  async start(): Promise<Rig> {
    const far = desk()
    // What is installed on this machine must not sound, nor count.
    process.env.PATH = `${far.folder}:/usr/bin:/bin`
    return {
      far,
      config: () => ({ speak: true }),
      async accept() {
        far.forget()
        far.play('')
        far.install('paplay', 'pw-play', 'aplay', 'canberra-gtk-play', 'spd-say', 'espeak-ng')
      },
      received: async () => far.calls().map((call) => ({ text: call.at(-1) ?? '', pictures: [], raw: JSON.stringify(call) })),
      async close() {
        process.env.PATH = PATH
        far.remove()
      },
    }
  },
  answers: [
    ['players that end with 0', async ({ far }) => far.play('exit 0'), 'delivered'],
    ['players that all fail are tried again', async ({ far }) => far.play('exit 1'), 'retry'],
    ['players that are killed are tried again', async ({ far }) => far.play('kill -9 $$'), 'retry'],
    ['the first that works is enough', async ({ far }) => far.play('case "$0" in */paplay|*/pw-play|*/spd-say) exit 1;; esac'), 'delivered'],
  ],
  wrong: [['a volume above 1', { volume: 2 }, 'volume'], ['a volume below 0', { volume: -1 }, 'volume']],
  hang: async ({ far }) => far.play('exec sleep 60'),
})

const here = desk()
afterAll(() => here.remove())
beforeEach(() => {
  here.forget()
  here.play('')
})
const SOUNDS = '/opt/printbell/sounds'
const KIND = register(createSoundChannel({ platform: 'linux', env: { PATH: here.folder }, folder: SOUNDS }))
here.install('paplay', 'spd-say')

const NONE: ChannelRig = { config: () => ({}), accept: async () => undefined, received: async () => [], close: async () => undefined }

async function played(config: Record<string, unknown>, over: Partial<Sending> = {}, kind = KIND): Promise<{ verdict: Verdict; calls: string[][] }> {
  const channel = openChannel(kind, NONE, config)
  const verdict = await channel.sendPrinterNotification(sendingOf(undefined, over))
  await channel.close()
  expectClean(verdict, NONE)
  return { verdict, calls: here.calls() }
}

describe('the sound', () => {
  test.each<[EventType, Severity, string]>([
    ['job.done', 'success', 'done.wav'], ['job.failed', 'critical', 'critical.wav'], ['attention.filament_runout', 'critical', 'critical.wav'], ['attention.filament_change', 'error', 'needs-you.wav'],
    ['attention.reminder', 'warning', 'needs-you.wav'], ['attention.cleared', 'info', 'other.wav'], ['failure.warning', 'warning', 'needs-you.wav'], ['device.error', 'error', 'needs-you.wav'], ['job.paused', 'warning', 'other.wav'], ['job.progress', 'info', 'other.wav'],
  ])('of %s (%s) is %s', async (type, severity, file) => {
    const { calls } = await played({ volume: 0.5 }, { message: sendingOf(eventOf(type, { severity })).message })
    expect(calls).toEqual([['paplay', '--volume=32768', '--', `${SOUNDS}/${file}`]])
  })

  test('is what the settings say, or none', async () => {
    expect((await played({ done: 'critical' })).calls[0]?.at(-1)).toBe(`${SOUNDS}/critical.wav`)
    here.forget()
    expect(await played({ done: 'none' })).toMatchObject({ calls: [], verdict: { result: 'delivered', detail: 'No sound is chosen for this.' } })
  })

  test('is followed by the title, spoken, in one argument that is no option', async () => {
    const { message } = sendingOf()
    const { calls } = await played({ speak: true, volume: 1 }, { message: { ...message, title: '--version $(touch x)\n"a"' } })
    expect(calls).toEqual([['paplay', '--volume=65536', '--', `${SOUNDS}/done.wav`], ['spd-say', '--wait', '--volume', '100', '--', '--version $(touch x) "a"']])
  })
})

test('what is missing is named', async () => {
  mkdirSync(join(here.folder, 'empty'), { recursive: true })
  const bare = register(createSoundChannel({ platform: 'linux', env: { PATH: join(here.folder, 'empty') }, folder: SOUNDS }))
  expect(bare.prerequisites()).toEqual([
    { name: 'player', met: false, help: 'Nothing plays sounds here. Install pulseaudio-utils (paplay), pipewire-bin (pw-play) or alsa-utils (aplay).' },
    { name: 'speech', met: false, help: 'Nothing speaks here. Install speech-dispatcher (spd-say) or espeak-ng, or switch speech off.', when: { speak: [true] } },
  ])
  expect((await played({}, {}, bare)).verdict).toMatchObject({ result: 'rejected', scope: 'destination', why: 'Nothing plays sounds here. Install pulseaudio-utils (paplay), pipewire-bin (pw-play) or alsa-utils (aplay).' })
  expect(KIND.prerequisites()).toEqual([{ name: 'player', met: true, help: 'Plays sounds by paplay.' }, { name: 'speech', met: true, help: 'Speaks by spd-say.', when: { speak: [true] } }])
  expect((await played({}, {}, register(createSoundChannel({ platform: 'linux', env: { PATH: here.folder }, folder: null })))).verdict).toMatchObject({ result: 'rejected', scope: 'destination', why: 'The sounds of Printbell are not there. Install it anew.' })
})

test('sounds come one after the other; of many, two wait, and what is critical always comes', async () => {
  here.play(`while [ ! -e ${join(here.folder, 'go')} ]; do /bin/sleep 0.02; done`)
  const channel = openChannel(KIND, NONE)
  const calls = Array.from({ length: 6 }, () => channel.sendPrinterNotification(sendingOf()))
  const critical = channel.sendPrinterNotification(sendingOf(eventOf('job.failed', { severity: 'critical' })))
  await expect.poll(() => here.calls().length).toBe(1)
  writeFileSync(join(here.folder, 'go'), '')
  expect((await Promise.all(calls)).map((verdict) => (verdict.result === 'delivered' ? verdict.detail : verdict.result))).toEqual(['Played.', 'Played.', 'Played.', 'Not played: others are waiting to be.', 'Not played: others are waiting to be.', 'Not played: others are waiting to be.'])
  expect(short(await critical)).toBe('delivered')
  expect(here.calls().map((call) => basename(call.at(-1) ?? ''))).toEqual(['done.wav', 'done.wav', 'done.wav', 'critical.wav'])
  await channel.close()
})

test('every system has programs that are called without a shell; a text is one argument or comes by the input', () => {
  const file = '/s/done.wav'
  expect(playersOf('linux').map((player) => player.play(file, 0.5).argv)).toEqual([
    ['paplay', '--volume=32768', '--', file], ['pw-play', '--volume=0.50', file], ['canberra-gtk-play', '--volume=-6.0', `--file=${file}`], ['aplay', '-q', '--', file],
  ])
  expect(playersOf('darwin').map((player) => player.play(file, 0.5))).toEqual([{ argv: ['afplay', '-v', '0.50', file] }])
  expect(playersOf('win32').map((player) => player.play('C:\\$(x)\'.wav', 0.5))).toEqual([{ argv: ['powershell', '-NoProfile', '-NonInteractive', '-Command', '(New-Object System.Media.SoundPlayer $env:PRINTBELL_SOUND).PlaySync()'], env: { PRINTBELL_SOUND: 'C:\\$(x)\'.wav' } }])
  const text = '--x $(y)'
  expect(speakersOf('linux').map((speaker) => speaker.speak(text, 0.5))).toEqual([{ argv: ['spd-say', '--wait', '--volume', '0', '--', text] }, { argv: ['espeak-ng', '-a', '50', '--stdin'], stdin: text }])
  expect(speakersOf('darwin').map((speaker) => speaker.speak(text, 0.5))).toEqual([{ argv: ['say', '-f', '-'], stdin: text }])
  const [windows] = speakersOf('win32').map((speaker) => speaker.speak(text, 0.5))
  expect([windows?.stdin, windows?.env, windows?.argv.join(' ').includes(text)]).toEqual([text, { PRINTBELL_VOLUME: '50' }, false])
})

describe('the files', () => {
  const ours = join(import.meta.dirname, '../../../resources/sounds')
  test.each(['critical', 'needs-you', 'done', 'other'])('%s.wav is there, a WAV of 16 bits, and small', (name) => {
    const file = readFileSync(join(ours, `${name}.wav`))
    expect([file.toString('latin1', 0, 4), file.toString('latin1', 8, 12), file.readUInt16LE(20), file.readUInt16LE(22), file.readUInt32LE(24), file.readUInt16LE(34)]).toEqual(['RIFF', 'WAVE', 1, 1, 22_050, 16])
    expect(file.readUInt32LE(4)).toBe(file.length - 8)
    expect(statSync(join(ours, `${name}.wav`)).size).toBeLessThan(40_000)
  })

  test('are found from the sources, the bundles and an installed copy', () => {
    expect(soundsFolder(join(import.meta.dirname, '../../../electron/engine/channels/sound'))).toBe(ours)
    expect(soundsFolder(join(import.meta.dirname, '../../../dist/app/main'))).toBe(ours)
    const installed = join(here.folder, 'Printbell', 'resources')
    mkdirSync(join(installed, 'sounds'), { recursive: true })
    writeFileSync(join(installed, 'sounds', 'done.wav'), '')
    expect(soundsFolder(join(installed, 'app.asar', 'dist', 'app', 'main'))).toBe(join(installed, 'sounds'))
    expect(soundsFolder('/nowhere')).toBeNull()
  })
})
