/** What the desktop app says itself: tray, causes on cards, where messages stand. Its type is what every other language must have. */
import type { Attention } from '../../engine/events/model.ts'
import { plural, type Count } from '../../engine/delivery/languages/format.ts'

const THIN = '\u202f'

export const english = {
  tray: {
    /** A printer's or destination's name, and what is said of it. */
    line: (name: string, said: string): string => `${name}: ${said}`,
    state: { idle: 'idle', printing: 'printing', paused: 'paused', needs: 'needs you', error: 'error', offline: 'offline' },
    /** "printing 62 %". */
    printingAt: (percent: string): string => `printing ${percent}`,
    /** "paused at 62 %". */
    at: (state: string, percent: string): string => `${state} at ${percent}`,
    ends: (time: string): string => `ends ${time}`,
    result: { done: 'done', cancelled: 'cancelled', failed: 'failed', unknown: 'result unknown' },
    ended: (result: string, time: string): string => `${result} ${time}`,
    isMuted: 'muted',
    more: (count: Count): string => `${count.shown} more…`,
    allPrinters: (count: Count): string => plural(count, { one: `${count.shown} printer…`, other: `${count.shown} printers…` }),
    failsSince: (time: string): string => `fails since ${time}`,
    paused: 'Notifications paused',
    pausedUntil: (time: string): string => `Notifications paused until ${time}`,
    muted: 'Muted',
    mutedUntil: (time: string): string => `Muted until ${time}`,
    noPrinters: 'No printers yet',
    addPrinter: 'Add a printer…',
    answer: 'Answer…',
    open: 'Open',
    pausePrint: 'Pause print',
    resumePrint: 'Resume print',
    takePicture: 'Take a picture',
    mute: `Mute for 1${THIN}h`,
    unmute: 'Unmute',
    acknowledge: 'Acknowledge',
    forGood: 'For good',
    forHours: `For 4${THIN}h`,
    follow: 'Follow',
    followPrint: 'Follow this print',
    unfollow: 'Stop following',
    openPage: "Open the printer's page",
    pauseAll: 'Pause notifications',
    pauseHour: `For 1${THIN}h`,
    pauseTomorrow: 'Until tomorrow',
    pauseLifted: 'Until I say',
    resumeAll: 'Turn on again',
    openWindow: 'Open Printbell',
    settings: 'Settings',
    installUpdate: (version: string): string => `Restart to update to ${version}`,
    updateWaits: (version: string): string => `Restarts for ${version} as soon as nothing needs you`,
    cancelUpdate: 'Don’t restart for the update',
    quit: 'Quit Printbell',
    aPrinter: '1 printer',
    /** Its name and, where it is known, why. */
    needsYou: (name: string, cause: string | null): string => `${name} needs you${cause === null ? '' : `: ${cause}`}`,
    needYou: (count: Count): string => `${count.shown} printers need you`,
    haveErrors: (count: Count): string => `${count.shown} printers have an error`,
    printing: (count: Count): string => `${count.shown} printing`,
    nextEnds: (count: Count, time: string): string => `${count.shown} printing, next ends ${time}`,
    areOffline: (count: Count): string => `${count.shown} printers offline`,
    areIdle: (count: Count): string => `${count.shown} printers idle`,
    fails: (name: string): string => `${name} fails`,
    fail: (count: Count): string => `${count.shown} destinations fail`,
    unseen: (count: Count): string => plural(count, { one: `${count.shown} unseen event`, other: `${count.shown} unseen events` }),
    failed: 'Printbell could not do that. Its log says more.',
    pageNotOpened: "The printer's page could not be opened. Its address may be missing in the settings.",
    noHost: 'This desktop shows no tray icons, so Printbell is reached by starting it again. Its notifications come all the same.',
  },
  /** Why a printer is as it is: cause and cure. */
  cause: {
    /** What happened, so that "4 min ago" can follow: a toast's title says what to do instead. */
    happened: {
      filament_runout: 'Filament ran out', filament_change: 'Filament change asked for', user_input: 'The printer waits for an answer', door: 'Door opened', plate: 'Build plate check failed',
    } satisfies Record<Attention['kind'], string> as Record<Attention['kind'], string>,
    pausedElsewhere: 'Paused elsewhere. Look at the printer, then resume.',
    answerThere: 'Answer it at the printer.',
    refused: 'The server refuses us.',
    firmwareStopped: 'The firmware stopped',
    reportsError: 'The printer reports an error',
    restartAfter: 'Restart it when the cause is gone.',
    lookThenRestart: 'Look at the printer, then restart it.',
    look: 'Look at the printer.',
    printFailed: 'The print failed',
    noCause: 'The print failed, the server gives no cause.',
    connecting: (server: string): string => `Connecting to ${server}.`,
    silent: 'Does not answer. It may be switched off.',
    notConnected: (server: string): string => `${server} is not connected to the printer. Switch it on, then connect it there.`,
    waiting: (server: string): string => `Waiting for word from ${server}.`,
  },
  /** How a message stands, in the history. */
  delivery: {
    undecided: 'Nothing was decided',
    sent: 'Sent',
    held: 'Held',
    heldUntil: (time: string): string => `Held until ${time}`,
    beingSent: 'Being sent',
    waitsForPicture: 'Waits for its picture',
    waitsForTurn: 'Waits for its turn',
    tryAt: (number: number, time: string): string => `Try ${number} at ${time}`,
    refused: 'Refused',
    tooLate: 'Not delivered in time',
    withdrawn: 'Withdrawn',
    pictureGone: 'The picture was deleted to keep the history within its limits',
    noPicture: 'No picture came',
  },
  power: {
    /** @param others how many more there are; null = it is alone */
    sleepWarning: (name: string, others: number | null): string => `When this computer sleeps during a print, ${others === null ? `"${name}" hears` : `"${name}" and ${others} more hear`} nothing until it wakes. Turn on "Keep this computer awake while a print runs".`,
  },
  /** Newer versions of Printbell itself. */
  updates: {
    /** Why this installation does not renew itself, and what to do instead. */
    why: {
      no_key: 'This build of Printbell can\'t tell who made a newer version, so it does not look for one. Look where you got it from.',
      deb: 'Installed as a Debian package. Install the new .deb over it, or let the package manager do it.',
      rpm: 'Installed as an RPM package. Install the new .rpm over it, or let the package manager do it.',
      pacman: 'Installed as a pacman package. Install the new one over it, or let the package manager do it.',
      folder: 'Started from an unpacked folder. Unpack the new version in its place.',
      source: 'Started from its source. Get the new source and start it anew.',
      unsigned: 'This app has no developer\'s signature, without which macOS takes no update. Put the new version into the Applications folder.',
    },
    /** What has to end before Printbell may. */
    needsYou: (name: string): string => `${name} needs you.`,
    moreNeedYou: (count: Count): string => plural(count, { one: `${count.shown} more printer needs you.`, other: `${count.shown} more printers need you.` }),
    sending: (count: Count): string => plural(count, { one: 'A message is being sent.', other: `${count.shown} messages are being sent.` }),
    backup: 'A backup or restore is under way.',
  },
}
export type DesktopWords = typeof english
