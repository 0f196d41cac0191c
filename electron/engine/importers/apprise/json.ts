/** json:// and jsons://: Apprise's own JSON to any address. A webhook with a body of one's own says the same. */
import type { AppriseAddress } from './address.ts'
import { leftOut, type Draft } from './mapping.ts'

/** What Apprise sends ("Custom JSON" in its pages), with our severities as its types. */
const BODY = [
  '{"version":"1.0","title":{{ title | json }},"message":{{ body | json }},"attachments":[],',
  '"type":"{% case severity %}{% when "success" %}success{% when "warning" %}warning{% when "error", "critical" %}failure{% else %}info{% endcase %}"}',
].join('')

export function json(address: AppriseAddress): Draft[] | string | null {
  const { scheme, host, port, path, user, params, headers, fields, query } = address
  if (host === '') return 'The address names no computer. It looks like json://SERVER/PATH.'
  const method = (query.method ?? 'POST').toUpperCase()
  // What our webhook can't: a login, other methods, other fields.
  if (user !== null || (method !== 'POST' && method !== 'PUT') || Object.keys(fields).length > 0) return null
  const search = new URLSearchParams(params).toString()
  const url = `${scheme === 'jsons' ? 'https' : 'http'}://${host}${port === null ? '' : `:${port}`}/${path.map((part) => encodeURIComponent(part)).join('/')}${search === '' ? '' : `?${search}`}`
  const { token, others } = tokenOf(headers)
  return [{
    channel: 'webhook',
    config: { url, format: 'template', template: BODY, ...(method === 'PUT' ? { method } : {}), ...(Object.keys(others).length === 0 ? {} : { headers: others }) },
    secrets: token === null ? {} : { token },
    notes: ['It gets the JSON that Apprise sends, without the picture.', ...leftOut(address, ['method'])],
  }]
}

/** "Authorization: Bearer ..." is a token; it must not stand among the headers, which are no secrets. */
function tokenOf(headers: Readonly<Record<string, string>>): { token: string | null; others: Record<string, string> } {
  const bearer = Object.entries(headers).find(([name, value]) => name.toLowerCase() === 'authorization' && /^bearer /i.test(value))
  return { token: bearer?.[1].replace(/^bearer /i, '') ?? null, others: Object.fromEntries(Object.entries(headers).filter(([name]) => name !== bearer?.[0])) }
}
