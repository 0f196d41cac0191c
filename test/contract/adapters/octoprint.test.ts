import { FAKE_KEY, startFake } from '../../support/fake-octoprint.ts'
import { adapterSuite } from './every-adapter.ts'

adapterSuite('octoprint', async () => {
  const fake = await startFake()
  fake.setJob('Printing', 'lamp.gcode', 10)
  return { port: fake.port, secrets: { apiKey: FAKE_KEY }, close: () => fake.close() }
}, {
  drip: { link: ['timeout'], test: ['timeout'] },
  flood: { link: ['too_large'], test: ['not_this_server'] },
  // Bytes that are no HTTP are its boot server's.
  junk: { link: ['booting'], test: ['not_this_server'] },
  page: { link: ['not_this_server'], test: ['not_this_server'] },
  silent: { link: ['timeout'], test: ['timeout'] },
  close: { link: ['reset'], test: ['server_error'] },
})
