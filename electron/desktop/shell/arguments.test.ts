import { describe, expect, it } from 'vitest'
import { startArguments } from './arguments.ts'

const NONE = { hidden: false, demo: false, data: null, config: null, seconds: null }

describe('what the app is started with', () => {
  it('nothing means the usual folders and a window', () => {
    expect(startArguments([], '/home/marta')).toEqual(NONE)
  })
  it('the login item stays in the tray', () => {
    expect(startArguments(['--hidden'], '/home/marta')).toEqual({ ...NONE, hidden: true })
  })
  it.each([[['--data', 'here']], [['--data=here']], [['--data', '/home/marta/here']]])('%j names a folder from where it was typed', (argv) => {
    expect(startArguments(argv, '/home/marta')).toEqual({ ...NONE, data: '/home/marta/here' })
  })
  it('takes the next switch for no folder', () => {
    expect(startArguments(['--config', '--hidden'], '/')).toEqual({ ...NONE, hidden: true })
  })
  it.each([['0'], ['-3'], ['soon'], ['']])('"%s" seconds are no end', (text) => {
    expect(startArguments([`--seconds=${text}`], '/')).toEqual(NONE)
  })
  it('passes over what is Chromium\'s', () => {
    expect(startArguments(['--disable-gpu', '--remote-debugging-port=0', '--seconds', '46', '--demo'], '/')).toEqual({ ...NONE, demo: true, seconds: 46 })
  })
})
