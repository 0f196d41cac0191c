import { expect, test } from 'vitest'
import { relaunchOptions } from './relaunch.ts'

test('the app starts anew with its own arguments, and shows its window also when it began hidden', () => {
  expect(relaunchOptions(['/opt/Printbell/printbell', '--hidden', '--data', '/d'], {})).toEqual({ args: ['--data', '/d'] })
  expect(relaunchOptions(['/usr/lib/electron', '.', '--hidden'], {})).toEqual({ args: ['.'] })
})

test('an AppImage is started by its own file', () => {
  expect(relaunchOptions(['/tmp/.mount_x/printbell'], { APPIMAGE: '/home/me/Printbell.AppImage' })).toEqual({ args: [], execPath: '/home/me/Printbell.AppImage' })
})
