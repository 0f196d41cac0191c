/** The few places that the settings page opens. The window names one of them; what it opens is decided here. Pure. */
import { join } from 'node:path'
import type { CallInput } from '../../bridge/contract.ts'

export type Link = CallInput<'system.open-link'>

/** `address` for the browser, `file` for whatever the system opens it with, `reveal` to be shown in its folder. */
export type LinkTarget = { address: string } | { file: string } | { reveal: string }

export interface LinkPlaces {
  /** Where README.md, LICENSE and docs/ lie: the checkout, or the resources of an installed copy. Absolute. */
  ownFiles: string
  /** The project's public page; null = it has none, and its own files are shown instead. */
  homepage: string | null
  dataFolder: string
  settingsFile: string
}

/** The public page out of package.json: https only, and no example. */
export function homepageOf(description: { homepage?: unknown }): string | null {
  const { homepage } = description
  if (typeof homepage !== 'string' || !URL.canParse(homepage)) return null
  const { protocol, hostname, username } = new URL(homepage)
  const made = hostname === 'localhost' || !hostname.includes('.') || /(^|\.)(example|invalid|test|localhost)(\.(com|net|org))?$/.test(hostname)
  return protocol === 'https:' && username === '' && !made ? homepage : null
}

export function linkTarget(link: Link, { ownFiles, homepage, dataFolder, settingsFile }: LinkPlaces): LinkTarget {
  switch (link) {
    case 'project':
      return homepage === null ? { file: join(ownFiles, 'README.md') } : { address: homepage }
    case 'documentation':
      return { file: join(ownFiles, 'docs') }
    case 'licence':
      return { file: join(ownFiles, 'LICENSE') }
    case 'data-folder':
      return { file: dataFolder }
    case 'settings-file':
      return { reveal: settingsFile }
  }
}
