/** The autostart file of Linux: Desktop Entry Specification 1.5 and Desktop Application Autostart Specification 0.5. Pure. */

/** Signs that mean something to the Exec key and make quotes needed. */
const RESERVED = /[\s"'\\><~|&;$*?#()`]/
/** Signs that stay special within the quotes. */
const ESCAPED = /["`$\\]/g

/**
 * A command line as the value of Exec. Quoted by the rules of Exec, then escaped by those of a string value, so that a reader who
 * undoes both gets the arguments back.
 * @param command program and arguments
 * @throws Error when the specification has no way to write it: a "=" in the program's name, a control character
 */
export function execValue(command: readonly [string, ...string[]]): string {
  if (command[0].includes('=')) throw new Error('The path of Printbell holds a "=", which an autostart file can\'t name. Move it to another folder.')
  const told = command.map((argument) => {
    if (/[\p{Cc}]/u.test(argument)) throw new Error('The path of Printbell holds a control character, which an autostart file can\'t name. Move it to another folder.')
    // A field code begins with "%", also within quotes.
    const plain = argument.replaceAll('%', '%%')
    return argument === '' || RESERVED.test(argument) ? `"${plain.replace(ESCAPED, '\\$&')}"` : plain
  })
  return told.join(' ').replaceAll('\\', '\\\\')
}

/** @param exec value of the Exec key */
export function renderEntry(exec: string): string {
  return [
    '[Desktop Entry]',
    'Type=Application',
    'Name=Printbell',
    'Comment=Rings when a 3D print needs you',
    `Exec=${exec}`,
    'Icon=printbell',
    'Terminal=false',
    'StartupNotify=false',
    'X-GNOME-Autostart-enabled=true',
    '',
  ].join('\n')
}

/** The same entry, switched off: needed where a file of the same name lies in the system's own autostart folder. */
export function renderOff(exec: string): string {
  return renderEntry(exec).replace('X-GNOME-Autostart-enabled=true\n', 'X-GNOME-Autostart-enabled=false\nHidden=true\n')
}

export interface Entry {
  /** Neither hidden nor switched off: the desktop starts it. */
  on: boolean
  /** As it stands in the file; null = the key is missing, and nothing is started. */
  exec: string | null
}

/** Reads what another program may have changed: only the main group counts, the last value of a key wins. */
export function readEntry(text: string): Entry {
  const keys = new Map<string, string>()
  let group = ''
  for (const line of text.split(/\r?\n/)) {
    const header = /^\[([^\]]*)\]\s*$/.exec(line)
    if (header) group = header[1] ?? ''
    const [, key, value] = /^([A-Za-z0-9-]+)\s*=\s*(.*?)\s*$/.exec(line) ?? []
    if (group === 'Desktop Entry' && key !== undefined) keys.set(key, value ?? '')
  }
  const exec = keys.get('Exec') || null
  return { on: exec !== null && keys.get('Hidden') !== 'true' && keys.get('X-GNOME-Autostart-enabled') !== 'false', exec }
}

/** The program that an Exec value starts; null = it can't be read. */
export function programOf(exec: string): string | null {
  const value = exec.replaceAll('\\\\', '\\')
  const quoted = /^"((?:[^"\\]|\\.)*)"/.exec(value)
  const program = quoted ? (quoted[1] ?? '').replace(/\\(["`$\\])/g, '$1') : /^\S+/.exec(value)?.[0] ?? ''
  return program === '' ? null : program.replaceAll('%%', '%')
}
