import { connect, type Socket } from 'node:net'
import { ZodError } from 'zod'
import { controlAnswer, type ControlAnswer, type ControlRequest } from './contract.ts'
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
        const answer = understood(text)
        if (!answer) fail(new Error('the running Printbell answered in a form this version does not know'))
        else if (answer.ok) done(answer.result)
        else fail(new Error(answer.error ?? 'refused'))
      })
      socket.write(`${JSON.stringify({ id: 1, request })}\n`)
    })
  } finally {
    socket.destroy()
  }
}

/** Null = whoever listens there does not speak as we do. */
function understood(text: string): ControlAnswer | null {
  try {
    return controlAnswer.parse(JSON.parse(text))
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof ZodError) return null
    throw error
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
