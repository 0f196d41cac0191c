/** docs/requirements.md against the tests that exist. */

/**
 * @typedef {{ id: string, status: string, titles: string[] }} Row
 */

const FIRST = 1
const LAST = 70
/** Rows that are built: they may not fall back to "later". Each issue adds its own when it is done. */
export const BUILT = ['R07', 'R12', 'R13', 'R14', 'R15', 'R16', 'R17', 'R18', 'R20', 'R37', 'R58', 'R61', 'R67', 'R05', 'R33', 'R34', 'R35', 'R36', 'R42', 'R56', 'R60', 'R62', 'R63', 'R01', 'R02', 'R03', 'R04', 'R06', 'R19', 'R21', 'R23', 'R24', 'R25', 'R26', 'R29', 'R31', 'R32', 'R38', 'R54', 'R55', 'R57', 'R69']
const STATUS = /^(done|later: .+|not applicable: .+)$/

/**
 * Rows of the form | R13 | meaning | status | `title`<br>`title` |; other lines are text.
 * @param {string} markdown
 * @returns {Row[]}
 */
export function readTable(markdown) {
  const rows = []
  for (const line of markdown.split('\n')) {
    const cells = line.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|'))
    if (!/^R\d\d$/.test(cells[1] ?? '')) continue
    rows.push({ id: cells[1], status: cells[3] ?? '', titles: [...(cells[4] ?? '').matchAll(/`([^`]+)`/g)].map((match) => match[1]) })
  }
  return rows
}

/**
 * The titles of all tests and suites in a file, by TypeScript's own parser. What a template puts in counts as "…"; what is
 * always skipped or only planned counts not at all.
 * @param {import('typescript')} ts
 * @param {string} path
 * @param {string} source
 * @returns {string[]}
 */
export function readTitles(ts, path, source) {
  const titles = []
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.Latest, false)
  const chain = (node) => {
    if (ts.isIdentifier(node)) return [node.text]
    if (ts.isCallExpression(node)) return chain(node.expression)
    if (ts.isTaggedTemplateExpression(node)) return chain(node.tag)
    return ts.isPropertyAccessExpression(node) ? [...chain(node.expression), node.name.text] : []
  }
  const text = (node) => {
    if (ts.isStringLiteralLike(node)) return node.text
    return ts.isTemplateExpression(node) ? node.head.text + node.templateSpans.map((span) => `…${span.literal.text}`).join('') : null
  }
  const visit = (node) => {
    if (ts.isCallExpression(node)) {
      const [runner, ...modifiers] = chain(node.expression)
      const title = node.arguments[0] && text(node.arguments[0])
      if (title && ['it', 'test', 'describe'].includes(runner) && !modifiers.includes('skip') && !modifiers.includes('todo')) titles.push(title)
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  return titles
}

/**
 * @param {Row[]} rows
 * @param {readonly string[]} titles of all test files
 * @param {readonly string[]} [built]
 * @returns {string[]} what is wrong, one sentence each; empty when all is well
 */
export function problems(rows, titles, built = BUILT) {
  const wrong = []
  const known = new Set(titles)
  for (let number = FIRST; number <= LAST; number++) {
    const id = `R${String(number).padStart(2, '0')}`
    const count = rows.filter((row) => row.id === id).length
    if (count !== 1) wrong.push(`${id}: has ${count} rows in docs/requirements.md, must have one`)
  }
  for (const { id, status, titles: named } of rows) {
    if (!STATUS.test(status)) wrong.push(`${id}: status "${status}" must be "done", "later: topic" or "not applicable: what there is instead"`)
    if (built.includes(id) && status !== 'done') wrong.push(`${id}: was built and may not become "${status}"`)
    if (status === 'done' && named.length === 0) wrong.push(`${id}: is done but names no test`)
    for (const title of named) {
      const exists = title.endsWith(':') ? titles.some((text) => text.startsWith(title)) : known.has(title)
      if (!exists) wrong.push(`${id}: no test is called "${title}"`)
    }
  }
  return wrong
}
