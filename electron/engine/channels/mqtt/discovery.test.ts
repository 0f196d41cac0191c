/** Typed from home-assistant.io/integrations/mqtt ("Device discovery payload") and the pages of its platforms. */
import { expect, test } from 'vitest'
import { discoveryOf } from './discovery.ts'
import { topicsOf } from './topics.ts'

const MK4 = { id: 'mk4', name: 'MK4 left bench', serverKind: 'octoprint' }
const TOPICS = topicsOf({ prefix: 'printbell', homeAssistantPrefix: 'homeassistant' })

test('a printer is a device with its entities', () => {
  expect(discoveryOf(MK4, ['tool0'], TOPICS, { qos: 1, includePicture: true })).toEqual({
    device: { identifiers: ['printbell_mk4'], name: 'MK4 left bench', manufacturer: 'Printbell', model: 'octoprint' },
    origin: { name: 'Printbell' },
    state_topic: 'printbell/mk4/state',
    availability_topic: 'printbell/status',
    payload_available: 'online',
    payload_not_available: 'offline',
    qos: 1,
    components: {
      job: {
        platform: 'sensor', unique_id: 'printbell_mk4_job', name: 'Job state', device_class: 'enum', icon: 'mdi:printer-3d', value_template: '{{ value_json.jobState }}',
        options: ['none', 'preparing', 'printing', 'pausing', 'paused', 'resuming', 'finishing', 'cancelling', 'done', 'cancelled', 'failed', 'unknown'],
      },
      file: { platform: 'sensor', unique_id: 'printbell_mk4_file', name: 'File', icon: 'mdi:file', value_template: '{{ value_json.job.name[:255] if value_json.job else none }}' },
      progress: {
        platform: 'sensor', unique_id: 'printbell_mk4_progress', name: 'Progress', unit_of_measurement: '%', state_class: 'measurement', suggested_display_precision: 0, icon: 'mdi:progress-clock',
        value_template: '{{ (value_json.progress * 100) | round(1) if value_json.progress is not none else none }}',
      },
      remaining: { platform: 'sensor', unique_id: 'printbell_mk4_remaining', name: 'Remaining', device_class: 'duration', unit_of_measurement: 's', value_template: '{{ value_json.remaining }}' },
      eta: {
        platform: 'sensor', unique_id: 'printbell_mk4_eta', name: 'Ends at', device_class: 'timestamp',
        value_template: '{{ (((value_json.eta / 60000) | round) * 60) | timestamp_utc if value_json.eta is not none else none }}',
      },
      layer: { platform: 'sensor', unique_id: 'printbell_mk4_layer', name: 'Layer', state_class: 'measurement', icon: 'mdi:layers-triple', value_template: '{{ value_json.layer }}' },
      heater_tool0: {
        platform: 'sensor', unique_id: 'printbell_mk4_heater_tool0', name: 'Temperature tool0', device_class: 'temperature', unit_of_measurement: '°C', state_class: 'measurement', suggested_display_precision: 0,
        value_template: "{{ value_json.heaters.get('tool0', {}).get('actual') }}",
      },
      target_tool0: {
        platform: 'sensor', unique_id: 'printbell_mk4_target_tool0', name: 'Target tool0', device_class: 'temperature', unit_of_measurement: '°C', state_class: 'measurement', suggested_display_precision: 0,
        value_template: "{{ value_json.heaters.get('tool0', {}).get('target') }}",
      },
      connected: { platform: 'binary_sensor', unique_id: 'printbell_mk4_connected', name: 'Connected', device_class: 'connectivity', value_template: "{{ 'ON' if value_json.link in ['up', 'stale'] else 'OFF' }}" },
      attention: { platform: 'binary_sensor', unique_id: 'printbell_mk4_attention', name: 'Needs attention', icon: 'mdi:account-alert', value_template: "{{ 'ON' if value_json.needsAttention else 'OFF' }}" },
      problem: { platform: 'binary_sensor', unique_id: 'printbell_mk4_problem', name: 'Problem', device_class: 'problem', value_template: "{{ 'ON' if value_json.problem else 'OFF' }}" },
      picture: { platform: 'image', unique_id: 'printbell_mk4_picture', name: 'Picture', image_topic: 'printbell/mk4/picture', content_type: 'image/jpeg' },
      event: {
        platform: 'event', unique_id: 'printbell_mk4_event', name: 'Event', icon: 'mdi:bell', state_topic: 'printbell/mk4/event',
        event_types: [
          'job.started', 'job.first_layer_done', 'job.layer', 'job.progress', 'job.milestone_time', 'job.finishing_soon', 'job.eta_slipped', 'job.stalled', 'job.paused', 'job.resumed', 'job.done', 'job.cancelled', 'job.failed',
          'job.result_unknown', 'attention.filament_runout', 'attention.filament_change', 'attention.user_input', 'attention.door', 'attention.plate', 'attention.cleared', 'attention.reminder', 'failure.warning', 'failure.detected',
          'heater.target_reached', 'heater.cooled', 'heater.left_on', 'heater.runaway', 'device.ready', 'device.error', 'device.shutdown', 'device.fault', 'link.up', 'link.lost', 'link.auth_failed', 'link.refused', 'camera.lost', 'camera.up',
          'message.display', 'message.user', 'command.succeeded', 'command.failed', 'command.acknowledged', 'server.event',
        ],
        value_template: "{{ {'event_type': value_json.type, 'id': value_json.id, 'severity': value_json.severity, 'late': value_json.late, "
          + "'title': value_json.message.title, 'message': value_json.message.body, 'job': value_json.job.name if value_json.job else none} | to_json }}",
      },
    },
  })
})

test('a heater of a name that could break a template gets no entity, one with a dot its own', () => {
  const { components } = discoveryOf(MK4, ["x'}} {{ 7 * 7 }}", 'heater_generic chamber', 'a.b', 'a_b'], TOPICS, { qos: 1, includePicture: false })
  expect(Object.keys(components).filter((key) => key.startsWith('heater'))).toEqual(['heater_heater_generic_20_chamber', 'heater_a_2e_b', 'heater_a_b'])
  expect(JSON.stringify(components)).not.toContain('7 * 7')
})

test('without pictures there is no picture', () => {
  expect(discoveryOf(MK4, [], TOPICS, { qos: 0, includePicture: false }).components).not.toHaveProperty('picture')
})
