/** The computer that Moonraker runs on: short of power or too hot, and services that died. */
import type { Signal } from '../../events/model.ts'
import { cut, isFields, LONGEST_NAME } from './payloads.ts'

const MOST_FLAGS = 16
const MOST_SERVICES = 64

/** `params[0]` of notify_cpu_throttled. What was once and is over ("Previously ...") is no news. */
export function createThrottleWatch(): (params: unknown) => Signal[] {
  let on: ReadonlySet<string> = new Set()
  return (params) => {
    if (!isFields(params) || !Array.isArray(params['flags'])) return []
    const flags = params['flags'].filter((flag): flag is string => typeof flag === 'string' && !/^previously\b/i.test(flag)).slice(0, MOST_FLAGS).map((flag) => cut(flag, LONGEST_NAME))
    const fresh = flags.filter((flag) => !on.has(flag))
    on = new Set(flags)
    return fresh.map((flag): Signal => ({ type: 'device_fault', text: `${flag} on the computer that runs Moonraker`, code: 'throttled' }))
  }
}

/** `params[0]` of notify_service_state_changed: `{name: {active_state, sub_state}}`. One that somebody stopped is "inactive" and no fault. */
export function servicesFailed(params: unknown): Signal[] {
  if (!isFields(params)) return []
  return Object.entries(params).slice(0, MOST_SERVICES).flatMap(([name, service]): Signal[] => {
    if (!isFields(service) || service['active_state'] !== 'failed') return []
    return [{ type: 'device_fault', text: `The service ${cut(name, LONGEST_NAME)} has failed`, code: 'service' }]
  })
}
