// @vitest-environment happy-dom
import { flushPromises, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Saved } from '../../../electron/bridge/views/common.ts'
import { fakeBridge, mounted } from './mount.support.ts'
import SchemaForm from './SchemaForm.vue'

/** As the webhook's is sent. */
const SCHEMA = {
  type: 'object', required: ['url'],
  properties: {
    url: { type: 'string', title: 'Address', description: 'Where each event is sent' },
    method: { type: 'string', const: 'POST', default: 'POST' },
    headers: { type: 'object', title: 'More headers', default: {}, additionalProperties: { type: 'string' } },
    includePicture: { type: 'boolean', title: 'Send the picture', default: true },
    timeoutMs: { type: 'integer', title: 'Wait at most', default: 10_000, minimum: 1_000, maximum: 25_000, unit: 'ms' },
    layers: { type: 'array', title: 'Layers', items: { type: 'integer', exclusiveMinimum: 0 } },
    heaters: { type: 'string', title: 'Heaters', enum: ['bed', 'all'] },
  },
}

describe('a form drawn from a schema', () => {
  let patches: Record<string, unknown>[]
  let answer: Saved
  let form: VueWrapper

  beforeEach(() => {
    vi.useFakeTimers()
    fakeBridge()
    patches = []
    answer = { ok: true }
    form = mounted(SchemaForm, {
      schema: SCHEMA, values: { url: 'https://log.example.org', headers: { 'X-Room': 'workshop' } },
      save: async (patch: Record<string, unknown>) => {
        patches.push(patch)
        return answer
      },
    })
  })
  afterEach(() => {
    form.unmount()
    vi.useRealTimers()
  })

  /** The control that a label of these words names. */
  function control(label: string): ReturnType<VueWrapper['find']> {
    const found = form.findAll('label').find((one) => one.text() === label)
    if (!found) throw new Error(`there is no field "${label}"`)
    return form.find(`[id="${found.attributes('for')}"]`)
  }

  it('labels each field by its title, and leaves out what has one value', () => {
    expect(form.findAll('label').map((label) => label.text())).toEqual(['Address', 'More headers', 'Wait at most', 'Layers', 'Heaters', 'Send the picture'])
  })

  it('has secrets before what is optional, and one that belongs to a field right behind it', () => {
    form.unmount()
    form = mounted(SchemaForm, {
      schema: SCHEMA, values: {}, save: async () => answer, saveSecret: async () => answer, states: {},
      secrets: [{ name: 'key', label: 'Key', required: true, after: null }, { name: 'password', label: 'Password', required: false, after: 'layers' }, { name: 'pass', label: 'Pass', required: false, after: 'gone' }],
    })
    expect(form.findAll('label').map((label) => label.text())).toEqual(['Address', 'Key', 'Pass', 'More headers', 'Wait at most', 'Layers', 'Password', 'Heaters', 'Send the picture'])
  })

  it('names the hint of a field to screen readers', () => {
    const hint = form.find(`[id="${control('Address').attributes('aria-describedby')}"]`)
    expect(hint.text()).toBe('Where each event is sent')
  })

  it('shows the default where nothing is set, in the unit of a person', () => {
    const field = control('Wait at most')
    expect((field.element as HTMLInputElement).value).toBe('')
    expect(field.attributes('placeholder')).toBe('10')
    expect((form.find('select').element as HTMLSelectElement).value).toBe('s')
    expect(form.find('[role=switch]').attributes('aria-checked')).toBe('true')
  })

  it('R34: saves what was typed by itself 600 ms after the last key, that field only', async () => {
    await control('Address').setValue('https://log.example.org/x')
    await vi.advanceTimersByTimeAsync(599)
    expect(patches).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(patches).toEqual([{ url: 'https://log.example.org/x' }])
  })

  it('saves at once when the field is left', async () => {
    await control('Address').setValue('https://log.example.org/y')
    await control('Address').trigger('blur')
    expect(patches).toEqual([{ url: 'https://log.example.org/y' }])
  })

  it('stores a number in its own unit', async () => {
    await control('Wait at most').setValue('2,5')
    await control('Wait at most').trigger('blur')
    expect(patches).toEqual([{ timeoutMs: 2_500 }])
  })

  it('takes an emptied field back to its default', async () => {
    await form.setProps({ values: { url: 'https://log.example.org', timeoutMs: 5_000 } })
    await control('Wait at most').setValue('')
    await control('Wait at most').trigger('blur')
    expect(patches).toEqual([{ timeoutMs: null }])
  })

  it.each([
    ['soon', 'Not a number. Write digits, like 5 or 2.5.'],
    ['0.5', 'At least 1\u202fs.'],
    ['26', 'At most 25\u202fs.'],
  ])('does not send "%s" and says why, and the field keeps it', async (typed, why) => {
    await control('Wait at most').setValue(typed)
    await control('Wait at most').trigger('blur')
    await vi.advanceTimersByTimeAsync(0)
    expect(patches).toEqual([])
    expect(form.find('[role=alert]').text()).toBe(why)
    expect((control('Wait at most').element as HTMLInputElement).value).toBe(typed)
    expect(control('Wait at most').attributes('aria-invalid')).toBe('true')
  })

  it('steps by arrow keys from what holds now', async () => {
    await control('Wait at most').trigger('keydown', { key: 'ArrowUp' })
    await control('Wait at most').trigger('blur')
    expect(patches).toEqual([{ timeoutMs: 11_000 }])
  })

  it('R34: keeps what the engine refused, with cause and cure', async () => {
    answer = { ok: false, problems: [{ path: 'config.url', message: 'is not an address', cure: 'Start with http:// or https://.' }] }
    await control('Address').setValue('printbell//history')
    await vi.advanceTimersByTimeAsync(600)
    expect(form.find('[role=alert]').text()).toBe('Address is not an address. Start with http:// or https://.')
    expect((control('Address').element as HTMLInputElement).value).toBe('printbell//history')
  })

  it('shows a choice in words, whatever stands in its value', async () => {
    form.unmount()
    form = mounted(SchemaForm, { schema: { type: 'object', properties: { protocol: { type: 'string', enum: ['5', '3.1.1'] }, cancelTopic: { type: 'string', enum: ['Print Failed'] }, unheard: { type: 'string', enum: ['of_this'] } } }, values: {}, save: async () => answer })
    expect(form.findAll('option').map((option) => option.text())).toEqual(['Not set', 'MQTT 5', 'MQTT 3.1.1', 'Not set', 'Print Failed, as in the plugin', 'Not set', 'Of this'])
  })

  it('gives a text of several lines room for them', async () => {
    form.unmount()
    form = mounted(SchemaForm, { schema: { type: 'object', properties: { template: { type: 'string', title: 'Body', multiline: true } } }, values: { template: 'a\nb' }, save: async (patch: Record<string, unknown>) => { patches.push(patch); return answer } })
    const field = form.find('textarea')
    expect((field.element as HTMLTextAreaElement).value).toBe('a\nb')
    await field.setValue('a\n\n  b')
    await field.trigger('blur')
    expect(patches).toEqual([{ template: 'a\n\n  b' }])
  })

  it('saves a switch and a choice at once', async () => {
    await form.find('[role=switch]').trigger('click')
    expect(patches).toEqual([{ includePicture: false }])
    await control('Heaters').setValue('all')
    expect(patches.at(-1)).toEqual({ heaters: 'all' })
  })

  it('reads a list of numbers, and tells what is none', async () => {
    await control('Layers').setValue('1, 2 10')
    await control('Layers').trigger('blur')
    expect(patches).toEqual([{ layers: [1, 2, 10] }])
    await control('Layers').setValue('1, two')
    await control('Layers').trigger('blur')
    await vi.advanceTimersByTimeAsync(0)
    expect(patches).toHaveLength(1)
    expect(form.find('[role=alert]').text()).toBe('Not a list of whole numbers. Write them with commas between, like 1, 2, 10.')
  })

  it('saves pairs as a whole, and a row without a name not at all', async () => {
    const add = form.findAll('button').find((button) => button.text() === 'Add')
    await add?.trigger('click')
    const inputs = form.findAll('[role=group] input')
    await inputs[3]?.setValue('kept out')
    await inputs[3]?.trigger('blur')
    expect(patches).toEqual([])
    await inputs[2]?.setValue('X-Desk')
    await inputs[2]?.trigger('blur')
    expect(patches).toEqual([{ headers: { 'X-Room': 'workshop', 'X-Desk': 'kept out' } }])
    await form.find('[aria-label="Remove X-Room"]').trigger('click')
    await vi.advanceTimersByTimeAsync(0)
    expect(patches.at(-1)).toEqual({ headers: { 'X-Desk': 'kept out' } })
  })

  it('R34: says Saved for 2 s', async () => {
    await form.find('[role=switch]').trigger('click')
    await vi.advanceTimersByTimeAsync(0)
    expect(form.text()).toContain('Saved')
    await vi.advanceTimersByTimeAsync(2_000)
    expect(form.text()).not.toContain('Saved')
  })
})

describe('a form whose fields ask for each other', () => {
  /** As the webhook's and the mail's. */
  const NEEDY = {
    type: 'object', required: ['url'],
    properties: {
      url: { type: 'string', title: 'Address' },
      format: { type: 'string', title: 'Format', enum: ['plain', 'template'], default: 'plain' },
      template: { type: 'string', title: 'Body of your own', when: { format: ['template'] } },
      includePicture: { type: 'boolean', title: 'Send the picture', default: true },
      pictureAs: { type: 'string', title: 'Picture as', enum: ['part', 'base64'], default: 'part', when: { includePicture: [true] } },
    },
  }
  const SECRETS = [{ name: 'password', label: 'Password', required: false, after: 'url', when: { format: ['template'] } }]
  const MISSING: Saved = { ok: false, problems: [{ path: 'config.template', message: 'The body of your own is missing.', cure: 'Write it.' }] }

  let patches: Record<string, unknown>[]
  let form: VueWrapper
  function show(values: Record<string, unknown>, answer: (patch: Record<string, unknown>) => Saved = () => ({ ok: true })): void {
    fakeBridge()
    patches = []
    form = mounted(SchemaForm, {
      schema: NEEDY, secrets: SECRETS, states: {}, saveSecret: async () => ({ ok: true }), values,
      save: async (patch: Record<string, unknown>) => {
        patches.push(patch)
        return answer(patch)
      },
    })
  }
  afterEach(() => form.unmount())
  const labels = (): string[] => form.findAll('label').map((label) => label.text())
  const control = (label: string) => form.get(`[id="${form.findAll('label').find((one) => one.text() === label)?.attributes('for') ?? 'none'}"]`)

  it('hides what does not matter now, secrets too, and writes nothing by that', async () => {
    show({ url: 'https://x', template: 'kept', pictureAs: 'base64' })
    expect(labels()).toEqual(['Address', 'Format', 'Send the picture', 'Picture as'])
    await form.setProps({ values: { url: 'https://x', format: 'template', template: 'kept', includePicture: false, pictureAs: 'base64' } })
    expect(labels()).toEqual(['Address', 'Password', 'Format', 'Body of your own', 'Send the picture'])
    expect((control('Body of your own').element as HTMLInputElement).value).toBe('kept')
    expect(patches).toEqual([])
  })

  it('shows what a switch asks for right below it', () => {
    show({ url: 'https://x' })
    expect(form.get('[role=group][aria-label="Send the picture"]').text()).toContain('Picture as')
  })

  it('shows at once what is asked for, before the choice is stored', async () => {
    show({ url: 'https://x' })
    await control('Format').setValue('template')
    await flushPromises()
    expect(labels()).toContain('Body of your own')
    expect(patches).toEqual([{ format: 'template' }])
  })

  it('a choice that is refused for want of a field goes along with that field, and is found wrong no more', async () => {
    show({ url: 'https://x' }, (patch) => ('template' in patch ? { ok: true } : MISSING))
    await control('Format').setValue('template')
    await flushPromises()
    expect(form.text()).toContain('The body of your own is missing.')
    await control('Body of your own').setValue('{{ title }}')
    await control('Body of your own').trigger('blur')
    await flushPromises()
    expect(patches).toEqual([{ format: 'template' }, { format: 'template', template: '{{ title }}' }])
    await form.setProps({ values: { url: 'https://x', format: 'template', template: '{{ title }}' } })
    expect(form.text()).not.toContain('The body of your own is missing.')
    expect((control('Format').element as HTMLSelectElement).value).toBe('template')
  })

  it('going back from a refused choice hides again what it asked for', async () => {
    show({ url: 'https://x' }, (patch) => (patch.format === 'template' ? MISSING : { ok: true }))
    await control('Format').setValue('template')
    await flushPromises()
    await control('Format').setValue('plain')
    await flushPromises()
    expect(labels()).not.toContain('Body of your own')
    expect(form.text()).not.toContain('missing')
  })

  it('shows a hidden field that was found wrong', async () => {
    show({ url: 'https://x' })
    await form.setProps({ problems: [{ path: 'config.template', message: 'Not a template.', cure: 'Mend it.' }] })
    expect(labels()).toContain('Body of your own')
    expect(form.text()).toContain('Not a template.')
  })
})
