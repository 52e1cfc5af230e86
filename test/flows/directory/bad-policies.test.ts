// What may not be written: each is refused with its own error and changes nothing, on both databases. And what a file may do although
// the tenancy is full: a policy that goes makes room for one that comes.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { CompartmentId } from '../../../src/core/model/ids.ts'
import { Problem } from '../../../src/problem.ts'
import { noPostgres, postgresUrl, testPostgres, testStore } from '../../stores/open-test-store.ts'
import { type House, house, operator } from './house.ts'

const read = 'Allow group staff to read reports in compartment Prod'
const many = (n: number, statement = read): readonly string[] => Array(n).fill(statement)
const policy = (name: string, statements: readonly string[], place = '') =>
  `  - { name: ${name}, compartment: '${place}', statements: ${JSON.stringify(statements)} }\n`
const tenancy = (...policies: readonly string[]) => `tenancy: { name: acme }
compartments: [{ name: Prod, compartments: [{ name: Web }] }, { name: Test }]
domains: [{ name: default, groups: [{ name: staff }] }]
${policies.length === 0 ? '' : `policies:\n${policies.join('')}`}`

const nested = (depth: number) => `${read} where ${'any{'.repeat(depth)}a.b${'}'.repeat(depth)}`
const deepCompartments = (n: number): string =>
  n === 0 ? '' : `, compartments: [{ name: c${n}${deepCompartments(n - 1)} }]`

const suite = (open: typeof testStore) => {
  let h: House
  let places: { readonly [name: string]: CompartmentId }
  beforeEach(async () => {
    h = await house(await open())
    await h.apply(tenancy())
    const rows = await h.store.read((tx) => tx.compartments.list({ tenancyId: h.tenancyId() }))
    places = Object.fromEntries(rows.map((c) => [c.name, c.id]))
  })
  afterEach(() => h.close())

  const everything = async () => {
    const tenancyId = h.tenancyId()
    return h.store.read(async (tx) => ({
      policies: await tx.policies.list({ tenancyId }),
      compartments: await tx.compartments.list({ tenancyId }),
      revision: await tx.tenancies.revision(tenancyId),
      events: (await tx.audit.list(tenancyId, { limit: 1000 })).length,
    }))
  }
  const put = (name: string, statements: readonly string[], place = 'acme') =>
    h.store.write((tx) =>
      h.deps.policies.putPolicyIn(tx, operator, {
        tenancyId: h.tenancyId(),
        compartmentId: places[place] as CompartmentId,
        name,
        description: '',
        statements,
      }),
    )
  const refused = async (work: Promise<unknown>): Promise<Problem> => {
    const thrown = await work.then(
      () => undefined,
      (e: unknown) => e,
    )
    if (!(thrown instanceof Problem)) throw thrown ?? new Error('nothing was refused')
    return thrown
  }

  test.each<[string, string, string, string]>([
    [
      'a statement that is too long',
      `Allow group ${'a'.repeat(16_400)} to read reports in tenancy`,
      'statement-too-long',
      'statement 1, 1:16385 a statement has at most 16384 characters, this one has 16439',
    ],
    ['a megabyte', 'x'.repeat(1 << 20), 'statement-too-long', 'this one has 1048576'],
    ['conditions 10,000 deep', nested(10_000), 'statement-too-long', 'this one has 50063'],
    ['conditions 33 deep', nested(33), 'too-deep', '1:193 conditions nest at most 32 deep'],
    [
      'a group nobody made',
      'Allow group stuff to read reports in tenancy',
      'group-unknown',
      '1:13 there is no group `stuff` in domain `default`; create the group first',
    ],
    [
      'a domain nobody made',
      'Allow group nowhere/staff to read reports in tenancy',
      'domain-unknown',
      '1:13 there is no identity domain `nowhere`; use one of `default`',
    ],
    [
      'a dynamic group nobody made',
      'Allow dynamic-group staff to read reports in tenancy',
      'dynamic-group-unknown',
      'it is a group: write `group staff`',
    ],
    [
      'a compartment nobody made',
      'Allow group staff to read reports in compartment Prd',
      'compartment-unknown',
      'there is no compartment `Prd` in `acme`',
    ],
    [
      'a compartment further down',
      'Allow group staff to read reports in compartment Web',
      'compartment-unknown',
      'write `in compartment Prod:Web`',
    ],
    [
      'a variable that cannot be',
      `${read} where user.name = 'kim'`,
      'variable-unknown',
      'variables begin with `request.` or `target.`',
    ],
    [
      'no statement',
      'nonsense',
      'start-unknown',
      'statement 1, 1:1 expected `allow`, `deny`, `endorse`, `admit` or `define`, found `nonsense`',
    ],
  ])('A1 %s', async (_, statement, reason, message) => {
    const before = await everything()
    const problem = await refused(put('p', [statement]))
    expect([problem.slug, problem.reason]).toEqual(['config-invalid', reason])
    expect(problem.message).toContain(message)
    expect(await everything()).toEqual(before)
  })
  test('A1 every fault of every statement is told at once', async () => {
    const before = await everything()
    const { message } = await refused(
      put('p', [read, 'Allow group stuff to frob reports', read, 'Allow any-user to read reports']),
    )
    expect(message.split('\n').map((l) => l.trim().replace(/ expected.*/, ''))).toEqual([
      'the statements have 3 faults',
      'statement 2, 1:22',
      'statement 2, 1:34',
      'statement 4, 1:31',
    ])
    expect(await everything()).toEqual(before)
  })
  test('A9 the 51st statement of a policy', async () => {
    await put('full', many(50))
    const before = await everything()
    expect(await refused(put('full', many(51)))).toMatchObject({
      reason: 'limit-statements-per-policy',
      detail: expect.stringContaining(
        'the limit of 50 statements in one policy (attached to `acme`) would be exceeded: 50 in use, 51 wanted',
      ),
    })
    expect(await everything()).toEqual(before)
  })
  test('A9 the 501st statement on the way from the root to a leaf; siblings apart', async () => {
    for (let n = 0; n < 9; n++) await put(`p${n}`, many(50))
    await put('web', many(50, 'Allow group staff to read reports in compartment Web'), 'Web')
    const before = await everything()
    for (const [place, named] of [
      ['acme', 'Prod'],
      ['Prod', 'Prod'],
      ['Web', 'Web'],
    ] as const)
      expect(
        await refused(put('more', [`Allow group staff to use reports in compartment ${named}`], place)),
      ).toMatchObject({
        reason: 'limit-statements-per-path',
        detail: expect.stringContaining('`acme > Prod > Web` would be exceeded: 500 in use, 501 wanted'),
      })
    expect(await everything()).toEqual(before)
    await put('other', ['Allow group staff to use reports in compartment Test'], 'Test')
  })
  test('A9 the 101st policy; a renamed one takes the place of the old', async () => {
    const names = Array.from({ length: 100 }, (_, n) => `p${n}`)
    await h.apply(tenancy(...names.map((name) => policy(name, [read]))))
    const before = await everything()
    expect(await refused(put('p100', [read], 'Prod'))).toMatchObject({
      reason: 'limit-policies-per-tenancy',
      detail: expect.stringContaining('100 in use, 101 wanted'),
    })
    const tooMany = await refused(
      h.apply(tenancy(...names.map((name) => policy(name, [read])), policy('p100', [read]))),
    )
    expect(tooMany.message).toMatch(/acme\.yaml:\d+:\d+: policy `p100`: the limit of 100 policies in tenancy `acme`/)
    expect(await everything()).toEqual(before)

    const renamed = await h.apply(tenancy(...names.map((name) => policy(name === 'p7' ? 'seven' : name, [read]))))
    expect(renamed.changes.map((c) => `${c.action} ${c.name}`)).toEqual(['remove p7', 'create seven'])
  })
  test('A9 statements that move from one full policy to another are applied in either order', async () => {
    const rest = Array.from({ length: 9 }, (_, n) => policy(`p${n}`, many(50)))
    await h.apply(tenancy(policy('a', many(10)), policy('b', many(40)), ...rest))
    await h.apply(tenancy(policy('a', many(40)), policy('b', many(10)), ...rest))
    await h.apply(tenancy(policy('a', many(10)), policy('b', many(40)), ...rest))
    expect((await everything()).policies.find((p) => p.name === 'b')?.statements).toHaveLength(40)
  })
  test('T2 the 7th level of compartments', async () => {
    const before = await everything()
    const { message } = await refused(
      h.apply(`tenancy: { name: acme }\ncompartments: [{ name: c${deepCompartments(6)} }]`),
    )
    expect(message).toContain('`c/c6/c5/c4/c3/c2/c1` is 7 levels deep: at most 6 are allowed below the root')
    expect(await everything()).toEqual(before)
  })
}

describe('SQLite', () => suite(testStore))
describe.skipIf(!postgresUrl)(postgresUrl ? 'PostgreSQL' : `PostgreSQL (skipped: ${noPostgres})`, () =>
  suite(testPostgres),
)
