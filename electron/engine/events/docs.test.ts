import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { selector } from '../settings/basics.ts'
import { EVENT_TYPES } from './model.ts'

const page = readFileSync(new URL('../../../docs/events.md', import.meta.url), 'utf8')

/** OctoPrint's names: of 1.11.8 and 2.0, and those of the 1.1/1.2 documentation that are gone. */
const OCTOPRINT = `Startup Shutdown ConnectivityChanged ClientOpened ClientAuthed ClientClosed ClientDeauthed UserLoggedIn UserLoggedOut
Connecting Connected Disconnecting Disconnected ConnectionsAutorefreshed PrinterStateChanged PrinterReset Error FirmwareData PrinterControlsChanged
Upload FileAdded FileRemoved FileMoved FolderAdded FolderRemoved FolderMoved UpdatedFiles MetadataAnalysisStarted MetadataAnalysisFinished
MetadataAnalaysisFinished MetadataStatisticsUpdated FileSelected FileDeselected TransferStarted TransferDone TransferFailed
PrintStarted PrintDone PrintFailed PrintCancelling PrintCancelled PrintPaused PrintResumed ChartMarked PowerOn PowerOff Home ZChange Paused Waiting
Dwelling Cooling Alert Conveyor Eject EStop FilamentChange PositionUpdate ToolChange RegisteredMessageReceived CommandSuppressed InvalidToolReported
CaptureStart CaptureDone CaptureFailed PostRollStart PostRollEnd MovieRendering MovieDone MovieFailed SlicingStarted SlicingDone SlicingCancelled
SlicingFailed SlicingProfileAdded SlicingProfileModified SlicingProfileDeleted PrinterProfileAdded PrinterProfileModified PrinterProfileDeleted SettingsUpdated`.split(/\s+/)

/** Every selector that the page's tables name: \`native:NAME\` and the types of the last column. */
const SELECTORS = [...new Set([...page.matchAll(/`((?:native:|(?:job|attention|device|heater|link|message)\.)[^`\s]+)`/g)].map((match) => match[1] ?? ''))].filter((name) => !name.includes('NAME'))

describe('docs/events.md', () => {
  it('names selectors at all, also one of a plugin', () => {
    expect(SELECTORS.length).toBeGreaterThan(40)
    expect(SELECTORS).toContain('native:plugin:action_command_prompt')
  })
  it.each(SELECTORS)('promises the selector %s, and the settings take it', (name) => {
    expect(selector.safeParse(name).error?.message).toBeUndefined()
  })
  it.each(['native:', 'native::x', 'native:a b', 'native:a:', 'native:1', 'job:done', 'plugin:x'])('does not make a selector of %s', (name) => {
    expect(selector.safeParse(name).success).toBe(false)
  })
  it.each(OCTOPRINT)("names the source of OctoPrint's %s", (name) => {
    const row = page.split('\n').find((line) => line.startsWith('|') && line.split('|')[1]?.includes(`\`${name}\``))
    expect(row, `no row for ${name}`).toMatch(/\| (yes|no|synthesised)/)
  })
  it.each(EVENT_TYPES.filter((type) => !/^(app|command)/.test(type)))('says when %s fires', (type) => {
    const [group, word] = type.split('.')
    expect(page.includes(`\`${type}\``) || page.includes(`\`.${word}\``), `${group}.${word}`).toBe(true)
  })
})
