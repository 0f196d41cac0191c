import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../support/adapter-kit.ts'
import { gcodeOf } from '../support/octoprint-server.ts'
import { PRUSA_KEY, prusalinkMissing, startPrusaLink, type PrusaLinkServer } from '../support/prusalink-server.ts'

const missing = prusalinkMissing()
const because = missing === null ? '' : ` (skipped: ${missing})`

// What the scripted MK3 makes of a real PrusaLink, against what the recordings show. Ends and errors are in prusalink-events.test.ts.
describe.skipIf(missing !== null)(`a real PrusaLink with the scripted MK3${because}`, () => {
  let server: PrusaLinkServer
  beforeAll(async () => {
    server = await startPrusaLink()
  })
  afterAll(async () => {
    await server?.close()
  })
  const job = async (): Promise<{ id: number; state: string } | null> => (await server.api('GET', '/api/v1/job')).body as { id: number; state: string } | null

  it('prints, waits for its user, pauses, resumes and stops', async () => {
    await server.print('whole.gcode', gcodeOf(60))
    await server.waitFor('PRINTING')
    await server.printer('attention on')
    await server.waitFor('ATTENTION')
    await server.printer('attention off')
    await server.waitFor('PRINTING')
    const { id } = (await job()) ?? { id: -1 }
    await expect(server.api('PUT', `/api/v1/job/${id + 1}/pause`)).resolves.toMatchObject({ status: 404 })
    await expect(server.api('PUT', `/api/v1/job/${id}/pause`)).resolves.toMatchObject({ status: 204 })
    await server.waitFor('PAUSED')
    await expect(server.api('PUT', `/api/v1/job/${id}/resume`)).resolves.toMatchObject({ status: 204 })
    await server.waitFor('PRINTING')
    await expect(server.api('DELETE', `/api/v1/job/${id}`)).resolves.toMatchObject({ status: 204 })
    await server.waitFor('STOPPED')
    await until('no job is left', async () => (await job()) === null)
  })

  it('wants a key or a Digest answer, the wrong key being 403', async () => {
    await expect(server.api('GET', '/api/version', undefined, {})).resolves.toMatchObject({ status: 401 })
    await expect(server.api('GET', '/api/version', undefined, { 'X-Api-Key': `${PRUSA_KEY}x` })).resolves.toMatchObject({ status: 403 })
    const { headers } = await server.api('GET', '/api/v1/status', undefined, {})
    expect(headers.get('www-authenticate')).toMatch(/^Digest realm="Administrator",.*algorithm="?MD5-sess"?/)
  })
})
