/** The connection test: one named cause, and a sentence that says what to do about it. */
import type { AdapterPorts, ServerConfig, TestResult } from '../adapter.ts'
import { BadAddress } from '../kit/address.ts'
import { cameraCheck, explainTest, testResult } from '../kit/examine.ts'
import { ServerError } from '../kit/server-error.ts'
import { snapshot } from './camera.ts'
import { Contact } from './contact.ts'
import { identify, lookAround } from './identify.ts'
import { createInterpreter } from './interpret.ts'
import { statusSchema } from './payloads.ts'
import { createRest, type PrusaLinkRest } from './rest.ts'
import { baseUrl, SOURCE_ID, type PrusaLinkSettings } from './settings.ts'

/** Never throws for anything the far side does. */
export async function test(server: ServerConfig<PrusaLinkSettings>, ports: AdapterPorts, signal: AbortSignal): Promise<TestResult> {
  let rest: PrusaLinkRest
  try {
    rest = createRest(server, ports, baseUrl(server.settings.url))
  } catch (error) {
    if (error instanceof BadAddress) return testResult('bad_address', error.message)
    throw error
  }
  try {
    return await examine(server, rest, ports, signal)
  } catch (error) {
    if (!(error instanceof ServerError)) throw error
    return await explain(error, rest, ports, signal)
  }
}

async function examine(server: ServerConfig<PrusaLinkSettings>, rest: PrusaLinkRest, ports: AdapterPorts, signal: AbortSignal): Promise<TestResult> {
  if (!rest.hasCredentials) return await withoutCredentials(rest, signal)
  const identity = await identify(rest, signal)
  await rest.json('GET', '/api/v1/status', statusSchema, { signal })
  const contact = new Contact(
    rest, server.settings, createInterpreter({ sourceId: SOURCE_ID, junk: () => undefined }), ports,
    { link: () => undefined, observe: () => undefined, junk: () => undefined }, { lastSeenAt: () => null, activeJob: () => null }, signal,
  )
  return {
    ...testResult('ok', `${identity.what} answers on ${rest.host}.`),
    version: identity.version,
    sources: [{ sourceId: SOURCE_ID, name: identity.name ?? new URL(rest.base).hostname }],
    camera: await cameraCheck(ports.clock, signal, (stop) => snapshot(contact, null, stop)),
  }
}

/** Even its version is told only to whoever logs in, so what can be seen is how it asks for that. @throws ServerError when nothing answers */
async function withoutCredentials(rest: PrusaLinkRest, signal: AbortSignal): Promise<TestResult> {
  const answer = await rest.call('GET', '/api/version', { signal, anonymous: true })
  const asked = answer.headers['www-authenticate'] ?? ''
  if (answer.status === 401 && /\b(digest|apikey)\b/i.test(asked)) return testResult('key_missing', `PrusaLink answers on ${rest.host}. It only needs the API key or the password: the printer shows it under Settings, Network, PrusaLink.`)
  return await stranger(rest, signal)
}

async function stranger(rest: PrusaLinkRest, signal: AbortSignal): Promise<TestResult> {
  const { setupUnfinished, detail } = await lookAround(rest, signal)
  return testResult(setupUnfinished ? 'setup_unfinished' : 'not_this_server', detail)
}

async function explain(error: ServerError, rest: PrusaLinkRest, ports: AdapterPorts, signal: AbortSignal): Promise<TestResult> {
  const { cause_: cause, status } = error
  if (cause === 'key_invalid') {
    const { setupUnfinished, detail } = await lookAround(rest, signal)
    return setupUnfinished ? testResult('setup_unfinished', detail) : testResult('key_invalid', error.message)
  }
  // Somebody else's page: what it is helps more than that it is none.
  if ((cause === 'not_this_server' && status !== null) || cause === 'wrong_prefix') {
    const there = await lookAround(rest, signal)
    if (there.setupUnfinished || status === 200) return testResult(there.setupUnfinished ? 'setup_unfinished' : 'not_this_server', there.detail)
  }
  return await explainTest(error, { rest, signal, clock: ports.clock, usualPorts: 'PrusaLink usually has 80 or 8080' })
}
