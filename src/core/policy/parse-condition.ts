// `where …`: nested any/all groups and tests. Follows the grammar of the language; says what to write where people write `and`, `or`,
// parentheses or a group without its word.
import type { Condition, Name, Test, Value } from './ast.ts'
import { type Cursor, nameOf, shown } from './cursor.ts'
import { operatorFix } from './remedies.ts'

export const MAX_DEPTH = 32
// one segment parses too: whether such a variable exists is asked when the statement is written
const dotted = /^(?!(?:and|or|where|in)$)[A-Za-z][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_@:$+-]+)*$/i
const aVariable = 'a variable such as `request.user.name`'

const startsTest = (c: Cursor): boolean => c.peek().kind === 'word' || c.isMark('!') || c.isMark('{') || c.isMark('(')

const variable = (c: Cursor): Name | undefined => {
  const token = c.peek()
  if (token.kind !== 'word' || !dotted.test(token.text)) {
    const turned = token.kind === 'text' && (c.isMark('=', 1) || c.isMark('!=', 1))
    return c.expected(aVariable, 'variable-expected', turned ? 'write the variable first, then the value' : undefined)
  }
  return nameOf(c.take())
}

const isVariable = (word: string): boolean => /^(?:request|target)\./i.test(word) && dotted.test(word)

const value = (c: Cursor): Value | undefined => {
  const token = c.peek()
  if (token.kind === 'text' || token.kind === 'pattern') return { kind: token.kind, ...nameOf(c.take()) }
  if (token.kind !== 'word') return c.expected('a value in single quotes', 'value-expected')
  c.take()
  if (isVariable(token.text)) return { kind: 'variable', ...nameOf(token) }
  c.report(token.at, {
    severity: 'warning',
    code: 'value-bare',
    message: `the value \`${token.text}\` is not in quotes`,
    fix: `write \`'${token.text}'\``,
  })
  return { kind: 'bare', ...nameOf(token) }
}

const instant = (c: Cursor): Name | undefined => {
  const token = c.peek()
  if (token.kind === 'text') return nameOf(c.take())
  const bare = token.kind === 'word' && /^\d/.test(token.text)
  return c.expected('a time in single quotes', 'time-expected', bare ? `write \`'${token.text}'\`` : undefined)
}

const values = (c: Cursor): readonly Value[] | undefined => {
  if (!c.takeMark('(')) return c.expected('`(` and a list of values', 'list-expected', "write `('a', 'b')`")
  const out: Value[] = []
  do {
    const one = value(c)
    if (!one) return undefined
    out.push(one)
  } while (c.takeMark(','))
  return c.takeMark(')') ? out : c.expected('`,` or `)`', 'parenthesis-unclosed', 'add `)`')
}

const single = (c: Cursor): readonly Value[] | undefined => {
  const one = value(c)
  return one && [one]
}

const texts = (all: readonly Value[]): readonly Name[] => all.map(({ text, at }) => ({ text, at }))

const sets = (c: Cursor, operator: 'intersect' | 'equal'): Test | undefined => {
  c.take()
  if (!c.takeMark('(')) return c.expected(`\`(\` after \`sets-${operator}\``, 'list-expected')
  const left = variable(c)
  if (!left) return undefined
  if (!c.takeMark(',')) return c.expected('`,`', 'comma-missing')
  const bracketed = c.isMark('(')
  const listed = bracketed ? values(c) : single(c)
  if (!listed) return undefined
  const odd = listed.find((v) => v.kind === 'pattern' || (v.kind === 'variable' && bracketed))
  if (odd)
    return c.report(odd.at, {
      code: 'value-expected',
      message: `\`sets-${operator}\` compares with texts or with one variable`,
      fix: "write `('a', 'b')`",
    })
  if (!c.takeMark(')')) return c.expected('`)`', 'parenthesis-unclosed')
  const [first] = listed
  return { kind: 'sets', operator, variable: left, other: first?.kind === 'variable' ? first : texts(listed) }
}

const ended = (c: Cursor): boolean =>
  c.peek().kind === 'end' || c.isMark(',') || c.isMark('}') || c.isMark(')') || c.isWord('and') || c.isWord('or')

const operation = (c: Cursor, left: Name): Test | undefined => {
  if (c.isMark('=') || c.isMark('!=')) {
    const operator = c.take().text === '=' ? '=' : '!='
    const right = value(c)
    return right && { kind: 'compare', variable: left, operator, value: right }
  }
  const negated = c.isWord('not') && c.isWord('in', 1)
  if (negated) c.take()
  if (c.takeWord('in')) {
    const list = values(c)
    return list && { kind: 'in', variable: left, negated, values: list }
  }
  if (c.isWord('before') || c.isWord('after')) {
    const kind = c.take().text.toLowerCase() === 'before' ? 'before' : 'after'
    const at = instant(c)
    return at && { kind, variable: left, instant: at }
  }
  if (c.takeWord('between')) {
    const from = instant(c)
    if (!from) return undefined
    if (!c.takeWord('and')) return c.expected('`and` and the end of the window', 'and-expected', 'write `and`')
    const to = instant(c)
    return to && { kind: 'between', variable: left, from, to }
  }
  if (ended(c)) return { kind: 'present', variable: left }
  return c.expected('`=`, `!=`, `in`, `not in`, `before`, `after` or `between`', 'operator-unknown', operatorFix(c))
}

/** `not v` asks whether there is no value; it turns no test round, and no group. */
const absence = (c: Cursor): Test | undefined => {
  const { at } = c.take()
  const group = (c.isWord('any') || c.isWord('all') ? 1 : 0) as 0 | 1
  if (c.isMark('{', group))
    return c.report(at, {
      code: 'not-group',
      message: '`not` stands before a variable, not before a group',
      fix: 'turn its conditions round one by one',
    })
  const left = variable(c)
  if (!left || ended(c)) return left && { kind: 'absent', variable: left }
  return c.report(at, {
    code: 'not-test',
    message: '`not` with a variable asks whether it is missing, and compares nothing',
    fix: `write \`${left.text.slice(0, 60)} != …\` or \`… not in (…)\``,
  })
}

const test = (c: Cursor): Test | undefined => {
  if (c.isMark('!') || (c.isWord('not') && !c.isWord('in', 1))) {
    return absence(c)
  }
  if (c.isWord('sets-intersect')) return sets(c, 'intersect')
  if (c.isWord('sets-equal')) return sets(c, 'equal')
  const left = variable(c)
  return left && operation(c, left)
}

/** A test that did not parse is left behind up to the next comma or brace of its own group. */
const afterFault = (c: Cursor): void => {
  let open = 0
  c.skipUntil(() => {
    if (c.isMark('{') || c.isMark('(')) open++
    else if (c.isMark('}') || c.isMark(')')) {
      if (open === 0 && c.isMark('}')) return true
      open = Math.max(0, open - 1)
    } else if (open === 0 && c.isMark(',')) return true
    return false
  })
}

const infix = (c: Cursor): boolean => {
  if (!c.isWord('and') && !c.isWord('or')) return false
  const word = c.peek().text
  c.report(c.peek().at, {
    code: 'infix',
    message: `\`${word}\` does not join conditions`,
    fix: `write \`${word.toLowerCase() === 'or' ? 'any' : 'all'} { …, … }\``,
  })
  c.take()
  return true
}

const members = (c: Cursor, close: '}' | ')', depth: number): readonly Condition[] => {
  const out: Condition[] = []
  if (c.isMark(close)) {
    c.expected('a condition', 'group-empty', 'put one in, or remove the group')
    c.take()
    return out
  }
  for (;;) {
    const one = condition(c, depth + 1)
    if (one) out.push(one)
    if (infix(c)) continue
    if (c.takeMark(',')) {
      if (!c.isMark(close)) continue
      c.expected('a condition after `,`', 'comma-trailing', 'remove the last `,`')
    }
    if (c.takeMark(close)) return out
    if (c.peek().kind === 'end') {
      c.expected(`\`${close}\``, 'brace-unclosed', `add \`${close}\``)
      return out
    }
    if (startsTest(c)) {
      c.expected('`,` between conditions', 'comma-missing', 'add `,`')
      continue
    }
    c.expected(`\`,\` or \`${close}\``, 'condition-malformed')
    c.take()
  }
}

const group = (c: Cursor, quantifier: 'any' | 'all', depth: number): Condition => {
  const open = c.take()
  if (open.text === '(')
    c.report(open.at, {
      code: 'parentheses',
      message: 'conditions are grouped with braces',
      fix: `write \`${quantifier} { … }\``,
    })
  return { kind: 'group', quantifier, of: members(c, open.text === '(' ? ')' : '}', depth) }
}

export const condition = (c: Cursor, depth = 0): Condition | undefined => {
  if (depth > MAX_DEPTH) {
    c.report(c.peek().at, {
      code: 'too-deep',
      message: `conditions nest at most ${MAX_DEPTH} deep`,
      fix: 'split the statement',
    })
    c.abandon()
    return undefined
  }
  const opens = (ahead: number): boolean => c.isMark('{', ahead) || c.isMark('(', ahead)
  if ((c.isWord('any') || c.isWord('all')) && opens(1))
    return group(c, c.take().text.toLowerCase() === 'any' ? 'any' : 'all', depth)
  if (opens(0)) {
    c.report(c.peek().at, {
      code: 'group-kind-missing',
      message: `expected \`any\` or \`all\` before ${shown(c.peek())}`,
      fix: 'write `all { … }` or `any { … }`',
    })
    return group(c, 'all', depth)
  }
  if (c.isWord('any') || c.isWord('all')) {
    c.take()
    return c.expected('`{` after `any` or `all`', 'brace-expected', 'write `all { …, … }`')
  }
  const one = test(c)
  if (!one) afterFault(c)
  return one
}

/** The condition after `where`, which ends the statement. */
export const whereClause = (c: Cursor): Condition | undefined => {
  const first = condition(c)
  while (infix(c)) condition(c)
  return first
}
