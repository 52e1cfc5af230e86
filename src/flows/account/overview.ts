// Everything a person may see about themselves, with the reason of everything that was decided for them.
import { isBypassCode } from '../../core/assurance/bypass-code.ts'
import { requirementOf } from '../../core/assurance/requirement.ts'
import type { App } from '../../core/model/app.ts'
import type { Credential } from '../../core/model/credential.ts'
import type { Membership } from '../../core/model/group.ts'
import type { Idp } from '../../core/model/idp.ts'
import { daysLater, type EpochMs } from '../../core/model/time.ts'
import { isLive } from '../../core/release/attribute-bag.ts'
import type { Secrets } from '../../ports/secrets.ts'
import type { Tx } from '../../ports/store.ts'
import { isAlive } from '../sign-in/live-session.ts'
import { passwordOf } from '../sign-in/load-facts.ts'
import type { AccountRef, GroupSource, Overview } from './api.ts'
import type { Own } from './own-session.ts'

const sourceWith =
  (idps: readonly Idp[]) =>
  ({ provenance: p }: Membership): GroupSource => {
    if (p.kind !== 'mapped') return p
    return {
      kind: 'mapped',
      idp: idps.find((i) => i.id === p.idpId)?.displayName ?? p.idpId,
      rule: p.rule,
      value: p.value,
    }
  }

const groupsOf = async (
  tx: Tx,
  { person, loaded }: Own,
  idps: readonly Idp[],
  now: EpochMs,
): Promise<Overview['groups']> => {
  const memberships = (await tx.memberships.ofPerson(person.id)).filter((m) => isLive(m, now))
  return loaded.groups.map(({ id, name, description }) => {
    const own = memberships.filter((m) => m.groupId === id)
    const ends = own.map((m) => m.expiresAt)
    return {
      name,
      description,
      isAdmin: own.some((m) => m.role === 'admin'),
      expiresAt: ends.includes(undefined) ? undefined : Math.max(...ends.filter((e) => e !== undefined)),
      sources: own.map(sourceWith(idps)),
    }
  })
}

/** Everywhere, and each application whose rules ask for something else. */
export const needsOf = async (tx: Tx, { person, loaded }: Own): Promise<Overview['needs']> => {
  const rules = await tx.signOnRules.list(person.domainId)
  const usual = requirementOf(rules, loaded.groups, undefined, 0)
  const offered = (await tx.apps.list(person.tenancyId)).filter(
    (a: App) => a.enabled && a.domainIds.includes(person.domainId),
  )
  const special = offered
    .map((app) => ({ app: app.displayName, need: requirementOf(rules, loaded.groups, app, 0) }))
    .filter(({ need }) => need.applied.join() !== usual.applied.join())
  return [{ app: undefined, need: usual }, ...special]
}

const isOver = (credential: Credential, now: EpochMs): boolean =>
  isBypassCode(credential) && credential.data.bypass.expiresAt <= now
const factorsOf = ({ loaded }: Own, now: EpochMs): Overview['factors'] =>
  loaded.credentials.flatMap((credential) => {
    const { id, label, createdAt, lastUsedAt, data } = credential
    return data.kind === 'password' || isOver(credential, now)
      ? []
      : [
          {
            id,
            kind: data.kind,
            label,
            createdAt,
            lastUsedAt,
            codesLeft: data.kind === 'recovery-code' ? data.hashes.length : undefined,
            ...(isBypassCode(credential) ? { until: credential.data.bypass.expiresAt } : {}),
          },
        ]
  })

const passwordIn = ({ loaded }: Own): Overview['password'] => {
  const password = passwordOf(loaded.credentials)
  const { maxAgeDays, minLength, requireClasses, history } = loaded.passwordPolicy
  return (
    password && {
      expiresAt: maxAgeDays === undefined ? undefined : daysLater(password.data.setAt, maxAgeDays),
      rules: { minLength, requireClasses, history },
    }
  )
}

export const overviewOf = async (
  tx: Tx,
  secrets: Secrets,
  own: Own,
  ref: AccountRef,
  now: EpochMs,
): Promise<Overview> => {
  const { person, session, loaded } = own
  const idps = await tx.idps.list(person.domainId)
  const nameOf = (id: string | undefined) => idps.find((i) => i.id === id)?.displayName
  const thisDevice = ref.deviceToken === undefined ? undefined : secrets.digest(ref.deviceToken)
  const links = await tx.links.ofPerson(person.id)
  return {
    person: {
      username: person.username,
      displayName: person.displayName,
      email: person.email,
      emailVerified: person.emailVerified,
      signsInAt: links.map((l) => nameOf(l.idpId)).filter((name) => name !== undefined),
    },
    groups: await groupsOf(tx, own, idps, now),
    needs: await needsOf(tx, own),
    factors: factorsOf(own, now),
    password: passwordIn(own),
    mayAddPasskey: true,
    devices: (await tx.devices.ofPerson(person.id))
      .filter((d) => d.expiresAt > now)
      .map(({ id, label, lastUsedAt, expiresAt, tokenHash }) => ({
        id,
        label,
        lastUsedAt,
        expiresAt,
        isThisOne: tokenHash === thisDevice,
      })),
    sessions: (await tx.sessions.ofPerson(person.id))
      .filter((s) => isAlive(s, loaded.domain, now))
      .map(({ id, startedAt, lastSeenAt, upstream }) => ({
        id,
        startedAt,
        lastSeenAt,
        through: nameOf(upstream?.idpId),
        isThisOne: id === session.id,
      })),
  }
}
