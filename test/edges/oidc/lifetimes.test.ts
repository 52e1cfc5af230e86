// F12, F14: tokens live as long as their session, their person and their application do, and not a request longer.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { EndReason } from '../../../src/core/model/session.ts'
import { bearerLookup } from '../../../src/edges/oidc/bearer-lookup.ts'
import { id } from '../../stores/rows.ts'
import { type Bed, openBed } from './bed.ts'
import { authorize, basic, introspect, post, redeem, refresh, token, tokensFor, userinfo } from './relying-party.ts'

let bed: Bed
beforeAll(async () => {
  bed = await openBed()
  await bed.register('web')
  await bed.register('api', { grants: ['client_credentials'], scopes: ['pdp'], redirectUris: [] })
  await bed.register('spa', { tokenEndpointAuth: 'none' })
})
afterAll(() => bed.close())

const endSession = (sid: string, reason: EndReason) =>
  bed.store.write((tx) => tx.sessions.end(id(sid), bed.clock(), reason))
const setStatus = (username: string, status: 'active' | 'disabled') =>
  bed.store.write(async (tx) => {
    const row = await tx.people.get(id(username))
    if (row) await tx.people.put({ ...row, status })
  })
const uses = async (tokens: { access_token: string; refresh_token?: string }) => ({
  userinfo: (await userinfo(bed, tokens.access_token)).status,
  introspected: (await introspect(bed, 'web', tokens.access_token)).active,
  refreshed: (await refresh(bed, 'web', tokens.refresh_token)).status,
})
const alive = { userinfo: 200, introspected: true, refreshed: 200 }
const dead = { userinfo: 401, introspected: false, refreshed: 400 }

describe('a session ends', () => {
  test('F14 its tokens stop at once; a code on its way is worth nothing', async () => {
    const { browser, session } = await bed.signedIn('alice')
    const tokens = await tokensFor(bed, browser, 'web')
    expect(tokens.refresh_token).toBeDefined()
    const onItsWay = await authorize(bed, browser, 'web')
    await endSession(session.id, 'signed-out')
    expect(await uses(tokens)).toEqual(dead)
    expect((await redeem(bed, 'web', onItsWay)).body.error).toBe('invalid_grant')
    expect((await authorize(bed, browser, 'web', { prompt: 'none' })).answer?.get('error')).toBe('login_required')
  })
  test('F12 offline_access outlives a sign-out, not a revocation', async () => {
    const offline = async () => {
      const { browser, session } = await bed.signedIn('alice')
      return { session, tokens: await tokensFor(bed, browser, 'web', { scope: 'openid offline_access' }) }
    }
    const kept = await offline()
    expect(kept.tokens.scope).toBe('openid offline_access') // without prompt=consent
    await endSession(kept.session.id, 'signed-out')
    expect(await uses(kept.tokens)).toEqual(alive)
    for (const reason of ['password-changed', 'revoked', 'person-disabled'] as const) {
      const { tokens, session } = await offline()
      await endSession(session.id, reason)
      expect(await uses(tokens)).toEqual(dead)
    }
  })
  test('F14 idle and absolute limits hold for tokens too; working in an application is not being idle', async () => {
    const { browser, session } = await bed.signedIn('alice')
    const tokens = await tokensFor(bed, browser, 'web')
    bed.pass(20 * 60)
    const second = await refresh(bed, 'web', tokens.refresh_token)
    bed.pass(20 * 60)
    const third = await refresh(bed, 'web', second.body.refresh_token)
    expect(third.status).toBe(200)
    bed.pass(31 * 60)
    expect((await refresh(bed, 'web', third.body.refresh_token)).status).toBe(400)
    expect((await bed.store.read((tx) => tx.sessions.get(session.id)))?.endedAt).toBeUndefined()
    bed.pass(-71 * 60)
  })
})

describe('a person', () => {
  beforeEach(() => setStatus('bob', 'active'))
  test('F12 disabled: every token stops, offline ones too, and no new ones are given', async () => {
    const { browser } = await bed.signedIn('bob')
    const tokens = await tokensFor(bed, browser, 'web')
    const offline = await tokensFor(bed, browser, 'web', { scope: 'openid offline_access' })
    const onItsWay = await authorize(bed, browser, 'web')
    await setStatus('bob', 'disabled')
    expect(await uses(tokens)).toEqual(dead)
    expect(await uses(offline)).toEqual(dead)
    expect((await redeem(bed, 'web', onItsWay)).status).toBe(400)
    expect((await authorize(bed, browser, 'web', { prompt: 'none' })).answer?.get('error')).toBe('access_denied')
  })
  test('F12 groups in userinfo are the live ones, not those of the sign-in', async () => {
    const { browser } = await bed.signedIn('bob')
    const tokens = await tokensFor(bed, browser, 'web')
    expect((await userinfo(bed, tokens.access_token)).body.groups).toEqual([])
    await bed.store.write((tx) =>
      tx.memberships.put({
        personId: id('bob'),
        groupId: id('Auditors'),
        provenance: { kind: 'config' },
        role: 'user',
        since: 0,
        expiresAt: undefined,
      }),
    )
    expect((await userinfo(bed, tokens.access_token)).body.groups).toEqual(['Auditors'])
  })
})

describe('an application', () => {
  test('F12 switched off: its tokens are inactive for everybody', async () => {
    const app = await bed.register('short-lived')
    const { browser } = await bed.signedIn('alice')
    const tokens = await tokensFor(bed, browser, 'short-lived')
    expect((await introspect(bed, 'web', tokens.access_token)).active).toBe(true)
    await bed.store.write((tx) => tx.apps.put({ ...app, enabled: false }))
    expect((await introspect(bed, 'web', tokens.access_token)).active).toBe(false)
    expect((await userinfo(bed, tokens.access_token)).status).toBe(401)
  })
})

describe('introspection and revocation', () => {
  test('F12 a confidential application of the tenancy may introspect; a public one only its own; nobody without proof', async () => {
    const { browser, session } = await bed.signedIn('alice')
    const tokens = await tokensFor(bed, browser, 'web')
    expect(await introspect(bed, 'api', tokens.access_token)).toMatchObject({
      active: true,
      sub: 'alice',
      client_id: 'web',
      scope: 'openid',
      sid: session.id,
      iss: bed.issuer,
      token_type: 'Bearer',
    })
    const bySpa = await post(bed, '/introspect', { token: tokens.access_token, client_id: 'spa' })
    expect(bySpa.body).toEqual({ active: false })
    const unauthenticated = await post(bed, '/introspect', { token: tokens.access_token })
    expect(unauthenticated.status).toBe(400)
    const wrong = await post(bed, '/introspect', { token: tokens.access_token }, { authorization: basic('api', 'no') })
    expect(wrong.status).toBe(401)
    expect(await introspect(bed, 'api', 'x'.repeat(43))).toEqual({ active: false })
  })
  test('F12 revoking a refresh token, or an access token, ends the family; a stranger revokes nothing', async () => {
    for (const which of ['refresh_token', 'access_token'] as const) {
      const { browser } = await bed.signedIn('alice')
      const tokens = await tokensFor(bed, browser, 'web')
      const revoke = (app: string) =>
        post(bed, '/revoke', { token: tokens[which], token_type_hint: which }, { authorization: basic(app) })
      expect((await revoke('api')).status).toBe(400)
      expect((await userinfo(bed, tokens.access_token)).status).toBe(200)
      expect((await revoke('web')).status).toBe(200)
      expect(await uses(tokens)).toEqual(dead)
      expect((await revoke('web')).status).toBe(200) // RFC 7009 §2.2: an invalid token is no error
    }
  })
})

describe('for our own APIs', () => {
  const lookup = (value: string, tenancy = 'acme') => bearerLookup(bed)(tenancy, value)
  test('F12 a client_credentials token names its application and scopes, in its tenancy only', async () => {
    const { body } = await token(bed, 'api', { grant_type: 'client_credentials', scope: 'pdp' })
    const value = String(body.access_token)
    const found = await lookup(value)
    expect(found).toMatchObject({
      clientId: 'api',
      appId: 'api',
      personId: undefined,
      scopes: ['pdp'],
      domainId: 'default',
    })
    expect((found?.expiresAt ?? 0) - bed.clock()).toBeLessThanOrEqual(600_000)
    expect(await lookup(value, 'other')).toBeUndefined()
    expect(await lookup(value, 'ACME')).toBeUndefined()
    for (const wrong of ['', 'x', value.slice(1), `${value}x`, 'x'.repeat(43)])
      expect(await lookup(wrong)).toBeUndefined()
    bed.pass(601)
    expect(await lookup(value)).toBeUndefined()
    bed.pass(-601)
  })
  test('F12 a person’s token names them while it lives; refresh tokens and codes are none', async () => {
    const { browser, session } = await bed.signedIn('alice')
    const authorized = await authorize(bed, browser, 'web')
    expect(await lookup(authorized.code)).toBeUndefined()
    const { body } = await redeem(bed, 'web', authorized)
    expect(await lookup(String(body.access_token))).toMatchObject({
      clientId: 'web',
      personId: 'alice',
      scopes: ['openid'],
    })
    expect(await lookup(String(body.refresh_token))).toBeUndefined()
    await redeem(bed, 'web', authorized) // reuse: revoked
    expect(await lookup(String(body.access_token))).toBeUndefined()
    const other = await tokensFor(bed, browser, 'web')
    await endSession(session.id, 'signed-out')
    expect(await lookup(other.access_token)).toBeUndefined()
    expect(bed.reported).toEqual([])
  })
})
