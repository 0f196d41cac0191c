import { describe, expect, it } from 'vitest'
import { forms as formsView } from '../../bridge/views/settings.ts'
import { channels } from '../../engine/channels/registry.ts'
import { createDesktopChannel } from '../../engine/channels/desktop/index.ts'
import { EVENT_TYPES } from '../../engine/events/model.ts'
import { adapters } from '../../engine/printers/registry.ts'
import { formsOf } from './forms.ts'

interface Field {
  type?: string
  title?: string
  description?: string
  unit?: string
  default?: unknown
  enum?: unknown[]
  when?: Record<string, unknown[]>
}
const forms = formsView.parse(formsOf({ adapters, channels }))
const fieldsOf = (schema: Record<string, unknown>): Record<string, Field> => schema.properties as Record<string, Field>

describe('the forms', () => {
  it('give every field of every kind a title that begins large and is no sentence, and a description', () => {
    for (const { kind, schema } of [...forms.adapters, ...forms.channels]) {
      for (const [name, { title, description }] of Object.entries(fieldsOf(schema))) {
        expect(title, `${kind} ${name}`).toMatch(/^[A-Z][^.]*$/)
        expect(description, `${kind} ${name}`).toMatch(/^\S.{4,}/)
      }
    }
    for (const schema of [forms.thresholds, forms.retention, forms.expiry, forms.grouping]) {
      for (const [name, { title, description }] of Object.entries(fieldsOf(schema))) expect([title, description].every((text) => typeof text === 'string' && text !== ''), name).toBe(true)
    }
  })

  it('hide fields by conditions that name fields and values there are', () => {
    const told: string[] = []
    for (const { kind, schema, secrets } of [...forms.adapters, ...forms.channels]) {
      const fields = fieldsOf(schema)
      for (const { name, when } of [...Object.entries(fields).map(([field, { when: condition }]) => ({ name: field, when: condition })), ...secrets]) {
        for (const [asked, values] of Object.entries(when ?? {})) {
          told.push(`${kind} ${name}`)
          const { type, enum: options } = fields[asked] ?? {}
          for (const value of values) expect(type === 'boolean' ? [true, false] : options, `${kind} ${name} asks ${asked}`).toContain(value)
        }
      }
    }
    expect(told).toEqual(expect.arrayContaining(['webhook template', 'octoprint-webhooks oauthUrl', 'octoprint-webhooks oauthData', 'email password', 'email accessToken', 'sms-mail clientId', 'mqtt homeAssistantPrefix', 'pushover retrySeconds']))
  })

  it('draw an OctoPrint from its schema: the address is required, secrets stand apart', () => {
    const octoprint = forms.adapters.find(({ kind }) => kind === 'octoprint')
    expect(octoprint).toMatchObject({ displayName: 'OctoPrint', canPair: true, canDiscover: true, commands: ['pause', 'resume', 'cancel', 'gcode', 'answer'] })
    expect(octoprint?.schema.required).toEqual(['url'])
    expect(Object.keys(fieldsOf(octoprint?.schema ?? {}))).toEqual(['url', 'basicUser', 'pin', 'camera', 'snapshotUrl'])
    expect(octoprint?.secrets.map(({ name, required, after }) => [name, required, after])).toEqual([['apiKey', true, null], ['basicPassword', false, 'basicUser']])
    expect(octoprint?.events).toContain('job.done')
    expect(octoprint?.events).not.toContain('app.test')
  })

  it('draw a webhook with what is optional left out of the required', () => {
    const webhook = forms.channels.find(({ kind }) => kind === 'webhook')
    expect(webhook).toMatchObject({ displayName: 'Webhook', picture: true, buttons: false, updates: false, local: false, prerequisites: [], secrets: [{ name: 'token', required: false }, { name: 'signingSecret', required: false }] })
    expect(webhook?.schema.required).toEqual(['url'])
    expect(fieldsOf(webhook?.schema ?? {}).timeoutMs).toMatchObject({ type: 'integer', unit: 'ms', default: 10_000, minimum: 1_000, maximum: 25_000 })
  })

  it('tell what a new destination begins with, where the default is kept for those that are there', () => {
    const webhook = forms.channels.find(({ kind }) => kind === 'webhook')
    expect(webhook?.fresh).toEqual({ format: 'cloudevents' })
    expect(fieldsOf(webhook?.schema ?? {}).format?.default).toBe('plain')
    expect(forms.channels.find(({ kind }) => kind === 'desktop')?.fresh).toEqual({})
  })

  it('R28: tell what one hears unless it chose: a toast much, a remote one less, an SMS failures only', () => {
    const hears = (kind: string) => forms.channels.find((channel) => channel.kind === kind)?.defaultEvents
    expect([hears('desktop')?.includes('job.paused'), hears('ntfy')?.includes('job.paused'), hears('ntfy')?.includes('job.done')]).toEqual([true, false, true])
    expect(hears('sms-mail')).toEqual(['job.failed', 'failure.warning', 'failure.detected', 'app.test'])
  })

  it('tell units, so that a form can show 0.25 as 25 % and 1800 as 30 min', () => {
    const units = Object.fromEntries(Object.entries(fieldsOf(forms.thresholds)).map(([name, { unit }]) => [name, unit]))
    expect(units).toMatchObject({ pauseGrace: 's', heaterWithin: '°C', progressStep: '%', milestoneHours: 'h', etaSlippedFraction: '%' })
    expect(units.reminderTimes).toBeUndefined()
    expect(fieldsOf(forms.retention).pictureBytes?.unit).toBe('bytes')
  })

  it('name every event type once, with its severity', () => {
    expect(forms.eventTypes.map(({ type }) => type)).toEqual([...EVENT_TYPES])
    expect(forms.eventTypes).toContainEqual({ type: 'attention.filament_runout', severity: 'critical' })
    expect(forms.eventTypes).toContainEqual({ type: 'job.done', severity: 'success' })
  })

  it('tell where a kind stands, how to get what it asks for, what makes two the same place, and what links an account', () => {
    const telegram = forms.channels.find(({ kind }) => kind === 'telegram')
    expect(telegram).toMatchObject({ group: 'people', canPair: true, primary: ['chatId', 'topicId'], runsPrograms: false, state: false })
    expect(telegram?.guide.steps[0]).toBe('In Telegram, open the chat with @BotFather and send /newbot.')
    expect(telegram?.guide.links[0]).toEqual({ label: 'Open @BotFather', url: 'https://t.me/BotFather' })
    expect(forms.channels.find(({ kind }) => kind === 'desktop')).toMatchObject({ group: 'computer', canPair: false, primary: [] })
    expect(forms.channels.find(({ kind }) => kind === 'webhook')?.group).toBe('systems')
  })

  it('tell from where destinations can be taken over', () => {
    expect(forms.importers).toContainEqual({ id: 'apprise', name: 'Apprise addresses', hint: 'One address a line, like ntfy://topic, or an Apprise configuration as text or YAML.' })
  })

  it("offer Moonraker's notifiers among them", () => expect(forms.importers.map(({ id }) => id)).toEqual(['octoprint-webhooks', 'event-hooks', 'moonraker-notifiers', 'apprise']))

  it('R36: say what a channel lacks, and whether it is there now', () => {
    const desktop = createDesktopChannel({ platform: 'linux', env: {} })
    const told = (channel: typeof desktop) => formsOf({ adapters, channels: new Map([['desktop', channel as never]]) }).channels[0]?.prerequisites
    expect(told(desktop)).toEqual([{ name: 'session bus', help: 'no desktop session was found: neither DBUS_SESSION_BUS_ADDRESS nor XDG_RUNTIME_DIR is set; start Printbell inside the desktop session or set one of them', met: false }])
    expect(told(createDesktopChannel({ platform: 'linux', env: { DBUS_SESSION_BUS_ADDRESS: 'tcp:host=127.0.0.1,port=1' } }))?.[0]?.met).toBe(true)
  })
})
