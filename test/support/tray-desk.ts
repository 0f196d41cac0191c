/** The tray of test/support/tray-main.ts on a real desktop, and its menu as a panel asks for it (com.canonical.dbusmenu). */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createClient, Variant, type MessageBus } from 'dbus-native'
import { untilTrue } from './desktop.ts'
import type { TrayCommand, TraySaying } from './tray-main.ts'

const WATCHER = { destination: 'org.kde.StatusNotifierWatcher', path: '/StatusNotifierWatcher' }
const PROPERTIES = 'org.freedesktop.DBus.Properties'

export interface TrayUnderTest {
  said: TraySaying[]
  tell(command: TrayCommand): void
  /** Ends it by itself. */
  quit(): Promise<void>
}

/** @param bundle the built tray-main */
export function startTray(electron: string, bundle: string, env: Record<string, string>): TrayUnderTest {
  const child = spawn(electron, ['--no-sandbox', '--disable-gpu', join(bundle)], { env: { ...env, LANG: 'en_GB.UTF-8', TZ: 'UTC' }, stdio: ['pipe', 'pipe', 'pipe'] })
  const said: TraySaying[] = []
  const errors: string[] = []
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk.toString()))
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line.startsWith('{')) said.push(JSON.parse(line) as TraySaying)
  })
  const ended = once(child, 'exit')
  return {
    said,
    tell: (command) => void child.stdin.write(`${JSON.stringify(command)}\n`),
    quit: async () => {
      child.stdin.write(`${JSON.stringify({ quit: true })}\n`)
      const [code] = (await ended) as [number | null]
      if (code !== 0) throw new Error(`the tray ended with ${code}: ${errors.join('')}`)
    },
  }
}

export interface MenuNode {
  id: number
  label: string
  enabled: boolean
  separator: boolean
  children: MenuNode[]
}

/** What a panel sees of the tray, and does with it. */
export interface TrayItem {
  property(name: string): Promise<unknown>
  activate(): Promise<void>
  menu(): Promise<MenuNode[]>
  /** Clicks the entry at the end of these labels, as a panel does: by its way through the submenus. */
  choose(...labels: string[]): Promise<void>
}

export interface TrayPanel {
  bus: MessageBus
  /** Names of the icons that are registered now. */
  items(): Promise<string[]>
  /** The only icon there is, once there is one. */
  item(): Promise<TrayItem>
  close(): Promise<void>
}

export async function openPanelSide(busAddress: string): Promise<TrayPanel> {
  const bus = createClient({ busAddress })
  await bus.getId()
  const items = async (): Promise<string[]> => {
    return await bus.invoke<string[]>({ ...WATCHER, interface: PROPERTIES, member: 'Get', signature: 'ss', body: [WATCHER.destination, 'RegisteredStatusNotifierItems'] })
  }
  return {
    bus,
    items,
    async item() {
      let names: string[] = []
      let why = ''
      await untilTrue(async () => {
        // A panel that just started has its name before it answers.
        names = await items().catch((error: Error) => {
          why = error.message
          return []
        })
        return names.length === 1
      }, () => `one tray icon is registered (there are ${names.length}; ${why})`)
      const [name = ''] = names
      const slash = name.indexOf('/')
      return itemOf(bus, name.slice(0, slash), name.slice(slash))
    },
    close: () => bus.close(),
  }
}

function itemOf(bus: MessageBus, destination: string, path: string): TrayItem {
  const property = async (name: string): Promise<unknown> => await bus.invoke({ destination, path, interface: PROPERTIES, member: 'Get', signature: 'ss', body: ['org.kde.StatusNotifierItem', name] })
  const dbusmenu = async <T>(member: string, signature: string, body: unknown[]): Promise<T> => await bus.invoke<T>({ destination, path: String(await property('Menu')), interface: 'com.canonical.dbusmenu', member, signature, body })
  const menu = async (): Promise<MenuNode[]> => {
    const [, root] = await dbusmenu<[number, RawNode]>('GetLayout', 'iias', [0, -1, []])
    return nodeOf(root).children
  }
  return {
    property,
    menu,
    activate: async () => {
      await bus.invoke({ destination, path, interface: 'org.kde.StatusNotifierItem', member: 'Activate', signature: 'ii', body: [0, 0] })
    },
    async choose(...labels) {
      let nodes = await menu()
      let found: MenuNode | undefined
      for (const label of labels) {
        found = nodes.find((node) => node.label === label)
        if (!found) throw new Error(`the menu has no "${label}", but ${nodes.map((node) => node.label).join(' | ')}`)
        nodes = found.children
      }
      await dbusmenu('Event', 'isvu', [found?.id, 'clicked', new Variant('s', ''), 0])
    },
  }
}

type RawNode = [id: number, properties: Record<string, unknown>, children: RawNode[]]

function nodeOf([id, properties, children]: RawNode): MenuNode {
  return { id, label: String(properties['label'] ?? ''), enabled: properties['enabled'] !== false, separator: properties['type'] === 'separator', children: children.map(nodeOf) }
}
