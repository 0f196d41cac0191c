/** What is told of newer versions. Pure. */
import type { Release, UpdatesView } from '../../../../electron/bridge/views/updates.ts'
import type { IconName } from '../../../lib/icons.ts'
import { until } from '../../../lib/time.ts'
import { sizeInWords } from '../../forms/units.ts'

type Say = (key: string, values?: Record<string, unknown>) => string
type State = UpdatesView['state']

export interface UpdateWords {
  icon: IconName
  tone: 'plain' | 'good' | 'bad'
  title: string
  /** Sentences below the title. */
  lines: readonly string[]
  /** What has to end first. */
  waitsFor: readonly string[]
}

const ICONS: Readonly<Record<State['what'], IconName>> = {
  idle: 'clock', checking: 'refresh', current: 'success', available: 'info', downloading: 'download', ready: 'download', waiting: 'wait', installing: 'refresh', failed: 'fail',
}

/** How it stands, in words. */
export function updateWords({ state, way, why }: Pick<UpdatesView, 'state' | 'way' | 'why'>, now: number, t: Say): UpdateWords {
  const version = releaseOf(state)?.version ?? ''
  const title = t(`updates.state.${state.what === 'failed' && version !== '' ? 'failedRelease' : state.what}`, { version })
  // Who installs it matters once there is something to install.
  const told = way === 'told' && why !== null && state.what === 'available' ? [why] : []
  return {
    icon: ICONS[state.what], tone: state.what === 'failed' ? 'bad' : state.what === 'current' ? 'good' : 'plain', title,
    lines: [...linesOf(state, now, t), ...told],
    waitsFor: state.what === 'waiting' ? state.waitsFor : [],
  }
}

function linesOf(state: State, now: number, t: Say): string[] {
  switch (state.what) {
    case 'ready': return [t('updates.ready')]
    case 'waiting': return state.waitsFor.length > 0 ? [t('updates.waits')] : []
    case 'installing': return [t('updates.installing')]
    case 'failed': return [state.text, ...(state.nextAt === null ? [] : [t('updates.next', { time: until(state.nextAt, now) })])]
    default: return []
  }
}

/** Below the switch: who is asked. @param asks the host; null = nobody yet */
export function asksWords(asks: string | null, t: Say): string {
  return asks === null ? t('updates.asksNobody') : t('updates.asks', { host: asks })
}

/** The version that a state is about; null = none. */
export function releaseOf(state: State): Release | null {
  return 'release' in state ? state.release : null
}

/** "12.4 MB of 98.1 MB". @param of 0 = not known */
export function bytesInWords(bytes: number, of: number, t: Say): string {
  return of > 0 ? t('updates.bytes', { done: sizeInWords(Math.min(bytes, of)), all: sizeInWords(of) }) : sizeInWords(bytes)
}

/** What a release says of itself, a change a line; empty = nothing. */
export function notesOf(release: Release): string[] {
  return release.notes.split('\n').map((line) => line.trim()).filter((line) => line !== '')
}
