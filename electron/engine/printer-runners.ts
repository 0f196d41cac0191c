import { isDeepStrictEqual } from 'node:util'
import type { Committer } from './committer.ts'
import { initialMemory, reduce } from './events/reduce.ts'
import type { PrinterMemory, ReduceContext, Reduction } from './events/reduction.ts'
import { runPrinter, type PrinterRunner } from './events/runner.ts'
import type { History } from './history/history.ts'
import type { Clock, Log } from './ports.ts'
import { wantsNative } from './rules/subscriptions.ts'
import type { EngineSettings, ResolvedPrinter } from './settings/expand.ts'
import type { SettingsInForce } from './settings-in-force.ts'

export interface PrinterRunnersParts {
  inForce: SettingsInForce
  history: Pick<History, 'loadMemories' | 'forgetPrinter'>
  committer: Pick<Committer, 'forget' | 'flush'>
  clock: Clock
  log: Log
  onReduction(printerId: string, reduction: Reduction, before: PrinterMemory): void
  /** A printer came, went, or is another one now. */
  onChanged(printerId: string): void
}

/** One runner for each printer that is watched. */
export interface PrinterRunners {
  get(printerId: string): PrinterRunner | undefined
  all(): Iterable<PrinterRunner>
  /** Begins with every enabled printer, with what is remembered of it. */
  start(): void
  /** Goes from the settings that held before to those in force, printer by printer. */
  apply(before: EngineSettings): void
  /** The settings are the same, but what they mean for this printer is not. */
  inform(printerId: string): void
  stop(): void
}

/** What of a context can be compared. */
interface Given extends Pick<ReduceContext, 'printerName' | 'serverKind' | 'thresholds'> {
  natives: ReadonlySet<string>
}

export function createPrinterRunners(parts: PrinterRunnersParts): PrinterRunners {
  const { inForce, history, committer, clock, log } = parts
  const runners = new Map<string, PrinterRunner>()
  const given = new Map<string, Given>()
  /** Memories of printers that were switched off while we ran. */
  const parked = new Map<string, PrinterMemory>()

  function givenOf(printer: ResolvedPrinter): Given {
    return { printerName: printer.name, serverKind: inForce.kindOf(printer), thresholds: inForce.thresholds(printer), natives: inForce.wanted(printer.id).natives }
  }

  function contextOf(printerId: string, { natives, ...rest }: Given): ReduceContext {
    return { printerId, ...rest, wantsNative: (name) => wantsNative({ natives }, name) }
  }

  function begin(printer: ResolvedPrinter, remembered: PrinterMemory | undefined): void {
    const about = givenOf(printer)
    const runner = runPrinter({
      clock,
      reduce,
      memory: remembered ?? initialMemory('connecting'),
      context: contextOf(printer.id, about),
      onReduction: (reduction, before) => parts.onReduction(printer.id, reduction, before),
    })
    runners.set(printer.id, runner)
    given.set(printer.id, about)
    // Nobody looked since then: what looks like silence from that time proves nothing.
    if (remembered) runner.input({ kind: 'gap', at: clock.now(), from: remembered.lastSeenAt ?? clock.now(), why: 'stopped' })
  }

  function end(printerId: string): PrinterMemory | undefined {
    const runner = runners.get(printerId)
    runner?.stop()
    runners.delete(printerId)
    given.delete(printerId)
    return runner?.memory()
  }

  /** The next sight of a printer of this id is a first one. */
  function forget(printerId: string): void {
    parked.delete(printerId)
    committer.forget(printerId)
    try {
      history.forgetPrinter(printerId)
    } catch (error) {
      log.error('what was remembered of a printer could not be forgotten', { error, printer: printerId })
    }
  }

  /** Kept in the history too, where a later start finds it. */
  function park(printerId: string): void {
    const memory = end(printerId)
    if (!memory) return
    parked.set(printerId, memory)
    committer.flush()
  }

  function inform(printer: ResolvedPrinter, runner: PrinterRunner): boolean {
    const about = givenOf(printer)
    if (isDeepStrictEqual(about, given.get(printer.id))) return false
    given.set(printer.id, about)
    runner.changeContext(contextOf(printer.id, about))
    return true
  }

  /** @returns whether anything changed that can be seen */
  function applyOne(printer: ResolvedPrinter, old: ResolvedPrinter | undefined, oldKind: string | undefined): boolean {
    const another = old !== undefined && (!isDeepStrictEqual(old.sources[0], printer.sources[0]) || oldKind !== inForce.kindOf(printer))
    if (another || old === undefined) {
      end(printer.id)
      forget(printer.id)
    }
    const runner = runners.get(printer.id)
    if (!printer.enabled) {
      park(printer.id)
      return another || runner !== undefined
    }
    if (runner) return inform(printer, runner) || !isDeepStrictEqual(old, printer)
    begin(printer, another || old === undefined ? undefined : (parked.get(printer.id) ?? history.loadMemories().get(printer.id)))
    parked.delete(printer.id)
    return true
  }

  return {
    get: (printerId) => runners.get(printerId),
    all: () => runners.values(),
    start() {
      const memories = history.loadMemories()
      for (const printer of inForce.settings().printers) if (printer.enabled) begin(printer, memories.get(printer.id))
    },
    apply(before) {
      const olds = new Map(before.printers.map((printer) => [printer.id, printer]))
      const kinds = new Map(before.servers.map((server) => [server.id, server.kind]))
      const changed: string[] = []
      for (const printerId of olds.keys()) {
        if (inForce.printer(printerId)) continue
        end(printerId)
        forget(printerId)
        changed.push(printerId)
      }
      for (const printer of inForce.settings().printers) {
        const old = olds.get(printer.id)
        if (applyOne(printer, old, old && kinds.get(old.sources[0]?.serverId ?? ''))) changed.push(printer.id)
      }
      for (const printerId of changed) parts.onChanged(printerId)
    },
    inform(printerId) {
      const printer = inForce.printer(printerId)
      const runner = runners.get(printerId)
      if (printer && runner) inform(printer, runner)
    },
    stop() {
      for (const runner of runners.values()) runner.stop()
    },
  }
}
