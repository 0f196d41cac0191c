import { expect, it } from 'vitest'
import { panelTheme } from './theme.ts'

it.each([
  ['darwin', '', false, 'template'], ['darwin', '', true, 'template'],
  ['win32', '', false, 'light'], ['win32', '', true, 'dark'],
  ['linux', 'ubuntu:GNOME', false, 'dark'], ['linux', 'XFCE', false, 'dark'], ['linux', 'X-Cinnamon', false, 'dark'], ['linux', '', null, 'dark'],
  ['linux', 'KDE', false, 'light'], ['linux', 'KDE', true, 'dark'], ['linux', 'MATE', false, 'light'], ['linux', 'KDE', null, 'dark'],
] as const)('%s with desktop "%s", dark: %s, has a %s panel', (platform, desktop, systemDark, theme) => {
  expect(panelTheme({ platform, desktop, systemDark })).toBe(theme)
})
