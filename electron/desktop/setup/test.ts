/** The connection test: of one kind, or of all kinds until one answers as itself. */
import type { TestResultView } from '../../bridge/views/setup.ts'
import type { PrinterAdapter, TestCause, TestResult } from '../../engine/printers/adapter.ts'
import { adapterFor, type SetupParts } from './parts.ts'
import { readAddress } from './address.ts'
import { canPair } from './discovery.ts'
import { storedSecrets } from './known.ts'
import { problemSentence, readDraft, typedUrl, type Draft } from './draft.ts'

/** ms one try of one address may take as a whole. */
const TEST_MS = 30_000

/** From the most to the least telling. What only this kind of server can say comes first. */
const ITSELF: readonly TestCause[] = ['ok', 'key_missing', 'key_invalid', 'permission_missing', 'too_old', 'setup_unfinished', 'booting']
const TELLING: readonly TestCause[] = [
  ...ITSELF, 'wrong_prefix', 'proxy_auth', 'tls_pin_mismatch', 'tls_self_signed', 'tls_name', 'tls_expired', 'tls_untrusted', 'tls_not_tls',
  'bad_address', 'not_this_server', 'server_error', 'timeout', 'refused', 'unreachable', 'name_not_found',
]

interface Outcome {
  adapter: PrinterAdapter
  url: string
  result: TestResult
}

export interface Tester {
  test(draft: Draft): Promise<TestResultView>
  /** Ends the tests that run. */
  close(): void
}

/** Tests what a person typed. The texts are the adapter's own; only an address that is none is answered here. */
export function createTester({ adapters, ports, settings, secrets }: Pick<SetupParts, 'adapters' | 'ports' | 'settings' | 'secrets'>): Tester {
  /** Each test that runs. */
  const running = new Set<AbortController>()
  let closed = false

  async function once(draft: Draft, adapter: PrinterAdapter, url: string): Promise<Outcome> {
    const read = readDraft(draft, adapter, url, await storedSecrets(draft.serverId, url, { settings: settings.engine(), adapters, secrets }))
    if (!read.ok) return { adapter, url, result: failed('bad_address', read.problems.map(problemSentence).join(' ')) }
    const abort = new AbortController()
    const cancel = ports.clock.after(TEST_MS, () => abort.abort())
    running.add(abort)
    if (closed) abort.abort()
    try {
      return { adapter, url, result: await adapter.test(read.draft.config, ports, abort.signal) }
    } catch (error) {
      ports.log.error('a connection test broke', { kind: adapter.kind, error })
      return { adapter, url, result: failed('server_error', `${adapter.displayName} could not be tested because of an error in Printbell. Its log says more.`) }
    } finally {
      cancel()
      running.delete(abort)
    }
  }

  return {
    async test(draft) {
      const address = readAddress(typedUrl(draft))
      const given = draft.kind === null ? null : adapterFor(draft.kind, adapters)
      if (!address.ok) return view(given, null, failed('bad_address', address.detail))
      const tried = given === null ? [...adapters.values()] : [given]
      let best: Outcome | null = null
      for (const { url, after } of address.attempts) {
        if (best !== null && !after.includes(best.result.cause)) continue
        for (const outcome of await Promise.all(tried.map((adapter) => once(draft, adapter, url)))) {
          if (best === null || rank(outcome) < rank(best)) best = outcome
        }
      }
      if (best === null) throw new Error('there is no kind of printer server to test with')
      const shown = given ?? (ITSELF.includes(best.result.cause) ? best.adapter : null)
      return view(shown, best.url, best.result)
    },
    close() {
      closed = true
      for (const abort of running) abort.abort()
    },
  }
}

function rank({ result }: Outcome): number {
  return TELLING.indexOf(result.cause)
}

function view(adapter: PrinterAdapter | null, url: string | null, { cause, detail, version, fingerprint, sources, camera }: TestResult): TestResultView {
  return { kind: adapter?.kind ?? null, kindName: adapter?.displayName ?? null, ok: cause === 'ok', cause, detail, version, fingerprint, sources, camera, url, canPair: adapter !== null && canPair(adapter) }
}

function failed(cause: TestCause, detail: string): TestResult {
  return { cause, detail, version: null, permissions: null, fingerprint: null, sources: [], camera: null }
}
