// F12, F14: the way to the journey and back, when it does not go straight: stale cookies, second tabs, another person, another browser.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Bed, openBed, password } from './bed.ts'
import { authorize, authorizeUrl, pkce, redeem, verified } from './relying-party.ts'

let bed: Bed
beforeAll(async () => {
  bed = await openBed()
  await bed.register('web', { initiateLoginUri: 'https://app.test/login?x=1' })
  await bed.register('plain')
})
afterAll(() => bed.close())

const uidIn = (url: URL | undefined): string => /interaction\/([^/]+)/.exec(url?.pathname ?? '')?.[1] ?? ''
const begin = async (app = 'web') => {
  const browser = bed.browser()
  const { verifier, challenge } = pkce()
  const first = await browser.step(authorizeUrl(bed, app, challenge))
  return { browser, verifier, uid: uidIn(first.location) }
}

test('F14 the journey is told the application and bound to the browser', async () => {
  bed.signsInAs(undefined)
  bed.wanted.length = 0
  const { browser, uid } = await begin()
  const stop = await browser.go(`${bed.issuer}/oidc/interaction/${uid}`)
  expect(stop.url.pathname).toMatch(/^\/d\/acme\/default\/sign-in\/[0-9A-Z]{26}$/)
  expect(bed.wanted).toMatchObject([
    { appId: 'web', level: 0, silent: false, resume: `/oidc/interaction/${uid}/resume?round=1` },
  ])
  expect(browser.cookies().some((c) => c.name.startsWith('gwanmun_b_'))).toBe(true)
})

test('F12 over: the back button and a second tab lead to a page with the way back to the application', async () => {
  bed.signsInAs('alice', password)
  const { browser, verifier, uid } = await begin()
  const done = await browser.go(`${bed.issuer}/oidc/interaction/${uid}`)
  const code = done.location?.searchParams.get('code') ?? ''
  expect((await redeem(bed, 'web', { code, verifier })).status).toBe(200)
  for (const again of [`oidc/interaction/${uid}`, `oidc/interaction/${uid}/resume`, `authorize/${uid}`]) {
    const stop = await browser.go(`${bed.issuer}/${again}`)
    expect([again, stop.status, stop.location]).toEqual([again, 400, undefined])
    expect(stop.text).toContain(`https://app.test/login?x=1&amp;iss=${encodeURIComponent(bed.issuer)}`)
    expect(stop.text).not.toMatch(/at .*\.js:\d+/)
  }
  const { browser: other, uid: plain } = await begin('plain')
  await other.go(`${bed.issuer}/oidc/interaction/${plain}`)
  expect((await other.go(`${bed.issuer}/authorize/${plain}`)).text).toContain('http://app.test/')
  const unknown = await bed.browser().go(`${bed.issuer}/oidc/interaction/nothing`)
  expect(unknown.status).toBe(400)
})

test('F12 login CSRF: a sign-in begun in one browser cannot be finished in another', async () => {
  bed.signsInAs(undefined)
  const attacker = await begin()
  const victim = await bed.signedIn('alice')
  const bridge = await victim.browser.go(`${bed.issuer}/oidc/interaction/${attacker.uid}/resume`)
  expect([bridge.status, bridge.location]).toEqual([400, undefined])
  const resumed = await victim.browser.go(`${bed.issuer}/authorize/${attacker.uid}`)
  expect([resumed.status, resumed.location]).toEqual([400, undefined])
  // and the attacker's own browser did not become the victim
  const own = await attacker.browser.go(`${bed.issuer}/oidc/interaction/${attacker.uid}/resume`)
  expect(own.text).toBe('the journey goes on')
})

test('F12 a forged cookie opens nothing: the signature is checked', async () => {
  bed.signsInAs(undefined)
  const { browser, uid } = await begin()
  const cookie = browser.cookies().find((c) => c.name.startsWith('gwanmun_i_') && !c.name.endsWith('.sig'))
  const forged = bed.browser()
  forged.keep(`${cookie?.name}=${uid}; path=/`)
  forged.keep(`${cookie?.name}.sig=AAAAAAAAAAAAAAAAAAAAAAAAAAA; path=/`)
  expect((await forged.go(`${bed.issuer}/oidc/interaction/${uid}`)).status).toBe(400)
})

test('F12 another person signs in on the way: no dead end, the tokens are theirs', async () => {
  const { browser } = await bed.signedIn('alice')
  bed.signsInAs('bob', password)
  const authorized = await authorize(bed, browser, 'web', { prompt: 'login' })
  expect((await verified(bed, String((await redeem(bed, 'web', authorized)).body.id_token), 'web')).sub).toBe('bob')
})

test('F12 finished for one person, continued as another or as nobody: start again, never the wrong account', async () => {
  bed.signsInAs('alice', password)
  const pause = async () => {
    const { browser, uid } = await begin()
    let stop = await browser.step(`${bed.issuer}/oidc/interaction/${uid}`)
    while (stop.location && !stop.location.pathname.startsWith('/d/acme/default/authorize'))
      stop = await browser.step(stop.location)
    return { browser, next: stop.location ?? '' }
  }
  const asNobody = await pause()
  asNobody.browser.forget(/^gwanmun_s_/)
  const nobody = await asNobody.browser.go(asNobody.next)
  expect([nobody.status, nobody.location]).toEqual([400, undefined])
  const asBob = await pause()
  asBob.browser.forget(/^gwanmun_s_/)
  for (const c of (await bed.signedIn('bob')).browser.cookies()) asBob.browser.keep(`${c.name}=${c.value}; path=/`)
  const bob = await asBob.browser.go(asBob.next)
  expect([bob.status, bob.location]).toEqual([400, undefined])
})

test('F12 two sign-ins side by side in one browser both finish', async () => {
  bed.signsInAs('alice', password)
  const browser = bed.browser()
  const one = pkce()
  const two = pkce()
  const [first, second] = [
    await browser.step(authorizeUrl(bed, 'web', one.challenge)),
    await browser.step(authorizeUrl(bed, 'plain', two.challenge)),
  ]
  const codeOf = async (to: URL | undefined) => (await browser.go(to ?? '')).location?.searchParams.get('code') ?? ''
  const code1 = await codeOf(first.location)
  const code2 = await codeOf(second.location)
  expect((await redeem(bed, 'web', { code: code1, verifier: one.verifier })).status).toBe(200)
  expect((await redeem(bed, 'plain', { code: code2, verifier: two.verifier })).status).toBe(200)
  expect(bed.reported).toEqual([])
})

test('F12 an application that disappears meanwhile, a domain that is switched off', async () => {
  bed.signsInAs(undefined)
  const app = await bed.register('leaving')
  const { browser, uid } = await begin('leaving')
  await bed.store.write((tx) => tx.apps.put({ ...app, enabled: false }))
  expect((await browser.go(`${bed.issuer}/oidc/interaction/${uid}`)).status).toBe(400)
  await bed.store.write(async (tx) => {
    const partners = await tx.domains.get('partners' as never)
    if (partners) await tx.domains.put({ ...partners, status: 'inactive' })
  })
  const inactive = await fetch(`${bed.base}/d/acme/partners/.well-known/openid-configuration`, {
    headers: { accept: 'application/json' },
  })
  expect([inactive.status, (await inactive.json()).type]).toEqual([403, 'urn:gwanmun:problem:domain-inactive'])
  expect((await fetch(`${bed.base}/d/acme/nowhere/jwks`)).status).toBe(404)
})
