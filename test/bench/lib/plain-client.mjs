/**
 * node plain-client.mjs URL ...: subscribes at each Moonraker and parses every frame, and nothing else. What the engine's cost of a frame is
 * held against. Says "up" when all are subscribed.
 */
import WebSocket from 'ws'

const urls = process.argv.slice(2)
let up = 0
for (const url of urls) {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/websocket`, { perMessageDeflate: false })
  socket.on('open', () => socket.send('{"jsonrpc":"2.0","method":"printer.objects.subscribe","id":1}'))
  socket.on('message', (data) => {
    const frame = JSON.parse(data.toString())
    if (frame.id === 1 && ++up === urls.length) process.stdout.write('up\n')
  })
}
