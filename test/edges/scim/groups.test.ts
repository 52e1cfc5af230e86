// Groups over HTTP, and memberships that remember where they come from.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { GroupId, PersonId } from '../../../src/core/model/ids.ts'
import { stores } from '../admin/bed.ts'
import { type Bed, GROUP, openBed, patchOf, USER } from './bed.ts'

describe.each(stores)('%s', (_, open) => {
  if (!open) return test.skip('no second store', () => undefined)
  let bed: Bed
  beforeAll(async () => {
    bed = await openBed(open)
  })
  afterAll(() => bed.close())
  const person = async (userName: string): Promise<PersonId> =>
    (await bed.scim('POST', '/Users', { body: { schemas: [USER], userName } })).body.id
  const group = async (displayName: string, members: readonly string[] = [], more: object = {}) => {
    const body = { schemas: [GROUP], displayName, members: members.map((value) => ({ value })), ...more }
    return (await bed.scim('POST', '/Groups', { body })).body
  }
  const patch = (id: string, ...operations: readonly object[]) =>
    bed.scim('PATCH', `/Groups/${id}`, { body: patchOf(...operations) })
  const membersOf = async (id: string): Promise<string[]> =>
    ((await bed.scim('GET', `/Groups/${id}`)).body.members ?? []).map((m: { value: string }) => m.value).sort()
  const sourcesIn = async (id: string) =>
    (await bed.store.read((tx) => tx.memberships.ofGroup(id as GroupId)))
      .map((m) => `${m.personId} ${m.provenance.kind}`)
      .sort()

  test('U9: a group is made with its members, read, replaced and removed', async () => {
    const [ann, bob] = [await person('ann'), await person('bob')]
    const made = await bed.scim('POST', '/Groups', {
      body: { schemas: [GROUP], displayName: 'Tour Guides', externalId: 'g-1', members: [{ value: ann }] },
    })
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({
      schemas: [GROUP],
      displayName: 'Tour Guides',
      externalId: 'g-1',
      members: [{ value: ann, type: 'User', $ref: `${bed.url}/d/acme/default/scim/v2/Users/${ann}` }],
      meta: { resourceType: 'Group', location: made.headers.get('location'), version: made.headers.get('etag') },
    })
    expect((await bed.scim('GET', `/Groups/${made.body.id}`)).body).toEqual(made.body)
    const [membership] = await bed.store.read((tx) => tx.memberships.ofPerson(ann))
    expect(membership).toMatchObject({ provenance: { kind: 'scim', client: 'okta' }, role: 'user' })
    const put = await bed.scim('PUT', `/Groups/${made.body.id}`, {
      body: { schemas: [GROUP], displayName: 'Guides', members: [{ value: bob }] },
    })
    expect(put.body).toMatchObject({ displayName: 'Guides', members: [{ value: bob }] })
    expect(put.body).not.toHaveProperty('externalId')
    expect((await bed.scim('DELETE', `/Groups/${made.body.id}`)).status).toBe(204)
    expect((await bed.scim('GET', `/Groups/${made.body.id}`)).status).toBe(404)
    expect(await bed.store.read((tx) => tx.memberships.ofPerson(bob))).toEqual([])
    expect((await bed.audit('membership.removed')).map((e) => e.target?.name)).toEqual(['ann'])
  })

  test('U9: what others know of a group stays when it is renamed', async () => {
    const id = await bed.addGroup('Kept')
    await bed.store.write(async (tx) => {
      const row = await tx.groups.get(id)
      if (row) await tx.groups.put({ ...row, description: 'by hand', tags: { 'org.unit': '7' } })
    })
    expect((await patch(id, { op: 'replace', path: 'displayName', value: 'Kept too' })).status).toBe(204)
    expect(await bed.store.read((tx) => tx.groups.get(id))).toMatchObject({
      name: 'Kept too',
      description: 'by hand',
      tags: { 'org.unit': '7' },
    })
    await patch(id, { op: 'add', path: 'externalId', value: 'g-7' })
    const byHand = await bed.call('PATCH', '/domains/default/groups/Kept%20too', { body: { description: 'again' } })
    expect(byHand.status).toBe(200)
    expect((await bed.scim('GET', `/Groups/${id}`)).body.externalId).toBe('g-7')
  })

  test('F5, U9: SCIM takes away what SCIM gave, and nothing else', async () => {
    const [ann, bob, cas] = [await person('ann5'), await person('bob5'), await person('cas5')]
    const { id } = await group('Mixed', [ann])
    await bed.join(bob, id)
    await patch(id, { op: 'add', path: 'members', value: [{ value: bob }, { value: cas }] })
    expect(await sourcesIn(id)).toEqual([`${ann} scim`, `${bob} direct`, `${bob} scim`, `${cas} scim`].sort())
    expect(await membersOf(id)).toEqual([ann, bob, cas].sort())
    await patch(id, { op: 'remove', path: 'members' })
    expect(await sourcesIn(id)).toEqual([`${bob} direct`])
    expect(await membersOf(id)).toEqual([bob])
    const [kept] = await bed.audit('membership.kept')
    expect(kept).toMatchObject({ target: { id: bob }, details: { by: 'scim', group: 'Mixed' } })
    await patch(id, { op: 'remove', path: `members[value eq "${bob}"]` })
    expect(await sourcesIn(id)).toEqual([`${bob} direct`])
  })

  test('F5, U9: what was read can be put back: it makes nobody a member a second time', async () => {
    const [ann, bob] = [await person('ann6'), await person('bob6')]
    const { id } = await group('Round', [ann])
    await bed.join(bob, id)
    const before = await sourcesIn(id)
    const { body } = await bed.scim('GET', `/Groups/${id}`)
    const put = await bed.scim('PUT', `/Groups/${id}`, { body })
    expect(put.body).toEqual(body)
    expect(await sourcesIn(id)).toEqual(before)
    await bed.scim('PUT', `/Groups/${id}`, { body: { ...body, members: [] } })
    expect(await sourcesIn(id)).toEqual([`${bob} direct`])
  })

  test('U9: operations follow each other', async () => {
    const [ann, bob, cas] = [await person('ann7'), await person('bob7'), await person('cas7')]
    const { id } = await group('Turns', [ann])
    await patch(
      id,
      { op: 'replace', path: 'members', value: [{ value: bob }] },
      { op: 'add', path: 'members', value: [{ value: cas }] },
      { op: 'remove', path: `members[value eq "${bob}"]` },
    )
    expect(await membersOf(id)).toEqual([cas])
    await patch(
      id,
      { op: 'add', path: 'members', value: [{ value: ann }] },
      { op: 'replace', value: { members: [{ value: bob }], displayName: 'Turned' } },
    )
    expect(await membersOf(id)).toEqual([bob])
    const events = (await bed.audit()).length
    expect((await patch(id, { op: 'add', path: 'members', value: [{ value: bob }] })).status).toBe(204)
    expect((await bed.audit()).length).toBe(events)
  })

  test('U9: a body is answered to a PATCH that asks for one', async () => {
    const ann = await person('ann8')
    const { id } = await group('Asked')
    const body = patchOf({ op: 'add', path: 'members', value: [{ value: ann }] })
    const asked = await bed.scim('PATCH', `/Groups/${id}?attributes=members.value`, { body })
    expect([asked.status, asked.body]).toEqual([200, { schemas: [GROUP], id, members: [{ value: ann }] }])
  })

  test('U9: versions speak of the members too', async () => {
    const [ann, bob] = [await person('ann9'), await person('bob9')]
    const made = await group('Versions', [ann])
    const ifMatch = { 'if-match': made.meta.version }
    const add = (value: string) =>
      bed.scim('PATCH', `/Groups/${made.id}`, {
        body: patchOf({ op: 'add', path: 'members', value: [{ value }] }),
        headers: ifMatch,
      })
    const both = await Promise.all([
      add(bob),
      bed.scim('PUT', `/Groups/${made.id}`, { body: { schemas: [GROUP], displayName: 'V' }, headers: ifMatch }),
    ])
    expect(both.map((r) => r.status).filter((s) => s === 412)).toHaveLength(1)
    expect((await bed.scim('DELETE', `/Groups/${made.id}`, { headers: ifMatch })).status).toBe(412)
    const fresh = await bed.scim('GET', `/Groups/${made.id}`)
    expect(
      (await bed.scim('GET', `/Groups/${made.id}`, { headers: { 'if-none-match': fresh.body.meta.version } })).status,
    ).toBe(304)
    const bare = await bed.scim('GET', `/Groups/${made.id}?excludedAttributes=members`)
    expect(bare.headers.get('etag')).toBeNull()
    expect(bare.body).not.toHaveProperty('members')
    expect(bare.body.meta).not.toHaveProperty('version')
  })

  test.each<[string, object, string]>([
    ['no name', { schemas: [GROUP] }, 'invalidValue'],
    ['a name that reads as a path', { schemas: [GROUP], displayName: 'partners/Finance' }, 'invalidValue'],
    ['a name like an id', { schemas: [GROUP], displayName: '01JCXM4ZV7Q2T8N5R3W6Y9B0KD' }, 'invalidValue'],
    ['members that are nobody', { schemas: [GROUP], displayName: 'N', members: [{ value: 'nobody' }] }, 'invalidValue'],
    [
      'a group within it',
      { schemas: [GROUP], displayName: 'N', members: [{ value: 'x', type: 'Group' }] },
      'invalidValue',
    ],
  ])('U9: %s is refused and changes nothing', async (_title, body, scimType) => {
    const refused = await bed.scim('POST', '/Groups', { body })
    expect([refused.status, refused.body.scimType]).toEqual([400, scimType])
    expect((await bed.scim('GET', '/Groups?filter=displayName%20eq%20%22N%22')).body.totalResults).toBe(0)
  })
  test('U9: a name that a group has is taken', async () => {
    await group('Taken')
    const again = await bed.scim('POST', '/Groups', { body: { schemas: [GROUP], displayName: 'TAKEN' } })
    expect([again.status, again.body.scimType]).toEqual([409, 'uniqueness'])
  })

  test('U9: a patch with one wrong operation changes nothing', async () => {
    const ann = await person('ann10')
    const { id } = await group('Whole')
    const add = { op: 'add', path: 'members', value: [{ value: ann }] }
    const wrong: readonly (readonly [object, string])[] = [
      [{ op: 'add', path: 'members', value: [{ value: 'nobody' }] }, 'invalidValue'],
      [{ op: 'replace', path: 'displayName', value: '' }, 'mutability'],
      [{ op: 'replace', path: 'shoeSize', value: 1 }, 'invalidPath'],
      [{ op: 'move', path: 'members' }, 'invalidSyntax'],
      [{ op: 'remove' }, 'noTarget'],
      [{ op: 'remove', path: 'members[value ne "x"]' }, 'invalidFilter'],
    ]
    for (const [operation, scimType] of wrong)
      expect((await patch(id, add, operation)).body).toMatchObject({ status: '400', scimType })
    expect(await membersOf(id)).toEqual([])
  })

  test('U9: the group of the administrators is not provisioned', async () => {
    const ann = await person('ann11')
    const { administrators } = bed
    const refused = await patch(administrators, { op: 'add', path: 'members', value: [{ value: ann }] })
    expect([refused.status, refused.body.detail]).toEqual([
      403,
      expect.stringContaining('only a member of `Administrators`'),
    ])
    expect((await patch(administrators, { op: 'replace', path: 'displayName', value: 'Mine' })).status).toBe(403)
    expect((await bed.scim('DELETE', `/Groups/${administrators}`)).status).toBe(403)
    const power = await bed.addGroup('Power')
    await bed.policy('power', ['Allow group Power to manage policies in tenancy'])
    const unheld = await patch(power, { op: 'add', path: 'members', value: [{ value: ann }] })
    expect([unheld.status, unheld.body.detail]).toEqual([403, expect.stringContaining('holds what you do not')])
    expect(await sourcesIn(power)).toEqual([])
  })
})
