import { describe, expect, test } from 'vitest'
import { channels } from '../channels/registry.ts'
import { importEventHooks, type ImportedEventHooks } from './event-hooks.ts'

/** Of OctoPrint's documentation, and what its users have in there. */
const CONFIG = String.raw`server:
  firstRun: false
events:
  enabled: true
  subscriptions:
  - event: Disconnected
    command: python ~/growl.py -t mygrowlserver -d "Lost connection to printer" -a OctoPrint
    type: system
    enabled: false
  - event: PrintStarted
    command: python ~/growl.py -t mygrowlserver -d "Starting {file}" -a OctoPrint
    type: system
    name: Growl
  - event: Connected
    command:
    - M115
    - M117 printer connected!
    - G28
    type: gcode
  - event: [PrintDone, PrintFailed, PrintCancelled, Paused]
    command:
    - echo {__eventname} {filename} >> /tmp/prints.log
    - "curl -d '{{\"a\": 1}}' http://lamp/off"
    type: system
    debug: true
    shell: true
    cwd: /home/pi
    name: Growl
  - event: CaptureDone
    command: /opt/upload {file}
    type: system
    shell: false
`

const read = (subscriptions: string): ImportedEventHooks => importEventHooks(`events:\n  subscriptions:\n${subscriptions}`, 'linux')
const one = (fields: string): ImportedEventHooks => read(`  - ${fields.split('\n').join('\n    ')}\n`)
const ELSEWHERE = 'It ran on the computer of OctoPrint, and runs on this one here. See that its programs and files are on this computer.'
const FOR_ALL = 'In OctoPrint a hook was for its own printer. Here each hears of all printers until you choose some.'

test('every hook arrives, in its order, switched off, and says what is other', () => {
  const { destinations, notes } = importEventHooks(CONFIG, 'linux')
  expect(notes).toEqual([FOR_ALL])
  const off = { secrets: {}, missing: ['understood'], enabled: false }
  expect(destinations).toEqual([
    {
      ...off, line: 6, channel: 'system-hook', label: 'Program at Disconnected', wasEnabled: false, events: ['native:Disconnected'], notes: [ELSEWHERE, 'It was switched off in OctoPrint.'],
      config: { commands: ['python ~/growl.py -t mygrowlserver -d "Lost connection to printer" -a OctoPrint'] },
    },
    {
      ...off, line: 10, channel: 'system-hook', label: 'Growl', wasEnabled: true, events: ['job.started'],
      notes: ['{file} became {path}: it was the whole path on the disk of OctoPrint, and is the path within its storage now.', ELSEWHERE],
      config: { commands: ['python ~/growl.py -t mygrowlserver -d "Starting {path}" -a OctoPrint'] },
    },
    { ...off, line: 14, channel: 'gcode-hook', label: 'G-code at Connected', wasEnabled: true, events: ['native:Connected'], notes: [], config: { lines: ['M115', 'M117 printer connected!', 'G28'] } },
    {
      ...off, line: 20, channel: 'system-hook', label: 'Growl 2', wasEnabled: true,
      events: ['job.done', 'job.failed', 'native:PrintFailed', 'job.cancelled', 'native:PrintCancelled', 'native:PrintPaused'],
      notes: ['{filename} became {name}, as OctoPrint calls it today.', ELSEWHERE],
      config: { commands: ['echo {__eventname} {name} >> /tmp/prints.log', "curl -d '{{\"a\": 1}}' http://lamp/off"], shell: true, debug: true, cwd: '/home/pi' },
    },
    {
      ...off, line: 29, channel: 'system-hook', label: 'Program at CaptureDone', wasEnabled: true, events: ['native:CaptureDone'],
      notes: ['It was to run without a shell, where OctoPrint takes the whole command for the name of a program. Here it is told apart into words.', ELSEWHERE],
      config: { commands: ['/opt/upload {file}'] },
    },
  ])
})

test('what arrives is taken by its channel once a person says so, and not before', () => {
  for (const { channel, config } of importEventHooks(CONFIG, 'linux').destinations) {
    expect(channels.get(channel)?.validateConfig({ ...config, understood: true })).toMatchObject({ ok: true })
    expect(channels.get(channel)?.validateConfig(config)).toMatchObject({ ok: false, errors: [{ field: 'understood' }] })
  }
})

test('hooks that were switched off as a whole are told', () => {
  const { destinations, notes } = importEventHooks('enabled: false\nsubscriptions:\n- {event: Home, command: M117 home, type: gcode}\n', 'linux')
  expect(destinations.map(({ wasEnabled, line }) => [wasEnabled, line])).toEqual([[false, 3]])
  expect(notes).toEqual(['OctoPrint had all its event hooks switched off.', FOR_ALL])
})

describe('a hook that can not be taken over is left out, and told', () => {
  test.each([
    ['type: system\ncommand: ring', 'It names no event.'],
    ['event: NoSuchThing\ntype: system\ncommand: ring', 'OctoPrint has no event "NoSuchThing", so it is not heard of.'],
    ['event: GcodeScriptAfterPrintDoneFinished\ntype: system\ncommand: ring', 'OctoPrint tells nobody outside of its event GcodeScriptAfterPrintDoneFinished, so it can not be heard of.'],
    ['event: Home\ntype: system', 'It has no command, or one that is no text.'],
    ['event: Home\ntype: system\ncommand: [ring, {a: b}]', 'It has no command, or one that is no text.'],
    ['event: Home\ntype: plugin\ncommand: ring', 'Its type is "plugin"; OctoPrint knows system and gcode.'],
    ['event: Home\ncommand: ring', 'Its type is missing; OctoPrint knows system and gcode.'],
    ['event: Home\ntype: system\ncommand: "ring {name:>20}"', '"{name:>20}" asks for a form or a part of a value, which is not there. Write the name alone between the braces.'],
    ['event: Home\ntype: system\ncommand: "ring {"', '"{" is no placeholder. Write a name between braces, as in {name}; double braces that are to stay: {{ and }}.'],
    ['event: Home\ntype: system\ncommand: "ssh lamp ring {name}"', 'A value in there would be run by ssh as if you had written it. Take the placeholder out, and let the program read the environment: PRINTBELL_FILE, PRINTBELL_JSON and the others.'],
    ['event: Home\ntype: gcode\ncommand: "{name}"', 'A line begins with its command, and a value can not be one. Write the command first, as in M117 {name}.'],
  ])('%j', (fields, why) => {
    const { destinations, notes } = one(`name: Ring\n${fields}`)
    expect(destinations).toEqual([])
    expect(notes).toEqual([`Hook 1 (line 3, "Ring") was left out. ${why}`])
  })

  test('the others are not', () => {
    const { destinations, notes } = read('  - 7\n  - {event: Home, command: M117 x, type: gcode}\n  - {event: Home, type: gcode}\n')
    expect(destinations.map(({ line }) => line)).toEqual([4])
    expect(notes).toEqual(['Hook 1 (line 3) was left out. It has no fields.', 'Hook 3 (line 5) was left out. It has no command, or one that is no text.', FOR_ALL])
  })
})

test('of several events the known ones are heard', () => {
  const { destinations } = one('event: [Dwell, metadataanalaysisfinished, plugin_pi_support_throttle_state, Nonsense]\ntype: gcode\ncommand: M117 x')
  expect(destinations[0]).toMatchObject({ events: ['native:Dwelling', 'native:MetadataAnalysisFinished', 'native:plugin_pi_support_throttle_state'], notes: ['OctoPrint has no event "Nonsense", so it is not heard of.'] })
})

test.each([
  ['ring -- {name}', false], ['ring "a b" \'c\'', false], ['~/ring {name}', false], ['ring {name} > x', true], ['ring $HOME', true], ['cd /tmp', true], ['A=1 ring', true], ['ring ~pi/x', true], ['ring *.gcode', true], ['ring a\\ b', true], ['ring `date`', true],
])('%s needs a shell: %s', (command, shell) => {
  expect(one(`event: Home\ntype: system\ncommand: ${JSON.stringify(command)}`).destinations[0]?.config.shell ?? false).toBe(shell)
})

test('on Windows what needs a shell is left out', () => {
  const text = 'subscriptions:\n- {event: Home, type: system, command: "ring > x"}\n- {event: Home, type: system, command: ring x}\n'
  const { destinations, notes } = importEventHooks(text, 'win32')
  expect(destinations.map(({ config }) => config)).toEqual([{ commands: ['ring x'] }])
  expect(notes[0]).toBe('Hook 1 (line 2) was left out. On Windows a shell would run what is in a value. Name the program and its arguments instead, or a PowerShell script: powershell -File C:\\ring.ps1')
})

test('a folder that is no whole path is left out and told; strange fields too', () => {
  const { destinations } = one('event: Home\ntype: system\ncommand: ring\ncwd: here\nmood: good')
  expect(destinations[0]).toMatchObject({ config: { commands: ['ring'] }, notes: ['Its folder is no whole path and was left out: it runs in your own folder.', ELSEWHERE, 'Not taken over, because nobody here knows it: mood.'] })
})

test.each([
  ['plugins: {}', 'There are no event hooks in this file: it has no part "events: subscriptions". Give OctoPrint\'s config.yaml.'],
  ['', 'There are no event hooks in this file: it has no part "events: subscriptions". Give OctoPrint\'s config.yaml.'],
  ['events:\n  subscriptions: 7', '"subscriptions" of the part "events" is no list.'],
  ['events:\n\t- a', 'Line 2: A tab stands where only blanks may. Replace it by blanks.'],
])('%j is refused with cause and cure', (text, message) => {
  expect(() => importEventHooks(text, 'linux')).toThrow(message)
})

test('an empty list brings nothing', () => {
  expect(importEventHooks('events:\n  enabled: true\n  subscriptions: []\n', 'linux')).toEqual({ destinations: [], notes: [] })
  expect(importEventHooks('events: {enabled: true}\n', 'linux')).toEqual({ destinations: [], notes: [] })
})

test('the old way of before 1.1 is told', () => {
  expect(importEventHooks('events: {systemCommandTrigger: {enabled: true}}\n', 'linux').notes).toEqual(['Left out: systemCommandTrigger, which OctoPrint itself has not read since version 1.1.'])
})
