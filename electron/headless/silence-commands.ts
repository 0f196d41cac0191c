/** The command "silence" with all that can be done with one, as the command line takes it. */
import type { Command } from 'commander'
import type { Common } from '../headless.ts'
import type { Out } from './out.ts'
import { copySilence, editSilence, endSilence, listSilences, silence, type CopyOptions, type EditOptions, type SilenceOptions } from './silence.ts'

/** Makes an action of commander's of what ends with a status. */
export type Run = <A extends unknown[]>(action: (...args: A) => Promise<number>) => (...args: A) => Promise<void>

export function addSilenceCommands(command: (name: string, description: string) => Command, run: Run, out: Out): void {
  const group = command('silence', 'mute for a time, critical events too: now, or in a maintenance window to come')
  const sub = (name: string, description: string, isDefault = false): Command => group.command(name, { isDefault }).description(description).exitOverride().configureOutput({ writeOut: (text) => out.line(text.trimEnd()), writeErr: (text) => out.note(text.trimEnd()) })
  const what = (to: Command): Command => to
    .option('--printer <ids...>', 'of these printers')
    .option('--server <ids...>', 'of all printers of these servers')
    .option('--kind <types...>', 'events of these kinds')
    .option('--destination <ids...>', 'at these destinations')
    .option('--filter <id>', 'what this filter of the settings matches')
    .option('--all', 'everything')
  const when = (to: Command): Command => to
    .option('--from <when>', 'from then on: "18:00", an ISO date; now unless told')
    .option('--for <span>', 'so long: "30m", "2h", "1d"')
    .option('--until <when>', 'until then: "18:00", an ISO date')
    .option('--until-lifted', 'until somebody ends it')
    .option('--reason <text>', 'what it is called')
  const json = (to: Command): Command => to.option('--json', 'as JSON')
  /** The folder and the settings file stand before or behind the second word. */
  const all = <T>(of: Command): T & Common => of.optsWithGlobals<T & Common>()

  json(when(what(sub('add', 'mute what matches all of this; an hour unless told', true)))).option('--this-print', 'only what it prints now, until that ends')
    .action(run((_options: unknown, of: Command) => silence(all<SilenceOptions>(of), out)))
  sub('list', 'what is muted now and later').option('--past', 'also what was, within 30 days').option('--json', 'one JSON object a line')
    .action(run((_options: unknown, of: Command) => listSilences(all<{ past?: boolean; json?: boolean }>(of), out)))
  json(when(what(sub('edit', 'change what is said, until 12 h after its end').argument('<id>'))))
    .action(run((id: string, _options: unknown, of: Command) => editSilence(id, all<EditOptions>(of), out)))
  json(sub('end', 'end it now; one that has not begun is deleted').argument('<id>'))
    .action(run((id: string, _options: unknown, of: Command) => endSilence(id, all<{ json?: boolean }>(of), out)))
  json(when(sub('copy', 'the same once more, from now on and for as long unless told').argument('<id>')))
    .action(run((id: string, _options: unknown, of: Command) => copySilence(id, all<CopyOptions>(of), out)))
}
