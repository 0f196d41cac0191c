import { connect, type Socket } from 'node:net'
import { controlAnswer, type ControlRequest } from './contract.ts'
import { onLines } from './lines.ts'

/** Nobody listens: no engine runs on this data folder. */
export class NoEngine extends Error {
  override readonly name = 'NoEngine'
}

/**
 * Asks the running engine one thing.
 * @throws NoEngine when none runs; Error with the engine's own words when it refuses or does not answer within `timeoutMs`.
 */
export async function callEngine(path: string, request: ControlRequest, timeoutMs = 30_000): Promise<unknown> {
  const socket = await open(path)
  try {
    return await new Promise((done, fail) => {
      socket.setTimeout(timeoutMs, () => fail(new Error(`the running Printbell did not answer within ${timeoutMs / 1000} s`)))
      socket.once('error', fail)
      socket.once('close', () => fail(new Error('the running Printbell ended before it answered')))
      onLines(socket, (text) => {
        const parsed = controlAnswer.safeParse(JSON.parse(text))
        if (!parsed.success) return fail(new Error('the running Printbell answered in a form this version does not know'))
        if (parsed.data.ok) done(parsed.data.result)
        else fail(new Error(parsed.data.error ?? 'refused'))
      })
      socket.write(`${JSON.stringify({ id: 1, request })}\n`)
    })
  } finally {
    socket.destroy()
  }
}

function open(path: string): Promise<Socket> {
  return new Promise((done, fail) => {
    const socket = connect(path)
    socket.once('connect', () => done(socket))
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') fail(new NoEngine('no Printbell runs on this data folder'))
      else fail(error)
    })
  })
}
