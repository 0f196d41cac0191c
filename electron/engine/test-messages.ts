/** The message of a test: the usual one, a made-up event, or the last real one of its kind. Nothing of it goes into the history. */
import type { ChannelKind } from './channels/channel.ts'
import type { Language } from './delivery/languages/language.ts'
import { ENGLISH } from './delivery/languages/language.ts'
import type { Message, Picture } from './delivery/message.ts'
import { LATE_AFTER_MS } from './delivery/ports.ts'
import { render } from './delivery/render.ts'
import { troublesIn, type TemplateTrouble } from './delivery/templates/compile.ts'
import type { Texts } from './delivery/templates/texts.ts'
import { cutEnd, lengthOf } from './delivery/text.ts'
import { appDraft } from './events/app.ts'
import type { EventDraft, EventType, PrinterCapabilities, PrinterEvent } from './events/model.ts'
import type { History, StoredEvent } from './history/history.ts'
import type { Clock } from './ports.ts'
import { madeUp } from './rehearsal.ts'
import type { EngineSettings, ResolvedDestination, ResolvedPrinter } from './settings/expand.ts'
import type { MessageTemplates } from './settings/schema.ts'
import type { Snapshots } from './snapshots/snapshots.ts'

export interface TestWish {
  /** `app.test` = the usual test message. */
  type: EventType
  /** Whom a made-up event is about; null = any printer. */
  printerId: string | null
  /** The last real event of this type, where there is one. */
  last: boolean
}

export interface TestMessage {
  message: Message
  picture: Picture | null
  /** Why there is no picture; null = there is one. */
  noPicture: string | null
  /** The real event that it tells; null = a made-up one. */
  of: StoredEvent | null
}

/** What of a test message its destination shows. */
export interface TestPreview {
  title: string
  body: string
  /** There is more of it than the channel shows. */
  cut: boolean
  /** Labels, where the channel shows buttons. */
  buttons: string[]
  noPicture: string | null
  of: { eventId: string; at: number } | null
  /** The history has a real event of this type. */
  hasLast: boolean
}

export interface TestMessageParts {
  clock: Clock
  history: Pick<History, 'events' | 'snapshot'>
  snapshots: Pick<Snapshots, 'load'>
  /** Those in force. */
  settings(): Pick<EngineSettings, 'destinations' | 'printers'>
  kindOf(printer: ResolvedPrinter): string
  channels: ReadonlyMap<string, ChannelKind>
  /** What the printer's server lets us do; null = not known. */
  capabilities(printerId: string): PrinterCapabilities | null
  /** With how things stand with the printer now, where the destination needs that. */
  freeze(draft: EventDraft, destinationId: string): EventDraft
  /** In which a destination is told something now; absent = English. */
  language?(destinationId: string): Language
  /** With what became of its question since. */
  asItStands(event: StoredEvent): StoredEvent
  /** The destinations' own words; absent = the usual ones. */
  texts?: Pick<Texts, 'told' | 'tried'>
}

/** What templates that are not saved yet would tell, and what is wrong with them. */
export interface TemplateTrial {
  /** With the usual text where a template can't be used. */
  preview: TestPreview
  troubles: TemplateTrouble[]
  /** What there is to fill in, and what it is for this event; '' = not known. */
  values: { name: string; value: string }[]
}

export interface TestMessages {
  /** @throws Error naming what is unknown */
  make(destinationId: string, wish: TestWish): Promise<TestMessage>
  /** Cut to what the channel shows. @throws Error naming what is unknown */
  preview(destinationId: string, wish: TestWish): Promise<TestPreview>
  /** @throws Error naming what is unknown */
  tryTemplates(destinationId: string, wish: TestWish, templates: MessageTemplates): Promise<TemplateTrial>
}

/** Among so many of a kind the last real one is looked for: rehearsals are events too. */
const LOOKED_THROUGH = 50
const NOBODY = { id: 'test', name: 'Printer' }

/** The usual test message: that the destination of this label works. */
export function usualTest(label: string, now: number, language = ENGLISH): Message {
  return render({ ...appDraft('app.test', { now, reason: 'test', text: label }), id: `test-${now}`, seq: 0 }, { now, capabilities: null, language })
}

export function createTestMessages(parts: TestMessageParts): TestMessages {
  const { clock, history } = parts
  const languageFor = (destinationId: string): Language => parts.language?.(destinationId) ?? ENGLISH

  function of(destinationId: string): { destination: ResolvedDestination; kind: ChannelKind } {
    const destination = parts.settings().destinations.find(({ id }) => id === destinationId)
    const kind = destination && parts.channels.get(destination.channel)
    if (!destination) throw new Error(`there is no destination "${destinationId}"; there are: ${parts.settings().destinations.map(({ id }) => id).join(', ') || 'none'}`)
    if (!kind) throw new Error(`the channel of destination "${destinationId}" is not installed here`)
    return { destination, kind }
  }

  function lastReal(type: EventType): StoredEvent | null {
    return history.events({ types: [type], limit: LOOKED_THROUGH }).find(({ reason }) => reason !== 'rehearsal') ?? null
  }

  function invented(destinationId: string, { type, printerId }: TestWish): PrinterEvent {
    const now = clock.now()
    const printer = printerId === null ? parts.settings().printers[0] : parts.settings().printers.find(({ id }) => id === printerId)
    if (printerId !== null && !printer) throw new Error(`there is no printer "${printerId}"; there are: ${parts.settings().printers.map(({ id }) => id).join(', ') || 'none'}`)
    const id = `test-${now}`
    const draft = type.startsWith('app.') ? appDraft(type, { now, reason: 'rehearsal', text: languageFor(destinationId).words.thisIsATest })
      : madeUp(type, { id, now, printer: printer ?? NOBODY, serverKind: printer ? parts.kindOf(printer) : 'test' })
    return { ...parts.freeze(draft, destinationId), id, seq: 0 }
  }

  async function pictureOf(event: StoredEvent | null, { destination, kind }: ReturnType<typeof of>): Promise<Pick<TestMessage, 'picture' | 'noPicture'>> {
    const none = (noPicture: string): Pick<TestMessage, 'picture' | 'noPicture'> => ({ picture: null, noPicture })
    if (kind.capabilities.image === 'none') return none(`${kind.displayName} carries no pictures.`)
    if (kind.wantsPicture?.(destination.config as Readonly<Record<string, unknown>>) === false) return none('The settings of this destination leave pictures out.')
    if (event === null) return none('Nothing real happened, so there is no picture.')
    const row = history.snapshot(event.id)
    const picture = row?.file ? await parts.snapshots.load(row.file) : null
    if (picture !== null) return { picture, noPicture: null }
    if (row?.file) return none('Its picture is no longer kept.')
    return none(row?.why ? `There is no picture: ${row.why}.` : 'No picture was taken of it.')
  }

  const told = (message: Message, destinationId: string): Message => parts.texts?.told(message, destinationId) ?? message

  async function make(destinationId: string, wish: TestWish, worded = told): Promise<TestMessage> {
    const about = of(destinationId)
    const now = clock.now()
    if (wish.type === 'app.test') return { message: usualTest(about.destination.label, now, languageFor(destinationId)), ...(await pictureOf(null, about)), of: null }
    const real = wish.last ? lastReal(wish.type) : null
    const event = real ? parts.asItStands(real) : invented(destinationId, wish)
    const late = now - event.observedAt > LATE_AFTER_MS
    const message = worded(render(event, { now, capabilities: parts.capabilities(event.printerId), late, language: languageFor(destinationId) }), destinationId)
    return { message: alone(message, now), ...(await pictureOf(real, about)), of: real }
  }

  function previewOf(destinationId: string, wish: TestWish, { message, noPicture, of: real }: TestMessage): TestPreview {
    const { kind } = of(destinationId)
    return {
      ...within(message, kind.capabilities.maxText),
      buttons: kind.capabilities.actions ? message.actions.map(({ label }) => label) : [],
      noPicture,
      of: real && { eventId: real.id, at: real.occurredAt },
      hasLast: wish.type !== 'app.test' && (real ?? lastReal(wish.type)) !== null,
    }
  }

  return {
    make: (destinationId, wish) => make(destinationId, wish),
    preview: async (destinationId, wish) => previewOf(destinationId, wish, await make(destinationId, wish)),
    async tryTemplates(destinationId, wish, templates) {
      const found: Pick<TemplateTrial, 'troubles' | 'values'> = { troubles: troublesIn(templates), values: [] }
      const message = await make(destinationId, wish, (usual) => {
        const tried = parts.texts?.tried(usual, destinationId, templates)
        if (tried) Object.assign(found, { troubles: tried.troubles, values: tried.values })
        return tried?.message ?? usual
      })
      return { preview: previewOf(destinationId, wish, message), ...found }
    },
  }
}

/** A test never changes what was told of its print, nor what is remembered of that. */
function alone(message: Message, now: number): Message {
  const key = `test|${now}`
  return { ...message, threadKey: key, job: message.job && { ...message.job, key } }
}

/** @param limit code points of title and body together; null = all is shown */
function within({ title, body }: Pick<Message, 'title' | 'body'>, limit: number | null): Pick<TestPreview, 'title' | 'body' | 'cut'> {
  if (limit === null || lengthOf(title) + lengthOf(body) <= limit) return { title, body, cut: false }
  return { title: cutEnd(title, limit), body: cutEnd(body, Math.max(0, limit - lengthOf(title))), cut: true }
}
