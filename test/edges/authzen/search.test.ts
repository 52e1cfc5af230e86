// Searches agree with evaluations: on random policies every result is a Yes and everything else a No, whatever the size of the pages. And
// what page tokens hold on to.
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { actionsOf } from '../../../src/core/policy/search.ts'
import { catalogue, operator } from '../../flows/access/office.ts'
import { type Pdp, pdp } from './pdp.ts'
import { registerResources } from './register.ts'

const groups = ['red', 'green', 'blue'] as const
const people = ['ann', 'bea', 'cem', 'dot', 'eve'] as const
const places = { acme: '', Prod: 'Prod', Web: 'Prod:Web', Test: 'Test' } as const
const owners = ['ann', 'eve', 'nobody'] as const
const found = ({ body }: { readonly body: unknown }) =>
  body as {
    page: { next_token: string; count: number; total?: number }
    results: readonly { id: string; name: string }[]
  }

let p: Pdp
let gus: string
beforeAll(async () => {
  p = await pdp({ candidatesPerPage: 3 })
  await p.enableDeny()
  const ids = new Map<string, Awaited<ReturnType<Pdp['addGroup']>>>()
  for (const name of groups) ids.set(name, await p.addGroup(name))
  for (const [n, name] of people.entries()) {
    const id = await p.addPerson(name)
    for (const [g, group] of groups.entries()) {
      const groupId = ids.get(group)
      if (groupId && (n >> g) % 2 === 1) await p.join(id, groupId)
    }
  }
  const red = ids.get('red')
  gus = await p.addPerson('gus', {}, 'partners')
  const off = await p.addPerson('hal', { status: 'disabled' })
  const twin = await p.addPerson('partners/gus') // so that neither is meant by that text
  for (const id of [gus, off, twin]) if (red) await p.join(id as never, red)
  const past = await p.addPerson('ian')
  if (red) await p.join(past, red, { expiresAt: 1 })
  await registerResources(
    p,
    Object.entries(places).flatMap(([place], n) =>
      owners.map((owner) => ({
        type: n % 2 ? 'reports' : 'payslips',
        name: `${place}-${owner}`,
        facts: { owner },
        at: p.places[place as keyof typeof places],
      })),
    ),
  )
})
afterAll(() => p.close())

/** Page after page. */
const all = async (
  what: 'subject' | 'resource' | 'action',
  body: object,
  limit: number,
): Promise<readonly string[]> => {
  const out: string[] = []
  let token = ''
  for (let n = 0; n < 200; n++) {
    const page = found(await p.search(what, { ...body, page: { token, limit } }))
    expect(page.results.length).toBeLessThanOrEqual(limit)
    expect(page.page.count).toBe(page.results.length)
    out.push(...page.results.map((r) => r.id ?? r.name))
    token = page.page.next_token
    if (token === '') return out
  }
  throw new Error('no end')
}
const decide = async (subject: object, action: string, resource: object, context: object): Promise<boolean> =>
  ((await p.evaluation({ subject, action: { name: action }, resource, context })).body as { decision: boolean })
    .decision

const line = fc
  .tuple(
    fc.constantFrom('Allow', 'Allow', 'Allow', 'Deny'),
    fc.oneof(
      fc.constantFrom('any-user', 'any-group', 'group red'),
      fc.uniqueArray(fc.constantFrom(...groups), { minLength: 1, maxLength: 2 }).map((g) => `group ${g.join(', ')}`),
    ),
    fc.constantFrom('inspect', 'read', 'use', 'manage'),
    fc.constantFrom('reports', 'payslips', 'finance-family', 'all-resources'),
    fc.constantFrom('tenancy', 'compartment Prod', 'compartment Prod:Web', 'compartment Test'),
    fc.constantFrom(
      '',
      '',
      ' where target.report.owner = request.user.name',
      " where request.region = 'icn'",
      " where target.payslip.owner != 'eve'",
      " where target.resource.id = 'prod-*'",
      " where request.user.name = 'a*'",
    ),
  )
  .map(([effect, who, verb, type, place, where]) => `${effect} ${who} to ${verb} ${type} in ${place}${where}`)

const question = fc.record({
  lines: fc.array(line, { minLength: 1, maxLength: 6 }),
  type: fc.constantFrom('reports', 'payslips'),
  action: fc.constantFrom('inspect', 'read', 'manage', 'GetReport', 'GetPayslip'),
  place: fc.constantFrom(...(Object.keys(places) as (keyof typeof places)[])),
  owner: fc.constantFrom(...owners),
  registered: fc.boolean(),
  subject: fc.constantFrom(...people, 'partners/gus', 'unknown'),
  context: fc.constantFrom({}, { region: 'icn' }, { region: 'iad' }),
  limit: fc.constantFrom(1, 2, 5, 100),
})

describe('A11 searches agree with evaluations', () => {
  test('on random policies, with pages of every size', async () => {
    let [yes, no] = [0, 0]
    await fc.assert(
      fc.asyncProperty(question, async ({ lines, type, action, place, owner, registered, subject, context, limit }) => {
        await p.put('random', lines)
        const who = { type: 'user', id: subject }
        const resource = registered
          ? { type, id: `${place}-${owner}` }
          : { type, id: 'x', properties: { owner, ...(places[place] === '' ? {} : { compartment: places[place] }) } }
        const same = async (
          results: readonly string[],
          every: readonly string[],
          ask: (one: string) => Promise<boolean>,
        ) => {
          expect(new Set(results).size).toBe(results.length)
          expect(results.filter((r) => !every.includes(r))).toEqual([])
          for (const one of every) {
            const decision = await ask(one)
            decision ? yes++ : no++
            expect([one, results.includes(one)]).toEqual([one, decision])
          }
        }
        const subjects = await all(
          'subject',
          { subject: { type: 'user' }, action: { name: action }, resource, context },
          limit,
        )
        await same(
          subjects,
          [...people, 'hal', 'ian', gus, ...subjects.filter((s) => s.includes('/') || s.length > 20)],
          (id) => decide({ type: 'user', id }, action, resource, context),
        )
        const resources = await all(
          'resource',
          { subject: who, action: { name: action }, resource: { type }, context },
          limit,
        )
        const names = Object.keys(places).flatMap((at, n) =>
          (n % 2 ? 'reports' : 'payslips') === type ? owners.map((o) => `${at}-${o}`) : [],
        )
        await same(resources, names, (id) => decide(who, action, { type, id }, context))
        const actions = await all('action', { subject: who, resource, context }, limit)
        const known = catalogue.types.get(type)
        await same(actions, known ? actionsOf(known) : [], (name) => decide(who, name, resource, context))
      }),
      { numRuns: 100, seed: 47 },
    )
    expect(Math.min(yes, no)).toBeGreaterThan(100)
  }, 60_000)
  test('a person of another domain is told so that an evaluation finds them', async () => {
    await p.put('random', ['Allow group red to read reports in tenancy'])
    const resource = { type: 'reports', id: 'x' }
    const subjects = await all('subject', { subject: { type: 'user' }, action: { name: 'read' }, resource }, 100)
    expect(subjects).toContain(gus) // `partners/gus` is the name of two
    const ofDomain = await all(
      'subject',
      { subject: { type: 'user', properties: { domain: 'partners' } }, action: { name: 'read' }, resource },
      100,
    )
    expect(ofDomain).toEqual(['gus'])
  })
  test('service IDs, services, and nobody of another tenancy', async () => {
    await p.put('random', [
      'Allow any-user to read reports in tenancy',
      'Allow service backup to manage reports in tenancy',
    ])
    await p.store.write((tx) =>
      tx.serviceIds.put({
        id: 's-1' as never,
        tenancyId: p.tenancyId,
        compartmentId: p.places.acme,
        name: 'robot',
        description: '',
        status: 'active',
        createdAt: 0,
        updatedAt: 0,
      }),
    )
    const by = (subject: object, action = 'read') =>
      all('subject', { subject, action: { name: action }, resource: { type: 'reports', id: 'x' } }, 100)
    expect(await by({ type: 'service-id' })).toEqual(['robot'])
    expect(await by({ type: 'service' }, 'manage')).toEqual(['backup'])
    expect(await by({ type: 'user', properties: { tenancy: 'globex' } })).toEqual([])
    expect(await by({ type: 'user', properties: { domain: 'nowhere' } })).toEqual([])
  })
})

describe('A11 pages', () => {
  const body = {
    subject: { type: 'user' },
    action: { name: 'read' },
    resource: { type: 'reports', id: 'x' },
    context: { region: 'icn', zone: 'a' },
  }
  const first = async () => {
    await p.put('random', ['Allow any-user to read reports in tenancy'])
    return found(await p.search('subject', { ...body, page: { limit: 2 } })).page.next_token
  }
  test('the total is told where one page holds it all', async () => {
    await first()
    const nobody = await p.search('subject', { ...body, subject: { type: 'spaceship' } })
    expect(found(nobody).page).toEqual({ next_token: '', count: 0, total: 0 })
    expect(found(await p.search('subject', { ...body, page: { limit: 2 } })).page).not.toHaveProperty('total')
  })
  test('a limit of nothing is a page of nothing, and the next begins where it would have', async () => {
    await first()
    const { page, results } = found(await p.search('subject', { ...body, page: { limit: 0 } }))
    expect([results, page.count]).toEqual([[], 0])
    const next = found(await p.search('subject', { ...body, page: { token: page.next_token, limit: 2 } }))
    expect(next.results.map((r) => r.id)).toEqual(
      found(await p.search('subject', { ...body, page: { limit: 2 } })).results.map((r) => r.id),
    )
  })
  test('the limit may change, and members may stand in another order', async () => {
    const token = await first()
    const again = {
      context: { zone: 'a', region: 'icn' },
      resource: body.resource,
      action: body.action,
      subject: { type: 'user', id: 'ignored' },
    }
    expect((await p.search('subject', { ...again, page: { token, limit: 1 } })).status).toBe(200)
  })
  test.for<[string, object]>([
    ['action', { action: { name: 'manage' } }],
    ['resource', { resource: { type: 'reports', id: 'y' } }],
    ['context', { context: { region: 'iad', zone: 'a' } }],
    ['properties of the subject', { subject: { type: 'user', properties: { domain: 'default' } } }],
  ])('another %s in mid-search: 400', async ([, change]) => {
    const token = await first()
    const answer = await p.search('subject', { ...body, ...change, page: { token } })
    expect([answer.status, answer.body]).toEqual([400, expect.stringContaining('belongs to another request')])
  })
  test('a token says nothing, and one that was touched or is of another search is none', async () => {
    const token = await first()
    expect(Buffer.from(token.split('.').at(-1) ?? '', 'base64url').toString('latin1')).not.toMatch(/ann|bea|request/)
    const flipped = `${token.slice(0, -3)}${token.at(-3) === 'A' ? 'B' : 'A'}${token.slice(-2)}`
    for (const other of [flipped, token.slice(1), 'v1.x.y', 'a'.repeat(20_001)])
      expect((await p.search('subject', { ...body, page: { token: other } })).status).toBe(400)
    const elsewhere = await p.search('action', {
      subject: { type: 'user', id: 'ann' },
      resource: body.resource,
      page: { token },
    })
    expect(elsewhere.status).toBe(400)
  })
  test('somebody who left between two pages is not told of, and nobody is told of twice', async () => {
    const token = await first()
    await p.writer.putPolicy(operator, {
      tenancyId: p.tenancyId,
      compartmentId: p.places.acme,
      name: 'random',
      description: '',
      statements: ['Allow group green to read reports in tenancy'],
    })
    const rest: string[] = []
    let at = token
    while (at !== '') {
      const page = found(await p.search('subject', { ...body, page: { token: at } }))
      rest.push(...page.results.map((r) => r.id))
      at = page.page.next_token
    }
    for (const id of rest) expect(await decide({ type: 'user', id }, 'read', body.resource, body.context)).toBe(true)
    expect(new Set(rest).size).toBe(rest.length)
  })
})
