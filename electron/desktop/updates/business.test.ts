import { expect, it } from 'vitest'
import { businessOf } from './business.ts'

const card = (name: string, state: 'needs' | 'printing' | 'error' | 'idle' | 'offline') => ({ name, state })

it('lets Printbell end while printers print, fail or rest', () => {
  expect(businessOf({ cards: [card('A', 'printing'), card('B', 'error'), card('C', 'idle'), card('D', 'offline')], sending: 0, backup: false })).toEqual([])
})

it('names who needs you, what is sent and what is saved', () => {
  expect(businessOf({ cards: [card('MK4\nleft', 'needs'), card('B', 'idle')], sending: 1, backup: true })).toEqual(['MK4 left needs you.', 'A message is being sent.', 'A backup or restore is under way.'])
  expect(businessOf({ cards: [], sending: 3, backup: false })).toEqual(['3 messages are being sent.'])
})

it('names five of many', () => {
  const said = (count: number): string[] => businessOf({ cards: Array.from({ length: count }, (_, n) => card(`P${n}`, 'needs')), sending: 0, backup: false })
  expect(said(5)).toHaveLength(5)
  expect(said(6).slice(5)).toEqual(['1 more printer needs you.'])
  expect(said(200).slice(4)).toEqual(['P4 needs you.', '195 more printers need you.'])
})
