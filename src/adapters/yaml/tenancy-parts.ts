// The shapes inside a domain of a tenancy file: groups, password policies, sign-on rules, identity providers. Fills in defaults and
// turns what people write (`level: mfa`, `glob: "CORP-*"`) into the model's words. Decides nothing about names that must exist.
import { z } from 'zod'
import type { FactorKind, Level } from '../../core/assurance/level.ts'
import { matchFault } from '../../core/mapping/rule.ts'
import type {
  DeclaredIdp,
  DeclaredMapping,
  DeclaredPasswordPolicy,
  DeclaredSignOnRule,
} from '../../core/model/declared.ts'
import type { GroupMatch } from '../../core/model/idp.ts'
import { networks } from './network.ts'
import type { FileField, SecretField } from './references.ts'

/** In URLs. */
export const slug = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'expected lower-case letters, digits and `-`')
/** For people: no control characters and nothing that reads as a separator in a policy statement or a path. */
export const name = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[^\p{Cc}'"/:,{}]+$/u, 'must not contain control characters or any of \' " / : , { }')
export const text = z.string().max(1000)
export const httpUrl = z.string().refine((u) => {
  const url = URL.parse(u)
  return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === ''
}, 'expected a URL that begins with `https://`')
const positive = z.int().positive()
const natural = z.int().min(0)
export const names = z.array(name).default([])

/** Reports a name that occurs twice, compared without case, at its second place. */
export const unique =
  <T>(keyOf: (item: T) => string, key: string) =>
  (items: readonly T[], issues: z.core.$RefinementCtx<readonly T[]>): void => {
    const seen = new Set<string>()
    items.forEach((item, index) => {
      const value = keyOf(item).toLowerCase()
      if (seen.has(value))
        issues.addIssue({
          code: 'custom',
          path: [index, key],
          message: `\`${keyOf(item)}\` is declared twice`,
          continue: true,
        })
      seen.add(value)
    })
  }
export const byName = unique<{ readonly name: string }>((item) => item.name, 'name')

const levels: { readonly [word: string]: Level } = { password: 1, mfa: 2, 'phishing-resistant': 3 }
export const level = z
  .union([z.literal([1, 2, 3]), z.enum(['password', 'mfa', 'phishing-resistant'])], {
    error: 'expected 1, 2, 3, `password`, `mfa` or `phishing-resistant`',
  })
  .transform((l): Level => (typeof l === 'number' ? (l as Level) : (levels[l] ?? 3)))
export const upstreamLevel = z
  .union([z.literal([0, 1, 2, 3]), z.enum(['password', 'mfa', 'phishing-resistant'])], {
    error: 'expected 0, 1, 2, 3, `password`, `mfa` or `phishing-resistant`',
  })
  .transform((l): Level => (typeof l === 'number' ? (l as Level) : (levels[l] ?? 3)))
export const factor: z.ZodType<FactorKind> = z.enum(['totp', 'passkey', 'recovery-code'])

const MOST_TAGS = 64
/** `namespace.key`, lower case → value. */
export const tags = z
  .record(
    z.string().regex(/^[a-z0-9_-]{1,100}\.[a-z0-9_-]{1,100}$/, 'expected `namespace.key` in lower case'),
    z.string().min(1).max(256),
  )
  .refine((all) => Object.keys(all).length <= MOST_TAGS, `expected at most ${MOST_TAGS} tags`)
  .default({})
export const group = z.strictObject({ name, description: text.default(''), tags })

export const passwordPolicy = z
  .strictObject({
    name,
    priority: natural.default(100),
    groups: names,
    minLength: z.int().min(8).max(128).default(12),
    requireClasses: z.int().min(0).max(4).default(0),
    history: z.int().min(0).max(50).default(5),
    maxAgeDays: positive.nullable().default(120), // null: never expires
    minAgeSeconds: natural.default(0),
    warnDays: natural.default(14),
    freeTries: positive.default(5),
    maxWaitSeconds: positive.default(900),
  })
  .transform((p): DeclaredPasswordPolicy => ({ ...p, maxAgeDays: p.maxAgeDays ?? undefined }))

export const signOnRule = z
  .strictObject({
    name,
    groups: names,
    apps: names,
    deny: z.boolean().default(false),
    level: level.optional(),
    approval: z.string().trim().min(1).max(1000).optional(),
    factors: z.array(factor).min(1).optional(),
    maxAgeSeconds: positive.optional(),
    trustedDevice: z.strictObject({ days: z.int().min(0).max(365), count: z.int().min(0).max(50) }).optional(),
  })
  .transform(
    (r): DeclaredSignOnRule => ({
      ...r,
      level: r.level,
      approval: r.approval,
      factors: r.factors,
      maxAgeSeconds: r.maxAgeSeconds,
      trustedDevice: r.trustedDevice,
    }),
  )

// ── Identity providers ────────────────────────────────────────────────────────────────────────────────────────────────────────────

const matchShape = {
  exact: z.string().min(1).optional(),
  glob: z.string().min(1).optional(),
  dn: z.string().min(1).optional(),
  regex: z.string().min(1).max(500).optional(),
  ignoreCase: z.boolean().optional(),
}
type MatchInput = { [K in 'exact' | 'glob' | 'dn' | 'regex']?: string | undefined } & {
  ignoreCase?: boolean | undefined
}
const kinds = ['exact', 'glob', 'dn', 'regex'] as const

const matchOf = (m: MatchInput): GroupMatch | undefined => {
  const given = kinds.filter((k) => m[k] !== undefined)
  const kind = given[0]
  const value = kind && m[kind]
  if (given.length !== 1 || !kind || value === undefined) return undefined
  if (kind === 'exact' || kind === 'glob') return { kind, value, ignoreCase: m.ignoreCase ?? false }
  return m.ignoreCase === undefined ? { kind, value } : undefined
}
const oneKind = 'expected exactly one of `exact`, `glob`, `dn`, `regex` (`ignoreCase` goes with the first two)'

export const mapping = z
  .strictObject({
    name,
    ...matchShape,
    allOf: z.array(z.strictObject(matchShape)).min(1).optional(),
    groups: z.array(name).min(1),
  })
  .transform((m, issues): DeclaredMapping => {
    const single = kinds.some((k) => m[k] !== undefined)
    const parts = m.allOf ?? [m]
    const matches = parts.map(matchOf)
    if ((single && m.allOf) || matches.includes(undefined)) {
      issues.addIssue({ code: 'custom', message: m.allOf && single ? 'expected either one match or `allOf`' : oneKind })
      return z.NEVER
    }
    const allOf = matches.filter((x) => x !== undefined)
    for (const match of allOf) {
      const wrong = matchFault(match)
      if (wrong !== undefined) issues.addIssue({ code: 'custom', message: `\`${match.kind}\`: ${wrong}` })
    }
    return { name: m.name, allOf, groups: m.groups }
  })

const attributes = z.strictObject({
  username: z.string().min(1).default('$subject'),
  email: z.string().min(1).optional(),
  displayName: z.string().min(1).optional(),
  givenName: z.string().min(1).optional(),
  familyName: z.string().min(1).optional(),
  locale: z.string().min(1).optional(),
  other: z.record(z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/), z.string().min(1)).default({}),
})

const assurance = z
  .strictObject({
    rules: z
      .array(
        z
          .strictObject({
            acr: z.string().min(1).optional(),
            amr: z.array(z.string().min(1)).min(1).optional(),
            level: upstreamLevel,
          })
          .refine((r) => r.acr !== undefined || r.amr !== undefined, 'expected `acr`, `amr` or both'),
      )
      .default([]),
    unmatched: upstreamLevel
      .refine((l) => l <= 1, 'must be 0 or 1: an unknown statement proves no second factor')
      .default(1),
    maxAgeSeconds: positive.optional(),
  })
  .transform((a) => ({ rules: a.rules.map(compact), unmatchedLevel: a.unmatched, maxAgeSeconds: a.maxAgeSeconds }))

const samlTrust = (file: FileField) =>
  z
    .strictObject({
      metadataFile: file.optional(),
      metadataXml: z.string().min(1).max(1_000_000).optional(), // the document itself
      metadataUrl: httpUrl.optional(),
      signRequests: z.boolean().default(true),
      wantAssertionsSigned: z.boolean().default(true),
      nameIdFormat: z.string().min(1).optional(),
      allowUnsolicited: z.boolean().default(false),
      clockSkewSeconds: z.int().min(0).max(600).default(60),
      forceAuthnForLevel: z.boolean().default(false),
      requestedAuthnContext: z.array(z.string().min(1)).default([]),
    })
    .refine(
      (s) => [s.metadataFile, s.metadataXml, s.metadataUrl].filter((m) => m !== undefined).length === 1,
      'expected either `metadataFile`, `metadataXml` or `metadataUrl`',
    )
    .transform(({ metadataFile, metadataXml, metadataUrl, nameIdFormat, ...rest }) => ({
      protocol: 'saml' as const,
      metadataXml: metadataFile ?? metadataXml,
      metadataUrl,
      nameIdFormat,
      ...rest,
    }))

const oidcTrust = (secret: SecretField, secretsRequired: boolean) =>
  z
    .strictObject({
      issuer: httpUrl,
      clientId: z.string().min(1),
      clientSecret: secret.optional(),
      clientAuth: z.enum(['client_secret_basic', 'client_secret_post', 'none']).default('client_secret_basic'),
      scopes: z.array(z.string().min(1)).default(['openid', 'profile', 'email']),
      idTokenAlg: z
        .enum(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'])
        .default('RS256'),
      clockSkewSeconds: z.int().min(0).max(600).default(30),
      acrValues: z.array(z.string().min(1)).default([]),
      userinfo: z.boolean().default(true),
    })
    .refine(
      (o) =>
        o.clientAuth === 'none' ? o.clientSecret === undefined : !secretsRequired || o.clientSecret !== undefined,
      '`clientSecret` is required unless `clientAuth: none`, and then refused',
    )
    .refine((o) => o.scopes.includes('openid'), '`scopes` must contain `openid`')
    .transform(({ clientSecret, ...rest }) => ({ protocol: 'oidc' as const, clientSecret, ...rest }))

/** Without the keys that were not given: `exactOptionalPropertyTypes` tells absent from undefined. */
export const compact = <T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>
  }

/** `secretsRequired`: false where one is kept when a document leaves it out. */
export const idp = (secret: SecretField, file: FileField, secretsRequired = true) =>
  z
    .strictObject({
      name: slug,
      displayName: name.optional(),
      enabled: z.boolean().default(true),
      showInChooser: z.boolean().default(true),
      emailDomains: z
        .array(z.string().regex(/^[a-z0-9.-]+\.[a-z0-9-]+$/, 'expected a lower-case domain without `@`'))
        .default([]),
      routes: z.strictObject({ applications: names, networks }).prefault({}),
      saml: samlTrust(file).optional(),
      oidc: oidcTrust(secret, secretsRequired).optional(),
      attributes: attributes.prefault({}),
      groupsFrom: z.array(z.string().min(1)).default([]),
      groupMode: z.enum(['authoritative', 'additive', 'initial-only']).default('authoritative'),
      mappings: z.array(mapping).superRefine(byName).default([]),
      assurance: assurance.prefault({}),
      jit: z.strictObject({ create: z.boolean().default(true), update: z.boolean().default(true) }).prefault({}),
      linkByEmail: z.boolean().default(false),
    })
    .transform((i, issues): DeclaredIdp => {
      const { saml, oidc, ...rest } = i
      const trust = saml ?? oidc
      if (!trust || (saml && oidc)) {
        issues.addIssue({ code: 'custom', message: 'expected either `saml` or `oidc`' })
        return z.NEVER
      }
      if (i.linkByEmail && i.emailDomains.length === 0)
        issues.addIssue({
          code: 'custom',
          path: ['linkByEmail'],
          message: 'needs `emailDomains`: only addresses that the provider owns may be linked',
        })
      if (i.mappings.length > 0 && i.groupsFrom.length === 0)
        issues.addIssue({
          code: 'custom',
          path: ['groupsFrom'],
          message: 'is empty, so no mapping could ever apply: name the attribute that holds the groups',
        })
      return {
        ...rest,
        displayName: i.displayName ?? i.name,
        trust,
        attributes: compact(i.attributes) as DeclaredIdp['attributes'],
      }
    })
