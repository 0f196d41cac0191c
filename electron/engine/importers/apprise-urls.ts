/** A list of Apprise addresses, or its YAML, as destinations: our own kinds where we speak the service, the Apprise gateway for all else. */
import { channels } from '../channels/registry.ts'
import { readAddress, type AppriseAddress } from './apprise/address.ts'
import type { AddressProblem, ImportedAddress, ImportedAddresses } from './apprise/imported.ts'
import { readLines, type Line } from './apprise/lines.ts'
import type { Draft } from './apprise/mapping.ts'
import { mappingOf } from './apprise/services.ts'

export type { AddressProblem, ImportedAddress, ImportedAddresses } from './apprise/imported.ts'

/** @param text never kept, never logged: it is full of secrets */
export function importAppriseUrls(text: string): ImportedAddresses {
  const { lines, problems } = readLines(text)
  const destinations: ImportedAddress[] = []
  const wrong: AddressProblem[] = [...problems]
  for (const line of lines) {
    const drafts = draftsOf(line)
    if (typeof drafts === 'string') {
      wrong.push({ line: line.line, message: drafts })
      continue
    }
    for (const draft of drafts) {
      const bad = whatIsWrong(draft)
      if (bad === null) destinations.push(finished(draft, line))
      else wrong.push({ line: line.line, message: bad })
    }
  }
  return { destinations, problems: wrong.sort((a, b) => a.line - b.line) }
}

/** A string = what is wrong with the line. */
function draftsOf({ address: text, options }: Line): Draft[] | string {
  const read = readAddress(text)
  if (read === null) return 'Not an address of Apprise. It begins with its service, like ntfy:// or mailto://.'
  const address = withOptions(read, options)
  const found = mappingOf(address)
  const mapped = found === null ? null : found.mapping(found.address)
  if (typeof mapped === 'string') return mapped
  // A service that is not built in here goes the other way, too.
  return mapped !== null && mapped.every(({ channel }) => channels.has(channel)) ? mapped : throughGateway(address, options, found !== null)
}

function withOptions(address: AppriseAddress, options: Readonly<Record<string, string>>): AppriseAddress {
  const { user, password, host, port, schema: _schema, ...others } = options
  return {
    ...address, user: user ?? address.user, password: password ?? options.pass ?? address.password, host: host ?? address.host,
    port: port !== undefined && /^\d{1,5}$/.test(port) ? Number(port) : address.port, query: { ...address.query, ...others },
  }
}

function throughGateway({ scheme, text }: AppriseAddress, options: Readonly<Record<string, string>>, spoken: boolean): Draft[] {
  const more = Object.keys(options).length > 0
  return [{
    channel: 'apprise', config: {}, secrets: { urls: text }, missing: ['server'],
    notes: [
      spoken ? `This ${scheme}:// asks for what Printbell does not do itself. It goes through an Apprise gateway: enter its address.` : `Printbell does not speak ${scheme}:// itself. It goes through an Apprise gateway: enter its address.`,
      ...(more ? ['What stands beside the address in the file is not taken over: write it into the address.'] : []),
    ],
  }]
}

/** In words of the channel itself; null = it can be taken over, but for what is missing. */
function whatIsWrong({ channel, config, missing = [] }: Draft): string | null {
  const checked = channels.get(channel)?.validateConfig(config)
  if (checked === undefined || checked.ok) return null
  const bad = checked.errors.find(({ field }) => !missing.includes(field.split('.')[0] ?? ''))
  return bad === undefined ? null : `${bad.field}: ${bad.message}`
}

function finished({ channel, config, secrets, missing = [], notes = [] }: Draft, { line, tags }: Line): ImportedAddress {
  const kind = channels.get(channel)
  const named = channel === 'apprise' && secrets.urls !== undefined ? `${schemeOf(secrets.urls)} by ${kind?.displayName ?? channel}` : kind?.displayName ?? channel
  return {
    line, channel,
    label: tags.length === 0 ? named : `${named} (${tags.join(', ')})`.slice(0, 200),
    enabled: missing.length === 0,
    config, secrets, missing,
    notes: [...notes, ...(tags.length === 0 ? [] : ['Tags are not taken over: choose what it hears.'])],
  }
}

function schemeOf(url: string): string {
  return url.slice(0, url.indexOf('://'))
}
