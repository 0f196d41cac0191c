export function supportedFeatures() {
  return [
    'job.started', 'job.done', 'job.cancelled', 'job.failed', 'job.paused', 'job.resumed',
    'attention.filament_change', 'attention.filament_runout', 'failure.warning', 'failure.detected',
    'heater.target_reached', 'heater.cooled',
  ]
}

export function validateConfig(config) {
  const userKey = config.userKey.trim()
  if (!/^[A-Za-z0-9]{30}$/.test(userKey)) {
    return { ok: false, errors: [{ field: 'userKey', message: 'Not a user key. It has 30 letters and digits: copy it from the start page of your account.' }] }
  }
  return { ok: true, config: { ...config, userKey } }
}

export function prerequisites() {
  return [{ name: 'fetch', help: 'Update Printbell: this plugin sends with the fetch of Node.js 18 and later.', met: typeof fetch === 'function' }]
}

export function sendFailureAlert(context) {
  // A suspicion rings, certainty insists.
  return send(context, context.message.isWarning ? 0 : 1)
}

export function sendPrinterNotification(context) {
  return send(context, { info: -1, success: 0, warning: 0, error: 1, critical: 1 }[context.message.severity])
}

export function sendTestMessage(context) {
  return send(context, 0)
}

async function send({ message, config, secrets, picture, signal }, priority) {
  const { Blob, FormData } = globalThis
  const form = new FormData()
  form.set('token', secrets.appToken)
  form.set('user', config.userKey)
  form.set('title', message.title)
  form.set('message', message.body || message.title)
  form.set('priority', String(priority))
  form.set('sound', config.sound)
  form.set('timestamp', String(Math.floor(message.occurredAt / 1000)))
  if (picture) form.set('attachment', new Blob([picture.jpeg], { type: 'image/jpeg' }), 'picture.jpg')
  const response = await fetch(`${config.server}/1/messages.json`, { method: 'POST', body: form, signal })
  return verdictOf(response.status)
}

function verdictOf(status) {
  if (status === 200) return { result: 'delivered', detail: 'Pushover took it.' }
  if (status === 429) return { result: 'retry', after: 3_600_000, why: 'The messages of this month are used up (429).' }
  if (status >= 500) return { result: 'retry', after: null, why: `Pushover has trouble (${status}).` }
  return { result: 'rejected', scope: 'destination', why: `Pushover refuses it (${status}). Check the user key and the application token.` }
}
