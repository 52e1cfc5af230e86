// Glewlwyd 2.7, an OpenID provider in C, as a company's: set up through its own administration API, with consent pages and a real TOTP
// second factor for whoever asks for its scope `mfa`. https://babelouest.github.io/glewlwyd/docs/
import { spawnSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { copyFileSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { generateSync } from 'otplib'
import type { Page } from 'playwright-core'
import { vi } from 'vitest'
import type { TestPerson } from '../people.ts'
import type { Stage } from './run.ts'

const NAME = 'glewlwyd'
const CLIENT = 'gwanmun'
const secret = 'interop-secret-at-glewlwyd'
const share = '/usr/share'
const scopes = ['openid', 'profile', 'email', 'groups', 'mfa'] as const

type At = (file: string) => string

const mimeTypes = Object.entries({
  html: 'text/html',
  css: 'text/css',
  js: 'application/javascript',
  json: 'application/json',
  png: 'image/png',
  ico: 'image/x-icon',
  woff2: 'font/woff2',
})
  .map(([extension, type]) => `{extension=".${extension}" mime_type="${type}"}`)
  .join(',')

const configuration = (at: At, port: number): string => `port=${port}
bind_address="127.0.0.1"
external_url="http://127.0.0.1:${port}"
login_url="login.html"
api_prefix="api"
static_files_path="${at('webapp')}/"
static_files_mime_types=(${mimeTypes})
allow_origin="*"
log_mode="file"
log_level="INFO"
log_file="${at('glewlwyd.log')}"
cookie_secure=0
cookie_same_site="lax"
session_key="GLEWLWYD${port}"
session_expiration=3600
admin_session_authentication="cookie"
profile_session_authentication="cookie"
login_api_enabled=true
max_post_size=16777216
admin_scope="g_admin"
profile_scope="g_profile"
user_module_path="/usr/lib/glewlwyd/user"
client_module_path="/usr/lib/glewlwyd/client"
user_auth_scheme_module_path="/usr/lib/glewlwyd/scheme"
plugin_module_path="/usr/lib/glewlwyd/plugin"
hash_algorithm="SHA512"
database={type="sqlite3" path="${at('db')}"}
`

const sqlite = (database: string, statements: string): void => {
  const { status, stderr } = spawnSync('/usr/bin/sqlite3', [database], { input: statements, encoding: 'utf8' })
  if (status !== 0) throw new Error(`sqlite3: ${stderr}`)
}

/** Several groups per user need a format of their own; the module's default knows one value. */
const SEVERAL_GROUPS = `update g_user_module_instance set gumi_parameters = json_set(gumi_parameters, '$.data-format.groups',
  json('{"multiple":true,"read":true,"write":true,"profile-read":true,"profile-write":false}'));`

const plugin = (issuer: string) => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const onDemand = { type: 'string', mandatory: false, 'on-demand': true }
  return {
    module: 'oidc',
    name: 'oidc',
    display_name: 'OpenID Connect',
    enabled: true,
    parameters: {
      iss: issuer,
      'jwt-type': 'rsa',
      'jwt-key-size': '256',
      key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
      cert: publicKey.export({ type: 'spki', format: 'pem' }),
      'jwks-show': true,
      'subject-type': 'public',
      'access-token-duration': 3600,
      'refresh-token-duration': 86400,
      'code-duration': 600,
      'refresh-token-rolling': true,
      'allow-non-oidc': true,
      'auth-type-code-enabled': true,
      'auth-type-token-enabled': false,
      'auth-type-id-token-enabled': true,
      'auth-type-none-enabled': false,
      'auth-type-password-enabled': false,
      'auth-type-client-enabled': false,
      'auth-type-device-enabled': false,
      'auth-type-refresh-enabled': true,
      'pkce-allowed': true,
      'pkce-method-plain-allowed': false,
      'session-management-allowed': false,
      'oauth-as-iss-id': true,
      'allowed-scope': scopes,
      'name-claim': 'on-demand',
      'name-claim-scope': ['profile'],
      'email-claim': 'on-demand',
      'email-claim-scope': ['email'],
      'scope-claim': 'no',
      claims: [
        { name: 'groups', 'user-property': 'groups', scope: ['groups'], ...onDemand },
        { name: 'preferred_username', 'user-property': 'username', scope: ['profile'], ...onDemand },
      ],
    },
  }
}

const totpScheme = {
  module: 'otp',
  name: 'otp',
  display_name: 'TOTP',
  expiration: 600,
  max_use: 0,
  allow_user_register: true,
  enabled: true,
  parameters: {
    issuer: 'glewlwyd',
    'secret-minimum-size': 16,
    'otp-length': 6,
    'hotp-allow': false,
    'hotp-window': 0,
    'totp-allow': true,
    'totp-start-offset': 0,
    'totp-window': 30,
  },
}

const scope = (name: string, second = {}) => ({
  name,
  display_name: name,
  description: name,
  password_required: true,
  password_max_age: 0,
  scheme: {},
  ...second,
})

/** Its administration API, signed in as the administrator of a fresh installation. */
const administrator = async (base: string) => {
  let cookie = ''
  const call = async (method: string, path: string, body: object): Promise<void> => {
    const answer = await fetch(`${base}/api/${path}`, {
      method,
      headers: { 'content-type': 'application/json', cookie },
      body: JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(`glewlwyd: ${method} ${path}: ${answer.status} ${await answer.text()}`)
    cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? cookie
  }
  await call('POST', 'auth/', { username: 'admin', password: 'password' })
  return (path: string, body: object) => call('POST', path, body)
}

const setUp = async (
  base: string,
  issuer: string,
  people: readonly TestPerson[],
  redirectUris: readonly string[],
  secondFactors: ReadonlyMap<string, string>,
): Promise<void> => {
  const add = await administrator(base)
  await add('mod/plugin/', plugin(issuer))
  await add('mod/scheme/', totpScheme)
  for (const name of ['profile', 'email', 'groups']) await add('scope/', scope(name))
  const otp = { '2fa': [{ scheme_type: 'otp', scheme_name: 'otp' }] }
  await add('scope/', scope('mfa', { scheme: otp, scheme_required: { '2fa': 1 } }))
  for (const { username, name, email, password, groups } of people)
    await add('user/', { username, name, email, password, groups, enabled: true, scope: [...scopes, 'g_profile'] })
  for (const [username, totp] of secondFactors)
    await add(`delegate/${username}/profile/scheme/register/`, {
      username,
      scheme_type: 'otp',
      scheme_name: 'otp',
      value: { type: 'TOTP', secret: totp, time_step_size: 30 },
    })
  await add('client/', {
    client_id: CLIENT,
    name: CLIENT,
    enabled: true,
    confidential: true,
    client_secret: secret,
    password: secret,
    scope: [],
    redirect_uri: redirectUris,
    authorization_type: ['code', 'refresh_token', 'id_token'],
    token_endpoint_auth_method: ['client_secret_basic', 'client_secret_post'],
  })
}

export const newGlewlwyd = (stage: Stage, people: readonly TestPerson[]) => {
  const port = stage.port()
  const base = `http://127.0.0.1:${port}`
  const issuer = `${base}/api/oidc`
  const at: At = (file) => join(stage.dir, NAME, file)
  return {
    base,
    trust: { issuer, clientId: CLIENT, clientSecret: { literal: secret } },
    start: async (redirectUris: readonly string[], secondFactors: ReadonlyMap<string, string>) => {
      stage.folder(NAME)
      // The packaged web pages have a folder where their settings should be, and never load.
      // Links out of the folder are not served, so they are followed here.
      spawnSync('cp', ['-rL', `${share}/glewlwyd/webapp`, at('webapp')])
      rmSync(at('webapp/config.json'), { recursive: true, force: true })
      copyFileSync(`${share}/glewlwyd/templates/config.json`, at('webapp/config.json'))
      sqlite(at('db'), readFileSync(`${share}/dbconfig-common/data/glewlwyd/install/sqlite3`, 'utf8') + SEVERAL_GROUPS)
      await stage.start({
        name: NAME,
        command: '/usr/bin/glewlwyd',
        args: [`--config-file=${stage.write(`${NAME}/glewlwyd.conf`, configuration(at, port))}`],
        readyUrl: `${base}/login.html`,
        logs: [at('glewlwyd.log')],
      })
      await setUp(base, issuer, people, redirectUris, secondFactors)
    },
  }
}

/** The page redraws itself, and forgets the field, when what it asked its server for arrives. */
const giveCode = async (page: Page, totp: string): Promise<void> => {
  const field = page.locator('#value')
  const within = { timeout: 3_000 }
  await field.waitFor()
  await vi.waitFor(
    async () => {
      if (!(await field.isVisible())) return
      await field.fill(generateSync({ secret: totp }), within)
      await page.locator('#but').click(within)
      await field.waitFor({ state: 'hidden', ...within })
    },
    { timeout: 20_000, interval: 200 },
  )
}

/** Its login page (a single page that redraws itself): password, consent where it was never given, a code where `mfa` was asked for. */
export const signInAtGlewlwyd = async (
  page: Page,
  person: TestPerson,
  { totp, withhold }: { readonly totp?: string | undefined; readonly withhold?: string | undefined } = {},
): Promise<void> => {
  await page.locator('#username').fill(person.username)
  await page.locator('#password').fill(person.password)
  await page.locator('#loginbut').click()
  await page.locator('#grant-profile').waitFor()
  for (const box of await page.locator(`input[id^="grant-"]:not(#grant-${withhold})`).all()) await box.check()
  await page.getByRole('button', { name: 'Grant access' }).click()
  await page.locator('#grant-profile').waitFor({ state: 'hidden' }) // or the way on is taken before they are stored
  if (totp !== undefined) await giveCode(page, totp)
  await page.getByRole('button', { name: 'Continue' }).click()
}
