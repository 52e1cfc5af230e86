// OpenID Connect providers as upstreams, by openid-client: code flow with PKCE, state, nonce, `iss` of the callback (RFC 9207), the ID
// token's signature always verified with the algorithm pinned by the administrator. OpenID Connect Core §3.1.
import * as client from 'openid-client'
import type { Idp, OidcTrust } from '../../core/model/idp.ts'
import type { DomainId } from '../../core/model/ids.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { EpochMs } from '../../core/model/time.ts'
import type { Fetch } from '../../ports/fetcher.ts'
import type { Secrets } from '../../ports/secrets.ts'
import type { Assertion, Refusal, Upstream } from '../../ports/upstream.ts'
import { attributesOf, authTimeOf, methodsOf, overageOf, withheldScope } from './claims.ts'
import { clientAuthOf } from './client-auth.ts'
import { refusalOf } from './refusals.ts'

type Deps = {
  readonly fetch: Fetch
  readonly secrets: Pick<Secrets, 'open'>
  readonly issuerOf: (domain: DomainId) => Promise<string>
  readonly timeoutSeconds: number
}
type OidcIdp = Idp & { readonly trust: OidcTrust }

const DISCOVERY_SECONDS = 3600
const text = (x: unknown): string | undefined => (typeof x === 'string' ? x : undefined)

/** Discovered configurations, by everything that would change them; renewed hourly so that moved endpoints are noticed. */
const configurations = (deps: Deps) => {
  const held = new Map<string, { readonly at: EpochMs; readonly config: Promise<client.Configuration> }>()
  const discover = async ({ id, trust }: OidcIdp): Promise<client.Configuration> => {
    const secret =
      trust.clientSecretSealed === undefined ? undefined : deps.secrets.open(trust.clientSecretSealed, `idp:${id}`)
    const auth = clientAuthOf(trust.clientAuth, secret)
    const metadata = { id_token_signed_response_alg: trust.idTokenAlg, [client.clockTolerance]: trust.clockSkewSeconds }
    // Plain http is for laptops: configuration decided that when it accepted the issuer, and the guarded fetch decides where it may go.
    const insecure = trust.issuer.startsWith('http:') ? [client.allowInsecureRequests] : []
    return client.discovery(new URL(trust.issuer), trust.clientId, metadata, auth, {
      [client.customFetch]: deps.fetch as client.CustomFetch,
      timeout: deps.timeoutSeconds,
      execute: [client.enableNonRepudiationChecks, ...insecure],
    })
  }
  return (idp: OidcIdp, now: EpochMs): Promise<client.Configuration> => {
    const key = JSON.stringify([idp.id, idp.trust])
    const found = held.get(key)
    if (found && now - found.at < DISCOVERY_SECONDS * 1000) return found.config
    for (const old of held.keys()) if (old.startsWith(`["${idp.id}"`)) held.delete(old)
    const config = discover(idp)
    held.set(key, { at: now, config })
    config.catch(() => held.delete(key)) // a provider that is down is asked again
    return config
  }
}

const isOidc = (idp: Idp): idp is OidcIdp => idp.trust.protocol === 'oidc'

const callbackOf = async ({ issuerOf }: Deps, idp: Idp): Promise<string> =>
  `${await issuerOf(idp.domainId)}/federation/${idp.name}/callback`

type Answer = { readonly granted: string | undefined; readonly claims: client.IDToken; readonly userinfo: JsonObject }

const assertionOf = (idp: OidcIdp, { granted, claims, userinfo }: Answer, now: EpochMs): Assertion | Refusal => {
  const merged = { ...userinfo, ...claims }
  const overage = overageOf(merged, idp.groupsFrom)
  if (overage !== undefined)
    return {
      refused: 'groups-overage',
      detail: `${idp.displayName} has too many groups for a token and sent a pointer for \`${overage}\`: let it send only assigned groups`,
    }
  const attributes = attributesOf(claims, userinfo)
  const withheld = withheldScope(idp.trust.scopes, granted, idp.groupsFrom, attributes)
  if (withheld !== undefined)
    return {
      refused: 'scope-not-granted',
      detail: `${idp.displayName} did not grant the scope \`${withheld}\` and sent no groups: agree to it there, or allow it for this client`,
    }
  return {
    subject: claims.sub,
    nameIdFormat: undefined,
    sessionIndex: text(claims.sid),
    attributes,
    acr: text(claims.acr),
    amr: methodsOf(claims.amr),
    authenticatedAt: authTimeOf(claims.auth_time, now, idp.trust.clockSkewSeconds),
    onceOnly: [], // the state was taken by the flow, the code by the provider
  }
}

export const upstreamOidc = (deps: Deps): Upstream => {
  const configurationOf = configurations(deps)
  return {
    protocol: 'oidc',
    begin: async (idp, wish, now) => {
      if (!isOidc(idp)) return { refused: 'protocol-mismatch', detail: `\`${idp.name}\` is no OpenID Connect provider` }
      try {
        const config = await configurationOf(idp, now)
        const verifier = client.randomPKCECodeVerifier()
        const nonce = client.randomNonce()
        const acr = wish.level >= 2 ? idp.trust.acrValues : []
        const url = client.buildAuthorizationUrl(config, {
          redirect_uri: await callbackOf(deps, idp),
          scope: idp.trust.scopes.join(' '),
          state: wish.state,
          nonce,
          code_challenge: await client.calculatePKCECodeChallenge(verifier),
          code_challenge_method: 'S256',
          ...(wish.forceFresh ? { prompt: 'login' } : {}),
          ...(wish.loginHint === undefined ? {} : { login_hint: wish.loginHint }),
          ...(wish.uiLocales.length > 0 ? { ui_locales: wish.uiLocales.join(' ') } : {}),
          ...(acr.length > 0 ? { acr_values: acr.join(' ') } : {}),
        })
        return { send: { kind: 'redirect', url: url.href }, remember: { verifier, nonce, state: wish.state } }
      } catch (thrown) {
        return refusalOf(thrown)
      }
    },
    finish: async (idp, remember, returned, now) => {
      if (!isOidc(idp)) return { refused: 'protocol-mismatch', detail: `\`${idp.name}\` is no OpenID Connect provider` }
      const verifier = text(remember?.verifier)
      const nonce = text(remember?.nonce)
      const state = text(remember?.state)
      // Nothing was begun here: somebody else's code, or an old page.
      if (verifier === undefined || nonce === undefined || state === undefined)
        return {
          refused: 'state-mismatch',
          detail: 'this answer belongs to no sign-in that was begun here, or was used before',
        }
      try {
        const config = await configurationOf(idp, now)
        const current = new URL(`${await callbackOf(deps, idp)}?${returned.rawQuery}`)
        const tokens = await client.authorizationCodeGrant(config, current, {
          pkceCodeVerifier: verifier,
          expectedNonce: nonce,
          expectedState: state,
          idTokenExpected: true,
        })
        const claims = tokens.claims()
        if (!claims)
          return {
            refused: 'id-token-missing',
            detail: 'the provider sent no ID token: is the scope `openid` allowed there?',
          }
        const more =
          idp.trust.userinfo && config.serverMetadata().userinfo_endpoint
            ? await client.fetchUserInfo(config, tokens.access_token, claims.sub)
            : {}
        return assertionOf(idp, { granted: tokens.scope, claims, userinfo: more as JsonObject }, now)
      } catch (thrown) {
        return refusalOf(thrown)
      }
    },
    logout: async (idp, _session, returnTo, now) => {
      if (!isOidc(idp)) return undefined
      const config = await configurationOf(idp, now).catch(() => undefined)
      if (!config?.serverMetadata().end_session_endpoint) return undefined
      return { kind: 'redirect', url: client.buildEndSessionUrl(config, { post_logout_redirect_uri: returnTo }).href }
    },
    metadata: async () => undefined,
  }
}
