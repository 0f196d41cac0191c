/** The connection test: one named cause, and a sentence that says what to do about it. */
import { z } from 'zod'
import { NoPicture, type AdapterPorts, type ServerConfig, type TestCause, type TestResult } from '../adapter.ts'
import { peerFingerprint } from '../net.ts'
import { snapshot } from './camera.ts'
import { Contact } from './contact.ts'
import { findPrefix, isBootPage, whatElse } from './identify.ts'
import { createInterpreter } from './interpret.ts'
import { createRest, judge, parseJsonBody, RestError, type Rest } from './rest.ts'
import { tooOld } from './session.ts'
import { BadAddress, SOURCE_ID, type OctoPrintSettings } from './settings.ts'

const CAMERA_MS = 8_000
const FINGERPRINT_MS = 5_000

const user = z.object({ name: z.string().nullable(), permissions: z.array(z.string()), groups: z.array(z.string()) })
const version = z.object({ server: z.string().optional(), text: z.string().catch('').default('') })

/** Never throws for anything the far side does. */
export async function test(server: ServerConfig<OctoPrintSettings>, ports: AdapterPorts, signal: AbortSignal): Promise<TestResult> {
  let rest: Rest
  try {
    rest = createRest(server, ports)
  } catch (error) {
    if (error instanceof BadAddress) return result('bad_address', error.message)
    throw error
  }
  try {
    return await examine(server, rest, ports, signal)
  } catch (error) {
    if (!(error instanceof RestError)) throw error
    return await explain(error, rest, ports, signal)
  }
}

async function examine(server: ServerConfig<OctoPrintSettings>, rest: Rest, ports: AdapterPorts, signal: AbortSignal): Promise<TestResult> {
  const answer = await rest.call('GET', '/api/currentuser', { signal })
  const known = answer.status === 200 ? user.safeParse(parseJsonBody(answer)) : null
  const wrong = judge(answer, rest.host)
  if (known?.success !== true && answer.status !== 403) {
    if (wrong && (wrong.cause_ === 'booting' || wrong.cause_ === 'proxy_auth')) throw wrong
    return await notHere(server, rest, ports, signal)
  }
  if (known?.success !== true || known.data.name === null) {
    // Only an OctoPrint that was never set up forbids its own probe.
    const probe = await rest.call('GET', '/plugin/appkeys/probe', { signal, anonymous: true })
    if (probe.status === 403) return result('setup_unfinished', `OctoPrint on ${rest.host} has not been set up yet. Finish its first-run wizard in the browser, then connect.`)
    if (known?.success !== true && probe.status !== 204) return await notHere(server, rest, ports, signal)
    return rest.hasKey
      ? result('key_invalid', `OctoPrint on ${rest.host} does not accept this API key. Connect again, or enter a new application key.`)
      : result('key_missing', `OctoPrint answers on ${rest.host}. It only needs an API key: connect and confirm in OctoPrint, or enter one.`)
  }
  const { name, permissions } = known.data
  if (!permissions.includes('ADMIN') && !permissions.includes('STATUS')) {
    return { ...result('permission_missing', `The user "${name}" lacks the permission STATUS. Give it the group "Read-only Access" or more in OctoPrint.`), permissions }
  }
  const told = await rest.json('GET', '/api/version', version, { signal })
  if (/moonraker|prusalink/i.test(told.text)) return result('not_this_server', await whatElse(rest, signal))
  const running = told.server ?? null
  if (running !== null && tooOld(running)) return { ...result('too_old', `OctoPrint ${running} is too old. Printbell needs 1.8.0 or newer: before that the push API cannot be told to leave the terminal out.`), version: running, permissions }
  const contact = new Contact(rest, server.settings, createInterpreter({ sourceId: SOURCE_ID }), ports, { link: () => undefined, observe: () => undefined, junk: () => undefined }, { lastSeenAt: () => null, activeJob: () => null }, { types: new Set(), natives: new Set(), layers: false, messages: false }, signal)
  contact.permissions = permissions
  await contact.readSettings()
  return {
    cause: 'ok',
    detail: `OctoPrint ${running ?? ''} answers on ${rest.host}, as user "${name}".`.replace('  ', ' '),
    version: running, permissions, fingerprint: null,
    sources: [{ sourceId: SOURCE_ID, name: contact.webcams?.printerName ?? new URL(rest.base).hostname }],
    camera: await cameraCheck(contact, signal),
  }
}

async function cameraCheck(contact: Contact, signal: AbortSignal): Promise<{ ok: boolean; detail: string }> {
  const stop = new AbortController()
  const onAbort = () => stop.abort()
  const cancel = contact.ports.clock.after(CAMERA_MS, onAbort)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    const picture = await snapshot(contact, null, stop.signal)
    return { ok: true, detail: `The webcam sent a picture of ${Math.ceil(picture.bytes.length / 1000)} kB.` }
  } catch (error) {
    if (!(error instanceof NoPicture)) throw error
    return { ok: false, detail: error.message }
  } finally {
    cancel()
    signal.removeEventListener('abort', onAbort)
  }
}

/** Something answers, but no OctoPrint: it may sit below another path, or this is another program. */
async function notHere(server: ServerConfig<OctoPrintSettings>, rest: Rest, ports: AdapterPorts, signal: AbortSignal): Promise<TestResult> {
  if (await isBootPage(rest, signal)) return result('booting', `OctoPrint on ${rest.host} is still starting. Try again in a minute.`)
  const better = await findPrefix(rest, (base) => createRest(server, ports, base), signal)
  if (better !== null) return result('wrong_prefix', `There is no OctoPrint at this path, but one answers at ${better}. Use that address.`)
  return result('not_this_server', await whatElse(rest, signal))
}

async function explain(error: RestError, rest: Rest, ports: AdapterPorts, signal: AbortSignal): Promise<TestResult> {
  const { cause_: cause, message } = error
  switch (cause) {
    case 'tls_self_signed':
    case 'tls_untrusted':
    case 'tls_name':
    case 'tls_expired':
    case 'tls_pin_mismatch':
      return { ...result(cause, message), fingerprint: await peerFingerprint(rest.base, ports.clock, FINGERPRINT_MS, signal) }
    case 'booting':
    case 'not_http':
    case 'reset':
      return await strangeBytes(error, rest, ports, signal)
    case 'aborted':
      return result('timeout', 'The test was stopped before the server answered.')
    case 'too_large':
      return result('not_this_server', message)
    default:
      return result(cause, message)
  }
}

/** Bytes that are no HTTP: OctoPrint's boot server, TLS on a plain address, or another protocol. */
async function strangeBytes(error: RestError, rest: Rest, ports: AdapterPorts, signal: AbortSignal): Promise<TestResult> {
  if (error.status !== null || await isBootPage(rest, signal)) return result('booting', `${error.status === null ? `OctoPrint on ${rest.host} is still starting.` : error.message} Try again in a minute.`)
  const { protocol, hostname, port } = new URL(rest.base)
  if (protocol === 'http:' && await peerFingerprint(`https://${hostname}:${port === '' ? '80' : port}`, ports.clock, FINGERPRINT_MS, signal) !== null) {
    return result('bad_address', `${rest.host} speaks TLS on this port. Write https:// instead of http://.`)
  }
  if (error.cause_ === 'reset') return result('server_error', `${error.message} It may be restarting; try again in a minute.`)
  return result('not_this_server', `${rest.host} answers, but not with HTTP. Check the port; OctoPrint usually has 80 or 5000.`)
}

function result(cause: TestCause, detail: string): TestResult {
  return { cause, detail, version: null, permissions: null, fingerprint: null, sources: [], camera: null }
}
