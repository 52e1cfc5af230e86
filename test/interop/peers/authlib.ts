// Authlib, an OpenID Connect relying party in Python, with RS256 and a refresh token. https://docs.authlib.org/en/v1.2.0/client/flask.html
import type { Page } from 'playwright-core'
import type { Site } from '../gateway.ts'
import type { Known } from '../people.ts'
import type { Stage } from './run.ts'

const NAME = 'authlib'
const secret = 'interop-secret-of-authlib'

export const newAuthlib = (stage: Stage) => {
  const port = stage.port()
  const base = `http://127.0.0.1:${port}`
  const redirectUri = `${base}/callback`
  return {
    privateUrl: `${base}/private`,
    application: {
      name: NAME,
      oidc: {
        clientId: NAME,
        clientSecrets: [{ literal: secret }],
        tokenEndpointAuth: 'client_secret_post',
        redirectUris: [redirectUri],
        grants: ['authorization_code', 'refresh_token'],
        scopes: ['openid', 'profile', 'email', 'groups', 'offline_access'],
        idTokenAlg: 'RS256',
      },
    },
    start: (site: Site) =>
      stage.start({
        name: NAME,
        command: '/usr/bin/python3',
        args: [
          `${import.meta.dirname}/authlib_rp.py`,
          JSON.stringify({
            port,
            redirectUri,
            issuer: site.issuer,
            clientId: NAME,
            clientSecret: secret,
            cookie: `authlib${port}`,
          }),
        ],
        readyUrl: `${base}/ok.html`,
      }),
  }
}

type Claims = {
  readonly preferred_username?: string
  readonly email?: string
  readonly name?: string
  readonly groups?: readonly string[]
  readonly acr?: string
  readonly amr?: readonly string[]
}

export const seenByAuthlib = async (page: Page) => {
  const { idToken, userinfo, rotated } = JSON.parse(await page.locator('body').innerText()) as {
    readonly idToken: Claims
    readonly userinfo: Claims
    readonly rotated: boolean
  }
  const person: Known = {
    username: userinfo.preferred_username,
    email: userinfo.email,
    name: userinfo.name,
    groups: userinfo.groups ?? [],
  }
  return { person, idToken, rotated }
}
