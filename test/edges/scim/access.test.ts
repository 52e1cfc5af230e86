// Who may provision: keys, scopes, tenancies, domains, and every permission alone.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { GroupId, PersonId } from '../../../src/core/model/ids.ts'
import { stores } from '../admin/bed.ts'
import { allowed, type Bed, GROUP, openBed, patchOf, USER } from './bed.ts'

describe.each(stores)('%s', (_, open) => {
  if (!open) return test.skip('no second store', () => undefined)
  let bed: Bed
  let [ann, staff, boss] = ['' as PersonId, '' as GroupId, '' as PersonId]
  beforeAll(async () => {
    bed = await openBed(open)
    ann = await bed.addPerson('ann')
    boss = await bed.addPerson('boss')
    staff = await bed.addGroup('Staff')
    await bed.join(boss, bed.administrators)
  })
  afterAll(() => bed.close())

  test('U9: without a good key nothing is told', async () => {
    const keys: readonly (string | undefined)[] = [
      undefined,
      'nonsense',
      `gwm_${'x'.repeat(43)}`,
      await bed.keyOf({ kind: 'person', id: boss }, { scopes: ['scim'], revokedAt: bed.clock() }),
      await bed.keyOf({ kind: 'person', id: boss }, { scopes: ['scim'], expiresAt: bed.clock() }),
      await bed.keyOf({ kind: 'person', id: bed.root }, { scopes: ['scim'], tenancyId: bed.otherTenancyId }),
    ]
    for (const key of keys)
      for (const [method, path] of [
        ['GET', '/Users'],
        ['GET', `/Users/${ann}`],
        ['POST', '/Users'],
        ['POST', '/Bulk'],
        ['GET', '/nowhere'],
      ] as const) {
        const refused = await bed.scim(method, path, { key, ...(method === 'POST' ? { body: '{"broken' } : {}) })
        expect([refused.status, refused.body.status]).toEqual([401, '401'])
        expect(refused.headers.get('www-authenticate')).toBe('Bearer realm="scim", scope="scim"')
        expect(refused.headers.get('cache-control')).toBe('no-store')
      }
  })
  test('U9: a key that stops, stops at once', async () => {
    const key = await bed.client('stopping')
    expect((await bed.scim('GET', '/Users', { key })).status).toBe(200)
    await bed.store.write(async (tx) => {
      const row = await tx.serviceIds.byName(bed.tenancyId, 'stopping')
      if (row) await tx.serviceIds.put({ ...row, status: 'inactive' })
    })
    expect((await bed.scim('GET', '/Users', { key })).status).toBe(401)
  })
  test('U9: the scope of another interface is not this one', async () => {
    const key = await bed.client('admin-only', allowed, ['admin', 'pdp'])
    const refused = await bed.scim('GET', '/Users', { key })
    expect([refused.status, refused.body.detail]).toEqual([403, 'the API key lacks the scope `scim`'])
    expect((await bed.call('GET', '/domains/default/users', {}, bed.key)).status).toBe(403)
  })
  test('U9: what the server can do is told to anybody', async () => {
    for (const path of [
      '/ServiceProviderConfig',
      '/ResourceTypes',
      '/ResourceTypes/User',
      '/Schemas',
      `/Schemas/${USER}`,
    ])
      expect((await bed.scim('GET', path, { key: undefined })).status).toBe(200)
    expect((await bed.scim('GET', '/Schemas/urn:x', { key: undefined })).status).toBe(404)
    expect((await bed.scim('POST', '/Schemas', { key: undefined, body: {} })).status).toBe(405)
  })

  const add = patchOf({ op: 'add', path: 'members', value: [{ value: 'ANN' }] })
  const disable = patchOf({ op: 'replace', path: 'active', value: false })
  test.each<[string, readonly string[], readonly [string, string, unknown?]]>([
    ['reading a user', ['{USER_INSPECT}'], ['GET', '/Users/ANN']],
    ['listing users', ['{USER_INSPECT}'], ['GET', '/Users']],
    [
      'making a user',
      ['{USER_READ, USER_UPDATE, USER_DELETE}'],
      ['POST', '/Users', { schemas: [USER], userName: 'made' }],
    ],
    [
      'changing a user',
      ['{USER_READ, USER_CREATE, USER_UNBLOCK}'],
      ['PATCH', '/Users/ANN', patchOf({ op: 'replace', path: 'title', value: 'x' })],
    ],
    ['disabling a user', ['{USER_READ, USER_UPDATE}'], ['PATCH', '/Users/ANN', disable]],
    ['replacing a user', ['{USER_READ}'], ['PUT', '/Users/ANN', { schemas: [USER], userName: 'ann' }]],
    ['deleting a user', ['{USER_READ, USER_UPDATE, USER_CREATE}'], ['DELETE', '/Users/ANN']],
    ['reading a group', ['inspect group-memberships'], ['GET', '/Groups/STAFF']],
    ['reading who is in it', ['inspect groups'], ['GET', '/Groups/STAFF']],
    ['listing groups', ['manage users'], ['GET', '/Groups']],
    [
      'making a group',
      ['{GROUP_INSPECT, GROUP_UPDATE}'],
      ['POST', '/Groups', { schemas: [GROUP], displayName: 'Made' }],
    ],
    [
      'making a group with somebody in it',
      ['manage groups'],
      ['POST', '/Groups', { schemas: [GROUP], displayName: 'Made', members: [{ value: 'ANN' }] }],
    ],
    ['adding a member, without the person', ['manage groups'], ['PATCH', '/Groups/STAFF', add]],
    ['adding a member, without the group', ['manage users'], ['PATCH', '/Groups/STAFF', add]],
    [
      'renaming a group',
      ['{GROUP_INSPECT}'],
      ['PATCH', '/Groups/STAFF', patchOf({ op: 'replace', path: 'displayName', value: 'x' })],
    ],
    ['deleting a group', ['{GROUP_INSPECT, GROUP_UPDATE, GROUP_CREATE}'], ['DELETE', '/Groups/STAFF']],
  ])('U9: %s without its permission is refused', async (title, may, [method, path, body]) => {
    const key = await bed.client(title.replace(/\W+/g, '-'), may)
    const filled = (text: string) => text.replaceAll('ANN', ann).replaceAll('STAFF', staff)
    const before = await bed.audit()
    const refused = await bed.scim(method, filled(path), {
      key,
      ...(body === undefined ? {} : { body: filled(JSON.stringify(body)) }),
    })
    expect([refused.status, refused.body.schemas]).toEqual([403, ['urn:ietf:params:scim:api:messages:2.0:Error']])
    expect(refused.body.detail).toMatch(/you lack the permission for `[\w{}, ]+` on `\w[\w-]+` here/)
    const changes = (await bed.audit()).filter(
      (e) => /^(person|group|membership)\./.test(e.action) && !before.some((b) => b.id === e.id),
    )
    expect(changes).toEqual([])
  })

  test('U9: a client of one domain sees nothing of another', async () => {
    const may = allowed.map((what) => `${what} where target.domain.name = 'partners'`)
    const key = await bed.client('partners-only', may)
    for (const path of ['/Users', `/Users/${ann}`, '/Groups', `/Groups/${staff}`]) {
      expect((await bed.scim('GET', path, { key })).status).toBe(403)
      if (path.includes(ann) || path.includes(staff))
        expect((await bed.scim('GET', path, { key, domain: 'partners' })).status).toBe(404)
    }
    const made = await bed.scim('POST', '/Groups', {
      key,
      domain: 'partners',
      body: { schemas: [GROUP], displayName: 'Theirs' },
    })
    expect(made.status).toBe(201)
    const body = patchOf({ op: 'add', path: 'members', value: [{ value: ann }] })
    const foreign = await bed.scim('PATCH', `/Groups/${made.body.id}`, { key, domain: 'partners', body })
    expect([foreign.status, foreign.body.scimType]).toEqual([400, 'invalidValue'])
    for (const [method, sent] of [
      ['DELETE', undefined],
      ['PATCH', disable],
      ['PUT', { schemas: [USER], userName: 'x' }],
    ] as const)
      expect(
        (await bed.scim(method, `/Users/${ann}`, { key, domain: 'partners', ...(sent ? { body: sent } : {}) })).status,
      ).toBe(404)
    const { body: list } = await bed.scim(
      'GET',
      `/Users?filter=${encodeURIComponent(`id eq "${ann}" or userName eq "ann"`)}`,
      { key, domain: 'partners' },
    )
    expect(list.totalResults).toBe(0)
  })

  test('U9: a list leaves out whom the client may not see, and does not count them', async () => {
    const key = await bed.client('half-blind', [
      "read users where target.user.name = 'ann'",
      'inspect groups',
      'inspect group-memberships',
    ])
    const { body } = await bed.scim('GET', '/Users', { key })
    expect([body.totalResults, body.Resources.map((r: { userName: string }) => r.userName)]).toEqual([1, ['ann']])
    const { body: found } = await bed.scim(
      'GET',
      `/Users?filter=${encodeURIComponent('userName eq "boss" or userName eq "ann"')}`,
      { key },
    )
    expect(found.totalResults).toBe(1)
    expect((await bed.scim('GET', `/Users/${boss}`, { key })).status).toBe(403)
  })

  test('U9: a client as the guide makes it: its role is enough, in one domain, and stops before administrators', async () => {
    await bed.call('PUT', '/service-ids/guided', { body: { description: 'Provisions from Okta' } })
    const assignment = {
      holder: { kind: 'service-id', name: 'guided' },
      roles: ['user-administrator'],
      resource: { attributes: { 'target.domain.name': 'default' } },
    }
    expect((await bed.call('PUT', '/role-assignments/guided-provisions', { body: assignment })).status).toBe(201)
    const wanted = { owner: { serviceId: 'guided' }, name: 'guided', scopes: ['scim'] }
    const { key } = (await bed.call<{ key: string }>('POST', '/api-keys', { body: wanted })).body
    for (const path of ['/Users', '/Groups']) {
      expect((await bed.scim('GET', path, { key })).status).toBe(200)
      expect((await bed.scim('GET', path, { key, domain: 'partners' })).status).toBe(403)
    }
    const made = await bed.scim('POST', '/Users', { key, body: { schemas: [USER], userName: 'by-role@example.com' } })
    expect(made.status).toBe(201)
    const group = await bed.scim('POST', '/Groups', {
      key,
      body: { schemas: [GROUP], displayName: 'By role', members: [{ value: made.body.id }] },
    })
    expect(group.status).toBe(201)
    expect((await bed.scim('PATCH', `/Users/${made.body.id}`, { key, body: disable })).body.active).toBe(false)
    for (const body of [disable, patchOf({ op: 'replace', path: 'emails', value: [{ value: 'thief@evil.example' }] })])
      expect((await bed.scim('PATCH', `/Users/${boss}`, { key, body })).status).toBe(403)
    expect((await bed.scim('DELETE', `/Users/${boss}`, { key })).status).toBe(403)
    expect((await bed.scim('DELETE', `/Users/${made.body.id}`, { key })).status).toBe(204)
  })

  test('U9: whoever may manage all users still takes over nobody who is above them', async () => {
    const theft = patchOf({ op: 'replace', path: 'emails', value: [{ value: 'thief@evil.example' }] })
    for (const [method, body] of [
      ['PATCH', theft],
      ['PATCH', disable],
      ['DELETE', undefined],
    ] as const) {
      const refused = await bed.scim(method, `/Users/${boss}`, body ? { body } : {})
      expect([refused.status, refused.body.detail]).toEqual([
        403,
        expect.stringContaining('`boss` is an administrator'),
      ])
    }
    expect(await bed.store.read((tx) => tx.people.get(boss))).toMatchObject({ status: 'active' })
  })
})
