// A person as they begin, wherever they come from: a file, a set-up link, an identity provider.
import type { PersonId } from '../../core/model/ids.ts'
import type { Person } from '../../core/model/person.ts'
import type { Domain } from '../../core/model/tenancy.ts'
import type { EpochMs } from '../../core/model/time.ts'
import type { Random } from '../../ports/random.ts'

/** What people may choose to be called. */
export const isUsername = (text: string): boolean => text.length <= 200 && /^[^\s\p{Cc}]+$/u.test(text)

export const newPerson = (
  random: Pick<Random, 'id' | 'token'>,
  now: EpochMs,
  domain: Pick<Domain, 'id' | 'tenancyId'>,
  named: Pick<Person, 'username' | 'email' | 'displayName'> & Partial<Person>,
): Person => ({
  id: random.id() as PersonId,
  tenancyId: domain.tenancyId,
  domainId: domain.id,
  emailVerified: false,
  givenName: undefined,
  familyName: undefined,
  locale: undefined,
  attributes: {},
  status: 'active',
  serviceAccount: false,
  handle: random.token(),
  createdAt: now,
  updatedAt: now,
  ...named,
})
