// What every answer shares: the deps, the opened journey, and the three ways an answer ends: next, fault, or a Problem.
import type { Evidence } from '../../../core/assurance/level.ts'
import type { Credential } from '../../../core/model/credential.ts'
import type { CredentialId } from '../../../core/model/ids.ts'
import type { Journey, Pending } from '../../../core/model/journey.ts'
import type { JsonObject } from '../../../core/model/json.ts'
import type { EpochMs } from '../../../core/model/time.ts'
import type { Clock } from '../../../ports/clock.ts'
import type { Factors } from '../../../ports/factor.ts'
import type { Hasher } from '../../../ports/hasher.ts'
import type { Random } from '../../../ports/random.ts'
import type { Secrets } from '../../../ports/secrets.ts'
import type { Store, Tx } from '../../../ports/store.ts'
import { actorOf, eventOf, targetOf } from '../../audit-event.ts'
import { notify } from '../../notice.ts'
import type { Answered, AnswerFault, JourneyRef } from '../api.ts'
import { type Open, saveJourney, walked } from '../open-journey.ts'
import type { Tries } from '../tries.ts'

export type AnsweringDeps = {
  readonly store: Store
  readonly secrets: Secrets
  readonly clock: Clock
  readonly random: Random
  readonly hasher: Hasher
  readonly factors: Factors
  readonly tries: Tries
  readonly isCommonPassword: (password: string) => boolean
}

/** One answer being given: everything was read before; nothing is written yet. */
export type Given = { readonly open: Open; readonly ref: JourneyRef; readonly now: EpochMs }

export const next: Answered = { kind: 'next' }
export const fault = (
  code: AnswerFault,
  more: Omit<Extract<Answered, { kind: 'fault' }>, 'kind' | 'fault'> = {},
): Answered => ({
  kind: 'fault',
  fault: code,
  ...more,
})

/** The journey with one more thing proven; the step's pending parts are consumed with it. */
export const proved = (given: Given, evidence: Evidence, changes: Partial<Journey> = {}): Journey => {
  const { journey, step } = given.open
  const { totp: _totp, webauthn: _webauthn, ...rest }: Pending = journey.pending
  return {
    ...journey,
    pending: rest,
    ...changes,
    evidence: [...(changes.evidence ?? journey.evidence).filter((e) => !sameProof(e, evidence)), evidence],
    path: walked(journey, step, evidence.kind, given.now),
  }
}
const sameProof = (a: Evidence, b: Evidence): boolean =>
  a.kind === b.kind && ('credentialId' in a ? 'credentialId' in b && a.credentialId === b.credentialId : true)

/** Refuses in words that tell a guesser nothing, and writes down what really happened. */
export const refuse = async (
  deps: AnsweringDeps,
  given: Given,
  code: AnswerFault,
  asked: string,
  details: JsonObject = {},
): Promise<Answered> => {
  const { journey, person, app } = given.open
  await deps.store.write((tx) =>
    tx.audit.add(
      eventOf(deps.random, given.now, {
        tenancyId: journey.tenancyId,
        domainId: journey.domainId,
        action: 'sign-in.failed',
        reason: code,
        actor: actorOf(undefined),
        target: person && targetOf(person),
        details: {
          asked,
          username: journey.username ?? null,
          app: app?.name ?? null,
          address: given.ref.source.address,
          ...details,
        },
        requestId: given.ref.source.requestId,
      }),
    ),
  )
  return fault(code)
}

/** Adds a fresh credential and says so in the audit. */
export const addCredential = async (
  deps: AnsweringDeps,
  tx: Tx,
  given: Given,
  id: CredentialId,
  label: string,
  data: Credential['data'],
): Promise<'ok' | 'duplicate'> => {
  const { person, journey } = given.open
  if (!person) throw new Error('a credential is added only to a known person')
  const added = await tx.credentials.add({
    id,
    personId: person.id,
    label,
    createdAt: given.now,
    lastUsedAt: given.now,
    version: 0,
    data,
  })
  if (added === 'duplicate') return added
  if (data.kind !== 'recovery-code') await notify(tx, deps.random, person, 'factor-enrolled', given.now)
  await tx.audit.add(
    eventOf(deps.random, given.now, {
      tenancyId: journey.tenancyId,
      domainId: journey.domainId,
      action: 'factor.enrolled',
      actor: actorOf(person),
      target: targetOf(person),
      details: { factor: data.kind, label, credential: id },
      requestId: given.ref.source.requestId,
    }),
  )
  return added
}

export { saveJourney }
