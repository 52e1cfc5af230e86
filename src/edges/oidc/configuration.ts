// The configuration of one domain's provider. Everything the library would default to a stub or to an old algorithm is said here.
import { decodeJwt } from 'jose'
import { type Client, type Configuration, errors, type KoaContextWithOIDC, type Provider } from 'oidc-provider'
import { secondsOf } from '../../core/model/time.ts'
import { acrOf, levelNamed } from '../../core/release/names.ts'
import { JOURNEY_SECONDS } from '../../flows/sign-in/begin.ts'
import type { OpenKeys } from '../../flows/upkeep/key-ring.ts'
import { accountFinder } from './accounts.ts'
import type { AdapterOf } from './adapter.ts'
import type { Assurance } from './assurance.ts'
import { claimsOfScope, claimsWithin } from './claims.ts'
import { appOf, CLIENT_APP } from './clients.ts'
import type { Found, OidcDeps } from './deps.ts'
import { DEVICE_SECONDS } from './device-codes.ts'
import type { DeviceFlow } from './device-flow.ts'
import type { ErrorPage } from './error-page.ts'
import { policyWith } from './policy.ts'
import type { SessionView } from './session-view.ts'
import { acrFor } from './wants.ts'

/** Scopes every domain knows; applications add their own (scopesOf in providers.ts). `pdp`: may ask the policy decision point. */
export const standardScopes = ['openid', 'offline_access', 'profile', 'email', 'groups', 'pdp'] as const

/** Where things are, relative to the issuer. Stable: applications are configured with them. */
export const routes = {
  authorization: '/authorize',
  token: '/token',
  userinfo: '/userinfo',
  jwks: '/jwks',
  introspection: '/introspect',
  revocation: '/revoke',
  pushed_authorization_request: '/par',
  end_session: '/logout',
  device_authorization: '/device_authorization',
  /** Where people type the code that a device shows; below it the provider resumes. */
  code_verification: '/device',
} as const

export type Parts = {
  readonly deps: OidcDeps
  readonly found: Found
  readonly keys: OpenKeys
  readonly adapter: AdapterOf
  readonly assurance: Assurance
  readonly scopes: ReadonlySet<string>
  readonly errorPage: ErrorPage
  readonly device: DeviceFlow
  /** The provider itself and what hangs on it; there only once it is built. */
  readonly built: () => { readonly provider: Provider; readonly view: SessionView }
}

const signing = ['ES256', 'RS256'] as const
const asymmetric = ['ES256', 'PS256', 'RS256', 'EdDSA'] as const
const isPublic = (client: Client): boolean => client.tokenEndpointAuthMethod === 'none'

/**
 * The library drops offline_access unless the person is asked for consent (OIDC Core 1.0 §11 allows "other conditions"). Our applications
 * are registered by an administrator, and registering the refresh token grant with that scope is the condition.
 */
const offlineAccess = (ctx: KoaContextWithOIDC): void => {
  const { params, body, client, entities } = ctx.oidc
  const pushed = entities.PushedAuthorizationRequest
  const given: unknown = pushed
    ? decodeJwt(pushed.request).scope
    : ctx.method === 'POST'
      ? body?.scope
      : ctx.query.scope
  const wanted = typeof given === 'string' && given.split(' ').includes('offline_access')
  const registered = client?.grantTypeAllowed('refresh_token') && appOf(client).scopes.includes('offline_access')
  if (!params || !wanted || !registered) return
  const scope = typeof params.scope === 'string' ? params.scope.split(' ') : []
  params.scope = [...new Set([...scope, 'offline_access'])].join(' ')
}

/** Consent was given by whoever registered the application. One grant per authorization: revoking one leaves the others alone. */
const grantFor = async (ctx: KoaContextWithOIDC, { assurance, built }: Parts) => {
  const { asked, found } = await assurance.of(ctx)
  const { client, session, account } = ctx.oidc
  if (found.step.do !== 'done' || !client || !session || !account) return undefined
  const { provider, view } = built()
  session.acr = acrFor(found.step.level, asked.acrNames)
  session.amr = [...found.step.amr]
  const grant = new provider.Grant({ accountId: account.accountId, clientId: client.clientId })
  grant.addOIDCScope(ctx.oidc.requestParamOIDCScopes)
  // A claim by name (OIDC Core 1.0 §5.5) is no way around the scopes an application was not given.
  const allowed = new Set<string>(claimsWithin(appOf(client).scopes))
  const asking = [...ctx.oidc.requestParamClaims]
  grant.addOIDCClaims(asking.filter((claim) => allowed.has(claim)))
  grant.rejectOIDCClaims(asking.filter((claim) => !allowed.has(claim)))
  view.bind(ctx, await grant.save())
  return grant
}

const ttlOf = ({ deps, found: { domain }, built }: Parts): NonNullable<Configuration['ttl']> => {
  /** A family of refresh tokens ends when its first would have: rotation must not make a stolen one live for ever (RFC 9700 §4.14.2). */
  const refresh = (ctx: KoaContextWithOIDC): number =>
    Math.max(1, ctx.oidc.entities.RotatedRefreshToken?.remainingTTL ?? domain.refreshTokenSeconds)
  return {
    AccessToken: domain.accessTokenSeconds,
    AuthorizationCode: 60,
    ClientCredentials: domain.accessTokenSeconds,
    DeviceCode: DEVICE_SECONDS,
    // Made once per authorization, so it must outlive the longest thing that can hang on it.
    Grant: DEVICE_SECONDS + domain.accessTokenSeconds + domain.refreshTokenSeconds,
    IdToken: domain.accessTokenSeconds,
    Interaction: JOURNEY_SECONDS,
    RefreshToken: refresh,
    Session: (ctx) => {
      const ours = built().view.of(ctx)
      return Math.max(1, ours ? secondsOf(ours.expiresAt - deps.clock()) : 60)
    },
  }
}

/** Only what a registered application of this tenancy may see: its own tokens, or, when it can prove who it is, those it is shown. */
const mayIntrospect = (client: Client, token: { readonly clientId?: string | undefined }): boolean =>
  !isPublic(client) || token.clientId === client.clientId

const mayRevoke = (client: Client, token: { readonly clientId?: string | undefined }): boolean => {
  if (token.clientId === client.clientId) return true
  if (isPublic(client)) return false // RFC 7009 §2.2: told nothing
  throw new errors.InvalidRequest('the token belongs to another application')
}

const originsOf = (client: Client): readonly (string | undefined)[] =>
  (client.redirectUris ?? []).map((uri) => URL.parse(uri)?.origin)

const features: NonNullable<Configuration['features']> = {
  devInteractions: { enabled: false },
  backchannelLogout: { enabled: true },
  claimsParameter: { enabled: true },
  clientCredentials: { enabled: true },
  dPoP: { enabled: true },
  introspection: { enabled: true, allowedPolicy: (_ctx, client, token) => mayIntrospect(client, token) },
  pushedAuthorizationRequests: { enabled: true },
  resourceIndicators: { enabled: false },
  revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => mayRevoke(client, token) },
  // Ours: sign-out.ts. The library's would end its own session and call applications while the browser waits.
  rpInitiatedLogout: { enabled: false },
}

const algorithms: NonNullable<Configuration['enabledJWA']> = {
  idTokenSigningAlgValues: [...signing],
  clientAuthSigningAlgValues: [...asymmetric],
  requestObjectSigningAlgValues: [...asymmetric],
  dPoPSigningAlgValues: ['ES256', 'EdDSA'],
}

const cookiesOf = ({ deps, found: { domain }, keys }: Parts): NonNullable<Configuration['cookies']> => {
  const own = deps.secrets
    .digest(`oidc-cookies:${domain.id}`)
    .replace(/[^A-Za-z0-9]/g, '')
    .slice(0, 12)
  const options = { httpOnly: true, sameSite: 'lax', secure: deps.config.secureCookies, signed: true } as const
  return {
    names: { session: `gwanmun_oidc_${own}`, interaction: `gwanmun_i_${own}`, resume: `gwanmun_r_${own}` },
    keys: [...keys.cookieSecrets],
    long: options,
    short: options,
  }
}

export const configurationOf = (parts: Parts): Configuration => {
  const { deps, found, keys, adapter, assurance, scopes, errorPage, device } = parts
  return {
    adapter,
    allowOmittingSingleRegisteredRedirectUri: false, // OIDC Core 1.0 §3.1.2.1: redirect_uri is required
    acrValues: [...Object.values(acrOf), 'mfa', 'phr'].filter((name) => levelNamed(name) !== undefined),
    claims: Object.fromEntries(Object.entries(claimsOfScope).map(([scope, names]) => [scope, [...names]])),
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
    // A browser may call only for a public client and only from where that client lives; userinfo for any of ours.
    clientBasedCORS: (ctx, origin, client) =>
      (ctx.oidc.route === 'userinfo' || isPublic(client)) && originsOf(client).includes(origin),
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    cookies: cookiesOf(parts),
    discovery: {
      end_session_endpoint: `${found.issuer}${routes.end_session}`,
      prompt_values_supported: ['none', 'login', 'consent', 'select_account'],
      ui_locales_supported: ['en', 'ko'],
    },
    enabledJWA: algorithms,
    extraClientMetadata: { properties: [CLIENT_APP] },
    extraParams: { domain_hint: null, idp_hint: null, ui_locales: offlineAccess },
    features: { ...features, deviceFlow: device.feature },
    fetch: (url, options) => {
      // The library's dispatcher refuses every private address; ours allows what the operator listed.
      const { dispatcher: _, ...init } = options as RequestInit & { dispatcher?: unknown }
      return deps.fetch(url instanceof Request ? url.url : url, init)
    },
    findAccount: accountFinder(deps),
    interactions: {
      policy: policyWith(assurance),
      url: (_ctx, interaction) => `${found.issuer}/oidc/interaction/${interaction.uid}`,
    },
    issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    jwks: { keys: keys.oidc },
    loadExistingGrant: (ctx) => grantFor(ctx, parts),
    pkce: { required: (_ctx, client) => isPublic(client) || appOf(client).requirePkce },
    renderError: errorPage.render,
    responseTypes: ['code'],
    rotateRefreshToken: true,
    routes,
    scopes: [...scopes],
    subjectTypes: ['public'],
    ttl: ttlOf(parts),
  }
}
