/**
 * Code that V8 compiled in an earlier run, so that the next one need not (docs/decisions/kept-code.md). Whatever is wrong with what was
 * kept, the source is compiled as if there were nothing.
 */
import { isAscii } from 'node:buffer'
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import Module, { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { constants, Script } from 'node:vm'
import { crc32 } from 'node:zlib'

export interface KeptCode {
  /** Runs the file as the CommonJS module that it is. @throws what the module throws */
  run(): void
  /** Writes what V8 has compiled by now, unless what was there fitted. @throws Error when it can't be written */
  keep(): void
}

/** Checksums of the source that it belongs to and of what follows: V8 looks at the length of a source only, and at no damage. */
const HEAD = 8

/**
 * @param file the module, absolute
 * @param kept where its code is kept; null = nowhere
 */
export function keptCode(file: string, kept: string | null): KeptCode {
  const bytes = readFileSync(file)
  const sourceSum = crc32(bytes)
  const before = kept === null ? null : readKept(kept, sourceSum)
  const script = new Script(Module.wrap(bytes.toString(isAscii(bytes) ? 'latin1' : 'utf8')), {
    filename: file,
    ...(before === null ? {} : { cachedData: before }),
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  })
  const fits = before !== null && script.cachedDataRejected === false
  return {
    run() {
      const require = createRequire(file)
      const module = new Module(file)
      module.filename = file
      // What it loads later takes parts of it from here.
      require.cache[file] = module
      const wrapper = script.runInThisContext() as (...parts: unknown[]) => void
      wrapper.call(module.exports, module.exports, require, module, file, dirname(file))
      module.loaded = true
    },
    keep() {
      if (kept === null || fits) return
      const code = script.createCachedData()
      const head = Buffer.alloc(HEAD)
      head.writeUInt32LE(sourceSum, 0)
      head.writeUInt32LE(crc32(code), 4)
      const fresh = `${kept}.new`
      mkdirSync(dirname(kept), { recursive: true })
      writeFileSync(fresh, Buffer.concat([head, code]), { mode: 0o600 })
      try {
        renameSync(fresh, kept)
      } catch (error) {
        rmSync(fresh, { force: true })
        throw error
      }
    },
  }
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
