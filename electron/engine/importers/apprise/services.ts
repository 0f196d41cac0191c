/** From an Apprise address to a destination of ours, service by service. What an address says is Apprise's page of the service. */
import { decoded, isYes, listOf, type AppriseAddress } from './address.ts'
import { json } from './json.ts'
import { mail } from './mail.ts'
import { leftOut, type Draft, type Mapping } from './mapping.ts'

const SERVICES: Readonly<Record<string, Mapping>> = {
  ntfy, ntfys: ntfy, pover, pbul, tgram, discord, slack, mqtt, mqtts: mqtt, json, jsons: json, mailto: mail, mailtos: mail, apprise, apprises: apprise,
}

/** Addresses of the services' own that Apprise takes as well. */
const PLACES: readonly (readonly [RegExp, (address: AppriseAddress) => AppriseAddress])[] = [
  [/^https?:\/\/ntfy\.sh\//i, (address) => ({ ...address, scheme: 'ntfys' })],
  [/^https?:\/\/(canary\.|ptb\.)?discord(app)?\.com\/api\/(v\d+\/)?webhooks\//i, (address) => ({ ...address, scheme: 'discord', host: address.path.at(-2) ?? '', path: address.path.slice(-1) })],
  [/^https?:\/\/hooks\.slack\.com\/services\//i, (address) => ({ ...address, scheme: 'slack', host: address.path[1] ?? '', targets: address.path.slice(2) })],
]

/** Null = no service that we speak ourselves. */
export function mappingOf(address: AppriseAddress): { mapping: Mapping; address: AppriseAddress } | null {
  const place = PLACES.find(([shape]) => shape.test(address.text))
  const own = place === undefined ? address : place[1](address)
  const mapping = Object.hasOwn(SERVICES, own.scheme) ? SERVICES[own.scheme] : undefined
  return mapping === undefined ? null : { mapping, address: own }
}

function ntfy(address: AppriseAddress): Draft[] | string {
  const { query, host, targets, user, password } = address
  const cloud = query.mode === 'cloud' || targets.length === 0 || /^ntfy\.sh$/i.test(host)
  const topics = [...(cloud && !/^ntfy\.sh$/i.test(host) && host !== '' ? [host] : []), ...targets, ...listOf(query.to)]
  if (topics.length === 0) return 'The address names no topic. Add it: ntfy://TOPIC.'
  const token = query.token ?? (query.auth === 'token' || (password === null && /^tk_/.test(user ?? '')) ? password ?? user : null)
  const server = `${address.scheme === 'ntfys' ? 'https' : 'http'}://${host}${address.port === null ? '' : `:${address.port}`}`
  const notes = [...(query.priority === undefined ? [] : ['Its priority is not taken over: how loud a message is goes by its severity.']), ...leftOut(address, ['priority', 'tags', 'xtags', 'click', 'to', 'token'])]
  return topics.map((topic) => ({
    channel: 'ntfy',
    config: {
      ...(cloud ? {} : { server }), topic, ...(token === null && user !== null ? { user } : {}),
      ...(query.click === undefined ? {} : { click: query.click }), ...tagsOf(query.xtags ?? query.tags),
    },
    secrets: token !== null ? { token } : password === null ? {} : { password },
    missing: token === null && user !== null && password === null ? ['password'] : [],
    notes,
  }))
}

function tagsOf(text: string | undefined): { tags?: string[] } {
  const tags = listOf(text)
  return tags.length === 0 ? {} : { tags }
}

function pover(address: AppriseAddress): Draft[] | string {
  const { query, user, host: token } = address
  if (user === null || user === '' || token === '') return 'User key or token is missing. It looks like pover://USER@TOKEN.'
  if (query.key !== undefined) return 'It encrypts its messages, which Printbell does not do for Pushover. Take "key" out of it.'
  const targets = [...address.targets, ...listOf(query.to)]
  const groups = targets.filter((target) => target.startsWith('#')).map((target) => target.slice(1))
  const devices = targets.filter((target) => !target.startsWith('#'))
  const emergency = /^(2|e)/i.test(query.priority ?? '')
  const config = {
    ...(query.sound === undefined ? {} : { sound: query.sound }), ...(query.url === undefined ? {} : { click: query.url }),
    ...(emergency ? { emergency: true } : {}), ...whole('retrySeconds', query.interval), ...whole('expireSeconds', query.expire),
  }
  const notes = [
    ...(emergency ? ['Only critical messages are emergencies here.'] : query.priority === undefined ? [] : ['Its priority is not taken over: how loud a message is goes by its severity.']),
    ...leftOut(address, ['priority', 'sound', 'url', 'interval', 'expire', 'to']),
  ]
  const own = devices.length > 0 || groups.length === 0 ? [{ user, device: devices.join(',') }] : []
  return [...own, ...groups.map((group) => ({ user: group, device: '' }))].map((one) => ({
    channel: 'pushover', config: { ...config, ...(one.device === '' ? {} : { device: one.device }) }, secrets: { token, user: one.user }, notes,
  }))
}

function whole(name: string, text: string | undefined): Record<string, number> {
  return text !== undefined && /^\d{1,9}$/.test(text) ? { [name]: Number(text) } : {}
}

function pbul(address: AppriseAddress): Draft[] | string {
  const { host: token, query } = address
  if (token === '') return 'The access token is missing. It looks like pbul://TOKEN.'
  const targets = [...address.targets, ...listOf(query.to)]
  const own = targets.filter((target) => !target.includes('@'))
  if (own.length === 0 && targets.length > 0) return 'Printbell sends to no mail address by Pushbullet. Add the mail address as a destination of its own.'
  const notes = [...(own.length < targets.length ? ['Its mail addresses are not taken over: add them as destinations of their own.'] : []), ...leftOut(address, ['to'])]
  return (own.length === 0 ? [''] : own).map((target) => ({
    channel: 'pushbullet', config: target === '' ? {} : target.startsWith('#') ? { channelTag: target.slice(1) } : { device: target }, secrets: { token }, notes,
  }))
}

/** "123456789:AbC..." is the token; "bot" may stand before it, a name and "@" as well, and the colon may be encoded. */
const BOT = /^tgram:\/\/(?:[^@/?]*@)?(?:bot)?(\d+)(?::|%3A|\/)([A-Za-z0-9_-]+)/i

function tgram(address: AppriseAddress): Draft[] | string {
  const bot = BOT.exec(address.text)
  if (bot === null) return 'The token of the bot is missing. It looks like tgram://123456789:TOKEN/CHAT.'
  const { query } = address
  const rest = address.text.slice(bot[0].length).replace(/\?.*$/s, '').split(/[\s,/]+/).filter((part) => part !== '').map(decoded)
  const chats = [...rest, ...listOf(query.to)]
  const notes = leftOut(address, ['to', 'topic', 'thread', 'silent', 'detect', 'preview', 'mdv', 'content', 'album'])
  const shared = { channel: 'telegram', secrets: { token: `${bot[1] ?? ''}:${bot[2] ?? ''}` } }
  const silent = isYes(query.silent) ? { silent: 'everything' } : {}
  if (chats.length === 0) return [{ ...shared, config: silent, missing: ['chatId'], notes: [...notes, 'It names no chat: link it.'] }]
  return chats.map((chat) => {
    const [, id = chat, own] = /^(-?\d+):(\d+)$/.exec(chat) ?? []
    const topic = own ?? query.topic ?? query.thread
    const named = /^(-?\d+|@)/.test(id) ? id : `@${id}`
    return { ...shared, config: { chatId: named, ...whole('topicId', topic), ...silent }, notes }
  })
}

function discord(address: AppriseAddress): Draft[] | string {
  const [token] = address.path
  if (address.host === '' || token === undefined) return 'Id or token of the webhook is missing. It looks like discord://ID/TOKEN.'
  const thread = address.query.thread ?? address.query.thread_id
  return [{
    channel: 'discord', config: thread === undefined ? {} : { threadId: thread }, secrets: { url: `https://discord.com/api/webhooks/${address.host}/${token}` },
    notes: leftOut(address, ['thread', 'thread_id', 'tts', 'avatar', 'avatar_url', 'fields', 'footer_logo', 'href', 'url']),
  }]
}

function slack(address: AppriseAddress): Draft[] | string | null {
  const { host, targets, query } = address
  if (/^(w|t)/i.test(query.mode ?? '')) return null
  const notes = leftOut(address, ['to', 'blocks', 'timestamp'])
  if (/^xo/.test(host)) {
    const chats = [...targets, ...listOf(query.to)]
    return (chats.length === 0 ? [''] : chats).map((chat) => slackChat(host, chat, notes))
  }
  const [b, c, ...others] = targets
  if (b === undefined || c === undefined) return 'A part of the token is missing. It looks like slack://A/B/C.'
  const elsewhere = others.length > 0 ? ['A webhook of Slack writes into the channel that it was made for.'] : []
  return [{ channel: 'slack', config: {}, secrets: { url: `https://hooks.slack.com/services/${host}/${b}/${c}` }, notes: [...elsewhere, ...notes] }]
}

/** Apprise marks the id of a chat by a plus; names are not enough for us. */
function slackChat(token: string, chat: string, notes: readonly string[]): Draft {
  const id = chat.replace(/^\+/, '')
  const known = /^[CGD][A-Z0-9]{7,20}$/.test(id)
  return {
    channel: 'slack-bot', config: known ? { channel: id } : {}, secrets: { token }, missing: known ? [] : ['channel'],
    notes: known ? [...notes] : ['Enter the ID of its channel: Slack takes no names here.', ...notes],
  }
}

function mqtt(address: AppriseAddress): Draft[] | string {
  const { scheme, host, port, user, password, query } = address
  const topics = [...(address.path.length > 0 ? [address.path.join('/')] : []), ...listOf(query.to)].flatMap((topic) => topic.split(','))
  const prefix = topics[0]
  const version = /^v?3/i.test(query.version ?? '') ? { protocol: '3.1.1' } : {}
  return [{
    channel: 'mqtt',
    config: {
      url: `${scheme}://${host}${port === null ? '' : `:${port}`}`, ...(user === null ? {} : { user }), ...(prefix === undefined ? {} : { prefix }), ...version,
      ...(query.qos === undefined ? {} : whole('qos', query.qos)), ...(query.client_id === undefined ? {} : { clientName: query.client_id }),
    },
    secrets: password === null ? {} : { password },
    notes: [
      'Printbell writes JSON, on several topics below this one.',
      ...(topics.length > 1 ? ['Only the first of its topics is taken over.'] : []), ...leftOut(address, ['to', 'qos', 'client_id', 'version', 'session', 'retain']),
    ],
  }]
}

function apprise(address: AppriseAddress): Draft[] | string {
  const { scheme, host, port, path, user, password, query } = address
  const key = path.at(-1)
  if (host === '' || key === undefined) return 'Gateway or key is missing. It looks like apprise://GATEWAY/KEY.'
  const below = path.slice(0, -1).map((part) => `/${part}`).join('')
  const tags = query.tags ?? query.tag
  return [{
    channel: 'apprise',
    config: { server: `${scheme === 'apprises' ? 'https' : 'http'}://${host}${port === null ? '' : `:${port}`}${below}`, key, ...(tags === undefined ? {} : { tags }), ...(user === null ? {} : { user }) },
    secrets: password === null ? {} : { password },
    notes: leftOut(address, ['tags', 'tag', 'method', 'token', 'version']),
  }]
}
