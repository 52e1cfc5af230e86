// Conditions whose outcome is settled before anybody asks. Sound rather than clever: `always` and `never` are said only of what is proven
// for every value a variable can have; a variable on the right-hand side proves nothing. Missing values are not looked at here.
import type { Condition, Name, Test, Value } from './ast.ts'
import type { Catalogue } from './catalogue.ts'
import { instantOf } from './condition.ts'
import { fold } from './glob.ts'
import { covers, intersects } from './glob-sets.ts'

export type Fate = 'always' | 'never' | 'open'
export type Doom = {
  readonly fate: Exclude<Fate, 'open'>
  readonly at: number
  /** What clashes or what together leaves nothing out, for a person. */
  readonly because: string
}
/** What is known about values: the permissions a statement is about, and how regions are spelt. */
export type Grounds = { readonly catalogue: Catalogue; readonly permissions: readonly string[] }

/** A test as a set of wildcards that the value fits, or that it does not fit. */
type Shape = {
  readonly name: string
  readonly test: Test
  readonly negated: boolean
  readonly globs: readonly string[]
}

const numbers = (from: number, to: number): readonly string[] =>
  Array.from({ length: to - from + 1 }, (_, n) => String(from + n))
const calendar: ReadonlyMap<string, readonly string[]> = new Map([
  ['request.utc-timestamp.day-of-week', ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']],
  ['request.utc-timestamp.month-of-year', numbers(1, 12)],
  ['request.utc-timestamp.day-of-month', numbers(1, 31)],
  ['target.group.member', ['true', 'false']],
])
/** All values a variable can have, where they can be listed. */
const domainOf = (name: string, { permissions }: Grounds): readonly string[] | undefined =>
  name === 'request.permission' && permissions.length > 0 ? permissions.map(fold) : calendar.get(name)

const single = new Set(['request.permission', 'request.operation', 'request.service', 'request.region', 'request.ad'])
const sets = new Set(['request.groups.id', 'target.policy.type'])
/**
 * Several values at once: two different ones are no contradiction. What an application calls its facts may be a list, so of those only
 * what names one thing (`.id`, `.name`, `.type`) is taken for a single value.
 */
const mayHoldSeveral = (name: string): boolean => {
  if (single.has(name) || calendar.has(name)) return false
  return sets.has(name) || name.includes('.tag.') || !/\.(?:id|name|type)$/.test(name)
}

const canonical = (name: string, text: string, { regions }: Catalogue): string => {
  const folded = fold(text)
  return name === 'request.region' ? (regions.get(folded) ?? folded) : folded
}

const valuesOf = (test: Test): readonly Value[] | undefined =>
  test.kind === 'compare' ? [test.value] : test.kind === 'in' ? test.values : undefined

const shapeOf = (condition: Condition, { catalogue }: Grounds): Shape | undefined => {
  if (condition.kind !== 'compare' && condition.kind !== 'in') return undefined
  const values = valuesOf(condition) ?? []
  const name = fold(condition.variable.text)
  if (values.some((v) => v.kind === 'variable')) return undefined
  // a wildcard over regions meets both spellings, which sets of texts cannot say
  if (name === 'request.region' && values.some((v) => v.text.includes('*'))) return undefined
  const negated = condition.kind === 'compare' ? condition.operator === '!=' : condition.negated
  return { name, test: condition, negated, globs: values.map((v) => canonical(name, v.text, catalogue)) }
}

const fits = ({ negated, globs }: Shape, value: string): boolean => globs.some((g) => covers(g, value)) !== negated

const apart = (a: Shape, b: Shape): boolean => a.globs.every((x) => !b.globs.some((y) => intersects(x, y)))
const within = (a: Shape, b: Shape): boolean => a.globs.every((x) => b.globs.some((y) => covers(y, x)))

/** No value fits both. */
const clash = (a: Shape, b: Shape): boolean => {
  if (a.name !== b.name) return false
  if (!a.negated && !b.negated) return !mayHoldSeveral(a.name) && apart(a, b)
  if (a.negated && b.negated) return false
  return a.negated ? within(b, a) : within(a, b)
}
/** Every value fits one or the other. */
const together = (a: Shape, b: Shape): boolean => {
  if (a.name !== b.name) return false
  if (a.negated && b.negated) return !mayHoldSeveral(a.name) && apart(a, b)
  if (!a.negated && !b.negated) return false
  return a.negated ? within(a, b) : within(b, a)
}

const flat = (condition: Condition, quantifier: 'any' | 'all'): readonly Condition[] =>
  condition.kind === 'group' && condition.quantifier === quantifier
    ? condition.of.flatMap((inner) => flat(inner, quantifier))
    : [condition]

export const firstTest = (condition: Condition): Test | undefined =>
  condition.kind === 'group' ? condition.of.map(firstTest).find((t) => t !== undefined) : condition
const placeOf = (condition: Condition): number => firstTest(condition)?.variable.at ?? 0

const pairsOf = <T>(list: readonly T[]): readonly (readonly [T, T])[] =>
  list.flatMap((a, n) => list.slice(n + 1).map((b) => [a, b] as const))

const text = (name: string): string => `\`${name}\``

/** A presence test beside an absence test of the same variable, or beside any test that needs its value. */
const byPresence = (members: readonly Condition[], quantifier: 'any' | 'all'): Doom | undefined => {
  const tests = members.filter((m): m is Test => m.kind !== 'group')
  for (const absent of tests.filter((t) => t.kind === 'absent')) {
    const rival = tests.find(
      (t) =>
        t.kind !== 'absent' &&
        (quantifier === 'all' || t.kind === 'present') &&
        fold(t.variable.text) === fold(absent.variable.text),
    )
    if (rival)
      return quantifier === 'all'
        ? {
            fate: 'never',
            at: rival.variable.at,
            because: `${text(absent.variable.text)} must be absent and have a value`,
          }
        : { fate: 'always', at: absent.variable.at, because: `${text(absent.variable.text)} is absent or present` }
  }
  return undefined
}

/** Instants: after one moment and before an earlier one; before one or after an earlier one. */
const byTime = (members: readonly Condition[], quantifier: 'any' | 'all'): Doom | undefined => {
  const edges = (kind: 'before' | 'after') =>
    members.flatMap((m) => {
      const at = m.kind === kind ? instantOf((m as { readonly instant: Name }).instant.text) : undefined
      return at === undefined ? [] : [{ at, place: placeOf(m) }]
    })
  const [before, after] = [edges('before'), edges('after')]
  for (const b of before)
    for (const a of after) {
      if (quantifier === 'all' && a.at >= b.at)
        return { fate: 'never', at: a.place, because: 'no moment is after the later time and before the earlier one' }
      if (quantifier === 'any' && a.at < b.at)
        return { fate: 'always', at: b.place, because: 'every moment is before the one time or after the other' }
    }
  return undefined
}

/** The listed values of one variable: none fits all tests of it, or each fits one of them. */
const byDomain = (shapes: readonly Shape[], quantifier: 'any' | 'all', grounds: Grounds): Doom | undefined => {
  for (const [name, own] of Map.groupBy(shapes, (s) => s.name)) {
    const values = domainOf(name, grounds)
    const at = own[0]?.test.variable.at ?? 0
    if (quantifier === 'all' && values && !values.some((value) => own.every((s) => fits(s, value))))
      return { fate: 'never', at, because: `none of the ${values.length} values that ${text(name)} can have here fits` }
    if (quantifier === 'any' && values?.every((value) => own.some((s) => fits(s, value))))
      return {
        fate: 'always',
        at,
        because: `each of the ${values.length} values that ${text(name)} can have here fits`,
      }
  }
  return undefined
}

/** `= '*'` asks only whether there is a value, and `!= '*'` of a single value is never true. */
const byStar = ({ name, negated, globs, test }: Shape): Doom | undefined =>
  negated && !mayHoldSeveral(name) && globs.some((g) => covers(g, '*'))
    ? { fate: 'never', at: test.variable.at, because: '`*` fits every value' }
    : undefined

/** Of more tests than anybody writes by hand the first ones are compared: pairs grow with the square. */
const MAX_COMPARED = 64

const byPair = (shapes: readonly Shape[], quantifier: 'any' | 'all'): Doom | undefined => {
  const meets = quantifier === 'any' ? together : clash
  const pair = pairsOf(shapes.slice(0, MAX_COMPARED)).find(([a, b]) => meets(a, b))
  if (!pair) return undefined
  const name = text(pair[0].name)
  return quantifier === 'any'
    ? { fate: 'always', at: pair[0].test.variable.at, because: `every value of ${name} fits one of two tests of it` }
    : { fate: 'never', at: pair[1].test.variable.at, because: `no value of ${name} fits both tests of it` }
}

const ofGroup = (members: readonly Condition[], quantifier: 'any' | 'all', grounds: Grounds): Doom | undefined => {
  const dooms = members.map((m) => doomOf(m, grounds))
  const decisive = dooms.find((d) => d?.fate === (quantifier === 'any' ? 'always' : 'never'))
  if (decisive) return decisive
  if (dooms.length > 0 && dooms.every((d) => d !== undefined)) return dooms[0]
  const shapes = members.map((m) => shapeOf(m, grounds)).filter((s) => s !== undefined)
  return (
    byPair(shapes, quantifier) ??
    byDomain(shapes, quantifier, grounds) ??
    byPresence(members, quantifier) ??
    byTime(members, quantifier)
  )
}

/** Why a condition is settled; undefined: it depends on the request, as it should. */
export const doomOf = (condition: Condition, grounds: Grounds): Doom | undefined => {
  if (condition.kind === 'group') return ofGroup(flat(condition, condition.quantifier), condition.quantifier, grounds)
  const shape = shapeOf(condition, grounds)
  return shape && (byStar(shape) ?? byDomain([shape], 'all', grounds) ?? byDomain([shape], 'any', grounds))
}

/** The outermost settled parts of a condition. */
export const doomsIn = (condition: Condition, grounds: Grounds): readonly Doom[] => {
  const doom = doomOf(condition, grounds)
  if (doom) return [doom]
  return condition.kind === 'group' ? condition.of.flatMap((inner) => doomsIn(inner, grounds)) : []
}

/** Groups of `any` with two or more `!=` on one variable, which are true of nearly everything even where that cannot be proven. */
export const unequalGroups = (condition: Condition, grounds: Grounds): readonly Test[] => {
  if (condition.kind !== 'group') return []
  const inner = condition.of.flatMap((c) => unequalGroups(c, grounds))
  if (condition.quantifier !== 'any') return inner
  const unequal = condition.of.map((c) => shapeOf(c, grounds)).filter((s) => s?.negated)
  const twice = [...Map.groupBy(unequal, (s) => s?.name).values()].find(
    (own) => own.length > 1 && !mayHoldSeveral(own[0]?.name ?? ''),
  )
  return twice?.[0] ? [twice[0].test, ...inner] : inner
}
