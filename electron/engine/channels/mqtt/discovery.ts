/**
 * What makes a printer appear in Home Assistant by itself: one device with its entities, in one retained message.
 * Names of fields: home-assistant.io/integrations/mqtt "Device discovery payload", and the page of each platform that is named below.
 * Values are templates (Jinja) over the JSON of payload.ts; what renders as None is shown as unknown (sensor.mqtt, "state_topic").
 */
import type { Catalogue } from '../../delivery/languages/english.ts'
import { ENGLISH } from '../../delivery/languages/language.ts'
import { EVENT_TYPES } from '../../events/model.ts'
import type { PrinterNow } from '../channel.ts'
import type { MqttConfig } from './config.ts'
import { idPart, OFFLINE, ONLINE, type Topics } from './topics.ts'

/** One entity. `platform` and `unique_id` are required in a device's message. */
type Component = { platform: 'sensor' | 'binary_sensor' | 'image' | 'event'; name: string; unique_id: string } & Readonly<Record<string, unknown>>

/** "Device discovery payload": `device`, `origin` and `components` must be there; the rest is shared by all components. */
export interface Discovery {
  /** "device": `identifiers` tie the entities together. */
  device: { identifiers: string[]; name: string; manufacturer: string; model: string }
  origin: { name: string }
  components: Record<string, Component>
  state_topic: string
  availability_topic: string
  payload_available: string
  payload_not_available: string
  qos: number
}

const PHASES = ['none', 'preparing', 'printing', 'pausing', 'paused', 'resuming', 'finishing', 'cancelling', 'done', 'cancelled', 'failed', 'unknown'] as const
/** Beyond it a state is shown as unknown (homeassistant/const.py, MAX_LENGTH_STATE_STATE). Characters. */
const LONGEST_STATE = 255
/** Printers name their heaters as they like; only what can stand in a template without harm gets an entity. */
const PLAIN_HEATER = /^[A-Za-z0-9_ .-]{1,60}$/

const known = (path: string, shown: string): string => `{{ ${shown} if ${path} is not none else none }}`
const onOff = (condition: string): string => `{{ 'ON' if ${condition} else 'OFF' }}`

type Names = Catalogue['entities']

/** @param heaters all that were ever seen of it: one that is not reported for a while keeps its entity */
export function discoveryOf(printer: Pick<PrinterNow, 'id' | 'name' | 'serverKind'>, heaters: readonly string[], topics: Topics, config: Pick<MqttConfig, 'qos' | 'includePicture'>, { words: { entities: names } } = ENGLISH): Discovery {
  const device = topics.device(printer.id)
  const components: Record<string, Component> = {}
  const add = (key: string, component: Omit<Component, 'unique_id'>): void => {
    components[key] = { ...component, unique_id: `${device}_${key}` } as Component
  }
  addJob(add, names)
  for (const heater of heaters) if (PLAIN_HEATER.test(heater)) addHeater(add, names, heater)
  addTroubles(add, names)
  if (config.includePicture) {
    // image.mqtt: `image_topic` carries the bytes themselves, `content_type` what they are.
    add('picture', { platform: 'image', name: names.picture, image_topic: topics.picture(printer.id), content_type: 'image/jpeg' })
  }
  addEvents(add, names, topics.event(printer.id))
  return {
    device: { identifiers: [device], name: printer.name, manufacturer: 'Printbell', model: printer.serverKind },
    origin: { name: 'Printbell' },
    components,
    state_topic: topics.state(printer.id),
    availability_topic: topics.status,
    payload_available: ONLINE,
    payload_not_available: OFFLINE,
    qos: config.qos,
  }
}

type Add = (key: string, component: Omit<Component, 'unique_id'>) => void

/** sensor.mqtt: `options` need the class enum, a timestamp is ISO 8601 (`timestamp_utc`), a duration's unit is s. */
function addJob(add: Add, names: Names): void {
  add('job', { platform: 'sensor', name: names.job, device_class: 'enum', options: [...PHASES], icon: 'mdi:printer-3d', value_template: '{{ value_json.jobState }}' })
  add('file', { platform: 'sensor', name: names.file, icon: 'mdi:file', value_template: `{{ value_json.job.name[:${LONGEST_STATE}] if value_json.job else none }}` })
  add('progress', {
    platform: 'sensor', name: names.progress, unit_of_measurement: '%', state_class: 'measurement', suggested_display_precision: 0, icon: 'mdi:progress-clock',
    value_template: known('value_json.progress', '(value_json.progress * 100) | round(1)'),
  })
  add('remaining', { platform: 'sensor', name: names.remaining, device_class: 'duration', unit_of_measurement: 's', value_template: '{{ value_json.remaining }}' })
  // To the minute: an estimate that moves by seconds would fill the history there.
  add('eta', { platform: 'sensor', name: names.eta, device_class: 'timestamp', value_template: known('value_json.eta', '(((value_json.eta / 60000) | round) * 60) | timestamp_utc') })
  add('layer', { platform: 'sensor', name: names.layer, state_class: 'measurement', icon: 'mdi:layers-triple', value_template: '{{ value_json.layer }}' })
}

function addHeater(add: Add, names: Names, heater: string): void {
  const value = (of: 'actual' | 'target'): string => `{{ value_json.heaters.get('${heater}', {}).get('${of}') }}`
  const shared = { platform: 'sensor', device_class: 'temperature', unit_of_measurement: '°C', state_class: 'measurement', suggested_display_precision: 0 } as const
  const key = idPart(heater)
  add(`heater_${key}`, { ...shared, name: names.temperature(heater), value_template: value('actual') })
  add(`target_${key}`, { ...shared, name: names.target(heater), value_template: value('target') })
}

/** binary_sensor.mqtt: ON and OFF unless told otherwise. */
function addTroubles(add: Add, names: Names): void {
  add('connected', { platform: 'binary_sensor', name: names.connected, device_class: 'connectivity', value_template: onOff("value_json.link in ['up', 'stale']") })
  add('attention', { platform: 'binary_sensor', name: names.attention, icon: 'mdi:account-alert', value_template: onOff('value_json.needsAttention') })
  add('problem', { platform: 'binary_sensor', name: names.problem, device_class: 'problem', value_template: onOff('value_json.problem') })
}

/** event.mqtt: the payload names its `event_type`, one of `event_types`; what else stands in it becomes attributes. */
function addEvents(add: Add, names: Names, topic: string): void {
  const attributes = [
    "'event_type': value_json.type", "'id': value_json.id", "'severity': value_json.severity", "'late': value_json.late",
    "'title': value_json.message.title", "'message': value_json.message.body", "'job': value_json.job.name if value_json.job else none",
  ]
  add('event', {
    platform: 'event', name: names.event, icon: 'mdi:bell', state_topic: topic, event_types: EVENT_TYPES.filter((type) => !type.startsWith('app.')),
    value_template: `{{ {${attributes.join(', ')}} | to_json }}`,
  })
}
