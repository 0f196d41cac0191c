/** Whether a request may have reached its server. Without it nobody knows if a request that got no answer can be sent again safely. */
import * as http from 'node:http'
import * as https from 'node:https'
import type { AxiosInstance, AxiosRequestConfig } from 'axios'
import type { Net } from '../../ports.ts'

export interface Watched {
  net: Net
  /** True once the connection stood (after TLS, where there is one): from then on the server may have read and acted. */
  reached(): boolean
}

/** A network for one request, over the one that is given: its proxies and certificates stay. */
export function watched(net: Net): Watched {
  let stood = false
  const transport = {
    request(options: https.RequestOptions, respond: (response: http.IncomingMessage) => void): http.ClientRequest {
      const request = (options.protocol === 'https:' ? https : http).request(options, respond)
      request.once('socket', (socket) => {
        const stands = (): void => {
          stood = true
        }
        // A connection that is used again, or comes out of a proxy's tunnel, stands already.
        if (socket.connecting) socket.once('encrypted' in socket ? 'secureConnect' : 'connect', stands)
        else stands()
      })
      return request
    },
  }
  const http1: AxiosInstance = Object.assign(Object.create(net.http) as AxiosInstance, {
    request: (config: AxiosRequestConfig): Promise<unknown> => net.http.request({ ...config, transport }),
  })
  return { net: { ...net, http: http1 }, reached: () => stood }
}
