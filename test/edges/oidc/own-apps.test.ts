// The gateway's own applications: a program on somebody's machine signs an administrator in by code and PKCE, and the token is known as theirs.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bearerLookup } from '../../../src/edges/oidc/bearer-lookup.ts'
import { ensureOwnApps } from '../../../src/flows/upkeep/ensure-own-apps.ts'
import { id } from '../../stores/rows.ts'
import { type Bed, openBed } from './bed.ts'
import { authorize, errorOf, post } from './relying-party.ts'

const operator = { kind: 'operator', id: 'test', name: 'test' } as const
let bed: Bed
beforeAll(async () => {
  bed = await openBed()
  await ensureOwnApps({ ...bed, baseUrl: bed.base })(operator, id('acme'))
})
afterAll(() => bed.close())

const scope = 'openid admin offline_access'

test('the command line signs in on any free port of its own machine, and is given a token of scope `admin`', async () => {
  bed.signsInAs('alice')
  const uri = 'http://127.0.0.1:51234/callback'
  const { code, verifier, stop } = await authorize(bed, bed.browser(), 'gwanmun-cli', { redirect_uri: uri, scope })
  expect(stop.location?.origin).toBe('http://127.0.0.1:51234')
  const answer = await post(bed, '/token', {
    grant_type: 'authorization_code',
    client_id: 'gwanmun-cli',
    code,
    redirect_uri: uri,
    code_verifier: verifier,
  })
  expect(answer).toMatchObject({ status: 200, body: { scope } })
  const bearer = await bearerLookup(bed)('acme', String(answer.body.access_token))
  expect(bearer).toMatchObject({ clientId: 'gwanmun-cli', personId: 'alice', scopes: scope.split(' ') })
  const again = await post(bed, '/token', {
    grant_type: 'refresh_token',
    client_id: 'gwanmun-cli',
    refresh_token: String(answer.body.refresh_token),
  })
  expect(again.status).toBe(200)
})

test.each([
  ['http://127.0.0.1:51234/elsewhere'],
  ['http://evil.test/callback'],
  ['https://127.0.0.1:51234/callback'],
  ['http://127.0.0.1.evil.test/callback'],
])('an answer goes nowhere else: %s', async (uri) => {
  const { stop } = await authorize(bed, bed.browser(), 'gwanmun-cli', { redirect_uri: uri, scope })
  expect(stop.location?.href ?? '').not.toContain('code=')
})

test('without PKCE there is no code', async () => {
  const url = new URL(`${bed.issuer}/authorize`)
  url.search = new URLSearchParams({
    client_id: 'gwanmun-cli',
    response_type: 'code',
    redirect_uri: 'http://127.0.0.1:51234/callback',
    scope,
    state: 's',
  }).toString()
  const stop = await bed.browser().go(url)
  expect([stop.status, errorOf(stop), stop.text.includes('invalid_request')]).toContain('invalid_request')
})

test('a port is compared for everybody who is no program on a machine of their own', async () => {
  await bed.register('spa', { tokenEndpointAuth: 'none', redirectUris: ['https://app.test/callback'] })
  const { stop } = await authorize(bed, bed.browser(), 'spa', { redirect_uri: 'https://app.test:444/callback' })
  expect(stop.location?.href ?? '').not.toContain('code=')
})

test('they are made once, put right when changed, and left off when switched off', async () => {
  const ensure = () => ensureOwnApps({ ...bed, baseUrl: bed.base })(operator, id('acme'))
  expect(await ensure()).toEqual([])
  const found = await bed.store.read((tx) => tx.apps.byClientId(id('acme'), 'gwanmun-cli'))
  const cli = found ?? expect.fail('no command line')
  const stolen = { ...cli.settings, redirectUris: ['https://evil.test/'] } as typeof cli.settings
  await bed.store.write((tx) => tx.apps.put({ ...cli, settings: stolen, enabled: false }))
  expect(await ensure()).toEqual(['gwanmun-cli'])
  expect(await bed.store.read((tx) => tx.apps.get(cli.id))).toEqual({ ...cli, enabled: false })
})
