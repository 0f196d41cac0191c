/** What the pages of destinations show beside the settings: how to get there, what was not delivered, linking and importing. No secrets. */
import { z } from 'zod'
import { epoch, eventType, id, pictureUrl, problem, severity } from './common.ts'

/** What is at this desk, what reaches people, what reaches programs. */
export const channelGroup = z.enum(['computer', 'people', 'systems'])
export type ChannelGroup = z.infer<typeof channelGroup>

/** How to get what a form asks for. A link is opened by its place in this list ('destinations.open-link'). */
export const channelGuide = z.strictObject({ steps: z.array(z.string()), links: z.array(z.strictObject({ label: z.string(), url: z.string() })) })

/** What was said and answered in a test, line by line. */
export const exchange = z.strictObject({ request: z.array(z.string()), answer: z.array(z.string()) })
export type ExchangeView = z.infer<typeof exchange>

/** Which message a test sends: `app.test` = the usual one; `last` = the last real event of this type, where there is one. */
export const testWish = z.strictObject({ type: eventType, /** Whom a made-up event is about; null = any printer. */ printerId: id.nullable(), last: z.boolean() })
export type TestWishView = z.infer<typeof testWish>

/** The message of a test as its destination would show it, cut to what its channel shows. */
export const testPreview = z.strictObject({
  title: z.string(),
  body: z.string(),
  /** There is more of it than the channel shows. */
  cut: z.boolean(),
  /** Labels, where the channel shows buttons. */
  buttons: z.array(z.string()),
  picture: pictureUrl.nullable(),
  /** Why there is no picture; null = there is one. */
  noPicture: z.string().nullable(),
  /** The real event that it tells; null = a made-up one. */
  of: z.strictObject({ eventId: id, at: epoch }).nullable(),
  /** The history has a real event of this type. */
  hasLast: z.boolean(),
})
export type TestPreviewView = z.infer<typeof testPreview>

/** What is wrong with one template; `place` null = it is no matter of one place. */
export const templateTrouble = z.strictObject({
  /** For which events it stands. */
  selector: z.string(),
  field: z.enum(['title', 'body']),
  place: z.strictObject({ line: z.number().int(), column: z.number().int() }).nullable(),
  what: z.string(),
})

/** What templates that are not saved would tell, with the usual text where one can't be used; `values`: what there is to fill in for this event, '' = not known. */
export const templateTrial = z.strictObject({ preview: testPreview, troubles: z.array(templateTrouble), values: z.array(z.strictObject({ name: z.string(), value: z.string() })) })
export type TemplateTrialView = z.infer<typeof templateTrial>

export const deadLetter = z.strictObject({
  eventId: id,
  /** dead = refused, or its destination is gone; expired = not delivered in time. */
  state: z.enum(['dead', 'expired']),
  title: z.string(),
  type: eventType,
  severity,
  occurredAt: epoch,
  endedAt: epoch,
  why: z.string(),
  attempts: z.number().int(),
})
export type DeadLetterView = z.infer<typeof deadLetter>

/** What came of a message of the person's own. */
export const broadcastTold = z.strictObject({
  eventId: id,
  destinations: z.array(z.strictObject({
    destinationId: id,
    label: z.string(),
    outcome: z.enum(['delivered', 'waiting', 'failed', 'not_sent']),
    /** A whole sentence. */
    text: z.string(),
  })),
})
export type BroadcastTold = z.infer<typeof broadcastTold>

/** The newest events first; `total` may be more than are listed. */
export const deadLetters = z.strictObject({ total: z.number().int(), letters: z.array(deadLetter) })

/** Linking an account. Secrets that it brings go into the key store, never here. */
export const linking = z.strictObject({
  linkId: id,
  step: z.enum(['asking', 'wait', 'done', 'failed']),
  /** What the person does now, or what came of it. */
  text: z.string(),
  /** The person can be brought to the page where it is done. */
  canOpen: z.boolean(),
  /** When the far side stops waiting. */
  endsAt: epoch.nullable(),
  /** For 'done': the destination that has it now. */
  destinationId: id.nullable(),
  /** What it brought for the form; also when it could not be kept. */
  config: z.record(z.string(), z.unknown()),
})
export type LinkingView = z.infer<typeof linking>

export const importSource = z.strictObject({ id, name: z.string(), hint: z.string() })

const missingField = z.strictObject({ name: z.string(), label: z.string(), hint: z.string(), kind: z.enum(['text', 'secret', 'switch']) })
export const importItem = z.strictObject({
  /** Names it in 'destinations.add-import'. */
  key: id,
  /** Where it stood in the text, from 1. */
  line: z.number().int(),
  channel: z.string(),
  channelName: z.string(),
  label: z.string(),
  /** Whether it arrives switched on. */
  enabled: z.boolean(),
  runsPrograms: z.boolean(),
  notes: z.array(z.string()),
  /** What it would be set to, secrets left out. */
  facts: z.array(z.strictObject({ label: z.string(), text: z.string() })),
  /** Labels of the secrets that come along. */
  secrets: z.array(z.string()),
  /** What must be filled in before it can be added (fields), or may be (secrets). */
  missing: z.array(missingField),
})
export type ImportItem = z.infer<typeof importItem>

/** What would be made. Nothing is kept until it is added. */
export const importPreview = z.strictObject({
  importId: id,
  items: z.array(importItem),
  /** What belongs to none of them. */
  notes: z.array(z.string()),
  problems: z.array(z.strictObject({ line: z.number().int().nullable(), message: z.string() })),
})
export type ImportPreview = z.infer<typeof importPreview>

export const importChoice = z.strictObject({
  key: id,
  label: z.string().max(200),
  /** What was missing, by name; a switch as "true". */
  filled: z.record(z.string(), z.string()),
})
export const importResult = z.strictObject({
  added: z.array(z.strictObject({ key: id, destinationId: id.nullable() })),
  refused: z.array(z.strictObject({ key: id, problems: z.array(problem) })),
})
export type ImportResult = z.infer<typeof importResult>

/** A channel of the user's own: a folder with code that runs only when a person allowed exactly these files. */
export const plugin = z.strictObject({
  /** "plugin:NAME" */
  kind: id,
  name: z.string(),
  /** null = not known, its channel.json can't be read. */
  version: z.string().nullable(),
  state: z.enum(['allowed', 'new', 'changed', 'broken']),
  /** What is the matter and what to do; null = nothing. */
  why: z.string().nullable(),
  /** Names what is allowed; empty where the files can't be read. */
  hash: z.string(),
  files: z.array(z.strictObject({ path: z.string(), bytes: z.number() })),
  /** Its own word of what it does; null = not known. */
  says: z.strictObject({ events: z.array(eventType), pictures: z.boolean(), secrets: z.array(z.string()) }).nullable(),
})
export type PluginView = z.infer<typeof plugin>

/** `problems`: what lies in the folder and is no plugin. */
export const pluginList = z.strictObject({ plugins: z.array(plugin), problems: z.array(z.string()) })
export type PluginList = z.infer<typeof pluginList>
