// The decision, pure and total. Every needed permission on its own: system policy, else Deny, else Allow, else no. Every clause that can
// matter is weighed, whatever the others said, so the order of statements and policies has no meaning.
import type { Permission } from './catalogue.ts'
import { type Clause, touches } from './clause.ts'
import type { Snapshot } from './compile.ts'
import { holds, type Truth } from './condition.ts'
import { visitClauses } from './index-of-clauses.ts'
import type { Ask } from './question.ts'
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

/** What the clauses said so far about each needed permission. */
export type Tally = {
  readonly said: number[] // per permission: SYSTEM, ALLOWED, DENIED
  readonly because: Clause[]
  readonly deniedBy: Clause[]
  readonly undecided: Clause[]
}

const SYSTEM = 1
const ALLOWED = 2
const DENIED = 4

export const emptyTally = (ask: Ask): Tally => ({
  said: ask.need.permissions.map(() => 0),
  because: [],
  deniedBy: [],
  undecided: [],
})

const note = (list: Clause[], clause: Clause): void => {
  if (!list.includes(clause)) list.push(clause)
}

/** Members of the default Administrators group are never denied: somebody must be able to repair a tenancy. */
export const isExempt = (snapshot: Snapshot, ask: Ask): boolean =>
  snapshot.administrators !== undefined && ask.principal.groupIds.includes(snapshot.administrators)

export const truthFor = (clause: Clause, ask: Ask, permission: Permission): Truth =>
  clause.where === undefined ? 'true' : holds(clause.where, ask, permission)

/** Lets one clause, whose subject and place fit, say what it has to say about every needed permission. */
export const weigh = (clause: Clause, ask: Ask, tally: Tally): void => {
  const { permissions } = ask.need
  let truth: Truth | undefined
  for (let n = 0; n < permissions.length; n++) {
    const permission = permissions[n]
    if (permission === undefined || !touches(clause, permission)) continue
    if (truth === undefined || clause.where?.perPermission) truth = truthFor(clause, ask, permission)
    if (truth === 'undecided') note(tally.undecided, clause)
    if (clause.effect === 'allow' && truth === 'true') {
      tally.said[n] = (tally.said[n] ?? 0) | (clause.system ? SYSTEM : ALLOWED)
      note(tally.because, clause)
    }
    // a Deny that lacks a fact holds: silence of the caller must not open a door
    if (clause.effect === 'deny' && truth !== 'false') {
      tally.said[n] = (tally.said[n] ?? 0) | DENIED
      note(tally.deniedBy, clause)
    }
  }
}

const byRef = (clauses: Clause[]): readonly Clause[] =>
  clauses.length < 2 ? clauses : clauses.sort((a, b) => (a.ref < b.ref ? -1 : a.ref > b.ref ? 1 : 0))

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
    because: byRef(tally.because),
    denied: exempt ? [] : byRef(tally.deniedBy),
    undecided: byRef(tally.undecided),
  }
}

/** Calls `visit` with every clause that is about the asker, for a type that is needed, and covers the place. */
export const visitFitting = <T>(
  { index }: Snapshot,
  { principal, need: { types }, place: { chain } }: Ask,
  visit: (clause: Clause, state: T) => void,
  state: T,
): void => visitClauses(index, numbersFor(index, principal), { types }, chain, visit, state)

const weighInto = (clause: Clause, { ask, tally }: { readonly ask: Ask; readonly tally: Tally }): void =>
  weigh(clause, ask, tally)

export const evaluate = (snapshot: Snapshot, ask: Ask): Verdict => {
  const state = { ask, tally: emptyTally(ask) }
  // those that cannot touch a needed permission are not even looked at
  const { index } = snapshot
  const { subjects } = ask
  // of this index and this asker: a question may have been asked anew of another
  const known = subjects?.index === index && subjects.of === ask.principal
  const numbers = known ? subjects.numbers : numbersFor(index, ask.principal)
  visitClauses(index, numbers, ask.need, ask.place.chain, weighInto, state)
  return verdictOf(state.tally, ask, isExempt(snapshot, ask))
}
