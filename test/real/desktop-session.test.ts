import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { missingForDesktop, processesAtHome, startDesktop, untilTrue } from '../support/desktop.ts'

const missing = missingForDesktop('dunst')
const because = missing === null ? '' : ` (skipped: ${missing})`
const SCRIPT = join(import.meta.dirname, '../support/desktop-session.sh')

describe.skipIf(missing !== null)(`the throw-away desktop${because}`, () => {
  it('leaves no process and no file behind', async () => {
    const desktop = await startDesktop({ daemon: 'dunst' })
    expect(desktop.strays().join('\n')).toContain('Xvfb')
    await desktop.stop()
    expect(desktop.strays()).toEqual([])
    expect(existsSync(desktop.home)).toBe(false)
  })

  it('leaves nothing behind when it is killed by a signal while a command runs in it', async () => {
    const child = spawn(SCRIPT, ['--daemon', 'none', '--', 'bash', '-c', 'echo "$HOME"; exec sleep 600'], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [chunk] = (await once(child.stdout, 'data')) as [Buffer]
    const home = chunk.toString().trim()
    expect(processesAtHome(home).join('\n')).toContain('sleep 600')
    child.kill('SIGTERM')
    await once(child, 'exit')
    await untilTrue(() => processesAtHome(home).length === 0, () => `nothing of ${home} runs`)
    expect(existsSync(home)).toBe(false)
  })

  it('runs a command and passes on its output and status', async () => {
    const { stdout } = await promisify(execFile)(SCRIPT, ['--daemon', 'dunst', '--', 'gdbus', 'call', '--session', '--dest', 'org.freedesktop.Notifications', '--object-path', '/org/freedesktop/Notifications', '--method', 'org.freedesktop.Notifications.GetServerInformation'])
    expect(stdout).toContain("'dunst'")
    await expect(promisify(execFile)(SCRIPT, ['--', 'bash', '-c', 'exit 7'])).rejects.toMatchObject({ code: 7 })
  })

  it('has no notification service unless asked for one, not even by activation', async () => {
    await expect(promisify(execFile)(SCRIPT, ['--', 'gdbus', 'call', '--session', '--dest', 'org.freedesktop.DBus', '--object-path', '/org/freedesktop/DBus', '--method', 'org.freedesktop.DBus.StartServiceByName', 'org.freedesktop.Notifications', '0'])).rejects.toMatchObject({ stderr: expect.stringContaining('ServiceUnknown') as string })
  })
})
