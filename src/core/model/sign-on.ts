// What administrators demand of a sign-in: sign-on rules (assurance per group and application) and password policies.

import type { FactorKind, Level } from '../assurance/level.ts'
import type { AppId, DomainId, GroupId, PasswordPolicyId, SignOnRuleId } from './ids.ts'

/** Applies to people in any of `groups` (empty: everyone) at any of `apps` (empty: every application). All that apply are folded, strictest wins. */
export type SignOnRule = {
  readonly id: SignOnRuleId
  readonly domainId: DomainId
  readonly name: string
  readonly groups: readonly GroupId[]
  readonly apps: readonly AppId[]
  readonly demands: {
    readonly deny?: boolean // nobody it applies to may sign in
    readonly level?: Level
    /** Who agreed that administrators need no second factor at `apps`, and why. Only with their group and `level` 1. */
    readonly approval?: string
    /** Second factors allowed; several rules intersect. Absent: all. */
    readonly factors?: readonly FactorKind[]
    /** Evidence older than this must be renewed. Smallest wins. */
    readonly maxAgeSeconds?: number
    /** How long and how many. Smallest of each wins; days 0 forbids. Absent everywhere: forbidden. */
    readonly trustedDevice?: { readonly days: number; readonly count: number }
  }
}

/** One policy applies to a person: the lowest `priority` among those of their groups (or of everyone: `groups` empty). */
export type PasswordPolicy = {
  readonly id: PasswordPolicyId
  readonly domainId: DomainId
  readonly name: string
  readonly priority: number
  readonly groups: readonly GroupId[]
  readonly minLength: number
  readonly requireClasses: number // how many of lower, upper, digit, other; 0 = none (NIST's advice)
  readonly history: number // that many previous passwords are refused
  readonly maxAgeDays: number | undefined // undefined: never expires
  readonly minAgeSeconds: number
  readonly warnDays: number
  /** After this many failures in a row the next tries wait, doubling from 1 s up to `maxWaitSeconds`. Never a permanent lock. */
  readonly freeTries: number
  readonly maxWaitSeconds: number
}
