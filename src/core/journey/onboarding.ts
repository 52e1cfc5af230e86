// What a person has yet to complete in a domain: the account confirmed, a contact address proven, the terms of today accepted, the profile
// filled in. Derived from what is stored, so that a reload or a new version of the terms needs no state of its own.
import type { Person } from '../model/person.ts'
import type { Onboarding } from '../model/tenancy.ts'

export type Owed = 'confirm' | 'contact-email' | 'terms' | 'profile'

type Complete = Pick<Person, 'contact' | 'profile' | 'onboarded'>

/** In the order in which it is asked. */
export const owedBy = (asked: Onboarding | undefined, person: Complete | undefined): readonly Owed[] => {
  if (!asked || !person) return []
  const { contact, profile, onboarded } = person
  const owed: readonly (readonly [Owed, boolean])[] = [
    ['confirm', asked.confirm && onboarded?.confirmedAt === undefined],
    ['contact-email', asked.contactEmail && contact === undefined],
    ['terms', asked.terms !== undefined && onboarded?.terms?.version !== asked.terms.version],
    ['profile', asked.profile && profile === undefined],
  ]
  return owed.filter(([, owes]) => owes).map(([what]) => what)
}
