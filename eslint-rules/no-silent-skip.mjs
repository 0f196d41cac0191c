/**
 * A test may be left out only by name and with a reason that the run prints: the title holds "(skipped: reason)".
 * `.only` is never committed: it leaves out all others silently.
 */

const RUNNERS = new Set(['it', 'test', 'describe', 'suite'])
const LEAVES_OUT = new Set(['skip', 'todo', 'skipIf', 'runIf'])

/** The names along `it.concurrent.skipIf(x)(...)`: its root and every modifier. */
function chain(node) {
  if (node.type === 'Identifier') return { root: node.name, modifiers: [] }
  if (node.type === 'CallExpression') return chain(node.callee)
  if (node.type !== 'MemberExpression' || node.computed) return { root: null, modifiers: [] }
  const before = chain(node.object)
  return { root: before.root, modifiers: [...before.modifiers, node.property.name] }
}

/**
 * All the fixed text of an expression that makes a title.
 * @param {(identifier: object) => object | null} lookUp the value that a constant was given
 */
function fixedText(node, lookUp) {
  if (!node) return ''
  const inner = (part) => fixedText(part, lookUp)
  if (node.type === 'Literal') return String(node.value)
  if (node.type === 'TemplateLiteral') return node.quasis.map((quasi) => quasi.value.cooked).join('') + node.expressions.map(inner).join('')
  if (node.type === 'ConditionalExpression') return inner(node.consequent) + inner(node.alternate)
  if (node.type === 'BinaryExpression') return inner(node.left) + inner(node.right)
  return node.type === 'Identifier' ? inner(lookUp(node)) : ''
}

/** What `const name = value` in this file gave the name, else null. */
function constant(scope, { name }) {
  for (let at = scope; at; at = at.upper) {
    const definition = at.set.get(name)?.defs[0]
    if (definition) return definition.type === 'Variable' && definition.parent.kind === 'const' ? definition.node.init : null
  }
  return null
}

export const noSilentSkip = {
  meta: {
    type: 'problem',
    docs: { description: 'a skipped test tells its reason in its title' },
    schema: [],
    messages: {
      only: '.only leaves out every other test without saying so: remove it.',
      reason: 'A test that may be left out says why in its title, "(skipped: reason)", because the run lists every skip with its reason.',
      inside: 'The report of a run holds no reason for a test that skips itself: find out before, and use it.skipIf(x)(`title (skipped: reason)`).',
    },
  },
  create(context) {
    return {
      CallExpression(node) {
        const { root, modifiers } = chain(node.callee)
        if (root === null || !RUNNERS.has(root)) {
          const inTest = node.callee.type === 'MemberExpression' && node.callee.property.name === 'skip' && ['ctx', 'context', 't'].includes(root)
          if (inTest) context.report({ node, messageId: 'inside' })
          return
        }
        if (modifiers.includes('only')) {
          context.report({ node, messageId: 'only' })
          return
        }
        // `it.skipIf(x)` alone is the inner call of `it.skipIf(x)(title, ...)`; the outer one carries the title.
        const isInner = node.parent.type === 'CallExpression' && node.parent.callee === node
        if (isInner || !modifiers.some((name) => LEAVES_OUT.has(name))) return
        const lookUp = (identifier) => constant(context.sourceCode.getScope(node), identifier)
        if (!fixedText(node.arguments[0], lookUp).includes('(skipped: ')) context.report({ node, messageId: 'reason' })
      },
    }
  },
}
