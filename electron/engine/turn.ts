import type { Clock } from './ports.ts'

/** Until others had their turn of the event loop: between two pieces of long work. */
export const turn = (clock: Pick<Clock, 'after'>): Promise<void> => new Promise((done) => void clock.after(0, done))
