// An application that people sign in to, of either protocol. What the wire calls client or service provider.
import type { AppId, DomainId, TenancyId } from './ids.ts'
import type { JsonObject } from './json.ts'

/** RFC 8628 §3.4: for programs without a browser of their own. */
export const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code'
export type Grant = 'authorization_code' | 'refresh_token' | 'client_credentials' | typeof DEVICE_CODE

export type OidcApp = {
  readonly protocol: 'oidc'
  readonly clientId: string
  /** SHA-256 (base64url) of each live secret; several during a rotation. Empty: public client. */
  readonly secretHashes: readonly string[]
  readonly tokenEndpointAuth: 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt' | 'none'
  readonly redirectUris: readonly string[]
  readonly postLogoutRedirectUris: readonly string[]
  readonly backchannelLogoutUri: string | undefined
  readonly grants: readonly Grant[]
  readonly scopes: readonly string[]
  readonly idTokenAlg: 'ES256' | 'RS256'
  readonly requirePkce: boolean // false only for old confidential clients
  readonly requirePar: boolean
  readonly jwks: JsonObject | undefined
  readonly initiateLoginUri: string | undefined
}
export type SamlApp = {
  readonly protocol: 'saml'
  readonly entityId: string
  readonly metadataXml: string // the one source of ACS, SLO and certificates
  readonly metadataUrl: string | undefined
  readonly nameId: { readonly format: string; readonly from: 'id' | 'username' | 'email' | 'pairwise' | 'transient' }
  readonly attributes: readonly {
    readonly name: string
    readonly from: string
    readonly nameFormat?: string
    readonly friendlyName?: string
  }[]
  readonly sign: { readonly response: boolean; readonly assertion: boolean }
  readonly encryptAssertion: boolean
  readonly requireSignedRequests: boolean
  readonly allowIdpInitiated: boolean
}

export type App = {
  readonly id: AppId
  readonly tenancyId: TenancyId
  readonly name: string // unique in the tenancy
  readonly displayName: string
  readonly enabled: boolean
  /** The domains whose people may use it. */
  readonly domainIds: readonly DomainId[]
  readonly homeUrl: string | undefined // where "back to the application" leads
  /** Which of the person's groups it is told: all, or names matched by globs. `names` plain strings, `objects` {id, name, because}. */
  readonly groupsClaim: { readonly include: readonly string[]; readonly shape: 'names' | 'objects' }
  readonly settings: OidcApp | SamlApp
}
