import { FAKE_PASSWORD, startFake } from '../../support/fake-prusalink.ts'
import { adapterSuite } from './every-adapter.ts'

adapterSuite('prusalink', async () => {
  const fake = await startFake({ flavour: 'buddy' })
  fake.state = 'PRINTING'
  fake.job = { id: 7, file: 'Lamp foot.gcode', progress: 10, remaining: 3_000, printing: 300 }
  // With the password, so that the challenge is a step too.
  return { port: fake.port, secrets: { password: FAKE_PASSWORD }, close: () => fake.close() }
}, {
  drip: { link: ['timeout'], test: ['timeout'] },
  flood: { link: ['too_large'], test: ['not_this_server'] },
  junk: { link: ['not_http'], test: ['not_this_server'] },
  page: { link: ['not_this_server'], test: ['not_this_server'] },
  silent: { link: ['timeout'], test: ['timeout'] },
  close: { link: ['reset'], test: ['server_error'] },
})
