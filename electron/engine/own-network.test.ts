import { expect, test } from 'vitest'
import { isOwnNetwork } from './own-network.ts'

const hostname = (host: string): string => new URL(`http://${host}/`).hostname

test.each([
  'localhost', 'LOCALHOST', 'app.localhost', '127.0.0.1', '127.9.9.9', '2130706433', '[::1]', '[::ffff:127.0.0.1]', '0.0.0.0', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.178.20', '169.254.7.7', '100.64.0.3',
  '[fe80::1]', '[fd00::1]', '[::ffff:192.168.1.5]', 'octopi', 'octopi.local', 'octopi.local.', 'nas.lan', 'box.home.arpa', 'ha.internal', 'fritz.home',
])('%s is in the own network', (host) => {
  expect(isOwnNetwork(hostname(host))).toBe(true)
})

test.each([
  'example.org', 'ntfy.sh', '8.8.8.8', '172.15.0.1', '172.32.0.1', '192.169.0.1', '100.63.0.1', '100.128.0.1', '[2001:db8::1]', '[::ffff:8.8.8.8]', 'local.example.org', 'mylocal.org', 'notlan.com', 'api.telegram.org.',
])('%s is not', (host) => {
  expect(isOwnNetwork(hostname(host))).toBe(false)
})
