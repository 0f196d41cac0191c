/** The codec's own process: takes one picture after the other, ends with its parent. A bundle entry of its own. */
import { transform } from './codec-jpeg.ts'
import type { CodecAnswer, CodecRequest } from './codec-messages.ts'

process.on('message', (message: CodecRequest) => {
  transform(message.bytes, message.orientation, message.longestEdge ?? undefined)
    .then((prepared): CodecAnswer => ({ id: message.id, prepared }))
    .catch((error: unknown): CodecAnswer => ({ id: message.id, error: error instanceof Error ? error.message : String(error) }))
    .then((answer) => process.send?.(answer))
    .catch(() => process.disconnect())
})
// Nothing but the channel keeps this process alive: it ends when the parent lets go or dies.
