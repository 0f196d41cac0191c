import type { Socket } from 'node:net'

/** Longest line either side accepts, in characters. */
const LONGEST_LINE = 1_000_000

/** Cuts a socket's bytes into lines. A line over the limit ends the socket: no peer of ours sends one. */
export function onLines(socket: Socket, line: (text: string) => void): void {
  let rest = ''
  socket.setEncoding('utf8')
  socket.on('data', (chunk: string) => {
    rest += chunk
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n')) {
      const text = rest.slice(0, end)
      rest = rest.slice(end + 1)
      if (text.trim()) line(text)
    }
    if (rest.length > LONGEST_LINE) socket.destroy(new Error('line too long'))
  })
}
