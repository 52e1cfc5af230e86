// A whole sign-in in a browser with the real flows, store and factors behind the pages; only the clock and the ids are the test's.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { generateSync } from 'otplib'
import { pino } from 'pino'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { passkeyFactor } from '../../../src/adapters/factor-passkey.ts'
import { recoveryCodes } from '../../../src/adapters/factor-recovery-code.ts'
import { totpFactor } from '../../../src/adapters/factor-totp.ts'
import { inRange } from '../../../src/adapters/fetch-guard.ts'
import { hasher as argon2 } from '../../../src/adapters/hasher.ts'
import { systemRandom } from '../../../src/adapters/system.ts'
import { loginCookies } from '../../../src/edges/cookies.ts'
import { httpApp } from '../../../src/edges/http.ts'
import { pagesBy } from '../../../src/edges/sign-in/pages.ts'
import { renderer } from '../../../src/edges/sign-in/render.ts'
import { signInEdge } from '../../../src/edges/sign-in/routes.ts'
import { seedPeople } from '../../../src/flows/directory/seed-people.ts'
import { beginner } from '../../../src/flows/sign-in/begin.ts'
import { domainFinder } from '../../../src/flows/sign-in/find-domain.ts'
import { finisher } from '../../../src/flows/sign-in/finish.ts'
import { responder } from '../../../src/flows/sign-in/respond.ts'
import { shower } from '../../../src/flows/sign-in/show.ts'
import { tries } from '../../../src/flows/sign-in/tries.ts'
import { browser, complaintsOf, open, withAuthenticator } from '../../browser.ts'
import { declaredIn, house, operator } from '../../flows/directory/house.ts'

const tenancy = `
tenancy: { name: acme }
domains:
  - name: default
    displayName: Acme
    groups: [{ name: finance }, { name: security }]
    signOnRules:
      - { name: finance-mfa, groups: [finance], level: mfa, trustedDevice: { days: 30, count: 3 } }
      - { name: security-passkey, groups: [security], level: phishing-resistant }
seed:
  people:
    - { username: alice, domain: default, password: { literal: correct horse battery }, groups: [finance] }
    - { username: bob, domain: default, password: { literal: correct horse battery }, groups: [security] }
demo: {}
`
const password = 'correct horse battery'

const unused = async (): Promise<never> => {
  throw new Error('no identity provider takes part in this test')
}

const startReal = async () => {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://localhost:${(server.address() as AddressInfo).port}`
  const h = await house()
  await h.apply(tenancy)
  const random = systemRandom(h.deps.clock)
  const { store, secrets, clock } = h.deps
  const base = { store, secrets, clock, random }
  const hasher = argon2()
  await seedPeople({ ...base, hasher })(operator, h.tenancyId(), declaredIn(tenancy))
  const factors = {
    totp: totpFactor({ secrets }),
    passkey: passkeyFactor({ rpId: 'localhost', rpName: 'Acme', origins: [url] }),
    recovery: recoveryCodes({ random, secrets }),
  }
  const render = renderer({ random, secure: false })
  const pages = pagesBy(render)
  const answering = { ...base, hasher, factors, tries: tries({ store, clock }), isCommonPassword: () => false }
  const edge = signInEdge({
    findDomain: domainFinder({ store, baseUrl: url }),
    begin: beginner({ ...base, inRange }),
    show: shower({ ...base, factors }),
    respond: responder(answering),
    finish: finisher(base),
    goUpstream: unused,
    receive: unused,
    arrive: unused,
    spMetadata: async () => undefined,
    cookies: loginCookies({ secure: false, clock }),
    render,
    pages,
    baseUrl: url,
  })
  const log = pino({ level: 'silent' })
  const arrived = [
    '/d/acme/default/account',
    (_req: unknown, res: { end(text: string): void }) => res.end('signed in'),
  ] as const
  server.on(
    'request',
    httpApp({
      baseUrl: url,
      trustedProxies: [],
      log,
      clock,
      random,
      pages,
      edges: [['/d/:tenancy/:domain', edge], arrived],
    }),
  )
  const close = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await h.close()
  }
  return {
    issuer: `${url}/d/acme/default`,
    later: h.later,
    codeAt: (secret: string) => generateSync({ secret, epoch: clock() / 1000 }),
    close,
  }
}

describe.skipIf(!browser)('a sign-in in a browser, with the real flows', () => {
  let app: Awaited<ReturnType<typeof startReal>>
  beforeAll(async () => {
    app = await startReal()
  })
  afterAll(async () => {
    await browser?.close()
    await app?.close()
  })
  const signIn = async (page: Page, username: string) => {
    await page.goto(`${app.issuer}/sign-in`)
    await page.fill('#username', username)
    await page.keyboard.press('Enter')
    await page.waitForSelector('#password')
    await page.fill('#password', password)
    await page.keyboard.press('Enter')
    await page.waitForLoadState('load')
  }
  const isIn = (page: Page) => page.waitForURL(`${app.issuer}/account`)

  test('M1 M3 M7 M10 enrols, keeps the codes, is asked for a fresh code, trusts the browser; a recovery code helps elsewhere', async () => {
    const { context, page } = await open({ locale: 'ko-KR' })
    const complaints = complaintsOf(page)
    await signIn(page, 'alice')
    await page.waitForSelector('#totp-secret')
    expect(await page.textContent('#because')).toContain('finance')
    const secret = (await page.innerText('#totp-secret')).replace(/\s/g, '')
    const used = app.codeAt(secret)
    await page.fill('#otp', used)
    await page.click('#enrol-totp')
    const recovery = await page.locator('#recovery-codes li').allInnerTexts()
    expect(recovery).toHaveLength(10)
    await page.click('#keep-codes')
    await isIn(page)
    await context.clearCookies()

    await signIn(page, 'alice')
    await page.fill('#otp', used)
    await page.click('#totp')
    expect(await page.textContent('#error')).toContain('이미 사용한 코드')
    app.later(60)
    await page.fill('#otp', app.codeAt(secret))
    await page.check('#trust_device')
    await page.click('#totp')
    await isIn(page)
    const kept = (await context.cookies()).filter((c) => c.name.startsWith('gwanmun_d'))
    await context.clearCookies()
    await context.addCookies(kept)
    await signIn(page, 'alice')
    await isIn(page) // no second step on the trusted browser
    await context.clearCookies()

    await signIn(page, 'alice')
    await page.click('#with-recovery')
    await page.fill('#recovery_code', recovery[0] ?? '')
    await page.keyboard.press('Enter')
    await isIn(page)
    expect(complaints).toEqual([])
    await context.close()
  })

  test('M2 M4 phishing-resistant only: a passkey is made, then asked for; no code is offered', async () => {
    const { context, page } = await open()
    await withAuthenticator(page)
    await signIn(page, 'bob')
    expect(await page.locator('#otp').count()).toBe(0)
    expect(await page.textContent('#because')).toContain('security')
    await page.click('#use-passkey')
    await isIn(page)
    await context.clearCookies()
    await page.goto(`${app.issuer}/sign-in`)
    await page.click('#use-passkey') // nobody is named: the passkey says who it is
    await isIn(page)
    await context.clearCookies()
    await page.goto(`${app.issuer}/sign-in`)
    expect(page.url()).toContain('/sign-in/') // looking at the page signs nobody in
    await page.click('#username') // among the suggestions of the field; the virtual authenticator picks its only one
    await isIn(page)
    await context.close()
  })

  test('U1 two tabs: the step answered in one is stale in the other, and goes on from where the first is', async () => {
    const { context, page } = await open()
    await page.goto(`${app.issuer}/sign-in`)
    const second = await context.newPage()
    await second.goto(page.url())
    await page.fill('#username', 'alice')
    await page.click('#identify')
    await page.waitForSelector('#password')
    await second.fill('#username', 'bob')
    await second.click('#identify')
    expect(await second.textContent('#error')).toContain('already answered')
    expect(await second.isVisible('#password')).toBe(true)
    expect(await second.textContent('.who')).toContain('alice')
    await context.close()
  })

  test('U1 another browser, and too late', async () => {
    const mine = await open()
    await mine.page.goto(`${app.issuer}/sign-in`)
    const theirs = await open()
    const foreign = await theirs.page.goto(mine.page.url())
    expect(foreign?.status()).toBe(400)
    expect(await theirs.page.textContent('#reason')).toBe('journey-unknown')
    app.later(3600)
    const late = await mine.page.reload()
    expect(late?.status()).toBe(410)
    expect(await mine.page.textContent('#reason')).toBe('journey-expired')
    await mine.context.close()
    await theirs.context.close()
  })
})
