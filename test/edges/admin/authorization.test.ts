// Who may do what over HTTP is the policy evaluator's answer, with one record for each request, and nothing secret in a refusal.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Bed, openBed, stores } from './bed.ts'

type List = { items: { name: string }[]; next?: string }
const at = (path: string): string => `/compartments/${encodeURIComponent(path)}`

describe.each(stores)('%s', (_, open) => {
  if (!open) return test.skip('no second store', () => undefined)
  let bed: Bed
  beforeAll(async () => {
    bed = await openBed(open)
    for (const path of ['Prod', 'Test']) {
      await bed.call('PUT', at(path), { body: {} })
      await bed.call('PUT', `${at(path)}/policies/of-${path}`, {
        body: { statements: [`Allow group Administrators to read buckets in compartment ${path}`] },
      })
    }
    for (const name of ['Secret', 'Open']) await bed.addGroup(name)
  })
  afterAll(() => bed.close())

  test('U1 whoever was given nothing is refused alike whether a thing is there or not, and is told nothing of it', async () => {
    const { key } = await bed.somebody('nobody')
    const [there, absent] = [
      await bed.call('GET', '/domains/default/groups/Secret', {}, key),
      await bed.call('GET', '/domains/default/groups/Absent', {}, key),
    ]
    const withoutId = (body: object) => JSON.stringify(body).replace(/decision `\w+`/, 'decision')
    expect([there.status, absent.status]).toEqual([403, 403])
    expect(withoutId(there.body)).toBe(withoutId(absent.body))
    for (const [method, path] of [
      ['GET', '/domains/default/groups'],
      ['GET', '/domains/nowhere/groups'],
      ['DELETE', '/domains/default/groups/Secret'],
      ['GET', '/policies'],
      ['GET', '/compartments'],
      ['GET', '/api-keys'],
      ['GET', '/resources'],
      ['POST', '/domains/default/users/root/disable'],
    ] as const)
      expect((await bed.call(method, path, {}, key)).status, `${method} ${path}`).toBe(403)
    expect((await bed.audit('policy.denied'))[0]).toMatchObject({ actor: { name: 'nobody' }, requestId: 'ours-1' })
  })

  test('a list shows the rows that may be seen, is one decision on record, and is refused when none may', async () => {
    const { key } = await bed.somebody('prod', ['inspect policies in compartment Prod'])
    const before = (await bed.decisions()).length
    const list = await bed.call<List>('GET', '/policies', {}, key)
    expect(list.body.items.map((p) => p.name)).toEqual(['of-Prod'])
    const records = await bed.decisions()
    expect(records.length - before).toBe(1)
    expect(records[0]).toMatchObject({ allow: true })
    const nothing = `/policies?filter=${encodeURIComponent('name eq "of-Test"')}`
    expect((await bed.call<List>('GET', nothing, {}, key)).body).toEqual({ items: [] })
    const one = await bed.somebody('one', ["inspect groups in tenancy where target.group.name = 'Open'"])
    expect((await bed.call<List>('GET', '/domains/default/groups', {}, one.key)).body.items.map((g) => g.name)).toEqual(
      ['Open'],
    )
  })

  test('A4 what a Deny hides is left out of a list, and refused by name', async () => {
    const { key } = await bed.somebody('dan', ['inspect groups in tenancy'])
    const tenancy = (await bed.store.read((tx) => tx.tenancies.get(bed.tenancyId))) ?? expect.fail('no tenancy')
    await bed.store.write((tx) => tx.tenancies.put({ ...tenancy, denyEnabled: true }))
    await bed.policy('hide', ["Deny group dans to inspect groups in tenancy where target.group.name = 'Secret'"])
    const names = (await bed.call<List>('GET', '/domains/default/groups', {}, key)).body.items.map((g) => g.name)
    expect(names).toContain('Open')
    expect(names).not.toContain('Secret')
    expect((await bed.call('GET', '/domains/default/groups/Secret', {}, key)).status).toBe(403)
  })

  test('A6 a policy is written by whoever may write it where it is attached', async () => {
    const { key } = await bed.somebody('pia', ['manage policies in compartment Prod', 'inspect buckets in tenancy'])
    const put = (path: string) =>
      bed.call(
        'PUT',
        `${at(path)}/policies/mine`,
        { body: { statements: [`Allow any-user to inspect buckets in compartment ${path}`] } },
        key,
      )
    expect([(await put('Prod')).status, (await put('Test')).status]).toEqual([201, 403])
    const root = await bed.call(
      'PUT',
      '/compartments/root/policies/mine',
      { body: { statements: ['Allow any-user to inspect buckets in tenancy'] } },
      key,
    )
    expect(root.status).toBe(403)
    const above = await bed.call(
      'PUT',
      `${at('Prod')}/policies/above`,
      { body: { statements: ['Allow any-user to manage policies in tenancy'] } },
      key,
    )
    expect(above.status).toBe(422)
    expect((await bed.call('DELETE', `${at('Prod')}/policies/of-Prod`, {}, key)).status).toBe(204)
    expect((await bed.call('DELETE', `${at('Test')}/policies/of-Test`, {}, key)).status).toBe(403)
  })

  test('A5 T4 nobody gives by a policy what they do not hold, to others or to themselves', async () => {
    const { key } = await bed.somebody('gus', [
      'manage policies in tenancy',
      'use buckets in compartment Prod',
      "manage objects in compartment Prod where target.object.name = 'a'",
    ])
    const path = `${at('Prod')}/policies/gifts`
    const put = (...statements: string[]) => bed.call('PUT', path, { body: { statements } }, key)
    for (const statement of [
      'Allow group guss to manage buckets in compartment Prod',
      'Allow any-user to {BUCKET_DELETE} in compartment Prod',
      "Allow group Open to manage buckets in compartment Prod where request.user.name = 'nobody'",
      'Allow group guss to manage all-resources in compartment Prod',
      'Allow group Open to read objects in compartment Prod', // held under a condition only
      'Allow service faas to manage buckets in compartment Prod',
    ])
      expect(await put(statement), statement).toMatchObject({ status: 403, body: { reason: 'not-held' } })
    expect((await bed.call('GET', path)).status).toBe(404)
    const elsewhere = await bed.call(
      'PUT',
      '/compartments/root/policies/gifts',
      { body: { statements: ['Allow group Open to use buckets in tenancy'] } },
      key,
    )
    expect(elsewhere).toMatchObject({ status: 403, body: { reason: 'not-held' } })

    const held = 'Allow group Open to use buckets in compartment Prod'
    expect((await put(held)).status).toBe(201)
    // what somebody else gave may stay as it is, and be taken away
    const given = 'Allow group Open to manage objects in compartment Prod'
    expect((await bed.call('PUT', path, { body: { statements: [given] } })).status).toBe(200)
    expect((await put(held, given)).status).toBe(200)
    expect((await put(held, given.replace('Open', 'guss'))).body).toMatchObject({ reason: 'not-held' })
    expect((await put(held)).status).toBe(200)
    expect((await put(held, given)).body).toMatchObject({ reason: 'not-held' })
  })

  test('A5 who may write Deny statements can be denied by the type of the policy, of taking one away too', async () => {
    const { key } = await bed.somebody('eve', [
      "manage policies in tenancy where target.policy.type != 'deny'",
      'inspect policies in tenancy',
      'read buckets in tenancy',
    ])
    const path = '/compartments/root/policies/eves'
    const put = (statement: string) => bed.call('PUT', path, { body: { statements: [statement] } }, key)
    expect((await put('Deny group Open to read buckets in tenancy')).status).toBe(403)
    expect((await put('Allow group Open to read buckets in tenancy')).status).toBe(201)
    await bed.call('PUT', path, { body: { statements: ['Deny group Open to read buckets in tenancy'] } })
    expect((await put('Allow group Open to read buckets in tenancy')).status).toBe(403)
    expect((await bed.call('DELETE', path, {}, key)).status).toBe(403)
  })

  test('G10 the policies that ship with the product are shown and cannot be changed', async () => {
    const shipped = await bed.call('GET', '/compartments/root/policies/administrators')
    expect(shipped.body).toMatchObject({ system: true, id: 'system:administrators' })
    const statements = ['Allow any-user to manage all-resources in tenancy']
    for (const answer of [
      await bed.call('DELETE', '/compartments/root/policies/administrators'),
      await bed.call('PUT', '/compartments/root/policies/administrators', { body: { statements } }),
    ])
      expect(answer).toMatchObject({ status: 403, body: { reason: 'system-policy' } })
  })

  test('a policy with faults is refused with every line, and says what is odd about one without', async () => {
    const path = '/compartments/root/policies/odd'
    const bad = await bed.call('PUT', path, {
      body: { statements: ['Allow group Nobody to read buckets in tenancy', 'Allow'] },
    })
    expect(bad).toMatchObject({
      status: 422,
      body: { detail: expect.stringMatching(/statement 1, .*\n.*statement 2, /s) },
    })
    const odd = await bed.call<{ warnings: { statement: number; id: string }[] }>('PUT', path, {
      body: {
        statements: ['Allow any-user to inspect buckets in tenancy', 'Allow group Open to read buckets in tenancy'],
      },
    })
    expect(odd.body.warnings.map((w) => w.statement)).toContain(1)
    await bed.call('PATCH', '/domains/default/groups/Open', { body: { name: 'Opened' } })
    expect((await bed.call('GET', path)).body).toMatchObject({
      staleBindings: [{ statement: 2, state: 'renamed', nowCalled: 'default/opened' }],
    })
    await bed.call('PATCH', '/domains/default/groups/Opened', { body: { name: 'Open' } })
  })

  test('T5 an administrator of one domain does their part there, and no more', async () => {
    const { key, person } = await bed.somebody('dora')
    await bed.assign({ kind: 'person', id: person }, 'user-administrator')
    expect((await bed.call('PUT', '/domains/partners/users/new', { body: {} }, key)).status).toBe(201)
    expect((await bed.call('PUT', '/domains/default/groups/Fresh', { body: {} }, key)).status).toBe(201)
    expect(
      (await bed.call('PATCH', '/domains/default/groups/Administrators', { body: { description: 'x' } }, key)).status,
    ).toBe(403)
    expect((await bed.call('POST', '/domains/default/users/root/disable', {}, key)).status).toBe(403)
    expect(
      (
        await bed.call(
          'PUT',
          '/compartments/root/policies/p',
          { body: { statements: ['Allow group Fresh to manage all-resources in tenancy'] } },
          key,
        )
      ).status,
    ).toBe(403)
  })

  test('a permission that went between the answer and the deed is noticed in the deed', async () => {
    const { key } = await bed.somebody('flo', ['manage groups in tenancy'])
    bed.beforeNextWrite(async () => {
      await bed.call('DELETE', '/compartments/root/policies/for%20flo')
    })
    const answer = await bed.call('PUT', '/domains/default/groups/TooLate', { body: {} }, key)
    expect(answer).toMatchObject({ status: 409, body: { type: 'urn:gwanmun:problem:changed-meanwhile' } })
    expect((await bed.call('GET', '/domains/default/groups/TooLate')).status).toBe(404)
  })

  test('nothing went wrong on our side', () => {
    expect(bed.thrown).toEqual([])
  })
})
