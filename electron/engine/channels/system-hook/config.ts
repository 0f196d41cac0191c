import { z } from 'zod'
import { checkedBy } from '../kit/config.ts'
import { PlaceholderProblem } from './placeholders.ts'
import { problemOfShell } from './shell.ts'
import { hasPlaceholder, interpretedIn, lineOf, wordsOf } from './words.ts'

/** All commands of one event together; what the engine waits is a little longer. s */
export const LONGEST_S = 600
const MOST_COMMANDS = 20

const commandLine = z.string().trim().min(1, 'An empty command runs nothing. Take it away.').max(4_000, 'A command has at most 4000 characters. Put it into a script.').regex(/^[^\0]*$/, 'A command holds no NUL character.')

const variables = z.record(z.string(), z.string().max(4_000, 'A value has at most 4000 characters.').regex(/^[^\0]*$/, 'A value holds no NUL character.')).superRefine((record, context) => {
  for (const name of Object.keys(record)) {
    const message = problemOfVariable(name)
    if (message !== null) context.addIssue({ code: 'custom', path: [name], message })
  }
})

function problemOfVariable(name: string): string | null {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return 'The name of a variable has letters, digits and _ only.'
  return /^PRINTBELL_/i.test(name) ? 'Printbell sets the variables PRINTBELL_... itself. Choose another name.' : null
}

/** @param platform where it will run */
export function systemHookSchema(platform: NodeJS.Platform) {
  return z.strictObject({
    understood: z.boolean().default(false).refine((on) => on, 'Switch this on when you have read the commands: they run as you, on this computer, with nobody asked again.')
      .meta({ title: 'I want these programs to run', description: 'They run on this computer with your rights, at every event chosen here. Take only commands that you understand' }),
    commands: z.array(commandLine).min(1, 'There is no command. Enter at least one.').max(MOST_COMMANDS, `At most ${MOST_COMMANDS} commands. Put them into a script.`)
      .meta({ title: 'Commands', description: 'One after the other, until one fails: notify-send -- {title} {path}' }),
    shell: z.boolean().default(false).meta({ title: 'Run by a shell', description: 'For pipes and variables. Values are handed over as variables of the shell, never as text of the command. Not on Windows' }),
    cwd: z.string().trim().max(1_000, 'A folder has at most 1000 characters.').regex(/^$|^~?\/|^~$|^[A-Za-z]:[\\/]|^\\\\/, 'Give the whole path of the folder, from the root.').default('')
      .meta({ title: 'Folder to run in', description: 'Empty = your own folder' }),
    env: variables.default({}).meta({ title: 'More variables', description: 'For the environment of the programs. No secrets: they stand in the settings as they are' }),
    timeLimit: z.number().int('Whole seconds only.').min(1, 'At least 1 second.').max(300, 'At most 300 seconds. Let the command start what takes longer.').default(60).meta({ title: 'Time limit', description: 'For each command; then it is stopped with all it started', unit: 's' }),
    debug: z.boolean().default(false).meta({ title: 'Log what is run', description: 'Writes each command with its values into the log' }),
  }).superRefine((config, context) => {
    const issue = (path: (string | number)[], message: string): void => context.addIssue({ code: 'custom', path, message })
    if (config.commands.length * config.timeLimit > LONGEST_S) issue(['timeLimit'], `All commands together may take ${LONGEST_S} seconds. Lower the limit, or put them into a script.`)
    if (config.shell && platform === 'win32') issue(['shell'], 'On Windows a shell would run what is in a value. Name the program and its arguments instead, or a PowerShell script: powershell -File C:\\ring.ps1')
    for (const [index, command] of config.commands.entries()) {
      const message = problemOf(command, config.shell)
      if (message !== null) issue(['commands', index], message)
    }
  })
}

function problemOf(command: string, shell: boolean): string | null {
  try {
    if (shell) return problemOfShell(command)
    const words = wordsOf(command)
    const [program] = words
    if (program === undefined || program.length === 0) return 'An empty command runs nothing. Take it away.'
    if (hasPlaceholder(program)) return 'The program to run can not come out of a placeholder. Name it.'
    return interpretedIn(words)
  } catch (error) {
    if (error instanceof PlaceholderProblem) return error.message
    throw error
  }
}

export type SystemHookConfig = z.output<ReturnType<typeof systemHookSchema>>

/** A command may also be given as its words (`["notify-send", "--", "{title}"]`), which become the line that is read as these. */
export function validateSystemHook(platform: NodeJS.Platform) {
  const check = checkedBy(systemHookSchema(platform))
  return (input: unknown): ReturnType<typeof check> => check(withLines(input))
}

const withWords = z.looseObject({ commands: z.array(z.union([z.array(z.string()), z.unknown()])), shell: z.unknown().optional() })

function withLines(input: unknown): unknown {
  const parsed = withWords.safeParse(input)
  // Words are for programs; a shell would read their quotes in its own way.
  if (!parsed.success || parsed.data.shell === true) return input
  return { ...parsed.data, commands: parsed.data.commands.map((command) => (Array.isArray(command) && command.every((word) => typeof word === 'string') ? lineOf(command) : command)) }
}
