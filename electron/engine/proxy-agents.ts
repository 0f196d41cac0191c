/**
 * Agents for one request by the way a destination wants: through a proxy, or trusting one more authority. Made anew for each request and
 * kept by nobody: messages are few, and an idle connection through a proxy is often dead without saying so.
 */
import type http from 'node:http'
import https from 'node:https'
import type tls from 'node:tls'
import { HttpProxyAgent } from 'http-proxy-agent'
import { HttpsProxyAgent } from 'https-proxy-agent'
import { Secret } from './settings/secret.ts'

export interface Way {
  /** Address of the proxy; null = none. */
  proxy: string | null
  /** What is trusted besides what the system trusts; null = nothing. */
  trust: tls.SecureContext | null
  /** Ends a proxy that keeps us waiting, together with the request. */
  signal?: AbortSignal | undefined
}

/** What came between us and the proxy. The code is what `channels/kit/answers.ts` tells people by. */
export class ProxyError extends Error {
  override readonly name = 'ProxyError'
  constructor(readonly code: 'EPROXYDOWN' | 'EPROXYREFUSED' | 'EPROXYKIND', options?: ErrorOptions) {
    super('the proxy let nothing through', options)
  }
}

/** Null = as Node does by itself. @throws ProxyError for a proxy that is none of HTTP's */
export function agentFor(url: string, { proxy, trust, signal }: Way): http.Agent | null {
  const secure = url.startsWith('https:')
  if (proxy === null) return trust !== null && secure ? new https.Agent({ keepAlive: false, secureContext: trust }) : null
  const address = proxyAddress(proxy)
  const options = { ...(signal === undefined ? {} : { signal }), ...(trust === null ? {} : { secureContext: trust }) }
  return secure ? new Tunnel(address, options) : new Relay(address, options)
}

function proxyAddress(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) throw new ProxyError('EPROXYKIND')
  // From the environment it may come with a login: known as a secret from here on, so that no text shows it.
  if (url.password !== '') Secret.passing(decodeURIComponent(url.password))
  return url
}

type Connect = Parameters<HttpsProxyAgent<string>['connect']>
type ProxyOptions = { signal?: AbortSignal; secureContext?: tls.SecureContext }
/** Seen of a proxy's answer to CONNECT: anything but 200 is no answer of the far side, and must not be taken for one. */
const THROUGH = 200
/** Its login is missing: that is told by the status itself, as for a proxy of plain HTTP. */
const WANTS_LOGIN = 407

/** For https: a tunnel (CONNECT), inside of which we speak TLS with the far side itself. */
class Tunnel extends HttpsProxyAgent<string> {
  readonly #trust: tls.SecureContext | undefined
  constructor(proxy: URL, options: ProxyOptions) {
    super(proxy, options)
    this.#trust = options.secureContext
  }

  override async connect(request: Connect[0], options: Connect[1]): Promise<Awaited<ReturnType<HttpsProxyAgent<string>['connect']>>> {
    let status = THROUGH
    request.once('proxyConnect', (answer: { statusCode: number }) => {
      status = answer.statusCode
    })
    // The library gives only what it knows of the options on to TLS.
    const trusting = this.#trust === undefined ? options : { ...options, secureContext: this.#trust }
    const socket = await super.connect(request, trusting).catch(proxyIsDown)
    if (status === THROUGH || status === WANTS_LOGIN) return socket
    socket.destroy()
    throw new ProxyError('EPROXYREFUSED')
  }
}

/** For http: the proxy gets the whole request and makes it for us. */
class Relay extends HttpProxyAgent<string> {
  override async connect(...given: Parameters<HttpProxyAgent<string>['connect']>): ReturnType<HttpProxyAgent<string>['connect']> {
    return await super.connect(...given).catch(proxyIsDown)
  }
}

function proxyIsDown(cause: unknown): never {
  throw new ProxyError('EPROXYDOWN', { cause })
}
