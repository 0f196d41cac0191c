import { idleStatus, startFake } from '../../support/fake-moonraker.ts'
import { adapterSuite } from './every-adapter.ts'

adapterSuite('moonraker', async () => {
  const fake = await startFake()
  const status = idleStatus()
  Object.assign(status['print_stats'] ?? {}, { state: 'printing', filename: 'lamp.gcode', total_duration: 300, print_duration: 290 })
  fake.status = status
  return { port: fake.port, secrets: {}, close: () => fake.close() }
}, {
  drip: { link: ['timeout'], test: ['timeout'] },
  flood: { link: ['too_large'], test: ['not_this_server'] },
  junk: { link: ['not_http'], test: ['not_this_server'] },
  page: { link: ['not_this_server'], test: ['not_this_server'] },
  silent: { link: ['timeout'], test: ['timeout'] },
  close: { link: ['reset'], test: ['server_error'] },
})
