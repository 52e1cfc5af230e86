// Sign-on tests: what a sign-in would ask of somebody with these groups, by the rules that a file declares, if every answer were right. What
// the test names and the file does not is told, never taken for nothing.
import { ruleOnPaper } from '../assurance/declared-rule.ts'
import type { FactorKind, Level } from '../assurance/level.ts'
import { type Requirement, requirementOf, type Winner } from '../assurance/requirement.ts'
import type { DeclaredApp, DeclaredDomain, DeclaredIdp, DeclaredTenancy } from '../model/declared.ts'
import type { AppId, GroupId, IdpId } from '../model/ids.ts'
import { daysLater } from '../model/time.ts'
import { DEFAULT_DOMAIN } from '../policy/references.ts'
import { ADMINISTRATORS } from '../policy/system.ts'
import type { Facts } from './facts.ts'
import { rehearse } from './rehearse.ts'
import type { RefusalCode, Step } from './step.ts'

export type SignOnExpectation = {
  readonly domain: string
  readonly groups: readonly string[]
  readonly app: string | undefined
  /** As the application asks. */
  readonly level: Level
  readonly factors: readonly FactorKind[]
  /** Undefined: with a password, here. */
  readonly provider: string | undefined
  readonly upstreamLevel: Level | undefined
  readonly trustedDeviceDays: number | undefined
  readonly steps: readonly Step['do'][] | undefined
  readonly reaches: Level | undefined
  readonly refused: RefusalCode | undefined
  /** A rule that won one of the demands. */
  readonly because: string | undefined
}
export type SignOnUnknown = 'domain-unknown' | 'group-unknown' | 'application-unknown' | 'provider-unknown'
export type SignOnResult = {
  readonly row: number // from 1
  readonly passed: boolean
  readonly reason: 'as-expected' | 'other-steps' | 'other-end' | 'other-rule' | SignOnUnknown
  readonly steps: readonly Step['do'][]
  readonly reaches: Level | undefined
  readonly refused: RefusalCode | undefined
  readonly rules: readonly string[]
}

const NOW = Date.UTC(2030, 0, 1) // only distances matter
const fold = (text: string): string => text.toLowerCase()
const called = <T extends { readonly name: string }>(rows: readonly T[], name: string): T | undefined =>
  rows.find((row) => fold(row.name) === fold(name))

/** Made by hand is there too, as far as a rule speaks of it. */
const knownGroups = ({ groups, signOnRules }: DeclaredDomain): ReadonlySet<string> =>
  new Set([ADMINISTRATORS, ...groups.map((g) => g.name), ...signOnRules.flatMap((r) => r.groups)].map(fold))

const isAdministrators = ({ name }: DeclaredDomain, group: string): boolean =>
  fold(name) === DEFAULT_DOMAIN && fold(group) === fold(ADMINISTRATORS)

type Scene = {
  readonly domain: DeclaredDomain
  readonly app: DeclaredApp | undefined
  readonly idp: DeclaredIdp | undefined
}

const sceneOf = (tenancy: DeclaredTenancy, expected: SignOnExpectation): Scene | SignOnUnknown => {
  const domain = called(tenancy.domains, expected.domain)
  if (!domain) return 'domain-unknown'
  const known = knownGroups(domain)
  if (!expected.groups.every((group) => known.has(fold(group)))) return 'group-unknown'
  const app = expected.app === undefined ? undefined : called(tenancy.applications, expected.app)
  if (expected.app !== undefined && !app) return 'application-unknown'
  const enabled = domain.idps.filter((i) => i.enabled)
  const idp = expected.provider === undefined ? undefined : called(enabled, expected.provider)
  if (expected.provider !== undefined && !idp) return 'provider-unknown'
  return { domain, app, idp }
}

const needOf = ({ domain, app }: Scene, { groups, level }: SignOnExpectation): Requirement =>
  requirementOf(
    domain.signOnRules.map(ruleOnPaper),
    groups.map((name) => ({ id: fold(name) as GroupId, name, system: isAdministrators(domain, name) })),
    app && { id: fold(app.name) as AppId, name: app.name },
    level,
  )

const factsOf = ({ domain, app, idp }: Scene, { factors }: SignOnExpectation, need: Requirement): Facts => ({
  identified: false,
  route: undefined,
  localSignIn: domain.localSignIn,
  appOffered: app === undefined || (app.enabled && app.domains.some((d) => fold(d) === domain.name)),
  active: true,
  need,
  freshAfter: undefined,
  evidence: [],
  enrolled: factors,
  password: idp ? undefined : { expired: false, mustChange: false },
  recoveryCodesToKeep: false,
  owed: [], // of people who have been here before
})

const ruleIn = (winner: Winner | undefined): readonly string[] => (winner?.by === 'rule' ? [winner.rule] : [])
const winnersOf = ({ denied, level, factors, maxAgeSeconds, trustedDevice }: Requirement): readonly string[] => [
  ...new Set([denied, level, factors, maxAgeSeconds, trustedDevice].flatMap((won) => ruleIn(won?.because))),
]

const reasonOf = (
  { steps, reaches, refused, because }: SignOnExpectation,
  got: Pick<SignOnResult, 'steps' | 'reaches' | 'refused' | 'rules'>,
): SignOnResult['reason'] => {
  if (steps && JSON.stringify(steps) !== JSON.stringify(got.steps)) return 'other-steps'
  const speaksOfEnd = reaches !== undefined || refused !== undefined
  if (speaksOfEnd && (reaches !== got.reaches || refused !== got.refused)) return 'other-end'
  const isOther = because !== undefined && !got.rules.some((rule) => fold(rule) === fold(because))
  return isOther ? 'other-rule' : 'as-expected'
}

const judge = (tenancy: DeclaredTenancy, expected: SignOnExpectation, row: number): SignOnResult => {
  const scene = sceneOf(tenancy, expected)
  if (typeof scene === 'string')
    return { row, passed: false, reason: scene, steps: [], reaches: undefined, refused: undefined, rules: [] }
  const need = needOf(scene, expected)
  const { idp } = scene
  const days = expected.trustedDeviceDays
  const walked = rehearse(
    factsOf(scene, expected, need),
    {
      route: idp ? (idp.name as IdpId) : 'local',
      upstreamLevel: expected.upstreamLevel ?? idp?.assurance.unmatchedLevel ?? 1,
      deviceTrustedAt: days === undefined ? undefined : daysLater(NOW, -days),
    },
    NOW,
  )
  const end = walked.at(-1)
  const got = {
    steps: walked.map((step) => step.do),
    reaches: end?.do === 'done' ? end.level : undefined,
    refused: end?.do === 'refuse' ? end.why : undefined,
    rules: winnersOf(need),
  }
  const reason = reasonOf(expected, got)
  return { row, passed: reason === 'as-expected', reason, ...got }
}

export const runSignOnTrial = (
  tenancy: DeclaredTenancy,
  expectations: readonly SignOnExpectation[],
): readonly SignOnResult[] => expectations.map((expected, n) => judge(tenancy, expected, n + 1))
