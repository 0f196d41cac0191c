import { networkInterfaces } from 'node:os'
import axios from 'axios'
import type { Net } from './ports.ts'

/** The real network. Statuses are answers, not exceptions; redirects and proxies are each caller's own decision. */
export function systemNet(): Net {
  return {
    http: axios.create({ proxy: false, maxRedirects: 0, validateStatus: () => true, headers: { 'User-Agent': 'Printbell' } }),
    online: () => Object.values(networkInterfaces()).some((addresses) => addresses?.some((address) => !address.internal) ?? false),
  }
}
