import type { Orientation } from './ports.ts'
import { NoPicture, type Connection, type RawPicture } from './printers/adapter.ts'

/** Where a printer's pictures come from, and how it wants them turned. */
export interface StillSource {
  connection: Connection
  sourceId: string
  /** The camera the settings chose; null = the server's own choice. */
  cameraId: string | null
  /** The settings' word on how the pictures are turned; null = as the server says. */
  orientation: Orientation | null
}

/**
 * One still of a printer, now. What the settings say of its orientation wins over what the server says; it is about the chosen
 * camera, so another one keeps the server's word.
 * @param cameraId null = the chosen camera
 * @throws NoPicture, whatever the adapter threw
 */
export async function takeStill(source: StillSource, cameraId: string | null, signal: AbortSignal): Promise<RawPicture> {
  const still = await asked(source, cameraId ?? source.cameraId, signal)
  const chosen = cameraId === null || source.cameraId === null || cameraId === source.cameraId
  return source.orientation && chosen ? { ...still, orientation: source.orientation } : still
}

async function asked(source: StillSource, cameraId: string | null, signal: AbortSignal): Promise<RawPicture> {
  try {
    return await source.connection.snapshot(source.sourceId, cameraId, signal)
  } catch (error) {
    if (error instanceof NoPicture) throw error
    if (signal.aborted) throw new NoPicture('timeout', 'The camera did not answer in time.')
    throw new NoPicture('server_error', 'The picture could not be fetched. Test the connection in the settings: it names the cause.')
  }
}
