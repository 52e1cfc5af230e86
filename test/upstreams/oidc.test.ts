// A hostile OpenID provider against the real connector, flows and pages over HTTP.
import { SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { OidcTrust } from '../../src/core/model/idp.ts'
import type { Stop } from '../edges/oidc/browser.ts'
import { id, mappingRule } from '../stores/rows.ts'
import { conforms, expectAccepted, expectRefusal, type Forgery } from './conformance.ts'
import { type Away, type Gateway, openGateway, reasonOn } from './gateway.ts'
import { type Claims, type Keys, type Lies, type Op, openOp, unsigned } from './hostile-op.ts'

const action = 'oidc.response-refused'
const trusting = (issuer: string, differs: Partial<OidcTrust> = {}): OidcTrust => ({
  protocol: 'oidc',
  issuer,
  clientId: 'gateway',
  clientSecretSealed: undefined,
  clientAuth: 'none',
  scopes: ['openid'],
  idTokenAlg: 'RS256',
  clockSkewSeconds: 30,
  acrValues: [],
  userinfo: false,
  ...differs,
})
const seconds = (away: number) => Math.floor(Date.now() / 1000) + away
const header = (alg: string, kid: string) => ({ alg, kid })
const byAnother = (claims: Claims, { other }: Keys) =>
  new SignJWT(claims as never).setProtectedHeader(header('RS256', 'rsa')).sign(other.privateKey)

const lies: { readonly [F in Forgery]: Lies } = {
  unsigned: { sign: unsigned },
  'signed by another key': { sign: byAnother },
  'issued by another': { claims: { iss: 'https://evil.example' } },
  'made for another audience': { claims: { aud: 'another client' } },
  'made for another request': { claims: { nonce: 'another' } },
  expired: { claims: { exp: seconds(-60), iat: seconds(-400) } },
  'from the future': { claims: { nbf: seconds(300) } },
}

conforms(
  'F2 OpenID Connect',
  async () => {
    const op = await openOp()
    const gateway = await openGateway()
    for (const idp of ['corp', 'other']) await gateway.addIdp(idp, { trust: trusting(op.issuer(idp)) })
    let last = new URL(gateway.issuer)
    return {
      gateway,
      idp: 'corp',
      otherIdp: 'other',
      deliver: (away, forgery, { idp, state } = {}) => {
        last = op.agree(away.to, { ...(forgery && lies[forgery]), ...(state === undefined ? {} : { back: { state } }) })
        if (idp !== undefined) last.pathname = last.pathname.replace('/corp/', `/${idp}/`)
        return away.browser.step(last)
      },
      again: (browser) => browser.step(last),
      close: async () => {
        op.close()
        await gateway.close()
      },
    }
  },
  {
    action,
    noSuchState: 'state-mismatch',
    mixedUp: 'state-mismatch',
    reasons: {
      unsigned: 'signature-algorithm-not-allowed',
      'signed by another key': 'signature-invalid',
      'issued by another': 'issuer-mismatch',
      'made for another audience': 'audience-mismatch',
      'made for another request': 'nonce-mismatch',
      expired: 'expired',
      'from the future': 'not-yet-valid',
    },
  },
)

let op: Op
let gateway: Gateway
beforeAll(async () => {
  op = await openOp()
  gateway = await openGateway({ timeoutSeconds: 1 })
  await gateway.addIdp('corp', { trust: trusting(op.issuer('corp')) })
  await gateway.addIdp('reads-userinfo', { trust: trusting(op.issuer('reads-userinfo'), { userinfo: true }) })
  await gateway.store.write((tx) => tx.mappingRules.put(mappingRule('staff', 'reads-userinfo', ['Staff'])))
})
afterAll(async () => {
  op.close()
  await gateway.close()
})

const deliver = (away: Away, lie: Lies): Promise<Stop> => away.browser.step(op.agree(away.to, lie))
const refused = async (lie: Lies, reason: string, idp = 'corp'): Promise<Stop> => {
  const away = await gateway.leave(idp)
  return expectRefusal(gateway, action, reason, () => deliver(away, lie))
}
const sign =
  (make: (jwt: SignJWT, keys: Keys) => Promise<string>): Lies['sign'] =>
  (claims, keys) =>
    make(new SignJWT(claims as never), keys)
const bytes = (text: string) => new TextEncoder().encode(text)

describe('F2: signatures of the ID token', () => {
  const rows: readonly (readonly [string, Lies['sign'], string])[] = [
    [
      'alg none, spelt otherwise',
      async (claims) => (await unsigned(claims)).replace(/^[^.]*/, Buffer.from('{"alg":"NoNe"}').toString('base64url')),
      'signature-algorithm-not-allowed',
    ],
    [
      'HS256 with the RSA public key as its secret',
      sign((jwt, { rsaPem }) => jwt.setProtectedHeader(header('HS256', 'rsa')).sign(bytes(rsaPem))),
      'signature-algorithm-not-allowed',
    ],
    [
      'HS256 with an empty-looking secret',
      sign((jwt) => jwt.setProtectedHeader(header('HS256', 'rsa')).sign(new Uint8Array(32))),
      'signature-algorithm-not-allowed',
    ],
    [
      'another algorithm than the pinned one, though the key is published',
      sign((jwt, { ec }) => jwt.setProtectedHeader(header('ES256', 'ec')).sign(ec.privateKey)),
      'signature-algorithm-not-allowed',
    ],
    [
      'an unknown key id',
      sign((jwt, { rsa }) => jwt.setProtectedHeader(header('RS256', 'nobody')).sign(rsa.privateKey)),
      'key-unknown',
    ],
    [
      'a key id with a path',
      sign((jwt, { rsa }) => jwt.setProtectedHeader(header('RS256', '../../dev/null')).sign(rsa.privateKey)),
      'key-unknown',
    ],
    [
      'a key id that is a prototype’s',
      sign((jwt, { rsa }) => jwt.setProtectedHeader(header('RS256', '__proto__')).sign(rsa.privateKey)),
      'key-unknown',
    ],
    [
      'a changed payload',
      async (claims, keys) => {
        const [head, , signature] = (
          await new SignJWT(claims as never).setProtectedHeader(header('RS256', 'rsa')).sign(keys.rsa.privateKey)
        ).split('.')
        return [head, Buffer.from(JSON.stringify({ ...claims, sub: 'mallory' })).toString('base64url'), signature].join(
          '.',
        )
      },
      'signature-invalid',
    ],
    [
      'no signature after the second dot',
      async (claims, keys) =>
        `${(await new SignJWT(claims as never).setProtectedHeader(header('RS256', 'rsa')).sign(keys.rsa.privateKey)).split('.').slice(0, 2).join('.')}.`,
      'signature-invalid',
    ],
    ['something that is no token', async () => 'not.a.token', 'id-token-invalid'],
    [
      'the attacker’s own key inside the token',
      sign((jwt, { other }) =>
        jwt
          .setProtectedHeader({ ...header('RS256', 'rsa'), jwk: { kty: 'RSA' }, jku: 'http://127.0.0.1:1/jwks' })
          .sign(other.privateKey),
      ),
      'signature-invalid',
    ],
    [
      'an unknown critical header',
      sign((jwt, { rsa }) =>
        jwt
          .setProtectedHeader({ ...header('RS256', 'rsa'), crit: ['x'], x: 1 } as never)
          .sign(rsa.privateKey, { crit: { x: true } }),
      ),
      'id-token-invalid',
    ],
  ]
  test.for(rows)('%s', ([, lie, reason]) => refused({ ...(lie && { sign: lie }) }, reason).then(() => undefined))
})

describe('F2: claims of the ID token', () => {
  const rows: readonly (readonly [string, Claims, string])[] = [
    ['no audience', { aud: undefined }, 'audience-mismatch'],
    ['several audiences and no azp', { aud: ['gateway', 'another'] }, 'audience-mismatch'],
    ['azp of another client', { azp: 'another' }, 'audience-mismatch'],
    ['an issuer with a slash behind', { iss: 'http://127.0.0.1/corp/' }, 'issuer-mismatch'],
    ['no issuer', { iss: undefined }, 'issuer-mismatch'],
    ['no nonce', { nonce: undefined }, 'nonce-mismatch'],
    ['no expiry', { exp: undefined }, 'id-token-invalid'],
    ['no subject', { sub: undefined }, 'subject-mismatch'],
    ['an expiry that is text', { exp: 'tomorrow' }, 'id-token-invalid'],
    ['issued in the future', { iat: seconds(3600), exp: seconds(7200) }, 'not-yet-valid'],
  ]
  test.for(rows)('%s', ([, claims, reason]) => refused({ claims }, reason).then(() => undefined))
  test('an expiry inside the allowed skew is accepted', async () => {
    const away = await gateway.leave('corp')
    await expectAccepted(gateway, away.browser, await deliver(away, { claims: { exp: seconds(-10) } }), 'carol')
  })
})

describe('F2: the way back', () => {
  test('RFC 9207: no `iss` where it is promised, and another one (mix-up)', async () => {
    await refused({ back: { iss: undefined } }, 'issuer-mismatch')
    await refused({ back: { iss: 'https://evil.example' } }, 'issuer-mismatch')
    await refused({ back: { iss: op.issuer('reads-userinfo') } }, 'issuer-mismatch')
  })
  test('a code that is none, was used, or belongs to another provider', async () => {
    await refused({ back: { code: 'stolen' } }, 'upstream-invalid-grant')
    await refused({ back: { code: undefined } }, 'response-malformed')
    const away = await gateway.leave('corp')
    const first = op.agree(away.to)
    const code = first.searchParams.get('code') ?? ''
    await expectAccepted(gateway, away.browser, await away.browser.step(first), 'carol')
    await refused({ back: { code } }, 'upstream-invalid-grant')
  })
  test('an error with markup is shown as text, by its code', async () => {
    const page = await refused(
      { back: { code: undefined, error: 'access_denied', error_description: '<img src=x onerror=alert(1)>' } },
      'upstream-access-denied',
    )
    expect(page.text).not.toContain('<img src=x')
    const worse = await refused(
      { back: { code: undefined, error: '<script>alert(1)</script>', error_description: undefined } },
      'upstream-scriptalertscript',
    )
    expect(worse.text).not.toContain('<script>alert')
  })
  test('parameters that come twice', async () => {
    const away = await gateway.leave('corp')
    const back = op.agree(away.to)
    for (const name of ['state', 'code', 'iss']) {
      const twice = new URL(`${back.href}&${name}=x`)
      const page = await (await gateway.leave('corp', away.browser)).browser.step(twice)
      expect(page.status, name).toBe(400)
    }
  })
  test('tokens in the address (hybrid, JARM) are not taken', async () => {
    await refused({ back: { id_token: 'x.y.z' } }, 'response-malformed')
    await refused({ back: { response: 'x.y.z' } }, 'response-malformed')
  })
  test('the request carries PKCE S256, a nonce, a state and the exact address to come back to', async () => {
    const { to } = await gateway.leave('corp')
    expect(Object.fromEntries(to.searchParams)).toMatchObject({
      code_challenge_method: 'S256',
      response_type: 'code',
      client_id: 'gateway',
      redirect_uri: `${gateway.issuer}/federation/corp/callback`,
    })
    for (const name of ['code_challenge', 'nonce', 'state'])
      expect(to.searchParams.get(name)?.length, name).toBeGreaterThan(40)
  })
})

describe('F2: the token endpoint', () => {
  const answers = (status: number, type: string, body: string): Lies => ({
    token: (res) => {
      res.writeHead(status, { 'content-type': type })
      res.end(body)
    },
  })
  test.for([
    ['a page instead of JSON', answers(200, 'text/html', '<html>'), 'response-malformed'],
    ['JSON that is none', answers(200, 'application/json', '{"access_token":'), 'response-malformed'],
    ['no ID token', answers(200, 'application/json', '{"access_token":"a","token_type":"Bearer"}'), 'id-token-missing'],
    [
      'an error with markup',
      answers(400, 'application/json', '{"error":"invalid_client","error_description":"<b>x</b>"}'),
      'upstream-invalid-client',
    ],
    ['a failure', answers(500, 'text/plain', 'boom'), 'response-malformed'],
    ['an answer without end', answers(200, 'application/json', `{"x":"${'x'.repeat(300_000)}"}`), 'too-large'],
    [
      'a redirect',
      { token: (res) => void res.writeHead(302, { location: 'http://169.254.169.254/' }).end() },
      'response-malformed',
    ],
    ['no answer', { token: () => undefined }, 'timeout'],
    ['a connection cut', { token: (res) => void res.destroy() }, 'upstream-unreachable'],
  ] as readonly (readonly [string, Lies, string])[])('%s', ([, lie, reason]) =>
    refused(lie, reason).then(() => undefined),
  )
})

describe('F2: userinfo', () => {
  test('another subject than the ID token’s', async () => {
    await refused({ userinfo: { sub: 'mallory' } }, 'subject-mismatch', 'reads-userinfo')
  })
  test('groups only there are read, and the signed token wins where both speak', async () => {
    const away = await gateway.leave('reads-userinfo')
    const lie = {
      claims: { sub: 'dora', email: 'signed@x.example' },
      userinfo: { sub: 'dora', groups: ['staff'], email: 'unsigned@x.example' },
    }
    await expectAccepted(gateway, away.browser, await deliver(away, lie), 'dora')
    const held = await gateway.store.read(async (tx) => {
      const dora = await tx.people.byUsername(id('default'), 'dora')
      return { email: dora?.email, groups: (await tx.memberships.ofPerson(dora?.id ?? id(''))).map((m) => m.groupId) }
    })
    expect(held).toEqual({ email: 'signed@x.example', groups: ['Staff'] })
  })
})

describe('F6: too many groups for a token are never "no groups"', () => {
  test.for([
    [
      'a pointer in the ID token',
      { _claim_names: { groups: 'src1' }, _claim_sources: { src1: { endpoint: 'https://graph.example' } } },
    ],
    ['Entra’s hasgroups', { hasgroups: true }],
    ['Entra’s hasgroups as text', { hasgroups: 'true' }],
  ] as const)('%s', async ([, claims]) => {
    await refused({ claims }, 'groups-overage')
  })
  test('a pointer in userinfo', () =>
    refused({ userinfo: { _claim_names: { groups: 's' } } }, 'groups-overage', 'reads-userinfo').then(() => undefined))
  test('a pointer for claims that nobody maps is nothing', async () => {
    await gateway.addIdp('by-roles', { trust: trusting(op.issuer('by-roles')), groupsFrom: ['realm_access.roles'] })
    await gateway.store.write((tx) => tx.mappingRules.put({ ...mappingRule('roles', 'by-roles', ['Staff']) }))
    const away = await gateway.leave('by-roles')
    const claims = { sub: 'eve', hasgroups: true, _claim_names: { groups: 's' }, realm_access: { roles: ['staff'] } }
    await expectAccepted(gateway, away.browser, await deliver(away, { claims }), 'eve')
    const held = await gateway.store.read(async (tx) => {
      const eve = await tx.people.byUsername(id('default'), 'eve')
      return (await tx.memberships.ofPerson(eve?.id ?? id(''))).map((m) => m.groupId)
    })
    expect(held, 'nested claims are reached by dotted names').toEqual(['Staff'])
  })
})

describe('F9: odd words about how and when', () => {
  const evidence = async (claims: Claims) => {
    const away = await gateway.leave('assured')
    await expectAccepted(gateway, away.browser, await deliver(away, { claims: { sub: 'fay', ...claims } }), 'fay')
    return gateway.store.read(async (tx) => {
      const fay = await tx.people.byUsername(id('default'), 'fay')
      const sessions = await tx.sessions.ofPerson(fay?.id ?? id(''))
      const newest = [...sessions].sort((a, b) => b.startedAt - a.startedAt || (a.id < b.id ? 1 : -1))[0]
      const said = newest?.evidence[0]
      if (said?.kind !== 'upstream') throw new Error('no evidence of the provider')
      return { level: said.level, amr: said.amr, at: said.at }
    })
  }
  test('amr as text, auth_time 0, missing, from the future and as text', async () => {
    const assurance = { rules: [{ amr: ['mfa'], level: 2 as const }], unmatchedLevel: 1 as const, maxAgeSeconds: 600 }
    await gateway.addIdp('assured', { trust: trusting(op.issuer('assured')), assurance })
    expect(await evidence({ amr: 'mfa' })).toMatchObject({ level: 2, amr: ['mfa'] })
    expect(await evidence({ amr: ['pwd', 'mfa'] })).toMatchObject({ level: 2 })
    expect(await evidence({ amr: ['mfa'], auth_time: seconds(-601) })).toMatchObject({ level: 1 })
    expect(await evidence({ amr: { mfa: true } })).toMatchObject({ level: 1, amr: [] })
    for (const auth_time of [0, 1, undefined, seconds(9999)])
      expect(await evidence({ amr: ['mfa'], auth_time }), String(auth_time)).toMatchObject({ level: 1 })
  })
})

describe('F2: discovery and keys', () => {
  const begin = async (name: string, change: Parameters<Op['issuer']>[1], differs: Partial<OidcTrust> = {}) => {
    await gateway.addIdp(name, { trust: trusting(op.issuer(name, change), differs) })
    const before = await gateway.counted()
    const page = await gateway.go(name, gateway.browser())
    expect(await gateway.counted()).toEqual(before)
    const [event] = await gateway.audit('upstream.unreachable')
    return [page.status, reasonOn(page), event?.reason, event?.target?.name]
  }
  test('an issuer that calls itself something else', async () => {
    const answer = await begin('mismatch', (_issuer, document) => ({ ...document, issuer: 'https://evil.example' }))
    expect(answer).toEqual([502, 'issuer-mismatch', 'issuer-mismatch', 'mismatch'])
  })
  test('a document that is none, too large, never comes, or leads inside', async () => {
    const html = (_i: string, _d: Claims, _q: unknown, res: { end(text: string): unknown }) => void res.end('<html>')
    expect((await begin('html', html))[1]).toBe('response-malformed')
    expect((await begin('large', (_i, d) => ({ ...d, x: 'x'.repeat(300_000) })))[1]).toBe('too-large')
    expect((await begin('slow', () => undefined))[1]).toBe('timeout')
    const inside = await begin(
      'inside',
      (_i, _d, _q, res) => void res.writeHead(302, { location: 'http://10.0.0.1/x' }).end(),
    )
    expect(inside[1]).toBe('response-malformed')
    expect((await begin('no-endpoint', (_i, d) => ({ ...d, authorization_endpoint: undefined })))[1]).toBe(
      'discovery-incomplete',
    )
  })
  test('a token endpoint or keys at a private address are not fetched', async () => {
    for (const field of ['token_endpoint', 'jwks_uri']) {
      const name = field === 'jwks_uri' ? 'keys-inside' : 'tokens-inside'
      await gateway.addIdp(name, {
        trust: trusting(op.issuer(name, (_i, d) => ({ ...d, [field]: 'http://169.254.169.254/latest' }))),
      })
      await refused({}, 'address-not-allowed', name)
    }
  })
  test('a provider that is down is asked again and not remembered as down', async () => {
    let down = true
    const name = 'flaky'
    const change = (_i: string, d: Claims, _q: unknown, res: { destroy(): unknown }) => (down ? void res.destroy() : d)
    expect((await begin(name, change))[1]).toBe('upstream-unreachable')
    down = false
    const away = await gateway.leave(name)
    await expectAccepted(gateway, away.browser, await deliver(away, { claims: { sub: 'gil' } }), 'gil')
  })
})
