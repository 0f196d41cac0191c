/** Makes PNGs small without a change that is seen. */
import { run, tail } from '../run.mjs'

/** Files at once; ImageMagick takes some 50 MB for each. */
const AT_ONCE = 20
/** A page of words, lines and one painted picture has fewer, and 256 of them look the same; four pictures have more. */
const FEW_COLOURS = 7_000
const PACKED = ['-strip', '-define', 'png:compression-level=9', '-define', 'png:exclude-chunks=date,time']

/** @param {readonly string[]} files @throws Error with ImageMagick's words */
export async function shrink(files) {
  const counts = (await magick('identify', ['-format', '%k %i\n'], files)).split('\n').map((line) => /^(\d+) (.*)$/.exec(line)).filter((found) => found !== null)
  const few = new Set(counts.filter(([, count]) => Number(count) < FEW_COLOURS).map(([, , file]) => file))
  await magick('mogrify', ['+dither', '-colors', '256', ...PACKED], files.filter((file) => few.has(file)))
  await magick('mogrify', [...PACKED, '-define', 'png:compression-filter=5'], files.filter((file) => !few.has(file)))
}

async function magick(program, args, files) {
  let said = ''
  for (let first = 0; first < files.length; first += AT_ONCE) {
    const { status, output, problem } = await run(program, [...args, ...files.slice(first, first + AT_ONCE)])
    if (status !== 0) throw new Error(`The pictures could not be made smaller: ${problem ?? tail(output, 2)}`)
    said += output
  }
  return said
}
