// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest'
import type { PluginList, PluginView } from '../../../electron/bridge/views/destinations.ts'
import PluginsPage from '../../pages/PluginsPage.vue'
import { useSettings } from '../../stores/settings.ts'
import { asked, open, press, push, settled } from '../printers/window.support.ts'
import PluginsLink from './PluginsLink.vue'

const BELL: PluginView = {
  kind: 'plugin:bell', name: 'Bell', version: '1.0.0', state: 'new', why: 'This plugin was not allowed yet. Look at its files, then allow it.', hash: 'aa',
  files: [{ path: 'channel.json', bytes: 80 }, { path: 'lib/words.mjs', bytes: 12_400 }], says: { events: ['job.done', 'job.failed'], pictures: true, secrets: ['Access key'] },
}
const ALLOWED: PluginView = { ...BELL, state: 'allowed', why: null }
const listed = (...plugins: PluginView[]): PluginList => ({ plugins, problems: [] })
const words = (): string => document.body.textContent.replace(/\s+/g, ' ')
const dialog = (): string => (document.querySelector('[role="dialog"]')?.textContent ?? '').replace(/\s+/g, ' ')
const wishes = (): { name: string; input: unknown }[] => asked.filter(({ name }) => name.startsWith('plugins.') && name !== 'plugins.list')

async function show(first: PluginList, answers: Parameters<typeof open>[2] = {}) {
  const { view } = open(PluginsPage, {}, { 'plugins.list': () => first, ...answers })
  // What the settings say of destinations: one is of this kind.
  useSettings().$patch({ view: { destinations: [{ id: 'b', label: 'Attic', channel: 'plugin:bell' }, { id: 'p', label: 'Phone', channel: 'ntfy' }] }, forms: {}, facts: {} } as never)
  await settled()
  return view
}

describe('plugins of the user', () => {
  it('are shown with how they stand, what they say of themselves, their files, and who uses them', async () => {
    await show(listed(BELL))
    for (const part of ['Bell 1.0.0', 'Used by Attic', 'Waits for you', 'This plugin was not allowed yet. Look at its files, then allow it.', 'Says that it sends 2 kinds of events, with pictures, and asks for: Access key.', '2 files', 'channel.json80 B', 'lib/words.mjs12 kB']) expect(words()).toContain(part)
  })

  it('ask before they run: what it may do is named, and the safe answer has the focus', async () => {
    await show(listed(BELL))
    await press('Allow: Bell')
    for (const part of ['Let "Bell" run?', 'It runs as you', 'There is no fence around it.', 'your network and the internet', 'the keys that you enter there', 'in a process of its own', 'Allowed are its 2 files as they are now.']) expect(dialog()).toContain(part)
    expect(document.activeElement?.textContent?.trim()).toBe('Don\'t allow')
    expect(wishes()).toEqual([])
    await press('Don\'t allow')
    expect([dialog(), wishes()]).toEqual(['', []])
  })

  it('run once they are allowed, by exactly the files that were shown', async () => {
    await show(listed(BELL), { 'plugins.allow': () => listed(ALLOWED) })
    await press('Allow: Bell')
    // They change while the person reads.
    push('plugins.changed', listed({ ...BELL, hash: 'bb' }))
    await settled()
    await press('Allow')
    expect(wishes()).toEqual([{ name: 'plugins.allow', input: { kind: 'plugin:bell', hash: 'aa' } }])
    expect(dialog()).toBe('')
    expect(words()).toContain('Allowed')
    // Forms tell of it too.
    expect(asked.map(({ name }) => name)).toContain('settings.forms')
  })

  it('say in the dialog why they could not be allowed', async () => {
    await show(listed(BELL), { 'plugins.allow': () => Promise.reject(new Error('The files of plugin:bell changed since they were shown. Look at them again.')) })
    await press('Allow: Bell')
    await press('Allow')
    expect(dialog()).toContain('The files of plugin:bell changed since they were shown. Look at them again.')
  })

  it('are forbidden at once', async () => {
    await show(listed(ALLOWED), { 'plugins.forbid': () => listed(BELL) })
    await press('Forbid: Bell')
    expect(wishes()).toEqual([{ name: 'plugins.forbid', input: 'plugin:bell' }])
    expect(words()).toContain('Waits for you')
  })

  it('that are broken say why and can not be allowed', async () => {
    await show(listed({ ...BELL, state: 'broken', version: null, why: 'channel.json is missing. It says what the plugin is.', files: [], hash: '', says: null }))
    expect(words()).toContain('channel.json is missing. It says what the plugin is.')
    expect([...document.querySelectorAll('button')].map((button) => button.getAttribute('aria-label'))).not.toContain('Allow: Bell')
  })

  it('show their folder, and say where it is when it can not be opened', async () => {
    await show(listed(BELL), { 'plugins.open-folder': () => false })
    await press('Open folder: Bell')
    expect(wishes()).toEqual([{ name: 'plugins.open-folder', input: 'plugin:bell' }])
    expect(words()).toContain('The folder could not be opened.')
  })

  it('lead on where there are none, and tell what lies there and is no plugin', async () => {
    await show({ plugins: [], problems: ['The folder My Plugin is no plugin. Rename it.'] })
    for (const part of ['Channels of your own show up here', 'The folder My Plugin is no plugin. Rename it.']) expect(words()).toContain(part)
  })

  it('say why they can not be listed', async () => {
    await show(listed(), { 'plugins.list': () => Promise.reject(new Error('The folder can\'t be read.')) })
    expect(words()).toContain('The folder can\'t be read.')
  })
})

describe('the way to the plugins', () => {
  it.each<[PluginView[], string]>([[[], 'Channels that you write yourself'], [[ALLOWED], '1 plugin'], [[ALLOWED, BELL], '1 plugin waits for you'], [[BELL, { ...BELL, kind: 'plugin:horn', state: 'changed' }], '2 plugins wait for you']])('tells of %#', async (plugins, line) => {
    open(PluginsLink, {}, { 'plugins.list': () => listed(...plugins) })
    await settled()
    expect(words()).toBe(`Plugins${line}`)
  })
})
