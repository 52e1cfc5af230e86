// Mapping tests: upstream groups held against the mappings that a file declares. A provider that is not declared fails whatever was expected:
// a misspelt test must not pass for an empty answer.
import type { DeclaredMapping, DeclaredTenancy } from '../model/declared.ts'
import type { MappingRule } from '../model/idp.ts'
import type { GroupId, IdpId, MappingRuleId } from '../model/ids.ts'
import { resolveGroups } from './resolve.ts'

export type MappingExpectation = {
  readonly provider: string // `domain/provider`
  readonly upstream: readonly string[]
  readonly groups: readonly string[]
  /** Rules that grant them, all of them; undefined: whichever. */
  readonly rules: readonly string[] | undefined
}
export type MappingResult = {
  readonly row: number // from 1
  readonly passed: boolean
  readonly reason: 'as-expected' | 'provider-unknown' | 'other-groups' | 'other-rules'
  readonly groups: readonly string[]
  readonly rules: readonly string[]
  /** Of each group that came: by which rule and value. */
  readonly because: readonly { readonly group: string; readonly rule: string; readonly value: string }[]
}

/** Names stand in for ids. */
const onPaper = ({ name, allOf, groups }: DeclaredMapping): readonly MappingRule[] =>
  allOf.slice(0, 1).map((match) => ({
    id: name as MappingRuleId,
    idpId: '' as IdpId,
    name,
    match,
    allOf: allOf.length > 1 ? allOf : [],
    groups: groups.map((group) => group as GroupId),
  }))

const inOrder = (names: readonly string[]): readonly string[] => [...new Set(names)].sort()
const isSame = (a: readonly string[], b: readonly string[]): boolean => {
  const [left, right] = [a, b].map((names) => inOrder(names.map((n) => n.toLowerCase())))
  return JSON.stringify(left) === JSON.stringify(right)
}

const judge = ({ domains }: DeclaredTenancy, expected: MappingExpectation, row: number): MappingResult => {
  const [domain, name] = expected.provider.toLowerCase().split('/')
  const idp = domains.find((d) => d.name === domain)?.idps.find((i) => i.name === name)
  if (!idp) return { row, passed: false, reason: 'provider-unknown', groups: [], rules: [], because: [] }
  const grants = resolveGroups(idp.mappings.flatMap(onPaper), expected.upstream)
  const because = grants.map(({ groupId, ruleName, value }) => ({ group: groupId as string, rule: ruleName, value }))
  const groups = inOrder(because.map((b) => b.group))
  const rules = inOrder(because.map((b) => b.rule))
  const reason = !isSame(groups, expected.groups)
    ? 'other-groups'
    : expected.rules && !isSame(rules, expected.rules)
      ? 'other-rules'
      : 'as-expected'
  return { row, passed: reason === 'as-expected', reason, groups, rules, because }
}

export const runMappingTrial = (
  tenancy: DeclaredTenancy,
  expectations: readonly MappingExpectation[],
): readonly MappingResult[] => expectations.map((expected, n) => judge(tenancy, expected, n + 1))
