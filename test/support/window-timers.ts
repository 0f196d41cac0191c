type Start = (run: (...given: unknown[]) => void, ms?: number, ...given: unknown[]) => NodeJS.Timeout

/**
 * Lets the timers that start from now on end with the window, as they do in a browser: in a test they are Node's, and would go off
 * when there is no document any more.
 * @returns closes the window: what still waits never runs, nor does what is started later. The timers themselves are as before
 */
export function timersOfWindow(): () => void {
  const waiting = new Set<NodeJS.Timeout>()
  let closed = false
  const before = { setTimeout: globalThis.setTimeout, setInterval: globalThis.setInterval }
  const noted = (start: Start): Start => (...given) => {
    const timer = start(...given)
    if (closed) clearTimeout(timer)
    else waiting.add(timer)
    return timer
  }
  Object.assign(globalThis, { setTimeout: noted(before.setTimeout), setInterval: noted(before.setInterval) })
  return () => {
    closed = true
    for (const timer of waiting) clearTimeout(timer)
    Object.assign(globalThis, before)
  }
}
