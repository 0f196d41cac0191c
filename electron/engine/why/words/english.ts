/**
 * Why something was heard, or not, in English: the one place for these words. Its type is what every other language must have. Names come as they are
 * called, each language puts its own quotes around them; a sentence with something in it is a function of the whole.
 */
import { plural, type Count } from '../../delivery/languages/format.ts'
import type { EventType, SuppressReason } from '../../events/model.ts'
import type { Attempt } from '../../history/history.ts'
import type { FilterField } from '../../rules/filter.ts'
import type { StageName } from '../../rules/route.ts'
import type { AbsenceCause } from '../absences.ts'

/** What a decision is about. */
export interface Said {
  /** What happened ("Filament ran out"). */
  event: string
  destination: string
  /** '' = the event belongs to none. */
  printer: string
}

/** Whose decision it is; null = that of the profile that exists from the start, of which nobody speaks. Without a name it is no longer there. */
export type SaidProfile = { name: string | null } | null

type Reason = (said: Said, profile: SaidProfile) => string

/** `to` null = it goes on. Times as they are told ("12:00", "Tue 07:00"). */
export interface Span {
  from: string
  to: string | null
}

/** Of several destinations: how many of each fate; null = none. */
export type Fates = Readonly<Record<'delivered' | 'waiting' | 'failed' | 'dropped', Count | null>>

/** Somebody who made a silence, by the door through which it came. */
export type Door = 'window' | 'cli' | 'toast' | 'tray' | 'chat' | 'hook'

const printerAsSubject = (printer: string): string => (printer === '' ? 'The printer' : `“${printer}”`)

function profileAsSubject(profile: SaidProfile): string {
  if (profile === null) return 'The profile'
  return profile.name === null ? 'A profile that is no longer there' : `The profile “${profile.name}”`
}

const span = ({ from, to }: Span): string => (to === null ? `since ${from}` : `from ${from} to ${to}`)
const missed = (what: string, cure?: string): string => `${what}, so what happened then could be missed${cure === undefined ? '' : `. ${cure}`}`

/** By the reason codes of decisions. */
const reasons = {
  subscribed: ({ destination }) => `Goes to “${destination}”`,
  late: ({ destination }) => `Goes to “${destination}”, although it was found out late`,
  not_subscribed: ({ event, destination }) => `“${event}” is off for “${destination}”`,
  switched_off: ({ event, destination }) => `A subscription switches “${event}” off for “${destination}”`,
  idle_link: ({ printer }) => `${printerAsSubject(printer)} was not printing, and an idle printer that comes and goes is not told unless chosen`,
  no_job: ({ printer }) => `${printerAsSubject(printer)} was not printing, and without a print this goes to this computer only`,
  not_supported: ({ destination }) => `“${destination}” can't carry this kind of event`,
  masked: () => 'Events of this kind are told to nobody',
  watched: ({ printer }) => `You follow ${printer === '' ? 'this printer' : printer}`,
  channel_missing: ({ destination }) => `This Printbell has no channel of the kind that “${destination}” needs`,
  about_itself: ({ destination }) => `“${destination}” fails and can't tell it itself; the others do`,
  own_recovery: ({ destination }) => `“${destination}” works again, which shows by itself there`,
  newer_progress: () => 'Newer progress of the same print came before it could be sent',
  discarded: () => 'Somebody discarded it after it could not be delivered',
  chosen: ({ destination }) => `Goes to “${destination}”, which was chosen for it`,
  not_chosen: ({ destination }) => `“${destination}” was not chosen for it`,
  told_nobody: () => 'Whoever acknowledged it chose to notify nobody',
  destination_off: ({ destination }) => `“${destination}” is switched off`,
  own_action: () => 'It was done from Printbell, and one’s own doing is not told unless wanted',
  destination_removed: ({ destination }) => `“${destination}” was removed meanwhile`,
  destination_disabled: ({ destination }) => `“${destination}” was switched off meanwhile`,
  restored_from_backup: () => 'It still waited in the backup that was restored, and what is old is not sent again',
  acknowledged: () => 'Somebody acknowledged it meanwhile',
  job_ended: () => 'The print ended meanwhile',
  resolved: () => 'It was over before it could be told',
  seen: () => 'Somebody saw it meanwhile',
  profile_off: (_said, profile) => `${profileAsSubject(profile)} is switched off`,
  profile_paused: (_said, profile) => `${profileAsSubject(profile)} rests for a while`,
  outside_timeslot: () => 'It happened outside of the timeslot',
  timeslot_closed: () => 'The timeslot is closed',
  timeslot_never_opens: () => 'The timeslot never opens',
  critical_passes: ({ destination }) => `Goes to “${destination}” outside of the timeslot, because it is critical`,
  in_app: () => 'It is for the history only',
  somebody_here: ({ destination }) => `Somebody sat at this computer, and “${destination}” is told while nobody does`,
  nobody_here: ({ destination }) => `Nobody sat at this computer, and “${destination}” is told while somebody does`,
  digest: ({ destination }) => `“${destination}” gets a digest`,
  host_down: ({ printer }) => `${printerAsSubject(printer)} could not be reached itself, so its camera is no news`,
} satisfies Record<string, Reason>
export type ReasonCode = keyof typeof reasons

const FILTER_SAYS: Readonly<Record<FilterField | 'empty', string>> = {
  empty: 'says nothing, and so matches nothing', printers: 'is for other printers', serverKinds: 'is for other kinds of servers', tags: 'is for printers with other tags', minSeverity: 'is for more severe events',
  events: 'is for other kinds of events', files: 'is for other files', longerThan: 'is for longer prints', shorterThan: 'is for shorter prints', acknowledged: 'asks whether it was acknowledged',
}

const MADE: Readonly<Record<Door, string>> = { window: 'set in the window', cli: 'set from the command line', toast: 'set from a toast', tray: 'set from the tray', chat: 'set in a chat', hook: 'set by a hook' }

export const english = {
  /** Of the rules, one or two words each. */
  stages: {
    enabled: 'Destination', masked: 'Masked', subscribed: 'Subscribed', profile: 'Profile', filtered: 'Filters', timeslot: 'Timeslot', mode: 'Mode', presence: 'Presence', supported: 'Channel', own: 'Own doing', silenced: 'Silences', grouped: 'Burst', relevant: 'Still true', deliver: 'Decision', escalation: 'Escalation', superseded: 'Newer', discarded: 'By hand',
  } as Record<StageName, string>,
  /** What a stage says that let it through. */
  passed: {
    profile: (profile: string) => `“${profile}” is active`,
    filtered: (profile: string) => `Nothing in “${profile}” stands against it`,
    timeslot: (profile: string) => `“${profile}” is told at that time`,
    subscribed: (event: string) => `“${event}” is on`,
    supported: (destination: string) => `“${destination}” can carry it`,
    silenced: 'None matches',
  },
  reasons: reasons as Readonly<Record<ReasonCode, Reason>>,
  /** A reason, and the profile whose it is. @param name null = it is no longer there */
  byProfile: (reason: string, name: string | null) => `${reason} (${name === null ? 'a profile that is no longer there' : `profile “${name}”`})`,
  byFollowing: (reason: string) => `${reason} (you follow the printer)`,
  /** @param name '' = nobody gave it one @param by whose doing it is: a door, or a person */
  silence: (name: string, over: boolean, by: string) => `${name === '' ? 'A silence' : `“${name}”`} ${over ? 'muted' : 'mutes'} it, ${Object.hasOwn(MADE, by) ? MADE[by as Door] : `set by ${by}`}`,
  silenceGone: 'A silence that is no longer known muted it',
  burst: 'Another printer was told the same a moment before, so it goes in one message with what else comes of it',
  host: 'Its server is told in one message, for all of its printers',
  escalation: (destination: string) => `“${destination}” is told when nobody acknowledges it by then`,
  /** @param name null = it is no longer there @param field that stands against it; null = one of a newer program */
  filter: (name: string | null, field: FilterField | 'empty' | null) => `${name === null ? 'A filter that is no longer there' : `The filter “${name}”`} ${field === null ? 'does not match' : FILTER_SAYS[field]}`,
  noReason: 'No reason was noted',
  heldUntil: (reason: string, time: string) => `${reason}: held until ${time}`,
  gathered: (reason: string) => `${reason}: goes into the next digest`,

  /** What becomes of a delivery: when, in the place of a stage, and what. */
  next: {
    next: 'Next',
    now: 'Now',
    at: (time: string) => `At ${time}`,
    released: 'Judged again when it is released',
    judged: 'Judged again, dropped if it no longer holds',
    turn: 'Sent as soon as it is its turn',
    tried: (until: string) => `Tried again, until ${until}`,
    leased: 'Being sent',
    dead: 'Nothing more is tried; it can be sent again by hand',
    expired: 'Too old to be sent by itself; it can be sent again by hand',
    cancelled: 'Nothing more is sent',
  },
  /** What came of one try, in a word or two. */
  attempts: {
    delivered: 'Delivered', retry: 'Not delivered, is tried again', rejected: 'Refused', gone: 'The destination is closed for good', expired: 'Not delivered in time', cancelled: 'Withdrawn',
  } as Record<Attempt['result'], string>,

  /** Why something never became an event: a main clause that begins small, so that `notTold` can take it up. */
  swallowed: {
    baseline: 'it was so already when Printbell first looked',
    short_pause: 'the pause was too short to matter',
    repeated_error: 'the same error was told a short while ago',
    collapsed_progress: 'a later step of the progress was told in its place',
    already_heard: 'it was told already',
    duplicate: 'it is in the history already',
    cap: 'too many messages came within a minute; one summary tells of them',
    idle_link: 'no print ran, and the link was soon back',
    not_subscribed: 'nothing in the settings asks for it',
    by_restart: 'the same print was begun again',
    own_network_down: 'this computer had no network itself',
    same_job: 'it belongs to what was told of this print already',
    no_job: 'no print ran that could fail',
    failure_too_soon: 'a failure alert of this print was told a moment ago',
    failure_unanswered: 'nobody had answered the failure alert before it',
    failure_answered: 'somebody had just answered the failure alert before it',
  } as Record<SuppressReason, string>,
  /** One line of what happened about then. */
  notTold: (title: string, because: string) => `${title}: not told, because ${because}`,

  /** Answers to "why did I not hear?": sentences, the last one without its full stop. */
  why: {
    /** @param foundOut when that was much later; else null */
    seen: (title: string, printer: string | null, at: string, foundOut: string | null) => `“${title}”${printer === null ? '' : ` of “${printer}”`} was seen at ${at}${foundOut === null ? '' : `, but found out only at ${foundOut}`}`,
    acknowledgedAt: (time: string) => `Somebody acknowledged it at ${time}`,
    seenSince: (time: string) => `It is marked as seen since ${time}`,
    noDestination: 'There is no destination that could have told it. Add one under Destinations',
    /** Of more than one. */
    summary: (all: Count, { delivered, waiting, failed, dropped }: Fates) => `Of ${all.shown} destinations ${listed([
      delivered && `${delivered.shown} got it`,
      waiting && `${waiting.shown} ${plural(waiting, { one: 'is', other: 'are' })} still to get it`,
      failed && `${failed.shown} should have got it and did not`,
      dropped && `${dropped.shown} ${plural(dropped, { one: 'was', other: 'were' })} not told`,
    ])}`,
    nothingSeen: (kind: string, printer: string, time: string) => `No “${kind}” of “${printer}” was seen around ${time}, and none was left out`,
    nothingHappened: 'Printbell looked all that time, so for it nothing of this kind happened',
    stillToCome: 'That time is still to come. Ask for one that is over',
    noPrinter: (id: string) => `There is no printer “${id}” in the settings, so nobody looks at it. Add it under Printers`,
    printerOff: (name: string) => `“${name}” is switched off in the settings, so nobody looks at it. Switch it on under Printers`,
    /** @param setting its name in the file, which decides that; null = none does */
    swallowed: (title: string, printer: string | null, time: string, because: string, setting: string | null) => `“${title}”${printer === null ? '' : ` of “${printer}”`} was noticed at ${time} and not told, because ${because}${setting === null ? '' : `. The setting ${setting} decides that`}`,
    nobodyAsks: (kind: string) => `No destination asks for “${kind}”, so the printer's server is not asked for it either. Choose it for a destination`,
    kindOff: (kind: string, setting: string) => `“${kind}” is switched off. The setting ${setting} switches it on`,
    notKept: (days: Count) => `The history keeps ${days.shown} days, and that is longer ago. The setting retention.eventDays keeps more`,
    /** Why nobody looked; `unknown`: of a newer program. */
    absent: {
      not_running: (when: Span) => missed(`Printbell did not run ${span(when)}`, 'Let it start with the computer'),
      sleep: (when: Span) => missed(`This computer slept ${span(when)}`, 'Keep it awake while a printer prints'),
      stopped: (when: Span) => missed(`Printbell stood still ${span(when)}`),
      clock: (when: Span) => missed(`The clock of this computer was set ${span(when)}`),
      own_network: (when: Span) => missed(`This computer had no network ${span(when)}`),
      unknown: (when: Span) => missed(`Nobody looked ${span(when)}`),
    } as Record<AbsenceCause | 'unknown', (when: Span) => string>,
    /** @param cause as it was noted; null = none was */
    unreachable: (printer: string, when: Span, cause: string | null) => missed(`The server of “${printer}” could not be reached ${span(when)}${cause === null ? '' : ` (${cause})`}`, when.to === null ? 'Test the connection: the test names the cause' : undefined),
  },

  /** What became of an event for one destination. `to` is its label. */
  fate: {
    leased: (to: string) => `It is being sent to “${to}” now`,
    onItsWay: (to: string) => `It is on its way to “${to}”, and was not sent yet`,
    notTaken: (to: string, time: string | null) => `“${to}” did not take it${time === null ? '' : ` at ${time}`}`,
    mendAndSend: 'Mend that, then send it again from the history',
    tooOld: (to: string, until: string) => `It could not be delivered to “${to}” until ${until}, and then it was too old`,
    sendAgain: 'It can be sent again from the history',
    takenBack: (to: string) => `It was taken back before it reached “${to}”`,
    notThere: (to: string) => `“${to}” was not there yet, or switched off, so nothing was decided for it`,
    switchOn: 'Switch it on under Destinations',
    notTold: (to: string) => `“${to}” was not told`,
    /** @param by what took it, in its own words; null = nobody said */
    delivered: (to: string, time: string | null, by: string | null) => `It was delivered to “${to}”${time === null ? '' : ` at ${time}`}${by === null ? '' : ` (${by})`}, so look there`,
    waited: (reason: string) => `It waited for its time. ${reason}`,
    /** More than one. */
    tries: (count: Count) => `It took ${count.shown} tries`,
    held: (to: string, until: string | null) => `It is held for “${to}”${until === null ? '' : ` until ${until}`}`,
    judgedAgain: 'Then it is judged once more, and left out if it no longer holds',
    /** @param tries null = none was made */
    notYet: (to: string, tries: Count | null) => `It was not delivered to “${to}” yet${tries === null ? '' : `, after ${tries.shown} ${plural(tries, { one: 'try', other: 'tries' })}`}`,
    triedUntil: (time: string) => `It is tried until ${time}`,
    testIt: 'Test the destination: the test names the cause',
    /** @param gone it takes nothing any more @param why in the words of whoever noted it */
    fails: (to: string, gone: boolean, since: string, why: string) => `“${to}” ${gone ? 'takes nothing' : 'fails'} since ${since}: ${why}`,
    /** What to do about a drop, by its reason; a reason without one was right so. */
    cures: {
      not_subscribed: 'Choose it for this destination, or in a profile that reaches it',
      switched_off: 'Change that subscription, or the profile’s mode',
      idle_link: 'Choose that kind by hand for this destination to hear it of an idle printer too',
      no_job: 'Choose that kind by hand for this destination to hear it without a print too',
      channel_missing: 'Allow or reinstall the plugin that brings it',
      own_action: 'Switch on “notify me too” (notifyMyself) to hear what you did yourself',
      profile_off: 'Switch the profile on',
      profile_paused: 'Wake the profile',
      outside_timeslot: 'Widen the timeslot, or let the profile hold what happens outside of it',
      timeslot_never_opens: 'Give the timeslot a time',
      in_app: 'Set the profile’s mode to “now” to be told',
    },
    cureFilter: 'Change the filter, or the profile that uses it',
    cureSilence: 'Lift the silence to be told again',
  },

  /** Where the words of one event don't name its kind. */
  kinds: { 'job.progress': 'Progress', 'job.milestone_time': 'Hours printed', 'message.display': 'Message on the display', 'server.event': 'Server event' },
  /** Where a profile that is tried reaches nobody. */
  reachesNobody: 'The profile reaches no destination that is on',
  /** What came of a message of one's own at a destination. */
  broadcast: {
    waits: 'It waits to be sent. The history tells what comes of it.',
    delivered: 'Delivered.',
    notYet: 'Not yet.',
    triedAgain: (said: string) => `${said} It is tried again.`,
    notDelivered: 'Not delivered.',
  },

  /** What people call a kind of event, in words to be found by: its title's, and others that come to mind. */
  called: {
    'job.started': 'print started begun', 'job.first_layer_done': 'first layer done', 'job.layer': 'layer reached', 'job.progress': 'printing printed progress percent', 'job.milestone_time': 'printing for hours milestone',
    'job.finishing_soon': 'done soon finishing', 'job.eta_slipped': 'takes longer end moved later eta slipped', 'job.stalled': 'nothing moves stalled stuck', 'job.paused': 'paused', 'job.resumed': 'printing again resumed',
    'job.done': 'print done finished completed', 'job.cancelled': 'print cancelled canceled aborted stopped', 'job.failed': 'print failed', 'job.result_unknown': 'result unknown',
    'attention.filament_runout': 'filament ran out runout attention', 'attention.filament_change': 'change filament attention', 'attention.user_input': 'needs answer question attention', 'attention.door': 'door open attention',
    'attention.plate': 'check plate attention', 'attention.cleared': 'needs you no more attention cleared', 'attention.reminder': 'still needs you attention reminder',
    'failure.warning': 'print may be failing failure suspected', 'failure.detected': 'print is failing failure detected',
    'heater.target_reached': 'heater nozzle bed hot reached', 'heater.cooled': 'heater nozzle bed cooled down', 'heater.left_on': 'heater nozzle bed left on', 'heater.runaway': 'heater out of control thermal runaway',
    'device.ready': 'printer ready', 'device.error': 'printer error', 'device.shutdown': 'printer shut down shutdown', 'device.fault': 'printer fault',
    'link.up': 'answers again online connection back', 'link.lost': 'does not answer offline connection lost', 'link.auth_failed': 'key refused', 'link.refused': 'server refuses refused', 'camera.lost': 'camera lost no picture', 'camera.up': 'camera is back',
    'message.display': 'message', 'message.user': 'message', 'command.succeeded': 'command done asked', 'command.failed': 'command failed',
    'app.delivery_failing': 'delivery fails failing', 'app.delivery_recovered': 'delivered again delivery', 'app.offline': 'no network offline', 'app.update_available': 'update available', 'app.test': 'test message',
    'command.acknowledged': 'acknowledged seen to', 'app.broadcast': 'message broadcast', 'app.changed': 'settings changed change notice', 'app.silence_over': 'silence maintenance over ended',
    'server.event': 'server event',
  } as Record<EventType, string>,
}

/** What a language must be able to say. */
export type WhyWords = typeof english

/** Whether a time is told without its day: "12:01", "2:31 PM", "14 h 31"; else "Tue 07:00" or "14 Jan 12:01". */
export function isClock(time: string): boolean {
  return /^\d{1,2}(?::|\s?h)/.test(time)
}

/** Several things in a row. */
export function listed(parts: readonly (string | null)[]): string {
  return parts.filter((part) => part !== null).join(', ')
}
