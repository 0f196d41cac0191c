/** The oldest Node that can run Printbell: [major, minor]. The same as "engines" in package.json. */
export const OLDEST = [20, 19]

/**
 * @param {string} version as in process.versions.node, "20.19.4"
 * @returns {string | null} what is wrong and what to do, or null when all is well
 */
export function nodeProblem(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return null
  return `Printbell needs Node ${OLDEST.join('.')} or newer, and this is ${version}. Install a current Node from https://nodejs.org and run the command again.`
}

/** Ends the process with status 1 and a readable message when Node is too old. */
export function requireNode() {
  const problem = nodeProblem(process.versions.node)
  if (problem === null) return
  process.stderr.write(`${problem}\n`)
  process.exit(1)
}
