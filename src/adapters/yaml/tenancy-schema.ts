// The shape of a tenancy file (config/tenancies/*.yaml): strict, references by name, defaults filled in. Whether the names exist is for
// flows/directory to say, which also knows the store.
import { z } from 'zod'
import type {
  DeclaredApp,
  DeclaredCompartment,
  DeclaredDomain,
  DeclaredTenancy,
  SeedPerson,
} from '../../core/model/declared.ts'
import type { JsonObject } from '../../core/model/json.ts'
import { demo } from './demo-schema.ts'
import { type FileField, fileIn, type SecretField, secretIn } from './references.ts'
import type { ReadSecret } from './secret-field.ts'
import {
  byName,
  compact,
  group,
  httpUrl,
  idp,
  name,
  names,
  passwordPolicy,
  signOnRule,
  slug,
  text,
  unique,
} from './tenancy-parts.ts'

const positive = z.int().positive()
/** `Prod/Web`: a path below the root compartment. */
const compartmentPath = z
  .string()
  .transform((p) => p.split('/').filter((s) => s !== ''))
  .default([])

const compartment: z.ZodType<DeclaredCompartment> = z.lazy(() =>
  z.strictObject({
    name,
    description: text.default(''),
    compartments: z.array(compartment).superRefine(byName).default([]),
  }),
)

const domain = (secret: SecretField, file: FileField) =>
  z
    .strictObject({
      name: slug,
      displayName: name.optional(),
      compartment: compartmentPath,
      active: z.boolean().default(true),
      locale: z.enum(['en', 'ko']).default('en'),
      session: z.strictObject({ idleSeconds: positive.optional(), absoluteSeconds: positive.optional() }).prefault({}),
      accessTokenSeconds: z.int().min(60).max(86_400).default(600),
      refreshTokenSeconds: z
        .int()
        .min(300)
        .default(30 * 86_400),
      branding: z
        .strictObject({
          accent: z
            .string()
            .regex(/^#[0-9a-fA-F]{6}$/, 'expected a colour such as `#0b6e4f`')
            .optional(),
          logoUrl: httpUrl.optional(),
          notice: text.optional(),
        })
        .prefault({}),
      localSignIn: z.boolean().default(true),
      groups: z.array(group).superRefine(byName).default([]),
      passwordPolicies: z.array(passwordPolicy).superRefine(byName).default([]),
      signOnRules: z.array(signOnRule).superRefine(byName).default([]),
      idps: z.array(idp(secret, file)).superRefine(byName).default([]),
    })
    .refine((d) => d.active || d.name !== 'default', {
      path: ['active'],
      message: 'the domain `default` cannot be deactivated',
    })
    .transform(
      (d): DeclaredDomain => ({
        ...d,
        displayName: d.displayName ?? (d.name === 'default' ? 'Default' : d.name),
        session: compact(d.session),
        branding: compact(d.branding),
      }),
    )

// ── Applications ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** RFC 6749 §3.1.2, RFC 8252: absolute, no fragment, no wildcard; http only on a loopback host; private-use schemes have a dot. */
const redirectUri = z.string().refine((u) => {
  const url = URL.parse(u)
  if (!url || u.includes('*') || u.includes('#') || url.username !== '' || url.password !== '') return false
  if (url.protocol === 'http:') return ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
  return url.protocol === 'https:' || /^[a-z][a-z0-9+-]*\.[a-z0-9.+-]+:$/.test(url.protocol)
}, 'expected an absolute https URL without fragment or wildcard (http only for localhost)')

const grant = z.enum(['authorization_code', 'refresh_token', 'client_credentials'])
const oidcApp = (secret: SecretField) =>
  z
    .strictObject({
      clientId: z.string().regex(/^[\x21-\x7e]{1,200}$/, 'expected printable ASCII without spaces'),
      clientSecrets: z.array(secret).max(5).default([]), // several during a rotation
      tokenEndpointAuth: z
        .enum(['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'])
        .default('client_secret_basic'),
      redirectUris: z.array(redirectUri).default([]),
      postLogoutRedirectUris: z.array(redirectUri).default([]),
      backchannelLogoutUri: httpUrl.optional(),
      grants: z.array(grant).min(1).default(['authorization_code']),
      scopes: z
        .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/))
        .default(['openid', 'profile', 'email', 'groups']),
      idTokenAlg: z.enum(['ES256', 'RS256']).default('ES256'),
      requirePkce: z.boolean().default(true),
      requirePar: z.boolean().default(false),
      jwks: z.record(z.string(), z.json()).optional(),
      initiateLoginUri: httpUrl.optional(),
    })
    .superRefine((o, issues) => {
      const fault = (path: string, message: string) => issues.addIssue({ code: 'custom', path: [path], message })
      const bySecret = o.tokenEndpointAuth.startsWith('client_secret')
      if (bySecret && o.clientSecrets.length === 0)
        fault('clientSecrets', `is required for \`tokenEndpointAuth: ${o.tokenEndpointAuth}\``)
      if (!bySecret && o.clientSecrets.length > 0)
        fault('clientSecrets', `does not go with \`tokenEndpointAuth: ${o.tokenEndpointAuth}\``)
      if (o.tokenEndpointAuth === 'private_key_jwt' && !o.jwks)
        fault('jwks', 'is required for `tokenEndpointAuth: private_key_jwt`')
      if (o.grants.includes('authorization_code') && o.redirectUris.length === 0)
        fault('redirectUris', 'is required for the grant `authorization_code`')
      if (o.grants.includes('client_credentials') && o.tokenEndpointAuth === 'none')
        fault('grants', '`client_credentials` needs a client that can authenticate')
      if (o.tokenEndpointAuth === 'none' && !o.requirePkce)
        fault('requirePkce', 'cannot be switched off for a public client')
    })
    .transform(({ jwks, ...o }) => ({
      protocol: 'oidc' as const,
      ...o,
      backchannelLogoutUri: o.backchannelLogoutUri,
      jwks: jwks as JsonObject | undefined,
      initiateLoginUri: o.initiateLoginUri,
    }))

const samlApp = (file: FileField) =>
  z
    .strictObject({
      entityId: z.string().min(1).max(1024),
      metadataFile: file.optional(),
      metadataUrl: httpUrl.optional(),
      nameId: z
        .strictObject({
          format: z.string().default('urn:oasis:names:tc:SAML:2.0:nameid-format:persistent'),
          from: z.enum(['id', 'username', 'email', 'pairwise', 'transient']).default('pairwise'),
        })
        .prefault({}),
      attributes: z
        .array(
          z.strictObject({
            name: z.string().min(1),
            from: z.string().min(1),
            nameFormat: z.string().optional(),
            friendlyName: z.string().optional(),
          }),
        )
        .default([]),
      sign: z
        .strictObject({ response: z.boolean().default(true), assertion: z.boolean().default(true) }) // both: every program tested takes it, some insist on either
        .refine((s) => s.response || s.assertion, 'sign the response, the assertion or both')
        .prefault({}),
      encryptAssertion: z.boolean().default(false),
      requireSignedRequests: z.boolean().default(false),
      allowIdpInitiated: z.boolean().default(false),
    })
    .refine(
      (s) => (s.metadataFile === undefined) !== (s.metadataUrl === undefined),
      'expected either `metadataFile` or `metadataUrl`',
    )
    .transform(({ metadataFile, metadataUrl, attributes, ...s }) => ({
      protocol: 'saml' as const,
      ...s,
      attributes: attributes.map(compact),
      metadataXml: metadataFile ?? '', // by URL: fetched by flows/upkeep/refresh-metadata
      metadataUrl,
    }))

const application = (secret: SecretField, file: FileField) =>
  z
    .strictObject({
      name,
      displayName: name.optional(),
      enabled: z.boolean().default(true),
      domains: z.array(slug).min(1).default(['default']),
      homeUrl: httpUrl.optional(),
      groupsClaim: z
        .strictObject({
          include: z.array(z.string().min(1)).default(['*']),
          shape: z.enum(['names', 'objects']).default('names'),
        })
        .prefault({}),
      oidc: oidcApp(secret).optional(),
      saml: samlApp(file).optional(),
    })
    .transform(({ oidc, saml, ...app }, issues): DeclaredApp => {
      const settings = oidc ?? saml
      if (!settings || (oidc && saml)) {
        issues.addIssue({ code: 'custom', message: 'expected either `oidc` or `saml`' })
        return z.NEVER
      }
      return { ...app, displayName: app.displayName ?? app.name, homeUrl: app.homeUrl, settings }
    })

// ── The rest ──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

const policy = z.strictObject({
  name,
  description: text.default(''),
  compartment: compartmentPath,
  statements: z.array(z.string().min(1)).min(1),
})

const seedPerson = (secret: SecretField) =>
  z
    .strictObject({
      domain: slug.default('default'),
      username: z
        .string()
        .min(1)
        .max(200)
        .regex(/^[^\s\p{Cc}]+$/u, 'must not contain spaces or control characters'),
      email: z.email().optional(),
      emailVerified: z.boolean().default(true),
      displayName: z.string().min(1).max(200).optional(),
      givenName: z.string().optional(),
      familyName: z.string().optional(),
      locale: z.enum(['en', 'ko']).optional(),
      password: secret.optional(),
      passwordSetDaysAgo: z.int().min(0).default(0),
      mustChangePassword: z.boolean().default(false),
      serviceAccount: z.boolean().default(false),
      groups: names,
      links: z.array(z.strictObject({ idp: slug, subject: z.string().min(1) })).default([]),
      note: text.optional(),
    })
    .transform((p) => ({ ...blank, ...p, displayName: p.displayName ?? p.username }) as SeedPerson)
const blank = {
  email: undefined,
  givenName: undefined,
  familyName: undefined,
  locale: undefined,
  password: undefined,
  note: undefined,
}

const personKey = (p: SeedPerson): string => `${p.domain}/${p.username}`

/** The whole file. `baseDir` is where relative paths begin; `isDemo` admits secrets written out. */
export const tenancySchema = (read: ReadSecret, baseDir: string, isDemo: boolean) => {
  const secret = secretIn(read, baseDir, isDemo)
  const file = fileIn(baseDir)
  return z
    .strictObject({
      tenancy: z.strictObject({ name: slug, displayName: name.optional() }),
      compartments: z.array(compartment).superRefine(byName).default([]),
      domains: z.array(domain(secret, file)).superRefine(byName).default([]),
      applications: z.array(application(secret, file)).superRefine(byName).default([]),
      policies: z
        .array(policy)
        .superRefine(unique((p) => [...p.compartment, p.name].join('/'), 'name'))
        .default([]),
      seed: z
        .strictObject({ people: z.array(seedPerson(secret)).superRefine(unique(personKey, 'username')).default([]) })
        .prefault({}),
      demo: demo.optional(),
    })
    .transform(
      (t): DeclaredTenancy => ({
        ...t,
        tenancy: { name: t.tenancy.name, displayName: t.tenancy.displayName },
        demo: t.demo,
      }),
    )
}
