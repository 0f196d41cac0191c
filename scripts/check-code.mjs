/**
 * Types and lint in one process: the rules ask the programs that the compiler has just checked, so that nothing is worked out twice.
 * --remember: only what changed since the last time. The window's own code is not among the types (vue-tsc checks it), and is among the lint.
 * The last line is JSON, for scripts/test.mjs: a list of { name, ms, problems }, `problems` being text for a person and empty when all is well.
 */
import { join, sep } from 'node:path'
import { ESLint } from 'eslint'
import ts from 'typescript'
import tseslint from 'typescript-eslint'
import { cache, root } from './lib/paths.mjs'

const remember = process.argv.includes('--remember')

/** One text is parsed once, whichever programs it is in. It is bound once too: their settings differ in the libraries alone. */
const parsed = new Map()

function sharing(host) {
  const { getSourceFile } = host
  // What a comment says is of no interest to the compiler in TypeScript files, and no rule reads it by the compiler.
  host.jsDocParsingMode = ts.JSDocParsingMode.ParseForTypeErrors
  host.getSourceFile = (path, options, ...rest) => {
    const key = `${path}\0${typeof options === 'object' ? options.impliedNodeFormat ?? '' : ''}`
    if (!parsed.has(key)) parsed.set(key, getSourceFile.call(host, path, options, ...rest))
    return parsed.get(key)
  }
  return host
}

/** @param {string} folder with a tsconfig.json, relative to root */
function programOf(folder) {
  const config = ts.getParsedCommandLineOfConfigFile(join(root, folder, 'tsconfig.json'), { noEmit: true }, {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic(diagnostic) {
      throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'))
    },
  })
  const { fileNames: rootNames, projectReferences, errors: configFileParsingDiagnostics } = config
  if (!remember) return ts.createProgram({ rootNames, options: config.options, projectReferences, configFileParsingDiagnostics, host: sharing(ts.createCompilerHost(config.options)) })
  const options = { ...config.options, incremental: true, tsBuildInfoFile: join(cache, `types-${folder.replaceAll('/', '-')}.tsbuildinfo`) }
  return ts.createIncrementalProgram({ rootNames, options, projectReferences, configFileParsingDiagnostics, host: sharing(ts.createIncrementalCompilerHost(options)) })
}

const plain = (program) => (remember ? program.getProgram() : program)

/** All that `tsc --noEmit` would tell. */
function typeProblems(program) {
  const found = [
    ...program.getConfigFileParsingDiagnostics(), ...program.getOptionsDiagnostics(), ...program.getSyntacticDiagnostics(), ...program.getGlobalDiagnostics(),
    ...program.getSemanticDiagnostics(),
  ]
  // Writes what was checked, and nothing else.
  if (remember) program.emit()
  return ts.formatDiagnostics(ts.sortAndDeduplicateDiagnostics(found), { getCurrentDirectory: () => root, getCanonicalFileName: (path) => path, getNewLine: () => '\n' })
}

/** The parser of eslint.config.js, which would make programs of its own: it takes that of the nearest tsconfig.json, as it would by itself. */
function parserOver(main, windowTests) {
  const folder = join(root, 'test', 'window') + sep
  return {
    meta: { name: 'printbell/checked', version: tseslint.parser.meta.version },
    parseForESLint(code, options) {
      const program = plain(options.filePath.startsWith(folder) ? windowTests : main)
      // A file that came while the types were checked is in none; eslint.config.js says what is to be done with it.
      return tseslint.parser.parseForESLint(code, program.getSourceFile(options.filePath) ? { ...options, projectService: false, programs: [program] } : options)
    },
  }
}

async function lintProblems(parser) {
  const eslint = new ESLint({
    cwd: root,
    overrideConfig: { files: ['**/*.ts', '**/*.mts'], ignores: ['renderer/**'], languageOptions: { parser } },
    // The cache judges a file by its own text only, and some rules look at types from others.
    ...(remember ? { cache: true, cacheStrategy: 'content', cacheLocation: join(cache, 'eslint', sep) } : {}),
  })
  const formatter = await eslint.loadFormatter('stylish')
  return formatter.format(await eslint.lintFiles(['.']))
}

/** Works, and takes the time. */
async function part(name, work) {
  const began = performance.now()
  const problems = await work()
  return { name, ms: Math.round(performance.now() - began), problems }
}

let main
let windowTests
const parts = [
  await part('types', () => typeProblems(main = programOf('.'))),
  await part('types of the window\'s tests', () => typeProblems(windowTests = programOf('test/window'))),
  await part('lint', () => lintProblems(parserOver(main, windowTests))),
]
process.stdout.write(`${JSON.stringify(parts)}\n`)
