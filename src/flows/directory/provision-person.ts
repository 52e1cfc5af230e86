// People as another directory provisions them, by the same changes that administrators make. Their names follow the rules of this domain, and
// an address counts as proven where an identity provider of the domain owns it: whoever provisions speaks for the same company.
import { looksLikeId } from '../../core/model/ids.ts'
import type { Person } from '../../core/model/person.ts'
import type { Domain } from '../../core/model/tenancy.ts'
import { Problem } from '../../problem.ts'
import type { Work } from '../access/administer.ts'
import { isUsername } from './new-person.ts'
import { type PersonInput, putPerson, setStatus } from './write-people.ts'

export type Provisioned = Omit<PersonInput, 'serviceAccount' | 'emailVerified'> & {
  /** Undefined: it was not said. */
  readonly active: boolean | undefined
}

const refuse = (attribute: string, expected: string): Problem =>
  new Problem('request-malformed', `\`${attribute}\`: expected ${expected}`, { reason: 'invalidValue' })

const refuseNames = ({ username, email }: Provisioned, before: Person | undefined): void => {
  if (username !== before?.username && (!isUsername(username) || looksLikeId(username)))
    throw refuse('userName', 'at most 200 characters without spaces, and nothing that looks like an id')
  if (email !== undefined && email !== before?.email && !/^[^\s@,;<>"()]{1,64}@[^\s@,;<>"()]{1,255}$/.test(email))
    throw refuse('emails', 'addresses such as `kim@example.com`')
}

const isVouchedFor = async ({ tx }: Work, domain: Domain, email: string | undefined): Promise<boolean> =>
  email !== undefined &&
  (await tx.idps.byEmailDomain(domain.id, email.slice(email.lastIndexOf('@') + 1).toLowerCase())).some((i) => i.enabled)

/** Locked is not disabled: who provisions did not lock, and does not unlock. */
export const isProvisionedActive = ({ status }: Pick<Person, 'status'>): boolean => status !== 'disabled'
export const statusFor = (before: Person | undefined, active: boolean | undefined): Person['status'] => {
  const now = before?.status ?? 'active'
  if (active === undefined || active === isProvisionedActive({ status: now })) return now
  return active ? 'active' : 'disabled'
}

export const provisionPerson = async (
  work: Work,
  domain: Domain,
  before: Person | undefined,
  { active, ...said }: Provisioned,
): Promise<Person> => {
  refuseNames({ active, ...said }, before)
  const unchanged = before?.email === said.email && (before?.emailVerified ?? false)
  const person = await putPerson(work, domain, before, {
    ...said,
    serviceAccount: before?.serviceAccount ?? false,
    emailVerified: unchanged || (await isVouchedFor(work, domain, said.email)),
  })
  return setStatus(work, person, statusFor(person, active))
}
