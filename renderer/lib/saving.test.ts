import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, ref, type EffectScope } from 'vue'
import type { ProblemView, Saved } from '../../electron/bridge/views/common.ts'
import { useSaving, type Saving } from './saving.ts'

interface Flight {
  value: string
  answer(saved: Saved): Promise<void>
}

const OK: Saved = { ok: true }
const REFUSED: Saved = { ok: false, problems: [{ path: 'url', message: 'Not an address.', cure: 'Start with http://.' }] }

describe('a field that saves itself', () => {
  let scope: EffectScope
  let flights: Flight[]
  let lost: (readonly ProblemView[])[]
  const stored = ref('old')
  let field: Saving<string>

  beforeEach(() => {
    vi.useFakeTimers()
    flights = []
    lost = []
    stored.value = 'old'
    scope = effectScope()
    field = scope.run(() => useSaving(() => stored.value, (value) => new Promise<Saved>((resolve) => {
      flights.push({ value, answer: async (saved) => {
        resolve(saved)
        await vi.advanceTimersByTimeAsync(0)
      } })
    }), (problems) => lost.push(problems))) as Saving<string>
  })
  afterEach(() => {
    scope.stop()
    vi.useRealTimers()
  })
  const sent = (): string[] => flights.map(({ value }) => value)
  const flight = (index: number): Flight => {
    const found = flights[index]
    if (!found) throw new Error(`there is no save number ${index}`)
    return found
  }

  it('saves 600 ms after the last key, once', () => {
    field.edit('n')
    vi.advanceTimersByTime(599)
    field.edit('ne')
    vi.advanceTimersByTime(599)
    expect(sent()).toEqual([])
    vi.advanceTimersByTime(1)
    expect(sent()).toEqual(['ne'])
    vi.advanceTimersByTime(5_000)
    expect(sent()).toEqual(['ne'])
  })

  it('saves at once when the field is left, and not again later', () => {
    field.edit('new')
    field.flush()
    expect(sent()).toEqual(['new'])
    vi.advanceTimersByTime(5_000)
    expect(sent()).toEqual(['new'])
  })

  it('saves at once when the page is left', () => {
    field.edit('new')
    scope.stop()
    expect(sent()).toEqual(['new'])
  })

  it('saves what was chosen at once', () => {
    field.choose('on')
    expect(sent()).toEqual(['on'])
  })

  it('saves nothing when it is left unchanged, or typed back to what is stored', () => {
    field.flush()
    field.edit('olds')
    field.edit('old')
    vi.advanceTimersByTime(600)
    expect(sent()).toEqual([])
  })

  it('keeps the order: the next save waits for the answer to the one before, and only the newest goes', async () => {
    field.choose('a')
    field.choose('ab')
    field.choose('abc')
    expect(sent()).toEqual(['a'])
    await flight(0).answer(OK)
    expect(sent()).toEqual(['a', 'abc'])
  })

  it('lets a late answer neither overwrite nor mark newer text', async () => {
    field.choose('a')
    field.edit('ab')
    stored.value = 'a'
    await flight(0).answer(REFUSED)
    expect(field.value.value).toBe('ab')
    expect(field.problems.value).toEqual([])
    expect(field.mark.value).toBe('none')
    await vi.advanceTimersByTimeAsync(600)
    expect(sent()).toEqual(['a', 'ab'])
  })

  it('saves a value again that is back to what the page last heard of, when another was saved meanwhile', async () => {
    field.choose('new')
    await flight(0).answer(OK)
    field.choose('old')
    expect(sent()).toEqual(['new', 'old'])
  })

  it('says Saving only after 400 ms, then Saved for 2 s', async () => {
    field.choose('new')
    await vi.advanceTimersByTimeAsync(399)
    expect(field.mark.value).toBe('none')
    await vi.advanceTimersByTimeAsync(1)
    expect(field.mark.value).toBe('saving')
    await flight(0).answer(OK)
    expect(field.mark.value).toBe('saved')
    await vi.advanceTimersByTimeAsync(1_999)
    expect(field.mark.value).toBe('saved')
    await vi.advanceTimersByTimeAsync(1)
    expect(field.mark.value).toBe('none')
  })

  it('keeps what was refused in the field and says why, whatever is stored elsewhere meanwhile', async () => {
    field.choose('wrong')
    await flight(0).answer(REFUSED)
    stored.value = 'from elsewhere'
    expect(field.value.value).toBe('wrong')
    expect(field.mark.value).toBe('failed')
    expect(field.problems.value.map(({ message }) => message)).toEqual(['Not an address.'])
    field.choose('right')
    await flight(1).answer(OK)
    expect(field.problems.value).toEqual([])
    expect(field.mark.value).toBe('saved')
  })

  it('lets a refused value be taken back to what is stored', async () => {
    field.choose('wrong')
    await flight(0).answer(REFUSED)
    field.choose('old')
    await flight(1).answer(OK)
    expect(field.mark.value).toBe('saved')
  })

  it('follows what is stored while nothing is unsaved', () => {
    stored.value = 'from elsewhere'
    expect(field.value.value).toBe('from elsewhere')
  })

  it('shows what the engine made of it when Saved goes away', async () => {
    field.choose(' new ')
    await flight(0).answer(OK)
    stored.value = 'new'
    expect(field.value.value).toBe('new')
    field.choose(' new')
    await flight(1).answer(OK)
    expect(field.value.value).toBe(' new')
    await vi.advanceTimersByTimeAsync(2_000)
    expect(field.value.value).toBe('new')
  })

  it('tells elsewhere what was refused after the page was left', async () => {
    field.edit('wrong')
    scope.stop()
    await flight(0).answer(REFUSED)
    expect(lost).toEqual([[{ path: 'url', message: 'Not an address.', cure: 'Start with http://.' }]])
  })
})

it('counts what saving throws as refused, in its own words', async () => {
  vi.useFakeTimers()
  const scope = effectScope()
  const field = scope.run(() => useSaving(() => 'a', () => Promise.reject(new Error('The disk is full.'))))
  field?.choose('b')
  await vi.advanceTimersByTimeAsync(0)
  expect(field?.problems.value).toEqual([{ path: '', message: 'The disk is full.', cure: '' }])
  scope.stop()
  vi.useRealTimers()
})
