/** What the tray's wishes do: the same calls that the window makes. */
import type { SomeHandlers } from '../../bridge/contract.ts'
import type { Log } from '../../engine/ports.ts'
import type { DesktopWords } from '../languages/english.ts'
import { printerPath } from './menu.ts'
import type { TrayWish } from './tray.ts'

export interface TrayActParts {
  handlers: SomeHandlers<'printers.wish' | 'printers.open-page' | 'notifications.pause' | 'notifications.resume' | 'updates.install' | 'updates.cancel'>
  log: Log
  /** Opens the window; null = where it is. */
  open(path: string | null): void
  quit(): void
  /** What it says of itself. */
  words(): DesktopWords['tray']
  /** Tells the person why a wish came to nothing. */
  tell(text: string): void
}

/** @returns for createTray's `act`; what fails is logged and told, never thrown */
export function trayActs(parts: TrayActParts): (wish: TrayWish) => void {
  return (wish) => {
    act(wish, parts).catch((error: unknown) => {
      parts.log.error('a wish of the tray failed', { wish: wish.do, error })
      parts.tell(parts.words().failed)
    })
  }
}

async function act(wish: TrayWish, parts: TrayActParts): Promise<void> {
  const { handlers } = parts
  switch (wish.do) {
    case 'open': return parts.open(wish.path)
    case 'take-picture': return parts.open(printerPath(wish.printerId))
    case 'pause-print': return await ask(wish.printerId, wish.jobKey, { name: 'pause' }, parts)
    case 'resume-print': return await ask(wish.printerId, wish.jobKey, { name: 'resume' }, parts)
    case 'mute': return await ask(wish.printerId, null, { name: 'mute', seconds: wish.seconds }, parts)
    case 'unmute': return await ask(wish.printerId, null, { name: 'unmute' }, parts)
    case 'acknowledge': return await ask(wish.printerId, null, { name: 'acknowledge', until: wish.until }, parts)
    case 'follow': return await ask(wish.printerId, wish.jobKey, { name: 'follow', what: wish.what }, parts)
    case 'unfollow': return await ask(wish.printerId, null, { name: 'unfollow' }, parts)
    case 'open-page':
      if (!(await handlers['printers.open-page'](wish.printerId))) parts.tell(parts.words().pageNotOpened)
      return
    case 'pause-notifications': return void (await handlers['notifications.pause']({ until: wish.until }))
    case 'resume-notifications': return void (await handlers['notifications.resume'](null))
    case 'install-update': return void (await handlers['updates.install'](null))
    case 'cancel-update': return void (await handlers['updates.cancel'](null))
    case 'quit': return parts.quit()
  }
}

type WishInput = Parameters<TrayActParts['handlers']['printers.wish']>[0]

async function ask(printerId: string, jobKey: string | null, action: WishInput['action'], { handlers, log, tell }: TrayActParts): Promise<void> {
  const outcome = await handlers['printers.wish']({ printerId, jobKey, action, confirmed: false })
  if (outcome.result === 'done') return
  log.info('a wish of the tray came to nothing', { printerId, action: action.name, result: outcome.result })
  tell(outcome.detail)
}
