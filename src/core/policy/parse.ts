// Text → statement. Reports every fault it can find, not the first: each part is read on its own and the next one is looked for after a
// fault. A statement comes back only when there is no error; warnings come with it.
import type {
  Action,
  Admit,
  Condition,
  Define,
  Endorse,
  FarPlace,
  Grant,
  Partner,
  Place,
  Statement,
  Subject,
} from './ast.ts'
import { type Cursor, cursorOver, mayName, shown } from './cursor.ts'
import { type Fault, isError } from './fault.ts'
import { outgrown } from './lex.ts'
import { whereClause } from './parse-condition.ts'
import { checkedId, checkedName } from './parse-names.ts'
import { action, farPlace, fromTenancy, place, resourceType } from './parse-parts.ts'
import { subject } from './parse-subject.ts'
import { printStatement } from './print.ts'
import { restFix, startFix } from './remedies.ts'

export type Parsed = { readonly statement: Statement | undefined; readonly faults: readonly Fault[] }

const starts = ['allow', 'deny', 'endorse', 'admit', 'define'] as const
const subjects = ['group', 'dynamic-group', 'any-user', 'any-group', 'service', 'resource'] as const
const far = ['endorse', 'admit'] as const
const definable = ['tenancy', 'group', 'dynamic-group', 'compartment'] as const

const where = (c: Cursor): Condition | undefined => {
  if (!c.takeWord('where')) return undefined
  if (c.peek().kind === 'end')
    return c.expected('a condition after `where`', 'condition-missing', 'add one, or leave out `where`')
  return whereClause(c)
}

const grant = (c: Cursor, kind: 'allow' | 'deny'): Partial<Grant> => {
  const who = subject(c)
  const what = action(c, kind === 'deny')
  if (what?.kind === 'verb' && what.verb === 'associate')
    c.report(what.resourceType.at, {
      code: 'associate-near',
      message: '`associate` joins resources of two tenancies',
      fix: 'use it in Endorse and Admit only',
    })
  const at = place(c)
  return { kind, ...defined({ subject: who, action: what, place: at }), where: where(c) }
}

const partner = (c: Cursor): Partner | undefined => {
  if (!c.takeWord('with')) return undefined
  const type = resourceType(c)
  const at = farPlace(c)
  return type && at && { resourceType: type, place: at }
}

const endorse = (c: Cursor, deny: boolean): Partial<Endorse> => {
  const who = subject(c)
  const what = action(c, deny)
  const at = farPlace(c)
  return {
    kind: 'endorse',
    deny,
    ...defined({ subject: who, action: what, place: at }),
    partner: partner(c),
    where: where(c),
  }
}

const hereOf = (near: Place | undefined): FarPlace | undefined =>
  near && (near.kind === 'tenancy' ? { ...near, name: undefined } : { ...near, of: undefined })

const admit = (c: Cursor, deny: boolean): Partial<Admit> => {
  const who = subject(c, 'of')
  const of = c.isWord('of') ? fromTenancy(c) : undefined
  if (of && !c.isWord('to') && !c.isMark('{')) c.expected('`to`', 'to-missing', 'add `to`')
  const what = action(c, deny)
  const at = what?.kind === 'verb' && what.verb === 'associate' ? farPlace(c) : hereOf(place(c))
  return {
    kind: 'admit',
    deny,
    ...defined({ subject: who, action: what, place: at }),
    of,
    partner: partner(c),
    where: where(c),
  }
}

type Parts = { subject: Subject | undefined; action: Action | undefined; place: Place | FarPlace | undefined }
// Left out rather than undefined: the statement is whole only if every part is there, and then no fault was reported either.
const defined = <P extends Partial<Parts>>(parts: P): { [K in keyof P]: NonNullable<P[K]> } =>
  parts as { [K in keyof P]: NonNullable<P[K]> }

const define = (c: Cursor): Define | undefined => {
  const what = definable.find((w) => c.takeWord(w))
  if (!what) return c.expected('`tenancy`, `group`, `dynamic-group` or `compartment`', 'define-what')
  if (!mayName(c.peek()) || c.isWord('as')) return c.expected('the name to define', 'name-missing')
  const name = checkedName(c, c.take())
  if (!c.takeWord('as')) return c.expected('`as` and an id', 'as-missing')
  c.takeWord('id')
  const id = mayName(c.peek()) ? checkedId(c, c.take()) : c.expected('an id', 'id-missing')
  return id && { kind: 'define', what, name, id }
}

/** What is left when a statement ends: nothing, or the reason why the rest does not belong to it. */
const rest = (c: Cursor, read: Partial<Grant> | undefined): undefined => {
  const token = c.peek()
  if (token.kind === 'end') return undefined
  if (c.isWord('where'))
    return c.report(token.at, {
      code: 'second-where',
      message: 'a statement has one `where`',
      fix: 'write `where all { …, … }`',
    })
  const inCompartment = read?.place?.kind === 'compartment' && read.where === undefined
  c.expected('`where` or the end of the statement', 'trailing-text', restFix(c, inCompartment))
}

const start = (c: Cursor): (typeof starts)[number] | undefined => {
  const word = starts.find((s) => c.takeWord(s))
  if (word) return word
  const message = c.peek().kind === 'end' ? 'a statement' : '`allow`, `deny`, `endorse`, `admit` or `define`'
  c.expected(message, 'start-unknown', startFix(c, starts, subjects))
  c.skipUntil(() => subjects.some((s) => c.isWord(s)))
  return c.peek().kind === 'end' ? undefined : 'allow'
}

const statement = (c: Cursor): unknown => {
  const word = start(c)
  if (!word) return undefined
  if (word === 'define') return define(c)
  const deny = word === 'deny'
  // `allow endorse` and `allow admit` are said in the documentation; the word adds nothing
  if (word === 'endorse' || (word !== 'admit' && c.takeWord('endorse'))) return endorse(c, deny)
  if (word === 'admit' || c.takeWord('admit')) return admit(c, deny)
  return grant(c, word)
}

/** `allow group …`, `deny endorse …`: what nothing but the beginning of a statement looks like. */
const beginsAnother = (c: Cursor): boolean => {
  const follow = c.isWord('define')
    ? definable
    : c.isWord('allow') || c.isWord('deny')
      ? [...subjects, ...far]
      : subjects
  return starts.some((word) => c.isWord(word)) && follow.some((word) => c.isWord(word, 1))
}

/** Several statements in one text are a fault, and each of them is still read, for its own faults. */
const others = (c: Cursor): void => {
  for (;;) {
    c.skipUntil(() => beginsAnother(c))
    const token = c.peek()
    if (token.kind === 'end') return
    c.report(token.at, {
      code: 'second-statement',
      message: `another statement begins at ${shown(token)}`,
      fix: 'give every statement an entry of its own',
    })
    statement(c)
  }
}

export const parseStatement = (text: string): Parsed => {
  const c = cursorOver(text)
  const read = statement(c)
  if (c.errors() === 0 && !beginsAnother(c)) rest(c, read as Partial<Grant> | undefined)
  others(c)
  const faults = c.faults()
  // INVARIANT: every part that could not be read has left an error, so without errors the statement is whole.
  if (faults.some(isError)) return { statement: undefined, faults }
  const whole = read as Statement
  const long = outgrown(text, () => printStatement(whole))
  return long ? { statement: undefined, faults: [long] } : { statement: whole, faults }
}
