// Whom a statement is about. One kind of subject per statement; each fault is told and the statement goes on with its action.
import type { Name, Principal, Subject } from './ast.ts'
import { type Cursor, mayName, shown } from './cursor.ts'
import { checkedId, checkedName, idAfter, isForgotten } from './parse-names.ts'
import { subjectFix, toFix } from './remedies.ts'
import { isVerb } from './verbs.ts'

const principal = (c: Cursor, what: string): Principal | undefined => {
  if (c.isWord('id')) {
    const id = idAfter(c, 'to', 'of')
    return id && { kind: 'id', id }
  }
  if (isForgotten(c)) return c.expected(`the name of a ${what}`, 'name-missing')
  const first = c.take()
  if (!c.takeMark('/')) {
    if (first.kind === 'text' && first.text.includes('/'))
      c.report(first.at, {
        severity: 'warning',
        code: 'slash-in-quotes',
        message: `\`'${first.text}'\` is one name with a slash in it`,
        fix: `for a ${what} of a domain write \`'${first.text.split('/').join("'/'")}'\``,
      })
    return { kind: 'name', domain: undefined, name: checkedName(c, first) }
  }
  if (isForgotten(c)) return c.expected(`the name of a ${what} after the domain`, 'name-missing')
  return { kind: 'name', domain: checkedName(c, first), name: checkedName(c, c.take()) }
}

const principals = (c: Cursor, kind: 'group' | 'dynamic-group'): readonly Principal[] | undefined => {
  const out: Principal[] = []
  do {
    if ((c.isWord('group') || c.isWord('dynamic-group')) && mayName(c.peek(1)) && !c.isWord('to', 1)) {
      c.report(c.peek().at, {
        code: 'subject-repeated',
        message: `${shown(c.peek())} is said once for the whole list, and a statement has one kind of subject`,
        fix: 'write `group A, B`, or a second statement',
      })
      c.take()
    }
    const one = principal(c, kind)
    if (!one) return undefined
    out.push(one)
  } while (c.takeMark(','))
  return out
}

const serviceNames = (c: Cursor): readonly Name[] | undefined => {
  const out: Name[] = []
  do {
    if (isForgotten(c)) return c.expected('the name of a service', 'name-missing')
    out.push(checkedName(c, c.take()))
  } while (c.takeMark(','))
  return out
}

const resourceWords = (c: Cursor): readonly Name[] | undefined => {
  const out: Name[] = []
  while (!isForgotten(c) && !c.isWord('of')) out.push(checkedId(c, c.take()))
  return out.length > 0 ? out : c.expected('the kind of a resource', 'name-missing')
}

const subjectOf = (c: Cursor): Subject | undefined => {
  for (const kind of ['any-user', 'any-group'] as const) if (c.takeWord(kind)) return { kind }
  for (const kind of ['group', 'dynamic-group'] as const)
    if (c.takeWord(kind)) {
      const all = principals(c, kind)
      return all && { kind, principals: all }
    }
  if (c.takeWord('service')) {
    const names = serviceNames(c)
    return names && { kind: 'service', names }
  }
  if (c.takeWord('resource')) {
    const words = resourceWords(c)
    return words && { kind: 'resource', words }
  }
  const fix = subjectFix(c, ['group', 'dynamic-group', 'any-user', 'any-group', 'service', 'resource'])
  return c.expected(
    '`group`, `dynamic-group`, `any-user`, `any-group`, `service` or `resource`',
    'subject-expected',
    fix,
  )
}

const actionStarts = (c: Cursor): boolean => c.isWord('to') || c.isMark('{')

/** @param also a further word that may follow the subject (`of`, in Admit) */
export const subject = (c: Cursor, also?: string): Subject | undefined => {
  const from = c.peek()
  const out = subjectOf(c)
  const follows = (): boolean => actionStarts(c) || (also !== undefined && c.isWord(also))
  if (out && !follows() && !c.isWord('in')) {
    const spaced = out.kind === 'group' || out.kind === 'dynamic-group' || out.kind === 'service'
    c.expected('`to`', 'to-missing', toFix(c, spaced))
    if (from.kind !== 'end' && !isVerb(c.peek())) c.skipUntil(() => follows() || c.isWord('in') || c.isWord('where'))
  }
  if (!out) c.skipUntil(() => follows() || c.isWord('where'))
  return out
}
