/** The first run by keyboard alone, over made-up answers: nothing but Tab, Shift+Tab, Enter, Space and letters; the focus is never lost. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import { keyboardOf } from './driving.ts'
import type { Harness } from './harness.ts'
import { onDesktop } from './on-desktop.ts'

onDesktop('the first run by keyboard', (openWindow) => {
  let harness: Harness
  beforeEach(async () => {
    harness = await openWindow({ state: 'four', path: '/welcome' })
    await harness.page.waitForSelector('text=Original Prusa MK4')
  })
  afterEach(async () => {
    await harness?.close()
  })

  const { press, focus, tabTo } = keyboardOf(() => harness, 25)

  it('leads from a found printer to a toast and out again', async () => {
    const { page } = harness
    await tabTo('Connect Original Prusa MK4')
    await press('Enter')
    await page.waitForSelector('text=Press “Allow” in PrusaLink.')
    expect(await focus()).toBe('Open PrusaLink')
    await page.waitForSelector('text=Did it appear?')
    // What is next is reached by Tab from where the button was.
    expect(await focus()).toMatch(/^Connected/)
    await tabTo('Enter key… for A1 mini')
    await tabTo('Yes')
    await press('Space')
    expect(await focus()).toBe('Good. This is how Printbell calls you from now on.')
    await tabTo('Start at login')
    const login = page.getByRole('switch', { name: 'Start at login' })
    expect(await login.getAttribute('aria-checked')).toBe('true')
    await press('Space')
    await page.waitForSelector('[role=switch][aria-checked=false]')
    await tabTo('Finish')
    await press('Enter')
    await page.waitForURL(/#\/printers$/)
  })

  it('does not take back a wish when Enter is held, and cancels when it is meant', async () => {
    const { page } = harness
    await tabTo('Connect octopi')
    await page.keyboard.down('Enter')
    await page.waitForSelector('text=Press “Allow” in OctoPrint.')
    await page.keyboard.down('Enter')
    await page.keyboard.up('Enter')
    expect(await page.isVisible('text=Press “Allow” in OctoPrint.')).toBe(true)
    expect(await page.textContent('[role=timer]')).toMatch(/^4:1[0-2] left\.$/)
    expect(await focus()).toBe('Open OctoPrint')
    await press('Shift+Tab')
    expect(await focus()).toBe('Cancel connecting octopi')
    // A press is another one only after a moment.
    await page.waitForTimeout(800)
    await press('Enter')
    await page.waitForSelector('[aria-label="Connect octopi"]')
    expect(await focus()).toBe('Connect octopi')
  })

  it('names what is wrong with an address, and takes a key by hand', async () => {
    const { page } = harness
    await tabTo('Address of a printer server')
    await page.keyboard.type('refused.local')
    await press('Enter')
    await page.waitForSelector('text=Nothing answers on 192.168.1.40.')
    expect(await focus()).toBe('Address of a printer server')
    expect(await page.getAttribute('input[inputmode=url]', 'aria-invalid')).toBe('true')
    await press('Control+A')
    await page.keyboard.type('workshop.local')
    await press('Enter')
    await page.waitForSelector('[aria-label="Enter key for workshop"]')
    await tabTo('Enter key for workshop')
    await press('Enter')
    await page.waitForSelector('input[type=password]')
    await page.keyboard.type('wrong-key')
    await press('Enter')
    await page.waitForSelector('text=does not accept this API key.')
    await press('Control+A')
    await page.keyboard.type('a-good-key')
    await press('Enter')
    await page.waitForSelector('text=Did it appear?')
    expect(await page.isVisible('input[type=password]')).toBe(false)
    expect(await focus()).toBe('Connected')
  })

  it('tells that nothing announced itself after ten seconds, and what to do', async () => {
    await harness.close()
    harness = await openWindow({ state: 'one', path: '/welcome' })
    const { page } = harness
    await page.clock.install()
    await page.reload()
    await page.waitForSelector('text=Still looking')
    await page.clock.fastForward(9_000)
    expect(await page.isVisible('text=Nothing announced itself.')).toBe(false)
    await page.clock.fastForward(1_000)
    await page.waitForSelector('text=Nothing announced itself.')
    await tabTo('Look again')
    await press('Enter')
    await page.waitForSelector('text=Still looking')
    expect(await focus()).not.toBe('nothing')
  })
})
