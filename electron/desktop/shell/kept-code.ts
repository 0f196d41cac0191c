/**
 * Code that V8 compiled in an earlier run, so that the next one need not (docs/decisions/kept-code.md). Whatever is wrong with what was
 * kept, the source is compiled as if there were nothing.
 */
import { isAscii } from 'node:buffer'
import { readFileSync } from 'node:fs'
import Module, { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { constants, Script } from 'node:vm'
import { crc32 } from 'node:zlib'
import { replaceFile } from './replace-file.ts'

export interface KeptCode {
  /** Runs the file: a CommonJS module in Node's wrapper, as `Module.wrap` makes it. @throws what the module throws */
  run(): void
  /** Writes what V8 has compiled by now of it and of its parts that are loaded, unless what was there fitted. @throws Error when it can't be written */
  keep(): void
}

/** Checksums of the source that it belongs to and of what follows: V8 looks at the length of a source only, and at no damage. */
const HEAD = 8
/** How a module names a part of itself that lies beside it. */
const PART = /^\.\/[^/\\]+\.cjs$/

/**
 * @param file the module, absolute. What it loads from beside it ("./part.cjs") is kept likewise
 * @param folder where their code is kept, one file each; null = nowhere
 */
export function keptCode(file: string, folder: string | null): KeptCode {
  const loaded = new Map<string, { module: Module; keep(): void }>()

  function load(path: string): unknown {
    const known = loaded.get(path)
    if (known) return known.module.exports
    const { script, keep } = scriptOf(path, folder === null ? null : join(folder, basename(path, '.cjs')))
    const module = new Module(path)
    module.filename = path
    // A part that takes something of the whole finds it, however far that has come.
    loaded.set(path, { module, keep })
    const wrapper = script.runInThisContext() as (...parts: unknown[]) => void
    wrapper.call(module.exports, module.exports, requireOf(path), module, path, dirname(path))
    module.loaded = true
    return module.exports
  }

  function requireOf(path: string): NodeJS.Require {
    const plain = createRequire(path)
    return Object.assign((name: string): unknown => (PART.test(name) ? load(join(dirname(path), name)) : plain(name)), plain)
  }

  return {
    run: () => void load(file),
    keep() {
      for (const { keep } of loaded.values()) keep()
    },
  }
}

/** @param kept the file of its code; null = nowhere */
function scriptOf(path: string, kept: string | null): { script: Script; keep(): void } {
  const bytes = readFileSync(path)
  const sourceSum = crc32(bytes)
  const before = kept === null ? null : readKept(kept, sourceSum)
  const script = new Script(bytes.toString(isAscii(bytes) ? 'latin1' : 'utf8'), {
    filename: path,
    ...(before === null ? {} : { cachedData: before }),
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  })
  let fits = before !== null && script.cachedDataRejected === false
  return {
    script,
    keep() {
      if (kept === null || fits) return
      write(kept, sourceSum, script.createCachedData())
      fits = true
    },
  }
}

function write(kept: string, sourceSum: number, code: Buffer): void {
  const head = Buffer.alloc(HEAD)
  head.writeUInt32LE(sourceSum, 0)
  head.writeUInt32LE(crc32(code), 4)
  replaceFile(kept, Buffer.concat([head, code]))
}

/** Null = nothing is kept, or it is another source's, or damaged. */
function readKept(kept: string, sourceSum: number): Buffer | null {
  let bytes: Buffer
  try {
    bytes = readFileSync(kept)
  } catch {
    // Not there yet, or not to be read: then it is as if there were none, and the next keeping tells.
    return null
  }
  if (bytes.length <= HEAD || bytes.readUInt32LE(0) !== sourceSum) return null
  const code = bytes.subarray(HEAD)
  return bytes.readUInt32LE(4) === crc32(code) ? code : null
}
