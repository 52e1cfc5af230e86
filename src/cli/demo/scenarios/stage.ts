// What a scenario plays on: the running demonstration, a browser, and a transcript. Scenarios are run by `demo --check` and by the
// end-to-end tests, on every store.
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { Problem } from '../../../problem.ts'
import { freshContext } from '../browser.ts'
import type { Demo } from '../run.ts'

export type Stage = {
  readonly demo: Demo
  readonly browser: Browser
  /** One line of the transcript: what was looked at and what was found. */
  readonly see: (what: string) => void
}
export type Scenario = { readonly id: string; readonly title: string; readonly play: (stage: Stage) => Promise<void> }

/** Says what was expected and what came; the transcript's FAIL line is this message. */
export const expectThat = (stage: Stage, what: string, holds: boolean, came?: unknown): void => {
  if (!holds)
    throw new Problem('internal', `expected: ${what}${came === undefined ? '' : `; came: ${JSON.stringify(came)}`}`)
  stage.see(what)
}

export type Claims = {
  readonly sub: string
  readonly acr?: string
  readonly amr?: readonly string[]
  readonly groups?: readonly (string | { readonly name: string; readonly because?: readonly string[] })[]
  readonly preferred_username?: string
}

const urlOf = (stage: Stage, kind: 'oidc-app' | 'saml-app'): string =>
  stage.demo.declared.demo.standIns.find((s) => s.kind === kind)?.url ?? ''
export const oidcApp = (stage: Stage): string => urlOf(stage, 'oidc-app')
export const samlApp = (stage: Stage): string => urlOf(stage, 'saml-app')

export const passwordOf = (stage: Stage, username: string): string => {
  const { seed, demo } = stage.demo.declared
  const upstream = demo.standIns.flatMap((s) => ('people' in s ? s.people : []))
  const found =
    seed.people.find((p) => p.username === username)?.password?.literal ??
    upstream.find((p) => p.username === username)?.password
  if (found === undefined) throw new Problem('not-found', `the demonstration has no person \`${username}\``)
  return found
}

/** A person in a browser of their own, and what they do there. */
export type Visitor = ReturnType<typeof visitor>

export const visitor = (stage: Stage, context: BrowserContext, page: Page) => {
  const submit = async (name: string) => {
    await page.locator(`button[name="do"][value="${name}"]`).first().click()
    await page.waitForLoadState('load')
  }
  const fill = (values: { readonly [field: string]: string }) =>
    Object.entries(values).reduce(async (before, [field, value]) => {
      await before
      await page.locator(`#${field}`).fill(value)
    }, Promise.resolve())
  const go = async (url: string) => {
    await page.goto(url)
    await page.waitForLoadState('load')
  }
  const at = (url: string): boolean => page.url().startsWith(url)
  const text = () => page.locator('body').innerText()
  return {
    page,
    context,
    submit,
    fill,
    go,
    at,
    text,
    openOidc: (path = '/sign-in') => go(`${oidcApp(stage)}${path}`),
    openSaml: (path = '/sign-in') => go(`${samlApp(stage)}${path}`),
    identify: async (username: string) => {
      await fill({ username })
      await submit('identify')
    },
    password: async (password: string) => {
      await fill({ password })
      await submit('password')
    },
    chooseIdp: async (name: string) => {
      await page.locator(`button[name="idp"][value="${name}"]`).click()
      await page.waitForLoadState('load')
    },
    /** At a stand-in provider's own form; back at the gateway or the application afterwards. */
    atCompany: async (username: string) => {
      await fill({ username, password: passwordOf(stage, username) })
      await page.locator('button[type="submit"]').click()
      await page.waitForLoadState('load')
    },
    has: async (selector: string): Promise<boolean> => (await page.locator(selector).count()) > 0,
    claims: async (): Promise<Claims | null> =>
      (await (await context.request.get(`${oidcApp(stage)}/claims`)).json()) as Claims | null,
    samlClaims: async () =>
      (await (await context.request.get(`${samlApp(stage)}/claims`)).json()) as {
        readonly nameId: string
        readonly authnContext: string
        readonly groups: readonly string[]
      } | null,
    close: () => context.close(),
  }
}

export const enter = async (stage: Stage, options: Parameters<typeof freshContext>[1] = {}): Promise<Visitor> => {
  const context = await freshContext(stage.browser, options)
  return visitor(stage, context, await context.newPage())
}

export const groupNames = (claims: Claims | null): readonly string[] =>
  (claims?.groups ?? []).map((g) => (typeof g === 'string' ? g : g.name)).sort()
