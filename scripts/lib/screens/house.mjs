/** A made-up house for the pictures of the README: four simulated printers, and two webhooks of which one is down. */
import { createServer } from 'node:http'
import { connect, createServer as createTcpServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { Bonjour } from 'bonjour-service'

const HOUR = 3_600_000
const MINUTE = 60_000
/** The simulator gives each further printer another colour; these are told apart best. */
const COLOURS = { orange: 0, green: 1, violet: 2, olive: 3 }

/**
 * When what happens, as a part of the whole time that the house is watched. The speed of each printer follows from it.
 * @type {{ name: string, colour: number, user: string, file: string, size: number, heatMs: number, printMs: number, layers: number, steps: object[], reaches: number, after: number }[]}
 */
const PRINTERS = [
  {
    name: 'MK4 left bench', colour: COLOURS.orange, user: 'marta', file: 'lamp-vase_0.6n_PETG.gcode', size: 8_412_906, heatMs: 6 * MINUTE, printMs: 6 * HOUR, layers: 238, reaches: 0.62, after: 0.8,
    steps: [{ at: 0.62, does: 'filament_change', question: 'Filament changed?', choice: 'Resume', resolvesAfterMs: null }],
  },
  {
    name: 'Ender in the cellar', colour: COLOURS.green, user: 'jonas', file: 'cable-clips_x12_PLA.gcode', size: 2_204_118, heatMs: 4 * MINUTE, printMs: 3 * HOUR, layers: 40, reaches: 0.34, after: 0.65,
    steps: [{ at: 0.34, does: 'fail', error: 'Heating failed, system stopped! Heater_ID: bed - Printer halted. kill() called!', reconnectsAfterMs: null }],
  },
  { name: 'Voron 350', colour: COLOURS.violet, user: 'marta', file: 'corner-brackets_x6_ABS.gcode', size: 5_127_774, heatMs: 10 * MINUTE, printMs: 4 * HOUR, layers: 240, reaches: 0.47, after: 1, steps: [] },
  { name: 'Mini by the window', colour: COLOURS.olive, user: 'jonas', file: 'planter-hex_120mm.gcode', size: 3_381_002, heatMs: 4 * MINUTE, printMs: HOUR, layers: 150, reaches: 1, after: 0.5, steps: [] },
]

/**
 * @param {typeof import('../../../electron/engine/simulator/simulator.ts').startSimulator} startSimulator
 * @param {number} watchedMs for how long the house is watched after `begin`
 */
export async function openHouse(startSimulator, watchedMs) {
  const printers = []
  const doors = []
  const network = new Bonjour()
  const hooks = await openHooks()
  for (const { name, colour, user, file, size, heatMs, printMs, layers, steps, reaches, after } of PRINTERS) {
    const script = { name, file: { name: file, size }, startsAfterMs: null, heatMs, printMs, layers, steps, repeatsAfterMs: null, floodEveryMs: null }
    const speed = (heatMs + reaches * printMs) / (after * watchedMs)
    const started = await startSimulator({ printers: colour + 1, names: Array.from({ length: colour + 1 }, () => name), script, speed, grantKeysAfterMs: null })
    // Only the last one has the colour.
    const printer = started.printers[colour]
    await Promise.all(started.printers.filter((other) => other !== printer).map((other) => other.stop()))
    doors.push(await openDoor(printer.url))
    network.publish({ name: `OctoPrint instance "${name}"`, type: 'octoprint', port: Number(new URL(printer.url).port), txt: { path: '/', version: '1.11.8', uuid: `house-${colour}` } })
    printers.push({ ...printer, begin: () => printer.control.wish({ do: 'start', user }) })
  }
  return {
    printers, hooks,
    byName: (name) => printers.find((printer) => printer.name === name),
    async close() {
      await new Promise((done) => network.unpublishAll(done))
      network.destroy()
      await Promise.all([...printers.map((printer) => printer.stop()), ...doors.map((door) => door.close()), hooks.close()])
    },
  }
}

/** Announcements carry this computer's address in its network, and a simulated printer listens on loopback only: this leads from there to it. */
async function openDoor(url) {
  const port = Number(new URL(url).port)
  const outside = Object.values(networkInterfaces()).flat().find((address) => address?.family === 'IPv4' && !address.internal)
  if (!outside) throw new Error('This computer is in no network, so nothing can be found in it. Connect it, or take the pictures of the states only: --what states.')
  const sockets = new Set()
  const server = createTcpServer((from) => {
    const to = connect(port, '127.0.0.1')
    for (const [one, other] of [[from, to], [to, from]]) {
      sockets.add(one)
      one.on('close', () => sockets.delete(one)).on('error', () => other.destroy()).pipe(other)
    }
  })
  await new Promise((done, failed) => server.once('error', failed).listen(port, outside.address, done))
  return {
    close: () => new Promise((done) => {
      for (const socket of sockets) socket.destroy()
      server.close(done)
    }),
  }
}

async function openHooks() {
  const server = createServer((request, response) => {
    request.resume()
    request.on('end', () => response.writeHead(request.url === '/down' ? 503 : 204).end())
  })
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  const at = `http://127.0.0.1:${server.address().port}`
  return {
    well: `${at}/log`, down: `${at}/down`,
    close: () => new Promise((done) => {
      server.closeAllConnections()
      server.close(done)
    }),
  }
}
