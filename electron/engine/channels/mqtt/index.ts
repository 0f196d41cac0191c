/** MQTT: events, the state of each printer and its pictures on topics of a broker, for programs, other desks and Home Assistant. */
import { EVENT_TYPES } from '../../events/model.ts'
import type { ChannelKind } from '../channel.ts'
import { openMqtt } from './channel.ts'
import { mqttSchema, validateMqtt, type MqttConfig } from './config.ts'

export const mqttChannel: ChannelKind<MqttConfig> = {
  kind: 'mqtt',
  displayName: 'MQTT',
  group: 'systems',
  guide: {
    steps: [
      'You need a broker: Mosquitto, EMQX, HiveMQ, or the one that came with Home Assistant.',
      'Enter its address: mqtt:// and the name of its computer, or mqtts:// where it speaks TLS.',
      'Where it asks for user and password, make a user for Printbell there and enter both. It needs to write to the topics below.',
      'For Home Assistant: add its MQTT integration with the same broker, then switch on "Show in Home Assistant". The printers appear there as devices.',
    ],
    links: [
      { label: 'Mosquitto', url: 'https://mosquitto.org/' },
      { label: "Home Assistant's MQTT integration", url: 'https://www.home-assistant.io/integrations/mqtt/' },
    ],
  },
  primary: ['url', 'prefix'],
  configSchema: mqttSchema,
  secretFields: { password: { label: 'Password', required: false, after: 'user' } },
  // One at a time: a picture and the event behind it must not be mixed with those of another event.
  capabilities: { image: 'upload', maxText: null, maxImageBytes: null, canUpdate: false, actions: false, idempotencyKey: false, local: false, everyEvent: true, parallel: 1, state: true },
  validateConfig: validateMqtt,
  prerequisites: () => [],
  supportedFeatures: () => new Set(EVENT_TYPES),
  wantsPicture: (config) => config.includePicture !== false,
  open: (destination, ports) => openMqtt(destination, ports),
}
