/** Where things are kept in a run that is no demo. Apart from folders.ts, as the first file of a start must not load what a demo needs. */
import envPaths from 'env-paths'
import type { StartArguments } from './arguments.ts'

/** The folders that the command line names, else this person's usual ones. */
export function usualFolders(asked: Pick<StartArguments, 'data' | 'config'>): { data: string; config: string } {
  const usual = envPaths('printbell', { suffix: '' })
  return { data: asked.data ?? usual.data, config: asked.config ?? usual.config }
}
