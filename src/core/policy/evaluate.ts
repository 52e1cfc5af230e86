// The decision, pure and total. Every needed permission on its own: system policy, else Deny, else Allow, else no. Every clause that can
// matter is weighed, whatever the others said, so the order of statements and policies has no meaning.
import type { Permission } from './catalogue.ts'
import { ANY_GROUP, ANY_USER, type Clause, touches } from './clause.ts'
import type { Snapshot } from './compile.ts'
import { holds, type Truth } from './condition.ts'
import type { Ask } from './question.ts'

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
  readonly system: boolean[]
  readonly allowed: boolean[]
  readonly denied: boolean[]
  readonly because: Clause[]
  readonly deniedBy: Clause[]
  readonly undecided: Clause[]
}

export const emptyTally = (): Tally => ({
  system: [],
  allowed: [],
  denied: [],
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
      if (clause.system) tally.system[n] = true
      else tally.allowed[n] = true
      note(tally.because, clause)
    }
    // a Deny that lacks a fact holds: silence of the caller must not open a door
    if (clause.effect === 'deny' && truth !== 'false') {
      tally.denied[n] = true
      note(tally.deniedBy, clause)
    }
  }
}

const byRef = (clauses: Clause[]): readonly Clause[] =>
  clauses.length < 2 ? clauses : clauses.sort((a, b) => (a.ref < b.ref ? -1 : a.ref > b.ref ? 1 : 0))

export const verdictOf = (tally: Tally, ask: Ask, exempt: boolean): Verdict => {
  let denied = false
  let missing = ask.need.permissions.length === 0 // nothing needed is nothing granted
  const permissions = ask.need.permissions.map(({ name }, n) => {
    const outcome: Outcome = tally.system[n]
      ? 'granted'
      : tally.denied[n] && !exempt
        ? 'denied'
        : tally.allowed[n]
          ? 'granted'
          : 'not-granted'
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

const weighSubject = (snapshot: Snapshot, subject: string, ask: Ask, tally: Tally): void => {
  const places = snapshot.index.get(subject)
  if (places === undefined) return
  for (const place of ask.place.chain) {
    const bucket = places.get(place)
    if (bucket === undefined) continue
    for (const clause of bucket.all) weigh(clause, ask, tally)
    for (const type of ask.need.types) {
      const clauses = bucket.byType.get(type)
      if (clauses !== undefined) for (const clause of clauses) weigh(clause, ask, tally)
    }
  }
}

export const evaluate = (snapshot: Snapshot, ask: Ask): Verdict => {
  const tally = emptyTally()
  weighSubject(snapshot, ANY_USER, ask, tally)
  const { groupIds } = ask.principal
  if (groupIds.length > 0) weighSubject(snapshot, ANY_GROUP, ask, tally)
  for (const group of groupIds) weighSubject(snapshot, group, ask, tally)
  return verdictOf(tally, ask, isExempt(snapshot, ask))
}
