// Would a stronger sign-in turn this No into a Yes, and what is the least that would? Asks the evaluator again about the same person with
// more proven. Knows what a level brings along; does not know how anybody proves it.
import { type FactorKind, type Level, secondFactorsFor } from '../assurance/level.ts'
import { acrOf, levelNamed } from '../release/names.ts'
import { type Clause, touches } from './clause.ts'
import type { Snapshot } from './compile.ts'
import type { Predicate } from './condition.ts'
import { evaluate, visitFitting } from './evaluate.ts'
import { fold } from './glob.ts'
import type { Ask, Supplied } from './question.ts'

/** RFC 9470: what an application asks the authorization server for, in its words and in ours. */
export type SignInNeed = {
  readonly level: Level
  readonly acr: string
  /** Methods (RFC 8176) of the sign-in that would do. */
  readonly amr: readonly string[]
  readonly factors: readonly FactorKind[]
}

const LEVEL = 'request.user.level'
const ACR = 'request.user.acr'
const AMR = 'request.user.amr'
const MFA = 'request.user.mfatotpverified'
const proven: ReadonlySet<string> = new Set([LEVEL, ACR, AMR, MFA])

type Proof = { readonly level: Level; readonly amr: readonly string[] }
/** From the least on: a password, a code beside it, a passkey, a passkey that is a device of its own. */
const proofs: readonly Proof[] = [
  { level: 1, amr: ['pwd'] },
  { level: 2, amr: ['mfa', 'otp', 'pwd'] },
  { level: 3, amr: ['mfa', 'swk', 'user'] },
  { level: 3, amr: ['hwk', 'mfa', 'user'] },
]

const mentions = (predicate: Predicate | undefined): boolean =>
  predicate !== undefined &&
  (predicate.kind === 'test' ? predicate.variables.some((v) => proven.has(v.name)) : predicate.of.some(mentions))

type Search = { readonly ask: Ask; found: boolean }
const look = (clause: Clause, search: Search): void => {
  search.found ||= mentions(clause.where) && search.ask.need.permissions.some((p) => touches(clause, p))
}

/** The same question with other facts: over what the caller said, and over what is known of the asker. */
export const withFacts = (ask: Ask, facts: Supplied): Ask => {
  const supplied = new Map([...ask.supplied(), ...facts])
  const known = ask.principal.facts
  const replaced = known && [...facts].filter(([name]) => known.has(name))
  const principal =
    known && replaced && replaced.length > 0
      ? { ...ask.principal, facts: new Map([...known, ...replaced]) }
      : ask.principal
  return { ...ask, principal, supplied: () => supplied }
}

const said = (ask: Ask, name: string): readonly string[] =>
  ask.principal.facts?.get(name) ?? ask.supplied().get(name) ?? []

const levelSaid = (ask: Ask): number =>
  Math.max(0, ...said(ask, LEVEL).map(Number).filter(Number.isFinite), ...said(ask, ACR).map((a) => levelNamed(a) ?? 0))

/** Methods add up: who proved one thing and then another has proved both. */
const provenBy = (ask: Ask, { level, amr }: Proof): Supplied =>
  new Map([
    [LEVEL, [String(level)]],
    [ACR, [fold(acrOf[level])]],
    [AMR, [...new Set([...said(ask, AMR), ...amr])]],
    [MFA, [String(level >= 2)]],
  ])

/** For a No. Undefined: no sign-in helps. Costs next to nothing where no statement that fits looks at the sign-in. */
export const signInNeeded = (snapshot: Snapshot, ask: Ask): SignInNeed | undefined => {
  const search: Search = { ask, found: false }
  visitFitting(snapshot, ask, look, search)
  if (!search.found) return undefined
  const [have, methods] = [levelSaid(ask), said(ask, AMR)]
  const enough = proofs
    .filter(({ level, amr }) => level > have || (level === have && amr.some((method) => !methods.includes(method))))
    .find((proof) => evaluate(snapshot, withFacts(ask, provenBy(ask, proof))).allow)
  if (!enough) return undefined
  const { level, amr } = enough
  return { level, acr: acrOf[level], amr, factors: level < 2 ? ['password'] : secondFactorsFor(level) }
}
