// F12, F14: the authorization code flow with a real client library and by hand.
import * as client from 'openid-client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Bed, callback, clientSecret, openBed } from './bed.ts'
import { authorize, authorizeUrl, pkce, redeem, tokensFor, userinfo, verified } from './relying-party.ts'

let bed: Bed
beforeAll(async () => {
  bed = await openBed()
  await bed.register('web')
  await bed.register('old', { idTokenAlg: 'RS256', requirePkce: false })
  await bed.register('objects', {}, { groupsClaim: { include: ['S*'], shape: 'objects' } })
  await bed.register('told-nothing', {}, { groupsClaim: { include: [], shape: 'names' } })
  await bed.register('spa', { tokenEndpointAuth: 'none' })
})
afterAll(() => bed.close())

test('F12 a client library signs a person in: discovery, code with PKCE, ID token, userinfo', async () => {
  bed.signsInAs('alice')
  const config = await client.discovery(new URL(bed.issuer), 'web', {}, client.ClientSecretBasic(clientSecret), {
    execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks],
  })
  const verifier = client.randomPKCECodeVerifier()
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: callback,
    scope: 'openid profile email groups',
    state: 'st',
    nonce: 'no',
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  })
  const stop = await bed.browser().go(url)
  expect(stop.location?.searchParams.get('iss')).toBe(bed.issuer) // RFC 9207
  const tokens = await client.authorizationCodeGrant(config, stop.location ?? new URL('about:blank'), {
    pkceCodeVerifier: verifier,
    expectedState: 'st',
    expectedNonce: 'no',
    idTokenExpected: true,
  })
  const claims = tokens.claims()
  expect(claims).toMatchObject({ sub: 'alice', acr: 'urn:gwanmun:acr:1', amr: ['pwd'], groups: ['Staff'] })
  expect(claims?.auth_time).toBeGreaterThan(Date.now() / 1000 - 60)
  const [session] = await bed.store.read((tx) => tx.sessions.ofPerson('alice' as never))
  expect(claims?.sid).toBe(session?.id)
  expect(await client.fetchUserInfo(config, tokens.access_token, 'alice')).toEqual({
    sub: 'alice',
    name: 'alice of Acme',
    given_name: 'alice',
    preferred_username: 'alice',
    email: 'alice@acme.example',
    email_verified: true,
    groups: ['Staff'],
  })
  expect(bed.reported).toEqual([])
})

test('F14 a session from elsewhere is enough: no page, no redirect but the one to the application', async () => {
  const { browser, session } = await bed.signedIn('alice')
  const { verifier, challenge } = pkce()
  const stop = await browser.step(authorizeUrl(bed, 'web', challenge))
  expect(stop.status).toBe(303)
  expect(stop.location?.origin).toBe('http://app.test')
  const { body } = await redeem(bed, 'web', { code: stop.location?.searchParams.get('code') ?? '', verifier })
  expect((await verified(bed, String(body.id_token), 'web')).sid).toBe(session.id)
  // nothing of the provider's own session reaches the browser
  expect(stop.headers.getSetCookie()).toEqual([])
})

test('F12 groups: names, objects with their reasons, or not told at all', async () => {
  const { browser } = await bed.signedIn('alice')
  const groupsAt = async (app: string) =>
    (await verified(bed, (await tokensFor(bed, browser, app)).id_token, app)).groups
  expect(await groupsAt('web')).toEqual(['Staff'])
  expect(await groupsAt('objects')).toEqual([{ id: 'Staff', name: 'Staff', because: ['given directly'] }])
  expect(await groupsAt('told-nothing')).toBeUndefined()
  const bob = await bed.signedIn('bob')
  expect((await verified(bed, (await tokensFor(bed, bob.browser, 'web')).id_token, 'web')).groups).toEqual([])
})

test('F12 claims by name: within the scopes an application was given, and no question asked for the rest', async () => {
  await bed.register('narrow', { scopes: ['openid', 'profile'] })
  const { browser } = await bed.signedIn('alice')
  const ask = {
    claims: JSON.stringify({ id_token: { name: null, email: { essential: true } }, userinfo: { email: null } }),
  }
  const narrow = await tokensFor(bed, browser, 'narrow', ask)
  const claims = await verified(bed, narrow.id_token, 'narrow')
  expect(claims.name).toBe('alice of Acme')
  expect(claims).not.toHaveProperty('email')
  expect((await userinfo(bed, narrow.access_token)).body).not.toHaveProperty('email')
  const wide = await tokensFor(bed, browser, 'web', ask)
  expect((await verified(bed, wide.id_token, 'web')).email).toBe('alice@acme.example')
  expect((await userinfo(bed, wide.access_token)).body.email).toBe('alice@acme.example')
})

test('F12 RS256 for the application that asks for it', async () => {
  const { browser } = await bed.signedIn('alice')
  const tokens = await tokensFor(bed, browser, 'old')
  expect((await verified(bed, tokens.id_token, 'old', 'RS256')).sub).toBe('alice')
})

test('F12 two tabs at once, and a second sign-in, leave earlier tokens alone', async () => {
  const { browser } = await bed.signedIn('alice')
  const [one, two] = await Promise.all([tokensFor(bed, browser, 'web'), tokensFor(bed, browser, 'web')])
  const other = await tokensFor(bed, browser, 'objects')
  for (const { access_token } of [one, two, other]) expect((await userinfo(bed, access_token)).status).toBe(200)
})

test('F12 response_mode=form_post: one page, its script allowed by hash, the form free to go to the application', async () => {
  const { browser } = await bed.signedIn('alice')
  const { stop } = await authorize(bed, browser, 'web', { response_mode: 'form_post' })
  expect(stop.status).toBe(200)
  expect(stop.text).toContain(`action="${callback}"`)
  const csp = stop.headers.get('content-security-policy') ?? ''
  expect(csp).toMatch(/script-src [^;]*'sha256-/)
  expect(csp).not.toContain('form-action')
})

test('F12 an authorization request by POST comes round as a GET, with its cookies', async () => {
  const { browser } = await bed.signedIn('alice')
  const { challenge } = pkce()
  const url = authorizeUrl(bed, 'web', challenge)
  const init = { method: 'POST', body: url.searchParams }
  const posted = await browser.step(`${bed.issuer}/authorize`, init)
  expect(posted.status).toBe(303)
  expect(posted.location?.pathname).toBe('/d/acme/default/authorize')
  expect((await browser.go(posted.location ?? '')).location?.searchParams.get('code')).toBeTruthy()
})

describe('F12 who may use it', () => {
  test('an application that is switched off, of another domain or unknown is refused with a page', async () => {
    await bed.register('off', {}, { enabled: false })
    await bed.register('elsewhere', {}, { domainIds: ['partners' as never] })
    const { browser } = await bed.signedIn('alice')
    for (const app of ['off', 'elsewhere', 'nobody', 'WEB']) {
      const { stop } = await authorize(bed, browser, app)
      expect([app, stop.status, stop.location]).toEqual([app, 400, undefined])
      expect(stop.text).toContain('invalid_client')
    }
  })
  test('a session of another domain on the same host is none here', async () => {
    await bed.store.write((tx) =>
      tx.people.get('bob' as never).then(async (bob) => {
        if (bob)
          await tx.people.put({
            ...bob,
            id: 'paula' as never,
            username: 'paula',
            domainId: 'partners' as never,
            handle: 'p',
          })
      }),
    )
    const { browser, token } = await bed.signedIn('paula', undefined, 'partners')
    const { stop } = await authorize(bed, browser, 'web', { prompt: 'none' })
    expect(stop.location?.searchParams.get('error')).toBe('login_required')
    // even under this domain's cookie name
    const forged = bed.browser()
    const own = (await bed.signedIn('alice')).browser.cookies()[0]?.name
    forged.keep(`${own}=${token}; path=/`)
    expect((await authorize(bed, forged, 'web', { prompt: 'none' })).answer?.get('error')).toBe('login_required')
  })
})
