// Session + person + groups + application → the one bag of attributes. The OIDC and SAML edges only spell it.
import { amrOf, authenticatedAt, type Evidence, type Level, levelOf } from '../assurance/level.ts'
import type { App } from '../model/app.ts'
import type { Group, Membership, Provenance } from '../model/group.ts'
import type { Attributes, Person } from '../model/person.ts'
import { type EpochMs, secondsOf } from '../model/time.ts'

/** `because`: one entry per source of the membership, in words: why the person is in the group. */
export type ReleasedGroup = { readonly id: string; readonly name: string; readonly because: readonly string[] }
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

export const isLive = (m: Membership, now: EpochMs): boolean => m.expiresAt === undefined || m.expiresAt > now

/** Memberships that count now, as groups, each once, by name. */
export const liveGroups = (
  memberships: readonly Membership[],
  groups: readonly Group[],
  now: EpochMs,
): readonly Group[] => {
  const held = new Set(memberships.filter((m) => isLive(m, now)).map((m) => m.groupId))
  return groups.filter((g) => held.has(g.id)).sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
}

/** A source in words that an application may show to the person. */
export const sourceInWords = (p: Provenance): string => {
  if (p.kind === 'mapped') return `rule ${p.rule} matched ${p.value}`
  return p.kind === 'scim' ? 'provisioned' : p.kind === 'config' ? 'configured' : 'given directly'
}

const becauseOf = (memberships: readonly Membership[], group: Group, now: EpochMs): readonly string[] =>
  memberships
    .filter((m) => m.groupId === group.id && isLive(m, now))
    .map((m) => sourceInWords(m.provenance))
    .sort()

export const release = (
  q: {
    readonly person: Person
    readonly memberships: readonly Membership[]
    readonly groups: readonly Group[] // of the domain; the person's are chosen here
    readonly app: Pick<App, 'groupsClaim'>
    readonly evidence: readonly Evidence[]
  },
  now: EpochMs,
): Released => {
  const { person, memberships, app, evidence } = q
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
    groups: liveGroups(memberships, q.groups, now)
      .filter((g) => app.groupsClaim.include.some((p) => like(p, g.name)))
      .map((g) => ({ id: g.id, name: g.name, because: becauseOf(memberships, g, now) })),
    level: levelOf(evidence),
    amr: amrOf(evidence),
    authTimeSeconds: at === undefined ? undefined : secondsOf(at),
  }
}
