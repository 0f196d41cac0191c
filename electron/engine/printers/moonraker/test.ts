/** The connection test: one named cause, and a sentence that says what to do about it. */
import { z } from 'zod'
import type { AdapterPorts, ServerConfig, TestResult } from '../adapter.ts'
import { BadAddress } from '../kit/address.ts'
import { cameraCheck, explainTest, testResult as result } from '../kit/examine.ts'
import type { Rest } from '../kit/rest.ts'
import { ServerError } from '../kit/server-error.ts'
import { UpgradeRefused } from '../kit/socket.ts'
import { credentialsOf } from './auth.ts'
import { snapshot } from './camera.ts'
import { nameRefusal, placeOf, stranger } from './place.ts'
import { createRest, isMoonraker } from './rest.ts'
import { openRpc, RpcError, type Rpc } from './rpc.ts'
import { asMoonrakerError, lookAtKlippy, type Klippy } from './session.ts'
import { baseUrl, ownPorts, shorterPaths, SOURCE_ID, type MoonrakerSettings } from './settings.ts'
import { readWebcams } from './webcams.ts'

const named = z.object({ hostname: z.string().min(1).max(200).nullish().catch(null) })

/** Never throws for anything the far side does. */
export async function test(server: ServerConfig<MoonrakerSettings>, ports: AdapterPorts, signal: AbortSignal): Promise<TestResult> {
  const credentials = credentialsOf(server, ports.clock)
  const restAt = (base: string): Rest => createRest({ base, pin: server.settings.pin ?? null, ports, credentials })
  let rest: Rest
  try {
    rest = restAt(baseUrl(server.settings.url))
  } catch (error) {
    if (error instanceof BadAddress) return result('bad_address', error.message)
    throw error
  }
  try {
    return await examine({ server, rest, restAt, credentials, ports, signal })
  } catch (error) {
    if (!(error instanceof ServerError)) throw error
    return await explainTest(error, { rest, signal, clock: ports.clock, usualPorts: 'Moonraker usually has 80 or 7125' })
  }
}

interface Parts {
  server: ServerConfig<MoonrakerSettings>
  rest: Rest
  restAt(base: string): Rest
  credentials: ReturnType<typeof credentialsOf>
  ports: AdapterPorts
  signal: AbortSignal
}

async function examine(parts: Parts): Promise<TestResult> {
  const { rest, signal } = parts
  const here = await isMoonraker(rest, signal).catch((error: unknown) => (error instanceof ServerError ? error : Promise.reject(error instanceof Error ? error : new Error(String(error)))))
  if (here === true) return await through(parts)
  // A certificate that is not trusted says nothing about other ports.
  if (here instanceof ServerError && (here.cause_.startsWith('tls_') || here.cause_ === 'name_not_found' || here.cause_ === 'proxy_auth')) throw here
  const own = await placeOf(parts, ownPorts(rest.base), signal)
  // A connection finds it there, too.
  if (own !== null) return await through({ ...parts, rest: parts.restAt(own) })
  const shorter = await placeOf(parts, shorterPaths(rest.base), signal)
  if (shorter !== null) return result('wrong_prefix', `There is no Moonraker at this path, but one answers at ${shorter}. Use that address.`)
  throw here === false ? await stranger(rest, signal) : here
}

/** The whole way that a connection takes. @throws ServerError */
async function through(parts: Parts): Promise<TestResult> {
  const { rest, credentials, server, ports, signal } = parts
  let rpc: Rpc
  try {
    rpc = await openRpc(
      { base: rest.base, headers: credentials.upgradeHeaders(), pin: server.settings.pin ?? null, clock: ports.clock, signal },
      { notification: () => undefined, alive: () => undefined, junk: () => undefined, closed: () => undefined },
    )
  } catch (error) {
    throw error instanceof UpgradeRefused ? await nameRefusal(rest, error.status, signal) : error
  }
  try {
    await credentials.open(rpc, signal)
    const klippy = await lookAtKlippy(rpc, signal)
    const webcams = await readWebcams(rpc, signal)
    return {
      cause: 'ok',
      detail: `Moonraker ${klippy.version ?? ''} answers on ${rest.host}.`.replace('  ', ' ') + klippyText(klippy),
      version: klippy.version, permissions: null, fingerprint: null,
      sources: [{ sourceId: SOURCE_ID, name: await nameOf(rpc, signal) ?? new URL(rest.base).hostname }],
      camera: await cameraCheck(ports.clock, signal, (stop) => snapshot({ rest, settings: server.settings, ports, webcams }, null, stop)),
    }
  } catch (error) {
    throw asMoonrakerError(error, rest.host)
  } finally {
    rpc.close(new ServerError('aborted', 'Stopped.'))
  }
}

/** A Klipper that is not ready is no fault of the connection, but worth a word. */
function klippyText({ state, message }: Klippy): string {
  const reason = message?.split('\n').map((line) => line.trim()).find((line) => line !== '')
  switch (state) {
    case 'ready': return ''
    case 'disconnected': return ' Klipper is not connected to it: start Klipper, or look at its log.'
    case 'startup': return ` Klipper is still starting${reason === undefined ? '.' : `: ${reason}`}`
    default: return ` Klipper is not ready (${state})${reason === undefined ? '.' : `: ${reason}`}`
  }
}

/** What the printer's computer is called; null while Klippy is not there to tell. */
async function nameOf(rpc: Rpc, signal: AbortSignal): Promise<string | null> {
  try {
    return (await rpc.call('printer.info', named, undefined, { signal })).hostname ?? null
  } catch (error) {
    if (error instanceof RpcError) return null
    throw error
  }
}
