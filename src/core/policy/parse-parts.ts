// What a statement lets or forbids, and where. Each part reports what is wrong with it and returns undefined; the statement goes on with
// the next part.
import type { Action, FarPlace, Name, Place, Verb } from './ast.ts'
import { type Cursor, mayName, nameOf } from './cursor.ts'
import { checkedName, idAfter, isForgotten } from './parse-names.ts'
import { isPermission, namesPlace, placeFix, typeFix, verbFix } from './remedies.ts'
import { isVerb, ladder } from './verbs.ts'

const wordName = /^[A-Za-z0-9._-]+$/
const verbWords = 'inspect`, `read`, `use` or `manage'

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
  c.expected(`\`${verbWords}\``, 'verb-unknown', verbFix(token))
  if (token.kind === 'word' && c.peek(1).kind === 'word' && !c.isWord('in')) c.take()
  return undefined
}

export const resourceType = (c: Cursor): Name | undefined => {
  const token = c.peek()
  if (token.kind !== 'word' || c.isWord('in') || c.isWord('where'))
    return c.expected('a resource-type', 'resource-type-missing', typeFix(c))
  if (!wordName.test(token.text)) return c.expected('a resource-type', 'resource-type-malformed')
  return { ...nameOf(c.take()), text: token.text.toLowerCase() }
}

const permissions = (c: Cursor): readonly Name[] | undefined => {
  c.take()
  const out: Name[] = []
  do {
    const token = c.peek()
    if (token.kind !== 'word' || !/^[A-Za-z0-9_-]+$/.test(token.text))
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
    const named =
      c.peek().kind === 'word' && !c.isWord('in') && !c.isWord('where') && !c.isWord('with') && !namesPlace(c)
    return { kind: 'permissions', permissions: list, resourceType: named ? resourceType(c) : undefined }
  }
  if (!said && !isVerb(c.peek())) {
    if (c.errors() > 0) return undefined // the missing `to` was reported with the subject
    return c.expected('`to`', 'to-missing', 'add `to`')
  }
  const alone = isPermission(c.peek())
  const word = verb(c, denies)
  if (alone) return undefined // permissions without their braces have no type behind them
  const type = resourceType(c)
  return word && type && { kind: 'verb', verb: word, resourceType: type }
}

export const action = (c: Cursor, denies: boolean): Action | undefined => {
  const before = c.errors()
  const out = actionOf(c, denies)
  const follows = (): boolean => c.isWord('in') || c.isWord('where') || c.isWord('with') || namesPlace(c)
  if ((c.isMark(',') || c.isWord('and') || c.isWord('or')) && out)
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

const nearFix = 'add `in tenancy` or `in compartment NAME`'

/** A location without its `in` is still read. */
const takeIn = (c: Cursor, fix: string): boolean => {
  if (c.takeWord('in')) return true
  if (!namesPlace(c)) c.expected('where it holds', 'location-missing', fix)
  else c.expected('`in`', 'in-expected', 'add `in`')
  return namesPlace(c)
}

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
      out.push(checkedName(c, token))
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
  if (!takeIn(c, nearFix)) return undefined
  return placeAfterIn(c)
}

const placeAfterIn = (c: Cursor): Place | undefined => {
  if (c.takeWord('tenancy')) return { kind: 'tenancy' }
  if (!c.takeWord('compartment')) {
    c.expected('`tenancy` or `compartment`', 'location-malformed', placeFix(c, nearFix))
    return undefined
  }
  if (c.isWord('id')) {
    const id = idAfter(c, 'where', 'with', 'of')
    return id && { kind: 'compartment-id', id }
  }
  const names = path(c)
  return names && { kind: 'compartment', path: names }
}

const ofTenancy = (c: Cursor): Name | undefined => {
  if (!c.takeWord('of')) return undefined
  if (!c.takeWord('tenancy')) return c.expected('`tenancy` after `of`', 'location-malformed')
  return isForgotten(c) ? c.expected('the name of a tenancy', 'name-missing') : checkedName(c, c.take())
}

export const farPlace = (c: Cursor): FarPlace | undefined => {
  if (!takeIn(c, 'add `in tenancy NAME` or `in any-tenancy`')) return undefined
  if (c.takeWord('any-tenancy')) return { kind: 'any-tenancy' }
  const near = placeAfterIn(c)
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
