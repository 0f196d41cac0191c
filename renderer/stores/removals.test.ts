// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { SettingsView } from '../../electron/bridge/views/settings.ts'
import { fakeBridge, type Asked } from '../components/forms/mount.support.ts'
import { useRemovals } from './removals.ts'
import { useSettings } from './settings.ts'
import { useStatus } from './status.ts'

const LOG = { id: 'log', label: 'Print log' }

describe('a destination that is removed', () => {
  let asked: Asked[]
  let answer: unknown

  beforeEach(() => {
    vi.useFakeTimers()
    answer = { ok: true }
    asked = fakeBridge({ 'settings.change': () => answer })
    setActivePinia(createPinia())
  })
  afterEach(() => vi.useRealTimers())

  it('is gone from the pages at once, and from the settings after 8 s', async () => {
    const removals = useRemovals()
    removals.remove(LOG)
    expect(removals.isGone('log')).toBe(true)
    await vi.advanceTimersByTimeAsync(7_999)
    expect(asked).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(asked).toEqual([{ name: 'settings.change', input: { what: 'remove-destination', id: 'log' } }])
    expect(removals.pending).toEqual([])
  })

  it('R43: stays while a profile names it, and that is told at once', async () => {
    useSettings().view = { rules: { profiles: [{ name: 'Night', destinations: [{ destination: 'log', mode: 'now' }] }] } } as unknown as SettingsView
    expect(useRemovals().remove(LOG)).toBe(false)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(asked).toEqual([])
    expect(useRemovals().isGone('log')).toBe(false)
    expect(useStatus().notices.map(({ text }) => text)).toEqual(['"Print log" is used by the profile "Night". Take it out of it first, on the page "Rules".'])
  })

  it('is back as if nothing had been, when that is taken back in time', async () => {
    const removals = useRemovals()
    removals.remove(LOG)
    await vi.advanceTimersByTimeAsync(5_000)
    removals.undo('log')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(asked).toEqual([])
    expect(removals.isGone('log')).toBe(false)
  })

  it('is removed at once when the window closes', async () => {
    useRemovals().remove(LOG)
    window.dispatchEvent(new Event('pagehide'))
    await vi.advanceTimersByTimeAsync(0)
    expect(asked).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(asked).toHaveLength(1)
  })

  it('is shown again when that is refused, and the reason is told', async () => {
    answer = { ok: false, problems: [{ path: '', message: 'could not be saved: the disk is full', cure: '' }] }
    const removals = useRemovals()
    removals.remove(LOG)
    await vi.advanceTimersByTimeAsync(8_000)
    expect(removals.isGone('log')).toBe(false)
    expect(useStatus().notices).toEqual([{ level: 'error', text: 'This could not be saved: the disk is full.' }])
  })
})
