// Small fakes of the sign-in flows and a real server around the real edge: every step can be shown, every answer is written down.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pino } from 'pino'
import type { TenancyId } from '../../../src/core/model/ids.ts'
import type { Domain, Tenancy } from '../../../src/core/model/tenancy.ts'
import { loginCookies } from '../../../src/edges/cookies.ts'
import { type HttpDeps, httpApp } from '../../../src/edges/http.ts'
import { pagesBy } from '../../../src/edges/sign-in/pages.ts'
import { renderer } from '../../../src/edges/sign-in/render.ts'
import { type SignInDeps, signInEdge } from '../../../src/edges/sign-in/routes.ts'
import type { Answer, Answered, FindDomain, JourneyRef, Step, View } from '../../../src/flows/sign-in/api.ts'
import { Problem } from '../../../src/problem.ts'

export const domain: Domain = {
  id: 'dom-1' as Domain['id'],
  tenancyId: 'ten-1' as TenancyId,
  compartmentId: 'com-1' as Domain['compartmentId'],
  name: 'default',
  displayName: 'Acme 주식회사',
  status: 'active',
  locale: 'en',
  session: { idleSeconds: 1800, absoluteSeconds: 43_200 },
  accessTokenSeconds: 600,
  refreshTokenSeconds: 86_400,
  localSignIn: true,
  branding: { accent: '#0b5cab', notice: 'Questions? Call the service desk: 1234.' },
  version: 1,
}
export const tenancy: Tenancy = {
  id: domain.tenancyId,
  name: 'acme',
  displayName: 'Acme',
  denyEnabled: false,
  revision: 1,
  createdAt: 0,
}

export const qrSvg =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 25 25"><rect width="25" height="25" fill="white"/><path fill="black" d="M2,2h7v7h-7zM16,2h7v7h-7zM2,16h7v7h-7zM11,3h1v1h-1zM13,5h2v2h-2zM11,11h3v1h-3zM16,12h2v3h-2zM20,18h3v2h-3zM12,18h3v4h-3z"/></svg>'

const request = { challenge: 'Y2hhbGxlbmdl', rpId: 'localhost', allowCredentials: [], userVerification: 'required' }
const creation = {
  challenge: 'Y2hhbGxlbmdl',
  rp: { id: 'localhost', name: 'Acme' },
  user: { id: 'dXNlcg', name: 'alice', displayName: 'Alice' },
  pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
  authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  excludeCredentials: [],
}

export const viewOf = (step: Step, more: Partial<View> = {}): View => ({
  step,
  hop: 'hop-1',
  app: { displayName: 'Payroll <b>', homeUrl: 'https://payroll.example/home', returnSchemes: [] },
  upstream: step.do === 'upstream' ? { name: 'corp-saml', displayName: 'Corp SAML', begun: false } : undefined,
  username: step.do === 'identify' ? undefined : 'alice@example.com',
  displayName: undefined,
  uiLocales: [],
  narrowed: false,
  idps:
    step.do === 'identify' || step.do === 'password'
      ? [
          { name: 'corp-saml', displayName: 'Corp SAML' },
          { name: 'corp-oidc', displayName: '자회사 로그인' },
        ]
      : [],
  localSignIn: true,
  totp:
    step.do === 'enrol' && step.offer.includes('totp')
      ? { secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP', uri: 'otpauth://totp/Acme:alice?secret=JBSWY3DPEHPK3PXP', qrSvg }
      : undefined,
  passkey: step.do === 'enrol' ? { options: creation } : { options: request },
  recoveryCodes:
    step.do === 'keep-recovery-codes'
      ? [
          '7kq2-mxwd-93fa',
          'p8ze-1rtn-65cv',
          '2hjd-9sqa-kk41',
          'w0xf-7bgm-e3yu',
          'n5ta-c2lv-88rp',
          'q1id-6zso-jf07',
          'a9mu-4wkx-t2eb',
          'g3ch-0vpy-z7ln',
          'r6fo-8dje-i5sw',
          'y4bt-k1qx-m9ga',
        ]
      : undefined,
  because: 'because' in step && step.because?.by === 'rule' ? step.because : undefined,
  passwordRules: step.do === 'change-password' ? { minLength: 12, requireClasses: 3, history: 5 } : undefined,
  passwordExpiresInDays: undefined,
  onboarding: undefined,
  ...more,
})

const firstSignIn: View['onboarding'] = {
  tenancy: 'Acme <i>',
  domainName: '기본 도메인',
  signsInAt: 'Corp SAML',
  contactEmail: 'alice@example.com',
  codeSentTo: undefined,
  terms: {
    version: '2026-1',
    text: {
      en: 'Be kind <b>.\n\nKeep your password to yourself.',
      ko: '친절하십시오.\n\n비밀번호를 남에게 알리지 마십시오.',
    },
    url: 'https://payroll.example/terms',
  },
  name: 'Alice',
}

const byGroup = { by: 'rule', rule: 'finance-mfa', group: 'finance <i>', app: undefined } as const
/** Every step that has a page, by the name of its row. */
export const steps = {
  identify: viewOf({ do: 'identify' }),
  password: viewOf({ do: 'password' }),
  'challenge totp': viewOf(
    { do: 'challenge', offer: ['totp', 'passkey', 'recovery-code'], level: 2, because: byGroup, trustDays: 30 },
    { displayName: '김영희', passwordExpiresInDays: 3 },
  ),
  'challenge passkey': viewOf({
    do: 'challenge',
    offer: ['passkey'],
    level: 3,
    because: { ...byGroup, app: 'payroll' },
    trustDays: undefined,
  }),
  'challenge recovery': viewOf({
    do: 'challenge',
    offer: ['recovery-code'],
    level: 2,
    because: { by: 'request' },
    trustDays: undefined,
  }),
  'enrol totp': viewOf({ do: 'enrol', offer: ['totp', 'passkey'], level: 2, because: byGroup }),
  'enrol passkey': viewOf({ do: 'enrol', offer: ['passkey'], level: 3, because: { ...byGroup, group: undefined } }),
  'keep-recovery-codes': viewOf({ do: 'keep-recovery-codes' }),
  'change-password': viewOf({ do: 'change-password', why: 'expired' }),
  'confirm-account': viewOf({ do: 'confirm-account' }, { onboarding: firstSignIn }),
  'contact-email': viewOf({ do: 'contact-email' }, { onboarding: firstSignIn }),
  'contact-email code': viewOf(
    { do: 'contact-email' },
    { onboarding: { ...firstSignIn, codeSentTo: 'alice@example.com' } },
  ),
  'accept-terms': viewOf({ do: 'accept-terms' }, { onboarding: firstSignIn }),
  'complete-profile': viewOf({ do: 'complete-profile' }, { onboarding: firstSignIn }),
  'upstream begun': viewOf(
    { do: 'upstream', idpId: 'idp-1' as never },
    { upstream: { name: 'corp-saml', displayName: 'Corp SAML', begun: true } },
  ),
  ...Object.fromEntries(
    (
      [
        'not-allowed-here',
        'app-not-for-you',
        'no-factor-allowed',
        'person-disabled',
        'local-sign-in-off',
        'federated-cannot',
      ] as const
    ).map((why) => [`refuse ${why}`, viewOf({ do: 'refuse', why, because: byGroup })]),
  ),
} as { readonly [name: string]: View }

export type World = {
  view: View | Problem
  answered: Answered
  readonly seen: { readonly ref: JourneyRef; readonly hop: string; readonly answer: Answer }[]
  readonly received: unknown[]
}

const domainsAt =
  (url: string): FindDomain =>
  async (tenancyName, domainName) => {
    if (tenancyName !== 'acme' || !['default', 'asleep'].includes(domainName)) return undefined
    return {
      tenancy,
      domain: domainName === 'asleep' ? { ...domain, name: 'asleep', status: 'inactive' } : domain,
      issuer: `${url}/d/acme/${domainName}`,
    }
  }

export type Running = {
  readonly url: string
  readonly issuer: string
  readonly world: World
  readonly deps: SignInDeps
  readonly close: () => Promise<void>
}

let ids = 0
export const tokenOf = (n: number): string => `token-${n}`.padEnd(43, 'x')

const orThrow = <T extends object>(value: T | Problem): T => {
  if (value instanceof Problem) throw value
  return value
}

export const fakeFlows = (
  world: World,
  url: string,
): Pick<
  SignInDeps,
  'findDomain' | 'begin' | 'show' | 'respond' | 'goUpstream' | 'finish' | 'receive' | 'arrive' | 'spMetadata'
> => ({
  findDomain: domainsAt(url),
  begin: async () => ({ journeyId: 'J1' as never, browserToken: tokenOf(1), expiresAt: Date.now() + 600_000 }),
  show: async () => orThrow(world.view),
  respond: async (ref, hop, answer) => {
    world.seen.push({ ref, hop, answer })
    orThrow(world.view)
    return world.answered
  },
  goUpstream: async () => ({ kind: 'redirect', url: 'https://idp.example/sso?x=1' }),
  finish: async () => ({
    sessionToken: tokenOf(2),
    session: { expiresAt: Date.now() + 3_600_000 } as never,
    deviceToken: { value: tokenOf(3), expiresAt: Date.now() + 86_400_000 },
    resume: '/oidc/resume/1',
  }),
  receive: async (q) => {
    world.received.push(q)
    orThrow(world.view)
    return { token: tokenOf(4) }
  },
  arrive: async (q) => {
    world.received.push(q)
    return { journeyId: 'J1' as never, browserToken: tokenOf(1), expiresAt: Date.now() + 600_000 }
  },
  spMetadata: async (_id, idp) => (idp === 'corp-saml' ? '<EntityDescriptor/>' : undefined),
})

const listening = (server: Server): Promise<number> =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)))

/** The real application around fakes, on an ephemeral port. `more` may replace flows and mount further edges. */
export const start = async (
  more: {
    readonly flows?: Partial<SignInDeps>
    readonly http?: Partial<HttpDeps>
    readonly edges?: (deps: SignInDeps) => HttpDeps['edges']
  } = {},
): Promise<Running> => {
  const world: World = { view: viewOf({ do: 'identify' }), answered: { kind: 'next' }, seen: [], received: [] }
  const server = createServer()
  const url = `http://localhost:${await listening(server)}`
  const random = { id: () => `REQUEST${String(++ids).padStart(19, '0')}`, token: () => tokenOf(++ids) }
  const render = renderer({ random, secure: false })
  const deps: SignInDeps = {
    ...fakeFlows(world, url),
    cookies: loginCookies({ secure: false, clock: Date.now }),
    render,
    pages: pagesBy(render),
    baseUrl: url,
    ...more.flows,
  }
  const app = httpApp({
    baseUrl: url,
    trustedProxies: [],
    log: pino({ level: 'silent' }),
    clock: Date.now,
    random,
    pages: deps.pages,
    edges: [['/d/:tenancy/:domain', signInEdge(deps)], ...(more.edges?.(deps) ?? [])],
    ...more.http,
  })
  server.on('request', app)
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return { url, issuer: `${url}/d/acme/default`, world, deps, close }
}
