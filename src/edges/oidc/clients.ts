// Our applications as the provider's clients. Secrets stay digests: the provider is given a placeholder and its comparison is replaced
// (provider.ts). OpenID Connect Dynamic Client Registration 1.0 §2 names the members.
import type { AdapterPayload, Client } from 'oidc-provider'
import type { App, OidcApp } from '../../core/model/app.ts'
import type { AppId } from '../../core/model/ids.ts'
import type { Domain } from '../../core/model/tenancy.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Store } from '../../ports/store.ts'
import { type OidcAppRow, offeredApp } from './rows.ts'

/** What we need of the application wherever the provider hands us its client. */
export type ClientApp = Pick<App, 'name' | 'displayName' | 'homeUrl' | 'groupsClaim'> &
  Pick<
    OidcApp,
    'clientId' | 'secretHashes' | 'requirePkce' | 'initiateLoginUri' | 'scopes' | 'postLogoutRedirectUris'
  > & { readonly id: AppId }

/** The one custom member of our clients. */
export const CLIENT_APP = 'gwanmun_app'
export const appOf = (client: Client | undefined): ClientApp => {
  const app = client?.[CLIENT_APP]
  if (typeof app !== 'object' || app === null) throw new Error('a client that is none of our applications')
  return app as ClientApp
}

const clientAppOf = ({ settings, ...app }: OidcAppRow): ClientApp => ({
  id: app.id,
  name: app.name,
  displayName: app.displayName,
  homeUrl: app.homeUrl,
  groupsClaim: app.groupsClaim,
  clientId: settings.clientId,
  secretHashes: settings.secretHashes,
  requirePkce: settings.requirePkce,
  initiateLoginUri: settings.initiateLoginUri,
  scopes: settings.scopes,
  postLogoutRedirectUris: settings.postLogoutRedirectUris,
})

const usesSecret = (method: OidcApp['tokenEndpointAuth']): boolean =>
  method === 'client_secret_basic' || method === 'client_secret_post'

/** RFC 8252 §7.3: registered without a port, because the program takes whichever is free. */
const isLoopback = (uri: string): boolean => {
  const url = URL.parse(uri)
  return url?.protocol === 'http:' && url.port === '' && ['127.0.0.1', '[::1]'].includes(url.hostname)
}
/** A public client that is answered on its own machine only: there, and only there, the port is not compared. */
const isNative = ({ tokenEndpointAuth, redirectUris }: OidcApp): boolean =>
  tokenEndpointAuth === 'none' && redirectUris.length > 0 && redirectUris.every(isLoopback)

/** The registered address that it is, but for the port: RFC 8252 §7.3 for programs, and nothing but the port. */
export const withoutOwnPort = (uri: string): string =>
  uri.replace(/^(http:\/\/(?:127\.0\.0\.1|\[::1\])):\d{1,5}(?=\/)/, '$1')

/** @param known the scopes the provider was built with; it takes a client that names another for broken. */
export const metadataOf = (app: OidcAppRow, known: ReadonlySet<string>): AdapterPayload => {
  const { settings } = app
  const signsIn = settings.grants.includes('authorization_code')
  return {
    client_id: settings.clientId,
    client_name: app.displayName,
    application_type: isNative(settings) ? 'native' : 'web',
    redirect_uris: signsIn ? [...settings.redirectUris] : [],
    response_types: signsIn ? ['code'] : [],
    grant_types: [...settings.grants],
    token_endpoint_auth_method: settings.tokenEndpointAuth,
    ...(usesSecret(settings.tokenEndpointAuth) ? { client_secret: 'kept-as-a-digest' } : {}),
    ...(settings.jwks ? { jwks: settings.jwks as unknown as NonNullable<AdapterPayload['jwks']> } : {}),
    id_token_signed_response_alg: settings.idTokenAlg,
    require_pushed_authorization_requests: settings.requirePar,
    ...(settings.backchannelLogoutUri === undefined
      ? {}
      : { backchannel_logout_uri: settings.backchannelLogoutUri, backchannel_logout_session_required: true }),
    // INVARIANT: never empty: the provider reads an empty list as "everything".
    scope: settings.scopes.filter((s) => known.has(s)).join(' ') || 'openid',
    [CLIENT_APP]: clientAppOf(app),
  }
}

export type Clients = {
  find(clientId: string): Promise<AdapterPayload | undefined>
}
type Deps = { readonly store: Store; readonly clock: Clock; readonly rememberMs: number }
const MOST_REMEMBERED = 500

/** @param scopeUnknown called when an application names a scope that came after the provider was built. */
export const clientsOf = (
  { store, clock, rememberMs }: Deps,
  domain: Domain,
  known: ReadonlySet<string>,
  scopeUnknown: () => void,
): Clients => {
  const remembered = new Map<string, { readonly until: number; readonly metadata: AdapterPayload }>()
  return {
    find: async (clientId) => {
      const now = clock()
      const held = remembered.get(clientId)
      if (held && now < held.until) return held.metadata
      remembered.delete(clientId)
      const app = await store.read((tx) => offeredApp(tx, domain, clientId))
      if (!app) return undefined // not remembered: whoever makes up ids must not fill our memory
      if (app.settings.scopes.some((s) => !known.has(s))) scopeUnknown()
      const metadata = metadataOf(app, known)
      if (remembered.size >= MOST_REMEMBERED) remembered.clear()
      remembered.set(clientId, { until: now + rememberMs, metadata })
      return metadata
    },
  }
}
