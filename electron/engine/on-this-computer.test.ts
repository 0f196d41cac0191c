import { expect, test } from 'vitest'
import { isOnThisComputer } from './on-this-computer.ts'

test.each<[unknown, boolean]>([
  [{ url: 'http://127.0.0.1:9000/hook' }, true], [{ url: 'https://localhost/x' }, true], [{ url: 'http://[::1]:80/' }, true], [{ url: 'mqtt://LOCALHOST:1883' }, true], [{ url: 'http://app.localhost/' }, true],
  [{ host: 'localhost', port: 25 }, true], [{ host: '127.0.0.53' }, true], [{ host: '::1' }, true], [{ server: { hosts: ['localhost:1883'] } }, true],
  [{ url: 'http://192.168.1.5/' }, false], [{ url: 'https://example.org/localhost' }, false], [{ host: 'localhost.example.org' }, false], [{ host: '128.0.0.1' }, false], [{ text: 'my localhost' }, false],
  [{ topic: '127.0' }, false], [{}, false], [null, false], [undefined, false], [7, false],
])('%j: %s', (config, expected) => {
  expect(isOnThisComputer(config)).toBe(expected)
})
