// Upstream groups → tenancy groups for one sign-in: recomputes what this IdP granted, touches nothing else, and says what changed.
import { membershipChanges, resolveGroups } from '../../core/mapping/resolve.ts'
import { sourceOf } from '../../core/model/group.ts'
import type { Idp } from '../../core/model/idp.ts'
import type { JourneyId } from '../../core/model/ids.ts'
import type { Person } from '../../core/model/person.ts'
import type { EpochMs } from '../../core/model/time.ts'
import type { Random } from '../../ports/random.ts'
import type { Tx } from '../../ports/store.ts'
import type { Assertion } from '../../ports/upstream.ts'
import { eventOf, targetOf } from '../audit-event.ts'
import { namesFrom } from './documents.ts'

type Mapping = {
  readonly idp: Idp
  readonly person: Person
  readonly firstSignIn: boolean
  readonly assertion: Pick<Assertion, 'attributes'>
  readonly journeyId: JourneyId
  readonly requestId: string
  readonly now: EpochMs
}

/** No attribute, an empty attribute and an empty list mean the same: no groups (IdPs differ in how they say it). */
export const upstreamGroups = (idp: Idp, attributes: Assertion['attributes']): readonly string[] => [
  ...new Set(idp.groupsFrom.flatMap((name) => attributes[name] ?? []).filter((value) => value !== '')),
]

export const mapGroups = async (
  tx: Tx,
  random: Random,
  { idp, person, firstSignIn, assertion, journeyId, requestId, now }: Mapping,
): Promise<void> => {
  const values = upstreamGroups(idp, assertion.attributes)
  const grants = resolveGroups(await tx.mappingRules.forValues(idp.id, values), values)
  const current = await tx.memberships.ofPerson(person.id)
  const changes = membershipChanges({
    mode: idp.groupMode,
    idpId: idp.id,
    firstSignIn,
    grants,
    current,
    now,
    journeyId,
    personId: person.id,
  })
  for (const membership of changes.put) await tx.memberships.put(membership)
  for (const membership of changes.remove)
    await tx.memberships.remove(person.id, membership.groupId, sourceOf(membership.provenance))
  if (changes.gained.length === 0 && changes.lost.length === 0) return
  const spokenOf = [...changes.gained, ...changes.lost, ...grants.map((g) => g.groupId)]
  const nameOf = namesFrom(await tx.groups.some(spokenOf))
  await tx.audit.add(
    eventOf(random, now, {
      tenancyId: idp.tenancyId,
      domainId: idp.domainId,
      action: 'memberships.mapped',
      actor: { kind: 'system', id: idp.id, name: `idp ${idp.name}` },
      target: targetOf(person),
      details: {
        gained: changes.gained.map(nameOf),
        lost: changes.lost.map(nameOf),
        because: grants.map((g) => ({ group: nameOf(g.groupId), rule: g.ruleName, value: g.value })),
        upstream: values,
      },
      requestId,
    }),
  )
}
