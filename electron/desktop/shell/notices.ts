/** Sentences for the person that belong to no page: into the window that is open, else kept until one opens. */
export interface Notice {
  level: 'info' | 'warn' | 'error'
  text: string
}

export interface NoticeBoard {
  /** @returns whether somebody may see it now */
  tell(level: Notice['level'], text: string): boolean
  /** The window can hear: gives what was kept. */
  opened(): void
}

/** So many are kept, the newest; the same words only once. */
const KEPT = 3

export function noticeBoard(parts: { isOpen(): boolean; push(notice: Notice): void }): NoticeBoard {
  let kept: Notice[] = []
  return {
    tell(level, text) {
      if (parts.isOpen()) {
        parts.push({ level, text })
        return true
      }
      kept = [...kept.filter((notice) => notice.text !== text), { level, text }].slice(-KEPT)
      return false
    },
    opened() {
      for (const notice of kept) parts.push(notice)
      kept = []
    },
  }
}
