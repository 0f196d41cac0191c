/** Stand-ins for Electron's Notification and node-notifier. */
import type { NativeNotification, NotificationClass } from './electron-toasts.ts'

export interface FakeNotification extends NativeNotification {
  options: Record<string, unknown>
  closes: number
  emit(event: string, ...args: unknown[]): void
}

export interface FakeElectron {
  Notification: NotificationClass
  made: FakeNotification[]
  removed: string[]
  /** What show() does; by default the system says "shown" at once. */
  onShow(notification: FakeNotification): void
  supported: boolean
  /** Windows hands a press over. */
  activate(text: string): void
}

/** @param version which of Electron's APIs it has: 33 knows no names, no remove, no handleActivation */
export function fakeElectron(version: 33 | 45, platform: NodeJS.Platform): FakeElectron {
  const names = version === 45 && platform !== 'linux'
  let listener: ((details: { arguments: string }) => void) | null = null
  const fake: FakeElectron = {
    Notification: class implements FakeNotification {
      static isSupported = (): boolean => fake.supported
      declare readonly id?: string
      readonly options: Record<string, unknown>
      closes = 0
      readonly #listeners: [string, (...args: unknown[]) => void][] = []
      constructor(options: Record<string, unknown>) {
        this.options = options
        if (names) this.id = String(options['id'])
        fake.made.push(this)
      }
      show(): void {
        fake.onShow(this)
      }
      close(): void {
        this.closes++
        this.emit('close', {})
      }
      on(event: string, heard: (...args: unknown[]) => void): void {
        this.#listeners.push([event, heard])
      }
      emit(event: string, ...args: unknown[]): void {
        for (const [name, heard] of this.#listeners) if (name === event) heard(...args)
      }
    },
    made: [],
    removed: [],
    onShow: (notification) => notification.emit('show', {}),
    supported: true,
    activate: (text) => listener?.({ arguments: text }),
  }
  if (version === 45 && platform === 'win32') {
    fake.Notification.handleActivation = (heard) => {
      listener = heard
    }
  }
  if (version === 45 && platform === 'darwin') fake.Notification.remove = (id) => void fake.removed.push(id)
  return fake
}

/** What a port told, in order. */
export function heardEvents(): { heard: unknown[][]; events: { pressed(...args: unknown[]): void; closed(...args: unknown[]): void; failed(...args: unknown[]): void; gone(...args: unknown[]): void; appeared(): void } } {
  const heard: unknown[][] = []
  const note = (name: string) => (...args: unknown[]): void => void heard.push([name, ...args.filter((arg) => typeof arg !== 'function')])
  return { heard, events: { pressed: note('pressed'), closed: note('closed'), failed: note('failed'), gone: note('gone'), appeared: note('appeared') } }
}
