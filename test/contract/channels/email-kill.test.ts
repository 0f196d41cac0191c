import { expect, test } from 'vitest'
import { startSimulator } from '../../../electron/engine/simulator/simulator.ts'
import { CANARY } from '../../support/channel-kit.ts'
import { makeDesk, startEngine } from '../../support/engine-process.ts'
import { linkIs, pass, printer, shortPrint } from '../../support/fault-kit.ts'
import { startSmtpFarSide } from '../../support/smtp-far-side.ts'
import { MAIL_SETTINGS } from '../../support/smtp-rig.ts'

/** Asks every 20 ms. @throws Error after 30 s */
async function untilThen(what: string, holds: () => Promise<boolean>, seen: () => string): Promise<void> {
  for (const end = performance.now() + 30_000; !(await holds());) {
    if (performance.now() > end) throw new Error(`waited 30 s until ${what}\n${seen()}`)
    await pass(20)
  }
}

test('an engine that is killed between two recipients writes to the second, and not again to the first', { timeout: 90_000 }, async ({ onTestFinished }) => {
  const simulator = await startSimulator({ script: shortPrint(500), printers: 1 })
  onTestFinished(() => simulator.stop())
  const far = await startSmtpFarSide()
  onTestFinished(() => far.close())
  const desk = await makeDesk({
    printers: [printer('p1', simulator.url)],
    destinations: [{ id: 'mail', label: 'Mail', channel: 'email', events: ['job.done'], config: { ...MAIL_SETTINGS, security: 'none', port: far.ports.none, to: ['anna@example.net', 'bert@example.net', 'carl@example.net'], password: { env: 'MAIL_PASSWORD' }, includePicture: false, timeoutMs: 30_000 } }],
  })
  onTestFinished(() => desk.remove())
  const env = { KEY_p1: simulator.apiKey, MAIL_PASSWORD: CANARY }

  await far.play({ at: 'RCPT', to: 'bert', how: 'hang' })
  const first = startEngine(desk, env)
  onTestFinished(async () => void (await first.end('SIGKILL')))
  await first.wait('the link', linkIs('p1', 'up'))
  simulator.control.wish({ do: 'start', user: 'somebody' })
  await untilThen('bert is written to', async () => (await far.heard()).commands.some((line) => line.includes('bert')), first.noise)
  const before = await far.receipts()
  await first.end('SIGKILL')
  expect(before.map(({ to }) => to)).toEqual([['anna@example.net']])

  await far.play()
  const second = startEngine(desk, env)
  onTestFinished(async () => void (await second.end('SIGKILL')))
  await untilThen('the others are written to', async () => (await far.receipts()).length >= 2, second.noise)
  await second.end()
  expect((await far.receipts()).map(({ to }) => to)).toEqual([['bert@example.net'], ['carl@example.net']])
  expect(second.noise()).not.toContain(CANARY)
})
