// OpenID Connect providers as upstreams, by openid-client: code flow with PKCE, state, nonce, `iss` of the callback (RFC 9207), the ID
// token's signature always verified with the algorithm pinned by the administrator. OpenID Connect Core §3.1.
import * as client from 'openid-client'
import type { Idp, OidcTrust } from '../../core/model/idp.ts'
import type { DomainId } from '../../core/model/ids.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { EpochMs } from '../../core/model/time.ts'
import type { Fetch } from '../../ports/fetcher.ts'
import type { Secrets } from '../../ports/secrets.ts'
import type { Assertion, Refusal, Returned, Trace, Upstream } from '../../ports/upstream.ts'
import { attributesOf, authTimeOf, methodsOf, overageOf, withheldScope } from './claims.ts'
import { clientAuthOf } from './client-auth.ts'
import { refusalOf } from './refusals.ts'
import { failedCheck, passedChecks } from './trace.ts'

type Deps = {
  readonly fetch: Fetch
  readonly secrets: Pick<Secrets, 'open' | 'seal'>
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

const placeOf = async ({ issuerOf }: Deps, idp: Idp, place: 'callback' | 'signed-out'): Promise<string> =>
  `${await issuerOf(idp.domainId)}/federation/${idp.name}/${place}`

/** It travels in a URL, and sessions are many. */
const LONGEST_HINT = 4096
const hintContext = (idp: Idp): string => `logout-hint:${idp.id}`
/** The ID token, for providers that only let go of a session they are shown (RP-Initiated Logout 1.0 §2). */
const hintOf = ({ secrets }: Deps, idp: Idp, config: client.Configuration, idToken = ''): string | undefined =>
  config.serverMetadata().end_session_endpoint !== undefined && idToken !== '' && idToken.length <= LONGEST_HINT
    ? secrets.seal(idToken, hintContext(idp))
    : undefined

type Answer = { readonly granted: string | undefined; readonly claims: client.IDToken; readonly userinfo: JsonObject }

/** What the library leaves to us: `azp` beside a single audience (Core §3.1.3.7 no. 5), and a token made in the future (no. 10). */
const claimRefusal = ({ trust }: OidcIdp, { azp, iat }: client.IDToken, now: EpochMs): Refusal | undefined => {
  if (azp !== undefined && azp !== trust.clientId)
    return { refused: 'audience-mismatch', detail: 'the ID token was made for another client (`azp`)' }
  return iat * 1000 > now + trust.clockSkewSeconds * 1000
    ? { refused: 'not-yet-valid', detail: 'the ID token is from the future: compare the clocks' }
    : undefined
}

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

const untraced: Trace = () => undefined
type Finishing = {
  readonly idp: OidcIdp
  readonly remember: JsonObject | undefined
  readonly returned: Returned
  readonly now: EpochMs
  readonly trace: Trace
}

const finish = async (
  deps: Deps & { readonly configurationOf: ReturnType<typeof configurations> },
  { idp, remember, returned, now, trace }: Finishing,
): Promise<Assertion | Refusal> => {
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
    const config = await deps.configurationOf(idp, now)
    const { issuer, userinfo_endpoint } = config.serverMetadata()
    trace({ name: 'discovery issuer', ok: true, expected: idp.trust.issuer, received: issuer })
    const current = new URL(`${await placeOf(deps, idp, 'callback')}?${returned.rawQuery}`)
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
    const wrong = claimRefusal(idp, claims, now)
    if (wrong) return wrong
    for (const check of passedChecks(idp.trust, issuer, claims)) trace(check)
    const asksUserinfo = idp.trust.userinfo && userinfo_endpoint !== undefined
    const more = asksUserinfo ? await client.fetchUserInfo(config, tokens.access_token, claims.sub) : {}
    if (asksUserinfo) trace({ name: 'subject of userinfo', ok: true, expected: claims.sub, received: claims.sub })
    const said = assertionOf(idp, { granted: tokens.scope, claims, userinfo: more as JsonObject }, now)
    return 'refused' in said ? said : { ...said, logoutHint: hintOf(deps, idp, config, tokens.id_token) }
  } catch (thrown) {
    return refusalOf(thrown)
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
          redirect_uri: await placeOf(deps, idp, 'callback'),
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
    finish: async (idp, remember, returned, now, trace = untraced) => {
      if (!isOidc(idp)) return { refused: 'protocol-mismatch', detail: `\`${idp.name}\` is no OpenID Connect provider` }
      const said = await finish({ ...deps, configurationOf }, { idp, remember, returned, now, trace })
      if ('refused' in said) trace(failedCheck(said))
      return said
    },
    logout: async (idp, session, returnTo, now) => {
      if (!isOidc(idp)) return undefined
      const config = await configurationOf(idp, now).catch(() => undefined)
      if (!config?.serverMetadata().end_session_endpoint) return undefined
      const hint = session.logoutHint && deps.secrets.open(session.logoutHint, hintContext(idp))
      const url = client.buildEndSessionUrl(config, {
        // One address that can be registered there; where to go on travels as state.
        post_logout_redirect_uri: await placeOf(deps, idp, 'signed-out'),
        state: returnTo,
        ...(hint ? { id_token_hint: hint } : {}),
      })
      return { kind: 'redirect', url: url.href }
    },
    metadata: async () => undefined,
  }
}
