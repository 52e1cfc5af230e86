// M11: what an application asks of a sign-in (acr_values, max_age, prompt) is asked of the person, and only what is missing. Silent requests
// get the error that says what kind of thing is missing.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { acrFor, askedOf } from '../../../src/edges/oidc/wants.ts'
import { id, signOnRule } from '../../stores/rows.ts'
import { type Bed, openBed, passkey, password } from './bed.ts'
import { authorize, redeem, tokensFor, verified } from './relying-party.ts'

let bed: Bed
beforeAll(async () => {
  bed = await openBed()
  await bed.register('web')
  await bed.register('strict')
  await bed.store.write(async (tx) => {
    await tx.signOnRules.put(signOnRule('two for strict', { apps: [id('strict')], demands: { level: 2 } }))
  })
})
afterAll(() => bed.close())

const claimsOf = async (authorized: Awaited<ReturnType<typeof authorize>>, app = 'web') =>
  verified(bed, String((await redeem(bed, app, authorized)).body.id_token), app)

describe('the wishes of a request', () => {
  const at = 1_000_000
  test.for([
    ['nothing', {}, { level: 0, freshAfter: undefined }],
    ['one context', { acr_values: 'urn:gwanmun:acr:2' }, { level: 2 }],
    ['the highest of several', { acr_values: 'urn:gwanmun:acr:1 phr mfa' }, { level: 3 }],
    ['unknown ones ask for nothing', { acr_values: 'loa-9 gold' }, { level: 0, unmeetable: false }],
    [
      'essential: the lowest will do',
      { claims: '{"id_token":{"acr":{"essential":true,"values":["phr","mfa"]}}}' },
      { level: 2 },
    ],
    [
      'essential and unknown',
      { claims: '{"id_token":{"acr":{"essential":true,"value":"gold"}}}' },
      { unmeetable: true },
    ],
    ['voluntary by claims', { claims: '{"id_token":{"acr":{"value":"mfa"}}}' }, { level: 2, unmeetable: false }],
    ['no acr in claims', { claims: '{"userinfo":{"email":null}}' }, { level: 0 }],
    ['max_age', { max_age: '60' }, { freshAfter: at - 60_000 }],
    ['prompt=login', { prompt: 'login', max_age: '60' }, { freshAfter: at }],
    [
      'hints',
      { login_hint: 'alice', domain_hint: 'corp', ui_locales: 'ko en' },
      { loginHint: 'alice', idpHint: 'corp', uiLocales: ['ko', 'en'] },
    ],
    ['a hint longer than a name', { login_hint: 'x'.repeat(400) }, { loginHint: undefined }],
    ['prototype names', { acr_values: '__proto__ constructor' }, { level: 0 }],
  ] as const)('M11 %s', ([, params, expected]) => {
    expect(askedOf(params, at, false)).toMatchObject(expected)
  })
  test('M11 a level is told in the words it was asked in, the strongest that was reached', () => {
    expect(acrFor(2, [])).toBe('urn:gwanmun:acr:2')
    expect(acrFor(2, ['https://refeds.org/profile/mfa'])).toBe('https://refeds.org/profile/mfa')
    expect(acrFor(3, ['urn:gwanmun:acr:1', 'mfa'])).toBe('mfa')
    expect(acrFor(1, ['mfa'])).toBe('urn:gwanmun:acr:1')
    expect(acrFor(1, ['gold'])).toBe('urn:gwanmun:acr:1')
  })
})

test('M11 acr_values above the session: the journey is begun with that level, and the ID token says it', async () => {
  const { browser, session } = await bed.signedIn('alice')
  bed.signsInAs('alice', passkey)
  bed.wanted.length = 0
  const authorized = await authorize(bed, browser, 'web', {
    acr_values: 'urn:gwanmun:acr:3',
    ui_locales: 'ko',
    login_hint: 'alice',
  })
  expect(bed.wanted).toMatchObject([{ level: 3, silent: false, uiLocales: ['ko'], loginHint: 'alice', appId: 'web' }])
  const claims = await claimsOf(authorized)
  expect(claims).toMatchObject({ acr: 'urn:gwanmun:acr:3', sid: session.id })
  expect(claims.amr).toEqual(expect.arrayContaining(['pwd', 'hwk', 'user']))
  // and now it is there for everybody: no further page
  bed.signsInAs(undefined)
  expect((await claimsOf(await authorize(bed, browser, 'web', { acr_values: 'mfa' }))).acr).toBe('mfa')
})

test('M11 an essential acr claim is enforced; one that nobody knows is told to the application', async () => {
  const { browser } = await bed.signedIn('alice')
  bed.signsInAs('alice', passkey)
  const claims = (acr: object) => ({ claims: JSON.stringify({ id_token: { acr } }) })
  const asked = claims({ essential: true, values: ['https://refeds.org/profile/mfa'] })
  expect((await claimsOf(await authorize(bed, browser, 'web', asked))).acr).toBe('https://refeds.org/profile/mfa')
  const { answer } = await authorize(bed, browser, 'web', claims({ essential: true, value: 'gold' }))
  expect(answer?.get('error')).toBe('unmet_authentication_requirements')
})

test('M11 max_age and prompt=login: what was proved before does not count, what is proved for it does, once', async () => {
  const old = (now: number) => [{ kind: 'password', at: now - 3_600_000 } as const]
  const { browser } = await bed.signedIn('alice', old)
  bed.signsInAs(undefined)
  expect((await authorize(bed, browser, 'web', { max_age: '7200' })).code).not.toBe('')
  expect((await authorize(bed, browser, 'web', { max_age: '600' })).stop.text).toBe('the journey goes on')
  expect((await authorize(bed, browser, 'web', { prompt: 'login' })).stop.text).toBe('the journey goes on')
  bed.signsInAs('alice', password)
  const fresh = await claimsOf(await authorize(bed, browser, 'web', { max_age: '600' }))
  expect(Number(fresh.auth_time)).toBeGreaterThan(Date.now() / 1000 - 60)
  // immediately again: a second ago is not after the request
  bed.signsInAs(undefined)
  expect((await authorize(bed, browser, 'web', { prompt: 'login' })).stop.text).toBe('the journey goes on')
  expect((await authorize(bed, browser, 'web', { max_age: '0' })).stop.text).toBe('the journey goes on')
  bed.signsInAs('alice', password)
  expect((await authorize(bed, browser, 'web', { prompt: 'login' })).code).not.toBe('')
  expect((await authorize(bed, browser, 'web', { prompt: 'select_account' })).code).not.toBe('')
  expect((await authorize(bed, browser, 'web', { prompt: 'consent' })).code).not.toBe('')
})

describe('prompt=none', () => {
  const silent = async (browser: Parameters<typeof authorize>[1], app: string, wish = {}) => {
    const { answer, code } = await authorize(bed, browser, app, { prompt: 'none', ...wish })
    return code === '' ? answer?.get('error') : 'code'
  }
  test('M11 F12 a table of what is owed', async () => {
    bed.signsInAs(undefined)
    const alice = (await bed.signedIn('alice')).browser
    const old = (await bed.signedIn('alice', (now) => [{ kind: 'password', at: now - 3_600_000 }])).browser
    expect(await silent(bed.browser(), 'web')).toBe('login_required')
    expect(await silent(alice, 'web')).toBe('code')
    expect(await silent(old, 'web', { max_age: '60' })).toBe('login_required')
    expect(await silent(alice, 'web', { acr_values: 'phr' })).toBe('unmet_authentication_requirements')
    expect(await silent(alice, 'strict')).toBe('interaction_required') // by a rule, not by request
    await bed.store.write(async (tx) => {
      const bob = await tx.people.get(id('bob'))
      if (bob) await tx.people.put({ ...bob, status: 'disabled' })
    })
    const bob = (await bed.signedIn('bob')).browser
    expect(await silent(bob, 'web')).toBe('access_denied')
    await bed.store.write(async (tx) => {
      const row = await tx.people.get(id('bob'))
      if (row) await tx.people.put({ ...row, status: 'active' })
    })
  })
  test('F12 somebody else is expected: login_required, and with a page the person is asked anew', async () => {
    const bob = await bed.signedIn('bob')
    const hint = (await tokensFor(bed, bob.browser, 'web')).id_token
    const alice = (await bed.signedIn('alice')).browser
    expect(await silent(alice, 'web', { id_token_hint: hint })).toBe('login_required')
    bed.signsInAs('bob', password)
    const claims = await claimsOf(await authorize(bed, alice, 'web', { id_token_hint: hint }))
    expect(claims.sub).toBe('bob')
    // whoever keeps coming back as the wrong person does not go round for ever
    bed.signsInAs('alice', password)
    const again = (await bed.signedIn('alice')).browser
    const { answer } = await authorize(bed, again, 'web', { id_token_hint: hint })
    expect(answer?.get('error')).toBe('login_required')
    expect(bed.reported).toEqual([])
  })
})
