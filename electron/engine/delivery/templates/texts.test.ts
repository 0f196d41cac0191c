/** A destination's own words, seen from the whole engine. */
import { describe, expect, it } from 'vitest'
import { engineRigs, type Rig } from '../../../../test/support/engine-rig.ts'
import { LAMP, printing } from '../../../../test/support/fake-printer.ts'
import { usualTest } from '../../test-messages.ts'
import { ENGLISH } from '../languages/language.ts'
import { createTexts } from './texts.ts'

const HOOK = { id: 'hook', label: 'My hook', channel: 'hook', events: ['job.*'] }
const MK4 = { id: 'mk4', name: 'MK4', tags: ['basement'], server: { kind: 'fake', id: 'octo', url: 'http://octo' } }
const withTemplates = (templates: Record<string, { title?: string; body?: string }>): object => ({ version: 1, printers: [MK4], destinations: [{ ...HOOK, templates }] })
const NOW = Date.UTC(2026, 2, 14, 12)
/** Some nine million rounds. */
const ENDLESS = '{% for a in (1..3000) %}{% for b in (1..3000) %}x{% endfor %}{% endfor %}'

const { start } = engineRigs({ settings: { version: 1, printers: [MK4], destinations: [HOOK] } })

const texts = (rig: Rig): string[][] => rig.sent.map(({ sending: { message } }) => [message.title, message.body])
const notices = (rig: Rig): string[] => rig.news.flatMap((news) => (news.line === 'notice' ? [news.text] : []))

describe('a destination with templates', () => {
  it('is told in its own words, title and body apart, and the others as ever', async () => {
    const settings = { version: 1, printers: [MK4], destinations: [{ ...HOOK, templates: { 'job.*': { title: '[{{ printer.tags | join: "," }}] {{ title }}' }, 'job.done': { body: '{{ job.name }} is ready.\nTake it off.' } } }, { ...HOOK, id: 'other', label: 'Other' }] }
    const rig = await start({ settings })
    const says = await printing(rig)
    says.done(LAMP)
    await rig.clock.advance(20_000)
    expect(rig.sent.map(({ destinationId, sending: { message } }) => `${destinationId} ${message.title}`).sort()).toEqual(['hook [basement] MK4: print done', 'hook [basement] MK4: print started', 'other MK4: print done', 'other MK4: print started'])
    expect(rig.sent.find(({ destinationId, sending }) => destinationId === 'hook' && sending.message.type === 'job.done')?.sending.message.body).toBe('lamp is ready.\nTake it off.')
    expect(notices(rig)).toEqual([])
    expect(rig.engine.brokenTemplates()).toEqual([])
  })

  it('keeps the usual title where its own comes out empty, and may have no body', async () => {
    const rig = await start({ settings: withTemplates({ '*': { title: '{{ layer }}', body: '{{ layer }}' } }) })
    await printing(rig)
    expect(texts(rig)).toEqual([['MK4: print started', '']])
  })

  it('whose template can\'t be used gets the usual text, and that is told once until it is another', async () => {
    const rig = await start({ settings: withTemplates({ '*': { title: 'Hi {{ title | shout }}', body: 'own' } }) })
    const says = await printing(rig)
    says.done(LAMP)
    await rig.clock.advance(20_000)
    expect(texts(rig)).toEqual([['MK4: print started', 'own'], ['MK4: print done', 'own']])
    const why = 'The template for all events can\'t be used (title, line 1, column 4: undefined filter: shout). The usual text goes in its place. Mend the template in the settings of the destination.'
    expect(notices(rig)).toEqual([`Destination "My hook": ${why}`])
    expect(rig.engine.brokenTemplates()).toEqual([{ destinationId: 'hook', why }])
    await rig.apply(withTemplates({ '*': { title: 'Hi {{ title }}' } }))
    expect(rig.engine.brokenTemplates()).toEqual([])
    expect(rig.channels.closed).toEqual([])
  })

  it('whose template takes too long still gets the message, and it is not tried a second time', () => {
    const asked: string[] = []
    const told: string[] = []
    const texts = createTexts({
      destinations: () => [{ id: 'hook', label: 'My hook', templates: { '*': { body: ENDLESS } } }],
      tagsOf(printerId) {
        asked.push(printerId)
        return []
      },
      language: () => ENGLISH, clock: { now: () => NOW }, onTrouble: (text) => void told.push(text),
    })
    const message = usualTest('x', NOW)
    for (let round = 0; round < 2; round++) expect(texts.told({ ...message, kind: 'event' }, 'hook')).toMatchObject({ title: message.title, body: message.body })
    // The values are made only for a template that is filled.
    expect(asked).toEqual([''])
    expect(told).toEqual([expect.stringMatching(/^Destination "My hook": The template for all events can't be used \(body, line 1, column \d+: it takes too long to fill in\)\. The usual text goes in its place\./)])
    expect(texts.broken()).toHaveLength(1)
  })
})

describe('templates that are tried', () => {
  it('show what would be told of the last real event, what is wrong, and what there is to fill in', async () => {
    const rig = await start()
    await printing(rig)
    const trial = await rig.engine.tryTemplates('hook', { type: 'job.started', printerId: null, last: true }, { '*': { title: '{{ printer.name | upcase }} goes', body: 'a\n{{ bdy }}' } })
    expect(trial.preview).toMatchObject({ title: 'MK4 goes', body: 'lamp', cut: false })
    expect(trial.preview.of?.eventId).toBe(rig.sent[0]?.sending.message.event?.id)
    expect(trial.troubles).toEqual([{ selector: '*', field: 'body', place: { line: 2, column: 4 }, what: expect.stringMatching(/^there is no "bdy" to fill in; there is: title, body, /) as string }])
    expect(trial.values.find(({ name }) => name === 'job.name')).toEqual({ name: 'job.name', value: 'lamp' })
    expect(notices(rig)).toEqual([])
  })

  it('show a made-up event where nothing of its kind happened, and the test of it is sent so', async () => {
    const rig = await start({ settings: withTemplates({ 'job.failed': { title: 'Oh no, {{ printer.name }}' } }) })
    expect((await rig.engine.previewTest('hook', { type: 'job.failed', printerId: 'mk4', last: true })).title).toBe('Oh no, MK4')
    await rig.engine.testDestination('hook', { type: 'job.failed', printerId: 'mk4', last: false })
    await rig.engine.testDestination('hook')
    expect(rig.sent.map(({ sending: { message } }) => message.title)).toEqual(['Oh no, MK4', 'Printbell: test message'])
  })

  it('of a destination that is not there are refused by name', async () => {
    const rig = await start()
    await expect(rig.engine.tryTemplates('nobody', { type: 'job.done', printerId: null, last: false }, {})).rejects.toThrow('there is no destination "nobody"; there are: hook')
  })
})
