// F12, F14: RP-initiated and back-channel logout. One session ends once, everybody is told, and the browser ends up only where an
// administrator said it may.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AfterSignOut } from '../../../src/edges/after-sign-out.ts'
import { sendOutbox } from '../../../src/flows/upkeep/send-outbox.ts'
import { type Bed, openBed } from './bed.ts'
import type { Browser } from './browser.ts'
import { tokensFor, userinfo, verified, type Wish } from './relying-party.ts'

let bed: Bed
let receiver: Server
let receives = 200
const received: string[] = []
const walked: Parameters<AfterSignOut>[2][] = []
let walks = false

beforeAll(async () => {
  receiver = createServer((req, res) => {
    let body = ''
    req.on('data', (chunk) => {
      body += chunk
    })
    req.on('end', () => {
      received.push(new URLSearchParams(body).get('logout_token') ?? '')
      res.writeHead(receives).end()
    })
  })
  await new Promise<void>((listening) => receiver.listen(0, '127.0.0.1', listening))
  bed = await openBed({
    afterSignOut: async (_req, res, walk) => {
      walked.push(walk)
      if (walks) res.redirect(303, 'https://idp.example/logout')
      return walks
    },
  })
  const backchannelLogoutUri = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/out`
  await bed.register('web')
  await bed.register('other', { backchannelLogoutUri })
  await bed.register('rs', { backchannelLogoutUri, idTokenAlg: 'RS256' })
})
afterAll(async () => {
  receiver.closeAllConnections()
  receiver.close()
  await bed.close()
})

const outbox = () => sendOutbox({ ...bed, deliver: { 'backchannel-logout': bed.edge.backchannelLogout } })()
const bye = 'http://app.test/bye'
const logout = (browser: Browser, wish: Wish) =>
  browser.step(
    `${bed.issuer}/logout?${new URLSearchParams(Object.entries(wish).filter((e): e is [string, string] => e[1] !== undefined))}`,
  )
const isOver = async (sid: string) => (await bed.store.read((tx) => tx.sessions.get(sid as never)))?.endReason

describe('with a hint about this very session', () => {
  test('F12 no question: the session ends, its tokens too, and the browser goes back', async () => {
    const { browser, session } = await bed.signedIn('alice')
    const tokens = await tokensFor(bed, browser, 'web')
    const stop = await logout(browser, { id_token_hint: tokens.id_token, post_logout_redirect_uri: bye, state: 'st' })
    expect([stop.status, stop.location?.href]).toEqual([303, `${bye}?state=st`])
    expect(await isOver(session.id)).toBe('signed-out-at-app')
    expect((await userinfo(bed, tokens.access_token)).status).toBe(401)
    expect(browser.cookies().filter((c) => c.name.startsWith('gwanmun_s_'))).toEqual([])
    expect(await bed.audit('oidc.signed-out')).toMatchObject([{ actor: { name: 'web' }, target: { id: session.id } }])
    // again: nothing left to end, and no error either
    const again = await logout(browser, { id_token_hint: tokens.id_token, post_logout_redirect_uri: bye })
    expect(again.location?.href).toBe(bye)
  })
  test('F12 without an address to go to: a page says it is done', async () => {
    const { browser } = await bed.signedIn('alice')
    const tokens = await tokensFor(bed, browser, 'web')
    const stop = await logout(browser, { id_token_hint: tokens.id_token })
    expect([stop.status, stop.location]).toEqual([200, undefined])
  })
  test('F12 by POST it comes round as a GET', async () => {
    const { browser, session } = await bed.signedIn('alice')
    const { id_token } = await tokensFor(bed, browser, 'web')
    const body = new URLSearchParams({ id_token_hint: id_token, post_logout_redirect_uri: bye })
    const stop = await browser.go(`${bed.issuer}/logout`, { method: 'POST', body })
    expect(stop.location?.href).toBe(bye)
    expect(await isOver(session.id)).toBe('signed-out-at-app')
  })
})

describe('otherwise the person is asked', () => {
  const fieldsIn = (html: string) =>
    new URLSearchParams(
      [...html.matchAll(/name="([^"]+)" value="([^"]*)"/g)].map((m) => [
        m[1] ?? '',
        (m[2] ?? '').replaceAll('&amp;', '&'),
      ]),
    )
  const confirm = (browser: Browser, body: URLSearchParams) =>
    browser.step(`${bed.issuer}/logout/confirm`, { method: 'POST', body })

  test('F12 yes ends it', async () => {
    const { browser, session } = await bed.signedIn('alice')
    const asked = await logout(browser, { client_id: 'web', post_logout_redirect_uri: bye, state: 'a&b' })
    expect([asked.status, asked.location]).toEqual([200, undefined])
    expect(await isOver(session.id)).toBeUndefined()
    const done = await confirm(browser, fieldsIn(asked.text))
    expect(done.location?.href).toBe(`${bye}?state=a%26b`)
    expect(await isOver(session.id)).toBe('signed-out-at-app')
  })
  test('F12 a hint about somebody else’s session is no permission', async () => {
    const alice = await bed.signedIn('alice')
    const { id_token } = await tokensFor(bed, alice.browser, 'web')
    const bob = await bed.signedIn('bob')
    const asked = await logout(bob.browser, { id_token_hint: id_token, post_logout_redirect_uri: bye })
    expect(asked.status).toBe(200)
    expect(await isOver(bob.session.id)).toBeUndefined()
    expect(await isOver(alice.session.id)).toBeUndefined()
  })
  test('F12 another site cannot answer for the person (logout CSRF), nor change where it leads', async () => {
    const { browser, session } = await bed.signedIn('alice')
    const asked = fieldsIn((await logout(browser, { client_id: 'web', post_logout_redirect_uri: bye })).text)
    const tampered = new URLSearchParams(asked)
    tampered.set('state', 'other')
    const attackers = fieldsIn(
      (await logout((await bed.signedIn('bob')).browser, { client_id: 'web', post_logout_redirect_uri: bye })).text,
    )
    for (const body of [new URLSearchParams(), new URLSearchParams({ token: 'x' }), tampered, attackers])
      expect((await confirm(browser, body)).status).toBe(400)
    expect(await isOver(session.id)).toBeUndefined()
    expect((await confirm(browser, asked)).location?.href).toBe(bye)
  })
})

describe('refused, and nothing ends', () => {
  test.for([
    ['an address that is not registered', { post_logout_redirect_uri: 'http://evil.example/' }],
    ['a longer one', { post_logout_redirect_uri: `${bye}/x` }],
    ['with a query', { post_logout_redirect_uri: `${bye}?x=1` }],
    ['another client_id than the hint’s', { client_id: 'other' }],
    ['a hint that is no token', { id_token_hint: 'abc' }],
    ['a hint that nobody signed', { id_token_hint: 'unsigned' }],
    ['an unknown application', { id_token_hint: undefined, client_id: 'nobody' }],
  ] as const)('F12 %s', async ([, wish]) => {
    const { browser, session } = await bed.signedIn('alice')
    const tokens = await tokensFor(bed, browser, 'web')
    const { aud } = JSON.parse(Buffer.from(tokens.id_token.split('.')[1] ?? '', 'base64url').toString())
    const unsigned = [{ alg: 'none' }, { aud, sub: 'alice', iss: bed.issuer, sid: session.id, exp: 9e9, iat: 1 }]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.')
    const given: Wish = { id_token_hint: tokens.id_token, post_logout_redirect_uri: bye, ...wish }
    const stop = await logout(
      browser,
      given.id_token_hint === 'unsigned' ? { ...given, id_token_hint: `${unsigned}.` } : given,
    )
    expect([stop.status, stop.location]).toEqual([400, undefined])
    expect(await isOver(session.id)).toBeUndefined()
  })
  test('F12 a parameter twice', async () => {
    const { browser } = await bed.signedIn('alice')
    const stop = await browser.step(
      `${bed.issuer}/logout?client_id=web&post_logout_redirect_uri=${bye}&post_logout_redirect_uri=http://evil.example`,
    )
    expect([stop.status, stop.location]).toEqual([400, undefined])
  })
  test('F12 an address without an application to vouch for it is ignored', async () => {
    const stop = await logout(bed.browser(), { post_logout_redirect_uri: 'http://evil.example/' })
    expect([stop.status, stop.location]).toEqual([200, undefined])
    expect(stop.text).not.toContain('evil.example')
  })
})

describe('everybody else is told', () => {
  test('F12 F14 back-channel: a signed logout token with sid and sub, to every application of the session but the one that asked', async () => {
    const { browser, session } = await bed.signedIn('alice')
    const tokens = await tokensFor(bed, browser, 'web')
    await tokensFor(bed, browser, 'other')
    const own = await tokensFor(bed, browser, 'rs')
    expect(own.id_token).toBeTruthy()
    received.length = 0
    await logout(browser, { id_token_hint: tokens.id_token })
    expect((await outbox()).map((d) => d.outcome)).toEqual(['sent', 'sent'])
    const [first = '', second = ''] = received
    const es = [first, second].find(
      (t) => t.includes('.') && JSON.parse(Buffer.from(t.split('.')[0] ?? '', 'base64url').toString()).alg === 'ES256',
    )
    const payload = await verified(bed, es ?? '', 'other', 'ES256', 'logout+jwt')
    expect(payload).toMatchObject({
      sub: 'alice',
      sid: session.id,
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    })
    expect(payload.jti).toBeTruthy()
    expect(payload.nonce).toBeUndefined()
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(120)
    const rs = [first, second].find((t) => t !== es)
    expect((await verified(bed, rs ?? '', 'rs', 'RS256', 'logout+jwt')).sid).toBe(session.id)
  })
  test('F12 one that does not answer is tried again; one that is gone is not', async () => {
    const { browser, session } = await bed.signedIn('alice')
    await tokensFor(bed, browser, 'other')
    receives = 500
    await bed.deps.signOut({
      domainId: session.domainId,
      session: { id: session.id },
      reason: 'signed-out',
      exceptApp: undefined,
      source: { address: '', userAgent: '', requestId: '' },
      returnTo: undefined,
    })
    expect((await outbox()).map((d) => d.outcome)).toEqual(['retry'])
    receives = 200
    bed.pass(10)
    expect((await outbox()).map((d) => d.outcome)).toEqual(['sent'])
    const gone = { domainId: 'default', appId: 'no such application', personId: 'alice', sid: session.id }
    expect(await bed.edge.backchannelLogout(gone, {} as never)).toHaveProperty('gone')
    bed.pass(-10)
  })
  test('F14 SAML participants and the upstream come first; then the browser is where it wanted to be', async () => {
    const { browser, session } = await bed.signedIn('alice')
    const tokens = await tokensFor(bed, browser, 'web')
    walks = true
    walked.length = 0
    const away = await logout(browser, { id_token_hint: tokens.id_token, post_logout_redirect_uri: bye, state: 'st' })
    walks = false
    expect(away.location?.href).toBe('https://idp.example/logout')
    expect(walked).toMatchObject([{ ended: { id: session.id }, returnTo: `${bed.issuer}/logout/done` }])
    const home = await browser.step(`${bed.issuer}/logout/done`)
    expect(home.location?.href).toBe(`${bye}?state=st`)
    // without the cookie, or with one of somebody's making, it is only a page
    const forged = bed.browser()
    const name = (browser.cookies().find((c) => c.name.startsWith('gwanmun_o_')) ?? { name: 'gwanmun_o_x' }).name
    forged.keep(`${name}=${Buffer.from(JSON.stringify(['http://evil.example', null])).toString('base64url')}.x; path=/`)
    expect((await forged.step(`${bed.issuer}/logout/done`)).location).toBeUndefined()
    expect(bed.reported).toEqual([])
  })
})
