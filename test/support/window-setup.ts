/** Around each file of components: its window closes at the end, after the file's own hooks and before happy-dom takes the document away. */
import { afterAll } from 'vitest'
import { timersOfWindow } from './window-timers.ts'

if ('document' in globalThis) afterAll(timersOfWindow())
