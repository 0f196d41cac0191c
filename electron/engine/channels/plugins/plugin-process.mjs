/**
 * The process that a user's plugin runs in, one for each destination. It is told what to do by lines of JSON and answers so: on stdin
 * and stdout, or by Electron's port where there is one (messages.ts says what passes). It is copied away from the program, to stand
 * beside a copy of the plugin, so it imports nothing of ours and is plain JavaScript.
 */
/** @type {{ on(name: 'message', hear: (event: { data: any }) => void): void, postMessage(message: object): void } | null} */
const port = process.parentPort ?? null
/** Kept before the plugin comes: what it writes to stdout itself goes to the log. */
const write = process.stdout.write.bind(process.stdout)
/** Not written as new URL('x', import.meta.url) in one piece: bundlers take that for an asset. */
const here = import.meta.url
/** @type {Record<string, unknown>} */
let plugin = {}
/** @type {unknown} */
let config = {}
/** @type {Readonly<Record<string, string>>} */
let secrets = {}

const answer = (message) => (port ? port.postMessage(message) : write(`${JSON.stringify(message)}\n`))

/** Its words may hold anything; whoever reads them cuts and scrubs. */
function wordsOf(error) {
  if (!(error instanceof Error)) return String(error).slice(0, 2_000)
  // "fetch failed" says nothing; its cause says ECONNREFUSED.
  const cause = error.cause?.code === undefined ? '' : ` (${error.cause.code})`
  return `${error.name}: ${error.message.slice(0, 2_000)}${cause}`
}

async function obey(asked) {
  const { id } = asked
  try {
    // As text and back: whatever else it holds (functions, itself) must not break the way there.
    answer(JSON.parse(JSON.stringify(asked.ask === 'open' ? { id, opened: await open(asked) } : { id, verdict: await send(asked) })))
  } catch (error) {
    answer({ id, threw: wordsOf(error) })
  }
}

async function open(asked) {
  secrets = asked.secrets
  plugin = await import(new URL('plugin/channel.mjs', here).href)
  if (typeof plugin.sendPrinterNotification !== 'function') throw new Error('channel.mjs exports no function sendPrinterNotification')
  const prerequisites = (await call('prerequisites')) ?? []
  const features = (await call('supportedFeatures')) ?? null
  const checked = (await call('validateConfig', asked.config)) ?? { ok: true }
  config = checked.config ?? asked.config
  // A set is what Obico's plugins return.
  return { prerequisites, features: features instanceof Set ? [...features] : features, checked }
}

function send({ duty, message, picture, deliveryKey, attempt, patienceMs }) {
  return call(typeof plugin[duty] === 'function' ? duty : 'sendPrinterNotification', {
    message, config, secrets, deliveryKey, attempt,
    picture: picture && { ...picture, jpeg: new Uint8Array(Buffer.from(picture.jpeg, 'base64')) },
    signal: AbortSignal.timeout(patienceMs),
  })
}

/** Undefined where the plugin has no such function. */
const call = (name, ...values) => (typeof plugin[name] === 'function' ? plugin[name](...values) : undefined)

// On Windows some variables are there whatever is asked for.
for (const name of Object.keys(process.env)) delete process.env[name]
process.stdout.write = process.stderr.write.bind(process.stderr)
if (port) port.on('message', ({ data }) => void obey(data))
else {
  let rest = ''
  process.stdin.setEncoding('utf8').on('data', (text) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) void obey(JSON.parse(line))
  })
  // Whoever started it is gone.
  process.stdin.on('end', () => process.exit(0))
}
