import { describe, expect, it } from 'vitest'
import { buildOf, keyOf, packageTypeOf, type BuildFacts } from './build.ts'

/** An ed25519 key as `openssl pkey -pubout -outform DER | base64` writes it, and one of another kind. */
const KEY = 'MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE='
const X25519 = 'MCowBQYDK2VuAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE='
const facts = (change: Partial<BuildFacts>, updates: object | undefined = { url: 'https://updates.example.org/printbell', key: KEY }): BuildFacts => ({
  description: { name: 'printbell', ...(updates ? { updates } : {}) }, packaged: true, platform: 'linux', env: {}, packageType: null, installed: false, ...change,
})

describe('an installation', () => {
  it.each([
    ['an AppImage', { env: { APPIMAGE: '/home/u/Printbell.AppImage' } }],
    ['one made by the Windows installer', { platform: 'win32', installed: true }],
  ])('renews itself: %s', (_what, change) => {
    expect(buildOf(facts(change))).toMatchObject({ way: 'itself', why: null, url: 'https://updates.example.org/printbell', publisher: null })
  })

  it('on macOS renews itself when it is signed', () => {
    expect(buildOf(facts({ platform: 'darwin' }, { key: KEY, signed: true }))).toMatchObject({ way: 'itself', why: null, url: null })
    expect(buildOf(facts({ platform: 'darwin' }))).toMatchObject({ way: 'told', why: 'unsigned' })
  })

  it.each<[BuildFacts['packageType'], 'deb' | 'rpm' | 'pacman' | 'folder']>([
    ['deb', 'deb'],
    ['rpm', 'rpm'],
    ['pacman', 'pacman'],
    [null, 'folder'],
  ])('is only told, as %s', (packageType, why) => {
    expect(buildOf(facts({ packageType }))).toMatchObject({ way: 'told', why })
  })

  it('is only told from an unpacked folder on Windows, and from its source', () => {
    expect(buildOf(facts({ platform: 'win32' }))).toMatchObject({ way: 'told', why: 'folder' })
    expect(buildOf(facts({ packaged: false, env: { APPIMAGE: '/x' } }))).toMatchObject({ way: 'told', why: 'source' })
  })

  it('knows who signs for Windows', () => {
    expect(buildOf(facts({}, { key: KEY, publisher: 'Printbell maintainers' })).publisher).toBe('Printbell maintainers')
  })

  it.each([
    ['no key', undefined], ['an empty one', { key: '' }], ['one of another kind', { key: X25519 }], ['rubbish', { key: 'no key at all' }], ['an address that is none', { url: 'ftp://x', key: KEY }],
  ])('never looks with %s', (_what, updates) => {
    expect(buildOf({ ...facts({ env: { APPIMAGE: '/x' } }), description: { name: 'printbell', updates } })).toEqual({
      way: 'never', why: 'no_key', url: null, key: null, publisher: null,
    })
  })

  it('is known to the package manager that looks after it', () => {
    const on = (...paths: string[]) => (program: string) => packageTypeOf(program, (path) => paths.includes(path))
    expect(on('/var/lib/dpkg/info/printbell.list', '/var/lib/rpm')('/opt/Printbell/printbell')).toBe('deb')
    expect(on('/var/lib/dpkg/info/printbell.list')('/home/u/Printbell/printbell')).toBeNull()
    expect(on('/var/lib/pacman/local')('/opt/Printbell/printbell')).toBe('pacman')
    expect(on('/usr/lib/sysimage/rpm')('/opt/Printbell/printbell')).toBe('rpm')
    expect(on()('/opt/Printbell/printbell')).toBeNull()
  })

  it('reads the key as openssl writes it', () => {
    expect(keyOf(KEY)?.asymmetricKeyType).toBe('ed25519')
    expect(keyOf(`${KEY}\n`)?.asymmetricKeyType).toBe('ed25519')
  })
})
