import { existsSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { ZodError } from 'zod'
import type { ControlAnswer, ControlRequest } from './contract.ts'
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
      let heard: Promise<void> = Promise.resolve()
      // One that ends with its answer has answered.
      socket.once('close', () => void heard.then(() => fail(new Error('the running Printbell ended before it answered'))))
      onLines(socket, (text) => {
        heard = understood(text).then((answer) => {
          if (!answer) fail(new Error('the running Printbell answered in a form this version does not know'))
          else if (answer.ok) done(answer.result)
          else fail(new Error(answer.error ?? 'refused'))
        }).catch(fail)
      })
      socket.write(`${JSON.stringify({ id: 1, request })}\n`)
    })
  } finally {
    socket.destroy()
  }
}

/** Null = whoever listens there does not speak as we do. */
async function understood(text: string): Promise<ControlAnswer | null> {
  // Each start asks whether another runs, and mostly nobody answers.
  const { controlAnswer } = await import('./contract.ts')
  try {
    return controlAnswer.parse(JSON.parse(text))
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof ZodError) return null
    throw error
  }
}

const nobody = (): NoEngine => new NoEngine('no Printbell runs on this data folder')

function open(path: string): Promise<Socket> {
  return new Promise((done, fail) => {
    // Every start of the app comes here, nearly always for nothing: a look costs a tenth of a connection that fails. A pipe of Windows is no file.
    if (!path.startsWith('\\\\') && !existsSync(path)) return fail(nobody())
    const socket = connect(path)
    socket.once('connect', () => done(socket))
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') fail(nobody())
      else fail(error)
    })
  })
}
