// The pages in a real browser: on a phone, in the dark, by keyboard alone, without JavaScript, with a passkey, and through the redirects
// that follow a form.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { verifyAuthenticationResponse, verifyRegistrationResponse } from '@simplewebauthn/server'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { browser, complaintsOf, desktop, type Look, open, overflowOf, phone, withAuthenticator } from '../../browser.ts'
import { type Running, start, steps, viewOf } from './fakes.ts'

let app: Running
const elsewhere = createServer((_req, res) => res.end('<title>the application</title>'))
let applicationUrl = ''

beforeAll(async () => {
  await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve))
  applicationUrl = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/callback`
  app = await start({
    edges: (deps) => [
      ['/d/:tenancy/:domain/oidc/resume/1', (_req, res) => res.redirect(303, applicationUrl)],
      [
        '/post',
        (req, res) =>
          deps.pages.autoPost(req, res, {
            action: applicationUrl,
            fields: { SAMLResponse: 'x' },
            domain: { displayName: 'Acme', branding: {} },
          }),
      ],
    ],
  })
})
afterAll(async () => {
  await browser?.close()
  await app.close()
  elsewhere.close()
})
beforeEach(() => {
  app.world.view = viewOf({ do: 'identify' })
  app.world.answered = { kind: 'next' }
  app.world.seen.length = 0
})

const stepUrl = () => `${app.issuer}/sign-in/J1`
const visit = async (look: Look, work: (page: Page, complaints: readonly string[]) => Promise<void>) => {
  const { context, page } = await open(look)
  try {
    await work(page, complaintsOf(page))
  } finally {
    await context.close()
  }
}
const focused = (page: Page): Promise<string> =>
  page.evaluate('document.activeElement?.id || document.activeElement?.textContent?.trim() || ""')

/** autofocus happens when the page was drawn, which may be a moment after it was loaded. */
const focus = (page: Page, on: string) => expect.poll(() => focused(page)).toBe(on)

/** Fields and buttons without a name that a screen reader could say. */
const unnamed = (page: Page) =>
  page.evaluate(`[...document.querySelectorAll('input:not([type=hidden]):not([aria-hidden]), button, a')]
    .filter((e) => !(e.labels?.length || e.getAttribute('aria-label') || e.textContent.trim())).map((e) => e.outerHTML)`)
/** Things to press that a finger would miss (WCAG 2.2 §2.5.8: 24 pixels), links in running text left out. */
const tooSmall = (page: Page) =>
  page.evaluate(`[...document.querySelectorAll('button, .button, input[type=checkbox], .ways a, .tabs a, footer a')]
    .filter((e) => e.offsetParent && e.getBoundingClientRect().height < (e.type === 'checkbox' ? 20 : 36)).map((e) => e.outerHTML)`)

const looks: readonly (readonly [string, Look])[] = [
  ['on a phone, Korean', { size: phone, locale: 'ko-KR' }],
  ['on a small phone, English, dark', { size: { width: 320, height: 640 }, dark: true }],
  ['on a desktop, English', { size: desktop }],
]

describe.skipIf(!browser)('I1 in a browser', () => {
  describe.for(looks)('%s', ([, look]) => {
    test('no page scrolls sideways, breaks its policy, or has a field without a name', () =>
      visit(look, async (page, complaints) => {
        for (const [name, view] of Object.entries(steps)) {
          app.world.view = view
          await page.goto(stepUrl())
          expect(await overflowOf(page), name).toBe(0)
          expect(await unnamed(page), name).toEqual([])
          expect(await tooSmall(page), name).toEqual([])
        }
        expect(complaints).toEqual([])
      }))
  })

  test('by keyboard alone: type, Enter; the tick and the button by Tab and Space', () =>
    visit({}, async (page) => {
      await page.goto(stepUrl())
      await focus(page, 'username')
      await page.keyboard.type('alice')
      app.world.view = steps['challenge totp'] ?? app.world.view
      await page.keyboard.press('Enter')
      await page.waitForSelector('#otp')
      expect(app.world.seen[0]?.answer).toEqual({ kind: 'identify', username: 'alice' })
      await focus(page, 'otp')
      await page.keyboard.type('123456')
      await page.keyboard.press('Tab')
      expect(await focused(page)).toBe('trust_device')
      await page.keyboard.press('Space')
      await page.keyboard.press('Tab')
      expect(await focused(page)).toBe('totp')
      expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid')
      await Promise.all([page.waitForResponse((r) => r.request().method() === 'POST'), page.keyboard.press('Space')])
      expect(app.world.seen[1]?.answer).toEqual({ kind: 'totp', code: '123456', trustDevice: true })
    }))

  test('everything on the password page is reached in reading order', () =>
    visit({}, async (page) => {
      app.world.view = steps.password ?? app.world.view
      await page.goto(stepUrl())
      await focus(page, 'password')
      const order: string[] = []
      for (let i = 0; i < 7; i++) {
        await page.keyboard.press('Tab')
        order.push(await focused(page))
      }
      expect(order).toEqual(['Show', 'sign-in', 'forgot', 'use-passkey', 'idp-corp-saml', 'idp-corp-oidc', '한국어'])
      await page.focus('#password')
      await page.keyboard.press('Shift+Tab')
      expect(await focused(page)).toBe('Not you?')
    }))

  test('a fault: the field has the focus and says what is wrong', () =>
    visit({ locale: 'ko-KR' }, async (page) => {
      app.world.view = steps.password ?? app.world.view
      app.world.answered = { kind: 'fault', fault: 'wrong-credentials' }
      await page.goto(stepUrl())
      await focus(page, 'password')
      await page.keyboard.type('wrong')
      await page.keyboard.press('Enter')
      await page.waitForSelector('#error')
      await focus(page, 'password')
      const described = await page.getAttribute('#password', 'aria-describedby')
      expect(await page.textContent(`#${described}`)).toContain('올바르지 않습니다')
      expect(await page.inputValue('#password')).toBe('')
    }))

  test('the language switch stays through an answer', () =>
    visit({}, async (page) => {
      await page.goto(stepUrl())
      await page.click('footer a')
      expect(await page.getAttribute('html', 'lang')).toBe('ko')
      app.world.view = steps.password ?? app.world.view
      await page.fill('#username', 'alice')
      await page.keyboard.press('Enter')
      await page.waitForSelector('#password')
      expect(await page.textContent('h1')).toBe('비밀번호 입력')
    }))

  test('a double click answers once', () =>
    visit({}, async (page) => {
      await page.goto(stepUrl())
      await page.fill('#username', 'alice')
      await page.dblclick('#identify')
      await page.waitForLoadState('networkidle')
      expect(app.world.seen).toHaveLength(1)
    }))

  test('a password can be looked at, and is a password again when it is sent', () =>
    visit({}, async (page) => {
      app.world.view = steps.password ?? app.world.view
      await page.goto(stepUrl())
      await page.fill('#password', 'let me see')
      await page.click('.secret button')
      expect(await page.getAttribute('#password', 'type')).toBe('text')
      await page.click('.secret button')
      expect(await page.getAttribute('#password', 'type')).toBe('password')
    }))

  test('the last answer leads to the application on another origin: form-action does not stop it', () =>
    visit({}, async (page, complaints) => {
      app.world.view = steps.password ?? app.world.view
      await page.goto(stepUrl())
      await page.fill('#password', 'right')
      app.world.view = viewOf({ do: 'done', level: 1, amr: ['pwd'] })
      await page.click('#sign-in')
      await page.waitForURL(applicationUrl)
      expect(await page.title()).toBe('the application')
      expect(complaints).toEqual([])
    }))

  test('F5 a form that posts itself arrives, with the script and with the button', async () => {
    await visit({}, async (page, complaints) => {
      await page.goto(`${app.url}/post`)
      await page.waitForURL(applicationUrl)
      expect(complaints).toEqual([])
    })
    await visit({ javaScript: false }, async (page) => {
      await page.goto(`${app.url}/post`)
      await page.click('#auto-post button')
      await page.waitForURL(applicationUrl)
    })
  })
})

describe.skipIf(!browser)('I1 without JavaScript', () => {
  test('every answer but a passkey can be given', () =>
    visit({ javaScript: false }, async (page) => {
      await page.goto(stepUrl())
      expect(await page.isVisible('#use-passkey')).toBe(false)
      for (const [step, field, value, button, kind] of [
        ['identify', '#username', 'alice', '#identify', 'identify'],
        ['password', '#password', 'x', '#sign-in', 'password'],
        ['challenge totp', '#otp', '123456', '#totp', 'totp'],
        ['challenge recovery', '#recovery_code', 'a-b', '#recovery', 'recovery-code'],
        ['enrol totp', '#otp', '123456', '#enrol-totp', 'enrol-totp'],
      ] as const) {
        app.world.view = steps[step] ?? app.world.view
        await page.goto(stepUrl())
        await page.fill(field, value)
        await page.click(button)
        expect(app.world.seen.at(-1)?.answer.kind).toBe(kind)
      }
      app.world.view = steps['challenge passkey'] ?? app.world.view
      await page.goto(stepUrl())
      expect(await page.textContent('noscript')).toContain('JavaScript')
    }))
})

describe.skipIf(!browser)('M2 passkeys', () => {
  const expected = () => ({ expectedChallenge: 'Y2hhbGxlbmdl', expectedOrigin: app.url, expectedRPID: 'localhost' })

  test('created, asked for and offered before anyone is known; what is posted verifies', () =>
    visit({}, async (page, complaints) => {
      const authenticator = await withAuthenticator(page)
      app.world.view = steps['enrol passkey'] ?? app.world.view
      await page.goto(stepUrl())
      await page.fill('#label', 'my laptop')
      // Until the page behind the answer is there: leaving before would interrupt its navigation.
      await Promise.all([page.waitForEvent('load'), page.click('#use-passkey')])
      const made = app.world.seen.at(-1)?.answer
      if (made?.kind !== 'enrol-passkey') throw new Error(`expected an enrolment, got ${JSON.stringify(made)}`)
      expect(made.label).toBe('my laptop')
      expect(await authenticator.count()).toBe(1)
      const registered = await verifyRegistrationResponse({ response: made.response as never, ...expected() })
      const credential = registered.registrationInfo?.credential
      if (!credential) throw new Error('expected the registration to verify')

      for (const step of ['challenge passkey', 'identify', 'password']) {
        app.world.view = steps[step] ?? app.world.view
        await page.goto(stepUrl())
        await Promise.all([page.waitForEvent('load'), page.click('#use-passkey')])
        expect(app.world.seen.at(-1)?.answer.kind).toBe('passkey')
        const asked = app.world.seen.at(-1)?.answer
        if (asked?.kind !== 'passkey') throw new Error('expected a passkey')
        const verified = await verifyAuthenticationResponse({
          response: asked.response as never,
          credential,
          ...expected(),
        })
        expect(verified.verified).toBe(true)
        expect(verified.authenticationInfo.userVerified).toBe(true)
        app.world.seen.length = 1
        credential.counter = verified.authenticationInfo.newCounter
      }
      expect(complaints).toEqual([])
    }))

  test('cancelled: said on the page, nothing posted, the other ways stay', () =>
    visit({}, async (page) => {
      await page.addInitScript(
        `navigator.credentials.get = () => Promise.reject(new DOMException('no', 'NotAllowedError'))`,
      )
      app.world.view = steps['challenge totp'] ?? app.world.view
      await page.goto(`${stepUrl()}?with=passkey`)
      await page.click('#use-passkey')
      await page.waitForSelector('[data-trouble]:visible')
      expect(await page.textContent('[data-trouble]')).toContain('No passkey was used')
      expect(app.world.seen).toHaveLength(0)
      expect(await page.isVisible('#with-totp')).toBe(true)
    }))

  test('a browser that has none says so', () =>
    visit({}, async (page) => {
      await page.addInitScript('delete window.PublicKeyCredential')
      app.world.view = steps['challenge passkey'] ?? app.world.view
      await page.goto(stepUrl())
      expect(await page.textContent('[data-trouble]')).toContain('cannot use passkeys')
      expect(await page.isDisabled('#use-passkey')).toBe(true)
    }))
})
