import { describe, expect, it } from 'vitest'
import { hold, job, player, printing, status, T0, type Player } from './cases.support.ts'

/** Forty seconds of job 7, then an hour of sleep. */
function asleep(): Player {
  const one = printing(40)
  one.rig.now += 3_560_000
  one.rig.feed({ kind: 'gap', at: one.rig.now, from: T0 + 40_000, why: 'sleep' })
  one.rig.link('down')
  return one
}

const FORMER = { jobId: '7|/usb/LAMP F~1.GCO|1768478402', file: { name: 'Lamp foot.gcode', path: '/usb/LAMP F~1.GCO', origin: 'usb', size: 1_000 }, startedAt: T0 + 2_000 }

describe('case 9: the app starts while FINISHED or STOPPED still stands there', () => {
  it.each(['FINISHED', 'STOPPED'])('%s at first sight is no event, however long it stays', (state) => {
    const one = player()
    one.begin(status(state), null)
    hold(one, 2, 600, status(state))
    expect(one.rig.told).toEqual([])
    expect(one.rig.swallowed).toEqual([])
  })

  it('with a job that was on when last seen it is one late job.done', () => {
    const one = printing()
    one.rig.link('down')
    one.rig.to(400)
    one.begin(status('FINISHED'), null, FORMER)
    hold(one, 402, 500, status('FINISHED'))
    expect(one.rig.told).toEqual(['job.started', 'link.lost during_job', 'job.done late', 'link.up during_job'])
  })
})

describe('case 10: the line is lost at 40 percent and comes back after the job ended', () => {
  it.each([
    ['FINISHED', 'job.done late'],
    ['STOPPED', 'job.cancelled unknown late'],
    ['IDLE', 'job.result_unknown not_looking late'],
    ['BUSY', 'job.result_unknown not_looking late'],
  ])('%s: %s, and never another start', (state, outcome) => {
    const one = printing(40)
    one.rig.link('down')
    one.rig.to(300)
    one.begin(status(state), null, FORMER)
    hold(one, 302, 330, status(state))
    expect(one.rig.told.filter((told) => told.startsWith('job.'))).toEqual(['job.started', 'job.progress 0.25', outcome])
  })

  it('ERROR: the job failed, with the words that stand there', () => {
    const one = printing(40)
    one.rig.link('down')
    one.rig.to(300)
    const error = status('ERROR', null, { status_printer: { ok: false, message: 'Firmware detected a hardware issue' } })
    one.begin(error, null, FORMER)
    hold(one, 302, 330, error)
    expect(one.rig.told.filter((told) => told.startsWith('job.'))).toEqual(['job.started', 'job.progress 0.25', 'job.failed firmware late'])
    expect(one.rig.events.find((event) => event.type === 'job.failed')?.text).toBe('Firmware detected a hardware issue')
  })

  it('the same file still prints, and no number was remembered: nothing but the line', () => {
    const one = printing(40)
    one.rig.link('down')
    one.rig.to(300)
    one.begin(status('PRINTING', { id: 7, progress: 49, remaining: 900, printing: 300 }), job(7), { ...FORMER, jobId: null })
    expect(one.rig.told.filter((told) => told.startsWith('job.'))).toEqual(['job.started', 'job.progress 0.25'])
  })

  it('IDLE after 99 percent with a minute to go: done', () => {
    const one = printing(40)
    hold(one, 42, 42, status('PRINTING', { id: 7, progress: 99, remaining: 30, printing: 42 }), job(7))
    one.rig.link('down')
    one.rig.to(300)
    one.begin(status('IDLE'), null, { ...FORMER, jobId: one.rig.events[0]?.job?.key ?? null })
    hold(one, 302, 330, status('IDLE'))
    expect(one.rig.told.at(-1)).toBe('link.up during_job')
    expect(one.rig.told).toContain('job.done late')
  })

  it('the same job still prints: nothing but the line', () => {
    const one = printing(40)
    one.rig.link('down')
    one.rig.to(300)
    one.begin(status('PRINTING', { id: 7, progress: 49, remaining: 900, printing: 300 }), job(7), FORMER)
    hold(one, 302, 320, status('PRINTING', { id: 7, progress: 49.9, remaining: 890, printing: 310 }), job(7))
    expect(one.rig.told.filter((told) => told.startsWith('job.'))).toEqual(['job.started', 'job.progress 0.25'])
  })
})

describe('case 11: the computer sleeps across the end of one job and the start of the next', () => {
  it('closes the old one as unknown and tells the new one late, without a burst of progress', () => {
    const one = asleep()
    one.begin(status('PRINTING', { id: 8, progress: 90, remaining: 100, printing: 900 }), job(8, 'Hook.gcode'), FORMER)
    hold(one, 3_602, 3_610, status('PRINTING', { id: 8, progress: 91, remaining: 90, printing: 910 }), job(8, 'Hook.gcode'))
    const jobs = one.rig.told.filter((told) => told.startsWith('job.'))
    expect(jobs).toEqual(['job.started', 'job.progress 0.25', 'job.result_unknown not_looking late', 'job.started late', 'job.progress 0.75'])
    expect(one.rig.swallowed.filter((told) => told === 'job.progress collapsed_progress')).toEqual(['job.progress collapsed_progress'])
  })

  it('is not fooled by a board that counts from the same number again: its time went back', () => {
    const one = asleep()
    one.begin(status('PRINTING', { id: 7, progress: 1, remaining: 900, printing: 5 }), job(7), { ...FORMER, jobId: one.rig.events[0]?.job?.key ?? null })
    hold(one, 3_602, 3_610, status('PRINTING', { id: 7, progress: 2, remaining: 890, printing: 10 }), job(7))
    expect(one.rig.told.filter((told) => told.startsWith('job.') && !told.startsWith('job.progress'))).toEqual(['job.started', 'job.result_unknown not_looking late', 'job.started'])
    expect(new Set(one.rig.events.filter((event) => event.type === 'job.started').map((event) => event.dedupeKey)).size).toBe(2)
  })
})

describe('case 16: FINISHED on a Buddy board comes without the job and stays for hours', () => {
  it('is one job.done with the remembered name and our own duration', () => {
    const one = printing(60)
    // 0 s printed where PrusaLink would say: its own count is late.
    hold(one, 62, 7_200, status('FINISHED'))
    expect(one.rig.told.filter((told) => told.startsWith('job.'))).toEqual(['job.started', 'job.progress 0.25', 'job.progress 0.5', 'job.done'])
    const done = one.rig.events.find((event) => event.type === 'job.done')
    // Seen printing from second 2 to the poll at second 62.
    expect(done).toMatchObject({ late: false, progress: 1, printTime: 62, job: { file: { name: 'Lamp foot.gcode', path: '/usb/LAMP F~1.GCO', origin: 'usb' }, startedAt: T0 + 2_000, endedAt: T0 + 62_000 } })
    expect(one.rig.memory.state).toMatchObject({ job: 'done', progress: 1 })
  })

  it('the next print of the same file is a job of its own', () => {
    const one = printing(20)
    hold(one, 22, 40, status('FINISHED'))
    hold(one, 42, 50, status('PRINTING', { id: 8, progress: 1, printing: 3 }), job(8))
    hold(one, 52, 60, status('FINISHED'))
    expect(one.rig.told.filter((told) => told.startsWith('job.'))).toEqual(['job.started', 'job.done', 'job.started', 'job.done'])
  })
})

describe('case 17: ATTENTION', () => {
  it('during a print is one attention and its end, and no pair of pauses', () => {
    const one = printing(20)
    hold(one, 22, 120, status('ATTENTION', { id: 7, progress: 20, remaining: 500, printing: 20 }), job(7, 'Lamp foot.gcode', 'PAUSED'))
    // While it heats up again a board says PAUSED.
    hold(one, 122, 140, status('PAUSED', { id: 7, progress: 20, remaining: 500, printing: 20 }), job(7, 'Lamp foot.gcode', 'PAUSED'))
    hold(one, 142, 150, status('PRINTING', { id: 7, progress: 21, remaining: 490, printing: 22 }), job(7))
    expect(one.rig.told).toEqual(['job.started', 'attention.user_input', 'attention.cleared'])
    expect(one.rig.events.map((event) => event.occurredAt - T0)).toEqual([2_000, 22_000, 126_000])
    expect(one.rig.swallowed).toEqual(['job.paused same_job', 'job.resumed same_job'])
  })

  it('before a print (a question about filament or firmware) is no start; the start comes with the print', () => {
    const one = player()
    one.begin(status('IDLE'), null)
    hold(one, 2, 20, status('ATTENTION', { id: 7, progress: 0, printing: 0 }), job(7, 'Lamp foot.gcode', 'ATTENTION'))
    expect(one.rig.told).toEqual(['attention.user_input'])
    hold(one, 22, 30, status('PRINTING', { id: 7, progress: 0, printing: 0 }), job(7))
    expect(one.rig.told).toEqual(['attention.user_input', 'job.started', 'attention.cleared'])
  })

  it('before a print that comes to nothing is an attention alone', () => {
    const one = player()
    one.begin(status('IDLE'), null)
    hold(one, 2, 20, status('ATTENTION', { id: 7, progress: 0, printing: 0 }), job(7, 'Lamp foot.gcode', 'ATTENTION'))
    hold(one, 22, 40, status('IDLE'))
    expect(one.rig.told).toEqual(['attention.user_input', 'attention.cleared'])
  })

  it('that flickers (a Pi ends it with any line that the printer confirms) rings once', () => {
    const one = printing(20)
    for (let t = 22; t <= 60; t += 4) {
      one.rig.to(t)
      one.poll(status('ATTENTION', { id: 7, progress: 20, printing: 20 }), job(7))
      one.rig.to(t + 2)
      one.poll(status('PRINTING', { id: 7, progress: 20, printing: 20 }), job(7))
    }
    hold(one, 64, 80, status('PRINTING', { id: 7, progress: 21, printing: 22 }), job(7))
    expect(one.rig.told).toEqual(['job.started', 'attention.user_input', 'attention.cleared'])
  })

  it('seen only in the job, while the status says PRINTING, counts too', () => {
    const one = printing(20)
    // After 10 s the job is asked for again.
    hold(one, 22, 22, status('PRINTING', { id: 7, progress: 20, printing: 20 }), job(7, 'Lamp foot.gcode', 'ATTENTION'))
    hold(one, 24, 40, status('PRINTING', { id: 7, progress: 21, printing: 22 }), job(7))
    expect(one.rig.told).toEqual(['job.started', 'attention.user_input', 'attention.cleared'])
  })

  it('before a print at first sight: the start comes when it really starts', () => {
    const one = player()
    one.begin(status('ATTENTION', { id: 7, progress: 0, printing: 0 }), job(7, 'Lamp foot.gcode', 'ATTENTION'))
    hold(one, 2, 10, status('PRINTING', { id: 7, progress: 1, printing: 2 }), job(7))
    expect(one.rig.told).toEqual(['job.started', 'attention.cleared'])
    expect(one.rig.swallowed).toEqual(['attention.user_input baseline'])
  })
})

describe('the first poll of a new job', () => {
  it('carries the progress of the job before, which is nobody\'s', () => {
    const one = printing(20)
    hold(one, 22, 30, status('FINISHED'))
    hold(one, 32, 34, status('PRINTING', { id: 8, progress: 100, remaining: 60 }), job(8))
    expect(one.rig.memory.state).toMatchObject({ job: 'printing', progress: null, remaining: null })
    hold(one, 36, 36, status('PRINTING', { id: 8, progress: 5, remaining: 60 }), job(8))
    expect(one.rig.memory.state).toMatchObject({ progress: 0.05, remaining: 60 })
  })

  it('may have none at all: it is unknown, not 0', () => {
    const one = printing(20)
    hold(one, 22, 22, status('FINISHED'))
    hold(one, 24, 24, status('PRINTING', { id: 8 }), job(8))
    expect(one.rig.memory.state).toMatchObject({ progress: null, remaining: null })
  })

  it('is believed when it has printed already', () => {
    const one = player()
    one.begin(status('PRINTING', { id: 8, progress: 40, remaining: 60, printing: 100 }), job(8))
    expect(one.rig.memory.state).toMatchObject({ job: 'printing', progress: 0.4, remaining: 60, printTime: 100 })
  })
})

describe('an end that was too short to be seen', () => {
  it('is done when it was at 99 percent with a minute to go', () => {
    const one = printing(20)
    hold(one, 22, 22, status('PRINTING', { id: 7, progress: 99, remaining: 60, printing: 22 }), job(7))
    hold(one, 24, 60, status('IDLE'))
    expect(one.rig.told.filter((told) => !told.startsWith('job.progress'))).toEqual(['job.started', 'job.finishing_soon', 'job.done'])
  })

  it.each([[98, 10], [99, 61]])('is unknown at %d percent with %d s to go', (progress, remaining) => {
    const one = printing(20)
    hold(one, 22, 22, status('PRINTING', { id: 7, progress, remaining, printing: 22 }), job(7))
    hold(one, 24, 60, status('IDLE'))
    expect(one.rig.told.at(-1)).toBe('job.result_unknown vanished')
  })

  it('by another job: the old one is closed before the new one starts', () => {
    const one = printing(20)
    hold(one, 22, 30, status('PRINTING', { id: 8, progress: 1, printing: 1 }), job(8, 'Hook.gcode'))
    expect(one.rig.told).toEqual(['job.started', 'job.result_unknown superseded', 'job.started'])
    const two = printing(20)
    hold(two, 22, 22, status('PRINTING', { id: 7, progress: 100, remaining: 0, printing: 22 }), job(7))
    hold(two, 24, 30, status('PRINTING', { id: 8, progress: 1, printing: 1 }), job(8, 'Hook.gcode'))
    expect(two.rig.told.filter((told) => !told.startsWith('job.progress') && told !== 'job.finishing_soon')).toEqual(['job.started', 'job.done', 'job.started'])
  })

  it('of a job that no poll saw at all, but that is still shown: done', () => {
    const one = player()
    one.begin(status('IDLE'), null)
    hold(one, 2, 30, status('FINISHED', { id: 9, progress: 100, printing: 1 }), job(9, 'Hook.gcode'))
    expect(one.rig.told).toEqual(['job.done'])
    expect(one.rig.events[0]?.job?.file.name).toBe('Hook.gcode')
  })
})

describe('a print shorter than the time between two polls', () => {
  it('is told as done, without its name, and once', () => {
    const one = player()
    one.begin(status('IDLE'), null)
    hold(one, 2, 2, status('IDLE'))
    hold(one, 6, 600, status('FINISHED'))
    expect(one.rig.told).toEqual(['job.done'])
    expect(one.rig.events[0]?.job?.file.name).toBe('Unknown file')
  })

  it('is none when FINISHED only blinked', () => {
    const one = printing(20)
    hold(one, 22, 26, status('FINISHED'))
    hold(one, 28, 28, status('IDLE'))
    hold(one, 30, 60, status('FINISHED'))
    expect(one.rig.told).toEqual(['job.started', 'job.done'])
  })
})

describe('a poll that says less than it should', () => {
  it('a job that is gone for one poll was never gone', () => {
    const one = printing(20)
    hold(one, 22, 22, status('BUSY'))
    hold(one, 24, 60, status('PRINTING', { id: 7, progress: 21, remaining: 500, printing: 24 }), job(7))
    expect(one.rig.told).toEqual(['job.started'])
  })

  it('a job that cannot be read ends nothing, and is counted', () => {
    const one = printing(20)
    hold(one, 22, 22, { printer: { state: 'PRINTING' }, job: { id: 'seven' } })
    hold(one, 24, 40, status('PRINTING', { id: 7, progress: 21, remaining: 500, printing: 24 }), job(7))
    expect(one.rig.told).toEqual(['job.started'])
    expect(one.junk).toEqual(['a job that cannot be read'])
  })

  it('a state of a newer firmware keeps the one before, and is named once', () => {
    const one = printing(20)
    hold(one, 22, 30, status('DANCING', { id: 7, progress: 21, printing: 22 }), job(7))
    expect(one.rig.memory.state).toMatchObject({ job: 'printing', device: 'ready' })
    hold(one, 32, 34, status('UNKNOWN'))
    hold(one, 36, 40, status('PRINTING', { id: 7, progress: 22, printing: 24 }), job(7))
    expect(one.rig.told).toEqual(['job.started'])
    expect(one.junk).toEqual(['unknown state "DANCING"'])
  })

  it('a job whose file is not told is waited for, then told by its number', () => {
    const one = player()
    one.begin(status('IDLE'), null)
    hold(one, 2, 8, status('PRINTING', { id: 7, progress: 1, printing: 1 }), null)
    expect(one.rig.told).toEqual([])
    hold(one, 10, 10, status('PRINTING', { id: 7, progress: 1, printing: 1 }), null)
    expect(one.rig.told).toEqual(['job.started'])
    expect(one.rig.events[0]?.job?.file.name).toBe('Job 7')
    // Its name, told at last, makes no second job of it.
    hold(one, 12, 30, status('PRINTING', { id: 7, progress: 2, printing: 10 }), job(7))
    expect(one.rig.told).toEqual(['job.started'])
  })

  it('the same number with another file is another job', () => {
    const one = printing(20)
    hold(one, 22, 30, status('PRINTING', { id: 7, progress: 1, printing: 1 }), job(7, 'Hook.gcode'))
    expect(one.rig.told).toEqual(['job.started', 'job.result_unknown superseded', 'job.started'])
  })
})
