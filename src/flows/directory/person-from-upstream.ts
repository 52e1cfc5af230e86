// Just-in-time: an accepted assertion → the person it means. Links only when the link is proven; never merges into an account by name.
import { profileOf } from '../../core/mapping/profile.ts'
import type { Idp } from '../../core/model/idp.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { Person } from '../../core/model/person.ts'
import type { EpochMs } from '../../core/model/time.ts'
import type { Random } from '../../ports/random.ts'
import type { Tx } from '../../ports/store.ts'
import type { Assertion } from '../../ports/upstream.ts'
import { Problem } from '../../problem.ts'
import { actorOf, eventOf, targetOf } from '../audit-event.ts'
import { newPerson } from './new-person.ts'

type Arrived = { readonly idp: Idp; readonly assertion: Assertion; readonly requestId: string; readonly now: EpochMs }
type Profile = Exclude<ReturnType<typeof profileOf>, { readonly faults: readonly unknown[] }>

const refuse = (reason: string, detail: string): Problem => new Problem('upstream-refused', detail, { reason })

const shown = (person: Person): JsonObject => ({
  username: person.username,
  email: person.email ?? null,
  displayName: person.displayName,
  givenName: person.givenName ?? null,
  familyName: person.familyName ?? null,
  attributes: person.attributes,
})

/** The IdP vouches for an e-mail address only inside the domains it owns, and not where it says itself that it did not check. */
const vouchesFor = ({ idp, assertion }: Arrived, email: string | undefined): boolean => {
  const said = assertion.attributes.email_verified ?? []
  return (
    email !== undefined &&
    said.every((word) => word.toLowerCase() === 'true') &&
    idp.emailDomains.includes(email.slice(email.lastIndexOf('@') + 1).toLowerCase())
  )
}

const filled = (person: Person, profile: Profile, arrived: Arrived): Person => ({
  ...person,
  email: profile.email ?? person.email,
  emailVerified: profile.email === undefined ? person.emailVerified : vouchesFor(arrived, profile.email),
  displayName: profile.displayName ?? person.displayName,
  givenName: profile.givenName ?? person.givenName,
  familyName: profile.familyName ?? person.familyName,
  locale: profile.locale ?? person.locale,
  attributes: { ...person.attributes, ...profile.other },
  updatedAt: arrived.now,
})

const create = async (tx: Tx, random: Random, arrived: Arrived, profile: Profile): Promise<Person> => {
  const { idp, requestId, now } = arrived
  const { username } = profile
  const home = { id: idp.domainId, tenancyId: idp.tenancyId }
  const blank = newPerson(random, now, home, { username, email: undefined, displayName: username })
  const person = filled(blank, profile, arrived)
  // Taken by a local or another provider's account: joining them by name would hand one person's account to another.
  if ((await tx.people.put(person)) === 'name-taken')
    throw refuse(
      'account-exists',
      `an account named \`${person.username}\` exists already and is not linked to ${idp.displayName}: ask an administrator to link it`,
    )
  await tx.audit.add(
    eventOf(random, now, {
      tenancyId: idp.tenancyId,
      domainId: idp.domainId,
      action: 'person.created',
      actor: { kind: 'system', id: idp.id, name: `idp ${idp.name}` },
      target: targetOf(person),
      after: shown(person),
      requestId,
    }),
  )
  return person
}

const update = async (tx: Tx, random: Random, arrived: Arrived, person: Person, profile: Profile): Promise<Person> => {
  const { idp, requestId, now } = arrived
  const changed = filled(person, profile, arrived)
  if (
    JSON.stringify(shown(changed)) === JSON.stringify(shown(person)) &&
    changed.emailVerified === person.emailVerified
  )
    return person
  await tx.people.put(changed)
  await tx.audit.add(
    eventOf(random, now, {
      tenancyId: idp.tenancyId,
      domainId: idp.domainId,
      action: 'person.updated',
      actor: { kind: 'system', id: idp.id, name: `idp ${idp.name}` },
      target: targetOf(person),
      before: shown(person),
      after: shown(changed),
      requestId,
    }),
  )
  return changed
}

const existing = async (tx: Tx, arrived: Arrived, profile: Profile): Promise<Person | undefined> => {
  const { idp, assertion } = arrived
  const link = await tx.links.get(idp.id, assertion.subject)
  const linked = link && (await tx.people.get(link.personId))
  if (linked) return linked
  if (!idp.linkByEmail || !vouchesFor(arrived, profile.email) || profile.email === undefined) return undefined
  const same = (await tx.people.byEmail(idp.domainId, profile.email)).filter((p) => p.emailVerified)
  return same.length === 1 ? same[0] : undefined // two accounts with one address: guessing would be a takeover
}

export const personFromUpstream = async (
  tx: Tx,
  random: Random,
  arrived: Arrived,
): Promise<{ readonly person: Person; readonly isNew: boolean }> => {
  const { idp, assertion, now } = arrived
  const profile = profileOf(idp.attributes, assertion.subject, assertion.attributes)
  if ('faults' in profile)
    throw refuse('attribute-missing', `${idp.displayName} did not send what is needed: ${profile.faults.join(', ')}`)
  const link = await tx.links.get(idp.id, assertion.subject)
  const found = await existing(tx, arrived, profile)
  if (!found && !idp.jit.create)
    throw refuse(
      'person-unknown',
      `${idp.displayName} vouched for you, but you have no account here: ask an administrator`,
    )
  const person = found ?? (await create(tx, random, arrived, profile))
  const current = found && idp.jit.update ? await update(tx, random, arrived, person, profile) : person
  const put = await tx.links.put({
    idpId: idp.id,
    subject: assertion.subject,
    personId: person.id,
    linkedAt: link?.linkedAt ?? now,
    lastSignInAt: now,
  })
  if (put === 'taken') throw refuse('account-exists', 'this corporate account is linked to another person')
  if (!link && found)
    await tx.audit.add(
      eventOf(random, now, {
        tenancyId: idp.tenancyId,
        domainId: idp.domainId,
        action: 'person.linked',
        actor: actorOf(person),
        target: targetOf(person),
        details: { idp: idp.name, by: 'verified e-mail domain' },
        requestId: arrived.requestId,
      }),
    )
  return { person: current, isNew: link === undefined }
}
