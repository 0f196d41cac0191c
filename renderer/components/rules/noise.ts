/** From a noisy kind to what ends it. Pure. */
import type { NoiseOfKind } from '../../../electron/bridge/views/reports.ts'
import type { RulesView } from '../../../electron/bridge/views/rules.ts'
import { THIN } from '../../lib/time.ts'

export interface NoiseSwitch {
  /** Where it stands. */
  to: string
  /** The profile's name; null = the destination's own list. */
  profile: string | null
}

/** @param destinationId null = it is no longer there @returns null = nothing is left to be switched */
export function switchOf({ type, profileId }: Pick<NoiseOfKind, 'type' | 'profileId'>, destinationId: string | null, { profiles }: Pick<RulesView, 'profiles'>): NoiseSwitch | null {
  if (destinationId === null) return null
  if (profileId === null) return { to: `/destinations/${encodeURIComponent(destinationId)}?kind=${type}`, profile: null }
  const profile = profiles.find(({ id }) => id === profileId)
  return profile ? { to: `/rules/profiles/${encodeURIComponent(profile.id)}`, profile: profile.name } : null
}

/** "80 %"; what is there is never told as nothing. */
export function share(fraction: number): string {
  const whole = Math.round(fraction * 100)
  return whole === 0 && fraction > 0 ? `<${THIN}1${THIN}%` : `${whole}${THIN}%`
}
