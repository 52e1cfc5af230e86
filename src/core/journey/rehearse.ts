// A sign-in played through on paper: the steps somebody would meet, in order, if every answer were right. It asks nextStep itself, so that
// what is explained is what happens.
import type { Evidence, FactorKind, Level } from '../assurance/level.ts'
import type { CredentialId, DeviceId, IdpId } from '../model/ids.ts'
import type { EpochMs } from '../model/time.ts'
import type { Facts } from './facts.ts'
import { nextStep } from './next-step.ts'
import type { Step } from './step.ts'

export type Rehearsal = {
  /** Where the person would go from the first page. */
  readonly route: 'local' | IdpId
  /** What that identity provider would vouch for. */
  readonly upstreamLevel: Level
  /** Comes from a device that was trusted at that time. */
  readonly deviceTrustedAt: EpochMs | undefined
}

const nowhere = '' as CredentialId
const factorEvidence = (kind: FactorKind, at: EpochMs): Evidence => {
  switch (kind) {
    case 'passkey':
      return { kind, at, credentialId: nowhere, userVerified: true, hardware: false }
    case 'totp':
      return { kind, at, credentialId: nowhere }
    default:
      return { kind, at }
  }
}

const having = (facts: Facts, evidence: Evidence): Facts => ({ ...facts, evidence: [...facts.evidence, evidence] })

/** The device is asked for after the first factor, as in a journey. */
const withDevice = (facts: Facts, { deviceTrustedAt }: Rehearsal, now: EpochMs): Facts =>
  deviceTrustedAt === undefined
    ? facts
    : having(facts, { kind: 'trusted-device', at: now, deviceId: '' as DeviceId, trustedAt: deviceTrustedAt })

const answered = (facts: Facts, step: Step, how: Rehearsal, now: EpochMs): Facts | undefined => {
  switch (step.do) {
    case 'identify':
      return { ...facts, identified: true, route: how.route }
    case 'password':
      return withDevice(having(facts, { kind: 'password', at: now }), how, now)
    case 'upstream': {
      const { upstreamLevel: level } = how
      const vouched = { kind: 'upstream' as const, at: now, idpId: step.idpId, level, acr: undefined, amr: [] }
      return withDevice(having(facts, vouched), how, now)
    }
    case 'challenge':
    case 'enrol': {
      const [kind] = step.offer
      if (kind === undefined) return undefined
      const enrolled = step.do === 'enrol' ? [...facts.enrolled, kind] : facts.enrolled
      return having({ ...facts, enrolled }, factorEvidence(kind, now))
    }
    case 'keep-recovery-codes':
      return { ...facts, recoveryCodesToKeep: false }
    case 'confirm-account':
    case 'contact-email':
    case 'accept-terms':
    case 'complete-profile':
      return { ...facts, owed: facts.owed.slice(1) }
    case 'change-password':
      return { ...facts, password: { expired: false, mustChange: false } }
    default:
      return undefined
  }
}

/** A journey ends: every answer shortens what is owed. The bound is for a rule that broke this. */
const MOST_STEPS = 20

/** @returns every step, the last `done` or `refuse` */
export const rehearse = (facts: Facts, how: Rehearsal, now: EpochMs): readonly Step[] => {
  const steps: Step[] = []
  let here: Facts | undefined = facts
  while (here !== undefined && steps.length < MOST_STEPS) {
    const step: Step = nextStep(here, now)
    steps.push(step)
    here = answered(here, step, how, now)
  }
  return steps
}
