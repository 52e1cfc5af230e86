// Upstream groups × rules → our groups, each with the rule and value that granted it; and what that changes in a person's memberships.
// Many-to-many and order-free: all rules are joined, no rule wins over another.
import type { Membership } from '../model/group.ts'
import type { GroupMode, MappingRule } from '../model/idp.ts'
import type { GroupId, IdpId, JourneyId, MappingRuleId, PersonId } from '../model/ids.ts'
import type { EpochMs } from '../model/time.ts'
import { matcherOf } from './rule.ts'

export type Grant = {
  readonly groupId: GroupId
  readonly ruleId: MappingRuleId
  readonly ruleName: string
  readonly value: string // the upstream value that matched
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** One grant per (group, rule): the first matching value by spelling, so that the answer does not depend on the IdP's order. */
export const resolveGroups = (rules: readonly MappingRule[], upstream: readonly string[]): readonly Grant[] => {
  const values = [...new Set(upstream)].sort(byText)
  const grants: Grant[] = []
  for (const rule of [...rules].sort((a, b) => byText(a.id, b.id))) {
    const value = values.find(matcherOf(rule.match))
    if (value === undefined || !rule.allOf.every((match) => values.some(matcherOf(match)))) continue
    for (const groupId of new Set(rule.groups)) grants.push({ groupId, ruleId: rule.id, ruleName: rule.name, value })
  }
  return grants
}

export type Changes = {
  readonly put: readonly Membership[]
  readonly remove: readonly Membership[]
  /** Groups the person is in now and was not, and the other way round, over every source. */
  readonly gained: readonly GroupId[]
  readonly lost: readonly GroupId[]
}
export type SignInMapping = {
  readonly mode: GroupMode
  readonly idpId: IdpId
  readonly firstSignIn: boolean
  readonly grants: readonly Grant[]
  readonly current: readonly Membership[]
  readonly personId: PersonId
  readonly journeyId: JourneyId
  readonly now: EpochMs
}

const isOfIdp = (m: Membership, idpId: IdpId): boolean => m.provenance.kind === 'mapped' && m.provenance.idpId === idpId
const grantedBy = (m: Membership, g: Grant): boolean =>
  m.groupId === g.groupId && m.provenance.kind === 'mapped' && m.provenance.ruleId === g.ruleId

/** A rule that grants by another value now is still the same membership. */
const keptOf = (before: Membership | undefined): Partial<Membership> =>
  before ? { since: before.since, role: before.role } : {}

const membershipOf = (grant: Grant, { idpId, personId, journeyId, now }: SignInMapping): Membership => ({
  personId,
  groupId: grant.groupId,
  provenance: { kind: 'mapped', idpId, ruleId: grant.ruleId, rule: grant.ruleName, value: grant.value, journeyId },
  role: 'user',
  since: now,
  expiresAt: undefined,
})

/**
 * INVARIANT: only memberships that this IdP's rules granted are ever put or removed; direct, configured, provisioned ones and those of
 * other IdPs are not touched. `additive` never removes; `initial-only` does nothing after the first sign-in.
 */
export const membershipChanges = (mapping: SignInMapping): Changes => {
  const { mode, idpId, firstSignIn, grants, current } = mapping
  if (mode === 'initial-only' && !firstSignIn) return { put: [], remove: [], gained: [], lost: [] }
  const held = current.filter((m) => isOfIdp(m, idpId))
  const same = (grant: Grant) =>
    held.find(
      (m) =>
        grantedBy(m, grant) &&
        m.provenance.kind === 'mapped' &&
        m.provenance.value === grant.value &&
        m.provenance.rule === grant.ruleName,
    )
  const put = grants
    .filter((grant) => !same(grant))
    .map((grant) => ({
      ...membershipOf(grant, mapping),
      ...keptOf(held.find((m) => grantedBy(m, grant))),
    }))
  const remove = mode === 'authoritative' ? held.filter((m) => !grants.some((grant) => grantedBy(m, grant))) : []
  const before = new Set(current.map((m) => m.groupId))
  const after = new Set([...current.filter((m) => !remove.includes(m)), ...put].map((m) => m.groupId))
  return {
    put,
    remove,
    gained: [...after].filter((id) => !before.has(id)).sort(byText),
    lost: [...before].filter((id) => !after.has(id)).sort(byText),
  }
}
