import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import tls from 'node:tls'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Verdict } from '../../electron/engine/channels/channel.ts'
import { ask } from '../../electron/engine/channels/kit/http.ts'
import { verdictOfStatus } from '../../electron/engine/channels/kit/answers.ts'
import type { DestinationNetwork } from '../../electron/engine/settings/schema.ts'
import { systemNet, type SystemNetParts } from '../../electron/engine/system-net.ts'
import { until } from '../support/adapter-kit.ts'
import { standingClock } from '../support/channel-kit.ts'
import { startFarSide, type FarSide } from '../support/far-side.ts'
import { startProxySide, type ProxyReceipt, type ProxySide } from '../support/proxy-side.ts'

const NAMES = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'all_proxy', 'no_proxy'] as const
const before = Object.fromEntries(NAMES.map((name) => [name, process.env[name]]))

let proxy: ProxySide
let far: FarSide
let folder: string
let caFile: string

beforeAll(async () => {
  proxy = await startProxySide()
  far = await startFarSide()
  folder = mkdtempSync(join(tmpdir(), 'printbell-network-'))
  caFile = join(folder, 'authority.pem')
  writeFileSync(caFile, `Some words before it.\n${proxy.ca}\n`)
})
afterAll(async () => {
  await Promise.all([proxy.close(), far.close()])
  rmSync(folder, { recursive: true })
})
beforeEach(async () => {
  for (const name of NAMES) Reflect.deleteProperty(process.env, name)
  await proxy.play('ok')
  await far.play({ path: '/', status: 204 })
})
afterEach(() => {
  for (const name of NAMES) {
    if (before[name] === undefined) Reflect.deleteProperty(process.env, name)
    else process.env[name] = before[name]
  }
})

const HOOK = 'https://hook.example.com/a'

async function post(url: string, network: DestinationNetwork, { parts, signal, timeoutMs = 5_000 }: { parts?: SystemNetParts; signal?: AbortSignal; timeoutMs?: number } = {}): Promise<Verdict> {
  const net = systemNet(parts)
  const way = await net.through?.(network)
  const asking = await ask({ clock: standingClock, net: { ...net, ...way } }, {
    method: 'POST', url, data: Buffer.from('{"a":1}'), headers: { 'Content-Type': 'application/json', 'Authorization': 'Bearer canary-7f3a91' }, timeoutMs, signals: signal === undefined ? [] : [signal],
  })
  return asking.answer === null ? asking.verdict : verdictOfStatus(asking.answer.status, undefined, 0)
}

const short = (receipts: ProxyReceipt[]): string[] => receipts.map(({ through, method, target }) => `${through} ${method} ${target}`)
const throughProxy = (): DestinationNetwork => ({ proxy: `http://${proxy.address}`, ca: caFile })
const why = (verdict: Verdict): string => (verdict.result === 'delivered' ? verdict.detail : verdict.why)

describe('a proxy that the destination names', () => {
  test('carries https in a tunnel: the proxy learns name and port, and neither path nor token', async () => {
    expect(await post(HOOK, throughProxy())).toMatchObject({ result: 'delivered' })
    const receipts = await proxy.receipts()
    expect(short(receipts)).toEqual(['connect CONNECT hook.example.com:443', 'tunnel POST /a'])
    expect(receipts[0]).toMatchObject({ authorization: null, proxyAuthorization: null })
    expect(receipts[1]).toMatchObject({ host: 'hook.example.com', authorization: 'Bearer canary-7f3a91', body: '{"a":1}' })
  })

  test('carries http as a whole address', async () => {
    expect(await post('http://hook.example.com:8080/b?c=1', throughProxy())).toMatchObject({ result: 'delivered' })
    expect(short(await proxy.receipts())).toEqual(['plain POST http://hook.example.com:8080/b?c=1'])
    expect((await proxy.receipts())[0]).toMatchObject({ authorization: 'Bearer canary-7f3a91', body: '{"a":1}' })
  })

  test('is used for this computer too, because somebody said so', async () => {
    await post(`http://127.0.0.1:${proxy.farPort}/c`, throughProxy())
    expect(short(await proxy.receipts())).toEqual([`plain POST http://127.0.0.1:${proxy.farPort}/c`])
  })

  test('wins over what the environment says', async () => {
    process.env.HTTPS_PROXY = 'http://127.0.0.1:9'
    process.env.NO_PROXY = '*'
    expect(await post(HOOK, throughProxy())).toMatchObject({ result: 'delivered' })
  })

  test.each<['login' | 'refuse' | 'gone' | 'reset', string, string]>([
    ['login', 'rejected', 'A proxy wants a login (407). Check the proxy settings of this computer.'],
    ['refuse', 'retry', 'The proxy does not let this through. Check the proxy settings of the destination and of this computer.'],
    // A proxy's 410 is no word of the far side: nothing may end for good because of it.
    ['gone', 'retry', 'The proxy does not let this through. Check the proxy settings of the destination and of this computer.'],
    ['reset', 'retry', 'The proxy does not answer. Check the proxy settings of the destination and of this computer.'],
  ])('that plays "%s" is named', async (how, result, text) => {
    await proxy.play(how)
    const verdict = await post(HOOK, throughProxy())
    expect([verdict.result, why(verdict)]).toEqual([result, text])
    expect((await proxy.receipts()).map(({ through }) => through)).toEqual(['connect'])
  })

  test.each(['https://hook.example.com/a', 'http://hook.example.com/a'])('that is not there is named, for %s', async (url) => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    server.close()
    await once(server, 'close')
    const verdict = await post(url, { proxy: `http://127.0.0.1:${port}` })
    expect([verdict.result, why(verdict)]).toEqual(['retry', 'The proxy does not answer. Check the proxy settings of the destination and of this computer.'])
  })

  test('that hangs is left at the deadline, and its connection is not kept', async () => {
    await proxy.play('hang')
    const verdict = await post(HOOK, throughProxy(), { timeoutMs: 300 })
    expect([verdict.result, why(verdict)]).toEqual(['retry', 'The server does not answer (timeout).'])
    await until('no connection is open', async () => (await proxy.open()) === 0)
  })
})

describe('the system\'s proxy', () => {
  const bySystem: DestinationNetwork = { proxy: 'system' }

  test('is what the environment names', async () => {
    process.env.HTTPS_PROXY = `http://${proxy.address}`
    expect(await post(HOOK, { proxy: 'system', ca: caFile })).toMatchObject({ result: 'delivered' })
    expect(short(await proxy.receipts())).toEqual(['connect CONNECT hook.example.com:443', 'tunnel POST /a'])
    process.env.HTTP_PROXY = `http://${proxy.address}`
    await proxy.play('ok')
    expect(await post('http://hook.example.com/d', bySystem)).toMatchObject({ result: 'delivered' })
    expect(short(await proxy.receipts())).toEqual(['plain POST http://hook.example.com/d'])
  })

  test('may have a login there, which goes to the proxy and to nobody else', async () => {
    process.env.HTTPS_PROXY = `http://printbell:pa%24s-word-1@${proxy.address}`
    expect(await post(HOOK, { proxy: 'system', ca: caFile })).toMatchObject({ result: 'delivered' })
    const [asked, came] = await proxy.receipts()
    expect(asked?.proxyAuthorization).toBe(`Basic ${Buffer.from('printbell:pa$s-word-1').toString('base64')}`)
    expect(came?.proxyAuthorization).toBeNull()
  })

  test('is left out where NO_PROXY says so', async () => {
    process.env.HTTPS_PROXY = `http://${proxy.address}`
    process.env.NO_PROXY = 'other.org, .example.com'
    expect((await post(HOOK, bySystem)).result).toBe('retry')
    expect(await proxy.receipts()).toEqual([])
  })

  test.each(['127.0.0.1', 'localhost'])('is never asked for %s: this computer needs no proxy to reach itself', async (host) => {
    process.env.HTTP_PROXY = `http://${proxy.address}`
    process.env.ALL_PROXY = `http://${proxy.address}`
    expect(await post(far.base.replace('127.0.0.1', host), bySystem)).toMatchObject({ result: 'delivered' })
    expect(await proxy.receipts()).toEqual([])
    expect(await far.receipts()).toHaveLength(1)
  })

  test.each(['http://octopi.local/', 'http://192.168.1.9/', 'http://nas/', 'http://[fd00::1]/'])('is not even looked up for %s', async (url) => {
    const asked: string[] = []
    const stop = new AbortController()
    stop.abort()
    await post(url, bySystem, { parts: { proxyFor: async (one) => { asked.push(one); return null } }, signal: stop.signal })
    expect(asked).toEqual([])
  })

  test('comes from the desktop where there is one, for each address anew', async () => {
    const asked: string[] = []
    const parts: SystemNetParts = { proxyFor: async (url) => { asked.push(url); return `http://${proxy.address}` } }
    expect(await post(`${HOOK}?x=1`, { proxy: 'system', ca: caFile }, { parts })).toMatchObject({ result: 'delivered' })
    expect(asked).toEqual(['https://hook.example.com/a?x=1'])
    expect(short(await proxy.receipts())).toEqual(['connect CONNECT hook.example.com:443', 'tunnel POST /a?x=1'])
  })

  test('that is still being looked for holds up nothing longer than the request may take', async () => {
    const verdict = await post(HOOK, bySystem, { parts: { proxyFor: () => new Promise(() => undefined) }, timeoutMs: 200 })
    expect([verdict.result, why(verdict)]).toEqual(['retry', 'The server does not answer (timeout).'])
  })

  test('of a kind that is not spoken is named, and not gone around', async () => {
    process.env.HTTPS_PROXY = 'socks5://127.0.0.1:1080'
    const verdict = await post(HOOK, bySystem)
    expect([verdict.result, why(verdict)]).toEqual(['retry', 'The proxy of this computer is none of HTTP. Name another one in the destination, or none.'])
  })

  test('is not used at all by a destination that wants none', async () => {
    process.env.HTTP_PROXY = `http://${proxy.address}`
    process.env.HTTPS_PROXY = `http://${proxy.address}`
    expect((await post(HOOK, { proxy: 'none' })).result).toBe('retry')
    expect(await proxy.receipts()).toEqual([])
  })
})

describe('a certificate authority of one\'s own', () => {
  const direct = (): string => `https://localhost:${proxy.farPort}/e`

  test('is trusted by the destination that names it, and by no other', async () => {
    expect(await post(direct(), { proxy: 'none', ca: caFile })).toMatchObject({ result: 'delivered' })
    expect(short(await proxy.receipts())).toEqual(['tunnel POST /e'])
    const verdict = await post(direct(), { proxy: 'none' })
    expect([verdict.result, why(verdict)]).toEqual(['retry', "The server's certificate comes from an unknown issuer (TLS)."])
    expect(await proxy.receipts()).toHaveLength(1)
  })

  test('does not make a certificate for another name any better', async () => {
    const verdict = await post(`https://ip6-localhost:${proxy.farPort}/e`, { proxy: `http://${proxy.address}`, ca: caFile })
    expect([verdict.result, why(verdict)]).toEqual(['retry', "The server's certificate is for another name (TLS)."])
    expect((await proxy.receipts()).map(({ through }) => through)).toEqual(['connect'])
  })

  test('stands beside those of the system, for mail and brokers too', async () => {
    const { tls: trusted } = (await systemNet().through?.({ proxy: 'system', ca: caFile })) ?? {}
    const list = trusted?.ca ?? []
    expect(list).toContain(proxy.ca.trim())
    expect(list).toEqual(expect.arrayContaining([tls.rootCertificates[0]]))
    expect(list.length).toBeGreaterThan(50)
    expect(await systemNet().through?.({ proxy: 'system' })).not.toHaveProperty('tls')
  })

  test.each<[string, string | null, string]>([
    ['is not there', null, 'The file of its certificate authority does not exist. Name a PEM file with the authority\'s certificate.'],
    ['is empty', '', 'The file of its certificate authority holds no certificate that can be read. Name a PEM file with the authority\'s certificate.'],
    ['is no certificate', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n', 'The file of its certificate authority holds no certificate that can be read. Name a PEM file with the authority\'s certificate.'],
    ['is something large', 'x'.repeat(1_000_001), 'The file of its certificate authority is too large to be one. Name a PEM file with the authority\'s certificate.'],
  ])('whose file %s can not be used, and the cause is told', async (_what, content, message) => {
    const file = join(folder, 'other.pem')
    rmSync(file, { force: true })
    if (content !== null) writeFileSync(file, content)
    await expect(systemNet().through?.({ proxy: 'system', ca: file })).rejects.toThrow(message)
  })

  test('whose file is a folder can not be used', async () => {
    await expect(systemNet().through?.({ proxy: 'system', ca: folder })).rejects.toThrow("The file of its certificate authority can't be read (EISDIR).")
  })
})
