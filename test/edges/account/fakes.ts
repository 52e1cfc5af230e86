// A fake of the account's flows: one person, signed in, with something of everything; every call is written down.

import type { AccountDeps } from '../../../src/edges/account/deps.ts'
import { accountEdge } from '../../../src/edges/account/routes.ts'
import type { SignInDeps } from '../../../src/edges/sign-in/routes.ts'
import type { AccessFlows, AccessView } from '../../../src/flows/account/access.ts'
import type { AccountFlows, Outcome, Overview } from '../../../src/flows/account/api.ts'
import type { OwnEmail } from '../../../src/flows/account/own-email.ts'
import type { Answered } from '../../../src/flows/sign-in/api.ts'
import type { Problem } from '../../../src/problem.ts'
import { type Running, start, tokenOf } from '../sign-in/fakes.ts'

const at = Date.UTC(2026, 10, 21, 6, 0)
const finance = { by: 'rule', rule: 'finance-mfa', group: 'finance <i>', app: undefined } as const

export const overview: Overview = {
  person: {
    username: 'alice',
    displayName: 'Alice <script>',
    email: 'alice@example.com',
    emailVerified: false,
    signsInAt: ['Corp SAML'],
  },
  groups: [
    {
      name: 'employees',
      description: 'Everybody on the payroll',
      isAdmin: false,
      expiresAt: undefined,
      sources: [{ kind: 'mapped', idp: 'Corp SAML', rule: 'everybody', value: 'CORP-<Everyone>' }, { kind: 'config' }],
    },
    {
      name: 'finance <i>',
      description: '',
      isAdmin: true,
      expiresAt: at + 86_400_000,
      sources: [{ kind: 'direct', by: 'root' }],
    },
    {
      name: 'synced',
      description: '',
      isAdmin: false,
      expiresAt: undefined,
      sources: [{ kind: 'scim', client: 'hr-system' }],
    },
  ],
  needs: [
    {
      app: undefined,
      need: {
        denied: undefined,
        level: { value: 2, because: finance },
        factors: { value: ['totp', 'passkey'], because: finance },
        maxAgeSeconds: { value: 3600, because: { by: 'rule', rule: 'hourly', group: undefined, app: undefined } },
        trustedDevice: {
          value: { days: 30, count: 3 },
          because: { by: 'rule', rule: 'trust', group: undefined, app: undefined },
        },
        applied: ['finance-mfa', 'hourly', 'trust'],
      },
    },
    {
      app: 'Payroll',
      need: {
        denied: undefined,
        level: { value: 3, because: { by: 'rule', rule: 'payroll', group: 'finance <i>', app: 'Payroll' } },
        factors: undefined,
        maxAgeSeconds: undefined,
        trustedDevice: undefined,
        applied: ['payroll'],
      },
    },
  ],
  factors: [
    {
      id: 'c1' as never,
      kind: 'totp',
      label: 'authenticator app',
      createdAt: at,
      lastUsedAt: at,
      codesLeft: undefined,
    },
    {
      id: 'c2' as never,
      kind: 'passkey',
      label: 'work laptop',
      createdAt: at,
      lastUsedAt: undefined,
      codesLeft: undefined,
    },
    {
      id: 'c3' as never,
      kind: 'recovery-code',
      label: 'recovery codes',
      createdAt: at,
      lastUsedAt: undefined,
      codesLeft: 9,
    },
  ],
  password: { expiresAt: at + 86_400_000, rules: { minLength: 12, requireClasses: 0, history: 5 } },
  mayAddPasskey: true,
  devices: [
    { id: 'd1' as never, label: 'Firefox on Linux', lastUsedAt: at, expiresAt: at + 86_400_000, isThisOne: true },
  ],
  sessions: [
    { id: 's1' as never, startedAt: at, lastSeenAt: at, through: 'Corp SAML', isThisOne: true },
    { id: 's2' as never, startedAt: at, lastSeenAt: at, through: undefined, isThisOne: false },
  ],
}

const person = (username: string) => ({
  id: `p-${username}` as never,
  username,
  displayName: `${username} <i>`,
  email: undefined,
})
export const accessView: AccessView = {
  tenancy: 'acme',
  requests: [
    {
      id: 'r1' as never,
      group: 'finance',
      reason: 'quarter end',
      status: 'pending',
      role: undefined,
      createdAt: at,
      until: undefined,
    },
    {
      id: 'r2' as never,
      group: 'devs',
      reason: 'help out',
      status: 'denied',
      role: undefined,
      createdAt: at,
      until: undefined,
    },
  ],
  administered: [
    {
      group: { id: 'g1', tenancyId: 't', domainId: 'd', name: 'support', description: '', system: false } as never,
      members: [
        { person: person('ada'), role: 'admin', expiresAt: undefined, sources: ['direct'] },
        { person: person('bob'), role: 'user', expiresAt: at + 86_400_000, sources: ['direct'] },
        { person: person('cem'), role: 'user', expiresAt: undefined, sources: ['mapped'] },
      ],
      waiting: [
        {
          id: 'r3' as never,
          tenancyId: 't' as never,
          groupId: 'g1' as never,
          personId: 'p-dora' as never,
          reason: 'tickets <script>',
          until: at + 86_400_000,
          status: 'pending',
          role: undefined,
          decidedBy: undefined,
          decidedAt: undefined,
          createdAt: at,
          version: 0,
          person: person('dora'),
        },
      ],
    },
  ],
}

export type AccountWorld = {
  refusal: Problem | undefined // of every act on groups
  overview: Overview
  outcome: Outcome
  answered: Answered | Extract<Outcome, { kind: 'prove-first' }>
  signedIn: boolean
  visits: boolean // afterSignOut answered
  codeSentTo: string | undefined
  readonly calls: { readonly name: string; readonly args: readonly unknown[] }[]
  readonly begun: unknown[]
}

const creation = {
  challenge: 'Y2hhbGxlbmdl',
  rp: { id: 'localhost', name: 'Acme' },
  user: { id: 'dXNlcg', name: 'alice', displayName: 'Alice' },
  pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
  authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  excludeCredentials: [],
}

const flowsOf = (world: AccountWorld): AccountFlows => {
  const called = <T>(answer: T, name: string, ...args: unknown[]): T => {
    world.calls.push({ name, args })
    return answer
  }
  return {
    overview: async () => world.overview,
    removeFactor: async (_ref, id) => called(world.outcome, 'removeFactor', id),
    removeDevice: async (_ref, id) => called(world.outcome, 'removeDevice', id),
    endSession: async (_ref, id) => called(world.outcome, 'endSession', id),
    startPasskey: async () =>
      world.outcome.kind === 'prove-first' ? world.outcome : { kind: 'options', options: creation },
    finishPasskey: async (_ref, response, label) => called(world.outcome, 'finishPasskey', response, label),
    changePassword: async (_ref, answer) => called(world.answered, 'changePassword', answer),
  }
}

const accessOf = (world: AccountWorld): AccessFlows => {
  const called = async (name: string, ...args: unknown[]): Promise<void> => {
    world.calls.push({ name, args })
    if (world.refusal) throw world.refusal
  }
  return {
    view: async () => accessView,
    ask: (_ref, asked) => called('ask', asked),
    withdraw: (_ref, id) => called('withdraw', id),
    decide: (_ref, id, decision) => called('decide', id, decision),
    editRole: (_ref, group, member, role) => called('editRole', group, member, role),
    removeMember: (_ref, group, member) => called('removeMember', group, member),
  }
}

const emailOf = (world: AccountWorld): OwnEmail => {
  const called = async (name: string, ...args: unknown[]) => {
    world.calls.push({ name, args })
    return world.answered
  }
  return {
    waiting: async () => world.codeSentTo,
    send: (_ref, email) => called('sendEmailCode', email),
    confirm: (_ref, code) => called('confirmEmail', code),
  }
}

const depsOf = (world: AccountWorld, signIn: SignInDeps): AccountDeps => ({
  findDomain: signIn.findDomain,
  assess: async ({ sessionToken }) =>
    world.signedIn && sessionToken !== undefined
      ? { step: { do: 'done', level: 1, amr: ['pwd'] }, session: { id: 's1' } as never, person: undefined }
      : { step: { do: 'identify' }, session: undefined, person: undefined },
  begin: async (q) => {
    world.begun.push(q.wants)
    return signIn.begin(q)
  },
  signOut: async (q) => {
    world.calls.push({ name: 'signOut', args: [q.session, q.reason] })
    return { ended: { id: 's1' } as never, participants: [], upstream: undefined }
  },
  afterSignOut: async (_req, res) => {
    if (world.visits) res.redirect(303, 'https://idp.example/logout')
    return world.visits
  },
  flows: flowsOf(world),
  access: accessOf(world),
  email: emailOf(world),
  cookies: signIn.cookies,
  secrets: { mac: (purpose, value) => `${purpose}:${value.slice(0, 8)}`, same: (a, b) => a === b },
  render: signIn.render,
  pages: signIn.pages,
  baseUrl: signIn.baseUrl,
})

export const startAccount = async (): Promise<
  Running & { readonly account: AccountWorld; readonly cookie: string }
> => {
  const account: AccountWorld = {
    refusal: undefined,
    overview,
    outcome: { kind: 'done' },
    answered: { kind: 'next' },
    signedIn: true,
    visits: false,
    codeSentTo: undefined,
    calls: [],
    begun: [],
  }
  const running = await start({ edges: (deps) => [['/d/:tenancy/:domain', accountEdge(depsOf(account, deps))]] })
  const lines: string[] = []
  running.deps.cookies.setSession(
    { appendHeader: (_name: string, value: string) => lines.push(value) } as never,
    { id: 'dom-1' },
    tokenOf(2),
    Date.now() + 60_000,
  )
  return { ...running, account, cookie: lines[0]?.split(';')[0] ?? '' }
}
