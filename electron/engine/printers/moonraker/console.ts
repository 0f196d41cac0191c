/**
 * Klipper's console (`notify_gcode_response`): errors, macro prompts, words for people, and the only witness of a file that fails again.
 * A macro may write a thousand lines a second: each costs a look at its first characters, and nothing that is kept grows with them.
 */
import { cut, isFields, LONGEST_NAME, LONGEST_TEXT, textOf } from './payloads.ts'

/** The prompt that is open, as its macro shows it. */
export interface Prompt {
  text: string | null
  choices: { label: string; gcode: string }[]
}

export type Line =
  /** `// action:prompt_show`. */
  | { type: 'prompt'; prompt: Prompt }
  /** `prompt_end`, or the beginning of another one. */
  | { type: 'prompt_closed' }
  /** `!! ...`: a command failed. */
  | { type: 'error'; text: string }
  /** A macro speaks to a person. */
  | { type: 'message'; text: string }
  /** Words of a filament change. */
  | { type: 'filament'; text: string }
  | { type: 'file_opened'; path: string; size: number | null }
  | { type: 'file_selected' }

export interface Console {
  /** One response, which may hold several lines. */
  response(text: string): Line[]
  /** What is open, while it is. */
  readonly prompt: Prompt | null
  /** Klipper is gone, and its prompts with it. */
  forget(): void
}

const MOST_CHOICES = 20
const MOST_PARTS = 20
/** A response is one line, or some lines of a text ("// a\n// b"). */
const MOST_LINES = 20

const ACTION = '// action:'
const OPENED = /^File opened:\s*(.+?)\s+Size:\s*(\d+)\s*$/
/** Conventions of Mobileraker ("MR_NOTIFY:title|body") and moonraker-telegram-bot; both come behind M118's prefix as well. */
const HOOK = /^(?:echo: |\/\/ )?(?:MR_NOTIFY:(?<hook>.*)|tg(?:notify|alarm)(?:_photo)?\s+(?<bot>.*))$/
/** M600 and friends name themselves only where their macro says something. */
const FILAMENT = /\bM600\b|\bfilament[ _-]?change\b|\bchange[ _-](?:the[ _-])?filament\b|\bload[ _-](?:new[ _-])?filament\b/i

/** "title|body" as one text; null when it is empty. */
export function titledText(given: string): string | null {
  const bar = given.indexOf('|')
  const parts = bar < 0 ? [given] : [given.slice(0, bar), given.slice(bar + 1)]
  return cut(parts.map((part) => part.trim()).filter((part) => part !== '').join(': '), LONGEST_TEXT) || null
}

/** Whether words that came with a pause speak of a filament change. */
export const speaksOfFilament = (text: string): boolean => FILAMENT.test(text)

interface Draft {
  texts: string[]
  choices: Prompt['choices']
}

export function createConsole(): Console {
  let draft: Draft | null = null
  let open: Prompt | null = null

  function action(verb: string, rest: string): Line[] {
    switch (verb) {
      case 'prompt_begin': {
        const closed: Line[] = open ? [{ type: 'prompt_closed' }] : []
        open = null
        draft = { texts: rest === '' ? [] : [cut(rest, LONGEST_NAME)], choices: [] }
        return closed
      }
      case 'prompt_text':
        if (draft && draft.texts.length < MOST_PARTS) draft.texts.push(cut(rest, LONGEST_NAME))
        return []
      case 'prompt_button':
      case 'prompt_footer_button': {
        const [label = '', gcode = ''] = rest.split('|')
        // Without G-code the label is the command (Mainsail's documentation).
        if (draft && draft.choices.length < MOST_CHOICES && label.trim() !== '') {
          draft.choices.push({ label: cut(label.trim(), LONGEST_NAME), gcode: cut(gcode.trim() || label.trim(), LONGEST_NAME) })
        }
        return []
      }
      case 'prompt_show': {
        if (!draft) return []
        open = { text: cut(draft.texts.join('\n'), LONGEST_TEXT) || null, choices: draft.choices }
        return [{ type: 'prompt', prompt: open }]
      }
      case 'prompt_end':
        draft = open = null
        // Told also when none is known: one that was open before our socket ends too.
        return [{ type: 'prompt_closed' }]
      case 'notification':
        return rest === '' ? [] : [{ type: 'message', text: cut(rest, LONGEST_TEXT) }]
      default:
        return []
    }
  }

  function line(text: string): Line[] {
    if (text.startsWith('!!')) {
      const said = cut(text.slice(2).trim(), LONGEST_TEXT)
      return said === '' ? [] : [{ type: 'error', text: said }]
    }
    if (text.startsWith(ACTION)) {
      const word = text.slice(ACTION.length)
      const space = word.indexOf(' ')
      return space < 0 ? action(word.trim(), '') : action(word.slice(0, space), word.slice(space + 1).trim())
    }
    if (text.startsWith('File ')) {
      const opened = OPENED.exec(text)
      if (opened?.[1]) return [{ type: 'file_opened', path: opened[1].replace(/^\//, ''), size: Number(opened[2]) }]
      return text === 'File selected' ? [{ type: 'file_selected' }] : []
    }
    const hook = HOOK.exec(text)?.groups
    const said = hook ? titledText(hook['hook'] ?? hook['bot'] ?? '') : null
    if (said !== null) return [{ type: 'message', text: said }]
    if ((text.startsWith('echo:') || text.startsWith('//')) && FILAMENT.test(text)) return [{ type: 'filament', text: text.replace(/^(?:echo:|\/\/)\s*/, '') }]
    return []
  }

  return {
    response(text) {
      const short = cut(text, LONGEST_TEXT * 2)
      if (!short.includes('\n')) return line(cut(short, LONGEST_TEXT))
      return short.split('\n', MOST_LINES).flatMap((one) => line(cut(one, LONGEST_TEXT)))
    },
    get prompt() {
      return open
    },
    forget() {
      draft = open = null
    },
  }
}

/** Entries of server.gcode_store that are Klipper's own words, oldest first; null when it is no such list. */
export function storedResponses(store: unknown): string[] | null {
  if (!Array.isArray(store)) return null
  return store.flatMap((entry: unknown) => {
    const message = isFields(entry) && entry['type'] === 'response' ? textOf(entry['message']) : null
    return message === null ? [] : [message]
  })
}

/**
 * Lets only so many of a kind pass within some seconds, and the same text only once: a macro in a loop is one message, an intentional
 * repeat some seconds later another.
 */
export function createSieve(most: number, withinMs: number, sameMs: number): (text: string, at: number) => boolean {
  let passed: { text: string; at: number }[] = []
  return (text, at) => {
    if (passed.length > 0) passed = passed.filter((one) => at - one.at < withinMs && at >= one.at)
    if (passed.length >= most || passed.some((one) => one.text === text && at - one.at < sameMs)) return false
    passed.push({ text, at })
    return true
  }
}
