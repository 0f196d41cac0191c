import { describe, expect, it } from 'vitest'
import { whatLacks } from './python-venv.mjs'

const found = (more = {}) => ({ python: 'python3', version: '3.11.2 (main)', release: [3, 11], headers: ['sys/capability.h'], libraries: ['magic'], toCompile: [], ...more })
const environment = { compiles: true, newest: [3, 11], headers: { 'sys/capability.h': 'libcap-dev' }, libraries: { magic: 'libmagic1' } }

describe('what an environment lacks', () => {
  it('is nothing where everything is there', () => {
    expect(whatLacks(environment, found())).toBeNull()
  })
  it('names the Debian packages of all that is missing', () => {
    expect(whatLacks(environment, found({ headers: [], libraries: [], toCompile: ['a C compiler'] }))).toBe('missing: a C compiler, libcap-dev, libmagic1')
  })
  it('is no header or compiler when nothing is compiled, but the libraries all the same', () => {
    expect(whatLacks({ ...environment, compiles: false }, found({ headers: [], toCompile: ['a C compiler'] }))).toBeNull()
    expect(whatLacks({ ...environment, compiles: false }, found({ libraries: [] }))).toBe('missing: libmagic1')
  })
  it('is an older Python where this one is too new', () => {
    expect(whatLacks(environment, found({ release: [3, 12] }))).toBe('Python 3.11 is the newest that it takes, here is 3.12')
    expect(whatLacks({ ...environment, newest: undefined }, found({ release: [3, 13] }))).toBeNull()
  })
})
