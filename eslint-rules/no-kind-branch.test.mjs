import { RuleTester } from 'eslint'
import tseslint from 'typescript-eslint'
import { describe, it } from 'vitest'
import { noKindBranch } from './no-kind-branch.mjs'

RuleTester.describe = describe
RuleTester.it = it

const options = [{ kinds: ['octoprint', 'webhook'] }]
const at = (code, ...messageIds) => ({ code, options, errors: messageIds.map((messageId) => ({ messageId })) })

new RuleTester({ languageOptions: { parser: tseslint.parser } }).run('no-kind-branch', noKindBranch, {
  valid: [
    { code: "if (observation.kind === 'state') reduce(observation)", options },
    { code: 'if (adapter.capabilities.push) connect()', options },
    { code: 'const same = a.serverKind === b.serverKind', options },
    { code: "import { x } from '../channels/channel.ts'", options },
    { code: 'const { octoprint } = servers', options },
    { code: 'if (destination.channel === null) return1()', options },
  ],
  invalid: [
    at("if (event.serverKind === 'anything') quiet()", 'compared'),
    at("if ('ntfy' !== destination?.channel) send()", 'compared'),
    at("if (server.kind === 'octoprint') quiet()", 'named'),
    at("switch (destination.channel) { case 'mail': send() }", 'compared'),
    at("switch (kind) { case 'octoprint': quiet() }", 'named'),
    at("if (['a', 'webhook'].includes(destination.channel)) send()", 'compared'),
    at("if (['octoprint'].includes(kind)) send()", 'named'),
    at('const wait = { octoprint: 5 }[kind]', 'named'),
    at("if (event['serverKind'] === 'x') quiet()", 'compared'),
    at('if (channel === `mail`) send()', 'compared'),
  ],
})
