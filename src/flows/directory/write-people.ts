// People as administrators make, change, stop and delete them. What stops a person ends their sessions in the same transaction; codes, tokens
// and API keys are looked at with the person, so they end with it. Nobody does to a person what would give or take powers they do not hold.
import type { Credential, TrustedDevice } from '../../core/model/credential.ts'
import type { Person } from '../../core/model/person.ts'
import type { EndReason } from '../../core/model/session.ts'
import type { Domain } from '../../core/model/tenancy.ts'
import { Problem } from '../../problem.ts'
import type { Work } from '../access/administer.ts'
import { sendResetLink } from '../account/recover-password.ts'
import { targetOf } from '../audit-event.ts'
import { notify } from '../notice.ts'
import { endSession, endSessionsOf } from '../sign-in/end-session.ts'
import { newPerson } from './new-person.ts'
import { noteChange } from './note-change.ts'
import { refuseAbove } from './power.ts'
import { same } from './reconcile.ts'

export type PersonInput = Pick<
  Person,
  'username' | 'email' | 'displayName' | 'givenName' | 'familyName' | 'locale' | 'attributes' | 'serviceAccount'
> &
  Partial<Pick<Person, 'emailVerified' | 'externalId' | 'otherEmails' | 'provisioned'>>

/** The handle is a secret between the person and their passkeys. */
const shownOf = (person: Person | undefined) => {
  if (!person) return undefined
  const { handle: _, ...rest } = person
  return rest
}

const note = (
  work: Work,
  verb: string,
  before: Person | undefined,
  after: Person | undefined,
  details: Parameters<typeof noteChange>[1]['details'] = {},
) => {
  const person = after ?? before
  if (!person) throw new Error('a change of nobody')
  return noteChange(work, {
    action: `person.${verb}`,
    target: targetOf(person),
    domainId: person.domainId,
    before: shownOf(before),
    after: shownOf(after),
    details,
  })
}

const store = async ({ tx }: Work, person: Person): Promise<void> => {
  if ((await tx.people.put(person)) === 'name-taken')
    throw new Problem('name-taken', `somebody has the user name \`${person.username}\` in this domain already`)
}

export const putPerson = async (
  work: Work,
  domain: Domain,
  before: Person | undefined,
  input: PersonInput,
): Promise<Person> => {
  const { random, now } = work
  if (!before) {
    const person = newPerson(random, now, domain, input)
    await store(work, person)
    await note(work, 'created', undefined, person)
    return person
  }
  // an address that somebody else typed in is proven by nobody yet, unless they can vouch for it
  const emailVerified = input.emailVerified ?? (input.email === before.email && before.emailVerified)
  const after: Person = { ...before, ...input, emailVerified, updatedAt: now }
  if (same({ ...before, updatedAt: now }, after)) return before
  await refuseAbove(work, before)
  await store(work, after)
  await note(work, 'updated', before, after)
  return after
}

const endSessions = ({ tx, random, now, who }: Work, person: Person, reason: EndReason): Promise<number> =>
  endSessionsOf(tx, random, {
    personId: person.id,
    except: undefined,
    reason,
    at: now,
    requestId: who.requestId,
    by: who.actor,
  })

const verbs: { readonly [S in Person['status']]: string } = {
  active: 'enabled',
  disabled: 'disabled',
  locked: 'locked',
}
export const setStatus = async (work: Work, before: Person, status: Person['status']): Promise<Person> => {
  if (before.status === status) return before
  await refuseAbove(work, before)
  const after: Person = { ...before, status, updatedAt: work.now }
  await store(work, after)
  const sessionsEnded = status === 'active' ? 0 : await endSessions(work, before, 'person-disabled')
  await note(work, verbs[status], before, after, { sessionsEnded })
  return after
}

export const removePerson = async (work: Work, person: Person): Promise<void> => {
  await refuseAbove(work, person)
  const { tx } = work
  const sessionsEnded = await endSessions(work, person, 'person-disabled')
  for (const assignment of await tx.roleAssignments.ofHolder({ kind: 'person', id: person.id })) {
    await tx.roleAssignments.remove(assignment.id)
    await noteChange(work, {
      action: 'role-assignment.removed',
      target: { type: 'role-assignment', id: assignment.id, name: assignment.name },
      before: assignment,
      details: { because: 'its holder was deleted' },
      revision: { noun: 'role-assignment', id: assignment.id },
    })
  }
  await tx.people.remove(person.id)
  await note(work, 'removed', person, undefined, { sessionsEnded })
}

/** Second factors, recovery codes and trusted devices: whoever lost them begins anew with the password, or with their company. */
export const resetFactors = async (work: Work, person: Person): Promise<void> => {
  await refuseAbove(work, person)
  const { tx, random, now } = work
  const factors = (await tx.credentials.ofPerson(person.id)).filter((c) => c.data.kind !== 'password')
  for (const { id } of factors) await tx.credentials.remove(id)
  const devices = await tx.devices.removeOfPerson(person.id)
  const sessionsEnded = await endSessions(work, person, 'revoked')
  await notify(tx, random, person, 'factor-removed', now)
  const removed = factors.map((c) => c.data.kind)
  await note(work, 'factors-reset', person, person, { removed, devices, sessionsEnded })
}

/** One of them; a password too: then the person signs in otherwise, or by a new one. */
export const removeCredential = async (work: Work, person: Person, credential: Credential): Promise<void> => {
  await refuseAbove(work, person)
  const { tx, random, now } = work
  await tx.credentials.remove(credential.id)
  await tx.devices.removeOfPerson(person.id)
  await notify(tx, random, person, 'factor-removed', now)
  const { id, label, data } = credential
  await note(work, 'credential-removed', person, person, { credential: id, kind: data.kind, label })
}

/** Sessions that owe their second factor to one of these devices. */
const endSessionsOn = async ({ tx, random, now, who }: Work, devices: readonly TrustedDevice[]): Promise<number> => {
  const [first] = devices
  const trusted = new Set<string | undefined>(devices.map((d) => d.id))
  const sessions = first === undefined ? [] : await tx.sessions.ofPerson(first.personId)
  const ending = { reason: 'revoked' as const, at: now, requestId: who.requestId, by: who.actor }
  const through = sessions.filter(({ deviceId }) => deviceId !== undefined && trusted.has(deviceId))
  for (const { id } of through) await endSession(tx, random, id, ending)
  return through.length
}

/** The next sign-in there asks for a second factor again. */
export const revokeDevice = async (work: Work, person: Person, device: TrustedDevice): Promise<void> => {
  await refuseAbove(work, person)
  await work.tx.devices.remove(device.id)
  const { id, label } = device
  await noteChange(work, {
    action: 'device.revoked',
    target: targetOf(person),
    domainId: person.domainId,
    details: { device: id, label, sessionsEnded: await endSessionsOn(work, [device]) },
  })
}

export const revokeDevices = async (work: Work, person: Person): Promise<number> => {
  await refuseAbove(work, person)
  const devices = await work.tx.devices.ofPerson(person.id)
  if (devices.length === 0) return 0
  await work.tx.devices.removeOfPerson(person.id)
  await note(work, 'devices-revoked', person, person, {
    devices: devices.map((d) => ({ id: d.id, label: d.label })),
    sessionsEnded: await endSessionsOn(work, devices),
  })
  return devices.length
}

export const endAllSessions = async (work: Work, person: Person): Promise<number> => {
  await refuseAbove(work, person)
  const sessionsEnded = await endSessions(work, person, 'revoked')
  await note(work, 'sessions-ended', person, person, { sessionsEnded })
  return sessionsEnded
}

/** A link to the proven address, good once: the new password is known to nobody but its owner. */
export const sendPasswordReset = async (work: Work, domain: Domain, person: Person, baseUrl: string): Promise<void> => {
  await refuseAbove(work, person)
  const { tx, random, secrets, now } = work
  const credentials = await tx.credentials.ofPerson(person.id)
  if (!credentials.some((c) => c.data.kind === 'password'))
    throw new Problem(
      'not-permitted',
      `\`${person.username}\` has no password here: it is kept, and changed, at the identity provider of their company`,
      { reason: 'password-elsewhere' },
    )
  if (domain.passwordReset === false || !domain.localSignIn)
    throw new Problem('not-permitted', `passwords of \`${domain.name}\` are not reset by a link: the domain says so`, {
      reason: 'password-reset-off',
    })
  const token = random.token()
  if (!(await sendResetLink(tx, { random, secrets, baseUrl }, { person, domain, token, now })))
    throw new Problem('not-permitted', `\`${person.username}\` has no proven e-mail address that a link could go to`, {
      reason: 'email-unproven',
    })
  await note(work, 'password-reset-sent', person, person)
}
