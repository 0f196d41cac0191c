import { describe, expect, it } from 'vitest'
import { freeId, freeLabel, sameLabel, slug } from './names.ts'

describe('an id of a name', () => {
  it.each([
    ['MK3 left', 'mk3-left'],
    ['  Große Würfel (links) ', 'grosse-wurfel-links'],
    ['Ænima №7', 'nima-no7'],
    ['打印机', 'printer'],
    ['---', 'printer'],
    ['a'.repeat(80), 'a'.repeat(64)],
    [`${'a'.repeat(63)} b`, 'a'.repeat(63)],
    ['../../etc', 'etc'],
  ])('%j is %s', (name, id) => {
    expect(slug(name, 'printer')).toBe(id)
  })

  it('is counted up where it is taken, within its 64 characters', () => {
    expect(freeId('MK3', 'printer', ['mk3', 'mk3-2'])).toBe('mk3-3')
    expect(freeId('a'.repeat(70), 'printer', ['a'.repeat(64)])).toBe(`${'a'.repeat(62)}-2`)
  })
})

describe('a label', () => {
  it('is suggested with the first free number', () => {
    expect(freeLabel('Webhook', [])).toBe('Webhook')
    expect(freeLabel('Webhook', ['webhook ', 'Webhook 2'])).toBe('Webhook 3')
  })
  it('is the same for capitals, blanks and wide characters', () => {
    expect(sameLabel('Home  Hook', ' home hook')).toBe(true)
    expect(sameLabel('Ｈｏｏｋ', 'hook')).toBe(true)
    expect(sameLabel('Hook', 'Hook 2')).toBe(false)
  })
})
