import { describe, expect, it } from 'vitest'
import type { UpdatesView } from '../../../../electron/bridge/views/updates.ts'
import { i18n } from '../../../lib/i18n.ts'
import { asksWords, bytesInWords, notesOf, updateWords } from './words.ts'

const t = (key: string, values: Record<string, unknown> = {}): string => i18n.global.t(key, values)
const NOW = new Date(2026, 10, 24, 14, 54).getTime()
const release = { version: '1.3.0', releasedAt: null, notes: '' }
type State = UpdatesView['state']
const told = (state: State, way: UpdatesView['way'] = 'itself', why: string | null = null): unknown => {
  const { title, lines, waitsFor, tone } = updateWords({ state, way, why }, NOW, t)
  return [tone, title, ...lines, ...waitsFor]
}

describe('a newer version', () => {
  it.each<[State, string[]]>([
    [{ what: 'idle' }, ['plain', 'Not looked yet']],
    [{ what: 'checking' }, ['plain', 'Looking for a new version']],
    [{ what: 'current' }, ['good', 'This is the newest version']],
    [{ what: 'available', release }, ['plain', 'Printbell 1.3.0 is out']],
    [{ what: 'downloading', release, bytes: 1, of: 2 }, ['plain', 'Downloading Printbell 1.3.0']],
    [{ what: 'ready', release }, ['plain', 'Printbell 1.3.0 is ready', 'Restart now, or it is installed when Printbell ends.']],
    [{ what: 'waiting', release, waitsFor: ['MK4 needs you.'] }, ['plain', 'Printbell 1.3.0 waits to be installed', 'Installed as soon as this is over:', 'MK4 needs you.']],
    [{ what: 'installing', release }, ['plain', 'Installing Printbell 1.3.0', 'Printbell ends and starts again by itself.']],
    [{ what: 'failed', release, text: 'The disk is full. Make room.', nextAt: new Date(2026, 10, 24, 16, 5).getTime() }, ['bad', 'Printbell 1.3.0 could not be fetched', 'The disk is full. Make room.', 'Next try: 16:05']],
    [{ what: 'failed', release: null, text: 'It does not answer.', nextAt: null }, ['bad', 'New versions could not be looked for', 'It does not answer.']],
  ])('%j is told', (state, words) => {
    expect(told(state)).toEqual(words)
  })

  it('says who installs it where Printbell does not', () => {
    expect(told({ what: 'available', release }, 'told', 'Installed as a Debian package. Let the package manager do it.')).toEqual(['plain', 'Printbell 1.3.0 is out', 'Installed as a Debian package. Let the package manager do it.'])
  })

  it('does not say how to install what is there already', () => {
    expect(told({ what: 'current' }, 'told', 'Installed as a Debian package. Let the package manager do it.')).toEqual(['good', 'This is the newest version'])
  })

  it('has bytes that a person reads', () => {
    expect(bytesInWords(42_340_000, 98_100_000, t)).toBe('42.3\u202fMB of 98.1\u202fMB')
    expect(bytesInWords(99_000_000, 98_100_000, t)).toBe('98.1\u202fMB of 98.1\u202fMB')
    expect(bytesInWords(0, 0, t)).toBe('0\u202fMB')
  })

  it('has a line for each change, and none for nothing', () => {
    expect(notesOf({ ...release, notes: 'Less memory.\n\n  Fixed: turned twice.  \n' })).toEqual(['Less memory.', 'Fixed: turned twice.'])
    expect(notesOf(release)).toEqual([])
  })

  it('names the host that is asked, where one is', () => {
    expect(asksWords('updates.example.org', t)).toBe('Asks updates.example.org once a day. Off: nothing is asked of the internet.')
    expect(asksWords(null, t)).toBe('Off: nothing is asked of the internet.')
  })
})
