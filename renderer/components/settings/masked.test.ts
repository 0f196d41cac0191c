// @vitest-environment happy-dom
import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, describe, expect, it } from 'vitest'
import { fakeBridge, mounted } from '../forms/mount.support.ts'
import MaskedPart from './MaskedPart.vue'

describe('R68: what is told to nobody', () => {
  let shown: VueWrapper
  let saved: string[][]
  afterEach(() => shown.unmount())
  function show(masked: string[]): void {
    fakeBridge({})
    saved = []
    shown = mounted(MaskedPart, {
      masked, types: [{ type: 'job.failed', severity: 'critical' }, { type: 'message.display', severity: 'info' }],
      save: async (next: string[]) => {
        saved.push(next)
        return { ok: true }
      },
    })
  }
  const press = async (text: string): Promise<void> => {
    const found = [...document.querySelectorAll('button')].find((one) => one.textContent?.trim() === text || one.getAttribute('aria-label') === text)
    if (!found) throw new Error(`there is no button "${text}"`)
    found.click()
    await flushPromises()
  }

  it('is added at once where it is not critical, and taken away again', async () => {
    show(['camera.*'])
    expect(shown.findAll('li').map((one) => one.text())).toEqual(['All of this group: camera.*'])
    await shown.find('select').setValue('message.display')
    await press('Mask')
    await press('Tell it again: All of this group: camera.*')
    expect(saved).toEqual([['camera.*', 'message.display'], []])
  })

  it('asks back before it masks what is critical, and the safe answer changes nothing', async () => {
    show([])
    await shown.find('select').setValue('job.failed')
    await press('Mask')
    expect(document.querySelector('[role=dialog]')?.textContent).toContain('Tell nobody of “Print failed”?')
    await press('Keep telling it')
    expect(saved).toEqual([])
    await press('Mask')
    await press('Mask it')
    expect(saved).toEqual([['job.failed']])
  })
})
