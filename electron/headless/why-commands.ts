/** The commands about who hears what and why, as the command line takes them. */
import { Option, type Command } from 'commander'
import { EVENT_TYPES } from '../engine/events/model.ts'
import { ack, type AckOptions } from './ack.ts'
import { broadcast, type BroadcastOptions } from './broadcast.ts'
import { follow } from './follow.ts'
import type { Common } from '../headless.ts'
import type { Out } from './out.ts'
import { noise, preview, type PreviewOptions } from './preview.ts'
import { rehearse, type RehearseOptions } from './rehearse.ts'
import { addSilenceCommands, type Run } from './silence-commands.ts'
import { why, type WhyOptions } from './why.ts'

export function addWhyCommands(command: (name: string, description: string) => Command, run: Run, out: Out): void {
  const kind = (): Option => new Option('--kind <type>', 'which event').choices(EVENT_TYPES)
  command('why', 'why you did not hear of something: what was seen then, and what became of it')
    .option('--printer <id>', 'the printer it was about')
    .addOption(kind().makeOptionMandatory())
    .requiredOption('--at <when>', 'about when: "14:30", "2h ago", an ISO date')
    .option('--destination <id>', 'only this destination')
    .option('--json', 'as JSON')
    .action(run((options: WhyOptions) => why(options, out)))
  command('preview', 'what a profile of the settings file would have delivered, and why not the rest')
    .argument('<profile>', 'its id or name')
    .option('--days <n>', 'how far back', '7')
    .option('--json', 'as JSON')
    .action(run((profile: string, options: PreviewOptions) => preview(profile, options, out)))
  command('noise', 'which kinds made how many of your messages')
    .option('--days <n>', 'how far back', '7')
    .option('--json', 'as JSON')
    .action(run((options: PreviewOptions) => noise(options, out)))
  const rehearsing = command('rehearse', 'play a made-up event through all rules to chosen destinations, or to all')
  rehearsing
    .addArgument(rehearsing.createArgument('<kind>', 'which event').choices(EVENT_TYPES))
    .requiredOption('--printer <id>', 'the printer it is about')
    .option('--destination <ids...>', 'only these destinations')
    .option('--json', 'as JSON')
    .action(run((type: string, options: RehearseOptions) => rehearse(type, options, out)))
  addSilenceCommands(command, run, out)
  command('follow', 'follow a printer: its end, its attentions and its progress are told at this computer, or where its settings say')
    .argument('<printer>')
    .option('--print', 'only what it prints now')
    .option('--off', 'let go of it')
    .option('--json', 'as JSON')
    .action(run((printer: string, options: Common & { print?: boolean; off?: boolean; json?: boolean }) => follow(printer, options, out)))
  command('ack', 'acknowledge an event: no more reminders of it; for good unless told')
    .argument('<event>', 'its id ("history --json" shows the ids)')
    .option('--for <span>', 'so long: "30m", "1h"; then what is still open is told again')
    .option('--until <when>', 'until then: "18:00", an ISO date')
    .option('--note <text>', 'told to the others')
    .option('--quiet', 'the note is for the history alone')
    .option('--json', 'as JSON')
    .action(run((eventId: string, options: AckOptions) => ack(eventId, options, out)))
  command('broadcast', 'tell all destinations something, or those that you name, whatever they subscribed to')
    .argument('<text>', 'the message')
    .option('--to <ids>', 'only these destinations, with commas')
    .option('--json', 'as JSON')
    .action(run((text: string, options: BroadcastOptions) => broadcast(text, options, out)))
}
