/** Drives proxy-side.mjs: a proxy with a TLS server behind it, whose certificate an authority of its own signed. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { generate } from 'selfsigned'

export interface ProxyReceipt {
  /** 'connect': asked for a tunnel; 'plain': asked to make the request; 'tunnel': what came out of a tunnel at the far side. */
  through: 'connect' | 'plain' | 'tunnel'
  method: string
  target: string
  host: string
  authorization: string | null
  proxyAuthorization: string | null
  body: string
}

export interface ProxySide {
  /** host:port of the proxy. */
  address: string
  /** Of the far side behind it, which has a certificate for hook.example.com, localhost and 127.0.0.1. */
  farPort: number
  /** PEM of the authority that signed it. */
  ca: string
  play(how: 'ok' | 'login' | 'refuse' | 'gone' | 'hang' | 'reset'): Promise<void>
  receipts(): Promise<ProxyReceipt[]>
  /** Connections that the proxy holds open. */
  open(): Promise<number>
  close(): Promise<void>
}

const VALID = { keySize: 2048, algorithm: 'sha256', notBeforeDate: new Date('2020-01-01'), notAfterDate: new Date('2100-01-01') }

/** @throws Error when it does not start */
export async function startProxySide(): Promise<ProxySide> {
  const authority = await generate([{ name: 'commonName', value: 'Workshop authority' }], {
    ...VALID, extensions: [{ name: 'basicConstraints', cA: true, critical: true }, { name: 'keyUsage', keyCertSign: true, cRLSign: true }],
  })
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'hook.example.com' }], {
    ...VALID, ca: { key: authority.private, cert: authority.cert },
    extensions: [{ name: 'basicConstraints', cA: false }, { name: 'subjectAltName', altNames: [{ type: 2, value: 'hook.example.com' }, { type: 2, value: 'localhost' }, { type: 7, ip: '127.0.0.1' }] }],
  })
  const child = fork(new URL('proxy-side.mjs', import.meta.url), [JSON.stringify({ key, cert })], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], execArgv: [] })
  const [{ port, farPort }] = (await once(child, 'message')) as [{ port: number; farPort: number }]
  let next = 0
  async function say(what: object): Promise<{ receipts?: ProxyReceipt[]; open: number }> {
    const id = next++
    child.send({ id, ...what })
    for (;;) {
      const [answer] = (await once(child, 'message')) as [{ id: number; receipts?: ProxyReceipt[]; open: number }]
      if (answer.id === id) return answer
    }
  }
  return {
    address: `127.0.0.1:${port}`, farPort, ca: authority.cert,
    play: async (how) => void (await say({ play: how })),
    receipts: async () => (await say({ ask: true })).receipts ?? [],
    open: async () => (await say({})).open,
    async close() {
      const gone = once(child, 'exit')
      child.disconnect()
      await gone
    },
  }
}
