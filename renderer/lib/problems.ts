/** What is wrong with a field, as a sentence of cause and cure. Pure. */
import type { ProblemView } from '../../electron/bridge/views/common.ts'

/**
 * @param label what the page calls the field; the engine's own words may need a subject ("is not valid")
 * @param name the field's name in the settings: what is wrong elsewhere is told by its own path
 */
export function problemText({ path, message, cure }: ProblemView, label = '', name = path): string {
  const ofField = path === name || path.endsWith(`.${name}`)
  const subject = path === '' ? 'This' : ofField && label !== '' ? label : path
  // The cure says it better than "is not valid" does.
  if (message === 'is not valid' && cure !== '' && ofField) return ended(cure)
  const whole = /^(is|are|was|has|could|can't|never|must)\b/.test(message) ? `${subject} ${message}` : capital(message)
  return [whole, cure].filter((part) => part !== '').map(ended).join(' ')
}

/** What went wrong where something was asked, in the main process's own words. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function ended(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`
}
