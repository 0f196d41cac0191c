import { beforeEach, expect, it } from 'vitest'
import { settle } from '../../../test/support/clock.ts'
import { memoryLog } from '../../../test/support/log.ts'
import { english } from '../languages/english.ts'
import { trayActs, type TrayActParts } from './acts.ts'
import type { TrayWish } from './tray.ts'

const NO_UPDATE = { on: true, way: 'itself', why: null, asks: 'updates.example.org', lastAt: null, state: { what: 'idle' } } as const
let calls: unknown[]
let outcome: Awaited<ReturnType<TrayActParts['handlers']['printers.wish']>>
let opened: boolean
let broken: boolean
const log = memoryLog()

beforeEach(() => {
  calls = []
  outcome = { result: 'done', detail: 'Done.' }
  opened = true
  broken = false
})

async function act(wish: TrayWish): Promise<unknown[]> {
  trayActs({
    log, words: () => english.tray, open: (path) => calls.push(['open', path]), quit: () => calls.push(['quit']), tell: (text) => calls.push(['tell', text]),
    handlers: {
      'printers.wish': async (input) => {
        if (broken) throw new Error('no')
        calls.push(['wish', input])
        return outcome
      },
      'printers.open-page': async (id) => {
        calls.push(['page', id])
        return opened
      },
      'notifications.pause': async (input) => {
        calls.push(['pause', input])
        return null
      },
      'notifications.resume': async () => {
        calls.push(['resume'])
        return null
      },
      'updates.install': async () => {
        calls.push(['install'])
        return NO_UPDATE
      },
      'updates.cancel': async () => {
        calls.push(['cancel'])
        return NO_UPDATE
      },
    },
  })(wish)
  await settle()
  return calls
}

it('makes the calls that the window makes', async () => {
  await act({ do: 'open', path: '/settings' })
  await act({ do: 'take-picture', printerId: 'left one' })
  await act({ do: 'pause-print', printerId: 'p', jobKey: 'J1' })
  await act({ do: 'resume-print', printerId: 'p', jobKey: null })
  await act({ do: 'mute', printerId: 'p', seconds: 3600 })
  await act({ do: 'unmute', printerId: 'p' })
  await act({ do: 'follow', printerId: 'p', jobKey: 'J1', what: 'print' })
  await act({ do: 'unfollow', printerId: 'p' })
  await act({ do: 'acknowledge', printerId: 'p', until: 7 })
  await act({ do: 'open-page', printerId: 'p' })
  await act({ do: 'pause-notifications', until: 5 })
  await act({ do: 'resume-notifications' })
  await act({ do: 'install-update' })
  await act({ do: 'cancel-update' })
  await act({ do: 'quit' })
  expect(calls).toEqual([
    ['open', '/settings'], ['open', '/printers/left%20one'],
    ['wish', { printerId: 'p', jobKey: 'J1', action: { name: 'pause' }, confirmed: false }],
    ['wish', { printerId: 'p', jobKey: null, action: { name: 'resume' }, confirmed: false }],
    ['wish', { printerId: 'p', jobKey: null, action: { name: 'mute', seconds: 3600 }, confirmed: false }],
    ['wish', { printerId: 'p', jobKey: null, action: { name: 'unmute' }, confirmed: false }],
    ['wish', { printerId: 'p', jobKey: 'J1', action: { name: 'follow', what: 'print' }, confirmed: false }],
    ['wish', { printerId: 'p', jobKey: null, action: { name: 'unfollow' }, confirmed: false }],
    ['wish', { printerId: 'p', jobKey: null, action: { name: 'acknowledge', until: 7 }, confirmed: false }],
    ['page', 'p'], ['pause', { until: 5 }], ['resume'], ['install'], ['cancel'], ['quit'],
  ])
})

it('tells why a wish came to nothing', async () => {
  outcome = { result: 'stale', detail: 'This print has ended.' }
  expect((await act({ do: 'pause-print', printerId: 'p', jobKey: 'J1' })).at(-1)).toEqual(['tell', 'This print has ended.'])
  opened = false
  expect((await act({ do: 'open-page', printerId: 'p' })).at(-1)).toEqual(['tell', "The printer's page could not be opened. Its address may be missing in the settings."])
})

it('tells of a failure that nobody foresaw, and logs it', async () => {
  broken = true
  expect(await act({ do: 'unmute', printerId: 'p' })).toEqual([['tell', 'Printbell could not do that. Its log says more.']])
  expect(log.lines.at(-1)).toMatchObject({ level: 'error', fields: { wish: 'unmute' } })
})
