// Home-realm discovery: which identity provider somebody is led to, and on what ground. The first ground that any enabled provider matches
// decides: one match is the way, several are a choice among just these. Addresses are compared by whoever knows networks.
import type { Idp } from '../model/idp.ts'
import type { AppId, IdpId } from '../model/ids.ts'

export const grounds = ['hint', 'e-mail domain', 'application', 'network', 'only'] as const
export type Ground = (typeof grounds)[number]

/** What is known of who arrives; undefined is no ground for anything. */
export type Arriving = {
  readonly hint: string | undefined
  /** As it was typed, with or without a domain. */
  readonly username: string | undefined
  readonly appId: AppId | undefined
  readonly address: string | undefined
  /** Whether there is another way in than a provider. */
  readonly localSignIn: boolean
}
export type HomeRealm = { readonly ground: Ground; readonly idps: readonly [Idp, ...Idp[]] }
export type InRange = (address: string, range: string) => boolean

const emailDomainOf = (username: string | undefined): string | undefined => {
  const at = username?.lastIndexOf('@') ?? -1
  return username === undefined || at < 0 ? undefined : username.slice(at + 1).toLowerCase()
}

/** @returns undefined: nobody leads them, they choose for themselves */
export const homeRealm = (all: readonly Idp[], arriving: Arriving, inRange: InRange): HomeRealm | undefined => {
  const { hint, username, appId, address, localSignIn } = arriving
  const enabled = all.filter((idp) => idp.enabled)
  const emailDomain = emailDomainOf(username)
  const isOnly = !localSignIn && username === undefined && enabled.length === 1
  const matches: { readonly [G in Ground]: (idp: Idp) => boolean } = {
    hint: (idp) => idp.name === hint,
    'e-mail domain': (idp) => emailDomain !== undefined && idp.emailDomains.includes(emailDomain),
    application: (idp) => appId !== undefined && (idp.routes?.applications.includes(appId) ?? false),
    network: (idp) => address !== undefined && (idp.routes?.networks.some((range) => inRange(address, range)) ?? false),
    only: () => isOnly,
  }
  for (const ground of grounds) {
    const [first, ...more] = enabled.filter(matches[ground])
    if (first) return { ground, idps: [first, ...more] }
  }
  return undefined
}

/** Where a journey goes then: one provider is its route, several are its choice. */
export const routed = (
  realm: HomeRealm | undefined,
): { readonly route: IdpId | undefined; readonly choice: readonly IdpId[] | undefined } => {
  const [first, ...more] = realm?.idps ?? []
  if (first === undefined || more.length === 0) return { route: first?.id, choice: undefined }
  return { route: undefined, choice: [first, ...more].map(({ id }) => id) }
}
