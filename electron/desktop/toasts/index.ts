/** The toasts of the desktop app, put together from what this computer has. */
import { env as environment } from 'node:process'
import { NO_ADDRESS } from '../../engine/channels/desktop/index.ts'
import { sessionBusAddress } from '../../engine/channels/desktop/bus-address.ts'
import { dbusToasts } from '../../engine/channels/desktop/dbus-toasts.ts'
import { createToasts, type ToastParts, type Toasts, type ToastWay } from './choose.ts'
import { ElectronToasts, type ElectronToastsParts } from './electron-toasts.ts'
import { APP_ID } from './identity.ts'
import { nodeNotifierIsSafe, nodeNotifierToasts, type NodeNotifier } from './node-notifier-toasts.ts'

export interface DesktopToastsParts extends Omit<ToastParts, 'ways' | 'missing' | 'onPress'>, ElectronToastsParts {
  env?: Readonly<Record<string, string | undefined>>
  loadNodeNotifier?(): Promise<NodeNotifier>
}

/**
 * Linux and the BSDs: our own D-Bus client, then Electron. Windows, macOS: Electron, then node-notifier. Then a notice in the window.
 * Call it early on Windows: a press may have started the program, and is told by `onColdPress` at once.
 */
export function desktopToasts(parts: DesktopToastsParts): Toasts {
  return createToasts({ ...parts, ...waysOf(parts), onPress: (press) => parts.onColdPress(press) })
}

/** The ways of this computer, the best first, and the better ones that it lacks. Exported for tests. */
export function waysOf(parts: DesktopToastsParts): { ways: ToastWay[]; missing: string[] } {
  const { platform, env = environment, loadNodeNotifier = loadPackage } = parts
  const electron = new ElectronToasts(parts)
  if (platform === 'win32' || platform === 'darwin') {
    const ways: ToastWay[] = [{ path: platform === 'win32' ? 'windows' : 'macos', open: electron.open }]
    if (nodeNotifierIsSafe(platform)) ways.push({ path: 'node-notifier', open: nodeNotifierToasts({ platform, load: loadNodeNotifier, appId: APP_ID }) })
    return { ways, missing: [] }
  }
  const address = sessionBusAddress(env)
  const second: ToastWay = { path: 'electron', open: electron.open }
  if (address === null) return { ways: [second], missing: [NO_ADDRESS] }
  return { ways: [{ path: 'dbus', open: dbusToasts(address) }, second], missing: [] }
}

/** Only when nothing better works: it carries programs of its own. */
async function loadPackage(): Promise<NodeNotifier> {
  const { default: notifier } = await import('node-notifier')
  return notifier
}
