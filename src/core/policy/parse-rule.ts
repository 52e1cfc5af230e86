// Matching rules of dynamic groups: nested any/all over facts and tags of a resource. A trailing comma is let pass here, as it always was.
import type { Rule, RuleTest } from './ast.ts'
import { type Cursor, cursorOver, nameOf } from './cursor.ts'
import { type Fault, isError } from './fault.ts'
import { MAX_DEPTH } from './parse-condition.ts'

export type ParsedRule = { readonly rule: Rule | undefined; readonly faults: readonly Fault[] }

const facts = [
  'instance.id',
  'instance.compartment.id',
  'resource.id',
  'resource.compartment.id',
  'resource.type',
] as const
const tagPath = /^tag\.([A-Za-z0-9_@:-]+)\.([A-Za-z0-9_@:-]+)\.value$/i

const operator = (c: Cursor): '=' | '!=' | undefined =>
  c.isMark('=') || c.isMark('!=') ? (c.take().text === '=' ? '=' : '!=') : undefined

const test = (c: Cursor): RuleTest | undefined => {
  const token = c.peek()
  const variable = token.kind === 'word' ? token.text.toLowerCase() : ''
  const [, namespace, key] = (token.kind === 'word' && tagPath.exec(token.text)) || []
  if (namespace === undefined && !facts.some((f) => f === variable))
    return c.expected(
      `${facts.map((f) => `\`${f}\``).join(', ')} or \`tag.NAMESPACE.KEY.value\``,
      'rule-variable-unknown',
    )
  c.take()
  const compares = operator(c)
  if (compares === undefined) {
    if (namespace === undefined || key === undefined) return c.expected('`=` or `!=`', 'operator-unknown')
    return { kind: 'tag', namespace, key, at: token.at, value: undefined }
  }
  if (c.peek().kind !== 'text') return c.expected('a value in single quotes', 'value-expected')
  const value = nameOf(c.take())
  if (namespace !== undefined && key !== undefined)
    return { kind: 'tag', namespace, key, at: token.at, value: { operator: compares, text: value } }
  return { kind: 'fact', variable: { text: variable, at: token.at }, operator: compares, value }
}

const members = (c: Cursor, depth: number): readonly Rule[] => {
  const out: Rule[] = []
  for (;;) {
    if (c.isMark('}') && out.length > 0) break
    const one = rule(c, depth + 1)
    if (one) out.push(one)
    else c.skipUntil(() => c.isMark(',') || c.isMark('}'))
    if (c.takeMark(',')) continue
    if (c.isMark('}') || c.peek().kind === 'end') break
    c.expected('`,` or `}`', 'comma-missing', 'add `,`')
    c.skipUntil(() => c.isMark(',') || c.isMark('}'))
    c.takeMark(',')
  }
  if (!c.takeMark('}')) c.expected('`}`', 'brace-unclosed', 'add `}`')
  return out
}

const rule = (c: Cursor, depth: number): Rule | undefined => {
  if (depth > MAX_DEPTH) {
    c.report(c.peek().at, { code: 'too-deep', message: `rules nest at most ${MAX_DEPTH} deep` })
    c.skipUntil(() => false)
    return undefined
  }
  for (const quantifier of ['any', 'all'] as const)
    if (c.takeWord(quantifier)) {
      if (!c.takeMark('{')) return c.expected(`\`{\` after \`${quantifier}\``, 'brace-expected')
      return { kind: 'group', quantifier, of: members(c, depth) }
    }
  return test(c)
}

export const parseRule = (text: string): ParsedRule => {
  const c = cursorOver(text)
  const read = rule(c, 0)
  if (c.errors() === 0 && c.isMark(','))
    c.report(c.peek().at, {
      code: 'rule-list',
      message: 'several rules must say how they are joined',
      fix: 'write `any { …, … }` or `all { …, … }`',
    })
  else if (c.errors() === 0 && c.peek().kind !== 'end') c.expected('the end of the rule', 'trailing-text')
  const faults = c.faults()
  return { rule: faults.some(isError) ? undefined : read, faults }
}
