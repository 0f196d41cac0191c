/** Runs a program to its end. */
import { spawn } from 'node:child_process'

const children = new Set()

/** Told to end while programs run: they are told too, then this process ends as the signal says. */
function forward(signal) {
  for (const child of children) child.kill(signal)
  process.exit(signal === 'SIGINT' ? 130 : 143)
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, shell?: boolean, onOutput?: (text: string) => void, keep?: number }} [options]
 *   `onOutput` gets stdout and stderr as they come; `keep` bounds the kept characters (the last ones win)
 * @returns {Promise<{ status: number | null, output: string, problem: string | null }>} `problem`: it could not be started, or a signal ended it
 */
export function run(command, args, { cwd, env, shell = false, onOutput = () => {}, keep = 400_000 } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, shell, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    const take = (text) => {
      output = (output + text).slice(-keep)
      onOutput(text)
    }
    child.stdout.setEncoding('utf8').on('data', take)
    child.stderr.setEncoding('utf8').on('data', take)
    if (children.size === 0) process.on('SIGINT', forward).on('SIGTERM', forward)
    children.add(child)
    const finish = (result) => {
      children.delete(child)
      if (children.size === 0) process.off('SIGINT', forward).off('SIGTERM', forward)
      resolve(result)
    }
    child.on('error', (error) => finish({ status: null, output, problem: error.message }))
    child.on('close', (status, signal) => finish({ status, output, problem: signal ? `ended by ${signal}` : null }))
  })
}

/** The last lines of a text that say something, for an error message. */
export function tail(text, lines = 15) {
  return text.split('\n').filter((line) => line.trim() !== '').slice(-lines).join('\n')
}
