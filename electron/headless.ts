/**
 * The composition root of the engine without Electron: terminal, service, CI. `main` is called by scripts/headless.mjs in
 * the same process, so that signals reach it directly.
 */
import { Command, CommanderError, Option } from 'commander'
import envPaths from 'env-paths'
import { join } from 'node:path'
import { EVENT_TYPES } from './engine/events/model.ts'
import { NoSuchServer } from './engine/printers/server-test.ts'
import { UserError } from './headless/errors.ts'
import { processOut, type Out } from './headless/out.ts'
import { backup, restore, settle } from './headless/backup.ts'
import { check, printSchema } from './headless/check.ts'
import { deadLetters, discard, sendAgain } from './headless/deliveries.ts'
import { demo } from './headless/demo.ts'
import { discover } from './headless/discover.ts'
import { exportAll, importFile } from './headless/export.ts'
import { history } from './headless/history.ts'
import { pair } from './headless/pair.ts'
import { send, status, testDestination, testServer } from './headless/remote.ts'
import { allowPlugin, plugins } from './headless/plugins.ts'
import { repair } from './headless/repair.ts'
import { silences, unmute } from './headless/silences.ts'
import { unpair } from './headless/unpair.ts'
import { watch } from './headless/watch.ts'
import { addWhyCommands } from './headless/why-commands.ts'
import { ACTIONS, doWish, markSeen, stop } from './headless/wishes.ts'

/** What every command is given. */
export interface Common {
  settings: string
  data: string
  /** An administrator's file; absent = where one usually lies. */
  managed?: string
}

const seconds = (text: string): number => {
  const value = Number(text)
  if (!Number.isFinite(value) || value <= 0) throw new UserError(`--seconds takes a number above 0, not "${text}"`)
  return value
}

/**
 * Runs one command.
 * @param argv what stands behind `npm run headless --`
 * @returns the exit status: 0 done, 1 failed with a message, 2 the command's words are off
 */
export async function main(argv: string[], out: Out = processOut()): Promise<number> {
  const paths = envPaths('printbell', { suffix: '' })
  const program = new Command('printbell')
  let status_ = 0
  const run = <A extends unknown[]>(action: (...args: A) => Promise<number>) => async (...args: A): Promise<void> => {
    status_ = await action(...args)
  }
  program
    .description('Rings when a 3D print needs you.')
    .exitOverride()
    .configureOutput({ writeOut: (text) => out.line(text.trimEnd()), writeErr: (text) => out.note(text.trimEnd()) })
  const command = (name: string, description: string): Command =>
    program
      .command(name)
      .description(description)
      .option('--settings <file>', 'settings file', join(paths.config, 'settings.json'))
      .option('--data <dir>', 'data folder', paths.data)
      .option('--managed <file>', 'destinations of an administrator (default: where one usually lies)')
      .exitOverride()
      .configureOutput({ writeOut: (text) => out.line(text.trimEnd()), writeErr: (text) => out.note(text.trimEnd()) })

  command('watch', 'watch the printers until it is stopped')
    .option('--json', 'JSON lines on stdout, nothing else')
    .option('--seconds <n>', 'end by itself after n seconds', seconds)
    .action(run((options: Common & { json?: boolean; seconds?: number }) => watch(options, out)))
  command('demo', 'play a simulated print')
    .option('--json', 'JSON lines on stdout, nothing else')
    .option('--seconds <n>', 'end by itself after n seconds', seconds)
    .option('--failure', 'one that a failure detector pauses')
    .action(run((options: { json?: boolean; seconds?: number; failure?: boolean }) => demo(options, out)))
  command('check', 'check the settings file, and tell what it means')
    .action(run((options: Common) => check(options, out)))
  command('schema', 'print the JSON Schema of the settings')
    .action(run((options: Common) => printSchema(options, out)))
  command('status', 'what the running engine does')
    .option('--json', 'as JSON')
    .action(run((options: Common & { json?: boolean }) => status(options, out)))
  command('test-destination', 'send a test message to a destination')
    .argument('<id>')
    .action(run((id: string, options: Common) => testDestination(id, options, out)))
  command('test-server', 'test the connection to a printer server, and name what is wrong')
    .argument('<id>')
    .option('--json', 'as JSON')
    .action(run((id: string, options: Common & { json?: boolean }) => testServer(id, options, out)))
  command('send', 'rehearse: send a made-up event through rules, history and delivery')
    .argument('<destination>')
    .requiredOption('--printer <id>', 'the printer it is about')
    .addOption(new Option('--kind <type>', 'which event').choices(EVENT_TYPES).makeOptionMandatory())
    .action(run((id: string, options: Common & { printer: string; kind: string }) => send(id, options, out)))
  command('do', `send a wish to a printer of the running engine: ${ACTIONS.join(', ')}`)
    .argument('<printer>')
    .addArgument(program.createArgument('<action>', 'what to do').choices(ACTIONS))
    .argument('[value]', 'the number of an answer, counted from 1, or lines of G-code')
    .option('--yes', 'confirms a cancel')
    .action(run((printer: string, action: string, value: string | undefined, options: Common & { yes?: boolean }) => doWish(printer, action, value, options, out)))
  command('silences', 'what is muted, and until when')
    .option('--json', 'one JSON object a line')
    .action(run((options: Common & { json?: boolean }) => silences(options, out)))
  command('unmute', 'lift a silence by its id, all of a printer, or all there are')
    .argument('[what]', 'a printer or the id of a silence')
    .action(run((what: string | undefined, options: Common) => unmute(what, options, out)))
  command('dead-letters', 'what was not delivered and is not tried any more, newest last')
    .argument('[destination]', 'only this destination')
    .option('--json', 'one JSON object a line')
    .option('--limit <n>', 'at most n', '50')
    .action(run((destination: string | undefined, options: Common & { json?: boolean; limit: string }) => deadLetters(destination, options, out)))
  command('send-again', 'send an event to a destination once more')
    .argument('<event>', 'its id, or "all" for every dead letter of the destination')
    .argument('<destination>')
    .action(run((event: string, destination: string, options: Common) => sendAgain(event, destination, options, out)))
  command('discard', 'strike a dead letter off the list; the history keeps it')
    .argument('<event>', 'its id, or "all" for every dead letter of the destination')
    .argument('<destination>')
    .action(run((event: string, destination: string, options: Common) => discard(event, destination, options, out)))
  command('plugins', 'your own channels: their files, and whether you allowed them')
    .option('--json', 'one JSON object a line')
    .action(run((options: Common & { json?: boolean }) => plugins(options, out)))
  command('allow-plugin', 'let a plugin run, with the files it has now; look at them first')
    .argument('<name>')
    .argument('[hash]', 'only if its files are those that "plugins" listed under this hash')
    .action(run((name: string, hash: string | undefined, options: Common) => allowPlugin(name, hash, options, out)))
  command('seen', 'mark events as seen')
    .argument('[events...]')
    .option('--all', 'all there are')
    .action(run((events: string[], options: Common & { all?: boolean }) => markSeen(events, options, out)))
  command('stop', 'end the running engine')
    .action(run((options: Common) => stop(options, out)))
  command('repair', 'set a damaged history aside; a sound one stays as it is')
    .action(run((options: Common) => repair(options, out)))
  command('history', 'what happened, newest last')
    .option('--json', 'one JSON object a line')
    .option('--printer <id>', 'only this printer')
    .option('--type <types>', 'only these types, with commas ("job.done,job.failed")')
    .option('--since <when>', 'ISO date, or "2h", "3d"')
    .option('--text <words>', 'full-text search')
    .option('--unseen', 'only what was not seen')
    .option('--limit <n>', 'at most n', '50')
    .option('--suppressed', 'what was swallowed, and why')
    .option('--why <event>', 'one event with its decisions and attempts, and what was swallowed around it')
    .action(run((options: Common & HistoryOptions) => history(options, out)))
  addWhyCommands(command, run, out)
  command('export', 'the whole history as JSON lines on stdout')
    .option('--with-settings', 'the settings instead, without any secret')
    .action(run((options: Common & { withSettings?: boolean }) => exportAll(options, out)))
  command('import', 'take over a settings file; hooks and plugins arrive switched off')
    .argument('<file>')
    .action(run((file: string, options: Common) => importFile(file, options, out)))
  command('backup', 'settings and history into one file, without keys; also while the engine runs')
    .argument('<file>', 'the file to make')
    .option('--with-pictures', 'the pictures too')
    .option('--with-secrets', 'the keys too, under a passphrase')
    .option('--passphrase-file <file>', 'its first line is the passphrase')
    .action(run((file: string, options: Common & { withPictures?: boolean; withSecrets?: boolean; passphraseFile?: string }) => backup(file, options, out)))
  command('restore', 'settings and history out of a backup; what is there is kept beside, and nothing old is sent again')
    .argument('<file>')
    .option('--passphrase-file <file>', 'its first line is the passphrase of the keys in the backup')
    .action(run((file: string, options: Common & { passphraseFile?: string }) => restore(file, options, out)))
  command('pair', 'ask a printer server for a key; you confirm there')
    .argument('<server>')
    .option('--key-file <file>', 'where to keep the key (default: beside the settings, readable for you only)')
    .action(run((server: string, options: Common & { keyFile?: string }) => pair(server, options, out)))

  command('unpair', 'give a key back to a printer server')
    .argument('<server>')
    .action(run((server: string, options: Common) => unpair(server, options, out)))
  command('discover', 'look for printer servers in this network')
    .option('--seconds <n>', 'how long to look (default: 5)', seconds)
    .action(run((options: Common & { seconds?: number }) => discover(options, out)))
  program.hook('preAction', (_program, chosen) => {
    const { data } = chosen.optsWithGlobals<{ data?: string }>()
    if (data !== undefined) settle(data, out)
  })
  try {
    await program.parseAsync(argv, { from: 'user' })
    return status_
  } catch (error) {
    // Commander has printed help or the usage error by itself.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    if (error instanceof UserError || error instanceof NoSuchServer) {
      out.note(error.message)
      return 1
    }
    throw error
  }
}

export interface HistoryOptions {
  json?: boolean
  printer?: string
  type?: string
  since?: string
  text?: string
  unseen?: boolean
  limit: string
  suppressed?: boolean
  why?: string
}
