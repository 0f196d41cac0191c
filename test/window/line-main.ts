/** The other end of line.ts, in the main process of the harness: runs what the tests send. */
import * as electron from 'electron'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import type { Answered, Sent } from './line.ts'

/** Calls the tests and answers them until they hang up. @param port on loopback */
export function answerOn(port: number): void {
  const socket = connect(port, '127.0.0.1')
  // Who asked may be gone before its answer.
  socket.on('error', () => undefined)
  const answer = (answered: Answered): void => void socket.write(`${JSON.stringify(answered)}\n`)
  createInterface({ input: socket }).on('line', (line) => {
    const { id, script, argument } = JSON.parse(line) as Sent
    Promise.resolve()
      .then(() => (0, eval)(`(${script})`)(electron, argument) as unknown)
      .then((value) => answer({ id, value: value ?? null }), (error: unknown) => answer({ id, error: String(error) }))
  })
}
