// The fold of every sign-on rule that applies to a person at an application: strictest wins, field by field, and each field
// remembers the rule (and the group or application) that set it. Administrators prove two factors without any rule. Knows nothing of evidence.
import type { App } from '../model/app.ts'
import type { Group } from '../model/group.ts'
import type { SignOnRule } from '../model/sign-on.ts'
import type { FactorKind, Level } from './level.ts'

/**
 * Who set a field: a rule, by which of the person's groups and which application it applied. `request` is the application's own wish;
 * `administrator` what is asked of members of the system group where no rule was approved that spares them.
 */
export type Winner =
  | { readonly by: 'rule'; readonly rule: string; readonly group: string | undefined; readonly app: string | undefined }
  | { readonly by: 'request' }
  | { readonly by: 'administrator'; readonly group: string }
  | { readonly by: 'default' }

export type Won<T> = { readonly value: T; readonly because: Winner }

export type Requirement = {
  readonly denied: Won<true> | undefined
  readonly level: Won<Level>
  /** Second factors that may be used; undefined: all. */
  readonly factors: Won<readonly FactorKind[]> | undefined
  readonly maxAgeSeconds: Won<number> | undefined
  /** Undefined or days 0: a device cannot be trusted. */
  readonly trustedDevice: Won<{ readonly days: number; readonly count: number }> | undefined
  /** Every rule that applied, winners and losers, for the effective-policy view. */
  readonly applied: readonly string[]
}

type Member = Pick<Group, 'id' | 'name'> & Partial<Pick<Group, 'system'>>
type Applied = { readonly rule: SignOnRule; readonly because: Winner }

const applies = (
  rule: SignOnRule,
  groups: readonly Member[],
  app: Pick<App, 'id' | 'name'> | undefined,
): Applied | undefined => {
  const group = rule.groups.length === 0 ? undefined : groups.find((g) => rule.groups.includes(g.id))
  if (rule.groups.length > 0 && !group) return undefined
  const byApp = rule.apps.length > 0
  if (byApp && !(app && rule.apps.includes(app.id))) return undefined
  return { rule, because: { by: 'rule', rule: rule.name, group: group?.name, app: byApp ? app?.name : undefined } }
}

/** Picks the strictest of the values that rules demand; ties keep the first by rule name, so that the answer is stable. */
const strictest = <T>(
  applied: readonly Applied[],
  of: (rule: SignOnRule) => T | undefined,
  stricter: (a: T, b: T) => boolean,
): Won<T> | undefined => {
  let won: Won<T> | undefined
  for (const { rule, because } of applied) {
    const value = of(rule)
    if (value !== undefined && (won === undefined || stricter(value, won.value))) won = { value, because }
  }
  return won
}

/** Factors intersect: each rule may only narrow. The winner named is the last rule that narrowed. */
const intersect = (applied: readonly Applied[]): Won<readonly FactorKind[]> | undefined => {
  let won: Won<readonly FactorKind[]> | undefined
  for (const { rule, because } of applied) {
    const allowed = rule.demands.factors
    if (!allowed) continue
    const narrowed = won ? won.value.filter((f) => allowed.includes(f)) : [...allowed]
    if (!won || narrowed.length < won.value.length) won = { value: narrowed, because }
  }
  return won
}

/** Whoever administers a tenancy proves two factors; at an application that somebody approved of in a rule, one. */
const ofAdministrators = (applied: readonly Applied[], groups: readonly Member[]): Won<Level> | undefined => {
  const group = groups.find((g) => g.system)
  if (!group) return undefined
  const spares = ({ rule: { demands, groups: named, apps } }: Applied): boolean =>
    demands.approval !== undefined && named.includes(group.id) && apps.length > 0
  return applied.some(spares) ? undefined : { value: 2, because: { by: 'administrator', group: group.name } }
}

/**
 * What a sign-in must satisfy. Order of rules is irrelevant; adding a rule never weakens the result.
 * @param asked the level the application asked for in its request (acr_values, RequestedAuthnContext); 0 when it asked nothing
 */
export const requirementOf = (
  rules: readonly SignOnRule[],
  groups: readonly Member[],
  app: Pick<App, 'id' | 'name'> | undefined,
  asked: Level,
): Requirement => {
  const applied = [...rules]
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
    .map((rule) => applies(rule, groups, app))
    .filter((a) => a !== undefined)
  const byRules = strictest(
    applied,
    (r) => r.demands.level,
    (a, b) => a > b,
  )
  const floor: Won<Level> = { value: 1, because: { by: 'default' } } // nobody signs in by proving nothing
  const asking: Won<Level> = { value: asked, because: { by: 'request' } }
  const level = [byRules, floor, ofAdministrators(applied, groups), asking]
    .filter((w) => w !== undefined)
    .reduce((best, w) => (w.value > best.value ? w : best))
  const devices = (field: 'days' | 'count') =>
    strictest(
      applied,
      (r) => r.demands.trustedDevice?.[field],
      (a, b) => a < b,
    )
  const days = devices('days')
  const count = devices('count')
  return {
    denied: strictest(
      applied,
      (r) => (r.demands.deny ? (true as const) : undefined),
      () => false,
    ),
    level,
    factors: intersect(applied),
    maxAgeSeconds: strictest(
      applied,
      (r) => r.demands.maxAgeSeconds,
      (a, b) => a < b,
    ),
    trustedDevice: days && count && { value: { days: days.value, count: count.value }, because: days.because },
    applied: applied.map((a) => a.rule.name),
  }
}
