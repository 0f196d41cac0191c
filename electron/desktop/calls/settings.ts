/** What the window asks of settings and destinations. */
import type { CallOutput, SomeHandlers } from '../../bridge/contract.ts'
import type { Verdict } from '../../engine/channels/channel.ts'
import type { Engine } from '../../engine/engine.ts'
import { sentence } from '../../engine/settings/problems.ts'
import type { TestPreview } from '../../engine/test-messages.ts'
import { Secret, scrub } from '../../engine/settings/secret.ts'
import type { RehearsalResult } from '../../engine/rehearsal.ts'
import type { SettingsKeeper } from '../ports.ts'
import { formsOf, type FormKinds } from '../settings/forms.ts'
import { NO_ENGINE } from './no-engine.ts'

type Names = 'settings.get' | 'settings.change' | 'settings.set-secret' | 'settings.forms' | 'destinations.test' | 'destinations.preview' | 'destinations.try-templates' | 'destinations.rehearse'

export interface SettingsCallParts {
  settings: Pick<SettingsKeeper, 'view' | 'change' | 'setSecret'>
  kinds: FormKinds
  /** null = none runs. */
  engine(): Pick<Engine, 'testDestination' | 'previewTest' | 'tryTemplates' | 'rehearse'> | null
}


export function settingsCalls({ settings, kinds, engine }: SettingsCallParts): SomeHandlers<Names> {
  return {
    'settings.get': async () => settings.view(),
    'settings.change': (change) => settings.change(change),
    'settings.set-secret': ({ owner, id, field, value }) => settings.setSecret({ owner, id, field }, value === null ? null : new Secret(value)),
    'settings.forms': async () => formsOf(kinds),
    async 'destinations.test'({ destinationId, wish }) {
      const running = engine()
      if (!running) return { ok: false, detail: NO_ENGINE, ms: 0, exchange: null }
      try {
        const { verdict, ms } = await running.testDestination(destinationId, wish ?? undefined)
        return { ok: verdict.result === 'delivered', detail: detailOf(verdict), ms, exchange: exchangeOf(verdict) }
      } catch (error) {
        return { ok: false, detail: wordsOf(error), ms: 0, exchange: null }
      }
    },
    async 'destinations.preview'({ destinationId, wish }) {
      const running = engine()
      if (!running) throw new Error(NO_ENGINE)
      try {
        return shownPreview(await running.previewTest(destinationId, wish))
      } catch (error) {
        throw new Error(wordsOf(error), { cause: error })
      }
    },
    async 'destinations.try-templates'({ destinationId, wish, templates }) {
      const running = engine()
      if (!running) throw new Error(NO_ENGINE)
      try {
        const { preview, troubles, values } = await running.tryTemplates(destinationId, wish, templates)
        return { preview: shownPreview(preview), troubles, values: values.map(({ name, value }) => ({ name, value: scrub(value) })) }
      } catch (error) {
        throw new Error(wordsOf(error), { cause: error })
      }
    },
    async 'destinations.rehearse'(rehearsal) {
      const running = engine()
      if (!running) return { eventId: null, detail: NO_ENGINE }
      try {
        const result = await running.rehearse(rehearsal)
        return { eventId: result.eventId, detail: cameOf(result) }
      } catch (error) {
        return { eventId: null, detail: wordsOf(error) }
      }
    },
  }
}

function shownPreview(preview: TestPreview): CallOutput<'destinations.preview'> {
  const picture = preview.noPicture === null && preview.of !== null ? `printbell-picture://event/${encodeURIComponent(preview.of.eventId)}` : null
  return { ...preview, title: scrub(preview.title), body: scrub(preview.body), picture }
}

function detailOf(verdict: Verdict): string {
  return scrub(verdict.result === 'delivered' ? verdict.detail : verdict.why)
}

function exchangeOf({ exchange }: Verdict): { request: string[]; answer: string[] } | null {
  return exchange === undefined ? null : { request: exchange.request.map(scrub), answer: exchange.answer.map(scrub) }
}

function wordsOf(error: unknown): string {
  return sentence(scrub(error instanceof Error ? error.message : String(error)))
}

/** Why the rules dropped it, to be read after "Not sent:". */
const DROPPED: Readonly<Record<string, string>> = {
  not_subscribed: 'this destination does not get this kind of event from this printer.',
  switched_off: 'the rules switch it off for this destination.',
  in_app: 'its profile tells it in the history only.',
  profile_off: 'its profile is off.',
  profile_paused: 'its profile rests.',
  outside_timeslot: 'it is outside of its profile\'s timeslot.',
  timeslot_never_opens: 'its profile\'s timeslot never opens.',
  filter: 'a filter of its profile does not match.',
  channel_missing: 'its channel is not installed here.',
  not_supported: 'its channel can\'t carry this kind of event.',
  silence: 'it is muted now.',
  no_job: 'this kind of event goes there during a print only.',
  idle_link: 'a lost connection is told during a print only.',
  about_itself: 'a destination is not told of its own failure.',
  own_action: 'what you do from Printbell yourself is not told.',
}

function cameOf({ decision, attempt }: RehearsalResult): string {
  if (decision.decision === 'hold') return 'Held until its timeslot opens: it then goes out in one message with what else waits. The history says until when.'
  if (decision.decision === 'digest') return 'It goes into the next digest. The history says when that is.'
  if (decision.decision !== 'deliver') return `Not sent: ${DROPPED[decision.reason.replace(/:.*$/, '')] ?? `${decision.reason.replaceAll('_', ' ')}.`}`
  if (!attempt) return 'On its way, but nothing came of it yet. The history shows what follows.'
  return attempt.result === 'delivered' ? sentence(`Delivered in ${took(attempt.ms)}: ${scrub(attempt.detail)}`) : sentence(scrub(attempt.detail))
}

/** "84 ms", "1.2 s". */
function took(ms: number): string {
  const whole = Math.round(ms)
  return whole < 1_000 ? `${whole}\u202fms` : `${Math.round(whole / 100) / 10}\u202fs`
}
