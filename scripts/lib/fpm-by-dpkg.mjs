#!/usr/bin/env node
/**
 * Builds a .deb from electron-builder's call of fpm, with dpkg-deb, where fpm itself can't be downloaded. For packages that are only looked at and
 * tried; releases are made with fpm. It knows the options that electron-builder 26 gives, and stops at any other.
 */
import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const SWITCHES = new Set(['--force', '--debug'])
const MANY = new Set(['-d', '--deb-recommends'])
const ONE = new Set([
  '-s', '-t', '--log', '--architecture', '--after-install', '--after-remove', '--description', '--version', '--package', '--name', '--maintainer', '--vendor', '--url',
  '--category', '--deb-priority', '--license', '--iteration', '--deb-compression',
])

/**
 * @param {readonly string[]} args as fpm gets them
 * @returns {{ options: Map<string, string[]>, contents: { from: string, to: string }[] }}
 * @throws Error naming an option that is not known
 */
function readCall(args) {
  const options = new Map()
  const contents = []
  for (let at = 0; at < args.length; at++) {
    const word = args[at]
    if (SWITCHES.has(word)) continue
    if (MANY.has(word) || ONE.has(word)) options.set(word, [...(MANY.has(word) ? options.get(word) ?? [] : []), args[++at]])
    else if (word.startsWith('-')) throw new Error(`fpm-by-dpkg does not know ${word}. Teach it, or build with fpm.`)
    else contents.push({ from: word.slice(0, word.indexOf('=')), to: word.slice(word.indexOf('=') + 1) })
  }
  return { options, contents }
}

/** The control file of Debian policy 5.3. @param {Map<string, string[]>} options @param {number} kilobytes installed */
function controlOf(options, kilobytes) {
  const of = (name) => options.get(name)?.[0] ?? ''
  // The first line is the synopsis; further ones begin with a space, and an empty one is a dot (policy 5.6.13).
  const [synopsis = '', ...more] = of('--description').split('\n').map((line) => line.trim())
  return [
    `Package: ${of('--name')}`, `Version: ${of('--version')}`, `Architecture: ${of('--architecture')}`, `Maintainer: ${of('--maintainer')}`, `Installed-Size: ${kilobytes}`,
    ...(options.has('-d') ? [`Depends: ${options.get('-d').join(', ')}`] : []), ...(options.has('--deb-recommends') ? [`Recommends: ${options.get('--deb-recommends').join(', ')}`] : []),
    `Section: ${of('--category') || 'default'}`, `Priority: ${of('--deb-priority') || 'optional'}`, `Homepage: ${of('--url')}`,
    `Description: ${synopsis}`, ...more.map((line) => ` ${line === '' ? '.' : line}`), '',
  ].join('\n')
}

function make(args) {
  const { options, contents } = readCall(args)
  const of = (name) => options.get(name)?.[0]
  if (of('-t') !== 'deb') throw new Error(`fpm-by-dpkg makes .deb packages only, not ${of('-t')}.`)
  const stage = mkdtempSync(join(tmpdir(), 'fpm-by-dpkg-'))
  try {
    for (const { from, to } of contents) {
      mkdirSync(join(stage, dirname(to)), { recursive: true })
      // A folder with a closing slash is its content.
      cpSync(from, join(stage, to), { recursive: true, verbatimSymlinks: true })
    }
    mkdirSync(join(stage, 'DEBIAN'))
    const size = Number(execFileSync('du', ['-sk', stage], { encoding: 'utf8' }).split('\t')[0])
    writeFileSync(join(stage, 'DEBIAN/control'), controlOf(options, size))
    for (const [option, name] of [['--after-install', 'postinst'], ['--after-remove', 'postrm']]) {
      if (of(option) === undefined) continue
      writeFileSync(join(stage, 'DEBIAN', name), readFileSync(of(option)))
      chmodSync(join(stage, 'DEBIAN', name), 0o755)
    }
    // Whoever builds it may keep files for themselves; on other machines they are read by everybody.
    execFileSync('chmod', ['-R', 'u+rwX,go+rX,go-w', stage])
    execFileSync('dpkg-deb', ['--root-owner-group', '-Zgzip', '-z1', '--build', stage, of('--package')], { stdio: 'inherit' })
    statSync(of('--package'))
  } finally {
    rmSync(stage, { recursive: true, force: true })
  }
}

if (process.argv[1] === import.meta.filename) make(process.argv.slice(2))
