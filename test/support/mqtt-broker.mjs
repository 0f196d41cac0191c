/**
 * A broker that plays every answer, in a process of its own. It reads and writes packets by the tables of MQTT 5.0 and 3.1.1, written
 * down here anew and with nothing of the client's library. It keeps a receipt of every packet that came in whole, taken before it answers.
 * Rules: { connack?, properties?, publish?, onConnect? }
 *   connack: a reason code, or "none" (never answers), "half" (breaks off in the packet), "reset", "close", "garbage", "old" (a packet of 3.1.1)
 *   properties: what its CONNACK names { receiveMaximum, maximumQoS, retainAvailable, maximumPacketSize }
 *   publish: [{ topic, times?, ack }], the first that fits the topic (a pattern); ack: a reason code, "none", "half", "reset",
 *     "flood" (messages without end), { disconnect: code }, { pubcomp: code } (after a good PUBREC)
 */
import { createServer } from 'node:net'

let rules = {}
let receipts = []
const sockets = new Set()

// ------------------------------------------------------------------------------------------------------------- reading

const u16 = (bytes, at) => bytes.readUInt16BE(at)
/** Variable byte integer (1.5.5): value and the place behind it; null = not all there. */
function varint(bytes, at) {
  let value = 0
  for (let index = 0; index < 4; index += 1) {
    if (at + index >= bytes.length) return null
    const byte = bytes[at + index]
    value += (byte & 127) * 128 ** index
    if (byte < 128) return { value, next: at + index + 1 }
  }
  throw new Error('a length of more than four bytes')
}
const binary = (bytes, at) => ({ value: bytes.subarray(at + 2, at + 2 + u16(bytes, at)), next: at + 2 + u16(bytes, at) })
const text = (bytes, at) => {
  const { value, next } = binary(bytes, at)
  return { value: value.toString('utf8'), next }
}

/** Table 2-4: name and form of the properties that a client may send. */
const PROPERTIES = {
  0x01: ['payloadFormat', 'byte'], 0x02: ['messageExpiry', 'four'], 0x03: ['contentType', 'text'], 0x08: ['responseTopic', 'text'], 0x09: ['correlationData', 'binary'],
  0x11: ['sessionExpiry', 'four'], 0x15: ['authMethod', 'text'], 0x16: ['authData', 'binary'], 0x17: ['requestProblem', 'byte'], 0x18: ['willDelay', 'four'],
  0x19: ['requestResponse', 'byte'], 0x1f: ['reason', 'text'], 0x21: ['receiveMaximum', 'two'], 0x22: ['topicAliasMaximum', 'two'], 0x23: ['topicAlias', 'two'], 0x26: ['user', 'pair'], 0x27: ['maximumPacketSize', 'four'],
}

function properties(bytes, at) {
  const { value: length, next } = varint(bytes, at)
  const read = {}
  let place = next
  while (place < next + length) {
    const [name, form] = PROPERTIES[bytes[place]] ?? []
    if (name === undefined) throw new Error(`no property ${bytes[place]}`)
    place += 1
    if (form === 'byte') read[name] = bytes[place++]
    else if (form === 'two') { read[name] = u16(bytes, place); place += 2 }
    else if (form === 'four') { read[name] = bytes.readUInt32BE(place); place += 4 }
    else if (form === 'pair') {
      const key = text(bytes, place)
      const value = text(bytes, key.next)
      read.user = { ...read.user, [key.value]: value.value }
      place = value.next
    } else {
      const value = (form === 'text' ? text : binary)(bytes, place)
      read[name] = value.value
      place = value.next
    }
  }
  return { value: read, next: next + length }
}

/** 3.1 */
function connect(body) {
  const protocol = text(body, 0)
  const version = body[protocol.next]
  const flags = body[protocol.next + 1]
  const keepAlive = u16(body, protocol.next + 2)
  let at = protocol.next + 4
  let read = {}
  if (version === 5) ({ value: read, next: at } = properties(body, at))
  const take = (reader) => {
    const { value, next } = reader(body, at)
    at = next
    return value
  }
  const clientId = take(text)
  let will = null
  if (flags & 4) {
    const willProperties = version === 5 ? take(properties) : {}
    will = { properties: willProperties, topic: take(text), payload: take(binary).toString('utf8'), qos: (flags >> 3) & 3, retain: (flags & 32) !== 0 }
  }
  const user = flags & 128 ? take(text) : null
  const password = flags & 64 ? take(binary).toString('utf8') : null
  return { packet: 'connect', protocol: protocol.value, version, clean: (flags & 2) !== 0, keepAlive, properties: read, clientId, will, user, password }
}

/** 3.3 */
function publish(flags, body, version) {
  const topic = text(body, 0)
  const qos = (flags >> 1) & 3
  let at = topic.next
  const id = qos > 0 ? u16(body, at) : null
  if (qos > 0) at += 2
  let read = {}
  if (version === 5) ({ value: read, next: at } = properties(body, at))
  return { packet: 'publish', topic: topic.value, qos, retain: (flags & 1) !== 0, dup: (flags & 8) !== 0, id, properties: read, payload: body.subarray(at).toString('base64') }
}

// ------------------------------------------------------------------------------------------------------------- writing

const packet = (type, flags, body) => Buffer.concat([Buffer.from([(type << 4) | flags, ...lengthOf(body.length)]), Buffer.from(body)])
function lengthOf(length) {
  const bytes = []
  do {
    bytes.push((length % 128) + (length >= 128 ? 128 : 0))
    length = Math.floor(length / 128)
  } while (length > 0)
  return bytes
}

function connackProperties({ receiveMaximum, maximumQoS, retainAvailable, maximumPacketSize } = {}) {
  const four = Buffer.alloc(4)
  four.writeUInt32BE(maximumPacketSize ?? 0)
  const all = [
    ...(receiveMaximum === undefined ? [] : [0x21, receiveMaximum >> 8, receiveMaximum & 255]), ...(maximumQoS === undefined ? [] : [0x24, maximumQoS]),
    ...(retainAvailable === undefined ? [] : [0x25, retainAvailable ? 1 : 0]), ...(maximumPacketSize === undefined ? [] : [0x27, ...four]),
  ]
  return [all.length, ...all]
}

/** 3.4, 3.5, 3.6, 3.7: a code of 0 may be left out, and in 3.1.1 there is none. */
const ack = (type, flags, id, code, version) => packet(type, flags, version === 5 && code !== 0 ? [id >> 8, id & 255, code, 0] : [id >> 8, id & 255])

// ------------------------------------------------------------------------------------------------------------ answering

function answerConnect(socket, said) {
  const { connack = 0 } = rules
  if (connack === 'none') return
  if (connack === 'reset') return socket.resetAndDestroy()
  if (connack === 'close') return socket.end()
  if (connack === 'garbage') return socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')
  if (connack === 'old') return socket.end(packet(2, 0, [0, 1]))
  const whole = packet(2, 0, said.version === 5 ? [0, connack, ...connackProperties(rules.properties)] : [0, connack])
  if (connack === 'half') return socket.write(whole.subarray(0, 2))
  socket.write(whole)
  if (connack !== 0) socket.end()
}

function answerPublish(socket, said, { version }) {
  const rule = (rules.publish ?? []).find((one) => (one.times ?? 1) > 0 && new RegExp(one.topic).test(said.topic))
  if (rule?.times !== undefined) rule.times -= 1
  const how = rule?.ack ?? 0
  if (how === 'none') return
  if (how === 'reset') return socket.resetAndDestroy()
  if (how === 'flood') return flood(socket)
  if (how.disconnect !== undefined) return socket.end(packet(14, 0, [how.disconnect, 0]))
  if (said.qos === 0) return
  if (how === 'half') return socket.end(ack(said.qos === 1 ? 4 : 5, 0, said.id, 0, version).subarray(0, 3))
  if (said.qos === 1) return socket.write(ack(4, 0, said.id, how, version))
  socket.pubcomp = how.pubcomp ?? 0
  socket.write(ack(5, 0, said.id, how.pubcomp === undefined ? how : 0, version))
}

function flood(socket) {
  const one = packet(3, 0, [0, 1, 0x61, 0, ...Buffer.alloc(60_000)])
  const more = () => {
    while (!socket.destroyed && socket.write(one));
    if (!socket.destroyed) socket.once('drain', more)
  }
  more()
}

function take(socket, state, type, flags, body) {
  const note = (receipt) => receipts.push({ at: Date.now(), ...receipt })
  switch (type) {
    case 1: {
      const said = connect(body)
      state.version = said.version
      note(said)
      return answerConnect(socket, said)
    }
    case 3: {
      const said = publish(flags, body, state.version)
      note(said)
      return answerPublish(socket, said, state)
    }
    case 6: return socket.write(ack(7, 0, u16(body, 0), socket.pubcomp ?? 0, state.version))
    case 8: {
      let at = 2
      if (state.version === 5) ({ next: at } = properties(body, at))
      const topics = []
      while (at < body.length) {
        const { value, next } = text(body, at)
        topics.push(value)
        at = next + 1
      }
      note({ packet: 'subscribe', topics })
      return socket.write(packet(9, 0, [body[0], body[1], ...(state.version === 5 ? [0] : []), ...topics.map(() => rules.suback ?? 0)]))
    }
    case 12: return socket.write(packet(13, 0, []))
    case 14: return note({ packet: 'disconnect', code: body[0] ?? 0 })
    default: return note({ packet: type })
  }
}

const server = createServer((socket) => {
  const state = { version: 4 }
  let rest = Buffer.alloc(0)
  sockets.add(socket)
  function read() {
    for (;;) {
      const length = rest.length > 1 ? varint(rest, 1) : null
      if (length === null || rest.length < length.next + length.value) return
      const body = rest.subarray(length.next, length.next + length.value)
      const [first] = rest
      rest = rest.subarray(length.next + length.value)
      take(socket, state, first >> 4, first & 15, body)
    }
  }
  socket.on('data', (chunk) => {
    rest = Buffer.concat([rest, chunk])
    try {
      if (rest.subarray(0, 4).toString('latin1') === 'GET ') throw new Error('a request of the web')
      read()
    } catch (error) {
      // TLS, the web: no packet of ours.
      receipts.push({ at: Date.now(), packet: 'garbage', why: error.message })
      socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')
    }
  })
  socket.on('error', () => sockets.delete(socket))
  socket.on('close', () => {
    sockets.delete(socket)
    receipts.push({ at: Date.now(), packet: 'closed' })
  })
})

process.on('message', ({ id, rules: wanted, forget, ask, say }) => {
  if (wanted) rules = wanted
  if (forget) receipts = []
  // Publishes to everybody who is connected, at QoS 0.
  if (say) for (const socket of sockets) socket.write(packet(3, 0, [say.topic.length >> 8, say.topic.length & 255, ...Buffer.from(say.topic), ...(say.version === 5 ? [0] : []), ...Buffer.from(say.text)]))
  process.send({ id, receipts: ask ? receipts : undefined, connections: sockets.size })
})
process.on('disconnect', () => process.exit(0))
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }))
