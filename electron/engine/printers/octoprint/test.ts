/** The connection test: one named cause, and a sentence that says what to do about it. */
import { z } from 'zod'
import { once } from '../../once.ts'
import type { AdapterPorts, ServerConfig, TestResult } from '../adapter.ts'
import { BadAddress } from '../kit/address.ts'
import { cameraCheck, explainTest, testResult as result } from '../kit/examine.ts'
import { ServerError } from '../kit/server-error.ts'
import { snapshot } from './camera.ts'
import { Contact } from './contact.ts'
import { findPrefix, isBootPage, whatElse } from './identify.ts'
import { createInterpreter } from './interpret.ts'
import { createRest, judge, parseJsonBody, type OctoPrintRest } from './rest.ts'
import { tooOld } from './session.ts'
import { SOURCE_ID, type OctoPrintSettings } from './settings.ts'

const user = once(() => z.object({ name: z.string().nullable(), permissions: z.array(z.string()), groups: z.array(z.string()) }))
const version = once(() => z.object({ server: z.string().optional(), text: z.string().catch('').default('') }))

/** Never throws for anything the far side does. */
export async function test(server: ServerConfig<OctoPrintSettings>, ports: AdapterPorts, signal: AbortSignal): Promise<TestResult> {
  let rest: OctoPrintRest
  try {
    rest = createRest(server, ports)
  } catch (error) {
    if (error instanceof BadAddress) return result('bad_address', error.message)
    throw error
  }
  try {
    return await examine(server, rest, ports, signal)
  } catch (error) {
    if (!(error instanceof ServerError)) throw error
    return await explainTest(error, {
      rest, signal,
      clock: ports.clock,
      usualPorts: 'OctoPrint usually has 80 or 5000',
      strange: (why) => stillBooting(why, rest, signal),
    })
  }
}

async function examine(server: ServerConfig<OctoPrintSettings>, rest: OctoPrintRest, ports: AdapterPorts, signal: AbortSignal): Promise<TestResult> {
  const answer = await rest.call('GET', '/api/currentuser', { signal })
  const known = answer.status === 200 ? user().safeParse(parseJsonBody(answer)) : null
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
  const told = await rest.json('GET', '/api/version', version(), { signal })
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
    camera: await cameraCheck(ports.clock, signal, (stop) => snapshot(contact, null, stop)),
  }
}

/** Something answers, but no OctoPrint: it may sit below another path, or this is another program. */
async function notHere(server: ServerConfig<OctoPrintSettings>, rest: OctoPrintRest, ports: AdapterPorts, signal: AbortSignal): Promise<TestResult> {
  if (await isBootPage(rest, signal)) return result('booting', `OctoPrint on ${rest.host} is still starting. Try again in a minute.`)
  const better = await findPrefix(rest, (base) => createRest(server, ports, base), signal)
  if (better !== null) return result('wrong_prefix', `There is no OctoPrint at this path, but one answers at ${better}. Use that address.`)
  return result('not_this_server', await whatElse(rest, signal))
}

/** OctoPrint's boot server: by its status, or by the page it shows to browsers. */
async function stillBooting(error: ServerError, rest: OctoPrintRest, signal: AbortSignal): Promise<TestResult | null> {
  if (error.status === null && !(await isBootPage(rest, signal))) return null
  return result('booting', `${error.status === null ? `OctoPrint on ${rest.host} is still starting.` : error.message} Try again in a minute.`)
}
