// F12, F10: a device without a browser signs somebody in (RFC 8628), over HTTP with the real pages: right, wrong, late, twice, denied, too fast.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DEVICE_CODE } from '../../../src/core/model/app.ts'
import { bearerLookup } from '../../../src/edges/oidc/bearer-lookup.ts'
import { ensureOwnApps } from '../../../src/flows/upkeep/ensure-own-apps.ts'
import { id } from '../../stores/rows.ts'
import { type Bed, openBed } from './bed.ts'
import { ask, confirm, enter, fieldsIn, poll, typed } from './device.ts'
import { post, refresh, userinfo, verified } from './relying-party.ts'

let bed: Bed
beforeAll(async () => {
  bed = await openBed()
  await bed.register('tv', {
    tokenEndpointAuth: 'none',
    redirectUris: [],
    grants: [DEVICE_CODE, 'refresh_token'],
    scopes: ['openid', 'profile', 'groups', 'offline_access'],
  })
  await bed.register('web')
  bed.signsInAs('alice')
})
afterAll(() => bed.close())

test('F12 discovery names the endpoint and the grant', async () => {
  const said = await (await fetch(`${bed.issuer}/.well-known/openid-configuration`)).json()
  expect(said).toMatchObject({
    device_authorization_endpoint: `${bed.issuer}/device_authorization`,
    grant_types_supported: expect.arrayContaining([DEVICE_CODE]),
  })
})

describe('F12 a device is let in', () => {
  test('somebody who is not signed in types the code, confirms, signs in, and the device has their tokens', async () => {
    const device = await ask(bed, 'tv', { scope: 'openid profile groups offline_access' })
    expect(device).toMatchObject({ interval: 5, expires_in: 600, verification_uri: `${bed.issuer}/device` })
    expect(device.user_code).toMatch(/^[B-Z]{4}-[B-Z]{4}$/)
    expect(await poll(bed, 'tv', device)).toMatchObject({ status: 400, body: { error: 'authorization_pending' } })

    const browser = bed.browser()
    const asked = await enter(bed, browser, device.user_code)
    expect(asked.status).toBe(200)
    expect(asked.text).toContain(device.user_code)
    expect(/id="from">([^<]*)</.exec(asked.text)?.[1]).toBe('기기가 요청한 주소: 127.0.0.1')
    const end = await confirm(browser, asked)
    expect(end.status).toBe(200)
    expect(end.text).toContain('기기가 로그인되었습니다')

    bed.pass(5)
    const answer = await poll(bed, 'tv', device)
    expect(answer).toMatchObject({ status: 200, body: { scope: 'openid profile groups offline_access' } })
    const claims = await verified(bed, String(answer.body.id_token), 'tv')
    expect(claims).toMatchObject({ sub: 'alice', amr: ['pwd'] })
    expect((await userinfo(bed, answer.body.access_token)).body).toMatchObject({ sub: 'alice', groups: ['Staff'] })
    const again = await post(bed, '/token', {
      grant_type: 'refresh_token',
      client_id: 'tv',
      refresh_token: String(answer.body.refresh_token),
    })
    expect(again.status).toBe(200)
    expect(await bed.audit('device.approved')).toMatchObject([{ actor: { id: 'alice' }, target: { name: 'tv' } }])
  })

  test('F10 whoever is signed in already only confirms, and the tokens end with their session', async () => {
    const { browser, session } = await bed.signedIn('bob')
    const device = await ask(bed, 'tv')
    const end = await confirm(browser, await enter(bed, browser, typed(device.user_code)))
    expect(end.text).toContain('기기가 로그인되었습니다')
    const answer = await poll(bed, 'tv', device)
    expect(answer.status).toBe(200)
    await bed.store.write((tx) => tx.sessions.end(session.id, bed.clock(), 'signed-out'))
    expect((await userinfo(bed, answer.body.access_token)).status).toBe(401)
  })

  test('the command line is such a program, and its token is an administrator’s', async () => {
    const operator = { kind: 'operator', id: 'test', name: 'test' } as const
    await ensureOwnApps({ ...bed, baseUrl: bed.base })(operator, id('acme'))
    const { browser } = await bed.signedIn('alice')
    const device = await ask(bed, 'gwanmun-cli', { scope: 'openid admin offline_access' })
    await confirm(browser, await enter(bed, browser, device.user_code))
    const { body } = await poll(bed, 'gwanmun-cli', device)
    const bearer = await bearerLookup(bed)('acme', String(body.access_token))
    expect(bearer).toMatchObject({ clientId: 'gwanmun-cli', personId: 'alice' })
  })

  test('a code in the address is filled in, and nothing is sent by itself; the page speaks Korean and runs no script', async () => {
    const device = await ask(bed, 'tv')
    const page = await bed.browser().go(`${device.verification_uri_complete}&lang=ko`)
    expect(page.text).toContain(`value="${device.user_code}"`)
    expect(page.text).toContain('기기 로그인')
    expect(page.text).not.toContain('<script')
    expect(page.headers.get('content-security-policy')).toContain("script-src 'none'")
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(page.headers.get('cache-control')).toBe('no-store')
    expect(await poll(bed, 'tv', device)).toMatchObject({ body: { error: 'authorization_pending' } })
  })
})

describe('F12 nobody is let in', () => {
  test('an application without the grant is refused', async () => {
    expect((await post(bed, '/device_authorization', { client_id: 'web', scope: 'openid' })).status).toBeGreaterThan(
      399,
    )
    const device = await ask(bed, 'tv')
    const stolen = await post(bed, '/token', {
      grant_type: DEVICE_CODE,
      client_id: 'gwanmun-cli',
      device_code: device.device_code,
    })
    expect(stolen).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
  })

  test('denied: the device is told, once', async () => {
    const { browser } = await bed.signedIn('alice')
    const device = await ask(bed, 'tv')
    const end = await confirm(browser, await enter(bed, browser, device.user_code), 'abort')
    expect(end.text).toContain('거부됨')
    expect(await poll(bed, 'tv', device)).toMatchObject({ status: 400, body: { error: 'access_denied' } })
    expect((await bed.audit('device.denied')).length).toBe(1)
    const late = await enter(bed, browser, device.user_code)
    expect(late.status).toBe(400)
    expect(late.text).toContain('이미 사용된 코드')
  })

  test('polling too fast is told to slow down, and loses nothing by it', async () => {
    const device = await ask(bed, 'tv')
    await poll(bed, 'tv', device)
    expect(await poll(bed, 'tv', device)).toMatchObject({ status: 400, body: { error: 'slow_down' } })
    const { browser } = await bed.signedIn('alice')
    await confirm(browser, await enter(bed, browser, device.user_code))
    expect(await poll(bed, 'tv', device)).toMatchObject({ body: { error: 'slow_down' } })
    bed.pass(5)
    expect((await poll(bed, 'tv', device)).status).toBe(200)
  })

  test('an expired code lets nobody in, and the device is told that it expired', async () => {
    const device = await ask(bed, 'tv')
    await bed.store.write(async (tx) => {
      const code = device.user_code.replace('-', '')
      const row = (await tx.payloads.byUserCode(id('default'), 'DeviceCode', code)) ?? expect.fail('no code')
      await tx.payloads.put({ ...row, body: { ...row.body, exp: Math.floor(Date.now() / 1000) - 1 } })
    })
    const { browser } = await bed.signedIn('alice')
    expect((await enter(bed, browser, device.user_code)).text).toContain('만료되었습니다')
    expect(await poll(bed, 'tv', device)).toMatchObject({ status: 400, body: { error: 'expired_token' } })
  })

  test('tokens are given once: a second request with the code is a replay and ends the family', async () => {
    const { browser } = await bed.signedIn('alice')
    const device = await ask(bed, 'tv', { scope: 'openid offline_access' })
    await confirm(browser, await enter(bed, browser, device.user_code))
    const first = await poll(bed, 'tv', device)
    bed.pass(5)
    expect(await poll(bed, 'tv', device)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } })
    expect((await refresh(bed, 'tv', first.body.refresh_token)).status).toBeGreaterThan(399)
    expect((await bed.audit('token.reuse-detected')).length).toBeGreaterThan(0)
  })

  test('what the table holds is not the device code: its digest is no code either', async () => {
    const device = await ask(bed, 'tv')
    const code = device.user_code.replace('-', '')
    const row = await bed.store.read((tx) => tx.payloads.byUserCode(id('default'), 'DeviceCode', code))
    expect(JSON.stringify(row)).not.toContain(device.device_code)
    const { browser } = await bed.signedIn('alice')
    await confirm(browser, await enter(bed, browser, device.user_code))
    for (const guess of [`#${row?.id}`, row?.id ?? ''])
      expect(await poll(bed, 'tv', { device_code: guess })).toMatchObject({ body: { error: 'invalid_grant' } })
  })

  test('a form of another site, without its secret, or from another browser is taken from nobody', async () => {
    const { browser } = await bed.signedIn('alice')
    const device = await ask(bed, 'tv')
    const asked = await enter(bed, browser, device.user_code)
    const fields = fieldsIn(asked)
    const send = (form: Record<string, string>, headers: Record<string, string> = {}, by = browser) =>
      by.go(`${bed.issuer}/device`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
        body: new URLSearchParams({ ...form, confirm: 'yes' }).toString(),
      })
    expect((await send(fields, { origin: 'https://evil.test' })).status).toBe(400)
    expect((await send(fields, { 'sec-fetch-site': 'cross-site' })).status).toBe(400)
    expect((await send({ user_code: device.user_code })).status).toBe(400)
    expect((await send(fields, {}, (await bed.signedIn('bob')).browser)).status).toBe(400)
    expect(await poll(bed, 'tv', device)).toMatchObject({ body: { error: 'authorization_pending' } })
  })
})
