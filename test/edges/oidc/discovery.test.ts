// F12: what a domain publishes about itself. Addresses come from configuration: a spoofed Host, a proxy's headers or a path change nothing.
import { request } from 'node:http'
import { decodeProtectedHeader, exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { id } from '../../stores/rows.ts'
import { type Bed, openBed } from './bed.ts'
import { authorizeUrl, basic, errorOf, pkce, tokensFor, userinfo, verified } from './relying-party.ts'

let bed: Bed
beforeAll(async () => {
  bed = await openBed()
  await bed.register('web')
})
afterAll(() => bed.close())

/** fetch would not let a Host through. */
const raw = (path: string, headers: Record<string, string>) =>
  new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; text: string }>((done, failed) => {
    const url = new URL(path, bed.base)
    request(url, { headers }, (res) => {
      let text = ''
      res.on('data', (chunk) => {
        text += chunk
      })
      res.on('end', () => done({ status: res.statusCode ?? 0, headers: res.headers, text }))
    })
      .on('error', failed)
      .end()
  })
const spoofed = {
  host: 'evil.example',
  'x-forwarded-host': 'evil.example',
  'x-forwarded-proto': 'https',
  forwarded: 'host=evil.example;proto=https',
}

test('F12 discovery, whatever Host it is asked with', async () => {
  for (const headers of [{}, spoofed]) {
    const { status, text } = await raw('/d/acme/default/.well-known/openid-configuration', headers)
    expect(status).toBe(200)
    expect(text).not.toContain('evil.example')
    const normal = JSON.stringify(JSON.parse(text), null, 2).replaceAll(bed.base, 'https://login.example')
    await expect(`${normal}\n`).toMatchFileSnapshot('golden/discovery.json')
  }
})

test('F12 RFC 8414: the same document where the path goes behind the well-known part', async () => {
  const oidc = await raw('/d/acme/default/.well-known/openid-configuration', {})
  const oauth = await raw('/.well-known/oauth-authorization-server/d/acme/default', spoofed)
  expect(JSON.parse(oauth.text)).toEqual(JSON.parse(oidc.text))
  expect(
    (await raw('/.well-known/oauth-authorization-server/d/acme/nowhere', { accept: 'application/json' })).status,
  ).toBe(404)
  expect((await raw('/.well-known/oauth-authorization-server/d/acme/default/more', {})).status).toBe(404)
})

test('F12 redirects lead to the issuer, whatever Host brought the request', async () => {
  bed.signsInAs(undefined)
  const { pathname, search } = authorizeUrl(bed, 'web', pkce().challenge)
  const { status, headers } = await raw(`${pathname}${search}`, spoofed)
  expect(status).toBe(303)
  expect(headers.location).toMatch(new RegExp(`^${bed.issuer}/oidc/interaction/`))
})

test('F12 another spelling of a domain is another issuer, so there is none', async () => {
  for (const path of ['/d/ACME/default', '/d/acme/Default', '/d/acme/default%2f', '/d/acme'])
    expect((await raw(`${path}/.well-known/openid-configuration`, { accept: 'application/json' })).status).toBe(404)
  // the provider's own router would fold case and slashes; one address is one spelling
  for (const path of ['/Token', '/token/', '/JWKS'])
    expect((await raw(`/d/acme/default${path}`, { accept: 'application/json' })).status).toBe(404)
})

test('F12 names that look like addresses', async () => {
  await bed.store.write(async (tx) => {
    const tenancy = await tx.tenancies.get(id('other'))
    const domain = await tx.domains.get(id('default'))
    if (tenancy) await tx.tenancies.put({ ...tenancy, name: 'jwks' })
    if (domain) await tx.domains.put({ ...domain, id: id('jwks'), tenancyId: id('other'), name: 'jwks' })
    for (const key of await tx.keys.ofDomain(id('default'))) {
      const moved = id<'key'>(`other-${key.id}`)
      const plain = bed.secrets.open(key.privateSealed, `key:${key.id}`)
      await tx.keys.add({
        ...key,
        id: moved,
        domainId: id('jwks'),
        privateSealed: bed.secrets.seal(plain, `key:${moved}`),
      })
    }
  })
  const { text } = await raw('/d/jwks/jwks/.well-known/openid-configuration', {})
  expect(JSON.parse(text)).toMatchObject({
    issuer: `${bed.base}/d/jwks/jwks`,
    jwks_uri: `${bed.base}/d/jwks/jwks/jwks`,
  })
  expect((await raw('/d/jwks/jwks/jwks', {})).status).toBe(200)
})

test('F12 JWKS: public parts only, every key with kid, use and alg', async () => {
  const { keys } = JSON.parse((await raw('/d/acme/default/jwks', {})).text)
  expect(keys.map((k: { alg: string }) => k.alg).sort()).toEqual(['ES256', 'RS256'])
  for (const key of keys) {
    expect(key).toMatchObject({ use: 'sig', kid: expect.any(String) })
    for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) expect(key).not.toHaveProperty(secret)
  }
})

test('F12 a rotated key: the new one signs from the next request on, the old stays published, sign-ins go on', async () => {
  const { browser } = await bed.signedIn('alice')
  const before = await tokensFor(bed, browser, 'web')
  const old = (await bed.store.read((tx) => tx.keys.ofDomain(id('default')))).find(
    (k) => k.use === 'oidc' && k.alg === 'ES256',
  )
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const kid = id<'key'>('a-new-key')
  await bed.store.write(async (tx) => {
    if (!old) throw new Error('no key')
    await tx.keys.setStatus(old.id, 'retired')
    const privateSealed = bed.secrets.seal(JSON.stringify(await exportJWK(privateKey)), `key:${kid}`)
    await tx.keys.add({ ...old, id: kid, status: 'active', privateSealed })
    const domain = await tx.domains.get(id('default'))
    if (domain) await tx.domains.put({ ...domain, version: domain.version + 1 })
  })
  const after = await tokensFor(bed, browser, 'web')
  expect(decodeProtectedHeader(after.id_token).kid).toBe(kid)
  expect((await verified(bed, before.id_token, 'web')).sub).toBe('alice')
  expect((await userinfo(bed, before.access_token)).status).toBe(200)
})

test('F12 DPoP: a bound token is of no use without the key, a proof counts once', async () => {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const jwk = await exportJWK(publicKey)
  const proof = (htm: string, path: string, more = {}) =>
    new SignJWT({ htm, htu: `${bed.issuer}${path}`, jti: crypto.randomUUID(), ...more })
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk })
      .setIssuedAt()
      .sign(privateKey)
  await bed.register('machine', { grants: ['client_credentials'], scopes: ['pdp'], redirectUris: [] })
  const ask = async (dpop: string) => {
    const response = await fetch(`${bed.issuer}/token`, {
      method: 'POST',
      headers: { authorization: basic('machine'), dpop },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'pdp' }),
    })
    return { status: response.status, body: (await response.json()) as { [name: string]: unknown } }
  }
  const dpop = await proof('POST', '/token')
  const answers = await Promise.all([ask(dpop), ask(dpop), ask(dpop)])
  expect(answers.map((a) => a.status).sort()).toEqual([200, 400, 400])
  const bound = answers.find((a) => a.status === 200)?.body
  expect(bound?.token_type).toBe('DPoP')
  const { bearerLookup } = await import('../../../src/edges/oidc/bearer-lookup.ts')
  expect(await bearerLookup(bed)('acme', String(bound?.access_token))).toBeUndefined()
})

test('F12 cookies: per domain, signed, http-only, scoped to their own address', async () => {
  const stop = await bed.browser().step(authorizeUrl(bed, 'web', pkce().challenge))
  const cookies = stop.headers.getSetCookie()
  expect(cookies).toHaveLength(4) // two, and a signature each
  for (const cookie of cookies) {
    expect(cookie).toMatch(/^gwanmun_[ir]_[A-Za-z0-9]{12}(\.sig)?=/)
    expect(cookie).toMatch(/; path=\/d\/acme\/default\/(oidc\/interaction|authorize)\/[\w-]+/)
    expect(cookie.toLowerCase()).toContain('; httponly')
    expect(cookie.toLowerCase()).toContain('; samesite=lax')
  }
  expect(errorOf(stop)).toBeNull()
  expect(bed.reported).toEqual([])
})
