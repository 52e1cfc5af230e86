// Why does somebody have the groups they have, and what would these upstream groups bring? Reads only, and answers with the rule's own words.
import { type Grant, resolveGroups } from '../../core/mapping/resolve.ts'
import type { Membership } from '../../core/model/group.ts'
import type { IdpId, PersonId } from '../../core/model/ids.ts'
import type { EpochMs } from '../../core/model/time.ts'
import { isLive, sourceInWords } from '../../core/release/attribute-bag.ts'
import type { Tx } from '../../ports/store.ts'
import { Problem } from '../../problem.ts'
import { namesFrom } from './documents.ts'

export type GroupHeld = {
  readonly group: string
  readonly domain: string
  readonly source: Membership['provenance']['kind']
  readonly because: string
  /** Of a mapped membership. */
  readonly idp: string | undefined
  readonly rule: string | undefined
  readonly value: string | undefined
  readonly role: Membership['role']
  readonly since: EpochMs
  readonly expiresAt: EpochMs | undefined
  readonly live: boolean
}

const heldAs = async (tx: Tx, m: Membership, now: EpochMs): Promise<GroupHeld | undefined> => {
  const group = await tx.groups.get(m.groupId)
  const domain = group && (await tx.domains.get(group.domainId))
  if (!group || !domain) return undefined
  const { provenance: p } = m
  const idp = p.kind === 'mapped' ? await tx.idps.get(p.idpId) : undefined
  return {
    group: group.name,
    domain: domain.name,
    source: p.kind,
    because: sourceInWords(p),
    idp: p.kind === 'mapped' ? (idp?.name ?? p.idpId) : undefined,
    rule: p.kind === 'mapped' ? p.rule : undefined,
    value: p.kind === 'mapped' ? p.value : undefined,
    role: m.role,
    since: m.since,
    expiresAt: m.expiresAt,
    live: isLive(m, now),
  }
}

/** Every membership, expired ones too, by group and source. */
export const groupsHeld = async (tx: Tx, personId: PersonId, now: EpochMs): Promise<readonly GroupHeld[]> => {
  const held: GroupHeld[] = []
  for (const membership of await tx.memberships.ofPerson(personId)) {
    const one = await heldAs(tx, membership, now)
    if (one) held.push(one)
  }
  return held.sort((a, b) => (a.group < b.group ? -1 : a.group > b.group ? 1 : a.source < b.source ? -1 : 1))
}

export type WhatIf = {
  readonly grants: readonly (Pick<Grant, 'value'> & { readonly group: string; readonly rule: string })[]
  /** Values that no rule looks at: that is usually the question. */
  readonly unmatched: readonly string[]
  /** For a person: what the next sign-in with these groups would change. */
  readonly gained: readonly string[]
  readonly lost: readonly string[]
}

/** What the identity provider's rules make of these upstream groups. */
export const mapped = async (tx: Tx, idpId: IdpId, values: readonly string[], personId?: PersonId): Promise<WhatIf> => {
  const idp = await tx.idps.get(idpId)
  if (!idp) throw new Problem('not-found', 'there is no such identity provider')
  const rules = await tx.mappingRules.forValues(idp.id, values)
  const grants = resolveGroups(rules, values)
  const own = personId === undefined ? [] : await tx.memberships.ofPerson(personId)
  const elsewhere = new Set(
    own.filter((m) => m.provenance.kind !== 'mapped' || m.provenance.idpId !== idp.id).map((m) => m.groupId),
  )
  const before = new Set(own.map((m) => m.groupId))
  const granted = new Set(grants.map((g) => g.groupId))
  const nameOf = namesFrom(await tx.groups.some([...granted, ...before]))
  const loses = idp.groupMode === 'authoritative' ? [...before].filter((g) => !granted.has(g) && !elsewhere.has(g)) : []
  return {
    grants: grants.map((g) => ({ group: nameOf(g.groupId), rule: g.ruleName, value: g.value })),
    unmatched: values.filter((v) => resolveGroups(rules, [v]).length === 0 && !grants.some((g) => g.value === v)),
    gained:
      personId === undefined
        ? []
        : [...granted]
            .filter((g) => !before.has(g))
            .map(nameOf)
            .sort(),
    lost: personId === undefined ? [] : loses.map(nameOf).sort(),
  }
}
