import { createSocket } from 'node:dgram'

/** Whether a multicast packet of our own comes back; null = it does, else why not. */
export async function noMulticast(): Promise<string | null> {
  const group = '224.0.0.251'
  const socket = createSocket({ type: 'udp4', reuseAddr: true })
  try {
    return await new Promise<string | null>((resolve) => {
      const late = setTimeout(() => resolve('this machine has no multicast: a packet to 224.0.0.251 does not come back'), 1_000)
      socket.on('error', (error) => resolve(`this machine has no multicast: ${error.message}`))
      socket.on('message', () => {
        clearTimeout(late)
        resolve(null)
      })
      socket.bind(0, () => {
        try {
          socket.addMembership(group)
          socket.setMulticastLoopback(true)
          socket.send('printbell', socket.address().port, group)
        } catch (error) {
          clearTimeout(late)
          resolve(`this machine has no multicast: ${error instanceof Error ? error.message : String(error)}`)
        }
      })
    })
  } finally {
    socket.close()
  }
}
