// May somebody of another tenancy? The tenancy they come from must endorse it, the one they go to must admit it, and a single Deny of
// either halts it; so does an ordinary Deny of the destination that is about everybody. An Allow of the destination is about its own.
// Pure: both sides are handed in, and neither side's aliases or groups are looked up in the other.
import type { Json, JsonObject } from '../model/json.ts'
import type { EpochMs } from '../model/time.ts'
import { levelOf, needOf, type Permission, type ResourceType } from './catalogue.ts'
import { ANY_GROUP, ANY_USER, type Clause, touches, typesNamed, whatOf } from './clause.ts'
import type { Snapshot } from './compile.ts'
import { ANY_TENANCY, type CrossPlace, type CrossTerms, OWN } from './cross-terms.ts'
import { isExempt, type Outcome, truthFor, type Verdict } from './evaluate.ts'
import { type Explanation, isSubject, type Judgement, judgementOf } from './explain.ts'
import { visitClauses } from './index-of-clauses.ts'
import {
  type Ask,
  type Asked,
  askFor,
  needFor,
  type Principal,
  type Registered,
  type Unanswerable,
} from './question.ts'
import { isInSomeGroup } from './subjects.ts'
import { type Place, placeCalled } from './tree.ts'

export type Side = { readonly tenancyId: string; readonly snapshot: Snapshot }
/** The resource that the subject's own tenancy brings to an `associate`. */
type Other = { readonly type: ResourceType; readonly place: Place }
export type CrossAsk = {
  readonly source: Side
  readonly destination: Side
  readonly ask: Ask
  readonly other: Other | undefined
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** `associate` has no permission of its own; as the highest level, every Deny of its type halts it. */
const association = (type: ResourceType): Permission => ({ name: 'ASSOCIATE', type: type.index, level: levelOf.manage })
const isAssociation = (action: string): boolean => action.trim().toLowerCase() === 'associate'

/** `with: { type, compartment }`: the resource to be joined, which lies in the tenancy that the subject comes from. */
const otherOf = ({ snapshot }: Side, { resource }: Asked): Other | Unanswerable => {
  const given = resource.with
  const word = isObject(given) ? given.type : undefined
  const called = isObject(given) ? given.compartment : undefined
  const type = typeof word === 'string' ? snapshot.catalogue.types.get(word.toLowerCase()) : undefined
  if (!type) return 'resource-type-unknown'
  const place = called === undefined || typeof called === 'string' ? placeCalled(snapshot.tree, called) : undefined
  return place ? { type, place } : 'compartment-unknown'
}

export const crossAskOf = (
  source: Side,
  destination: Side,
  principal: Principal,
  asked: Asked,
  now: EpochMs,
  registered?: Registered,
): CrossAsk | Unanswerable => {
  const { catalogue } = destination.snapshot
  const joins = isAssociation(asked.action)
  const ask = askFor(destination.snapshot, principal, asked, now, registered, (type) =>
    joins ? needOf([association(type)], 'associate') : needFor(catalogue, type, asked.action),
  )
  if (typeof ask === 'string') return ask
  const other = joins ? otherOf(source, asked) : undefined
  return typeof other === 'string' ? other : { source, destination, ask, other }
}

type Half = { readonly clause: Clause; readonly terms: CrossTerms; readonly home: Side }

const covers = (
  { tenancy, compartmentId }: CrossPlace,
  home: Side,
  { tenancyId, snapshot }: Side,
  at: Place,
): boolean => {
  const meant = tenancy === OWN ? home.tenancyId : tenancy
  if (meant !== tenancyId && !(tenancy === ANY_TENANCY && tenancyId !== home.tenancyId)) return false
  return compartmentId === undefined || at.chain.some((n) => snapshot.tree.places[n]?.id === compartmentId)
}

const isOfType = (word: string, { snapshot }: Side, type: number): boolean => {
  const types = typesNamed(word, snapshot.catalogue)
  return types === 'all' || types.has(type)
}

/** The two resources may be named in either order: each side names its own first, or the other's. */
const joins = (
  { terms, home }: Half,
  { source, destination, ask, other }: CrossAsk,
): 'resource-type' | 'compartment' | undefined => {
  const { action, place, partner } = terms
  const first = action.resourceType?.text
  if (!partner || !other || first === undefined) return 'resource-type'
  const [here, there] = [
    { side: destination, type: ask.type.index, place: ask.place },
    { side: source, type: other.type.index, place: other.place },
  ]
  const orders = [
    [here, there],
    [there, here],
  ] as const
  const typed = orders.filter(
    ([a, b]) => isOfType(first, a.side, a.type) && isOfType(partner.resourceType, b.side, b.type),
  )
  if (typed.length === 0) return 'resource-type'
  const placed = typed.some(
    ([a, b]) => covers(place, home, a.side, a.place) && covers(partner.place, home, b.side, b.place),
  )
  return placed ? undefined : 'compartment'
}

const isFrom = ({ from }: CrossTerms, { tenancyId }: Side): boolean =>
  from === undefined || from === ANY_TENANCY || from === tenancyId

/** The needed permissions that a half speaks of, read against the catalogue of the place where the resource is; or what does not fit. */
const touchedBy = (half: Half, question: CrossAsk): readonly Permission[] | Judgement['result'] => {
  const { clause, terms, home } = half
  const { source, destination, ask, other } = question
  if (!isSubject(clause, ask) || (clause.kind === 'admit' && !isFrom(terms, source))) return 'subject'
  if (terms.partner || other) return joins(half, question) ?? ask.need.permissions
  if (!covers(terms.place, home, destination, ask.place)) return 'compartment'
  const what = { ...whatOf(terms.action, ask.catalogue), effect: clause.effect }
  const { types } = what
  if (types !== 'all' && !ask.need.types.some((type) => types.has(type))) return 'resource-type'
  const touched = ask.need.permissions.filter((p) => touches(what, p))
  return touched.length > 0 ? touched : 'verb'
}

const halvesOf = (home: Side, kind: 'endorse' | 'admit'): readonly Half[] =>
  home.snapshot.cross.flatMap(({ clause }) =>
    clause.kind === kind && clause.cross ? [{ clause, terms: clause.cross, home }] : [],
  )

/** Whether the source says anything of this subject about the destination: only then may the destination learn that there is one. */
export const isEndorsed = ({ source, destination, ask }: CrossAsk): boolean =>
  halvesOf(source, 'endorse').some(
    ({ clause, terms, home }) =>
      isSubject(clause, ask) &&
      [terms.place, ...(terms.partner ? [terms.partner.place] : [])].some(({ tenancy }) =>
        covers({ tenancy, compartmentId: undefined }, home, destination, ask.place),
      ),
  )

const ENDORSED = 1
const ADMITTED = 2
const DENIED = 4

type Tally = {
  readonly said: Map<Permission, number>
  readonly because: Clause[]
  readonly denied: Clause[]
  readonly undecided: Clause[]
  readonly judgements: Judgement[]
}

/** @param exempt no Deny of this side holds against the subject */
const weigh = (
  clause: Clause,
  touched: readonly Permission[] | Judgement['result'],
  exempt: boolean,
  ask: Ask,
  tally: Tally,
): void => {
  const failed = typeof touched === 'string' ? touched : undefined
  const needed = typeof touched === 'string' ? [] : touched
  tally.judgements.push(judgementOf(clause, failed, needed, ask))
  const say = (permission: Permission, bit: number): void => {
    tally.said.set(permission, (tally.said.get(permission) ?? 0) | bit)
  }
  const truths = needed.map((permission) => ({ permission, truth: truthFor(clause, ask, permission) }))
  if (truths.some(({ truth }) => truth === 'undecided')) tally.undecided.push(clause)
  if (clause.effect === 'allow') {
    const granted = truths.filter(({ truth }) => truth === 'true')
    for (const { permission } of granted) say(permission, clause.kind === 'endorse' ? ENDORSED : ADMITTED)
    if (granted.length > 0) tally.because.push(clause)
  } else if (!exempt) {
    const removed = truths.filter(({ truth }) => truth !== 'false')
    for (const { permission } of removed) say(permission, DENIED)
    if (removed.length > 0) tally.denied.push(clause)
  }
}

/** Ordinary Denies of the destination about everybody: whoever comes from elsewhere is somebody, and may be in some group. */
const ordinaryDenies = ({ destination, ask }: CrossAsk): readonly Clause[] => {
  const found = new Set<Clause>()
  const add = (clause: Clause): void => {
    if (clause.effect === 'deny' && ask.need.permissions.some((p) => touches(clause, p))) found.add(clause)
  }
  const { index } = destination.snapshot
  const everybody = isInSomeGroup(ask.principal) ? [ANY_USER, ANY_GROUP] : [ANY_USER]
  const numbers = everybody.map((subject) => index.subjects.get(subject)).filter((n) => n !== undefined)
  visitClauses(index, numbers, { types: ask.need.types }, ask.place.chain, add, undefined)
  return [...found]
}

const outcomeOf = (said: number): Outcome => {
  if (said & DENIED) return 'denied'
  return (said & (ENDORSED | ADMITTED)) === (ENDORSED | ADMITTED) ? 'granted' : 'not-granted'
}

const byRef = (clauses: readonly Clause[]): readonly Clause[] =>
  clauses.toSorted((a, b) => (a.ref < b.ref ? -1 : a.ref > b.ref ? 1 : 0))

export const explainCross = (question: CrossAsk): Explanation => {
  const { source, destination, ask } = question
  const tally: Tally = { said: new Map(), because: [], denied: [], undecided: [], judgements: [] }
  // whoever no Deny applies to at home is nobody special elsewhere
  const exempt = isExempt(source.snapshot, ask)
  for (const half of halvesOf(source, 'endorse')) weigh(half.clause, touchedBy(half, question), exempt, ask, tally)
  for (const half of halvesOf(destination, 'admit')) weigh(half.clause, touchedBy(half, question), false, ask, tally)
  for (const clause of ordinaryDenies(question))
    weigh(
      clause,
      ask.need.permissions.filter((p) => touches(clause, p)),
      false,
      ask,
      tally,
    )
  const permissions = ask.need.permissions.map((p) => ({
    permission: p.name,
    outcome: outcomeOf(tally.said.get(p) ?? 0),
  }))
  const denied = permissions.some((p) => p.outcome === 'denied')
  const missing = permissions.length === 0 || permissions.some((p) => p.outcome === 'not-granted')
  return {
    allow: !denied && !missing,
    reason: denied ? 'denied-by-policy' : missing ? 'not-granted' : 'granted',
    permissions,
    because: byRef(tally.because),
    denied: byRef(tally.denied),
    undecided: byRef(tally.undecided),
    exempt,
    judgements: tally.judgements,
  }
}

export const evaluateCross = (question: CrossAsk): Verdict => {
  const { judgements: _, exempt: __, ...verdict } = explainCross(question)
  return verdict
}
