/**
 * Progress of long work, on stderr only: stdout belongs to the command that was asked for.
 * On a terminal one line is rewritten; elsewhere a line comes at the start, every `quietMs`, and at the end.
 */

const WIDTH = 24

/**
 * @param {number} fraction 0..1
 * @returns {string} a bar of fixed width
 */
export function bar(fraction) {
  const full = Math.round(Math.min(1, Math.max(0, fraction)) * WIDTH)
  return `[${'#'.repeat(full)}${'-'.repeat(WIDTH - full)}]`
}

/**
 * @param {string} title what is being done ("Installing packages")
 * @param {{ stream?: NodeJS.WriteStream, now?: () => number, quietMs?: number }} [options]
 */
export function startProgress(title, { stream = process.stderr, now = () => performance.now(), quietMs = 3_000 } = {}) {
  const started = now()
  let told = started
  const seconds = () => `${Math.round((now() - started) / 1000)} s`
  const rewrite = (text) => stream.write(`\r\u001b[2K${text}`)
  if (stream.isTTY) rewrite(`${title} ...`)
  else stream.write(`${title} ...\n`)
  return {
    /** @param {number} done @param {number} total @param {string} [note] */
    update(done, total, note = '') {
      const fraction = total > 0 ? done / total : 0
      const text = `${title} ${bar(fraction)} ${done}/${total}  ${seconds()}${note && `  ${note}`}`
      if (stream.isTTY) rewrite(text.slice(0, (stream.columns || 80) - 1))
      else if (now() - told >= quietMs) {
        told = now()
        stream.write(`${text}\n`)
      }
    },
    /** @param {string} [text] what came of it */
    done(text = 'done') {
      const line = `${title}: ${text} (${seconds()})\n`
      if (stream.isTTY) rewrite(line)
      else stream.write(line)
    },
  }
}
