// What must this person still do? A journey stores evidence, never a position, so this is asked again on every request; silent SSO,
// step-up and re-authentication are the same question about a journey with other evidence.
import { amrOf, type Evidence, type FactorKind, levelOf, secondFactorsFor } from '../assurance/level.ts'
import { daysLater, type EpochMs } from '../model/time.ts'
import type { Facts } from './facts.ts'
import type { Owed } from './onboarding.ts'
import type { Step } from './step.ts'

type Now = { readonly facts: Facts; readonly evidence: readonly Evidence[]; readonly now: EpochMs }
type Rule = (now: Now) => Step | undefined // undefined: nothing owed under this rule

/** Evidence that still counts: younger than the rules' maximum age and than what the application insists on. */
export const freshEvidence = (
  { need, freshAfter, evidence }: Pick<Facts, 'need' | 'freshAfter' | 'evidence'>,
  now: EpochMs,
): readonly Evidence[] => {
  const maxAge = need.maxAgeSeconds?.value
  const oldest = Math.max(freshAfter ?? 0, maxAge === undefined ? 0 : now - maxAge * 1000)
  return evidence.filter((e) => e.at >= oldest)
}

const proves = (evidence: readonly Evidence[], kind: Evidence['kind']): boolean => evidence.some((e) => e.kind === kind)

/** Second factors that policy allows, that reach the level, and that are not in evidence yet. */
const allowedFactors = ({ facts, evidence }: Now): readonly FactorKind[] =>
  secondFactorsFor(facts.need.level.value).filter(
    (kind) =>
      (facts.need.factors?.value.includes(kind) ?? true) &&
      !proves(evidence, kind) &&
      (kind !== 'recovery-code' || totpMayStandIn(facts)),
  )

// A recovery code stands in for a lost TOTP app; where TOTP itself is not allowed it would be a way around the rule.
const totpMayStandIn = (facts: Facts): boolean => facts.need.factors?.value.includes('totp') ?? true

const offered: Rule = ({ facts }) =>
  facts.appOffered ? undefined : { do: 'refuse', why: 'app-not-for-you', because: undefined }
const standing: Rule = ({ facts }) =>
  facts.active ? undefined : { do: 'refuse', why: 'person-disabled', because: undefined }

const identity: Rule = ({ facts, evidence }) =>
  facts.identified || facts.route !== undefined || evidence.length > 0 ? undefined : { do: 'identify' }

const firstFactor: Rule = ({ facts, evidence }) => {
  if (
    proves(evidence, 'password') ||
    proves(evidence, 'upstream') ||
    evidence.some((e) => e.kind === 'passkey' && e.userVerified)
  )
    return undefined
  if (facts.route !== undefined && facts.route !== 'local') return { do: 'upstream', idpId: facts.route }
  return facts.localSignIn ? { do: 'password' } : { do: 'refuse', why: 'local-sign-in-off', because: undefined }
}

const admission: Rule = ({ facts }) =>
  facts.need.denied ? { do: 'refuse', why: 'not-allowed-here', because: facts.need.denied.because } : undefined

/** A factor that a rule does not allow does not count towards the level it asks for, nor does a device that policy no longer trusts. */
const countsFor = ({ facts, evidence, now }: Now): readonly Evidence[] => {
  const allowed = facts.need.factors?.value
  const days = facts.need.trustedDevice?.value.count ? facts.need.trustedDevice.value.days : 0
  return evidence.filter((e) => {
    if (e.kind === 'trusted-device') return now < daysLater(e.trustedAt, days)
    if (!allowed) return true
    if (e.kind === 'totp' || e.kind === 'passkey') return allowed.includes(e.kind)
    return e.kind === 'recovery-code' ? allowed.includes('totp') : true
  })
}

const reached = (now: Now): boolean => levelOf(countsFor(now)) >= now.facts.need.level.value

const secondFactor: Rule = (now) => {
  const { need, enrolled } = now.facts
  if (reached(now)) return undefined
  const usable = allowedFactors(now).filter((kind) => enrolled.includes(kind))
  if (usable.length === 0) return undefined
  const trust = need.trustedDevice?.value
  const trustDays = need.level.value === 2 && trust && trust.days > 0 && trust.count > 0 ? trust.days : undefined
  return { do: 'challenge', offer: usable, level: need.level.value, because: need.level.because, trustDays }
}

/**
 * Whoever has a factor proves one before adding another, even if it is not the one that policy wants now: otherwise a stolen password
 * would be enough to enrol the thief's own. A trusted device is no proof for this.
 */
const proofBeforeEnrolment: Rule = (now) => {
  if (reached(now) || levelOf(now.evidence.filter((e) => e.kind !== 'trusted-device')) >= 2) return undefined
  const offer = now.facts.enrolled.filter((kind) => kind !== 'password' && !proves(now.evidence, kind))
  const { level } = now.facts.need
  return offer.length > 0
    ? { do: 'challenge', offer, level: level.value, because: level.because, trustDays: undefined }
    : undefined
}

const enrolment: Rule = (now) => {
  const { need } = now.facts
  if (reached(now)) return undefined
  const offer = allowedFactors(now).filter((kind) => kind !== 'recovery-code' && !now.facts.enrolled.includes(kind))
  return offer.length > 0
    ? { do: 'enrol', offer, level: need.level.value, because: need.level.because }
    : { do: 'refuse', why: 'no-factor-allowed', because: need.factors?.because ?? need.level.because } // fail closed
}

const recoveryCodes: Rule = ({ facts }) => (facts.recoveryCodesToKeep ? { do: 'keep-recovery-codes' } : undefined)

const passwordAge: Rule = ({ facts, evidence }) => {
  if (!facts.password || !proves(evidence, 'password')) return undefined // who did not use the password is not asked to change it
  if (facts.password.mustChange) return { do: 'change-password', why: 'must-change' }
  return facts.password.expired ? { do: 'change-password', why: 'expired' } : undefined
}

const steps: { readonly [O in Owed]: Step } = {
  confirm: { do: 'confirm-account' },
  'contact-email': { do: 'contact-email' },
  terms: { do: 'accept-terms' },
  profile: { do: 'complete-profile' },
}
// Last: nothing of an account is shown or changed before everything is proven.
const onboarding: Rule = ({
  facts: {
    owed: [first],
  },
}) => first && steps[first]

// INVARIANT: firstFactor before admission and the second factor: nothing about a person's rules is shown to someone who proved nothing.
// INVARIANT: secondFactor and enrolment before passwordAge. Reversed, whoever finds an expired password could renew it without ever
// holding the second factor.
// INVARIANT: challenge and enrol offer only factors that reach the level and are not yet in evidence, so every answer shortens one of
// them and a journey ends.
const rules: readonly Rule[] = [
  offered,
  identity,
  firstFactor,
  standing,
  admission,
  secondFactor,
  proofBeforeEnrolment,
  enrolment,
  recoveryCodes,
  passwordAge,
  onboarding,
]

/**
 * The first debt, or `done`: the only value from which `flows/sign-in/finish` will mint a session.
 * Levels are ours, 0–3, and reach the wire as `acr` (OIDC Core 1.0 §2) and AuthnContextClassRef (SAML Core §2.7.2.2).
 * @param now epoch milliseconds, the only clock in here. Never throws: a refusal is a Step.
 */
export const nextStep = (facts: Facts, now: EpochMs): Step => {
  const evidence = freshEvidence(facts, now)
  for (const rule of rules) {
    const step = rule({ facts, evidence, now })
    if (step) return step
  }
  const counted = countsFor({ facts, evidence, now })
  return { do: 'done', level: levelOf(counted), amr: amrOf(counted) }
}
