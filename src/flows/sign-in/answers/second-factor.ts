// TOTP, recovery code and passkey as answers to a challenge, and the passkey as the whole sign-in. Single use is decided by the
// compare-and-swap of the credential (last step, hash list, counter), in the same transaction as the journey's evidence.
import { isBypassCode, maySpend } from '../../../core/assurance/bypass-code.ts'
import type { Credential } from '../../../core/model/credential.ts'
import { secondsLater } from '../../../core/model/time.ts'
import type { FactorRefusal, Verified } from '../../../ports/factor.ts'
import type { Answered, AnswerFault } from '../api.ts'
import { CHALLENGE_SECONDS } from '../show.ts'
import type { Counter } from '../tries.ts'
import { type AnsweringDeps, fault, type Given, next, proved, refuse, saveJourney } from './answering.ts'
import { spendBypassCode } from './bypass-code.ts'

const faultOf: { readonly [R in FactorRefusal['refused']]: AnswerFault } = {
  malformed: 'code-malformed',
  wrong: 'wrong-code',
  replayed: 'code-used',
  expired: 'passkey-failed',
  'unknown-credential': 'passkey-unknown',
  'not-user-verified': 'passkey-failed',
}

/** One counter per person and factor, over all browsers: six digits must not be guessed by opening many journeys. */
export const factorCounter = (personId: string, factor: string): Counter => ({
  key: `${factor}:${personId}`,
  freeTries: 5,
  maxWaitSeconds: 900,
})

const accept = async (
  deps: AnsweringDeps,
  given: Given,
  verified: Verified,
  trustDevice: boolean,
  counter: Counter,
): Promise<Answered> =>
  deps.store.write(async (tx) => {
    // The loser of a race for the same code finds the credential changed: his code is used, whatever he typed.
    if ((await tx.credentials.save(verified.save)) === 'stale') return fault('code-used')
    await spendBypassCode(tx, deps, given, verified.save)
    await saveJourney(
      tx,
      proved(given, verified.evidence, { trustDevice: given.open.journey.trustDevice || trustDevice }),
    )
    await deps.tries.forgive(tx, [counter])
    return next
  })

/** Tries each credential of the kind: a person may have several authenticator apps. */
const firstThatVerifies = async (
  credentials: readonly Credential[],
  verify: (credential: Credential) => Promise<Verified | FactorRefusal>,
): Promise<Verified | FactorRefusal> => {
  let refusal: FactorRefusal = { refused: 'wrong', detail: 'nothing is enrolled' }
  for (const credential of credentials) {
    const answer = await verify(credential)
    if (!('refused' in answer)) return answer
    if (refusal.refused !== 'replayed') refusal = answer
  }
  return refusal
}

const byCode = async (
  deps: AnsweringDeps,
  given: Given,
  kind: 'totp' | 'recovery-code',
  trustDevice: boolean,
  verify: (credential: Credential) => Promise<Verified | FactorRefusal>,
): Promise<Answered> => {
  const { person, credentials, step } = given.open
  if (!person) return fault('stale')
  const counter = factorCounter(person.id, kind)
  const wait = await deps.tries.take([counter])
  if (wait) return fault('throttled', wait)
  const answer = await firstThatVerifies(
    credentials.filter((c) => c.data.kind === kind && (!isBypassCode(c) || maySpend(c, given.open.need, given.now))),
    verify,
  )
  if ('refused' in answer) return refuse(deps, given, faultOf[answer.refused], kind, { detail: answer.detail })
  const mayTrust = step.do === 'challenge' && step.trustDays !== undefined
  return accept(deps, given, answer, trustDevice && mayTrust, counter)
}

export const answerTotp = (deps: AnsweringDeps, given: Given, code: string, trustDevice: boolean): Promise<Answered> =>
  byCode(deps, given, 'totp', trustDevice, (credential) => deps.factors.totp.verify(credential, code, given.now))

/** A recovery code never makes a device trusted: it is used when something was lost. */
export const answerRecoveryCode = (deps: AnsweringDeps, given: Given, code: string): Promise<Answered> =>
  byCode(deps, given, 'recovery-code', false, (credential) => deps.factors.recovery.verify(credential, code, given.now))

/** On a challenge the credential must be this person's; before anyone is identified the credential says who it is. */
export const answerPasskey = async (deps: AnsweringDeps, given: Given, response: unknown): Promise<Answered> => {
  const { journey, domain, step, person: known } = given.open
  const pending = journey.pending.webauthn
  const purpose = step.do === 'challenge' ? 'challenge' : 'sign-in'
  if (pending?.purpose !== purpose || given.now > secondsLater(pending.startedAt, CHALLENGE_SECONDS))
    return fault('passkey-failed')
  const ids = deps.factors.passkey.idOf(response)
  if (!ids) return fault('passkey-failed')
  const found = await deps.store.read(async (tx) => {
    const credential = await tx.credentials.byWebauthnId(domain.id, ids.webauthnId)
    return { credential, owner: credential && (await tx.people.get(credential.personId)) }
  })
  const { credential, owner } = found
  const stranger = purpose === 'challenge' && owner?.id !== known?.id
  if (!credential || !owner || stranger || (ids.userHandle !== undefined && ids.userHandle !== owner.handle))
    return refuse(deps, given, 'passkey-unknown', 'passkey')
  const answer = await deps.factors.passkey.verify(credential, response, pending.challenge, given.now)
  if ('refused' in answer) return refuse(deps, given, 'passkey-failed', 'passkey', { detail: answer.detail })
  if (purpose === 'challenge') return accept(deps, given, answer, false, factorCounter(owner.id, 'passkey'))
  return deps.store.write(async (tx) => {
    if ((await tx.credentials.save(answer.save)) === 'stale') return fault('passkey-failed')
    // Evidence of a session that belongs to someone else does not become this person's.
    const own = journey.personId === owner.id ? journey.evidence : []
    const sessionId = journey.personId === owner.id ? journey.sessionId : undefined
    await saveJourney(
      tx,
      proved(given, answer.evidence, {
        evidence: own,
        sessionId,
        personId: owner.id,
        username: owner.username,
        route: 'local',
      }),
    )
    return next
  })
}
