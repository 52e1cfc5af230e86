// The decision, pure and total. Every needed permission on its own: system policy, else Deny, else Allow, else no. Every clause that can
// matter is weighed, whatever the others said, so the order of statements and policies has no meaning.
import type { Permission } from './catalogue.ts'
import { type Clause, touches } from './clause.ts'
import type { Snapshot } from './compile.ts'
import { holds, type Predicate, type Truth } from './condition.ts'
import { found } from './find-rows.ts'
import { visitClauses } from './index-of-clauses.ts'
import type { Ask } from './question.ts'
import { isDeny, isNamed, isSystem, NO_KEY, reaches } from './reach.ts'
import { numbersFor } from './subjects.ts'

export type Outcome = 'granted' | 'denied' | 'not-granted'
export type Verdict = {
  readonly allow: boolean
  readonly reason: 'granted' | 'denied-by-policy' | 'not-granted'
  readonly permissions: readonly { readonly permission: string; readonly outcome: Outcome }[]
  readonly because: readonly Clause[] // Allow clauses that granted something needed
  readonly denied: readonly Clause[] // Deny clauses that removed something needed
  readonly undecided: readonly Clause[] // clauses whose condition lacked a fact
}

/** What some clauses said so far about each needed permission. They are noted by number: to touch each would cost more than all the rest. */
export type Tally = {
  readonly clauses: readonly Clause[]
  readonly said: number[] // per permission: SYSTEM, ALLOWED, DENIED
  readonly because: number[]
  readonly deniedBy: number[]
  readonly undecided: number[]
}

const SYSTEM = 1
const ALLOWED = 2
const DENIED = 4

export const emptyTally = ({ need: { permissions } }: Ask, clauses: readonly Clause[]): Tally => {
  const said: number[] = []
  for (let n = 0; n < permissions.length; n++) said.push(0)
  return { clauses, said, because: [], deniedBy: [], undecided: [] }
}

const note = (list: number[], clause: number): void => {
  if (!list.includes(clause)) list.push(clause)
}

/** Members of the default Administrators group are never denied: somebody must be able to repair a tenancy. */
export const isExempt = (snapshot: Snapshot, ask: Ask): boolean =>
  snapshot.administrators !== undefined && ask.principal.groupIds.includes(snapshot.administrators)

const truthOf = (where: Predicate | undefined, ask: Ask, permission: Permission): Truth =>
  where === undefined ? 'true' : holds(where, ask, permission)

export const truthFor = ({ where }: Clause, ask: Ask, permission: Permission): Truth => truthOf(where, ask, permission)

/**
 * Lets one clause, whose subject and place fit, say what it has to say about every needed permission. Its key (reach.ts) and
 * its condition are all there is to know, unless it names permissions or the key is NO_KEY: then the clause itself is looked at.
 */
export const weigh = (n: number, key: number, where: Clause['where'], ask: Ask, tally: Tally): void => {
  const { permissions } = ask.need
  const named = isNamed(key) ? tally.clauses[n] : undefined
  if (named === undefined && isNamed(key)) return
  const deny = named ? named.effect === 'deny' : isDeny(key)
  let truth: Truth | undefined
  for (let p = 0; p < permissions.length; p++) {
    const permission = permissions[p]
    if (permission === undefined || !(named ? touches(named, permission) : reaches(key, permission))) continue
    if (truth === undefined || where?.perPermission) truth = truthOf(where, ask, permission)
    if (truth === 'undecided') note(tally.undecided, n)
    if (!deny && truth === 'true') {
      tally.said[p] = (tally.said[p] ?? 0) | ((named ? named.system : isSystem(key)) ? SYSTEM : ALLOWED)
      note(tally.because, n)
    }
    // a Deny that lacks a fact holds: silence of the caller must not open a door
    if (deny && truth !== 'false') {
      tally.said[p] = (tally.said[p] ?? 0) | DENIED
      note(tally.deniedBy, n)
    }
  }
}

/** In an order that does not depend on the index. */
const byRef = (numbers: readonly number[], clauses: readonly Clause[]): readonly Clause[] => {
  const out: Clause[] = []
  for (const n of numbers) {
    const clause = clauses[n]
    if (clause !== undefined) out.push(clause)
  }
  return out.length < 2 ? out : out.sort((a, b) => (a.ref < b.ref ? -1 : a.ref > b.ref ? 1 : 0))
}

const outcomeOf = (said: number, exempt: boolean): Outcome => {
  if (said & SYSTEM) return 'granted'
  if (said & DENIED && !exempt) return 'denied'
  return said & ALLOWED ? 'granted' : 'not-granted'
}

export const verdictOf = (tally: Tally, ask: Ask, exempt: boolean): Verdict => {
  let denied = false
  let missing = ask.need.permissions.length === 0 // nothing needed is nothing granted
  const permissions = ask.need.permissions.map(({ name }, n) => {
    const outcome = outcomeOf(tally.said[n] ?? 0, exempt)
    denied ||= outcome === 'denied'
    missing ||= outcome === 'not-granted'
    return { permission: name, outcome }
  })
  return {
    allow: !denied && !missing,
    reason: denied ? 'denied-by-policy' : missing ? 'not-granted' : 'granted',
    permissions,
    because: byRef(tally.because, tally.clauses),
    denied: exempt ? [] : byRef(tally.deniedBy, tally.clauses),
    undecided: byRef(tally.undecided, tally.clauses),
  }
}

/** Calls `visit` with every clause that is about the asker, for a type that is needed, and covers the place. */
export const visitFitting = <T>(
  { index }: Snapshot,
  { principal, need: { types }, place: { chain } }: Ask,
  visit: (clause: Clause, state: T) => void,
  state: T,
): void => visitClauses(index, numbersFor(index, principal), { types }, chain, visit, state)

export const evaluate = (snapshot: Snapshot, ask: Ask): Verdict => {
  const { index } = snapshot
  const { subjects } = ask
  const tally = emptyTally(ask, index.clauses)
  // of this index and this asker: a question may have been asked anew of another
  const known = subjects?.index === index && subjects.of === ask.principal
  const numbers = known ? subjects.numbers : numbersFor(index, ask.principal)
  // those that cannot touch a needed permission are not even looked at
  const rows = found(index, numbers, ask.need, ask.place.chain)
  for (let n = 0; n < rows.length; n += 3)
    weigh(rows[n + 1] ?? -1, rows[n] ?? NO_KEY, index.conditions.all[rows[n + 2] ?? 0], ask, tally)
  return verdictOf(tally, ask, isExempt(snapshot, ask))
}
