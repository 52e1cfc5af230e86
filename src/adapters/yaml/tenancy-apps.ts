// The shape of an application in a tenancy file: what both protocols share, and either `oidc` or `saml`.
import { z } from 'zod'
import { DEVICE_CODE } from '../../core/model/app.ts'
import type { DeclaredApp } from '../../core/model/declared.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { FileField, SecretField } from './references.ts'
import { compact, httpUrl, name, slug } from './tenancy-parts.ts'

/** RFC 6749 §3.1.2, RFC 8252: absolute, no fragment, no wildcard; http only on a loopback host; private-use schemes have a dot. */
const redirectUri = z.string().refine((u) => {
  const url = URL.parse(u)
  if (!url || u.includes('*') || u.includes('#') || url.username !== '' || url.password !== '') return false
  if (url.protocol === 'http:') return ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
  return url.protocol === 'https:' || /^[a-z][a-z0-9+-]*\.[a-z0-9.+-]+:$/.test(url.protocol)
}, 'expected an absolute https URL without fragment or wildcard (http only for localhost)')

const grant = z.enum(['authorization_code', 'refresh_token', 'client_credentials', DEVICE_CODE])
const oidcApp = (secret: SecretField, secretsRequired: boolean) =>
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
      if (secretsRequired && bySecret && o.clientSecrets.length === 0)
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
      metadataXml: z.string().min(1).max(1_000_000).optional(), // the document itself
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
      (s) => [s.metadataFile, s.metadataXml, s.metadataUrl].filter((m) => m !== undefined).length === 1,
      'expected either `metadataFile`, `metadataXml` or `metadataUrl`',
    )
    .transform(({ metadataFile, metadataXml, metadataUrl, attributes, ...s }) => ({
      protocol: 'saml' as const,
      ...s,
      attributes: attributes.map(compact),
      metadataXml: metadataFile ?? metadataXml ?? '', // by URL: fetched by flows/upkeep/refresh-metadata
      metadataUrl,
    }))

/** `secretsRequired`: false where they are kept, or made, when a document leaves them out. */
export const application = (secret: SecretField, file: FileField, secretsRequired = true) =>
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
      oidc: oidcApp(secret, secretsRequired).optional(),
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
