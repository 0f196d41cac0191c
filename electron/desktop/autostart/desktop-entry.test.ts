import { describe, expect, it } from 'vitest'
import { execValue, programOf, readEntry, renderEntry, renderOff } from './desktop-entry.ts'

// Expected values are written by hand from the Desktop Entry Specification 1.5, "The Exec key" and "Possible value types".
describe('the value of Exec', () => {
  it.each([
    ['plain words stay as they are', ['/opt/Printbell/printbell', '--hidden'], '/opt/Printbell/printbell --hidden'],
    ['a space needs quotes', ['/opt/Print Bell/printbell', '--hidden'], '"/opt/Print Bell/printbell" --hidden'],
    ['a percent sign is doubled', ['/opt/100%/printbell'], '/opt/100%%/printbell'],
    ['reserved signs need quotes', ["/opt/it's (new)/printbell"], '"/opt/it\'s (new)/printbell"'],
    ['a dollar sign is escaped in quotes, and its backslash again as text', ['/opt/a$b/printbell'], '"/opt/a\\\\$b/printbell"'],
    ['so are a back quote and a double quote', ['/opt/`"/printbell'], '"/opt/\\\\`\\\\"/printbell"'],
    ['a backslash becomes four', ['/opt/a\\b/printbell'], '"/opt/a\\\\\\\\b/printbell"'],
    ['an empty argument is a pair of quotes', ['/opt/printbell', ''], '/opt/printbell ""'],
    ['other languages are no trouble', ['/home/jörg/印刷/printbell'], '/home/jörg/印刷/printbell'],
  ] as const)('%s', (_name, command, value) => {
    expect(execValue(command as unknown as [string])).toBe(value)
  })

  it('that can\'t be written is refused with its cause', () => {
    expect(() => execValue(['/opt/a=b/printbell'])).toThrow('holds a "="')
    expect(() => execValue(['/opt/a\nb/printbell'])).toThrow('control character')
    // In an argument it means nothing.
    expect(execValue(['/opt/printbell', '--data=/x'])).toBe('/opt/printbell --data=/x')
  })

  it.each(['/opt/printbell', '/opt/Print Bell/printbell', '/opt/100%/printbell', '/opt/a$b`c"d\\e/printbell'])('names its program again when read: %s', (program) => {
    expect(programOf(execValue([program, '--hidden']))).toBe(program)
  })
})

it('the entry is complete', () => {
  expect(renderEntry('/opt/Printbell/printbell --hidden')).toBe(`[Desktop Entry]
Type=Application
Name=Printbell
Comment=Rings when a 3D print needs you
Exec=/opt/Printbell/printbell --hidden
Icon=printbell
Terminal=false
StartupNotify=false
X-GNOME-Autostart-enabled=true
`)
  expect(renderOff('/opt/p --hidden')).toBe(`[Desktop Entry]
Type=Application
Name=Printbell
Comment=Rings when a 3D print needs you
Exec=/opt/p --hidden
Icon=printbell
Terminal=false
StartupNotify=false
X-GNOME-Autostart-enabled=false
Hidden=true
`)
})

describe('an entry that is read', () => {
  it.each([
    ['ours', renderEntry('/p --hidden'), true, '/p --hidden'],
    ['ours switched off', renderOff('/p'), false, '/p'],
    ['hidden by a desktop', '[Desktop Entry]\nExec=/p\nHidden = true\n', false, '/p'],
    ['switched off by GNOME', '[Desktop Entry]\nExec=/p\nX-GNOME-Autostart-enabled=false\n', false, '/p'],
    ['of Windows lines, comments and other groups', '# a\r\n[Desktop Entry]\r\nExec=/p  \r\n\r\n[Desktop Action x]\r\nExec=/q\r\nHidden=true\r\n', true, '/p'],
    ['of another language', '[Desktop Entry]\nName[de]=Druckglocke\nExec=/p\n', true, '/p'],
    ['without a command', '[Desktop Entry]\nName=x\n', false, null],
    ['of nothing', '', false, null],
  ] as const)('%s', (_name, text, on, exec) => {
    expect(readEntry(text)).toEqual({ on, exec })
  })
})
