// The bag of attributes in the words of OIDC Core 1.0 §5.1. Which of them an ID token or userinfo carries is decided by scopes.
import type { App } from '../../core/model/app.ts'
import type { Released } from '../../core/release/attribute-bag.ts'

/** Scope → claims. What is under `openid` is in every ID token. */
export const claimsOfScope = {
  openid: ['sub', 'sid', 'auth_time', 'acr', 'amr', 'groups'],
  profile: ['name', 'given_name', 'family_name', 'preferred_username', 'locale'],
  email: ['email', 'email_verified'],
  groups: ['groups'],
} as const satisfies Record<string, readonly string[]>

/** Every claim that these scopes could bring. */
export const claimsWithin = (scopes: readonly string[]): readonly string[] =>
  Object.entries(claimsOfScope).flatMap(([scope, claims]) => (scopes.includes(scope) ? claims : []))

const groupsOf = ({ groups }: Released, { include, shape }: App['groupsClaim']): object => {
  if (include.length === 0) return {} // this application is told of none, which is not the same as there being none
  return {
    groups:
      shape === 'names'
        ? groups.map((g) => g.name)
        : groups.map(({ id, name, because }) => ({ id, name, because: [...because] })),
  }
}

const present = (claims: { readonly [name: string]: string | undefined }): object =>
  Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined && value !== ''))

export const claimsOf = (released: Released, groupsClaim: App['groupsClaim']): { readonly sub: string } => ({
  sub: released.sub,
  ...present({
    name: released.name,
    given_name: released.givenName,
    family_name: released.familyName,
    preferred_username: released.username,
    locale: released.locale,
    email: released.email,
  }),
  ...(released.email ? { email_verified: released.emailVerified } : {}),
  ...groupsOf(released, groupsClaim),
})
