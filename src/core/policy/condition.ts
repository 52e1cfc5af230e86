// Conditions, compiled once and asked for every permission: true, false or undecided. The order of a group's members has no meaning.
import type { EpochMs } from '../model/time.ts'
import type { Condition, Name, Test, Value } from './ast.ts'
import type { Catalogue, Permission } from './catalogue.ts'
import { regionsIn, type Variable, variableOf, type Worth } from './facts.ts'
import { fold, type Matches, matcherOf } from './glob.ts'
import type { Ask } from './question.ts'

export type Truth = 'true' | 'false' | 'undecided'
export type Predicate =
  | {
      readonly kind: 'group'
      readonly quantifier: 'any' | 'all'
      readonly of: readonly Predicate[]
      readonly perPermission: boolean
    }
  | {
      readonly kind: 'test'
      readonly test: Test
      readonly variables: readonly Variable[]
      readonly truth: (ask: Ask, permission: Permission) => Truth
      readonly perPermission: boolean
    }

const truthOf = (yes: boolean): Truth => (yes ? 'true' : 'false')
const unsettled = (worth: 'nothing' | 'unknown'): Truth => (worth === 'nothing' ? 'false' : 'undecided')

/** Instants: `2020-04-01Z` or `2020-04-01T09:30:00Z`. */
export const instantOf = (text: string): EpochMs | undefined => {
  const m = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?)?Z$/i.exec(text.trim())
  if (!m) return undefined
  const [year, month, day, hour = 0, minute = 0, second = 0] = m.slice(1).map((n) => Number(n ?? 0))
  const at = Date.UTC(year ?? 0, (month ?? 0) - 1, day, hour, minute, second)
  const back = new Date(at)
  const real = back.getUTCMonth() + 1 === month && back.getUTCDate() === day && hour < 24 && minute < 60 && second < 60
  return real ? at : undefined
}
/** `hh:mm:ssZ` as seconds of the day. */
export const timeOfDayOf = (text: string): number | undefined => {
  const m = /^(\d\d):(\d\d)(?::(\d\d))?Z$/i.exec(text.trim())
  if (!m) return undefined
  const [hour = 0, minute = 0, second = 0] = m.slice(1).map((n) => Number(n ?? 0))
  return hour < 24 && minute < 60 && second < 60 ? hour * 3600 + minute * 60 + second : undefined
}

/** A literal. Of a region both spellings are one: the value is the long name, so the literal is brought to it. */
const literal = (text: string, variable: Variable, { regions }: Catalogue): Matches => {
  const exact = matcherOf(variable.name === 'request.region' ? (regions.get(fold(text)) ?? text) : text)
  if (variable.name !== 'request.region' || !text.includes('*')) return exact
  return (value) => exact(value) || [...regions].some(([key, long]) => long === value && exact(key))
}

// INVARIANT: only what an author wrote may hold a wildcard. Two facts compare as they are, or a resource named `*` would equal all others.
const overlap = (left: readonly string[], right: readonly string[]): boolean =>
  left.some((value) => right.includes(value))
const sameSet = (left: readonly string[], right: readonly string[]): boolean =>
  left.every((value) => right.includes(value)) && right.every((value) => left.includes(value))

const both = (
  left: Variable,
  right: Variable,
  holds: (left: readonly string[], right: readonly string[]) => boolean,
): ((ask: Ask, permission: Permission) => Truth) => {
  const ofRegions = left.name === 'request.region' || right.name === 'request.region'
  return (ask, permission) => {
    const [a, b]: [Worth, Worth] = [left.worth(ask, permission), right.worth(ask, permission)]
    if (a === 'nothing' || b === 'nothing') return 'false'
    if (a === 'unknown' || b === 'unknown') return 'undecided'
    return truthOf(ofRegions ? holds(regionsIn(a, ask), regionsIn(b, ask)) : holds(a, b))
  }
}

const one =
  (variable: Variable, holds: (values: readonly string[]) => boolean) =>
  (ask: Ask, permission: Permission): Truth => {
    const worth = variable.worth(ask, permission)
    return typeof worth === 'string' ? unsettled(worth) : truthOf(holds(worth))
  }

type Leaf = { readonly variables: readonly Variable[]; readonly truth: (ask: Ask, permission: Permission) => Truth }

/** Any member equals any of the values; negated: none does. */
const membership = (variable: Variable, values: readonly Value[], negated: boolean, catalogue: Catalogue): Leaf => {
  const others = values.filter((v) => v.kind === 'variable').map((v) => variableOf(v.text))
  const matchers = values.filter((v) => v.kind !== 'variable').map((v) => literal(v.text, variable, catalogue))
  const hits = (worth: readonly string[]): boolean => worth.some((value) => matchers.some((matches) => matches(value)))
  if (others.length === 0) return { variables: [variable], truth: one(variable, (worth) => hits(worth) !== negated) }
  const tests = others.map((other) => both(variable, other, overlap))
  const literals = matchers.length > 0 ? [one(variable, hits)] : []
  return {
    variables: [variable, ...others],
    truth: (ask, permission) => {
      // a value that is nothing makes the comparison false, also when it is negated
      if (negated && [variable, ...others].some((v) => v.worth(ask, permission) === 'nothing')) return 'false'
      const truth = any([...literals, ...tests].map((test) => test(ask, permission)))
      return negated && truth !== 'undecided' ? truthOf(truth === 'false') : truth
    },
  }
}

const sets = (test: Test & { kind: 'sets' }, variable: Variable, catalogue: Catalogue): Leaf => {
  if ('kind' in test.other) {
    const other = variableOf(test.other.text)
    return {
      variables: [variable, other],
      truth: both(variable, other, test.operator === 'intersect' ? overlap : sameSet),
    }
  }
  const matchers = test.other.map(({ text }) => literal(text, variable, catalogue))
  const hit = (value: string): boolean => matchers.some((matches) => matches(value))
  const holds = (worth: readonly string[]): boolean =>
    test.operator === 'intersect'
      ? worth.some(hit)
      : worth.every(hit) && matchers.every((matches) => worth.some(matches))
  return { variables: [variable], truth: one(variable, holds) }
}

const isTimestamp = (variable: Variable): boolean => variable.name === 'request.utc-timestamp'
const isTimeOfDay = (variable: Variable): boolean => variable.name === 'request.utc-timestamp.time-of-day'
// what the check at write time refuses has no truth: an Allow of it grants nothing, a Deny holds
const never: Leaf['truth'] = () => 'undecided'

const instantTest = (variable: Variable, kind: 'before' | 'after', instant: Name): Leaf => {
  const at = instantOf(instant.text)
  const truth: Leaf['truth'] =
    at === undefined || !isTimestamp(variable) ? never : ({ now }) => truthOf(kind === 'before' ? now < at : now > at)
  return { variables: [variable], truth }
}

const windowTest = (variable: Variable, fromText: Name, toText: Name): Leaf => {
  const [from, to] = [timeOfDayOf(fromText.text), timeOfDayOf(toText.text)]
  if (from === undefined || to === undefined || !isTimeOfDay(variable)) return { variables: [variable], truth: never }
  const truth: Leaf['truth'] = ({ now }) => {
    const second = Math.floor(now / 1000) % 86_400
    return truthOf(from <= to ? second >= from && second <= to : second >= from || second <= to) // past midnight
  }
  return { variables: [variable], truth }
}

const presence = (variable: Variable, present: boolean): Leaf => ({
  variables: [variable],
  // always decidable: not supplied is not there
  truth: (ask, permission) => {
    const worth = variable.worth(ask, permission)
    return truthOf((typeof worth !== 'string' && worth.length > 0) === present)
  },
})

const leafOf = (test: Test, catalogue: Catalogue): Leaf => {
  const variable = variableOf(test.variable.text)
  switch (test.kind) {
    case 'compare':
      return membership(variable, [test.value], test.operator === '!=', catalogue)
    case 'in':
      return membership(variable, test.values, test.negated, catalogue)
    case 'sets':
      return sets(test, variable, catalogue)
    case 'before':
    case 'after':
      return instantTest(variable, test.kind, test.instant)
    case 'between':
      return windowTest(variable, test.from, test.to)
    default:
      return presence(variable, test.kind === 'present')
  }
}

/** In what ships with the product a quoted `request.…` is a reference, as its documentation writes it; elsewhere it is text. */
const asReference = (value: Value): Value =>
  value.kind === 'text' && /^request\.[\w.:@-]+$/i.test(value.text) ? { ...value, kind: 'variable' } : value
const withReferences = (test: Test): Test =>
  test.kind === 'compare'
    ? { ...test, value: asReference(test.value) }
    : test.kind === 'in'
      ? { ...test, values: test.values.map(asReference) }
      : test

export const predicateOf = (condition: Condition, catalogue: Catalogue, system = false): Predicate => {
  if (condition.kind === 'group') {
    const of = condition.of.map((inner) => predicateOf(inner, catalogue, system))
    return { kind: 'group', quantifier: condition.quantifier, of, perPermission: of.some((p) => p.perPermission) }
  }
  const test = system ? withReferences(condition) : condition
  const leaf = leafOf(test, catalogue)
  return {
    kind: 'test',
    test,
    ...leaf,
    perPermission: leaf.variables.some((v) => v.name === 'request.permission'),
  }
}

const any = (truths: readonly Truth[]): Truth =>
  truths.includes('true') ? 'true' : truths.includes('undecided') ? 'undecided' : 'false'

/** Kleene's: `any` is the greatest of its members, `all` the least, with undecided in the middle. */
export const holds = (predicate: Predicate, ask: Ask, permission: Permission): Truth => {
  if (predicate.kind === 'test') return predicate.truth(ask, permission)
  const strong = predicate.quantifier === 'any' ? 'true' : 'false'
  let rest: Truth = strong === 'true' ? 'false' : 'true'
  for (const inner of predicate.of) {
    const truth = holds(inner, ask, permission)
    if (truth === strong) return strong
    if (truth === 'undecided') rest = truth
  }
  return rest
}
