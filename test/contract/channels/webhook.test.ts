import type { FarSide } from '../../support/far-side.ts'
import { startFarSide } from '../../support/far-side.ts'
import { channelSuite, type ChannelRig, type Received } from './every-channel.ts'

interface Rig extends ChannelRig { far: FarSide }

async function start(): Promise<Rig> {
  const far = await startFarSide()
  return {
    far,
    config: () => ({ url: `${far.base}/hook`, timeoutMs: 2_000 }),
    accept: () => far.play({ path: '/hook', status: 204 }),
    async received() {
      return Promise.all((await far.receipts()).map(async (receipt): Promise<Received> => {
        const multipart = receipt.headers['content-type']?.startsWith('multipart/')
        const form = multipart ? await receipt.form() : null
        const body = form ? JSON.parse(await (form.get('event') as File).text()) as { message: { title: string; body: string } } : receipt.json as { message: { title: string; body: string } }
        const picture = form?.get('picture')
        return { text: `${body.message.title}\n${body.message.body}`, pictures: picture instanceof File ? [new Uint8Array(await picture.arrayBuffer())] : [], raw: receipt.text }
      }))
    },
    close: () => far.close(),
  }
}

const status = (code: number, headers: Record<string, string> = {}) => (rig: Rig) => rig.far.play({ path: '/hook', status: code, headers })

channelSuite('webhook', {
  start,
  answers: [
    ['200 is delivered', status(200), 'delivered'], ['204 is delivered', status(204), 'delivered'],
    ['a redirect is not followed', status(302, { location: '/other' }), 'rejected destination'],
    ['400 refuses this message', status(400), 'rejected message'], ['401 refuses the destination', status(401), 'rejected destination'], ['403 refuses the destination', status(403), 'rejected destination'],
    ['404 refuses the destination', status(404), 'rejected destination'], ['408 is tried again', status(408), 'retry'], ['410 is gone', status(410), 'gone'], ['413 refuses this message', status(413), 'rejected message'],
    ['422 refuses this message', status(422), 'rejected message'], ['429 is tried again when it says', status(429, { 'retry-after': '30' }), 'retry 30000'],
    ['500 is tried again', status(500), 'retry'], ['502 is tried again', status(502), 'retry'], ['503 is tried again when it says', status(503, { 'retry-after': 'Thu, 15 Jan 2026 12:02:00 GMT' }), 'retry 120000'],
    ['a broken connection is tried again', (rig) => rig.far.play({ path: '/hook', how: 'reset' }), 'retry'],
    ['a body that breaks off does not undo the 200', (rig) => rig.far.play({ path: '/hook', how: 'half' }), 'delivered'],
    ['a body without end does not undo the 200', (rig) => rig.far.play({ path: '/hook', how: 'flood' }), 'delivered'],
  ],
  wrong: [
    ['no address', { url: 'my hook' }, 'url'], ['another scheme', { url: 'file:///etc/passwd' }, 'url'], ['credentials in the address', { url: 'http://a:b@host/' }, 'url'],
    ['an address of cloud credentials', { url: 'http://169.254.169.254/' }, 'url'], ['a header of ours', { headers: { Host: 'x' } }, 'headers.Host'],
  ],
  hang: (rig) => rig.far.play({ path: '/hook', how: 'hang' }),
})
