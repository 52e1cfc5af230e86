// F12: what may be used once is used once, whoever is first; a second use takes the whole family with it.
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Bed, openBed } from './bed.ts'
import {
  authorize,
  basic,
  introspect,
  post,
  redeem,
  refresh,
  token,
  tokensFor,
  userinfo,
  verified,
} from './relying-party.ts'

let bed: Bed
beforeAll(async () => {
  bed = await openBed()
  await bed.register('web')
  await bed.register('another')
})
afterAll(() => bed.close())

test('F12 three parallel redemptions of one code give one token set, and it dies', async () => {
  const { browser } = await bed.signedIn('alice')
  const authorized = await authorize(bed, browser, 'web', { scope: 'openid offline_access' })
  const answers = await Promise.all([1, 2, 3].map(() => redeem(bed, 'web', authorized)))
  expect(answers.map((a) => a.status).sort()).toEqual([200, 400, 400])
  expect(answers.filter((a) => a.status === 400).map((a) => a.body.error)).toEqual(['invalid_grant', 'invalid_grant'])
  const won = answers.find((a) => a.status === 200)?.body
  // RFC 6749 §4.1.2: the code was stolen or leaked, so what was issued for it is revoked
  expect((await userinfo(bed, won?.access_token)).status).toBe(401)
  expect((await refresh(bed, 'web', won?.refresh_token)).status).toBe(400)
  expect((await bed.audit('token.reuse-detected')).length).toBeGreaterThan(0)
})

test('F12 a code redeemed again later: refused, tokens revoked, other sign-ins untouched', async () => {
  const { browser } = await bed.signedIn('alice')
  const other = await tokensFor(bed, browser, 'web')
  const authorized = await authorize(bed, browser, 'web')
  const first = await redeem(bed, 'web', authorized)
  expect((await userinfo(bed, first.body.access_token)).status).toBe(200)
  const second = await redeem(bed, 'web', authorized)
  expect([second.status, second.body.error]).toEqual([400, 'invalid_grant'])
  expect((await userinfo(bed, first.body.access_token)).status).toBe(401)
  expect((await userinfo(bed, other.access_token)).status).toBe(200)
  const [event] = await bed.audit('token.reuse-detected')
  expect(event).toMatchObject({ outcome: 'failure', reason: 'invalid_grant', actor: { kind: 'app', name: 'web' } })
  expect(JSON.stringify(event)).not.toContain(authorized.code)
})

test('F12 a refresh token is rotated; the old one again revokes the family', async () => {
  const { browser } = await bed.signedIn('alice')
  const tokens = await tokensFor(bed, browser, 'web', { scope: 'openid offline_access' })
  const rotated = await refresh(bed, 'web', tokens.refresh_token)
  expect(rotated.status).toBe(200)
  expect(rotated.body.refresh_token).not.toBe(tokens.refresh_token)
  expect((await verified(bed, String(rotated.body.id_token), 'web')).sub).toBe('alice')
  const replayed = await refresh(bed, 'web', tokens.refresh_token)
  expect([replayed.status, replayed.body.error]).toEqual([400, 'invalid_grant'])
  expect((await refresh(bed, 'web', rotated.body.refresh_token)).status).toBe(400)
  expect((await userinfo(bed, rotated.body.access_token)).status).toBe(401)
  expect(await introspect(bed, 'web', rotated.body.refresh_token)).toEqual({ active: false })
})

test('F12 parallel use of one refresh token: one wins, then the family is gone', async () => {
  const { browser } = await bed.signedIn('alice')
  const tokens = await tokensFor(bed, browser, 'web', { scope: 'openid offline_access' })
  const answers = await Promise.all([1, 2, 3].map(() => refresh(bed, 'web', tokens.refresh_token)))
  expect(answers.map((a) => a.status).sort()).toEqual([200, 400, 400])
  const won = answers.find((a) => a.status === 200)?.body
  expect((await refresh(bed, 'web', won?.refresh_token)).status).toBe(400)
  expect((await userinfo(bed, won?.access_token)).status).toBe(401)
})

test('F12 another application can use neither code nor refresh token, and gains nothing by trying', async () => {
  const { browser } = await bed.signedIn('alice')
  const authorized = await authorize(bed, browser, 'web', { scope: 'openid offline_access' })
  expect((await redeem(bed, 'another', authorized)).body.error).toBe('invalid_grant')
  const tokens = await redeem(bed, 'web', authorized)
  expect(tokens.status).toBe(200)
  expect((await refresh(bed, 'another', tokens.body.refresh_token)).body.error).toBe('invalid_grant')
  expect((await refresh(bed, 'web', tokens.body.refresh_token)).status).toBe(200)
})

test('F12 a pushed request is good for one authorization, of the application that pushed it', async () => {
  const { browser } = await bed.signedIn('alice')
  const push = (app: string) =>
    post(
      bed,
      '/par',
      {
        client_id: app,
        response_type: 'code',
        redirect_uri: 'http://app.test/callback',
        scope: 'openid offline_access',
        code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
        code_challenge_method: 'S256',
        state: 'pushed',
      },
      { authorization: basic(app) },
    )
  const pushed = await push('web')
  expect([pushed.status, pushed.body.expires_in]).toEqual([201, 60])
  const use = (app: string) =>
    browser.go(
      `${bed.issuer}/authorize?client_id=${app}&request_uri=${encodeURIComponent(String(pushed.body.request_uri))}`,
    )
  const stolen = await use('another')
  expect([stolen.status, stolen.location?.searchParams.get('code') ?? null]).toEqual([400, null])
  const [one, two, three] = await Promise.all([use('web'), use('web'), use('web')])
  const codes = [one, two, three].map((s) => s.location?.searchParams.get('code')).filter(Boolean)
  expect(codes).toHaveLength(1)
  expect((await use('web')).location?.searchParams.get('code') ?? null).toBeNull()
  const answer = await redeem(bed, 'web', {
    code: codes[0] ?? '',
    verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
  })
  expect(answer.status).toBe(200)
  expect(answer.body.scope).toBe('openid offline_access') // pushed requests keep it too
})

test('F12 a client assertion counts once, also among parallel requests', async () => {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256', use: 'sig' }] }
  await bed.register('asserting', {
    tokenEndpointAuth: 'private_key_jwt',
    jwks: jwks as never,
    grants: ['client_credentials'],
    scopes: ['pdp'],
  })
  const assertion = (audience: string) =>
    new SignJWT({ jti: crypto.randomUUID() })
      .setProtectedHeader({ alg: 'ES256', kid: 'k' })
      .setIssuer('asserting')
      .setSubject('asserting')
      .setAudience(audience)
      .setIssuedAt()
      .setExpirationTime('1m')
      .sign(privateKey)
  const use = (jwt: string) =>
    post(bed, '/token', {
      grant_type: 'client_credentials',
      scope: 'pdp',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: jwt,
    })
  const jwt = await assertion(bed.issuer)
  const answers = await Promise.all([use(jwt), use(jwt), use(jwt)])
  expect(answers.map((a) => a.status).sort()).toEqual([200, 401, 401])
  expect((await use(await assertion(`${bed.issuer}/token`))).status).toBe(200) // what mod_auth_openidc sends
  expect((await use(await assertion('https://elsewhere.example'))).status).toBe(401)
})

test('F12 nothing in the store can be presented: keys are digests, no bearer value is in a body', async () => {
  const { browser } = await bed.signedIn('alice')
  const authorized = await authorize(bed, browser, 'web', { scope: 'openid offline_access' })
  const { body } = await redeem(bed, 'web', authorized)
  const cc = await token(bed, 'web', { grant_type: 'authorization_code', code: 'wrong', redirect_uri: 'x' })
  expect(cc.status).toBe(400)
  const key = (model: string, value: unknown) => bed.secrets.digest(`${model}:${String(value)}`)
  const rows = await bed.store.read((tx) =>
    Promise.all([
      tx.payloads.get('default', 'AccessToken', key('AccessToken', body.access_token)),
      tx.payloads.get('default', 'RefreshToken', key('RefreshToken', body.refresh_token)),
      tx.payloads.get('default', 'AuthorizationCode', key('AuthorizationCode', authorized.code)),
    ]),
  )
  expect(rows.every(Boolean)).toBe(true)
  const text = JSON.stringify(rows)
  for (const value of [body.access_token, body.refresh_token, authorized.code]) expect(text).not.toContain(value)
  expect(bed.reported).toEqual([])
})
