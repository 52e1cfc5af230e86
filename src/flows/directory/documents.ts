// Rows as the documents that would make them: names instead of ids, no secrets, nothing that is a default of the store alone. What is read here
// can be written back as it is.
import type { Level } from '../../core/assurance/level.ts'
import type { App, OidcApp, SamlApp } from '../../core/model/app.ts'
import type { GroupMatch, Idp, MappingRule, OidcTrust, SamlTrust } from '../../core/model/idp.ts'
import type { PasswordPolicy, SignOnRule } from '../../core/model/sign-on.ts'
import type { Domain } from '../../core/model/tenancy.ts'

/** What ids are called now; one that is nobody's is shown as it is. */
export type NameOf = (id: string) => string
type Document = { readonly [member: string]: unknown }

const present = (all: Document): Document => Object.fromEntries(Object.entries(all).filter(([, v]) => v !== undefined))

export const namesFrom = (rows: Iterable<{ readonly id: string; readonly name: string }>): NameOf => {
  const names = new Map([...rows].map(({ id, name }) => [id, name]))
  return (id) => names.get(id) ?? id
}

const oidcDocument = ({ protocol: _, secretHashes: __, ...settings }: OidcApp): Document => present(settings)
const samlDocument = ({ protocol: _, metadataXml, metadataUrl, ...settings }: SamlApp): Document =>
  present({ ...settings, ...(metadataUrl === undefined ? { metadataXml } : { metadataUrl }) })

export const appDocument = ({ displayName, enabled, domainIds, homeUrl, groupsClaim, settings }: App, domain: NameOf) =>
  present({
    displayName,
    enabled,
    domains: domainIds.map(domain).sort(),
    homeUrl,
    groupsClaim,
    ...(settings.protocol === 'oidc' ? { oidc: oidcDocument(settings) } : { saml: samlDocument(settings) }),
  })

const levelWords: { readonly [L in Level]: 0 | 'password' | 'mfa' | 'phishing-resistant' } = {
  0: 0,
  1: 'password',
  2: 'mfa',
  3: 'phishing-resistant',
}

export const signOnRuleDocument = ({ groups, apps, demands }: SignOnRule, group: NameOf, app: NameOf): Document =>
  present({
    groups: groups.map(group).sort(),
    apps: apps.map(app).sort(),
    deny: demands.deny ?? false,
    level: demands.level === undefined ? undefined : levelWords[demands.level],
    approval: demands.approval,
    factors: demands.factors,
    maxAgeSeconds: demands.maxAgeSeconds,
    trustedDevice: demands.trustedDevice,
  })

export const passwordPolicyDocument = (
  { id: _, domainId: __, name: ___, groups, maxAgeDays, ...rest }: PasswordPolicy,
  group: NameOf,
): Document => ({ ...rest, groups: groups.map(group).sort(), maxAgeDays: maxAgeDays ?? null })

const matchDocument = (match: GroupMatch): Document => ({
  [match.kind]: match.value,
  ...('ignoreCase' in match ? { ignoreCase: match.ignoreCase } : {}),
})
export const mappingDocument = ({ match, allOf, groups }: MappingRule, group: NameOf): Document => ({
  ...(allOf.length > 1 ? { allOf: allOf.map(matchDocument) } : matchDocument(match)),
  groups: groups.map(group).sort(),
})

const samlTrustDocument = ({ protocol: _, metadataXml, metadataUrl, ...rest }: SamlTrust): Document =>
  present({ ...rest, ...(metadataUrl === undefined ? { metadataXml } : { metadataUrl }) })
const oidcTrustDocument = ({ protocol: _, clientSecretSealed: __, ...rest }: OidcTrust): Document => present(rest)

/** @param apps those that lead to it and are still there */
export const idpDocument = (idp: Idp, apps: readonly Pick<App, 'name'>[]): Document => {
  const { displayName, enabled, showInChooser, emailDomains, routes, trust, attributes } = idp
  const { groupsFrom, groupMode, assurance, jit, linkByEmail } = idp
  const { rules, unmatchedLevel, maxAgeSeconds } = assurance
  return {
    displayName,
    enabled,
    showInChooser,
    emailDomains,
    routes: {
      applications: apps.map(({ name }) => name).sort(),
      networks: routes?.networks ?? [],
    },
    ...(trust.protocol === 'saml' ? { saml: samlTrustDocument(trust) } : { oidc: oidcTrustDocument(trust) }),
    attributes,
    groupsFrom,
    groupMode,
    assurance: present({
      rules: rules.map((rule) => ({ ...rule, level: levelWords[rule.level] })),
      unmatched: levelWords[unmatchedLevel],
      maxAgeSeconds,
    }),
    jit,
    linkByEmail,
  }
}

/** @param compartment its path from below the root, joined by `/`; empty: the root */
export const domainDocument = (domain: Domain, compartment: string, group: NameOf): Document => {
  const { displayName, status, locale, session, accessTokenSeconds, refreshTokenSeconds, branding } = domain
  const { localSignIn, passwordReset, onboarding, selfRegistration } = domain
  return present({
    displayName,
    compartment,
    active: status === 'active',
    locale,
    session,
    accessTokenSeconds,
    refreshTokenSeconds,
    branding,
    localSignIn,
    passwordReset: passwordReset ?? true,
    onboarding,
    selfRegistration: selfRegistration && { ...selfRegistration, groups: selfRegistration.groups.map(group).sort() },
  })
}
