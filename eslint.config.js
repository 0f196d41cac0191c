import vue from 'eslint-plugin-vue'
import tseslint from 'typescript-eslint'
import { importRules, kinds, syntaxRules, timeRules, timeRulesOfTests } from './eslint-rules/house.mjs'
import { noKindBranch } from './eslint-rules/no-kind-branch.mjs'
import { noSilentSkip } from './eslint-rules/no-silent-skip.mjs'
import { recommended } from './eslint-rules/recommended.mjs'

const house = { rules: { 'no-kind-branch': noKindBranch, 'no-silent-skip': noSilentSkip } }

/** Beside the code they test, and what they share. */
const unitTests = ['electron/**/*.test.ts', 'electron/**/test-support.ts', 'electron/**/*.support.ts']
const tests = [...unitTests, '**/*.test.mjs', 'test/**']
/** Rooms that every kind of server and channel passes through. */
const shared = ['events', 'rules', 'delivery', 'history', 'commands', 'snapshots', 'control'].map((room) => `electron/engine/${room}/**/*.ts`)
/** Where the real clock, timers and chance begin. Everything else takes them as arguments. */
const realTime = [
  'electron/engine/clock.ts',
  // Stamps its lines with the time they were written, which is no part of any decision.
  'electron/engine/log.ts',
  'electron/engine/simulator/cli.ts',
  // A process of its own, which answers one message after the other.
  'electron/engine/snapshots/codec-process.ts',
]

export default tseslint.config(
  { ignores: ['node_modules/', 'dist/', '.cache/', 'test-results/', 'test/fixtures/', '**/recordings/'] },
  // No comment may switch a rule off: a rule that is wrong is changed here, with its reason.
  { linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'off' } },
  recommended,

  {
    name: 'style and size',
    plugins: { house },
    rules: {
      semi: ['error', 'never'],
      quotes: ['error', 'single', { avoidEscape: true, allowTemplateLiterals: true }],
      'comma-dangle': ['error', 'always-multiline'],
      // "!= null" asks for null and undefined at once, which is what is meant.
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'max-lines': ['error', { max: 400, skipBlankLines: false, skipComments: false }],
      'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx', 'hack'], location: 'start' }],
      'no-console': 'error',
      'object-shorthand': 'error',
      'prefer-const': 'error',
      ...syntaxRules.anywhere,
    },
  },
  {
    name: 'plain scripts',
    files: ['**/*.mjs', '**/*.js'],
    languageOptions: {
      sourceType: 'module',
      globals: Object.fromEntries(
        ['process', 'console', 'setImmediate', 'URL', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Buffer', 'performance', 'AbortController', 'AbortSignal', 'fetch', 'TextDecoder', 'structuredClone', 'document']
          .map((name) => [name, 'readonly']),
      ),
    },
    // They talk to the person at the terminal.
    rules: { 'no-console': 'off' },
  },

  {
    name: 'typed code',
    files: ['**/*.ts', '**/*.mts'],
    ignores: ['renderer/**'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports', disallowTypeAnnotations: false }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-floating-promises': ['error', { ignoreVoid: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/ban-ts-comment': ['error', { 'ts-expect-error': true, 'ts-ignore': true, 'ts-nocheck': true }],
      '@typescript-eslint/no-non-null-assertion': 'error',
      // What was caught, or an AbortSignal's reason, is thrown on as it came.
      '@typescript-eslint/only-throw-error': ['error', { allowThrowingAny: true, allowThrowingUnknown: true }],
      // Contracts ask for promises; an implementation that has nothing to wait for is no mistake.
      '@typescript-eslint/require-await': 'off',
      // "'*' | EventType | string" tells the reader more than "string".
      '@typescript-eslint/no-redundant-type-constituents': 'off',
      // It takes every function that is destructured for a method: resolve and reject, the members of closures.
      '@typescript-eslint/unbound-method': 'off',
      // TypeScript itself knows the names; the rule knows no types.
      'no-undef': 'off',
      ...importRules.anywhere,
    },
  },

  {
    // vue-tsc checks its types; the rules here are the ones that need none.
    name: 'window',
    files: ['renderer/**/*.ts', 'renderer/**/*.vue'],
    extends: [tseslint.configs.recommended, ...vue.configs['flat/recommended']],
    languageOptions: { parserOptions: { parser: tseslint.parser, sourceType: 'module' } },
    rules: {
      'no-undef': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/no-non-null-assertion': 'error',
      // Layout of templates is the writer's; what is wrong in them is not.
      ...Object.fromEntries(['max-attributes-per-line', 'singleline-html-element-content-newline', 'multiline-html-element-content-newline', 'html-self-closing', 'html-indent', 'html-closing-bracket-newline', 'first-attribute-linebreak', 'attributes-order', 'require-default-prop'].map((rule) => [`vue/${rule}`, 'off'])),
      'vue/no-v-html': 'off',
      'vue/multi-word-component-names': 'off',
      ...importRules.window,
      ...syntaxRules.window,
    },
  },
  { name: 'window: the one place that knows the bridge', files: ['renderer/lib/bridge.ts'], rules: syntaxRules.anywhere },
  { name: 'desktop', files: ['electron/main.ts', 'electron/desktop/**/*.ts', 'electron/bridge/**/*.ts'], rules: importRules.desktop },
  { name: 'the bridge: raw IPC', files: ['electron/bridge/wire.ts', 'electron/bridge/preload.ts'], rules: importRules.wire },

  {
    name: 'engine',
    files: ['electron/engine/**/*.ts'],
    rules: { ...importRules.engine, ...timeRules, ...syntaxRules.engine },
  },
  { name: 'engine: rooms that own sockets', files: ['electron/engine/printers/**/*.ts', 'electron/engine/simulator/**/*.ts'], rules: importRules.sockets },
  {
    name: 'engine: shared rooms',
    files: [...shared, 'electron/engine/engine.ts'],
    ignores: ['electron/engine/control/**'],
    plugins: { house },
    rules: { ...importRules.shared, 'house/no-kind-branch': ['error', { kinds }] },
  },
  {
    name: 'engine: the control endpoint is shared, and a socket',
    files: ['electron/engine/control/**/*.ts'],
    plugins: { house },
    rules: { ...importRules.engine, 'house/no-kind-branch': ['error', { kinds }] },
  },
  {
    name: 'engine: where the environment is read',
    files: [
      'electron/engine/settings/secrets.ts',
      // The session's bus is found by it.
      'electron/engine/channels/desktop/index.ts',
      // A child process starts on Windows only with a part of it.
      'electron/engine/snapshots/codec.ts',
      // So do the programs of these channels, and are found by it.
      'electron/engine/channels/system-hook/index.ts',
      'electron/engine/channels/sound/index.ts',
    ],
    rules: syntaxRules.environment,
  },
  {
    name: 'engine: where real time begins',
    files: realTime,
    rules: { 'no-restricted-globals': 'off', 'no-restricted-properties': 'off', 'no-console': 'off', ...syntaxRules.edge },
  },
  { name: 'composition roots', files: ['electron/headless.ts', 'electron/headless/**/*.ts', 'electron/engine/system-net.ts'], rules: importRules.edge },

  {
    name: 'tests',
    files: tests,
    plugins: { house },
    rules: { 'house/no-silent-skip': 'error' },
  },
  {
    name: 'unit tests of the engine',
    files: unitTests,
    rules: timeRulesOfTests,
  },
  {
    name: 'tests in TypeScript',
    files: [...unitTests, 'test/**/*.ts'],
    rules: {
      ...importRules.anywhere,
      ...syntaxRules.engineTests,
      'house/no-kind-branch': 'off',
      // What a fake received is looked at as it is; the assertion is the check.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-base-to-string': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
)
