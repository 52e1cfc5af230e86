// Two sets of policies over one tree and one catalogue: what is newly allowed, what is lost, each with a question that shows it. Only
// what the changed statements touch is asked; every witness was asked of both sets, and whether all was tried is said.
import type { EpochMs } from '../model/time.ts'
import type { Test } from './ast.ts'
import { type Need, needOf, type Permission } from './catalogue.ts'
import { otherVariables } from './check.ts'
import { ANY_GROUP, ANY_USER, type Clause, touches } from './clause.ts'
import {
  type About,
  aboutOf,
  changedOf,
  classesOf,
  clausesAbout,
  placesOf,
  type Sides,
  subjectSets,
} from './compare-classes.ts'
import { isSettled, type KindOfSubject, type Point, pointAt, principalOf } from './compare-points.ts'
import { choicesOf, momentsOf, type Settled, testsOf } from './compare-values.ts'
import { evaluate, type Verdict, visitFitting } from './evaluate.ts'
import { variableOf } from './facts.ts'
import { fold } from './glob.ts'
import type { Placed } from './index-of-clauses.ts'
import type { Ask, Principal } from './question.ts'
import { isWithin, type Place } from './tree.ts'

/** How much is asked in all and of one principal at one place, how many kinds of principals are tried, and how much is listed. */
export type Bounds = {
  readonly questions: number
  readonly perPlace: number
  readonly principals: number
  readonly differences: number
}
export const defaultBounds: Bounds = { questions: 200_000, perPlace: 5_000, principals: 2_000, differences: 500 }

export type Witness = {
  /** Nobody who exists: whoever belongs to these groups, and to no other one that a statement is about. */
  readonly principal: Pick<Principal, 'id' | 'name' | 'type' | 'groupIds' | 'dynamicGroupIds'>
  readonly action: string
  readonly resourceType: string
  readonly compartmentId: string
  readonly facts: { readonly [variable: string]: readonly string[] }
  readonly now: EpochMs
}
export type Difference = {
  /** Everything that changed in the same way. */
  readonly permissions: readonly string[]
  /** A question with another answer now; there and in the compartments below. */
  readonly witness: Witness
  /** Statements that say so: of the new set for what is gained, of the old for what is lost. */
  readonly through: readonly string[]
  /** Statements of the other set that said no. */
  readonly denied: readonly string[]
}
export type Comparison = {
  readonly gained: readonly Difference[]
  readonly lost: readonly Difference[]
  readonly questions: number
  /** False: there may be differences that are not listed, because a bound was hit or because agreements with other tenancies differ. */
  readonly complete: boolean
  readonly hit: readonly (keyof Bounds | 'agreements')[]
}

const PART = 200 // questions

type Run = Sides & {
  readonly about: readonly About[]
  readonly kindOf: KindOfSubject
  readonly bounds: Bounds
  readonly base: EpochMs
  readonly hit: Set<keyof Bounds | 'agreements'>
  readonly gained: Difference[]
  readonly lost: Difference[]
  questions: number
}

type Asking = { readonly need: Need; readonly place: Place; readonly set: ReadonlySet<string>; readonly type: number }

const askAt = (run: Run, { need, place, type }: Asking, { principal, facts, now }: Point): Ask | undefined => {
  const { catalogue } = run.after
  const resourceType = catalogue.all[type]
  if (!resourceType) return undefined
  return { principal, need, type: resourceType, place, supplied: () => facts, tagsKnown: false, catalogue, now }
}

type Answers = { readonly ask: Ask; readonly before: Verdict; readonly after: Verdict }
const answersAt = (run: Run, asking: Asking, point: Point): Answers | undefined => {
  const ask = askAt(run, asking, point)
  if (!ask) return undefined
  run.questions += 2
  return { ask, before: evaluate(run.before, ask), after: evaluate(run.after, ask) }
}
const gainedIn = ({ before, after }: Answers): boolean | undefined =>
  before.allow === after.allow ? undefined : after.allow

/** Facts that make no difference to the difference are left out. */
const simplest = (run: Run, asking: Asking, point: Point, gained: boolean): Point => {
  let best = point
  for (const variable of point.facts.keys()) {
    const facts = new Map(best.facts)
    facts.delete(variable)
    const answers = answersAt(run, asking, { ...best, facts })
    if (answers && gainedIn(answers) === gained) best = { ...best, facts }
  }
  return best
}

const record = (run: Run, asking: Asking, point: Point, permissions: readonly Permission[], gained: boolean): void => {
  const best = simplest(run, asking, point, gained)
  const answers = answersAt(run, asking, best)
  const list = gained ? run.gained : run.lost
  if (!answers) return
  if (list.length >= run.bounds.differences) {
    run.hit.add('differences')
    return
  }
  const { need, place } = asking
  const { id, name, type, groupIds, dynamicGroupIds } = best.principal
  const [yes, no] = gained ? [answers.after, answers.before] : [answers.before, answers.after]
  list.push({
    permissions: permissions.map((p) => p.name).sort(),
    witness: {
      principal: { id, name, type: type ?? 'user', groupIds, dynamicGroupIds: dynamicGroupIds ?? [] },
      action: need.operation ?? `{${need.permissions.map((p) => p.name).join(', ')}}`,
      resourceType: answers.ask.type.name,
      compartmentId: place.id,
      facts: Object.fromEntries([...best.facts, ...(best.principal.facts ?? [])]),
      now: best.now,
    },
    through: yes.because.map((c) => c.ref),
    denied: no.denied.map((c) => c.ref),
  })
}

const fittingConditions = (run: Run, ask: Ask): readonly NonNullable<Clause['where']>[] => {
  const out = new Set<NonNullable<Clause['where']>>()
  const note = ({ where }: Clause): void => {
    if (where) out.add(where)
  }
  visitFitting(run.before, ask, note, undefined)
  visitFitting(run.after, ask, note, undefined)
  return [...out]
}

/** Names and tags of the compartment, the operation: of these a question has the values that it has. */
const settledAt = (tests: readonly Test[], ask: Ask, permission: Permission | undefined): Settled => {
  const names = tests.flatMap((test) => [test.variable, ...otherVariables(test)]).map((name) => fold(name.text))
  return new Map(
    [...new Set(names)].filter(isSettled).flatMap((name) => {
      const worth = permission ? variableOf(name).worth(ask, permission) : 'nothing'
      return typeof worth === 'string' ? [] : [[name, worth] as const]
    }),
  )
}

/** Takes out of `wanted` the directions in which the answers differ. */
function* trySet(
  run: Run,
  asking: Asking,
  permissions: readonly Permission[],
  wanted: Set<boolean>,
): Generator<undefined, void> {
  const principal = principalOf([...asking.set], run.kindOf)
  const ask = principal && askAt(run, asking, { principal, facts: new Map(), now: run.base })
  if (!principal || !ask) return
  const tests = testsOf(fittingConditions(run, ask))
  const settled = settledAt(tests, ask, permissions[0])
  const choices = new Map([...choicesOf(tests, settled)].filter(([variable]) => !isSettled(variable)))
  const moments = momentsOf(tests, run.base)
  const total = [...choices.values()].reduce((product, options) => product * options.length, moments.length)
  const tried = Math.min(total, run.bounds.perPlace)
  if (tried < total) run.hit.add('perPlace')
  const step = total / tried // spread over all combinations, not the first of them
  for (let n = 0; n < tried && wanted.size > 0; n++) {
    if (run.questions >= run.bounds.questions) {
      run.hit.add('questions')
      return
    }
    if (n % PART === PART - 1) yield
    const point = pointAt(Math.floor(n * step), principal, choices, moments)
    const answers = answersAt(run, asking, point)
    const gained = answers && gainedIn(answers)
    if (gained === undefined || !wanted.delete(gained)) continue
    record(run, asking, point, permissions, gained)
  }
}

/** Whoever is one of these is one of those. */
const isLess = (these: ReadonlySet<string>, those: ReadonlySet<string>): boolean =>
  [...these].every((s) => s === ANY_USER || s === ANY_GROUP || those.has(s))

type Found = { readonly gained: boolean; readonly set: ReadonlySet<string>; readonly place: Place }

/** Operations of the permission, where a condition can tell them from the permission itself. */
const needsOf = (run: Run, permission: Permission): readonly { readonly need: Need; readonly type: number }[] => {
  const alone = { need: needOf([permission]), type: permission.type }
  const tests = testsOf(clausesAbout(run.about, alone.need).flatMap(({ clause }) => clause.where ?? []))
  if (!tests.some(({ variable }) => /^(?:target\.|request\.operation$)/i.test(variable.text))) return [alone]
  const operations = run.after.catalogue.all.flatMap((type) =>
    [...type.operations.values()]
      .filter((need) => need.permissions.includes(permission))
      .map((need) => ({ need, type: type.index })),
  )
  return [alone, ...operations]
}

function* compareClass(
  run: Run,
  changed: readonly Placed[],
  permissions: readonly Permission[],
): Generator<undefined, void> {
  const [first] = permissions
  const found: Found[] = []
  for (const { need, type } of first ? needsOf(run, first) : []) {
    const about = clausesAbout(run.about, need)
    const touched = changed.filter(({ clause }) => need.permissions.some((p) => touches(clause, p)))
    const places = placesOf(run.after.tree, touched, about)
    const { sets, whole } = subjectSets(touched, about, need.permissions.length + 1, run.bounds.principals)
    if (!whole) run.hit.add('principals')
    for (const set of sets)
      for (const place of places) {
        const known = found.filter((f) => isWithin(place, f.place) && isLess(f.set, set)).map((f) => f.gained)
        const wanted = new Set([true, false].filter((gained) => !known.includes(gained)))
        const before = new Set(wanted)
        yield* trySet(run, { need, place, set, type }, permissions, wanted)
        for (const gained of before) if (!wanted.has(gained)) found.push({ gained, set, place })
      }
  }
}

/** Of an agreement the other half is another tenancy's, so nothing can be asked here; that one half changed can be said. */
const agreementsIn = ({ cross }: Sides['before']): string =>
  JSON.stringify(
    cross
      .map(({ clause: { text, subjects, cross: terms, attachedTo } }) =>
        // the action is in the text, and would bring its offsets along
        JSON.stringify([fold(text.replace(/\s+/g, ' ')), subjects, { ...terms, action: undefined }, attachedTo]),
      )
      .sort(),
  )

/** In parts of some hundred questions: whoever runs it decides what happens between them. */
export function* comparing(
  { before, after }: Sides,
  kindOf: KindOfSubject,
  base: EpochMs,
  bounds: Bounds = defaultBounds,
): Generator<undefined, Comparison> {
  const about = aboutOf({ before, after })
  const run: Run = { before, after, about, kindOf, bounds, base, hit: new Set(), gained: [], lost: [], questions: 0 }
  if (agreementsIn(before) !== agreementsIn(after)) run.hit.add('agreements')
  const changed = changedOf(run)
  yield
  for (const permissions of changed.length === 0 ? [] : classesOf(about, after.catalogue, changed)) {
    yield* compareClass(run, changed, permissions)
    yield
  }
  const { gained, lost, questions, hit } = run
  return { gained, lost, questions, complete: hit.size === 0, hit: [...hit].sort() }
}

/**
 * All in one go.
 * @param base the moment that questions are asked at, where no condition looks at the clock
 */
export const compare = (sides: Sides, kindOf: KindOfSubject, base: EpochMs, bounds?: Bounds): Comparison => {
  const run = comparing(sides, kindOf, base, bounds)
  for (;;) {
    const { done, value } = run.next()
    if (done) return value
  }
}
