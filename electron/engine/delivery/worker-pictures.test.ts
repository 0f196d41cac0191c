import { describe, expect, test } from 'vitest'
import { settle } from '../../../test/support/clock.ts'
import { channel, numbered, OK, PICTURE, setUp } from '../../../test/support/delivery.ts'
import { LAMP, NOON } from '../../../test/support/rule-fixtures.ts'
import type { Verdict } from '../channels/channel.ts'
import type { PrinterEvent } from '../events/model.ts'
import type { SnapshotResult } from '../snapshots/snapshots.ts'

describe('pictures', () => {
  /** A picture that comes when told. */
  function later() {
    let come: (result: SnapshotResult) => void = () => undefined
    const ready = new Promise<SnapshotResult>((resolve) => { come = resolve })
    return { pictures: { whenReady: () => ready }, come }
  }
  const withPicture = numbered(1, { snapshot: 'final' })

  test('where an update is possible the text goes at once and the picture follows', async () => {
    const toast = channel(OK)
    const { pictures, come } = later()
    const { clock, history, worker, tried } = setUp({ hook: toast }, { pictures, capabilities: { canUpdate: true } })
    history.put(withPicture, [{}])
    worker.start()
    await clock.advance(0)
    expect(toast.got.map((sending) => [sending.update, sending.picture])).toEqual([[false, null]])
    come({ picture: PICTURE })
    await settle()
    expect(toast.got.map((sending) => [sending.update, sending.picture])).toEqual([[false, null], [true, PICTURE]])
    expect(toast.got[1]?.deliveryKey).toBe('E1.hook')
    expect(tried()).toEqual(['hook 1 delivered: ok'])
  })

  test('twenty messages that wait for their pictures at once are not taken for a leak', async () => {
    const warnings: string[] = []
    const onWarning = ({ name }: Error): void => void warnings.push(name)
    process.on('warning', onWarning)
    try {
      const { clock, history, worker } = setUp({ hook: channel(OK) }, { pictures: later().pictures, capabilities: { canUpdate: true } })
      for (let n = 1; n <= 20; n += 1) history.put(numbered(n, { snapshot: 'final' }), [{}])
      worker.start()
      await clock.advance(1_000)
      await new Promise((done) => setImmediate(done))
      expect(history.rows.map(({ state }) => state)).toEqual(Array.from({ length: 20 }, () => 'delivered'))
    } finally {
      process.off('warning', onWarning)
    }
    expect(warnings).toEqual([])
  })

  test('a picture that comes after the next message of the same print does not bring the old text back', async () => {
    const toast = channel(OK)
    const { pictures, come } = later()
    const { clock, history, worker } = setUp({ hook: toast }, { pictures, capabilities: { canUpdate: true } })
    history.put(numbered(1, { type: 'job.paused', job: LAMP, snapshot: 'now' }), [{}])
    history.put(numbered(2, { job: LAMP }), [{}])
    worker.start()
    await clock.advance(0)
    come({ picture: PICTURE })
    await settle()
    expect(toast.got.map((sending) => sending.message.type)).toEqual(['job.paused', 'job.done'])
  })

  test('what changed after it was told is shown anew, with its picture, where that is possible', async () => {
    const toast = channel(OK)
    const hook = channel(OK)
    const { pictures, come } = later()
    const { clock, history, worker } = setUp({ hook: toast }, { pictures, capabilities: { canUpdate: true } })
    const plain = setUp({ hook }, { capabilities: { canUpdate: false } })
    for (const one of [{ history, worker }, plain]) {
      one.history.put(withPicture, [{}])
      one.worker.start()
    }
    come({ picture: PICTURE })
    await clock.advance(0)
    await plain.clock.advance(0)
    worker.refresh(withPicture.id)
    plain.worker.refresh(withPicture.id)
    await settle()
    await plain.clock.advance(2_000)
    expect(toast.got.map((sending) => [sending.update, sending.picture])).toEqual([[false, null], [true, PICTURE], [true, PICTURE]])
    expect(hook.got).toHaveLength(1)
    worker.refresh('no such event')
  })

  test('a text that was not delivered gets no update', async () => {
    const toast = channel({ result: 'rejected', scope: 'message', why: 'no' })
    const { pictures, come } = later()
    const { clock, history, worker } = setUp({ hook: toast }, { pictures, capabilities: { canUpdate: true } })
    history.put(withPicture, [{}])
    worker.start()
    await clock.advance(0)
    come({ picture: PICTURE })
    await settle()
    expect(toast.got.length).toBe(1)
  })

  test('elsewhere the message waits for its picture and goes as soon as it is there', async () => {
    const hook = channel(OK)
    const { pictures, come } = later()
    const { clock, history, worker } = setUp({ hook }, { pictures })
    history.put(withPicture, [{ pictureUntil: NOON + 10_000 }])
    worker.start()
    await clock.advance(2_000)
    expect(hook.got.length).toBe(0)
    come({ picture: PICTURE })
    await settle()
    expect(hook.got.map((sending) => sending.picture)).toEqual([PICTURE])
    await clock.advance(0)
    expect(clock.pending).toBe(0)
  })

  test('a picture that does not come in time is left out, and the text goes in time', async () => {
    const hook = channel(OK)
    const { pictures } = later()
    const { clock, history, worker } = setUp({ hook }, { pictures })
    history.put(withPicture, [{ pictureUntil: NOON + 10_000 }])
    worker.start()
    await clock.advance(9_999)
    expect(hook.got.length).toBe(0)
    await clock.advance(1)
    expect(hook.got.map((sending) => sending.picture)).toEqual([null])
  })

  test('a snapshot that broke does not lose the text', async () => {
    const hook = channel(OK)
    const { clock, history, worker } = setUp({ hook }, { pictures: { whenReady: () => Promise.reject(new Error('disk')) } })
    history.put(withPicture, [{ pictureUntil: NOON + 10_000 }])
    worker.start()
    await clock.advance(0)
    expect(hook.got.map((sending) => sending.picture)).toEqual([null])
  })

  test('a destination that takes no pictures never waits for one', async () => {
    const hook = channel(OK)
    const { pictures } = later()
    const { clock, history, worker } = setUp({ hook }, { pictures, capabilities: { image: 'none' } })
    history.put(withPicture, [{}])
    worker.start()
    await clock.advance(0)
    expect(hook.got.length).toBe(1)
  })
})

describe('while you were away', () => {
  const late = (n: number): PrinterEvent => numbered(n, { late: true, printerId: `p${n}`, printerName: `P${n}` })

  test('late news for this desk becomes one message, and all of it is marked', async () => {
    const toast = channel(OK)
    const { clock, history, worker, state } = setUp({ hook: toast }, { capabilities: { local: true } })
    for (const n of [1, 2, 3]) history.put(late(n), [{}])
    history.put(numbered(4), [{}])
    worker.start()
    await clock.advance(0)
    expect(toast.got.map((sending) => sending.message.title).sort()).toEqual(['3 events while you were away', 'MK4 left bench: print done'])
    expect([1, 2, 3, 4].map((n) => state(`E${n}.hook`))).toEqual(['delivered', 'delivered', 'delivered', 'delivered'])
  })

  test('what could not be told for a while is told together at the return, whatever each was waiting for', async () => {
    let daemon = false
    const toast = channel((): Verdict => (daemon ? { result: 'delivered', detail: 'ok' } : { result: 'retry', after: null, why: 'no notification service' }))
    const { clock, history, worker, state } = setUp({ hook: toast }, { capabilities: { local: true } })
    for (const n of [1, 2]) history.put(numbered(n, { printerId: `p${n}`, printerName: `P${n}` }), [{ expiresAt: NOON + 86_400_000 }])
    worker.start()
    await clock.advance(0)
    await clock.advance(600_000)
    daemon = true
    const before = toast.got.length
    await clock.advance(3_600_000)
    expect(toast.got.slice(before).map((sending) => sending.message.title)).toEqual(['2 events while you were away'])
    expect([1, 2].map((n) => state(`E${n}.hook`))).toEqual(['delivered', 'delivered'])
  })

  test('a summary that nobody has looked at grows instead of losing what it told', async () => {
    const toast = channel(OK)
    const { clock, history, worker } = setUp({ hook: toast }, { capabilities: { local: true } })
    for (const n of [1, 2]) history.put(late(n), [{}])
    worker.start()
    await clock.advance(0)
    history.put(late(3), [{}])
    worker.kick()
    await clock.advance(0)
    expect(toast.got.map((sending) => sending.message.title)).toEqual(['2 events while you were away', '3 events while you were away'])
  })

  test('one late event keeps its own words', async () => {
    const toast = channel(OK)
    const { clock, history, worker } = setUp({ hook: toast }, { capabilities: { local: true } })
    history.put(late(1), [{}])
    worker.start()
    await clock.advance(0)
    expect(toast.got.map((sending) => sending.message.title)).toEqual(['P1: print done'])
  })

  test('elsewhere every late event is sent by itself', async () => {
    const hook = channel(OK)
    const { clock, history, worker } = setUp({ hook })
    for (const n of [1, 2]) history.put(late(n), [{}])
    worker.start()
    await clock.advance(0)
    expect(hook.got.map((sending) => sending.message.title)).toEqual(['P1: print done', 'P2: print done'])
  })
})
