import { describe, expect, it } from 'vitest'
import { desk } from './keeper.support.ts'

const FILE = { version: 1, printers: [], destinations: [{ id: 'hook', label: 'Hook', channel: 'webhook', config: { url: 'https://example.org/x' }, templates: { '*': { title: '{{ oops | shout }}' } } }] }
const patch = (templates: unknown) => ({ what: 'destination' as const, id: 'hook', patch: { templates } })

describe('words of a destination\'s own', () => {
  it('are changed one by one, and taken back by null', async () => {
    const { keeper, store } = desk(FILE)
    expect(await keeper.change(patch({ 'job.done': { body: ' {{ job.name }} is ready ' } }))).toEqual({ ok: true })
    expect(store.json().destinations).toMatchObject([{ templates: { '*': { title: '{{ oops | shout }}' }, 'job.done': { body: '{{ job.name }} is ready' } } }])
    expect(keeper.view().destinations[0]?.templates['job.done']).toEqual({ body: '{{ job.name }} is ready' })
    expect(await keeper.change(patch({ 'job.done': null, '*': null }))).toEqual({ ok: true })
    expect(store.json().destinations).toEqual([{ id: 'hook', label: 'Hook', channel: 'webhook', config: { url: 'https://example.org/x' } }])
  })

  it('that can\'t be used are refused at their line and column, and nothing is written', async () => {
    const { keeper, store } = desk(FILE)
    expect(await keeper.change(patch({ 'job.done': { title: 'ok', body: 'one\n{{ job.nmae }}' } }))).toEqual({ ok: false, problems: [{
      path: 'templates.job.done.body', cure: 'Change it, or leave it empty for the usual text.',
      message: "can't be used: line 2, column 4: there is no \"job.nmae\" to fill in; there is: job.name, job.file, job.path, job.size, job.user, job.startedAt, job.endedAt",
    }] })
    expect(store.written).toEqual([])
  })

  it('for events that do not exist are refused', async () => {
    const { keeper } = desk(FILE)
    expect(await keeper.change(patch({ 'job.dne': { title: 'x' } }))).toMatchObject({ ok: false, problems: [{ message: 'is "job.dne", which is no event type' }] })
  })

  it('that are broken in the file hinder no other change', async () => {
    const { keeper } = desk(FILE)
    expect(await keeper.change({ what: 'destination', id: 'hook', patch: { label: 'Other' } })).toEqual({ ok: true })
  })
})
