// Enrolling a second factor inside the journey that asked for it (M7): proven at once, so it is evidence too. The first factor that a
// recovery code could stand in for also brings recovery codes, shown once.
import { isBypassCode } from '../../../core/assurance/bypass-code.ts'
import type { Evidence } from '../../../core/assurance/level.ts'
import type { CredentialId } from '../../../core/model/ids.ts'
import type { Journey } from '../../../core/model/journey.ts'
import { secondsLater } from '../../../core/model/time.ts'
import type { Tx } from '../../../ports/store.ts'
import type { Answered } from '../api.ts'
import { CHALLENGE_SECONDS } from '../show.ts'
import { type AnsweringDeps, addCredential, fault, type Given, next, proved, refuse, saveJourney } from './answering.ts'
import { factorCounter } from './second-factor.ts'

/** Codes are made when the person has none and the rules would ever accept one. */
const withRecoveryCodes = async (deps: AnsweringDeps, tx: Tx, given: Given, journey: Journey): Promise<Journey> => {
  const { credentials, need } = given.open
  const useful = need.level.value <= 2 && (need.factors?.value.includes('totp') ?? true)
  if (!useful || credentials.some((c) => c.data.kind === 'recovery-code' && !isBypassCode(c))) return journey
  const { codes, hashes } = deps.factors.recovery.make()
  await addCredential(deps, tx, given, deps.random.id() as CredentialId, 'recovery codes', {
    kind: 'recovery-code',
    hashes,
  })
  const recoveryCodesSealed = deps.secrets.seal(JSON.stringify(codes), `journey:${journey.id}`)
  return { ...journey, pending: { ...journey.pending, recoveryCodesSealed } }
}

const finishEnrolment = async (deps: AnsweringDeps, tx: Tx, given: Given, evidence: Evidence): Promise<Answered> => {
  await saveJourney(tx, await withRecoveryCodes(deps, tx, given, proved(given, evidence)))
  return next
}

export const enrolTotp = async (deps: AnsweringDeps, given: Given, code: string): Promise<Answered> => {
  const { journey, person } = given.open
  const pending = journey.pending.totp
  if (!pending || !person) return fault('stale')
  const counter = factorCounter(person.id, 'enrol-totp')
  const wait = await deps.tries.take([counter])
  if (wait) return fault('throttled', wait)
  const secret = deps.secrets.open(pending.secretSealed, `journey:${journey.id}`)
  const confirmed = await deps.factors.totp.confirm(secret, code, given.now)
  if ('refused' in confirmed)
    return refuse(deps, given, confirmed.refused === 'malformed' ? 'code-malformed' : 'wrong-code', 'enrol totp')
  const id = deps.random.id() as CredentialId
  return deps.store.write(async (tx) => {
    // lastStep is the step just used: the enrolment code cannot be the first sign-in code.
    await addCredential(deps, tx, given, id, 'authenticator app', {
      kind: 'totp',
      secretSealed: deps.secrets.seal(secret, `totp:${id}`),
      lastStep: confirmed.step,
    })
    await deps.tries.forgive(tx, [counter])
    return finishEnrolment(deps, tx, given, { kind: 'totp', at: given.now, credentialId: id })
  })
}

export const enrolPasskey = async (
  deps: AnsweringDeps,
  given: Given,
  response: unknown,
  label: string,
): Promise<Answered> => {
  const pending = given.open.journey.pending.webauthn
  if (pending?.purpose !== 'enrol' || given.now > secondsLater(pending.startedAt, CHALLENGE_SECONDS))
    return fault('passkey-failed')
  const made = await deps.factors.passkey.confirm(response, pending.challenge, given.now)
  if ('refused' in made) return refuse(deps, given, 'passkey-failed', 'enrol passkey', { detail: made.detail })
  const id = deps.random.id() as CredentialId
  return deps.store.write(async (tx) => {
    const name = label.trim().slice(0, 60) || (made.deviceType === 'multiDevice' ? 'passkey' : 'security key')
    if ((await addCredential(deps, tx, given, id, name, made)) === 'duplicate') return fault('passkey-failed')
    const evidence: Evidence = {
      kind: 'passkey',
      at: given.now,
      credentialId: id,
      userVerified: made.userVerified,
      hardware: !made.backedUp,
    }
    return finishEnrolment(deps, tx, given, evidence)
  })
}

export const recoveryCodesKept = async ({ store }: AnsweringDeps, given: Given): Promise<Answered> => {
  const { recoveryCodesSealed: _shown, ...pending } = given.open.journey.pending
  await store.write((tx) => saveJourney(tx, { ...given.open.journey, pending }))
  return next
}
