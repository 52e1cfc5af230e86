// The answers of a first sign-in that are given once: this account is mine, I accept the terms, this is my profile. Each is stored with the
// person and in the audit log in the transaction that moves the journey on.
import { profileFault } from '../../../core/journey/profile.ts'
import type { JsonObject } from '../../../core/model/json.ts'
import type { Person } from '../../../core/model/person.ts'
import type { Tx } from '../../../ports/store.ts'
import { actorOf, eventOf, targetOf } from '../../audit-event.ts'
import type { Answer, Answered } from '../api.ts'
import { walked } from '../open-journey.ts'
import { type AnsweringDeps, fault, type Given, next, saveJourney } from './answering.ts'

/** Stores what was completed. The person is read again: somebody else may have changed other things meanwhile. */
export const complete = async (
  tx: Tx,
  deps: AnsweringDeps,
  { open, ref, now }: Given,
  change: (person: Person) => Person,
  done: { readonly action: string; readonly details: JsonObject },
): Promise<Answered> => {
  const person = open.person && (await tx.people.get(open.person.id))
  if (!person) return fault('stale')
  await tx.people.put({ ...change(person), updatedAt: now })
  const { contact: _, ...pending } = open.journey.pending
  await saveJourney(tx, { ...open.journey, pending, path: walked(open.journey, open.step, 'completed', now) })
  await tx.audit.add(
    eventOf(deps.random, now, {
      tenancyId: person.tenancyId,
      domainId: person.domainId,
      action: done.action,
      actor: actorOf(person),
      target: targetOf(person),
      details: done.details,
      requestId: ref.source.requestId,
    }),
  )
  return next
}

export const confirmAccount = (deps: AnsweringDeps, given: Given): Promise<Answered> =>
  deps.store.write((tx) =>
    complete(tx, deps, given, (p) => ({ ...p, onboarded: { ...p.onboarded, confirmedAt: given.now } }), {
      action: 'account.confirmed',
      details: {},
    }),
  )

export const acceptTerms = async (
  deps: AnsweringDeps,
  given: Given,
  { version, accepted }: Extract<Answer, { kind: 'accept-terms' }>,
): Promise<Answered> => {
  // the version that was shown: new terms published meanwhile are shown first
  if (given.open.domain.onboarding?.terms?.version !== version) return fault('stale')
  if (!accepted) return fault('terms-not-accepted')
  return deps.store.write((tx) =>
    complete(tx, deps, given, (p) => ({ ...p, onboarded: { ...p.onboarded, terms: { version, at: given.now } } }), {
      action: 'terms.accepted',
      details: { version },
    }),
  )
}

export const completeProfile = async (
  deps: AnsweringDeps,
  given: Given,
  { name, profile }: Extract<Answer, { kind: 'complete-profile' }>,
): Promise<Answered> => {
  const wrong = profileFault(name, profile)
  if (wrong) return fault(wrong)
  return deps.store.write((tx) =>
    complete(tx, deps, given, (p) => ({ ...p, displayName: name.trim(), profile }), {
      action: 'profile.completed',
      details: { country: profile.country, timeZone: profile.timeZone },
    }),
  )
}
