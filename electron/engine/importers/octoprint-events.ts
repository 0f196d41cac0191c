/** OctoPrint's own events by name: 1.11.8 and 2.0, and names of the 1.1/1.2 documentation that stand in old settings. docs/events.md tells where each comes from. */

const NAMES = `Startup Shutdown ConnectivityChanged ClientOpened ClientAuthed ClientClosed ClientDeauthed UserLoggedIn UserLoggedOut
Connecting Connected Disconnecting Disconnected ConnectionsAutorefreshed PrinterStateChanged PrinterReset Error FirmwareData PrinterControlsChanged
Upload FileAdded FileRemoved FileMoved FolderAdded FolderRemoved FolderMoved UpdatedFiles MetadataAnalysisStarted MetadataAnalysisFinished
MetadataStatisticsUpdated FileSelected FileDeselected TransferStarted TransferDone TransferFailed
PrintStarted PrintDone PrintFailed PrintCancelling PrintCancelled PrintPaused PrintResumed ChartMarked PowerOn PowerOff Home ZChange Waiting
Dwelling Cooling Alert Conveyor Eject EStop FilamentChange PositionUpdate ToolChange RegisteredMessageReceived CommandSuppressed InvalidToolReported
CaptureStart CaptureDone CaptureFailed PostRollStart PostRollEnd MovieRendering MovieDone MovieFailed SlicingStarted SlicingDone SlicingCancelled
SlicingFailed SlicingProfileAdded SlicingProfileModified SlicingProfileDeleted PrinterProfileAdded PrinterProfileModified PrinterProfileDeleted SettingsUpdated`.split(/\s+/)

/** What they are called today. */
const RENAMED: Readonly<Record<string, string>> = { paused: 'PrintPaused', metadataanalaysisfinished: 'MetadataAnalysisFinished', dwell: 'Dwelling' }

const BY_LOWER_CASE = new Map(NAMES.map((name) => [name.toLowerCase(), name]))

/** The name as OctoPrint writes it today; a plugin's event (`plugin_...`) stays as it is; null = OctoPrint has no such event. */
export function octoPrintEvent(name: string): string | null {
  const lower = name.trim().toLowerCase()
  return BY_LOWER_CASE.get(lower) ?? RENAMED[lower] ?? (/^plugin_[a-z0-9_-]+$/i.test(name.trim()) ? name.trim() : null)
}
