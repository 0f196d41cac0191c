import { describe, expect, it } from 'vitest'
import { noticeBoard } from './notices.ts'

describe('a notice', () => {
  it('goes into the window that is open', () => {
    const pushed: string[] = []
    const board = noticeBoard({ isOpen: () => true, push: ({ text }) => pushed.push(text) })
    expect(board.tell('info', 'a')).toBe(true)
    expect(pushed).toEqual(['a'])
  })
  it('waits for one otherwise: the newest three, each once', () => {
    const pushed: string[] = []
    let open = false
    const board = noticeBoard({ isOpen: () => open, push: ({ text }) => pushed.push(text) })
    for (const text of ['a', 'b', 'c', 'b', 'd']) expect(board.tell('warn', text)).toBe(false)
    open = true
    board.opened()
    board.opened()
    expect(pushed).toEqual(['c', 'b', 'd'])
  })
})
