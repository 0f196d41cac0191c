// @vitest-environment happy-dom
import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Saved } from '../../../electron/bridge/views/common.ts'
import { fakeBridge, mounted } from '../forms/mount.support.ts'
import EventGrid from './EventGrid.vue'
import type { EventType, Listener } from './events.ts'

const CARRIES: EventType[] = ['job.done', 'job.failed', 'job.cancelled', 'job.result_unknown', 'heater.cooled', 'heater.left_on']
const DEFAULTS: EventType[] = ['job.done', 'job.failed', 'job.result_unknown']
const phone = (events: string[] | null = null): Listener => ({ id: 'phone', events, defaults: DEFAULTS, carries: CARRIES })

describe('the grid of what rings', () => {
  let saved: { id: string; events: string[] | null }[]
  let answers: ((answer: Saved) => void)[]
  let grid: VueWrapper

  function show(listeners: Listener[]): void {
    fakeBridge()
    grid = mounted(EventGrid, {
      title: 'What rings', columns: [{ key: 'elsewhere', label: 'Elsewhere', listeners }],
      save: (id: string, events: string[] | null) => new Promise<Saved>((resolve) => {
        saved.push({ id, events })
        answers.push(resolve)
      }),
    })
  }
  const tick = (what: string): ReturnType<VueWrapper['find']> => grid.find(`[role=checkbox][aria-label="${what}: Elsewhere"]`)
  async function answer(index: number, what: Saved): Promise<void> {
    answers[index]?.(what)
    await flushPromises()
  }

  beforeEach(() => {
    saved = []
    answers = []
  })
  afterEach(() => grid.unmount())

  it('shows on, off and mixed, and only groups that can be carried', () => {
    show([phone()])
    expect(tick('Print done').attributes('aria-checked')).toBe('true')
    expect(tick('Print failed or cancelled').attributes('aria-checked')).toBe('mixed')
    expect(tick('Temperature').attributes('aria-checked')).toBe('false')
    expect(tick('Camera').exists()).toBe(false)
  })

  it('R05: a group goes off with all that is in it, and on with the defaults of the destination', async () => {
    show([phone()])
    await tick('Print failed or cancelled').trigger('click')
    expect(saved).toEqual([{ id: 'phone', events: ['job.done'] }])
    await tick('Print failed or cancelled').trigger('click')
    expect(saved.at(-1)).toEqual({ id: 'phone', events: null })
  })

  it('opens a group to its single kinds', async () => {
    show([phone()])
    expect(tick('Print cancelled').exists()).toBe(false)
    const opener = grid.findAll('button.opener').find((button) => button.text().startsWith('Print failed or cancelled')) as ReturnType<VueWrapper['find']>
    await opener.trigger('click')
    expect(opener.attributes('aria-expanded')).toBe('true')
    await tick('Print cancelled').trigger('click')
    expect(saved).toEqual([{ id: 'phone', events: ['job.done', 'job.failed', 'job.cancelled', 'job.result_unknown'] }])
  })

  it('builds a second tick on the first, which is not answered yet', async () => {
    show([phone()])
    await tick('Print done').trigger('click')
    await tick('Print failed or cancelled').trigger('click')
    expect(saved.at(-1)).toEqual({ id: 'phone', events: [] })
  })

  it('goes back to what is stored when a change is refused, and says why', async () => {
    show([phone()])
    await tick('Print done').trigger('click')
    expect(tick('Print done').attributes('aria-checked')).toBe('false')
    await answer(0, { ok: false, problems: [{ path: '', message: 'could not be saved: the disk is full', cure: '' }] })
    expect(tick('Print done').attributes('aria-checked')).toBe('true')
    expect(grid.find('[role=alert]').text()).toBe('This could not be saved: the disk is full.')
  })

  it('writes the list of each destination of its column', async () => {
    show([phone(['job.done']), { ...phone([]), id: 'log' }])
    expect(tick('Print done').attributes('aria-checked')).toBe('mixed')
    await tick('Print done').trigger('click')
    expect(saved).toEqual([{ id: 'phone', events: ['job.done'] }, { id: 'log', events: ['job.done'] }])
  })

  it('can’t be ticked where there is no destination', () => {
    show([])
    expect(tick('Print done').attributes('disabled')).toBeDefined()
  })
})
