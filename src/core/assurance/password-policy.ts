// Password policies: which one applies to a person, what a new password must be, when one is too old, and how long to wait after wrong
// ones. Knows no hashing; the history is compared where hashes can be verified.
import type { Group } from '../model/group.ts'
import type { DomainId, PasswordPolicyId } from '../model/ids.ts'
import type { PasswordPolicy } from '../model/sign-on.ts'
import { daysLater, type EpochMs } from '../model/time.ts'

/** What applies where nobody wrote a policy. Expiry after 120 days is what the product's users expect of a corporate gateway. */
export const defaultPolicy: PasswordPolicy = {
  id: 'built-in' as PasswordPolicyId,
  domainId: '' as DomainId,
  name: 'built-in',
  priority: Number.MAX_SAFE_INTEGER,
  groups: [],
  minLength: 12,
  requireClasses: 0,
  history: 5,
  maxAgeDays: 120,
  minAgeSeconds: 0,
  warnDays: 14,
  freeTries: 5,
  maxWaitSeconds: 900,
}

/** `because`: the policy's name and the group through which it applies (undefined: it applies to everyone). */
export type EffectivePolicy = {
  readonly policy: PasswordPolicy
  readonly because: { readonly policy: string; readonly group: string | undefined }
}

/** The lowest priority number among the policies of the person's groups and those for everyone; ties by name, so that it is stable. */
export const policyFor = (
  policies: readonly PasswordPolicy[],
  groups: readonly Pick<Group, 'id' | 'name'>[],
): EffectivePolicy => {
  const applying = policies
    .map((policy) => ({ policy, group: groups.find((g) => policy.groups.includes(g.id)) }))
    .filter(({ policy, group }) => policy.groups.length === 0 || group !== undefined)
    .sort((a, b) => a.policy.priority - b.policy.priority || (a.policy.name < b.policy.name ? -1 : 1))
  const [won] = applying
  if (!won) return { policy: defaultPolicy, because: { policy: defaultPolicy.name, group: undefined } }
  return { policy: won.policy, because: { policy: won.policy.name, group: won.group?.name } }
}

export type PasswordFault =
  | { readonly code: 'too-short'; readonly min: number }
  | { readonly code: 'needs-classes'; readonly classes: number }
  | { readonly code: 'contains-name' }
  | { readonly code: 'too-common' }

export type Candidate = {
  readonly candidate: string
  readonly username: string
  readonly email: string | undefined
  readonly displayName: string
  readonly isCommon: (password: string) => boolean
}

const classesOf = (text: string): number =>
  [/\p{Ll}/u, /\p{Lu}/u, /\p{Nd}/u, /[^\p{Ll}\p{Lu}\p{Nd}]/u].filter((pattern) => pattern.test(text)).length

/** Long enough to be a guess, not a coincidence; a syllable of Hangul or a Han character says more than a letter. */
const isTelling = (part: string): boolean =>
  part.length >= 4 || (part.length >= 2 && /[\p{Script=Hangul}\p{Script=Han}]/u.test(part))

const namesOf = ({ username, email, displayName }: Candidate): readonly string[] =>
  [username, username.split('@')[0], email?.split('@')[0], ...displayName.split(/\s+/)]
    .map((part) => (part ?? '').normalize('NFKC').toLowerCase())
    .filter(isTelling)

/** What is wrong with a new password, worst first; empty when nothing is. Length counts characters as people see them. */
export const passwordFaults = (policy: PasswordPolicy, candidate: Candidate): readonly PasswordFault[] => {
  const text = candidate.candidate.normalize('NFKC')
  const lower = text.toLowerCase()
  const faults: PasswordFault[] = []
  if ([...text].length < policy.minLength) faults.push({ code: 'too-short', min: policy.minLength })
  if (classesOf(text) < policy.requireClasses) faults.push({ code: 'needs-classes', classes: policy.requireClasses })
  if (namesOf(candidate).some((name) => lower.includes(name))) faults.push({ code: 'contains-name' })
  if (candidate.isCommon(lower)) faults.push({ code: 'too-common' })
  return faults
}

/** Exactly at the limit is not expired. */
export const isExpired = (policy: PasswordPolicy, setAt: EpochMs, now: EpochMs): boolean =>
  policy.maxAgeDays !== undefined && now > daysLater(setAt, policy.maxAgeDays)

/** From when on a person is warned; undefined when the password never expires. */
export const warnsAt = (policy: PasswordPolicy, setAt: EpochMs): EpochMs | undefined =>
  policy.maxAgeDays === undefined ? undefined : daysLater(setAt, policy.maxAgeDays - policy.warnDays)

/**
 * Milliseconds to wait before the next try: none for the free tries, then 1 s, doubling up to the maximum. Never for ever: a permanent
 * lock would hand every stranger a way to keep a colleague out.
 */
export const waitMs = (
  { freeTries, maxWaitSeconds }: Pick<PasswordPolicy, 'freeTries' | 'maxWaitSeconds'>,
  failures: number,
  lastAt: EpochMs,
  now: EpochMs,
): number => {
  if (failures < freeTries) return 0
  const seconds = Math.min(maxWaitSeconds, 2 ** Math.min(30, failures - freeTries))
  // A clock that was set back must not make the wait longer than it can be.
  return Math.min(seconds * 1000, Math.max(0, lastAt + seconds * 1000 - now))
}
