// The parts that statements share: subject, action and place. Each reports what is wrong with it and returns undefined; the statement
// goes on with the next part.
import type { Action, FarPlace, Name, Place, Principal, Subject, Verb } from './ast.ts'
import { type Cursor, mayName, nameOf, shown } from './cursor.ts'
import type { Token } from './lex.ts'

const bareName = /^[A-Za-z0-9._-]+$/
const wordName = /^[A-Za-z0-9._-]+$/
const verbWords = 'inspect`, `read`, `use` or `manage'

const quoteFix = (text: string): string => `write \`'${text}'\``

/** A bare name holds fewer characters than an id (no `:`, `@`, `+`, `$`): there, a colon parts a path. */
const checkedName = (c: Cursor, token: Token): Name => {
  if (
    token.kind === 'word' &&
    !bareName.test(token.text) &&
    /^[\x21-\x7e]+$/.test(token.text) &&
    !/[<{]/.test(token.text)
  )
    c.report(token.at, {
      code: 'name-needs-quotes',
      message: `\`${token.text}\` holds characters that need quotes`,
      fix: quoteFix(token.text),
    })
  return nameOf(token)
}

/** `to` where a name should stand means that the name was forgotten, not that something is called `to`. */
const isForgotten = (c: Cursor): boolean => !mayName(c.peek()) || c.isWord('to')

const principal = (c: Cursor, what: string): Principal | undefined => {
  if (c.isWord('id') && mayName(c.peek(1)) && !c.isWord('to', 1)) {
    c.take()
    return { kind: 'id', id: nameOf(c.take()) }
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
  while (!isForgotten(c)) out.push(nameOf(c.take()))
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
  return c.expected('`group`, `dynamic-group`, `any-user`, `any-group`, `service` or `resource`', 'subject-expected')
}

const actionStarts = (c: Cursor): boolean => c.isWord('to') || c.isMark('{')

/** @param also a further word that may follow the subject (`of`, in Admit) */
export const subject = (c: Cursor, also?: string): Subject | undefined => {
  const from = c.peek()
  const out = subjectOf(c)
  const follows = (): boolean => actionStarts(c) || (also !== undefined && c.isWord(also))
  if (out && !follows() && !c.isWord('in')) {
    const spaced = out.kind === 'group' || out.kind === 'dynamic-group' || out.kind === 'service'
    c.expected(
      '`to`',
      'to-missing',
      spaced && mayName(c.peek()) ? 'put a name with spaces in single quotes' : 'add `to`',
    )
    if (from.kind !== 'end' && !isVerb(c.peek())) c.skipUntil(() => follows() || c.isWord('in') || c.isWord('where'))
  }
  if (!out) c.skipUntil(() => follows() || c.isWord('where'))
  return out
}

const ladder: { readonly [word: string]: Verb | 'associate' } = {
  inspect: 'inspect',
  read: 'read',
  use: 'use',
  manage: 'manage',
  associate: 'associate',
}
const isVerb = (token: Token): boolean => token.kind === 'word' && Object.hasOwn(ladder, token.text.toLowerCase())

/** `access` is no verb, yet well-known documentation denies it: in a Deny it is read as the lowest verb, which blocks everything. */
const verb = (c: Cursor, denies: boolean): Verb | 'associate' | undefined => {
  const token = c.peek()
  if (isVerb(token)) return ladder[c.take().text.toLowerCase()]
  if (c.isWord('access') && denies) {
    c.take()
    c.report(token.at, {
      severity: 'warning',
      code: 'verb-access',
      message: '`access` is not a verb; read as `inspect`, which denies everything',
      fix: 'write `inspect`',
    })
    return 'inspect'
  }
  c.expected(`\`${verbWords}\``, 'verb-unknown')
  if (token.kind === 'word' && c.peek(1).kind === 'word' && !c.isWord('in')) c.take()
  return undefined
}

const resourceType = (c: Cursor): Name | undefined => {
  const token = c.peek()
  if (token.kind !== 'word' || c.isWord('in') || c.isWord('where'))
    return c.expected('a resource-type', 'resource-type-missing')
  if (!wordName.test(token.text)) return c.expected('a resource-type', 'resource-type-malformed')
  return { ...nameOf(c.take()), text: token.text.toLowerCase() }
}

const permissions = (c: Cursor): readonly Name[] | undefined => {
  c.take()
  const out: Name[] = []
  do {
    const token = c.peek()
    if (token.kind !== 'word' || !/^[A-Za-z0-9_]+$/.test(token.text))
      return c.expected('a permission such as `USER_READ`', 'permission-expected')
    out.push({ text: c.take().text.toUpperCase(), at: token.at })
  } while (c.takeMark(','))
  return c.takeMark('}') ? out : c.expected('`,` or `}`', 'brace-unclosed', 'add `}`')
}

const actionOf = (c: Cursor, denies: boolean): Action | undefined => {
  const said = c.takeWord('to')
  if (c.isMark('{')) {
    const list = permissions(c)
    if (!list) return undefined
    const named = c.peek().kind === 'word' && !c.isWord('in') && !c.isWord('where') && !c.isWord('with')
    return { kind: 'permissions', permissions: list, resourceType: named ? resourceType(c) : undefined }
  }
  if (!said && !isVerb(c.peek())) {
    if (c.errors() > 0) return undefined // the missing `to` was reported with the subject
    return c.expected('`to`', 'to-missing', 'add `to`')
  }
  const word = verb(c, denies)
  const type = resourceType(c)
  return word && type && { kind: 'verb', verb: word, resourceType: type }
}

export const action = (c: Cursor, denies: boolean): Action | undefined => {
  const before = c.errors()
  const out = actionOf(c, denies)
  const follows = (): boolean => c.isWord('in') || c.isWord('where') || c.isWord('with')
  if (c.isMark(',') && out)
    c.report(c.peek().at, {
      code: 'several-resource-types',
      message: 'a statement names one resource-type',
      fix: 'write one statement for each',
    })
  else if (out && !follows() && c.peek().kind !== 'end' && c.errors() === before)
    c.expected('`in`', 'in-expected', c.isWord('resources') ? 'write `all-resources`' : undefined)
  if (!follows()) c.skipUntil(follows)
  return out
}

const placeFix = 'add `in tenancy` or `in compartment NAME`'

/** `A:B:C` arrives as one word, as words that begin or end with a colon, or as quoted names between them. */
const path = (c: Cursor): readonly Name[] | undefined => {
  const out: Name[] = []
  let wants = true
  while (mayName(c.peek())) {
    const token = c.peek()
    const joins = token.kind === 'word' && token.text.startsWith(':')
    if (!wants && !joins) break
    if (c.isWord('where') && wants && out.length === 0) break
    c.take()
    if (token.kind === 'text') {
      out.push(nameOf(token))
      wants = false
      continue
    }
    let at = token.at
    for (const [n, part] of token.text.split(':').entries()) {
      if (n > 0) {
        if (wants) return c.report(at - 1, { code: 'path-malformed', message: 'a name is missing beside `:`' })
        wants = true
      }
      if (part !== '') {
        out.push(checkedName(c, { ...token, text: part, at }))
        wants = false
      }
      at += part.length + 1
    }
  }
  if (wants) return c.expected('the name of a compartment', 'name-missing')
  return out
}

export const place = (c: Cursor): Place | undefined => {
  if (!c.takeWord('in')) return c.expected('where it holds', 'location-missing', placeFix)
  if (c.takeWord('tenancy')) return { kind: 'tenancy' }
  if (!c.takeWord('compartment')) {
    const fix = mayName(c.peek()) ? `write \`in compartment ${c.peek().text.slice(0, 60)}\`` : placeFix
    return c.expected('`tenancy` or `compartment`', 'location-malformed', fix)
  }
  if (c.isWord('id') && mayName(c.peek(1)) && !c.isWord('where', 1)) {
    c.take()
    return { kind: 'compartment-id', id: nameOf(c.take()) }
  }
  const names = path(c)
  return names && { kind: 'compartment', path: names }
}

const ofTenancy = (c: Cursor): Name | undefined => {
  if (!c.takeWord('of')) return undefined
  if (!c.takeWord('tenancy')) return c.expected('`tenancy` after `of`', 'location-malformed')
  return mayName(c.peek()) ? checkedName(c, c.take()) : c.expected('the name of a tenancy', 'name-missing')
}

export const farPlace = (c: Cursor): FarPlace | undefined => {
  if (!c.isWord('in'))
    return c.expected('where it holds', 'location-missing', 'add `in tenancy NAME` or `in any-tenancy`')
  if (c.isWord('any-tenancy', 1)) {
    c.take()
    c.take()
    return { kind: 'any-tenancy' }
  }
  const near = place(c)
  if (!near) return undefined
  if (near.kind === 'tenancy') {
    const named = mayName(c.peek()) && !c.isWord('where') && !c.isWord('with')
    return { kind: 'tenancy', name: named ? checkedName(c, c.take()) : undefined }
  }
  return { ...near, of: ofTenancy(c) }
}

/** The tenancy that an Admit takes the subject from. */
export const fromTenancy = (c: Cursor): { kind: 'tenancy'; name: Name } | { kind: 'any-tenancy' } | undefined => {
  if (c.isWord('any-tenancy', 1)) {
    c.take()
    c.take()
    return { kind: 'any-tenancy' }
  }
  const name = ofTenancy(c)
  return name && { kind: 'tenancy', name }
}

export { resourceType }
