/**
 * The least that does the job: log in, listen, parse each frame, and show a notification for PrintDone. No history, no rules, no
 * retry. What the engine's latency is held against.
 */
import { createClient } from 'dbus-native'
import WebSocket from 'ws'

const { BARE_URL: url, BARE_KEY: key, DBUS_SESSION_BUS_ADDRESS: busAddress } = process.env
const bus = createClient({ busAddress })
await bus.getId()
const login = await fetch(`${url}/api/login`, { method: 'POST', headers: { 'X-Api-Key': key, 'Content-Type': 'application/json' }, body: '{"passive":true}' })
const { name, session } = await login.json()
const socket = new WebSocket(`${url.replace('http', 'ws')}/sockjs/websocket`)
socket.on('message', (data) => {
  const frame = JSON.parse(data.toString())
  if (frame.connected) {
    socket.send(JSON.stringify({ subscribe: { state: { logs: false, messages: false }, events: ['PrintDone'], plugins: false } }))
    socket.send(JSON.stringify({ auth: `${name}:${session}` }))
  }
  if (frame.history) process.stdout.write('up\n')
  if (frame.event?.type !== 'PrintDone') return
  void bus.invoke({
    destination: 'org.freedesktop.Notifications', path: '/org/freedesktop/Notifications', interface: 'org.freedesktop.Notifications', member: 'Notify', signature: 'susssasa{sv}i',
    body: ['bare', 0, '', 'print done', frame.event.payload.name, ['default', 'Open'], {}, -1],
  })
})
