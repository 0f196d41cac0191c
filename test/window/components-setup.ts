/**
 * Around each file of the window's components. They share processes like the files of the unit project, and the document too: a file
 * begins with an empty page, and at its end its window closes: what is still mounted goes, then its timers, then the page.
 */
import '../support/unit-setup.ts'
import { afterAll } from 'vitest'
import { timersOfWindow } from '../support/window-timers.ts'

function emptyPage(): void {
  for (const part of [document.documentElement, document.head, document.body]) {
    for (const name of part.getAttributeNames()) part.removeAttribute(name)
  }
  document.head.replaceChildren()
  document.body.replaceChildren()
  localStorage.clear()
  sessionStorage.clear()
  Reflect.deleteProperty(globalThis, 'printbell')
}

if ('document' in globalThis) {
  const { disableAutoUnmount, enableAutoUnmount } = await import('@vue/test-utils')
  const close = timersOfWindow()
  // Hooks of the end run in the opposite order.
  afterAll(() => {
    close()
    emptyPage()
  })
  disableAutoUnmount()
  enableAutoUnmount(afterAll)
}
