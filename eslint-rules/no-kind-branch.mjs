/**
 * Shared code never branches on a kind of printer server or a kind of channel: the adapter or channel declares a
 * capability instead. Otherwise every new kind needs edits in a dozen rooms.
 *
 * Two things are reported: a string that is the name of a kind (option `kinds`), as a value or as a key of an object,
 * and any comparison of a property or variable called `serverKind` or `channel` with a string. `kind` alone is no sign:
 * the discriminated unions of the engine are told apart by a field of that name.
 */

const ALWAYS = new Set(['serverKind', 'channel'])
const COMPARISONS = new Set(['===', '!==', '==', '!='])

/** The last name of an identifier or member access ("a.b?.channel" gives "channel"), else null. */
function lastName(node) {
  if (node.type === 'ChainExpression' || node.type === 'TSNonNullExpression' || node.type === 'TSAsExpression') return lastName(node.expression)
  if (node.type === 'Identifier') return node.name
  if (node.type !== 'MemberExpression') return null
  if (!node.computed && node.property.type === 'Identifier') return node.property.name
  return node.computed && node.property.type === 'Literal' ? String(node.property.value) : null
}

const isString = (node) => (node.type === 'Literal' && typeof node.value === 'string') || (node.type === 'TemplateLiteral' && node.expressions.length === 0)

export const noKindBranch = {
  meta: {
    type: 'problem',
    docs: { description: 'shared code asks for capabilities, never for the kind of a server or channel' },
    schema: [{ type: 'object', properties: { kinds: { type: 'array', items: { type: 'string' } } }, additionalProperties: false }],
    messages: {
      compared: 'Shared code may not compare "{{name}}" with a name: ask for a declared capability, so that a new kind needs no edit here.',
      named: 'Shared code may not name the kind "{{name}}": only its own folder and the registry do. Declare a capability instead.',
    },
  },
  create(context) {
    const kinds = new Set(context.options[0]?.kinds ?? [])
    const compared = new Set()
    const report = (node, name) => {
      compared.add(node)
      context.report({ node, messageId: 'compared', data: { name } })
    }
    return {
      BinaryExpression(node) {
        if (!COMPARISONS.has(node.operator)) return
        for (const [side, other] of [[node.left, node.right], [node.right, node.left]]) {
          const name = lastName(side)
          if (name !== null && ALWAYS.has(name) && isString(other)) report(other, name)
        }
      },
      SwitchCase(node) {
        const name = lastName(node.parent.discriminant)
        if (node.test && name !== null && ALWAYS.has(name) && isString(node.test)) report(node.test, name)
      },
      CallExpression(node) {
        const { callee } = node
        if (callee.type !== 'MemberExpression' || callee.object.type !== 'ArrayExpression' || !node.arguments[0]) return
        const name = lastName(node.arguments[0])
        if (name !== null && ALWAYS.has(name) && callee.object.elements.some((element) => element && isString(element))) report(callee.object, name)
      },
      'Literal:exit'(node) {
        if (typeof node.value !== 'string' || !kinds.has(node.value) || compared.has(node)) return
        if (node.parent.type === 'ImportDeclaration' || node.parent.type === 'ArrayExpression' && compared.has(node.parent)) return
        context.report({ node, messageId: 'named', data: { name: node.value } })
      },
      Property(node) {
        if (node.computed || node.key.type !== 'Identifier' || node.parent.type !== 'ObjectExpression') return
        if (!node.shorthand && kinds.has(node.key.name)) context.report({ node: node.key, messageId: 'named', data: { name: node.key.name } })
      },
    }
  },
}
