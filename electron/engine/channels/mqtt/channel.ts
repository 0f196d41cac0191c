/** One MQTT destination in use. */
import { expiryClass } from '../../rules/outbox-plan.ts'
import { DEFAULT_EXPIRY } from '../../settings/defaults.ts'
import type { Picture } from '../../delivery/message.ts'
import { endingWith } from '../../ending-with.ts'
import type { Channel, ChannelPorts, DestinationConfig, Exchange, Sending, Verdict } from '../channel.ts'
import { bodyLines } from '../kit/exchange.ts'
import { downTheLadder, type Step } from '../kit/ladder.ts'
import { afterPicture, answerLine, SILENT, verdictOf, type Answer } from './answers.ts'
import { openBroker } from './broker.ts'
import type { MqttConfig } from './config.ts'
import { dial } from './dial.ts'
import { eventJson } from './payload.ts'
import { jsonPublication, retainedText, type Publication } from './publication.ts'
import { createRetained } from './retained.ts'
import { openSession, type Session } from './session.ts'
import { createShowing } from './showing.ts'
import { LAYOUT_VERSION, OFFLINE, topicsOf } from './topics.ts'

/** Of the second for the closing: what the last words may take, then the goodbye. ms */
const LAST_WORDS_MS = 500
const GOODBYE_MS = 300
/** Deliveries whose picture took too long are remembered so far. */
const SLOW_KEPT = 100

export function openMqtt(destination: DestinationConfig<MqttConfig>, ports: ChannelPorts): Channel {
  const { config } = destination
  const { clock, random, log, memory } = ports
  const topics = topicsOf(config)
  const closing = new AbortController()
  /** Whether this shows how things stand: a destination that is only tested must not say that the engine is gone. */
  let shows = false
  /** Deliveries whose picture was still under way at the deadline: the next try goes without. */
  const slow = new Set<string>()

  const retained = createRetained({ memory, log })
  const showing = createShowing({ config, topics, retained, memory, clock, ...(ports.language === undefined ? {} : { language: ports.language }) })
  const broker = openBroker({
    async open(signal) {
      const client = await dial({ destination, ports, clientName: clientName(config, ports), will: shows ? retainedText(topics.status, OFFLINE) : null })
      const shown = [`CONNECT, MQTT ${config.protocol}${config.user === '' ? '' : ', with user and password'}${shows ? ', with a last will' : ''}`]
      return openSession(client, { clock, signal, timeoutMs: config.timeoutMs, qos: config.qos, retain: config.state, shown })
    },
    clock,
    random,
    log,
    onUp(session) {
      retained.begin(session)
      if (shows && config.homeAssistant) void session.subscribe(topics.births, (topic, text) => showing.heard(topic, text)).then((granted) => { if (!granted) log.info('the broker does not let us hear when Home Assistant starts') })
    },
    onDown: () => retained.end(),
  })

  async function send(sending: Sending): Promise<Verdict> {
    const late = new AbortController()
    const cancel = clock.after(config.timeoutMs, () => late.abort())
    // What is kept can wait: a broker that ends the connection over it must not keep the events from coming.
    retained.hold()
    try {
      const verdict = await endingWith([sending.signal, closing.signal, late.signal], (signal) => deliver(sending, signal))
      const isLate = verdict.result === 'retry' && late.signal.aborted && !sending.signal.aborted && !closing.signal.aborted
      return isLate ? { ...verdict, ...SILENT } : verdict
    } finally {
      cancel()
      retained.release()
    }
  }

  async function deliver(sending: Sending, signal: AbortSignal): Promise<Verdict> {
    const wanted = config.includePicture && sending.message.printer !== null ? sending.picture : null
    const picture = slow.delete(sending.deliveryKey) ? null : wanted
    const verdict = await downTheLadder(picture, { maxBytes: null }, ports, (one) => step(sending, one, signal))
    return picture === wanted ? verdict : withDetail(verdict, 'Without its picture: it took too long.')
  }

  async function step(sending: Sending, picture: Picture | null, signal: AbortSignal): Promise<Step> {
    const opened = await broker.connected(signal)
    if (opened.session === null) return { verdict: opened.verdict, pictureRefused: false }
    const { session } = opened
    const printerId = sending.message.printer?.id ?? null
    if (picture === null || printerId === null) return { verdict: await tell(session, sending, null, signal), pictureRefused: false }
    const topic = topics.picture(printerId)
    const answer = await session.publish(picturePublication(topic, picture, sending, config.state), signal)
    switch (afterPicture(answer)) {
      case 'taken':
        if (config.state) retained.note(topic)
        return { verdict: await tell(session, sending, { picture, topic }, signal), pictureRefused: false }
      case 'smaller': return { verdict: verdictOf(answer), pictureRefused: true }
      case 'again':
        if (signal.aborted) remember(sending.deliveryKey)
        return { verdict: verdictOf(answer), pictureRefused: false }
      case 'without': {
        const plain = await step(sending, null, signal)
        return { ...plain, verdict: withDetail(plain.verdict, 'Without its picture: the broker refuses its topic.') }
      }
    }
  }

  async function tell(session: Session, sending: Sending, image: { picture: Picture; topic: string } | null, signal: AbortSignal): Promise<Verdict> {
    const publication = eventPublication(sending, image)
    const answer = await session.publish(publication, signal)
    const verdict = verdictOf(answer)
    const told: Verdict = verdict.result === 'delivered' && config.qos === 0 ? { result: 'delivered', detail: 'Sent without a receipt (quality of service 0).' } : verdict
    return { ...told, exchange: exchangeOf(publication, image, answer) }
  }

  function eventPublication(sending: Sending, image: { picture: Picture; topic: string } | null): Publication {
    const { message } = sending
    const json = eventJson(sending, image)
    return jsonPublication(topics.event(message.printer?.id ?? null), json, {
      expiry: DEFAULT_EXPIRY[expiryClass(message, false)],
      user: {
        version: String(LAYOUT_VERSION), id: json.id, type: json.type, severity: json.severity,
        ...(json.dedupeKey === null ? {} : { dedupeKey: json.dedupeKey }), ...(message.printer === null ? {} : { printer: message.printer.id }),
      },
    })
  }

  function exchangeOf({ topic, payload }: Publication, image: { picture: Picture; topic: string } | null, answer: Answer): Exchange {
    return {
      request: [
        ...(image === null ? [] : [`PUBLISH ${image.topic}, QoS ${config.qos}${config.state ? ', retained' : ''}: image/jpeg ${Math.ceil(image.picture.jpeg.byteLength / 1000)} kB`]),
        `PUBLISH ${topic}, QoS ${config.qos}`,
        ...bodyLines(JSON.parse(payload.toString('utf8')), []),
      ],
      answer: [answerLine(answer, config.qos)],
    }
  }

  function remember(deliveryKey: string): void {
    slow.add(deliveryKey)
    const [oldest] = slow
    if (slow.size > SLOW_KEPT && oldest !== undefined) slow.delete(oldest)
  }

  async function lastWords(session: Session): Promise<void> {
    const late = new AbortController()
    const cancel = clock.after(LAST_WORDS_MS, () => late.abort())
    await session.publish(retainedText(topics.status, OFFLINE), late.signal)
    cancel()
  }

  return {
    sendPrinterNotification: send,
    sendFailureAlert: send,
    sendTestMessage: send,
    tellPrinters(printerIds) {
      shows = config.state
      showing.watched(printerIds)
      // What was kept before the state was switched off is taken away all the same.
      if (shows || retained.topics().length > 0) broker.keep()
    },
    tellState: (printer) => showing.state(printer),
    async close() {
      closing.abort()
      // For good: nothing more of what is kept.
      retained.hold()
      const session = broker.session()
      if (session !== null && shows) await lastWords(session)
      await broker.close(GOODBYE_MS)
    },
  }
}

function picturePublication(topic: string, { jpeg, takenAt }: Picture, { message, deliveryKey }: Sending, retain: boolean): Publication {
  return {
    topic, payload: Buffer.from(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength), retain, contentType: 'image/jpeg', text: false, expiry: null,
    user: { version: String(LAYOUT_VERSION), id: message.event?.id ?? deliveryKey, takenAt: String(takenAt) },
  }
}

function withDetail(verdict: Verdict, detail: string): Verdict {
  return verdict.result === 'delivered' ? { ...verdict, detail: `${verdict.detail} ${detail}` } : verdict
}

/** Brokers must take 1 to 23 letters and digits (MQTT 3.1.1, 3.1.3.1). The same over restarts, another for each destination and computer. */
function clientName({ clientName: chosen }: MqttConfig, { memory, random }: Pick<ChannelPorts, 'memory' | 'random'>): string {
  if (chosen !== '') return chosen
  const known = memory.get('client')
  if (known !== null) return known
  const made = `printbell${Array.from({ length: 12 }, () => Math.floor(random() * 16).toString(16)).join('')}`
  memory.set('client', made)
  return made
}
