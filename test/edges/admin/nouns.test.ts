// I2, I3, U6: every noun that is administered, with what can be done to it over the API and from the command line, and why the rest cannot. The
// table is the promise; the routes and the commands are held against it, so that neither a noun nor an operation comes or goes unnoticed.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { apiDocuments } from '../../../src/adapters/yaml/api-documents.ts'
import { readNouns } from '../../../src/cli/nouns/operations.ts'
import { tableOf } from '../../../src/edges/admin/table.ts'
import { type Bed, openBed, stores } from './bed.ts'

const usual = ['list', 'get', 'put', 'patch', 'delete'] as const
type Usual = (typeof usual)[number]
type Row = {
  /** As the command line calls it. */
  readonly command: string
  /** Beside those of a document: `list`, `get`, `put`, `patch`, `delete`. */
  readonly actions?: readonly string[]
  readonly without?: { readonly [U in Usual]?: string }
  /** Why its list has no pages, and what it shows no tag. */
  readonly whole?: string
}
const ended = 'what is over cannot be written back'
const proven = { put: 'only the person can make one, by proving it', patch: 'its owner names it' }

const rows: { readonly [noun: string]: Row } = {
  tenancies: {
    command: 'tenancy',
    actions: ['enable-deny', 'export'],
    without: {
      list: 'an API key is good in one tenancy, which is in the address',
      put: 'whoever runs the gateway makes tenancies: `gwanmun apply`',
      delete: 'whoever runs the gateway removes tenancies',
    },
  },
  compartments: { command: 'compartments', actions: ['move', 'usage'] },
  domains: { command: 'domains' },
  users: {
    command: 'users',
    actions: ['disable', 'lock', 'enable', 'reset-password', 'reset-factors', 'bypass-code'],
  },
  groups: { command: 'groups' },
  memberships: { command: 'members' },
  'dynamic groups': { command: 'dynamic-groups' },
  'identity providers': { command: 'identity-providers', actions: ['test', 'get-test', 'check'] },
  'group mappings': { command: 'group-mappings' },
  applications: { command: 'applications', actions: ['rotate-secret'] },
  'sign-on rules, which are the MFA policies': { command: 'sign-on-rules' },
  'password policies': { command: 'password-policies' },
  policies: { command: 'policies' },
  roles: {
    command: 'roles',
    whole: 'some dozen out of files, narrowed by service and place',
    without: {
      put: 'roles are data of the installation: config/roles',
      patch: 'roles are data of the installation: config/roles',
      delete: 'roles are data of the installation: config/roles',
    },
  },
  'role assignments': { command: 'role-assignments' },
  'service IDs': { command: 'service-ids' },
  'API keys': {
    command: 'api-keys',
    actions: ['create'],
    without: {
      put: 'its secret is shown once, so making one twice is making two',
      patch: 'what a key may is fixed when it is made: another one is made, and the first revoked',
    },
  },
  invitations: {
    command: 'invitations',
    actions: ['create', 'resend', 'revoke'],
    without: {
      put: 'each is a mail with a link of its own',
      patch: 'it was sent as it is: revoke it and send another',
      delete: 'a revoked one stays on view',
    },
  },
  'access requests': {
    command: 'access-requests',
    actions: ['approve', 'deny'],
    without: {
      put: 'people ask for themselves, on their own pages',
      patch: 'it is decided, not edited',
      delete: 'a decided one stays on view',
    },
  },
  sessions: {
    command: 'sessions',
    actions: ['delete-all'],
    without: { put: 'only a sign-in makes one', patch: ended },
  },
  'trusted devices': { command: 'trusted-devices', actions: ['delete-all'], without: proven },
  factors: { command: 'credentials', without: proven },
  keys: {
    command: 'signing-keys',
    actions: ['create', 'rotate', 'retire'],
    without: {
      put: 'the gateway makes them, and a key id is never used twice',
      patch: 'its status is changed by name',
    },
  },
  'audit events': {
    command: 'audit-events',
    actions: ['export'],
    without: { put: 'append-only', patch: 'append-only', delete: 'append-only; what is too old goes by the retention' },
  },
  outbox: {
    command: 'outbox',
    actions: ['retry'],
    without: {
      put: 'filled by what happens',
      patch: 'what was promised in a transaction is sent as it is, or dropped',
    },
  },
  services: { command: 'services' },
  resources: { command: 'resources', actions: ['move'] },
}
/** Questions and answers, about nothing that is kept by a name. */
const questions: readonly string[] = ['decisions', 'audit-trail', 'me', 'sign-ins']

const table = tableOf(apiDocuments())
const nouns = readNouns()
const routeOf = (id: string) => table.find((r) => r.operationId === id) ?? expect.fail(`there is no route \`${id}\``)
const membersOf = (shape: unknown): readonly string[] => Object.keys((shape as { shape?: object }).shape ?? {})

describe.each(Object.entries(rows))('I3 U6 %s', (_, { command, actions = [], without = {}, whole }) => {
  const operations = nouns.get(command) ?? []

  test('can be done what the table says, and nothing else', () => {
    const verbs = [...usual.filter((u) => without[u] === undefined), ...actions]
    expect(operations.map((o) => o.verb).sort()).toEqual(verbs.sort())
    for (const { id, method, path } of operations) expect(routeOf(id)).toMatchObject({ method, path })
  })
  test('lists are paged, filtered and sorted; documents have a tag, and what changes them heeds it', () => {
    for (const { id, verb } of operations) {
      const route = routeOf(id)
      if (verb === 'list' && whole === undefined)
        expect(membersOf(route.query)).toEqual(expect.arrayContaining(['limit', 'cursor', 'filter', 'sort']))
      if (['get', 'put', 'patch'].includes(verb) && whole === undefined)
        expect([id, route.answers.some((a) => a.etag)]).toEqual([id, true])
      if (['put', 'patch', 'delete'].includes(verb)) expect([id, route.conditional]).toEqual([id, true])
    }
  })
})

test('I3 every noun of the command line has a row', () => {
  const known = [...Object.values(rows).map((r) => r.command), ...questions]
  expect([...nouns.keys()].filter((noun) => !known.includes(noun))).toEqual([])
})
test('I3 whatever is put can be changed in part and be deleted', () => {
  const puts = table.filter((r) => r.method === 'PUT').map((r) => r.path)
  const methods = (path: string) => table.filter((r) => r.path === path).map((r) => r.method)
  for (const path of puts)
    expect([path, methods(path)]).toEqual([path, expect.arrayContaining(['GET', 'PATCH', 'DELETE'])])
})

describe.each(stores)('%s', (_, open) => {
  describe.skipIf(open === undefined)('I3 terms and branding', () => {
    let bed: Bed
    beforeAll(async () => {
      bed = await openBed(open)
    })
    afterAll(() => bed.close())
    const at = '/domains/partners'
    const patch = (body: object, headers = {}) => bed.call('PATCH', at, { body, headers })
    const terms = (version: string) => ({ version, text: { en: `Terms ${version}`, ko: `약관 ${version}` } })

    test('are parts of the document of a domain: changed by themselves, under its tag, with both sides on record', async () => {
      const first = await patch({ branding: { accent: '#0b6e4f' } })
      expect([first.status, first.body.branding]).toEqual([200, { accent: '#0b6e4f' }])
      const second = await patch({ onboarding: { terms: terms('2030-01') } })
      expect(second.body).toMatchObject({ branding: { accent: '#0b6e4f' }, onboarding: { terms: terms('2030-01') } })
      expect((await patch({ branding: null }, { 'if-match': first.headers.get('etag') ?? '' })).status).toBe(412)
      const third = await patch({ onboarding: { terms: terms('2031-01') } })
      expect(third.status).toBe(200)
      const [event] = await bed.audit('domain.updated')
      expect(event).toMatchObject({
        before: { onboarding: { terms: { version: '2030-01' } } },
        after: { onboarding: { terms: { version: '2031-01' } } },
      })
      const without = await patch({ onboarding: { terms: null }, branding: { accent: null } })
      expect([without.status, without.body.branding]).toEqual([200, {}])
      expect(JSON.stringify(without.body)).not.toContain('2031-01')
      expect(bed.thrown).toEqual([])
    })
  })
})
