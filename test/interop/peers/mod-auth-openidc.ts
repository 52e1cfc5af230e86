// Apache mod_auth_openidc, a certified relying party, in front of `/private`; `/private/strong` lets nobody in below two factors and
// asks for them itself. https://github.com/OpenIDC/mod_auth_openidc/blob/master/auth_openidc.conf
import { randomBytes } from 'node:crypto'
import type { Page } from 'playwright-core'
import type { Known } from '../people.ts'
import { echoed, startApache } from './apache.ts'
import type { Stage } from './run.ts'

const CLIENT = 'mod-auth-openidc'
const secret = 'interop-secret-of-mod-auth-openidc'

export const newModAuthOpenidc = (stage: Stage) => {
  const port = stage.port()
  const base = `http://127.0.0.1:${port}`
  const redirectUri = `${base}/private/redirect_uri`
  const loggedOut = `${base}/ok.html`
  return {
    privateUrl: `${base}/private`,
    strongUrl: `${base}/private/strong`,
    loggedOut,
    signOutUrl: `${redirectUri}?logout=${encodeURIComponent(loggedOut)}`,
    application: {
      name: CLIENT,
      oidc: {
        clientId: CLIENT,
        clientSecrets: [{ literal: secret }],
        redirectUris: [redirectUri],
        postLogoutRedirectUris: [loggedOut],
        backchannelLogoutUri: `${redirectUri}?logout=backchannel`,
      },
    },
    start: (issuer: string) =>
      startApache(stage, {
        name: CLIENT,
        port,
        modules: [['auth_openidc_module', 'mod_auth_openidc.so']],
        directives: `
OIDCProviderMetadataURL ${issuer}/.well-known/openid-configuration
OIDCClientID ${CLIENT}
OIDCClientSecret ${secret}
OIDCProviderTokenEndpointAuth client_secret_basic
OIDCRedirectURI ${redirectUri}
OIDCDefaultURL ${base}/private
OIDCCryptoPassphrase ${randomBytes(24).toString('hex')}
OIDCScope "openid profile email groups"
OIDCResponseType code
OIDCPKCEMethod S256
OIDCRemoteUserClaim sub
OIDCCookie rp${port}
# by sid, a session of the server's can be ended from behind; one in a cookie cannot
OIDCSessionType server-cache
OIDCCacheShmEntrySizeMax 66065
OIDCPassIDTokenAs claims payload
OIDCPassUserInfoAs claims json
<Location /private>
  AuthType openid-connect
  Require valid-user
</Location>
<Location /private/strong>
  AuthType openid-connect
  Require claim acr:urn:gwanmun:acr:2
  OIDCUnAutzAction auth
  OIDCPathAuthRequestParams acr_values=urn%3Agwanmun%3Aacr%3A2
</Location>`,
      }),
  }
}

type Claims = {
  readonly preferred_username?: string
  readonly email?: string
  readonly name?: string
  readonly groups?: readonly string[]
}

/** OIDC_CLAIM_groups is a list joined with commas, so the JSON beside it is read. */
export const seenByModAuthOpenidc = async (page: Page) => {
  const seen = echoed(await page.locator('body').innerText())
  const userinfo = JSON.parse(seen.get('OIDC_userinfo_json') ?? '{}') as Claims
  const idToken = JSON.parse(seen.get('OIDC_id_token_payload') ?? '{}') as {
    readonly acr?: string
    readonly amr?: readonly string[]
    readonly auth_time?: number
    readonly sid?: string
  }
  const person: Known = {
    username: userinfo.preferred_username,
    email: userinfo.email,
    name: userinfo.name,
    groups: userinfo.groups ?? [],
  }
  return { person, idToken, seen }
}
