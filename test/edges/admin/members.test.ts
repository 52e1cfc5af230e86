// Memberships over HTTP (U5, T5): both sides are asked, only direct ones are given and taken, and nobody gives what he does not hold.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Bed, openBed, stores } from './bed.ts'

const member = (group: string, user: string): string => `/domains/default/groups/${group}/members/${user}`
type List = { items: { username: string; role: string }[] }

describe.each(stores)('%s', (_, open) => {
  if (!open) return test.skip('no second store', () => undefined)
  let bed: Bed
  beforeAll(async () => {
    bed = await openBed(open)
    for (const name of ['Finance', 'Support']) await bed.addGroup(name)
    for (const name of ['ann', 'ben', 'cleo']) await bed.addPerson(name)
  })
  afterAll(() => bed.close())

  test('U5 somebody is put into groups, given a role and an end, and taken out', async () => {
    const expiresAt = new Date(bed.clock() + 86_400_000).toISOString()
    const made = await bed.call('PUT', member('Finance', 'ann'), { body: { role: 'admin', expiresAt } })
    expect(made).toMatchObject({
      status: 201,
      body: { username: 'ann', role: 'admin', expiresAt, sources: [{ kind: 'direct', by: 'root' }] },
    })
    const again = await bed.call('PUT', member('finance', 'ANN'), { body: { role: 'admin', expiresAt } })
    expect([again.status, again.headers.get('etag')]).toEqual([200, made.headers.get('etag')])
    expect(await bed.audit('membership.changed')).toEqual([])
    await bed.call('PUT', member('Finance', 'ben'), { body: {} })
    const listed = await bed.call<List>('GET', '/domains/default/groups/Finance/members')
    expect(listed.body.items.map((m) => [m.username, m.role]).sort()).toEqual([
      ['ann', 'admin'],
      ['ben', 'user'],
    ])
    await bed.call('PUT', member('Finance', 'ben'), { body: { role: 'admin' } })
    const changed = await bed.call('PATCH', member('Finance', 'ann'), { body: { role: 'user', expiresAt: null } })
    expect(changed.body).toMatchObject({ role: 'user' })
    expect(changed.body.expiresAt).toBeUndefined()
    expect((await bed.call('DELETE', member('Finance', 'ann'))).status).toBe(204)
    expect((await bed.call('GET', member('Finance', 'ann'))).status).toBe(404)
    expect((await bed.call('PUT', member('Finance', 'nobody'), { body: {} })).status).toBe(404)
    expect((await bed.call('PUT', member('Nothing', 'ann'), { body: {} })).status).toBe(404)
    const past = { expiresAt: new Date(bed.clock()).toISOString() }
    expect((await bed.call('PUT', member('Finance', 'cleo'), { body: past })).status).toBe(422)
  })

  test('a membership that came another way is shown with its reason and not taken here', async () => {
    const ben =
      (await bed.store.read((tx) => tx.people.byUsername(bed.domains.default, 'ben'))) ?? expect.fail('nobody')
    const group =
      (await bed.store.read((tx) => tx.groups.byName(bed.domains.default, 'Support'))) ?? expect.fail('none')
    await bed.join(ben.id, group.id, { provenance: { kind: 'scim', client: 'entra' } })
    expect((await bed.call('GET', member('Support', 'ben'))).body).toMatchObject({
      sources: [{ kind: 'scim', by: 'entra' }],
    })
    expect(await bed.call('DELETE', member('Support', 'ben'))).toMatchObject({
      status: 403,
      body: { reason: 'not-a-direct-membership' },
    })
  })

  test('adding and removing need the permission on the group and on the person', async () => {
    const put = (key: string) => bed.call('PUT', member('Support', 'cleo'), { body: {} }, key)
    const groupsOnly = await bed.somebody('gus', ['manage groups in tenancy'])
    const peopleOnly = await bed.somebody('pam', ['manage users in tenancy'])
    const both = await bed.somebody('bo', [
      'use users in tenancy',
      "use groups in tenancy where target.group.name = 'Support'",
    ])
    expect([(await put(groupsOnly.key)).status, (await put(peopleOnly.key)).status]).toEqual([403, 403])
    expect((await put(both.key)).status).toBe(201)
    expect((await bed.call('PUT', member('Finance', 'cleo'), { body: {} }, both.key)).status).toBe(403)
    expect((await bed.call('DELETE', member('Support', 'cleo'), {}, peopleOnly.key)).status).toBe(403)
    expect((await bed.call('DELETE', member('Support', 'cleo'), {}, both.key)).status).toBe(204)
  })

  test('T5 nobody puts anybody into a group that holds more than he does', async () => {
    await bed.addGroup('Writers')
    await bed.policy('writers', ['Allow group Writers to manage policies in tenancy'])
    const { key } = await bed.somebody('una', ['manage users in tenancy', 'manage groups in tenancy'])
    const add = (group: string) => bed.call('PUT', member(group, 'una'), { body: {} }, key)
    expect(await add('Administrators')).toMatchObject({ status: 403, body: { reason: 'administrator-required' } })
    expect(await add('Writers')).toMatchObject({
      status: 403,
      body: { reason: 'not-held', detail: expect.stringContaining('POLICY_CREATE') },
    })
    expect((await add('Finance')).status).toBe(201)
    const more = await bed.somebody('vic', [
      'manage users in tenancy',
      'manage groups in tenancy',
      'manage policies in tenancy',
    ])
    expect((await bed.call('PUT', member('Writers', 'vic'), { body: {} }, more.key)).status).toBe(201)
    expect((await bed.call('PUT', member('Administrators', 'ann'), { body: {} })).status).toBe(201)
  })

  describe('E.2-21 the last administrator of a group', () => {
    const kept = { status: 403, body: { reason: 'last-group-admin', detail: expect.stringContaining('`Payroll`') } }
    const role = async (user: string) => (await bed.call('GET', member('Payroll', user))).body.role
    const put = (user: string, body: object) => bed.call('PUT', member('Payroll', user), { body })
    const remove = (user: string) => bed.call('DELETE', member('Payroll', user))
    beforeAll(async () => {
      await bed.addGroup('Payroll')
      for (const name of ['dora', 'eli']) await bed.addPerson(name)
      expect(await put('dora', { role: 'admin' })).toMatchObject({ status: 201 })
      expect(await put('eli', {})).toMatchObject({ status: 201 })
    })

    test('E.2-21: is neither removed nor downgraded, and nothing is recorded as if', async () => {
      const before = (await bed.audit()).filter((e) => e.action.startsWith('membership.'))
      expect(await remove('dora')).toMatchObject(kept)
      expect(await put('dora', {})).toMatchObject(kept)
      expect(await bed.call('PATCH', member('Payroll', 'dora'), { body: { role: 'user' } })).toMatchObject(kept)
      expect(await role('dora')).toBe('admin')
      expect((await bed.audit()).filter((e) => e.action.startsWith('membership.'))).toEqual(before)
    })
    test('E.2-21: members who are none come and go, and an administrator goes once there is another', async () => {
      expect((await remove('eli')).status).toBe(204)
      expect((await put('eli', { role: 'admin' })).status).toBe(201)
      expect((await put('dora', {})).status).toBe(200)
      expect(await remove('eli')).toMatchObject(kept)
      expect((await put('dora', { role: 'admin' })).status).toBe(200)
    })
    test('E.2-21: one whose time is over is none', async () => {
      const expiresAt = new Date(bed.clock() + 60_000).toISOString()
      expect((await put('eli', { role: 'admin', expiresAt })).status).toBe(200)
      bed.later(60)
      expect(await remove('dora')).toMatchObject(kept)
      expect((await remove('eli')).status).toBe(204)
      expect((await put('eli', { role: 'admin' })).status).toBe(201)
    })
    test('E.2-21: of two that are taken at once, one stays', async () => {
      bed.beforeNextWrite(async () => {
        expect((await remove('eli')).status).toBe(204)
      })
      expect(await remove('dora')).toMatchObject(kept)
      expect((await put('eli', { role: 'admin' })).status).toBe(201)
      const both = await Promise.all([remove('dora'), remove('eli')])
      expect(both.map((answer) => answer.status).sort()).toEqual([204, 403])
    })
    test('E.2-21: a deleted person, and a deleted group, take it along', async () => {
      for (const user of ['dora', 'eli'])
        expect((await bed.call('DELETE', `/domains/default/users/${user}`)).status).toBe(204)
      const list = await bed.call<List>('GET', '/domains/default/groups/Payroll/members')
      expect(list.body.items).toEqual([])
      expect((await put('cleo', { role: 'admin' })).status).toBe(201)
      expect((await bed.call('DELETE', '/domains/default/groups/Payroll')).status).toBe(204)
    })
  })

  test('nothing went wrong on our side', () => {
    expect(bed.thrown).toEqual([])
  })
})
