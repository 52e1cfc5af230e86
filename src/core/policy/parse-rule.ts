// Matching rules of dynamic groups: nested any/all over facts and tags of a resource. A trailing comma is let pass here, as it always was.
import type { Rule, RuleTest } from './ast.ts'
import { type Cursor, cursorOver, nameOf } from './cursor.ts'
import { type Fault, isError } from './fault.ts'
import { outgrown } from './lex.ts'
import { MAX_DEPTH } from './parse-condition.ts'
import { printRule } from './print.ts'

export type ParsedRule = { readonly rule: Rule | undefined; readonly faults: readonly Fault[] }

const facts = [
  'instance.id',
  'instance.compartment.id',
  'resource.id',
  'resource.compartment.id',
  'resource.type',
] as const
const tagPath = /^tag\.([A-Za-z0-9_@:-]+)\.([A-Za-z0-9_@:-]+)\.value$/i

/** What a word was probably meant to be: names are not known to a rule, only ids, and a tag ends in `.value`. */
const nearFact = (word: string): string | undefined => {
  const meant = facts.find((f) => f === word.replace(/\.name$/, '.id').replaceAll(/[_-]/g, '.'))
  if (meant) return `write \`${meant} = '…'\`, with an id`
  return /^tag\.[^.]+\.[^.]+$/.test(word) ? `write \`${word}.value\`` : undefined
}

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
      nearFact(variable),
    )
  c.take()
  const compares = operator(c)
  if (compares === undefined) {
    if (namespace === undefined || key === undefined) return c.expected('`=` or `!=`', 'operator-unknown')
    return { kind: 'tag', namespace, key, at: token.at, value: undefined }
  }
  if (c.peek().kind !== 'text')
    return c.expected(
      'a value in single quotes',
      'value-expected',
      c.peek().kind === 'word' ? `write \`'${c.peek().text.slice(0, 60)}'\`` : undefined,
    )
  const value = nameOf(c.take())
  if (namespace !== undefined && key !== undefined)
    return { kind: 'tag', namespace, key, at: token.at, value: { operator: compares, text: value } }
  return { kind: 'fact', variable: { text: variable, at: token.at }, operator: compares, value }
}

const atEdge = (c: Cursor): boolean => c.isMark(',') || c.isMark('}')

const infix = (c: Cursor): boolean => {
  if (!c.isWord('and') && !c.isWord('or')) return false
  const { at, text } = c.take()
  const group = text.toLowerCase() === 'or' ? 'any' : 'all'
  c.report(at, { code: 'infix', message: `\`${text}\` does not join rules`, fix: `write \`${group} { …, … }\`` })
  return true
}

const members = (c: Cursor, close: '}' | ')', depth: number): readonly Rule[] => {
  const out: Rule[] = []
  if (c.isMark(close)) c.expected('a rule', 'group-empty')
  while (!c.isMark(close) && c.peek().kind !== 'end') {
    const before = c.peek()
    const one = rule(c, depth + 1)
    if (one) out.push(one)
    else c.skipUntil(() => atEdge(c) || c.isMark(close))
    if (c.takeMark(',') || infix(c) || c.isMark(close) || c.peek().kind === 'end') continue
    c.expected(`\`,\` or \`${close}\``, 'comma-missing', 'add `,`')
    if (c.peek() === before || c.peek().kind === 'mark') c.take()
  }
  if (!c.takeMark(close)) c.expected(`\`${close}\``, 'brace-unclosed', `add \`${close}\``)
  return out
}

const rule = (c: Cursor, depth: number): Rule | undefined => {
  if (depth > MAX_DEPTH) {
    c.report(c.peek().at, { code: 'too-deep', message: `rules nest at most ${MAX_DEPTH} deep` })
    c.abandon()
    return undefined
  }
  for (const quantifier of ['any', 'all'] as const)
    if (c.takeWord(quantifier)) {
      const open = c.peek()
      if (c.takeMark('{')) return { kind: 'group', quantifier, of: members(c, '}', depth) }
      if (!c.takeMark('('))
        return c.expected(`\`{\` after \`${quantifier}\``, 'brace-expected', `write \`${quantifier} { …, … }\``)
      c.report(open.at, {
        code: 'parentheses',
        message: 'rules are grouped with braces',
        fix: `write \`${quantifier} { … }\``,
      })
      return { kind: 'group', quantifier, of: members(c, ')', depth) }
    }
  if (c.takeMark('{')) {
    c.expected('`any` or `all` before the group', 'group-kind-missing', 'write `all { … }` or `any { … }`')
    return { kind: 'group', quantifier: 'all', of: members(c, '}', depth) }
  }
  return test(c)
}

export const parseRule = (text: string): ParsedRule => {
  const c = cursorOver(text)
  const read = c.peek().kind === 'end' ? c.expected('a rule', 'rule-missing') : rule(c, 0)
  while (c.errors() === 0 && infix(c)) rule(c, 0)
  if (c.errors() === 0 && c.isMark(','))
    c.report(c.peek().at, {
      code: 'rule-list',
      message: 'several rules must say how they are joined',
      fix: 'write `any { …, … }` or `all { …, … }`',
    })
  else if (c.errors() === 0 && c.peek().kind !== 'end') c.expected('the end of the rule', 'trailing-text')
  const faults = c.faults()
  if (faults.some(isError) || read === undefined) return { rule: undefined, faults }
  const long = outgrown(text, () => printRule(read))
  return long ? { rule: undefined, faults: [long] } : { rule: read, faults }
}
