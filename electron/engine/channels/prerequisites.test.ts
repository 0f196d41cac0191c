import { describe, expect, it } from 'vitest'
import type { Prerequisite } from './channel.ts'
import { missingFor } from './prerequisites.ts'

const player = (met: boolean): Prerequisite => ({ name: 'player', help: 'Install paplay.', met })
const speech = (met: boolean): Prerequisite => ({ name: 'speech', help: 'Install espeak-ng.', met, when: { speak: [true], language: ['en', 'de'] } })
const missing = (config: unknown, ...all: Prerequisite[]): string[] => missingFor({ prerequisites: () => all }, config).map(({ name }) => name)

describe('what a destination lacks', () => {
  it.each<[unknown, Prerequisite[], string[]]>([
    [{ speak: false }, [player(true), speech(true)], []],
    [{ speak: false, language: 'en' }, [player(false), speech(false)], ['player']],
    [{ speak: true, language: 'en' }, [player(true), speech(false)], ['speech']],
    [{ speak: true, language: 'en' }, [player(true), speech(true)], []],
    [{ speak: true, language: 'fr' }, [player(true), speech(false)], []],
    [null, [player(false), speech(false)], ['player']],
  ])('R36: with %j and %j it is %j', (config, all, names) => {
    expect(missing(config, ...all)).toEqual(names)
  })
})
