import { expect, it, vi } from 'vitest'
import { processState, putBack } from './shared-process.ts'

it('a file that cleaned up leaves nothing, nor does one whose mocks, stubs and fake timers vitest can take back', () => {
  const before = processState()
  const now = Date.now
  vi.useFakeTimers()
  vi.stubEnv('PRINTBELL_LEFT', 'a')
  vi.stubGlobal('fetch', () => undefined)
  vi.spyOn(Buffer, 'from')
  expect(putBack(before)).toEqual([])
  expect([vi.isFakeTimers(), process.env['PRINTBELL_LEFT'], vi.isMockFunction(Buffer.from), Date.now === now]).toEqual([false, undefined, false, true])
})

it('what else it changed is named, and as it was afterwards', () => {
  process.env['PRINTBELL_CHANGED'] = 'before'
  process.env['PRINTBELL_GONE'] = 'before'
  const before = processState()
  const { fetch } = globalThis
  const listener = (): void => undefined
  process.env['PRINTBELL_CHANGED'] = 'after'
  delete process.env['PRINTBELL_GONE']
  process.env['PRINTBELL_NEW'] = 'after'
  process.umask(0o077)
  process.chdir('/')
  globalThis.fetch = () => Promise.reject(new Error('left behind'))
  process.on('warning', listener)

  expect(putBack(before)).toEqual([
    'process.env.PRINTBELL_CHANGED', 'process.env.PRINTBELL_GONE', 'process.env.PRINTBELL_NEW', 'the working folder', 'the umask', 'globalThis.fetch', '1 × process.on(\'warning\')',
  ])
  expect([process.env['PRINTBELL_CHANGED'], process.env['PRINTBELL_GONE'], 'PRINTBELL_NEW' in process.env]).toEqual(['before', 'before', false])
  expect([process.cwd(), process.umask(), globalThis.fetch === fetch, process.listeners('warning').includes(listener)]).toEqual([before.folder, before.umask, true, false])
  expect(putBack(before)).toEqual([])
  delete process.env['PRINTBELL_CHANGED']
  delete process.env['PRINTBELL_GONE']
})

it('listeners to signals and the exit are nobody\'s business', () => {
  const before = processState()
  const listener = (): void => undefined
  process.on('SIGUSR2', listener)
  expect(putBack(before)).toEqual([])
  expect(process.listeners('SIGUSR2')).toContain(listener)
  process.off('SIGUSR2', listener)
})
