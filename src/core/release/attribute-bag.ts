// Session + person + groups + application → the one bag of attributes. The OIDC and SAML edges only spell it.
import { amrOf, authenticatedAt, type Evidence, type Level, levelOf } from '../assurance/level.ts'
import type { App } from '../model/app.ts'
import type { Group, Membership } from '../model/group.ts'
import type { Attributes, Person } from '../model/person.ts'
import { type EpochMs, secondsOf } from '../model/time.ts'

export type ReleasedGroup = { readonly id: string; readonly name: string }
export type Released = {
  readonly sub: string
  readonly username: string
  readonly email: string | undefined
  readonly emailVerified: boolean
  readonly name: string
  readonly givenName: string | undefined
  readonly familyName: string | undefined
  readonly locale: string | undefined
  readonly other: Attributes
  readonly groups: readonly ReleasedGroup[]
  readonly level: Level
  readonly amr: readonly string[]
  readonly authTimeSeconds: number | undefined
}

const like = (pattern: string, name: string): boolean => {
  const parts = pattern.toLowerCase().split('*')
  const text = name.toLowerCase()
  if (parts.length === 1) return parts[0] === text
  const first = parts[0] ?? ''
  const last = parts.at(-1) ?? ''
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false
  let from = first.length
  for (const part of parts.slice(1, -1)) {
    const at = text.indexOf(part, from)
    if (at < 0) return false
    from = at + part.length
  }
  return from <= text.length - last.length
}

/** Memberships that count now, as groups, each once, by name. */
export const liveGroups = (
  memberships: readonly Membership[],
  groups: readonly Group[],
  now: EpochMs,
): readonly Group[] => {
  const held = new Set(memberships.filter((m) => m.expiresAt === undefined || m.expiresAt > now).map((m) => m.groupId))
  return groups.filter((g) => held.has(g.id)).sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
}

export const release = (
  person: Person,
  groups: readonly Group[],
  app: Pick<App, 'groupsClaim'>,
  evidence: readonly Evidence[],
): Released => {
  const at = authenticatedAt(evidence)
  return {
    sub: person.id,
    username: person.username,
    email: person.email,
    emailVerified: person.emailVerified,
    name: person.displayName,
    givenName: person.givenName,
    familyName: person.familyName,
    locale: person.locale,
    other: person.attributes,
    groups: groups
      .filter((g) => app.groupsClaim.include.some((p) => like(p, g.name)))
      .map(({ id, name }) => ({ id, name })),
    level: levelOf(evidence),
    amr: amrOf(evidence),
    authTimeSeconds: at === undefined ? undefined : secondsOf(at),
  }
}
