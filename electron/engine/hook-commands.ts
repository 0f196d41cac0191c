/** G-code that no person sends but an event: the same way and the same checks as a wish, where the printer's settings allow it. */
import type { ChannelPorts } from './channels/channel.ts'
import type { Commands } from './commands/commands.ts'
import type { PrinterCommand } from './printers/adapter.ts'
import type { Clock } from './ports.ts'

export interface HookCommandParts {
  clock: Clock
  commands(): Pick<Commands, 'handle' | 'busy'>
  /** Null = there is no such printer. */
  printer(printerId: string): { commands?: readonly PrinterCommand['name'][] | undefined } | null
}

/** It is sent now or not at all. ms */
const LIFE_MS = 15_000

export function commandsOfHooks({ clock, commands, printer }: HookCommandParts): NonNullable<ChannelPorts['command']> {
  return async (printerId, lines) => {
    const known = printer(printerId)
    if (known === null) return { result: 'not_allowed', detail: 'There is no such printer, or it is switched off. Check its id.' }
    if (known.commands !== undefined && !known.commands.includes('gcode')) return { result: 'not_allowed', detail: "Printbell may not send G-code to this printer. The printer's settings can allow it." }
    if (commands().busy(printerId)) return { result: 'busy', detail: 'Another command is under way at this printer.' }
    const now = clock.now()
    const outcome = await commands().handle({ printerId, jobKey: null, action: { name: 'gcode', lines: [...lines] }, from: 'hook', madeAt: now, expiresAt: now + LIFE_MS, confirmed: false, eventId: null })
    return { result: outcome.result, detail: outcome.detail }
  }
}
