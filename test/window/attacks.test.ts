/** Each line of the security promises, attacked in the real window: real Electron, real bridge, real schemes, made-up answers. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Harness } from './harness.ts'
import { onDesktop } from './on-desktop.ts'

onDesktop('what a page in the window can\'t do', (openWindow) => {
  let harness: Harness
  beforeAll(async () => {
    harness = await openWindow({ state: 'four' })
  })
  afterAll(async () => {
    await harness?.close()
  })

  /** Runs in the page's own world, as an injected script would. */
  const inPage = <R>(script: () => R | Promise<R>): Promise<R> => harness.page.evaluate(script)

  it('has neither Node nor Electron nor raw IPC, and two functions of ours', async () => {
    expect(await inPage(() => ({ process: typeof (globalThis as { process?: unknown }).process, require: typeof (globalThis as { require?: unknown }).require, ours: Object.keys(window.printbell).sort() })))
      .toEqual({ process: 'undefined', require: 'undefined', ours: ['call', 'onPush'] })
  })

  it('can not swap the bridge for one of its own', async () => {
    expect(await inPage(() => {
      const before = window.printbell.call
      try {
        Object.assign(window.printbell, { call: () => 'mine' })
      } catch {
        return 'refused'
      }
      return window.printbell.call === before ? 'ignored' : 'swapped'
    })).not.toBe('swapped')
  })

  it.each(['https://evil.example/', 'file:///etc/passwd', 'app://evil/', 'data:text/html,<h1>x</h1>'])('navigate to %s', async (address) => {
    const before = harness.page.url()
    await harness.page.evaluate((to) => {
      window.location.href = to
    }, address).catch(() => undefined)
    // A call that is answered shows that the page is still ours and still there.
    expect(await inPage(() => window.printbell.call('status.get', null))).toMatchObject({ ok: true })
    expect(harness.page.url()).toBe(before)
  })

  it('leave for an empty page and stay there', async () => {
    await inPage(() => {
      window.location.href = 'about:blank'
    }).catch(() => undefined)
    await harness.page.waitForURL('app://ui/**')
    await harness.page.waitForSelector('nav')
    expect(await inPage(() => window.printbell.call('status.get', null))).toMatchObject({ ok: true })
  })

  it('open a window', async () => {
    expect(await inPage(() => window.open('https://evil.example/') === null)).toBe(true)
    expect(await inPage(() => window.open('about:blank') === null)).toBe(true)
    expect(await harness.main(({ BrowserWindow }) => BrowserWindow.getAllWindows().length, null)).toBe(1)
  })

  it('run text as a program', async () => {
    // From a timer: what the driver itself evaluates is let through by its debugger.
    expect(await inPage(() => new Promise((done) => {
      setTimeout(() => {
        try {
          done(String((0, eval)('1 + 1')))
        } catch (error) {
          done((error as Error).name)
        }
      })
    }))).toBe('EvalError')
    expect(await inPage(() => {
      const script = document.createElement('script')
      script.textContent = 'window.injected = true'
      document.body.append(script)
      return (window as { injected?: boolean }).injected ?? false
    })).toBe(false)
  })

  it('connect to anything', async () => {
    expect(await inPage(async () => {
      const results = await Promise.allSettled([fetch('http://127.0.0.1:9/'), fetch('https://evil.example/'), fetch('file:///etc/passwd')])
      return results.map(({ status }) => status)
    })).toEqual(['rejected', 'rejected', 'rejected'])
    expect(await inPage(() => new Promise((done) => {
      const socket = new WebSocket('ws://127.0.0.1:9/')
      socket.onopen = () => done('open')
      socket.onerror = () => done('refused')
    }).catch(() => 'refused'))).toBe('refused')
  })

  it('load a foreign picture, or one by a path', async () => {
    const load = (address: string): Promise<string> => harness.page.evaluate((from) => new Promise<string>((done) => {
      const image = new Image()
      image.onload = () => done('loaded')
      image.onerror = () => done('refused')
      image.src = from
    }), address)
    expect(await load('printbell-picture://event/01J8ZQ5W3N0000000000000000')).toBe('loaded')
    for (const address of ['https://evil.example/x.png', 'file:///usr/share/pixmaps/debian-logo.png', 'printbell-picture://event/..%2f..%2fetc%2fpasswd', 'printbell-picture://file/etc/passwd']) expect(await load(address)).toBe('refused')
  })

  it.each(['camera', 'microphone', 'geolocation', 'notifications', 'clipboard-read', 'midi'])('get the permission for %s', async (name) => {
    const state = await harness.page.evaluate((permission) => navigator.permissions.query({ name: permission as PermissionName }).then(({ state: found }) => found, () => 'denied'), name)
    expect(state).toBe('denied')
  })

  it('ask for a permission and be given it', async () => {
    expect(await inPage(() => new Promise((done) => {
      navigator.geolocation.getCurrentPosition(() => done('given'), ({ code }) => done(code))
    }))).toBe(1)
    expect(await inPage(() => Notification.requestPermission())).toBe('denied')
  })

  it('call from a window that is not ours', async () => {
    const answered = await harness.main(async ({ BrowserWindow }, preload) => {
      const foreign = new BrowserWindow({ show: false, webPreferences: { preload, sandbox: true } })
      await foreign.loadURL('data:text/html,<p>foreign</p>')
      const answer: unknown = await foreign.webContents.executeJavaScript("window.printbell.call('status.get', null)")
      foreign.destroy()
      return answer
    }, `${process.cwd()}/dist/app/preload/preload.cjs`)
    expect(answered).toEqual({ ok: false, error: 'refused' })
  })

  it('call from a frame within our page', async () => {
    // The policy forbids frames altogether.
    expect(await inPage(() => new Promise((done) => {
      document.addEventListener('securitypolicyviolation', (event) => done(event.effectiveDirective), { once: true })
      const frame = document.createElement('iframe')
      frame.src = 'app://ui/index.html'
      document.body.append(frame)
    }))).toBe('frame-src')
  })

  it('send what the contract does not know', async () => {
    expect(await inPage(() => window.printbell.call('printers.wish', { printerId: 'mk4', jobKey: null, action: { name: 'gcode', lines: ['M112'] }, confirmed: true }))).toMatchObject({ ok: false })
    expect(await inPage(() => window.printbell.call('constructor', null))).toEqual({ ok: false, error: 'there is no call "constructor"' })
  })
})
