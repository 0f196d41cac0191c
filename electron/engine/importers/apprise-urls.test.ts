import { describe, expect, test } from 'vitest'
import { fillTemplate, parseTemplate } from '../delivery/templates/liquid.ts'
import { channels } from '../channels/registry.ts'
import { TEMPLATE_NAMES } from '../channels/webhook/values.ts'
import { importAppriseUrls, type ImportedAddress } from './apprise-urls.ts'

const one = (address: string): ImportedAddress => {
  const { destinations, problems } = importAppriseUrls(address)
  expect(problems).toEqual([])
  expect(destinations).toHaveLength(1)
  return destinations[0] as ImportedAddress
}
type Kept = Pick<ImportedAddress, 'channel' | 'config' | 'secrets'>
const kept = ({ channel, config, secrets }: ImportedAddress): Kept => ({ channel, config, secrets })

describe('one address', () => {
  test.each<[string, string, Record<string, unknown>, Record<string, string>]>([
    ['ntfy://marta-7f3k', 'ntfy', { topic: 'marta-7f3k' }, {}],
    ['ntfys://marta-7f3k?xtags=tada,workshop&click=https%3A%2F%2Fexample.org%2F', 'ntfy', { topic: 'marta-7f3k', click: 'https://example.org/', tags: ['tada', 'workshop'] }, {}],
    ['ntfy://ntfy.sh/marta-7f3k', 'ntfy', { topic: 'marta-7f3k' }, {}],
    ['https://ntfy.sh/marta-7f3k', 'ntfy', { topic: 'marta-7f3k' }, {}],
    ['ntfys://push.example.org:8443/marta', 'ntfy', { server: 'https://push.example.org:8443', topic: 'marta' }, {}],
    ['ntfy://192.168.1.5/marta', 'ntfy', { server: 'http://192.168.1.5', topic: 'marta' }, {}],
    ['ntfys://me:p%40ss@push.example.org/marta', 'ntfy', { server: 'https://push.example.org', topic: 'marta', user: 'me' }, { password: 'p@ss' }],
    ['ntfys://tk_abc123@push.example.org/marta', 'ntfy', { server: 'https://push.example.org', topic: 'marta' }, { token: 'tk_abc123' }],
    ['ntfys://push.example.org/marta?token=tk_abc123', 'ntfy', { server: 'https://push.example.org', topic: 'marta' }, { token: 'tk_abc123' }],
    ['ntfys://:tk_abc123@push.example.org/marta?auth=token', 'ntfy', { server: 'https://push.example.org', topic: 'marta' }, { token: 'tk_abc123' }],
    ['pover://USERKEY@APPTOKEN', 'pushover', {}, { token: 'APPTOKEN', user: 'USERKEY' }],
    ['pover://USERKEY@APPTOKEN/iphone/tablet?sound=cosmic&url=https://example.org', 'pushover', { sound: 'cosmic', click: 'https://example.org', device: 'iphone,tablet' }, { token: 'APPTOKEN', user: 'USERKEY' }],
    ['pover://USERKEY@APPTOKEN?priority=emergency&interval=30&expire=600', 'pushover', { emergency: true, retrySeconds: 30, expireSeconds: 600 }, { token: 'APPTOKEN', user: 'USERKEY' }],
    ['pbul://o.RUe7IZgC6384GrI1', 'pushbullet', {}, { token: 'o.RUe7IZgC6384GrI1' }],
    ['pbul://o.RUe7IZgC6384GrI1/ujpah72o0sjAoRtnM0jc', 'pushbullet', { device: 'ujpah72o0sjAoRtnM0jc' }, { token: 'o.RUe7IZgC6384GrI1' }],
    ['pbul://o.RUe7IZgC6384GrI1/#print-farm', 'pushbullet', { channelTag: 'print-farm' }, { token: 'o.RUe7IZgC6384GrI1' }],
    ['tgram://123456789:AbC-d_e/-1001234567890', 'telegram', { chatId: '-1001234567890' }, { token: '123456789:AbC-d_e' }],
    ['tgram://bot123456789%3AAbC/12345/?silent=yes&topic=7', 'telegram', { chatId: '12345', topicId: 7, silent: 'everything' }, { token: '123456789:AbC' }],
    ['tgram://123456789/AbC/-100123:5', 'telegram', { chatId: '-100123', topicId: 5 }, { token: '123456789:AbC' }],
    ['tgram://123456789:AbC/workshop', 'telegram', { chatId: '@workshop' }, { token: '123456789:AbC' }],
    ['discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js', 'discord', {}, { url: 'https://discord.com/api/webhooks/4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js' }],
    ['discord://Bot@4174216298/JHMH?thread=123456789', 'discord', { threadId: '123456789' }, { url: 'https://discord.com/api/webhooks/4174216298/JHMH' }],
    ['https://discord.com/api/webhooks/4174216298/JHMH', 'discord', {}, { url: 'https://discord.com/api/webhooks/4174216298/JHMH' }],
    ['slack://T1JJ3T3L2/B1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ', 'slack', {}, { url: 'https://hooks.slack.com/services/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' }],
    ['https://hooks.slack.com/services/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', 'slack', {}, { url: 'https://hooks.slack.com/services/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' }],
    ['slack://Bot@T1JJ3T3L2/B1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#general', 'slack', {}, { url: 'https://hooks.slack.com/services/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' }],
    ['slack://xoxb-1234-1234-abc124/+C0123456789', 'slack-bot', { channel: 'C0123456789' }, { token: 'xoxb-1234-1234-abc124' }],
    ['mqtt://broker.lan/printers/workshop', 'mqtt', { url: 'mqtt://broker.lan', prefix: 'printers/workshop' }, {}],
    ['mqtts://me:secret@broker.lan:8884/printers?qos=2&version=v3.1.1&client_id=pb', 'mqtt', { url: 'mqtts://broker.lan:8884', user: 'me', prefix: 'printers', protocol: '3.1.1', qos: 2, clientName: 'pb' }, { password: 'secret' }],
    ['mailto://marta:secret@gmail.com', 'email', { server: 'smtp.gmail.com', security: 'starttls', user: 'marta@gmail.com', from: 'marta@gmail.com', to: ['marta@gmail.com'] }, { password: 'secret' }],
    ['mailto://marta:secret@yahoo.com?to=anna@example.org', 'email', { server: 'smtp.mail.yahoo.com', security: 'tls', user: 'marta@yahoo.com', from: 'marta@yahoo.com', to: ['anna@example.org'] }, { password: 'secret' }],
    ['mailtos://marta:secret@example.org/anna@example.org,ben@example.org?smtp=mail.example.org&from=Workshop%20%3Cprinter@example.org%3E&cc=cc@example.org', 'email',
      { server: 'mail.example.org', security: 'starttls', user: 'marta', from: 'printer@example.org', fromName: 'Workshop', to: ['anna@example.org', 'ben@example.org', 'cc@example.org'] }, { password: 'secret' }],
    ['mailtos://marta%40example.org:secret@mail.example.org:465?mode=ssl&name=Printer&from=printer@example.org', 'email',
      { server: 'mail.example.org', security: 'tls', user: 'marta@example.org', from: 'printer@example.org', fromName: 'Printer', to: ['printer@example.org'] }, { password: 'secret' }],
    ['mailto://marta@mail.example.org:2525', 'email', { server: 'mail.example.org', security: 'none', port: 2525, auth: 'none', from: 'marta@mail.example.org', to: ['marta@mail.example.org'] }, {}],
    ['apprise://marta:secret@192.168.1.5:8000/printers?tags=night,day', 'apprise', { server: 'http://192.168.1.5:8000', key: 'printers', tags: 'night,day', user: 'marta' }, { password: 'secret' }],
    ['apprises://example.org/apprise/printers', 'apprise', { server: 'https://example.org/apprise', key: 'printers' }, {}],
  ])('%s becomes %s', (address, channel, config, secrets) => {
    const imported = one(address)
    expect(kept(imported)).toEqual({ channel, config, secrets })
    expect([imported.line, imported.enabled, imported.missing]).toEqual([1, true, []])
    expect(channels.get(channel)?.validateConfig(config)).toMatchObject({ ok: true })
  })

  test('of json:// becomes a webhook with the body that Apprise sends', () => {
    const imported = one('jsons://example.org:8443/hook?-room=1&%2BX-Room=north&+Authorization=Bearer%20abc&method=PUT')
    const { template, ...config } = imported.config
    expect(config).toEqual({ url: 'https://example.org:8443/hook?room=1', format: 'template', method: 'PUT', headers: { 'X-Room': 'north' } })
    expect(imported.secrets).toEqual({ token: 'abc' })
    const values = { title: 'MK4: "done"', body: 'lamp\nvase', severity: 'critical' }
    expect(JSON.parse(fillTemplate(parseTemplate(template as string, TEMPLATE_NAMES), values))).toEqual({ version: '1.0', title: 'MK4: "done"', message: 'lamp\nvase', attachments: [], type: 'failure' })
    expect(channels.get('webhook')?.validateConfig(imported.config)).toMatchObject({ ok: true })
  })

  test.each([
    ['gotify://example.org/token', 'Printbell does not speak gotify:// itself. It goes through an Apprise gateway: enter its address.'],
    ['matrix://user:pass@example.org/#room', 'Printbell does not speak matrix:// itself. It goes through an Apprise gateway: enter its address.'],
    ['json://me:pw@example.org/hook', 'This json:// asks for what Printbell does not do itself. It goes through an Apprise gateway: enter its address.'],
    ['json://example.org/hook?method=GET', 'This json:// asks for what Printbell does not do itself. It goes through an Apprise gateway: enter its address.'],
    ['json://example.org/hook?:room=1', 'This json:// asks for what Printbell does not do itself. It goes through an Apprise gateway: enter its address.'],
    ['slack://T1/A/B/C?mode=workflow', 'This slack:// asks for what Printbell does not do itself. It goes through an Apprise gateway: enter its address.'],
    ['mailtos://me:pw@gmail.com?pgp=encrypt', 'This mailtos:// asks for what Printbell does not do itself. It goes through an Apprise gateway: enter its address.'],
  ])('%s goes through a gateway that has yet to be entered', (address, note) => {
    const imported = one(address)
    expect(kept(imported)).toEqual({ channel: 'apprise', config: {}, secrets: { urls: address } })
    expect([imported.enabled, imported.missing, imported.notes, imported.label]).toEqual([false, ['server'], [note], `${address.split(':')[0] ?? ''} by Apprise gateway`])
  })

  test('that lacks something is brought, switched off, with what is missing', () => {
    expect(one('tgram://123456789:AbC')).toMatchObject({ channel: 'telegram', enabled: false, missing: ['chatId'], notes: ['It names no chat: link it.'] })
    expect(one('slack://xoxb-1234-1234-abc124/#general')).toMatchObject({ channel: 'slack-bot', enabled: false, config: {}, missing: ['channel'], notes: ['Enter the ID of its channel: Slack takes no names here.'] })
    expect(one('ntfys://me@push.example.org/marta')).toMatchObject({ channel: 'ntfy', enabled: false, missing: ['password'] })
  })

  test('for several becomes several', () => {
    expect(importAppriseUrls('ntfy://push.lan/a/b?to=c').destinations.map(({ config }) => config)).toEqual([{ server: 'http://push.lan', topic: 'a' }, { server: 'http://push.lan', topic: 'b' }, { server: 'http://push.lan', topic: 'c' }])
    expect(importAppriseUrls('tgram://1:A/10/20').destinations.map(({ config }) => config)).toEqual([{ chatId: '10' }, { chatId: '20' }])
    expect(importAppriseUrls('pover://USER@TOKEN/phone/#GROUP').destinations.map(kept)).toEqual([
      { channel: 'pushover', config: { device: 'phone' }, secrets: { token: 'TOKEN', user: 'USER' } }, { channel: 'pushover', config: {}, secrets: { token: 'TOKEN', user: 'GROUP' } },
    ])
  })

  test('of Pushbullet is one for each device and channel, and none for a mail address', () => {
    expect(importAppriseUrls('pbul://o.TOKEN/ujpah/#farm?to=ujpbx,ann@example.org').destinations.map(({ config, notes }) => [config, notes])).toEqual(
      [{ device: 'ujpah' }, { channelTag: 'farm' }, { device: 'ujpbx' }].map((config) => [config, ['Its mail addresses are not taken over: add them as destinations of their own.']]),
    )
    expect(importAppriseUrls('pbul://o.TOKEN/ann@example.org\npbul://').problems.map(({ message }) => message)).toEqual([
      'Printbell sends to no mail address by Pushbullet. Add the mail address as a destination of its own.', 'The access token is missing. It looks like pbul://TOKEN.',
    ])
  })

  test('says what is not taken over, and does not repeat what stood there', () => {
    expect(one('ntfy://marta-7f3k?priority=max&email=me%40example.org&delay=30m&format=markdown').notes).toEqual([
      'Its priority is not taken over: how loud a message is goes by its severity.', 'Not taken over: email, delay.',
    ])
    expect(one('pover://U@T?priority=2').notes).toEqual(['Only critical messages are emergencies here.'])
    expect(one('mailto://me:pw@mail.lan?cc=a@example.org').notes).toEqual(['Whoever got a copy gets a mail of their own.', 'It sends without encryption: password and mail can be read on their way.'])
    expect(one('mqtt://broker.lan/a,b').notes).toEqual(['Printbell writes JSON, on several topics below this one.', 'Only the first of its topics is taken over.'])
  })
})

describe('a list', () => {
  const LIST = [
    '# my services', '', '; old ones', 'ntfy://marta-7f3k', 'family, night = pover://USER@TOKEN', '=discord://1/2', 'all = family, night', 'include /etc/apprise.conf', 'what is this secret',
    'ntfy://push.lan/bad!topic', 'gotify://h/t', 'ntfy://a-topic, discord://3/4', 'pover://TOKEN', '  \t', 'discord://only-an-id',
  ].join('\r\n')

  test('is read line by line, and what can not be read is named with its line', () => {
    const { destinations, problems } = importAppriseUrls(LIST)
    expect(destinations.map(({ line, channel, label }) => [line, channel, label])).toEqual([
      [4, 'ntfy', 'ntfy'], [5, 'pushover', 'Pushover (family, night)'], [6, 'discord', 'Discord'], [11, 'apprise', 'gotify by Apprise gateway'], [12, 'ntfy', 'ntfy'], [12, 'discord', 'Discord'],
    ])
    expect(problems).toEqual([
      { line: 8, message: 'Another file is included here. Import that one by itself.' },
      { line: 9, message: 'Not an address of Apprise. It begins with its service, like ntfy:// or mailto://.' },
      { line: 10, message: 'topic: A topic has 1 to 64 letters, digits, dashes and underscores. Take other characters away.' },
      { line: 13, message: 'User key or token is missing. It looks like pover://USER@TOKEN.' },
      { line: 15, message: 'Id or token of the webhook is missing. It looks like discord://ID/TOKEN.' },
    ])
    expect(destinations[1]?.notes).toEqual(['Tags are not taken over: choose what it hears.'])
  })

  test('nothing of an address stands in a problem, a note or a label', () => {
    const secret = 'canary-7f3a91'
    const lists = [`pover://${secret}`, `tgram://${secret}`, `x ${secret}`, `gotify://h/${secret}`, `ntfy://h/${secret}?delay=${secret}`, `mailto://${secret}`, `urls:\n  - ${secret}: [`, `json://u:${secret}@h`]
    for (const list of lists) {
      const { destinations, problems } = importAppriseUrls(list)
      expect(destinations.length + problems.length).toBeGreaterThan(0)
      expect(JSON.stringify([problems, destinations.map(({ notes, label, missing }) => [notes, label, missing])])).not.toContain(secret)
    }
  })

  test('no secret stands in a config', () => {
    for (const { config, channel } of importAppriseUrls('ntfys://me:canary-7f3a91@h/t\npover://canary-7f3a91@canary-7f3a91\ntgram://1:canary-7f3a91/2\ndiscord://1/canary-7f3a91\nmqtt://u:canary-7f3a91@h/t\nmailto://me:canary-7f3a91@gmail.com\ngotify://h/canary-7f3a91').destinations) {
      expect(JSON.stringify(config), channel).not.toContain('canary')
    }
  })

  test('nothing, comments only, and garbage break nothing', () => {
    expect(importAppriseUrls('')).toEqual({ destinations: [], problems: [] })
    expect(importAppriseUrls('# one\n\n; two')).toEqual({ destinations: [], problems: [] })
    for (const garbage of ['://', 'ntfy://', 'tgram://', '\u0000', 'a'.repeat(100_000), 'ntfy://%E0%A4%A', 'mailto://', 'mqtt://', 'discord://', 'json://', 'apprise://', 'slack://a', 'urls', '---', 'urls: 5', 'version: 1\nurls:\n - [']) {
      const { destinations, problems } = importAppriseUrls(garbage)
      expect(destinations, garbage.slice(0, 40)).toEqual([])
      expect(problems.length, garbage.slice(0, 40)).toBeGreaterThan(0)
      for (const { message } of problems) expect(message).toMatch(/\.$/)
    }
  })

  test('of more than 500 is read that far', () => {
    const { destinations, problems } = importAppriseUrls(Array.from({ length: 502 }, (_, index) => `ntfy://topic-${index}`).join('\n'))
    expect(destinations).toHaveLength(500)
    expect(problems).toEqual([{ line: 501, message: 'Only the first 500 addresses are read.' }])
  })
})

describe('YAML', () => {
  test('is read in all its ways of writing an address', () => {
    const { destinations, problems } = importAppriseUrls(`
version: 1
tag: home
urls:
  - ntfy://marta-7f3k
  - pover://USER@TOKEN:
      - to: phone
        tag: night, workshop
      - to: tablet
  - mailto://gmail.com:
      user: marta
      password: secret
      to: [anna@example.org, ben@example.org]
  - url: tgram://123456789:AbC
    to: "-100123"
    topic: 7
  - discord://1/2: null
`)
    expect(problems).toEqual([])
    expect(destinations.map(({ line, label }) => [line, label])).toEqual([
      [5, 'ntfy (home)'], [6, 'Pushover (home, night, workshop)'], [6, 'Pushover (home)'], [10, 'E-mail (home)'], [14, 'Telegram (home)'], [17, 'Discord (home)'],
    ])
    expect(destinations.map(kept)).toEqual([
      { channel: 'ntfy', config: { topic: 'marta-7f3k' }, secrets: {} },
      { channel: 'pushover', config: { device: 'phone' }, secrets: { token: 'TOKEN', user: 'USER' } },
      { channel: 'pushover', config: { device: 'tablet' }, secrets: { token: 'TOKEN', user: 'USER' } },
      { channel: 'email', config: { server: 'smtp.gmail.com', security: 'starttls', user: 'marta@gmail.com', from: 'marta@gmail.com', to: ['anna@example.org', 'ben@example.org'] }, secrets: { password: 'secret' } },
      { channel: 'telegram', config: { chatId: '-100123', topicId: 7 }, secrets: { token: '123456789:AbC' } },
      { channel: 'discord', config: {}, secrets: { url: 'https://discord.com/api/webhooks/1/2' } },
    ])
  })

  test('that can not be read is named with its line', () => {
    expect(importAppriseUrls('version: 1\nurls:\n  - ntfy://a\n - broken: [').problems).toEqual([{ line: 4, message: 'This is no YAML that can be read. Check how far the lines stand in.' }])
    expect(importAppriseUrls('version: 1').problems).toEqual([{ line: 1, message: 'There is no list "urls" in it.' }])
    expect(importAppriseUrls('include: other.yml\nurls:\n  - ntfy://a-topic\n  - 5\n  - nothing').problems).toEqual([
      { line: 1, message: 'Another file is included here. Import that one by itself.' },
      { line: 4, message: 'Not an address of Apprise. It begins with its service, like ntfy:// or mailto://.' },
      { line: 5, message: 'Not an address of Apprise. It begins with its service, like ntfy:// or mailto://.' },
    ])
  })

  test('that unfolds without end does not', () => {
    const bomb = ['urls: &a', '  - ntfy://a-topic', ...Array.from({ length: 20 }, () => '  - *a')].join('\n')
    expect(importAppriseUrls(bomb).destinations.length).toBeLessThanOrEqual(1)
  })

  test('beside an address of another service is not lost in silence', () => {
    const { destinations } = importAppriseUrls('urls:\n  - gotify://example.org/token:\n      - priority: high')
    expect(destinations[0]?.notes).toContain('What stands beside the address in the file is not taken over: write it into the address.')
  })
})
