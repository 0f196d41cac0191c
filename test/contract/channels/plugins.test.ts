import { chmod, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Channel, Verdict } from '../../../electron/engine/channels/channel.ts'
import type { PluginPorts } from '../../../electron/engine/channels/plugins/index.ts'
import { CANARY, eventOf, JPEG, PICTURE, sendingOf } from '../../support/channel-kit.ts'
import { startFarSide, type FarSide } from '../../support/far-side.ts'
import { allowAll, make, onlyKind, openOf, sending, sendWith, telling } from '../../support/plugin-folder.ts'

const LINUX = process.platform === 'linux'
/** Whether this Node can keep a plugin to its own files. */
const GUARDED = process.allowedNodeEnvironmentFlags.has('--permission') || process.allowedNodeEnvironmentFlags.has('--experimental-permission')

describe('a plugin that behaves', () => {
  test('delivers, and is given the message, the config, the secrets, the picture and the key', async () => {
    const made = await make(`
      export const validateConfig = (config) => ({ ok: true, config: { ...config, room: config.room.toUpperCase() } })
      export const sendPrinterNotification = ({ message, config, secrets, picture, deliveryKey, attempt, signal }) =>
        ({ result: 'delivered', detail: [message.title, config.room, secrets.key.length, picture.jpeg.length, picture.width, String(picture.file), deliveryKey, attempt, signal.aborted].join(' | ') })`,
    { configSchema: { type: 'object', properties: { room: { type: 'string', title: 'Room' } }, required: ['room'] }, secretFields: { key: { label: 'Key', required: true } }, capabilities: { image: 'upload' } })
    const plugins = await made.load()
    allowAll(plugins)
    const { channel } = openOf(plugins, { room: 'attic' }, { key: 'abcdefgh' })
    const sent = { ...sendingOf(undefined, { picture: PICTURE, attempt: 3 }), deliveryKey: 'a.dest' }
    expect(await channel.sendPrinterNotification(sent)).toEqual({ result: 'delivered', detail: `${sent.message.title} | ATTIC | 8 | 5006 | 1280 | undefined | a.dest | 3 | false` })
  })

  test('keeps its process from one message to the next, and loses it when idle', async () => {
    const { verdict, channel, made } = await sendWith(`let times = 0\n${sending(`times += 1; return { result: 'delivered', detail: String(times) }`)}`, { idleMs: 300 })
    expect(verdict).toEqual({ result: 'delivered', detail: '1' })
    expect(await channel.sendPrinterNotification(sendingOf())).toEqual({ result: 'delivered', detail: '2' })
    await expect.poll(() => readdir(made.temp), { timeout: 10_000 }).toEqual([])
    expect(await channel.sendPrinterNotification(sendingOf())).toEqual({ result: 'delivered', detail: '1' })
  })

  test('has no environment, stands in an empty folder, and gets no more than what it is given', async () => {
    const { verdict } = await sendWith(telling('[Object.keys(process.env).length, process.argv.length, process.cwd().split("/").at(-1)]'))
    expect(verdict).toEqual({ result: 'delivered', detail: '0,2,empty' })
  })

  test.runIf(GUARDED)(`reads no file but its own, writes none, and starts no program${GUARDED ? '' : ' (skipped: this Node has no permission model)'}`, async () => {
    const tried = (code: string): string => `await (async () => { try { ${code}; return 'done' } catch (error) { return error.code } })()`
    const { verdict } = await sendWith(`import { readFileSync, writeFileSync } from 'node:fs'\nimport { execFileSync } from 'node:child_process'\n${telling(`[
      ${tried(`readFileSync(${JSON.stringify(fileURLToPath(import.meta.url))})`)}, ${tried(`readFileSync(new URL('channel.json', import.meta.url))`)},
      ${tried(`writeFileSync(new URL('channel.mjs', import.meta.url), '')`)}, ${tried(`execFileSync('node', ['-v'])`)}]`)}`)
    expect(verdict).toEqual({ result: 'delivered', detail: 'ERR_ACCESS_DENIED,done,ERR_ACCESS_DENIED,ERR_ACCESS_DENIED' })
  })

  test('may import other files of its folder', async () => {
    const made = await make(`import { word } from './lib/words.mjs'\n${telling('word')}`)
    await mkdir(join(made.plugin, 'lib'))
    await writeFile(join(made.plugin, 'lib', 'words.mjs'), `export const word = 'ding'`)
    const plugins = await made.load()
    allowAll(plugins)
    expect(plugins.pluginStates()[0]?.files.map(({ path }) => path)).toEqual(['channel.json', 'channel.mjs', 'lib/words.mjs'])
    expect(await openOf(plugins).channel.sendPrinterNotification(sendingOf())).toEqual({ result: 'delivered', detail: 'ding' })
  })

  test('has its failure alerts and tests sent by the duty of that name, or by the usual one', async () => {
    const made = await make(`
      export const sendPrinterNotification = () => ({ result: 'delivered', detail: 'usual' })
      export const sendFailureAlert = () => ({ result: 'delivered', detail: 'alert' })`)
    const plugins = await made.load()
    allowAll(plugins)
    const { channel } = openOf(plugins)
    expect(await channel.sendFailureAlert(sendingOf(eventOf('failure.detected')))).toEqual({ result: 'delivered', detail: 'alert' })
    expect(await channel.sendTestMessage(sendingOf(eventOf('app.test')))).toEqual({ result: 'delivered', detail: 'usual' })
  })
})

describe('a plugin that misbehaves', () => {
  test.each<[string, string, Verdict, Partial<PluginPorts>?]>([
    ['throws', sending(`throw new Error('no line')`), { result: 'retry', after: null, why: 'The plugin broke: Error: no line' }],
    ['fails to connect', sending(`await fetch('http://127.0.0.1:65535/')`), { result: 'retry', after: null, why: 'The plugin broke: TypeError: fetch failed (ECONNREFUSED)' }],
    ['throws when it is loaded', `throw new TypeError('odd')`, { result: 'rejected', scope: 'destination', why: "The plugin can't be loaded: TypeError: odd" }],
    ['exports nothing', 'export const nothing = 1', { result: 'rejected', scope: 'destination', why: "The plugin can't be loaded: Error: channel.mjs exports no function sendPrinterNotification" }],
    ['hangs', sending('await new Promise(() => setInterval(() => 0, 1000))'), { result: 'retry', after: null, why: 'The plugin gave no answer within 1.5 s, so its process was ended.' }, { limitMs: 1_500 }],
    ['turns in a circle', sending('for (;;);'), { result: 'retry', after: null, why: 'The plugin gave no answer within 1.5 s, so its process was ended.' }, { limitMs: 1_500 }],
    ['hangs when it is loaded', 'await new Promise(() => setInterval(() => 0, 1000))', { result: 'retry', after: null, why: 'The plugin gave no answer within 1.5 s, so its process was ended.' }, { limitMs: 1_500 }],
    ['ignores the signal to end', `process.on('SIGTERM', () => 0)\n${sending('for (;;);')}`, { result: 'retry', after: null, why: 'The plugin gave no answer within 1.5 s, so its process was ended.' }, { limitMs: 1_500 }],
    ['exits', sending('process.exit(3)'), { result: 'retry', after: null, why: "The plugin's process ended by itself (status 3)." }],
    ['takes memory without end', sending('const all = []; for (;;) all.push(new Array(1e5).fill(all.length))'), { result: 'retry', after: null, why: 'The plugin took more memory than it may, so its process was ended.' }],
    ['answers nothing', sending(''), { result: 'rejected', scope: 'destination', why: "The plugin's answer is no verdict (the answer: Invalid input: expected object, received undefined). It has to be mended." }],
    ['says too much of itself', `export const prerequisites = () => 'none'\n${telling('1')}`, { result: 'rejected', scope: 'destination', why: "What the plugin says of itself can't be understood (prerequisites: Invalid input: expected array, received string)." }],
    ['refuses its settings', `export const validateConfig = () => ({ ok: false, errors: [{ field: 'room', message: 'No such room.' }] })\n${telling('1')}`, { result: 'rejected', scope: 'destination', why: 'The plugin refuses its settings. room: No such room.' }],
    ['lacks something', `export const prerequisites = () => [{ name: 'a bell', help: 'Hang one up.', met: false }]\n${telling('1')}`, { result: 'rejected', scope: 'destination', why: 'The plugin needs a bell: Hang one up.' }],
    ['does not carry this event', `export const supportedFeatures = () => ['job.failed']\n${telling('1')}`, { result: 'rejected', scope: 'message', why: 'The plugin does not carry job.done.' }],
    ['floods the log', sending(`for (;;) { process.stderr.write('x'.repeat(1e5)); await new Promise(setImmediate) }`), { result: 'retry', after: null, why: 'The plugin wrote more than it may, so its process was ended.' }],
  ])('that %s gets a verdict in words', async (_what, code, expected, over = {}) => {
    const { verdict } = await sendWith(code, over)
    expect(verdict).toEqual(expected)
  })

  test('is put down when it floods what its answers come by, and the next message gets a new process', async () => {
    const flood = (bytes: string): string => `import net from 'node:net'\n${sending(`const out = new net.Socket({ fd: 1 }); for (;;) { out.write(${bytes}); await new Promise(setImmediate) }`)}`
    for (const bytes of [`'x'.repeat(1e5)`, `'{"id":99}\\n'.repeat(100)`, `'junk\\n'`]) {
      const { verdict, made } = await sendWith(flood(bytes))
      expect(verdict).toEqual({ result: 'retry', after: null, why: 'The plugin wrote more than it may, so its process was ended.' })
      await expect.poll(() => readdir(made.temp), { timeout: 10_000 }).toEqual([])
    }
  })

  test.runIf(LINUX)(`is put down for what it holds outside of the heap${LINUX ? '' : ' (skipped: only Linux tells what a process holds)'}`, async () => {
    const { verdict } = await sendWith(sending(`const all = []; for (;;) { all.push(Buffer.alloc(1e7, 1)); await new Promise((done) => setTimeout(done, 10)) }`))
    expect(verdict).toEqual({ result: 'retry', after: null, why: 'The plugin took more memory than it may, so its process was ended.' })
  })

  test('does not hold up another one', async () => {
    const slow = await make(sending('for (;;);'))
    const quick = await make(telling('1'))
    const [slowly, quickly] = [await slow.load({ limitMs: 5_000 }), await quick.load()]
    allowAll(slowly)
    allowAll(quickly)
    const order: string[] = []
    await Promise.all([
      openOf(slowly).channel.sendPrinterNotification(sendingOf()).then(({ result }) => order.push(`slow ${result}`)),
      openOf(quickly).channel.sendPrinterNotification(sendingOf()).then(({ result }) => order.push(`quick ${result}`)),
    ])
    expect(order).toEqual(['quick delivered', 'slow retry'])
  })

  test('is left at once when the engine ends the try, and closes within a second', async () => {
    const made = await make(sending('for (;;);'))
    const plugins = await made.load()
    allowAll(plugins)
    const { channel } = openOf(plugins)
    const stop = new AbortController()
    const verdict = channel.sendPrinterNotification(sendingOf(undefined, { signal: stop.signal }))
    await expect.poll(() => readdir(made.temp)).toHaveLength(1)
    stop.abort()
    expect(await verdict).toEqual({ result: 'retry', after: null, why: 'Ended before an answer came.' })
    const again = channel.sendPrinterNotification(sendingOf())
    await expect.poll(async () => (await readdir(made.temp)).length).toBeGreaterThan(0)
    const began = performance.now()
    await channel.close()
    expect(performance.now() - began).toBeLessThan(1_000)
    expect((await again).result).toBe('retry')
    expect(await readdir(made.temp)).toEqual([])
  })

  test('says nothing secret: neither in a verdict nor in the log', async () => {
    const code = `console.log('key', 'canary' + '-7f3a91')\n${sending(`console.error(context.secrets.key); throw new Error('http://user@10.0.0.5/x ' + context.secrets.key + ' connect ECONNREFUSED 10.0.0.5:8080 \\u001b[2J' + 'long '.repeat(200))`)}`
    const { verdict, log } = await sendWith(code, {}, { key: CANARY })
    await expect.poll(() => log.lines.map(({ message, fields }) => [message, fields.text])).toEqual([['a plugin says', 'key [secret]'], ['a plugin says', '[secret]']])
    const told = JSON.stringify([verdict, log.lines])
    expect(told).not.toContain(CANARY)
    expect(told).not.toContain('10.0.0.5')
    expect(told).not.toContain('\\u001b')
    expect(verdict.result === 'retry' && verdict.why.length).toBeLessThanOrEqual(330)
  })
})

describe('the form', () => {
  test('follows configSchema, with errors in words', async () => {
    const made = await make(telling('1'), { configSchema: { type: 'object', required: ['room'], properties: {
      room: { type: 'string', title: 'Room', maxLength: 5 }, address: { type: 'string', format: 'uri', default: 'http://bell.local' }, times: { type: 'integer', title: 'Times', minimum: 1, maximum: 9, default: 2 },
      tone: { type: 'string', title: 'Tone', enum: ['high', 'low'], default: 'high' }, loud: { type: 'boolean', default: false }, note: { type: 'string' },
    } } })
    const kind = onlyKind(await made.load())
    expect(kind.validateConfig({ room: ' attic ' })).toEqual({ ok: true, config: { room: 'attic', address: 'http://bell.local', times: 2, tone: 'high', loud: false } })
    expect(kind.validateConfig({ room: '', address: 'bell', times: 10, tone: 'mid', loud: false })).toEqual({ ok: false, errors: [
      { field: 'room', message: 'Room is missing. Enter it.' }, { field: 'address', message: 'Not an address. Start with http:// or https://.' },
      { field: 'times', message: 'Times is at most 9.' }, { field: 'tone', message: 'Tone is none of the choices: high, low.' },
    ] })
    expect(kind.validateConfig({ room: 'attics', times: 1.5 })).toEqual({ ok: false, errors: [{ field: 'room', message: 'Room has at most 5 characters. Shorten it.' }, { field: 'times', message: 'Times is not a whole number. Enter one.' }] })
  })

  test('such a destination never comes switched on by an import', async () => {
    expect(onlyKind(await (await make(telling('1'))).load()).capabilities).toMatchObject({ runsPrograms: true, local: false, actions: false, canUpdate: false, image: 'none', parallel: 1 })
  })
})

describe('the plugin of docs/writing-a-channel.md', () => {
  const page = fileURLToPath(new URL('../../../docs/writing-a-channel.md', import.meta.url))
  const example = fileURLToPath(new URL('../../../docs/examples/channel-plugin/', import.meta.url))
  let far: FarSide
  let channel: Channel
  beforeAll(async () => {
    far = await startFarSide()
  })
  afterAll(() => far.close())

  async function fromTheDocs(): Promise<void> {
    const made = await make('')
    await rm(made.plugin, { recursive: true })
    await cp(example, join(made.folder, 'channel-plugin'), { recursive: true })
    await chmod(made.folder, 0o700)
    const plugins = await made.load()
    allowAll(plugins)
    channel = openOf(plugins, { userKey: 'uQiRzpo4DXghDmr9QzzfQu27cmVRsG', server: far.base }, { appToken: 'azGDORePK8gMaC0QOYAMyEEuzJnyUi' }).channel
  }

  test('stands there as it is run', async () => {
    const text = await readFile(page, 'utf8')
    const blocks = (language: string): string[] => [...text.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\`$`, 'gm'))].map(([, block]) => block ?? '')
    expect(blocks('js').join('\n')).toBe(await readFile(join(example, 'channel.mjs'), 'utf8'))
    expect(blocks('json')[0]).toBe(await readFile(join(example, 'channel.json'), 'utf8'))
  })

  test('delivers, with the picture', async () => {
    await far.play({ path: '/1/messages.json$', body: { status: 1 } })
    await fromTheDocs()
    const sent = sendingOf(undefined, { picture: PICTURE })
    expect(await channel.sendPrinterNotification(sent)).toEqual({ result: 'delivered', detail: 'Pushover took it.' })
    const [receipt] = await far.receipts()
    const form = await receipt?.form()
    const fields = Object.fromEntries([...(form ?? [])].filter(([, value]) => typeof value === 'string'))
    expect(fields).toEqual({
      token: 'azGDORePK8gMaC0QOYAMyEEuzJnyUi', user: 'uQiRzpo4DXghDmr9QzzfQu27cmVRsG', title: 'MK4 left bench: print done', message: sent.message.body, priority: '0', sound: 'pushover',
      timestamp: String(Math.floor(sent.message.occurredAt / 1000)),
    })
    const picture = form?.get('attachment')
    expect(new Uint8Array(picture instanceof File ? await picture.arrayBuffer() : new ArrayBuffer(0))).toEqual(JPEG)
  })

  test('sends a suspicion quietly, certainty with emphasis, and a test', async () => {
    await far.play({ path: '/1/messages.json$', body: { status: 1 } })
    await fromTheDocs()
    await channel.sendFailureAlert(sendingOf(eventOf('failure.warning')))
    await channel.sendFailureAlert(sendingOf(eventOf('failure.detected')))
    await channel.sendTestMessage(sendingOf(eventOf('app.test')))
    const priorities = await Promise.all((await far.receipts()).map(async (receipt) => (await receipt.form()).get('priority')))
    expect(priorities).toEqual(['0', '1', '0'])
  })

  test.each<[number, Partial<Verdict>]>([
    [400, { result: 'rejected', scope: 'destination', why: 'Pushover refuses it (400). Check the user key and the application token.' }],
    [429, { result: 'retry', after: 3_600_000, why: 'The messages of this month are used up (429).' }],
    [500, { result: 'retry', after: null, why: 'Pushover has trouble (500).' }],
  ])('understands %i', async (status, expected) => {
    await far.play({ path: '/1/messages.json$', status })
    await fromTheDocs()
    expect(await channel.sendPrinterNotification(sendingOf())).toEqual(expected)
  })
})
