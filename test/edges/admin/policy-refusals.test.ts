// A1, A5, A9, A10 over HTTP: policies that cannot be. Each is told precisely, with every fault of it, and changes nothing.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Bed, openBed, stores } from './bed.ts'

type Row = { readonly name: string; readonly system: boolean; readonly statements: readonly string[] }
const at = (compartment: string, policy: string): string => `/compartments/${compartment}/policies/${policy}`
const read = 'Allow group finance to read reports in tenancy'
const many = (count: number, place = 'tenancy'): readonly string[] =>
  Array.from(
    { length: count },
    (_, n) => `Allow group finance to read reports in ${place} where target.report.owner = '${n}'`,
  )
const nested = (levels: number): string => `${read} where ${'any{'.repeat(levels)}a.b${'}'.repeat(levels)}`

describe.each(stores)('%s', (_, open) => {
  if (!open) return test.skip('no second store', () => undefined)
  let bed: Bed
  const put = (path: string, statements: readonly string[]) => bed.call('PUT', path, { body: { statements } })
  const written = async (): Promise<readonly Row[]> =>
    (await bed.call<{ items: Row[] }>('GET', '/policies?limit=200')).body.items.filter((p) => !p.system)
  const revision = async () => (await bed.store.read((tx) => tx.tenancies.get(bed.tenancyId)))?.revision
  const everything = async () => [await written(), await revision(), await bed.audit()]
  beforeAll(async () => {
    bed = await openBed(open)
    await bed.addGroup('finance')
    for (const path of ['Prod', 'Prod:Web', 'Test']) await bed.call('PUT', `/compartments/${path}`, { body: {} })
  })
  afterAll(() => bed.close())

  test.for<[string, readonly string[], string, readonly string[]]>([
    [
      'a statement of 16,385 characters',
      [`${read} where a.b = '${'x'.repeat(16_385 - read.length - 15)}'`],
      'statement-too-long',
      ['statement 1, 1:16385 a statement has at most 16384 characters, this one has 16385'],
    ],
    ['conditions 10,000 deep', [nested(10_000)], 'statement-too-long', ['at most 16384 characters, this one has 50']],
    ['conditions 33 deep', [nested(33)], 'too-deep', ['conditions nest at most 32 deep']],
    [
      'every fault of every statement',
      [
        'Allow group nobody to read reports in compartment Nowhere',
        'Allow group finance to reed reports in tenancy',
        "Allow group finance to read reports in tenancy where user.name = 'x'",
        'Deny group finance to read reports in tenancy',
      ],
      'group-unknown',
      [
        'the statements have 5 faults',
        'statement 1, 1:13 there is no group `nobody` in domain `default`; create the group first',
        'statement 1, 1:51 there is no compartment `Nowhere` in `acme`',
        'statement 2, 1:24 expected `inspect`, `read`, `use` or `manage`, found `reed`; write `read`',
        'statement 3, 1:54 there is no variable `user.name`; variables begin with `request.` or `target.`',
        'statement 4, 1:1 Deny statements are not enabled in this tenancy',
      ],
    ],
    [
      'the 51st statement',
      many(51),
      'limit-statements-per-policy',
      ['the limit of 50 statements in one policy', '0 in use, 51 wanted', '`policy.limits.statementsPerPolicy`'],
    ],
  ])('A1 A5 A9 %s', async ([, statements, reason, said]) => {
    const before = await everything()
    const { status, body } = await put(at('root', 'p'), statements)
    expect([status, body.reason]).toEqual([422, reason])
    for (const part of said) expect(body.detail).toContain(part)
    expect(await everything()).toEqual(before)
  })

  test('A9 A10 the 501st statement on a way from the root to a leaf; siblings are counted apart', async () => {
    for (let n = 0; n < 9; n++) expect((await put(at('root', `p${n}`), many(50))).status).toBe(201)
    expect((await put(at('Prod', 'p9'), many(50, 'compartment Prod'))).status).toBe(201)
    const before = await everything()
    const web = 'Allow group finance to read reports in compartment Web'
    for (const refused of [
      await put(at('Prod:Web', 'one'), [web]),
      await put(at('root', 'one'), [read]),
      await bed.call('PATCH', at('root', 'p0'), { body: { statements: [...many(50), read] } }),
    ])
      expect([refused.status, refused.body.reason]).toEqual([422, expect.stringMatching(/^limit-statements-per-/)])
    const { body } = await put(at('Prod:Web', 'one'), [web])
    expect(body.detail).toContain('500 statements along the compartments `acme > Prod > Web`')
    expect(body.detail).toContain('500 in use, 501 wanted')
    expect(await everything()).toEqual(before)
    expect((await put(at('Test', 'one'), many(50, 'compartment Test'))).status).toBe(201)
  })

  test('A9 A10 the 101st policy, also when several come at once', async () => {
    for (const { name } of await written())
      for (const place of ['root', 'Prod', 'Test']) await bed.call('DELETE', at(place, name))
    for (let n = 0; n < 98; n++) expect((await put(at('root', `p${n}`), [read])).status).toBe(201)
    const together = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((name) => put(at('root', name), [read])))
    expect(together.map((answer) => answer.status).sort()).toEqual([201, 201, 422, 422, 422])
    const before = await everything()
    expect(before[0]).toHaveLength(100)
    const refused = await put(at('Test', 'f'), ['Allow group finance to read reports in compartment Test'])
    expect([refused.status, refused.body.reason]).toEqual([422, 'limit-policies-per-tenancy'])
    expect(refused.body.detail).toContain('100 policies in tenancy `acme` would be exceeded: 100 in use, 101 wanted')
    expect(await everything()).toEqual(before)
  })
})
