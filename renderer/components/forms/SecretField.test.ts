// @vitest-environment happy-dom
import type { VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Saved } from '../../../electron/bridge/views/common.ts'
import { fakeBridge, mounted } from './mount.support.ts'
import SecretField from './SecretField.vue'

describe('a secret', () => {
  let kept: (string | null)[]
  let answer: Saved
  let field: VueWrapper

  function show(state: 'unset' | 'stored' | 'elsewhere', required = false): void {
    fakeBridge()
    field = mounted(SecretField, { label: 'Token', state, required, save: async (value: string | null) => {
      kept.push(value)
      return answer
    } })
  }
  const button = (text: string): ReturnType<VueWrapper['find']> => {
    const found = field.findAll('button').find((one) => one.text() === text || one.attributes('aria-label') === text)
    if (!found) throw new Error(`there is no button "${text}"`)
    return found
  }

  beforeEach(() => {
    vi.useFakeTimers()
    kept = []
    answer = { ok: true }
  })
  afterEach(() => {
    field.unmount()
    vi.useRealTimers()
  })

  it('R35: that is stored shows dots and Replace, and cannot be typed over', () => {
    show('stored')
    expect((field.find('input').element as HTMLInputElement).value).toBe('••••••••••••••••')
    expect(field.find('input').attributes('readonly')).toBeDefined()
  })

  it('R35: is kept on Enter, not after a pause in typing, and is hidden again', async () => {
    show('stored')
    await button('Replace').trigger('click')
    await field.find('input').setValue(' CANARY-key ')
    await vi.advanceTimersByTimeAsync(5_000)
    expect(kept).toEqual([])
    await field.find('input').trigger('keydown', { key: 'Enter' })
    await vi.advanceTimersByTimeAsync(0)
    expect(kept).toEqual(['CANARY-key'])
    expect(field.html()).not.toContain('CANARY')
    expect(document.activeElement?.textContent).toBe('Replace')
  })

  it('is kept on leaving the field, once', async () => {
    show('unset')
    await field.find('input').setValue('abc')
    await field.find('input').trigger('keydown', { key: 'Enter' })
    await field.find('input').trigger('blur')
    await vi.advanceTimersByTimeAsync(0)
    expect(kept).toEqual(['abc'])
  })

  it('is kept when it was pasted', async () => {
    show('unset')
    const input = field.find('input')
    ;(input.element as HTMLInputElement).value = 'pasted'
    input.element.dispatchEvent(new InputEvent('input', { inputType: 'insertFromPaste' }))
    await vi.advanceTimersByTimeAsync(0)
    expect(kept).toEqual(['pasted'])
  })

  it('leaves the old one on Escape, and when nothing was typed', async () => {
    show('stored')
    await button('Replace').trigger('click')
    await field.find('input').setValue('half')
    await field.find('input').trigger('keydown', { key: 'Escape' })
    expect(kept).toEqual([])
    await button('Replace').trigger('click')
    await field.find('input').trigger('blur')
    expect(kept).toEqual([])
    expect((field.find('input').element as HTMLInputElement).value).toBe('••••••••••••••••')
  })

  it('that was refused stays in the field, with the reason', async () => {
    answer = { ok: false, problems: [{ path: 'token', message: 'could not be kept', cure: 'Unlock the key store.' }] }
    show('unset')
    await field.find('input').setValue('abc')
    await field.find('input').trigger('blur')
    await vi.advanceTimersByTimeAsync(0)
    expect(field.find('[role=alert]').text()).toBe('Token could not be kept. Unlock the key store.')
    expect((field.find('input').element as HTMLInputElement).value).toBe('abc')
  })

  it('can be removed when it is not needed', async () => {
    show('stored')
    await button('Token: remove').trigger('click')
    expect(kept).toEqual([null])
    field.unmount()
    show('stored', true)
    expect(() => button('Token: remove')).toThrow()
  })

  it('that lies elsewhere says so', () => {
    show('elsewhere')
    expect(field.text()).toContain('Comes from a file or environment variable')
  })
})
