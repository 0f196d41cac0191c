/**
 * Makes the sounds of the channel "Sound": bells of a few sines each, ours, under the licence of the project.
 * `node scripts/make-sounds.mjs` writes resources/sounds/*.wav, the same bytes each time.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const RATE = 22_050
const HEAD = 44
/** Partials of a small bell: times the note, loudness, how fast it fades (1/s). */
const PARTIALS = [[1, 1, 5], [2.01, 0.45, 8], [2.99, 0.22, 12], [4.2, 0.1, 18]]

/** Each note: when it is struck (s), its frequency (Hz), how loud. */
export const SOUNDS = {
  critical: { seconds: 0.85, notes: [[0, 988, 1], [0.14, 740, 1], [0.28, 988, 1], [0.42, 740, 1], [0.56, 988, 1]] },
  'needs-you': { seconds: 0.8, notes: [[0, 659, 0.9], [0.18, 880, 1]] },
  done: { seconds: 0.85, notes: [[0, 523, 0.8], [0.13, 659, 0.8], [0.26, 784, 0.9]] },
  other: { seconds: 0.5, notes: [[0, 587, 0.7]] },
}

/** @param {{ seconds: number, notes: number[][] }} sound */
export function wav({ seconds, notes }) {
  const count = Math.round(seconds * RATE)
  const samples = Array.from({ length: count }, (_, index) => valueAt(index / RATE, notes) * Math.min(1, (count - index) / (0.05 * RATE)))
  const loudest = Math.max(...samples.map(Math.abs))
  const file = Buffer.alloc(HEAD + count * 2)
  file.write('RIFF', 0, 'latin1')
  file.writeUInt32LE(HEAD - 8 + count * 2, 4)
  file.write('WAVEfmt ', 8, 'latin1')
  file.writeUInt32LE(16, 16)
  file.writeUInt16LE(1, 20)
  file.writeUInt16LE(1, 22)
  file.writeUInt32LE(RATE, 24)
  file.writeUInt32LE(RATE * 2, 28)
  file.writeUInt16LE(2, 32)
  file.writeUInt16LE(16, 34)
  file.write('data', 36, 'latin1')
  file.writeUInt32LE(count * 2, 40)
  for (const [index, sample] of samples.entries()) file.writeInt16LE(Math.round((sample / loudest) * 0.8 * 32_767), HEAD + index * 2)
  return file
}

/** @param {number} at @param {number[][]} notes */
function valueAt(at, notes) {
  let value = 0
  for (const [struck = 0, frequency = 0, loudness = 0] of notes) {
    const since = at - struck
    if (since < 0) continue
    // Struck within 4 ms, so that it does not click.
    for (const [times = 0, part = 0, fade = 0] of PARTIALS) value += loudness * part * Math.min(1, since / 0.004) * Math.exp(-fade * since) * Math.sin(2 * Math.PI * frequency * times * since)
  }
  return value
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = join(import.meta.dirname, '..', 'resources', 'sounds')
  mkdirSync(folder, { recursive: true })
  for (const [name, sound] of Object.entries(SOUNDS)) writeFileSync(join(folder, `${name}.wav`), wav(sound))
}
