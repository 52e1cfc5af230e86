// People that a tenancy file brings to life once. A user name that is there already is left alone, whatever the file says of it:
// people are never owned by configuration.
import type { Actor } from '../../core/model/audit.ts'
import type { Credential } from '../../core/model/credential.ts'
import type { Declared, DeclaredFault, SeedPerson } from '../../core/model/declared.ts'
import type { CredentialId, PersonId, TenancyId } from '../../core/model/ids.ts'
import type { Person } from '../../core/model/person.ts'
import type { Domain } from '../../core/model/tenancy.ts'
import { daysLater, type EpochMs } from '../../core/model/time.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Hasher } from '../../ports/hasher.ts'
import type { Random } from '../../ports/random.ts'
import type { Store, Tx } from '../../ports/store.ts'
import { eventOf, targetOf } from '../audit-event.ts'
import { newPerson } from './new-person.ts'
import { fault, faultsAsProblem, type Path, type Run } from './reconcile.ts'

/** Found while the rest is applied, so that a tenancy with a misspelt group is not half there. */
export const checkSeeds = async (run: Run, people: readonly SeedPerson[]): Promise<void> => {
  for (const [index, seed] of people.entries()) {
    const path: Path = ['seed', 'people', index]
    const domain = await run.tx.domains.byName(run.tenancyId, seed.domain)
    if (!domain) {
      fault(run, [...path, 'domain'], `domain \`${seed.domain}\` does not exist`)
      continue
    }
    for (const [at, name] of seed.groups.entries())
      if (!(await run.tx.groups.byName(domain.id, name)))
        fault(run, [...path, 'groups', at], `group \`${name}\` does not exist in domain \`${seed.domain}\``)
    for (const [at, { idp }] of seed.links.entries())
      if (!(await run.tx.idps.byName(domain.id, idp)))
        fault(run, [...path, 'links', at], `identity provider \`${idp}\` does not exist in domain \`${seed.domain}\``)
  }
}

type Deps = { readonly store: Store; readonly random: Random; readonly clock: Clock; readonly hasher: Hasher }
type Absent = { readonly person: SeedPerson; readonly path: Path; readonly phc: string | undefined }

export const newPassword = (
  random: Random,
  now: EpochMs,
  personId: PersonId,
  phc: string,
  more: { readonly setAt?: EpochMs; readonly mustChange?: boolean } = {},
): Credential => ({
  id: random.id() as CredentialId,
  personId,
  label: '',
  createdAt: now,
  lastUsedAt: undefined,
  version: 0,
  data: { kind: 'password', phc, history: [], setAt: more.setAt ?? now, mustChange: more.mustChange ?? false },
})

type Seeding = {
  readonly tx: Tx
  readonly random: Random
  readonly now: EpochMs
  readonly actor: Actor
  readonly where: Declared['where']
  readonly faults: DeclaredFault[]
}

/** Whatever does not exist was reported by checkSeeds; an upstream account that belongs to somebody else is found here. */
const tie = async (s: Seeding, person: Person, { person: seed, path }: Absent): Promise<void> => {
  for (const name of seed.groups) {
    const group = await s.tx.groups.byName(person.domainId, name)
    if (!group) throw new Error(`group ${name} is gone`)
    await s.tx.memberships.put({
      personId: person.id,
      groupId: group.id,
      provenance: { kind: 'direct', by: s.actor.name },
      role: 'user',
      since: s.now,
      expiresAt: undefined,
    })
  }
  for (const [index, { idp: name, subject }] of seed.links.entries()) {
    const idp = await s.tx.idps.byName(person.domainId, name)
    if (!idp) throw new Error(`identity provider ${name} is gone`)
    const link = { idpId: idp.id, subject, personId: person.id, linkedAt: s.now, lastSignInAt: s.now }
    if ((await s.tx.links.put(link)) === 'taken')
      s.faults.push({
        where: s.where([...path, 'links', index]),
        message: `\`${subject}\` of \`${name}\` is linked to another person`,
      })
  }
}

const bringToLife = async (s: Seeding, domain: Domain, absent: Absent): Promise<Person> => {
  const { person: seed, phc } = absent
  const { username, email, emailVerified, displayName, givenName, familyName, locale, serviceAccount } = seed
  const person = newPerson(s.random, s.now, domain, {
    username,
    email,
    emailVerified: email !== undefined && emailVerified,
    displayName,
    givenName,
    familyName,
    locale,
    serviceAccount,
  })
  await s.tx.people.put(person)
  if (phc !== undefined) {
    const setAt = daysLater(s.now, -seed.passwordSetDaysAgo)
    await s.tx.credentials.add(
      newPassword(s.random, s.now, person.id, phc, { setAt, mustChange: seed.mustChangePassword }),
    )
  }
  await tie(s, person, absent)
  await s.tx.audit.add(
    eventOf(s.random, s.now, {
      tenancyId: domain.tenancyId,
      domainId: domain.id,
      action: 'person.created',
      actor: s.actor,
      target: targetOf(person),
      after: { username, email: email ?? null, displayName, groups: seed.groups },
      details: { by: 'seed' },
    }),
  )
  return person
}

export type SeedPeople = (actor: Actor, tenancyId: TenancyId, declared: Declared) => Promise<readonly Person[]>
/** The people made, of a document that was applied. Throws Problem('config-invalid') for upstream accounts that are somebody else's. */
export const seedPeople =
  ({ store, random, clock, hasher }: Deps): SeedPeople =>
  async (actor, tenancyId, { document, where }) => {
    const missing = await store.read(async (tx) => {
      const found: Omit<Absent, 'phc'>[] = []
      for (const [index, person] of document.seed.people.entries()) {
        const domain = await tx.domains.byName(tenancyId, person.domain)
        if (!domain || !(await tx.people.byUsername(domain.id, person.username)))
          found.push({ person, path: ['seed', 'people', index] })
      }
      return found
    })
    if (missing.length === 0) return []
    const absent: Absent[] = []
    for (const { person, path } of missing) {
      absent.push({ person, path, phc: person.password === undefined ? undefined : await hasher.hash(person.password) })
    }
    return store.write(async (tx) => {
      const s: Seeding = { tx, random, now: clock(), actor, where, faults: [] }
      const made: Person[] = []
      for (const one of absent) {
        const domain = await tx.domains.byName(tenancyId, one.person.domain)
        if (!domain) throw new Error(`domain ${one.person.domain} is gone`)
        if (!(await tx.people.byUsername(domain.id, one.person.username))) made.push(await bringToLife(s, domain, one))
      }
      if (s.faults.length > 0) throw faultsAsProblem(s.faults)
      return made
    })
  }
