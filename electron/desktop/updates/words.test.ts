import { expect, it } from 'vitest'
import { UpdateError } from './updater.ts'
import { failureText } from './words.ts'

const coded = (code: string): Error => Object.assign(new Error('secret details'), { code })

it.each([
  [new UpdateError('Said already. Do this.'), 'Said already. Do this.'],
  [coded('ENOTFOUND'), 'updates.example.org can\'t be reached. Check the network; Printbell tries again.'],
  [coded('ECONNREFUSED'), 'updates.example.org can\'t be reached. Check the network; Printbell tries again.'],
  [coded('ETIMEDOUT'), 'updates.example.org does not answer. Printbell tries again.'],
  [coded('ENOSPC'), 'There is no space left for the download. Make room on the disk.'],
  [coded('EACCES'), 'The download can\'t be written into the data folder. Check who may write there.'],
  [coded('EPROXYDOWN'), 'The proxy lets nothing through to updates.example.org. Check the system\'s proxy settings.'],
  [coded('DEPTH_ZERO_SELF_SIGNED_CERT'), 'The certificate of updates.example.org is not trusted. Check the address, and the clock of this computer.'],
  [coded('CERT_HAS_EXPIRED'), 'The certificate of updates.example.org is not trusted. Check the address, and the clock of this computer.'],
  [new Error('secret details'), 'The newer version could not be had; the log says why. Printbell tries again.'],
  ['no error', 'The newer version could not be had; the log says why. Printbell tries again.'],
])('tells cause and cure of %s', (error, text) => {
  expect(failureText(error, 'updates.example.org')).toBe(text)
})
