import { expect, test } from 'vitest'
import { Secret } from '../../settings/secret.ts'
import { bodyLines, sayable } from './exchange.ts'

test.each([
  ['Bad Request: chat not found', 'Bad Request: chat not found'],
  ['migrate to -1001234567890 now', 'migrate to (hidden) now'],
  ['see https://api.example/bot1:x?y=z for more', 'see (hidden) for more'],
  ['two\nlines\t here ', 'two lines here'],
  ['retry after 35', 'retry after 35'],
  ['x'.repeat(300), `${'x'.repeat(199)}…`],
])('of "%s" this is shown: "%s"', (text, shown) => {
  expect(sayable(text)).toBe(shown)
})

test('a secret that is echoed is not shown', () => {
  const secret = new Secret('hunter2-hunter2')
  expect(sayable(`no bot ${secret.reveal()}`)).toBe('no bot [secret]')
  expect(bodyLines({ text: secret.reveal() }, [])).toEqual(['{', '  "text": "[secret]"', '}'])
})

test('a body is shown line by line, without what is named', () => {
  expect(bodyLines({ chat_id: '-100', nested: { chat_id: 7, text: 'a' } }, ['chat_id'])).toEqual(['{', '  "chat_id": "(hidden)",', '  "nested": {', '    "chat_id": "(hidden)",', '    "text": "a"', '  }', '}'])
})
