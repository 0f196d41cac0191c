import { describe, expect, it } from 'vitest'
import type { Forms } from '../../../electron/bridge/views/settings.ts'
import { lacksOf, type Lack } from './lacks.ts'

const PLAYER: Lack = { name: 'player', help: 'Install paplay.', met: false }
const SPEECH: Lack = { name: 'speech', help: 'Install espeak-ng.', met: false, when: { speak: [true] } }
const form = (...prerequisites: Lack[]) => ({ schema: { type: 'object', properties: { speak: { type: 'boolean', default: false } } }, prerequisites }) as unknown as Forms['channels'][number]
const names = (config: Record<string, unknown>, ...all: Lack[]): string[][] => Object.values(lacksOf(form(...all), config)).map((lacks: Lack[]) => lacks.map(({ name }) => name))

describe('what a kind lacks', () => {
  it.each<[Record<string, unknown>, Lack[], string[][]]>([
    [{}, [{ ...PLAYER, met: true }, { ...SPEECH, met: true }], [[], []]],
    // Switched off is the default of the schema.
    [{}, [PLAYER, SPEECH], [['player'], ['speech']]],
    [{ speak: false }, [SPEECH], [[], ['speech']]],
    [{ speak: true }, [SPEECH], [['speech'], []]],
  ])('R36: with %j it is %#', (config, all, told) => {
    expect(names(config, ...all)).toEqual(told)
  })

  it('is nothing where the channel is not installed', () => {
    expect(lacksOf(undefined, {})).toEqual({ missing: [], hints: [] })
  })
})
