// F12: what an authorization server must refuse: addresses that are not registered, weaker proofs, wrong secrets, scopes nobody gave.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Bed, callback, clientSecret, openBed } from './bed.ts'
import { authorize, authorizeUrl, basic, pkce, post, redeem, token } from './relying-party.ts'

let bed: Bed
beforeAll(async () => {
  bed = await openBed()
  await bed.register('web', { redirectUris: ['http://app.test/callback', 'http://127.0.0.1:9999/cb'] })
  await bed.register('old', { requirePkce: false })
  await bed.register('spa', { tokenEndpointAuth: 'none', requirePkce: false })
  await bed.register('pushing', { requirePar: true })
  await bed.register('machine', { grants: ['client_credentials'], scopes: ['pdp', 'reports.read'], redirectUris: [] })
})
afterAll(() => bed.close())

describe('redirect_uri is compared as text', () => {
  test.for([
    'http://app.test/callback/',
    'http://app.test/callback?x=1',
    'http://app.test/callback#f',
    'http://app.test/Callback',
    'http://APP.test/callback',
    'http://app.test/callback/../evil',
    'http://app.test/callback%2f..%2fevil',
    'http://app.test:80/callback',
    'http://app.test:81/callback',
    'http://app.test./callback',
    'http://app.test@evil.example/callback',
    'http://evil.example/http://app.test/callback',
    'http://app.test.evil.example/callback',
    'http://evil.example\\@app.test/callback',
    'https://app.test/callback',
    'http://127.0.0.1:1234/cb',
    'http://127.1:9999/cb',
    'http://[::1]:9999/cb',
    'http://localhost:9999/cb',
    'javascript:alert(1)',
    'app.test:/callback',
    '//app.test/callback',
    ' http://app.test/callback',
    'http://app.test/callback\u0000',
    '',
  ])('F12 %j', async (uri) => {
    const { browser } = await bed.signedIn('alice')
    const { stop } = await authorize(bed, browser, 'web', { redirect_uri: uri })
    expect([stop.status, stop.location]).toEqual([400, undefined])
  })
  test('F12 twice', async () => {
    const { browser } = await bed.signedIn('alice')
    const url = authorizeUrl(bed, 'web', pkce().challenge)
    url.searchParams.append('redirect_uri', 'http://evil.example/')
    const stop = await browser.go(url)
    expect([stop.status, stop.location]).toEqual([400, undefined])
  })
  test('F12 an error is not sent to an address that is not registered either', async () => {
    const { stop } = await authorize(bed, bed.browser(), 'web', {
      redirect_uri: 'http://evil.example/',
      prompt: 'none',
    })
    expect([stop.status, stop.location]).toEqual([400, undefined])
    expect(stop.text).not.toContain('http://evil.example')
  })
  test('F12 at the token endpoint it must be the same again', async () => {
    const { browser } = await bed.signedIn('alice')
    const answer = await redeem(bed, 'web', await authorize(bed, browser, 'web'), {
      redirect_uri: 'http://127.0.0.1:9999/cb',
    })
    expect(answer.body.error).toBe('invalid_grant')
  })
})

describe('PKCE', () => {
  const asks = async (app: string, wish: { readonly [name: string]: string | undefined }) => {
    const { browser } = await bed.signedIn('alice')
    const stop = await browser.go(authorizeUrl(bed, app, undefined, wish))
    return stop.location?.searchParams.get('error') ?? stop.location?.searchParams.get('code')?.slice(0, 0)
  }
  const { verifier, challenge } = pkce()
  test.for([
    ['web', 'none at all', {}],
    ['spa', 'none at all, public client whatever its setting', {}],
    ['web', 'plain', { code_challenge: verifier, code_challenge_method: 'plain' }],
    ['web', 'no method, which would mean plain', { code_challenge: verifier }],
    ['old', 'plain', { code_challenge: verifier, code_challenge_method: 'plain' }],
    ['web', 'a method without challenge', { code_challenge_method: 'S256' }],
    ['web', 'too short', { code_challenge: challenge.slice(0, 20), code_challenge_method: 'S256' }],
    ['web', 'lower case method', { code_challenge: challenge, code_challenge_method: 's256' }],
  ] as const)('F12 %s: %s', async ([app, , wish]) => {
    expect(await asks(app, wish)).toBe('invalid_request')
  })
  test('F12 optional for an old confidential client', async () => {
    expect(await asks('old', {})).toBe('')
  })
  test.for([
    ['another verifier', pkce().verifier],
    ['no verifier', undefined],
    ['the challenge as verifier', challenge],
  ] as const)('F12 redeemed with %s', async ([, code_verifier]) => {
    const { browser } = await bed.signedIn('alice')
    const authorized = await authorize(bed, browser, 'web')
    expect((await redeem(bed, 'web', authorized, { code_verifier })).body.error).toBe('invalid_grant')
  })
  test('F12 a verifier for a code that was asked for without challenge (downgrade)', async () => {
    const { browser } = await bed.signedIn('alice')
    const stop = await browser.go(authorizeUrl(bed, 'old', undefined))
    const code = stop.location?.searchParams.get('code') ?? ''
    expect((await redeem(bed, 'old', { code, verifier })).body.error).toBe('invalid_grant')
  })
})

describe('requests', () => {
  test.for([
    ['unsupported_response_type', { response_type: 'token' }],
    ['unsupported_response_type', { response_type: 'id_token' }],
    ['unsupported_response_type', { response_type: 'code id_token' }],
    ['request_not_supported', { request: 'e30.e30.' }],
    ['request_uri_not_supported', { request_uri: 'http://evil.example/request' }],
    ['invalid_scope', { scope: 'openid pdp' }],
    ['invalid_request', { prompt: 'none login' }],
    ['invalid_request', { max_age: '-1' }],
    ['invalid_request', { claims: 'not json' }],
    ['unsupported_response_mode', { response_mode: 'query.jwt' }],
  ] as const)('F12 %s for %j', async ([error, wish]) => {
    const { browser } = await bed.signedIn('alice')
    const { stop } = await authorize(bed, browser, 'web', wish)
    const answer = new URLSearchParams(stop.location?.search || stop.location?.hash.slice(1))
    expect(answer.get('error')).toBe(error)
    expect(answer.get('state')).toBe('the-state')
    expect(answer.get('code')).toBeNull()
  })
  test('F12 response_type=code in a fragment keeps the code out of reach of the query', async () => {
    const { browser } = await bed.signedIn('alice')
    const { stop } = await authorize(bed, browser, 'web', { response_mode: 'fragment' })
    expect(stop.location?.search).toBe('')
    expect(stop.location?.hash).toContain('code=')
  })
  test('F12 an application that must push its requests cannot ask by query', async () => {
    const { browser } = await bed.signedIn('alice')
    expect((await authorize(bed, browser, 'pushing')).answer?.get('error')).toBe('invalid_request')
  })
  test('F12 an application without the code flow has no authorization endpoint', async () => {
    const { browser } = await bed.signedIn('alice')
    const { stop } = await authorize(bed, browser, 'machine')
    expect([stop.status, stop.location]).toEqual([400, undefined])
  })
  test('F12 HEAD begins nothing, other methods are told which are right', async () => {
    const head = await fetch(authorizeUrl(bed, 'web', pkce().challenge), { method: 'HEAD', redirect: 'manual' })
    expect([head.status, head.headers.get('allow')]).toEqual([405, 'GET, POST'])
    const get = await fetch(`${bed.issuer}/token`)
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST, OPTIONS'])
  })
})

describe('who an application is', () => {
  const credentials = { grant_type: 'client_credentials', scope: 'pdp' }
  const status = async (fields: Record<string, string>, headers: Record<string, string> = {}) => {
    const { status, body } = await post(bed, '/token', fields, headers)
    return [status, body.error]
  }
  test('F12 secrets: right, wrong, empty, the stored digest, the placeholder', async () => {
    const stored = bed.secrets.digest(clientSecret)
    const by = (secret: string) => status(credentials, { authorization: basic('machine', secret) })
    expect(await by(clientSecret)).toEqual([200, undefined])
    expect(await by('wrong')).toEqual([401, 'invalid_client'])
    expect(await by(stored)).toEqual([401, 'invalid_client'])
    expect(await by('kept-as-a-digest')).toEqual([401, 'invalid_client'])
    expect((await by(''))[0]).toBe(400)
    expect(await status({ ...credentials, client_id: 'machine' })).toEqual([401, 'invalid_client'])
    expect(await status({ ...credentials, client_id: 'machine', client_secret: clientSecret })).toEqual([
      200,
      undefined,
    ])
    const [event] = await bed.audit('token.refused')
    expect(event).toMatchObject({ reason: 'invalid_client', actor: { kind: 'app', name: 'machine' } })
  })
  test('F12 two secrets live side by side while one is replaced', async () => {
    const hashes = ['old-secret', 'new-secret'].map(bed.secrets.digest)
    await bed.register('rotating', {
      grants: ['client_credentials'],
      scopes: ['pdp'],
      redirectUris: [],
      secretHashes: hashes,
    })
    for (const secret of ['old-secret', 'new-secret'])
      expect(await status(credentials, { authorization: basic('rotating', secret) })).toEqual([200, undefined])
    expect(await status(credentials, { authorization: basic('rotating', clientSecret) })).toEqual([
      401,
      'invalid_client',
    ])
  })
  test('F12 client_credentials gives registered scopes only', async () => {
    const ask = async (scope: string | undefined) =>
      (await token(bed, 'machine', { grant_type: 'client_credentials', scope })).body
    expect(await ask('pdp')).toMatchObject({ scope: 'pdp', token_type: 'Bearer', expires_in: 600 })
    expect(await ask('pdp reports.read')).toMatchObject({ scope: 'pdp reports.read' })
    expect((await ask(undefined)).scope).toBeUndefined()
    for (const scope of ['openid', 'pdp offline_access']) expect((await ask(scope)).error).toBe('invalid_scope')
    // what nobody knows is left out, and the answer says so (RFC 6749 §3.3)
    expect((await ask('pdp admin')).scope).toBe('pdp')
    expect((await ask('reports.write')).scope).toBeUndefined()
  })
  test('F12 a grant that was not given is refused', async () => {
    expect((await token(bed, 'web', { grant_type: 'client_credentials' })).body.error).toBe('invalid_request')
    expect((await token(bed, 'web', { grant_type: 'password', username: 'alice', password: 'x' })).body.error).toBe(
      'unsupported_grant_type',
    )
  })
  test('F12 a scope that an application gets later is known at its next request', async () => {
    await bed.register('growing', { grants: ['client_credentials'], scopes: ['pdp', 'brand.new'], redirectUris: [] })
    await token(bed, 'growing', { grant_type: 'client_credentials', scope: 'pdp' })
    const answer = await token(bed, 'growing', { grant_type: 'client_credentials', scope: 'brand.new' })
    expect(answer.body.scope).toBe('brand.new')
    expect(bed.reported).toEqual([])
  })
})

test('F12 CORS: public clients from where they live, nobody else', async () => {
  const preflight = await fetch(`${bed.issuer}/token`, {
    method: 'OPTIONS',
    headers: { origin: 'http://app.test', 'access-control-request-method': 'POST' },
  })
  expect(preflight.status).toBe(204)
  const from = async (origin: string, client_id: string, headers: Record<string, string> = {}) => {
    const fields = {
      grant_type: 'authorization_code',
      code: 'x',
      redirect_uri: callback,
      code_verifier: 'x'.repeat(43),
    }
    const answer = await post(bed, '/token', { ...fields, client_id }, { origin, ...headers })
    return [answer.body.error, answer.headers.get('access-control-allow-origin')]
  }
  expect(await from('http://app.test', 'spa')).toEqual(['invalid_grant', 'http://app.test'])
  expect(await from('http://evil.example', 'spa')).toEqual(['invalid_request', null])
  expect(await from('null', 'spa')).toEqual(['invalid_request', null])
  expect(await from('http://app.test', 'web', { authorization: basic('web') })).toEqual(['invalid_request', null])
})
