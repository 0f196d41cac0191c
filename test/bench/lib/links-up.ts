import { callEngine, NoEngine } from '../../../electron/engine/control/client.ts'

/** How many links are up; -1 while the control endpoint is not there yet. */
export async function linksUp(socket: string): Promise<number> {
  try {
    const { links } = (await callEngine(socket, { call: 'status' })) as { links: { observation: { link: string } }[] }
    return links.filter(({ observation }) => observation.link === 'up').length
  } catch (error) {
    if (error instanceof NoEngine) return -1
    throw error
  }
}
