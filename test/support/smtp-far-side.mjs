/**
 * A mail server in a process of its own: one on each of three ports (no TLS, STARTTLS, TLS), with logins, receipts taken before it
 * answers, and faults by rules that the test sends: the first that fits is played, as often as `times` says.
 * A rule: { at, code?, text?, how?, to?, times? }; `at` is the step (greeting, EHLO, STARTTLS, AUTH, MAIL, RCPT, DATA, content), `to` a
 * pattern for the recipient of RCPT and content, `how`: "hang" (never answers), "reset" (breaks the connection; in "content" amid the
 * mail), "swallow" (content: takes the mail, then breaks the connection instead of saying so), "close" (greeting: hangs up silently).
 */
import { SMTPServer } from 'smtp-server'
import { SMTPConnection } from 'smtp-server/lib/smtp-connection'

const { key, cert, user, password, token, size, auth } = JSON.parse(process.argv[2])
let rules = []
let receipts = []
let connections = 0
let commands = []

function ruleFor(at, to) {
  const rule = rules.find((one) => one.at === at && (one.times ?? 1) > 0 && (one.to === undefined || new RegExp(one.to).test(to ?? '')))
  if (rule?.times !== undefined) rule.times -= 1
  return rule
}

/** Over TLS the line can only be cut, not reset. */
function cut(socket) {
  if (socket.encrypted) socket.destroy()
  else socket.resetAndDestroy()
}

/** @returns whether a fault was played */
function fault(connection, rule) {
  if (rule === undefined) return false
  if (rule.how === 'hang') return true
  if (rule.how === 'close') connection._socket.end()
  else if (rule.how !== undefined) cut(connection._socket)
  else connection.send(rule.code, rule.text ?? 'as the test wants it', false)
  return true
}

for (const verb of ['EHLO', 'HELO', 'STARTTLS', 'AUTH', 'MAIL', 'RCPT', 'DATA', 'QUIT', 'RSET']) {
  const real = SMTPConnection.prototype[`handler_${verb}`]
  SMTPConnection.prototype[`handler_${verb}`] = function handle(command, callback) {
    commands.push(String(command))
    const rule = ruleFor(verb === 'HELO' ? 'EHLO' : verb, String(command))
    if (!fault(this, rule)) return real.call(this, command, callback)
    if (rule.code === 421) return this.close()
    if (rule.how === undefined) callback()
  }
}
// It waits 100 ms for clients that talk before they are greeted; some hundred tests need not.
SMTPConnection.prototype.init = function init() {
  this._setListeners(() => setImmediate(() => this.connectionReady()))
}
const greet = SMTPConnection.prototype._sendGreeting
SMTPConnection.prototype._sendGreeting = function sendGreeting() {
  connections += 1
  if (!fault(this, ruleFor('greeting'))) greet.call(this)
}

function onAuth(login, session, callback) {
  const good = login.method === 'XOAUTH2' ? login.username === user && login.accessToken === token : login.username === user && login.password === password
  if (good) return callback(null, { user: `${login.method} ${login.username}` })
  if (login.method === 'XOAUTH2') return callback(null, { data: { status: '401', schemes: 'bearer', scope: 'mail' } })
  callback(Object.assign(new Error('5.7.8 Username and Password not accepted'), { responseCode: 535 }))
}

function onData(stream, session, callback) {
  const to = session.envelope.rcptTo.map(({ address }) => address)
  const rule = ruleFor('content', to.join(' '))
  const chunks = []
  stream.on('error', () => undefined)
  stream.on('data', (chunk) => {
    chunks.push(chunk)
    if (rule?.how === 'reset') cut(session.connection._socket)
  })
  stream.on('end', () => {
    if (rule?.how === 'hang' || rule?.how === 'reset') return
    if (rule?.code === undefined) {
      receipts.push({
        at: Date.now(), from: session.envelope.mailFrom.address, to, user: session.user ?? null, encrypted: session.secure, tls: session.tlsOptions?.version ?? null,
        connection: session.id, bytes: Buffer.concat(chunks).toString('base64'),
      })
    }
    if (rule?.how === 'swallow') return cut(session.connection._socket)
    if (rule !== undefined) return callback(Object.assign(new Error(rule.text ?? 'as the test wants it'), { responseCode: rule.code }))
    callback(null, '2.0.0 Ok: queued as 4AF1E2')
  })
}

function serve({ disabledCommands = [], ...options }) {
  const server = new SMTPServer({
    key, cert, banner: 'far side', authMethods: auth, authOptional: true, allowInsecureAuth: true, disableReverseLookup: true, closeTimeout: 100, size, disabledCommands: auth.length === 0 ? ['AUTH', ...disabledCommands] : disabledCommands,
    onAuth, onData, ...options,
    onConnect(session, callback) {
      session.connection = [...server.connections].find((one) => one.session === session)
      callback()
    },
  })
  // A connection that a test breaks is no fault of the server.
  server.on('error', () => undefined)
  return new Promise((done) => server.listen(0, '127.0.0.1', () => done(server.server.address().port)))
}

process.on('message', ({ id, rules: wanted, forget, ask }) => {
  if (wanted) rules = wanted
  if (forget) {
    receipts = []
    commands = []
    connections = 0
  }
  process.send({ id, ...(ask ? { receipts, commands, connections } : {}) })
})
process.on('disconnect', () => process.exit(0))

const [none, starttls, tls] = await Promise.all([serve({ disabledCommands: ['STARTTLS'] }), serve({}), serve({ secure: true })])
process.send({ ports: { none, starttls, tls } })
