import { describe, expect, test } from 'vitest'
import { validateSystemHook } from './config.ts'
import { lineOf, wordsOf } from './words.ts'

const refused = (command: string, shell: boolean): boolean => !validateSystemHook('linux')({ understood: true, shell, commands: [command] }).ok

describe('a value that would be read as program text', () => {
  test.each([
    'sh -c "echo {name}"', 'bash -lc "echo {name}"', '/bin/bash -e -c "echo {name}"', 'sudo sh -c "echo {name}"', 'python3 -c "print({name})"', 'node -e "x({name})"', 'perl -ne "{name}"', 'ssh lamp ring {name}', 'sudo ssh lamp ring {name}',
    'watch ls {name}', 'awk "{{print {name}}}"', "sed 's/a/{name}/' file", 'su -c "ring {name}" pi', 'php -r "{name}"', 'docker exec x sh -c "echo {name}"',
  ])('is refused: %s', (command) => {
    expect([refused(command, false), refused(command, true)]).toEqual([true, true])
  })

  test.each(['sed {name} file', 'awk {name}', 'gawk -v a=1 "/{name}/ {{print}}"'  ])('is refused without a shell: %s', (command) => {
    expect(refused(command, false)).toBe(true)
  })

  test.each([
    'eval echo {name}', 'true; eval {name}', 'echo $(({name}+1))', '[[ {name} -eq 1 ]]', 'echo {name} | sh', 'echo {name} | sudo bash', 'cat <<X\n{name}\nX', 'echo `ring {name}`', 'let x={name}', 'trap {name} EXIT', 'export X={name}', 'echo a && ssh lamp {name}', 'echo ${HOME} {name}',
  ])('is refused in a shell: %s', (command) => {
    expect(refused(command, true)).toBe(true)
  })

  test.each([
    'echo "Printed at {__progress} % of {name}"', 'python3 ~/ring.py -c red {name}', 'node ring.mjs {name}', 'notify-send -- "let me watch {title}"', 'sh ring.sh {name}', "sh -c 'ring \"$1\"' sh {name}", 'curl -d {name} http://lamp/', 'ring --local={origin}', 'awk -f ring.awk {path}', 'sed -f ring.sed {path}', 'sudo ring {name}',
  ])('is not seen where there is none: %s', (command) => {
    expect(refused(command, false)).toBe(false)
  })

  test.each([
    'echo "Printed at {__progress} % of {name}" >> ~/log', 'python3 ~/ring.py {name} && echo done', 'node ring.mjs {name} | tee x', 'echo "let us export local {name}" > x', 'sh -c "ring $HOME"', 'echo $((1+1))', 'echo ${{HOME}} {name}', 'ring {name} | grep -c x',
  ])('is not seen in a shell where there is none: %s', (command) => {
    expect(refused(command, true)).toBe(false)
  })
})

test.each([
  [['ring']], [['ring', '']], [['ring', 'a b', "it's", '"x"', 'C:\\a b\\', '\\', '\\\\"', '\t', 'a\nb']],
])('a command given as words is read as these: %j', (words) => {
  expect(wordsOf(lineOf(words)).map((word) => word.map((piece) => ('text' in piece ? piece.text : piece.name)).join(''))).toEqual(words)
})
