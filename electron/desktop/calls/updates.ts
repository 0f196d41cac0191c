/** What the window asks of newer versions of Printbell. */
import type { SomeHandlers } from '../../bridge/contract.ts'
import type { Updates } from '../updates/updates.ts'

type Names = 'updates.get' | 'updates.check' | 'updates.install' | 'updates.cancel'

/** What follows is pushed; each answer is how it stands right after. */
export function updateCalls(updates: Pick<Updates, 'view' | 'check' | 'install' | 'cancel'>): SomeHandlers<Names> {
  const then = (act: () => void) => async () => {
    act()
    return updates.view()
  }
  return {
    'updates.get': async () => updates.view(),
    'updates.check': then(updates.check),
    'updates.install': then(updates.install),
    'updates.cancel': then(updates.cancel),
  }
}
