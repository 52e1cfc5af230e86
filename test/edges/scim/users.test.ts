// Users over HTTP: made, read, replaced, patched and removed, as RFC 7644 has it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ENTERPRISE } from '../../../src/core/scim/user-schema.ts'
import { stores } from '../admin/bed.ts'
import { type Bed, openBed, patchOf, USER } from './bed.ts'

const bjensen = {
  schemas: [USER, ENTERPRISE],
  userName: 'bjensen@example.com',
  externalId: 'bjensen',
  name: { formatted: 'Ms. Barbara J Jensen III', familyName: 'Jensen', givenName: 'Barbara', middleName: 'J' },
  displayName: 'Babs Jensen',
  emails: [
    { value: 'bjensen@example.com', type: 'work', primary: true },
    { value: 'babs@jensen.example', type: 'home' },
  ],
  addresses: [{ type: 'work', streetAddress: '100 Universal City Plaza', locality: 'Hollywood', primary: true }],
  phoneNumbers: [{ value: '555-555-5555', type: 'work' }],
  userType: 'Employee',
  title: 'Tour Guide',
  locale: 'en-US',
  active: true,
  roles: [{ value: 'Guide' }],
  [ENTERPRISE]: {
    employeeNumber: '701984',
    department: 'Tour Operations',
    manager: { value: '26118915', displayName: 'John' },
  },
}

describe.each(stores)('%s', (_, open) => {
  if (!open) return test.skip('no second store', () => undefined)
  let bed: Bed
  beforeAll(async () => {
    bed = await openBed(open)
  })
  afterAll(() => bed.close())
  const make = async (userName: string, more: object = {}) =>
    (await bed.scim('POST', '/Users', { body: { schemas: [USER], userName, ...more } })).body

  test('U9: what was sent is kept and answered, with id, version and address', async () => {
    const made = await bed.scim('POST', '/Users', {
      body: { ...bjensen, password: 'T1meMa$heen', id: 'mine', shoeSize: 42 },
    })
    expect(made.status).toBe(201)
    expect(made.headers.get('content-type')).toMatch(/^application\/scim\+json/)
    expect(made.body).toMatchObject(bjensen)
    expect(made.body.id).not.toBe('mine')
    expect(made.body).not.toHaveProperty('password')
    expect(made.headers.get('location')).toBe(`${bed.url}/d/acme/default/scim/v2/Users/${made.body.id}`)
    expect(made.body.meta).toMatchObject({
      resourceType: 'User',
      location: made.headers.get('location'),
      version: made.headers.get('etag'),
    })
    const read = await bed.scim('GET', `/Users/${made.body.id}`)
    expect(read.body).toEqual(made.body)
    const row = await bed.store.read((tx) => tx.people.get(made.body.id))
    expect(row).toMatchObject({
      username: 'bjensen@example.com',
      email: 'bjensen@example.com',
      emailVerified: false,
      attributes: { title: ['Tour Guide'], department: ['Tour Operations'] },
    })
    expect(JSON.stringify(await bed.audit())).not.toContain('T1meMa$heen')
    const [event] = await bed.audit('person.created')
    expect(event).toMatchObject({
      actor: { kind: 'service-id', name: 'okta' },
      details: { by: 'scim' },
      requestId: 'ours-1',
      after: { externalId: 'bjensen' },
    })
  })

  test('U9: a user name is one person of the domain, whatever its case', async () => {
    await make('taken@example.com')
    const again = await bed.scim('POST', '/Users', { body: { schemas: [USER], userName: 'TAKEN@example.com' } })
    expect(again.status).toBe(409)
    expect(again.body).toEqual({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
      status: '409',
      scimType: 'uniqueness',
      detail: expect.stringContaining('taken@example.com'.toUpperCase().slice(0, 5)),
    })
    const other = await make('other@example.com')
    const renamed = await bed.scim('PATCH', `/Users/${other.id}`, {
      body: patchOf({ op: 'replace', path: 'userName', value: 'taken@example.com' }),
    })
    expect([renamed.status, renamed.body.scimType]).toEqual([409, 'uniqueness'])
  })

  test('U9: PUT replaces: what is left out goes, `active` stays, what SCIM does not know stays', async () => {
    const made = await make('put@example.com', {
      title: 'CFO',
      nickName: 'P',
      emails: [{ value: 'p@example.com' }],
      active: false,
    })
    await bed.store.write(async (tx) => {
      const row = await tx.people.get(made.id)
      if (row) await tx.people.put({ ...row, attributes: { ...row.attributes, floor: ['7'] } })
    })
    const put = await bed.scim('PUT', `/Users/${made.id}`, {
      body: { schemas: [USER], id: made.id, userName: 'put@example.com', title: 'CEO' },
    })
    expect(put.status).toBe(200)
    expect(put.body).toMatchObject({ id: made.id, title: 'CEO', active: false })
    for (const gone of ['nickName', 'emails']) expect(put.body).not.toHaveProperty(gone)
    const row = await bed.store.read((tx) => tx.people.get(made.id))
    expect(row?.attributes).toEqual({ title: ['CEO'], floor: ['7'] })
    expect(row?.email).toBeUndefined()
  })

  test('U9: a patch that changes nothing writes nothing', async () => {
    const made = await make('same@example.com', { emails: [{ value: 's@example.com', type: 'work', primary: true }] })
    const events = (await bed.audit()).length
    const patched = await bed.scim('PATCH', `/Users/${made.id}`, {
      body: patchOf(
        { op: 'Replace', path: 'userName', value: 'same@example.com' },
        { op: 'add', value: { active: 'True' } },
      ),
    })
    expect(patched.status).toBe(200)
    expect(patched.body).toEqual(made)
    expect((await bed.audit()).length).toBe(events)
  })

  test('U9: the address of a person counts as proven where the domain owns it, and only there', async () => {
    const verified = async (id: string) => (await bed.store.read((tx) => tx.people.get(id as never)))?.emailVerified
    const { idp } = await import('../../stores/rows.ts')
    await bed.store.write((tx) =>
      tx.idps.put(
        idp('corp', {
          tenancyId: bed.tenancyId,
          domainId: bed.domains.default,
          emailDomains: ['corp.example'],
          enabled: true,
        }),
      ),
    )
    const owned = await make('owned', { emails: [{ value: 'owned@Corp.example' }] })
    const foreign = await make('foreign', { emails: [{ value: 'x@corp.example.evil.test' }] })
    expect([await verified(owned.id), await verified(foreign.id)]).toEqual([true, false])
    await bed.scim('PATCH', `/Users/${owned.id}`, {
      body: patchOf(
        { op: 'replace', path: 'emails[type eq "work"].value', value: 'new@elsewhere.example' },
        { op: 'replace', path: 'title', value: 'x' },
      ),
    })
    await bed.scim('PATCH', `/Users/${owned.id}`, {
      body: patchOf({ op: 'replace', path: 'emails', value: [{ value: 'new@elsewhere.example' }] }),
    })
    expect(await verified(owned.id)).toBe(false)
  })

  test('U9: versions: one of two writers wins, and what is unchanged is not sent again', async () => {
    const made = await make('race@example.com')
    const ifMatch = { 'if-match': made.meta.version }
    const write = (value: string) =>
      bed.scim('PATCH', `/Users/${made.id}`, {
        body: patchOf({ op: 'replace', path: 'title', value }),
        headers: ifMatch,
      })
    const both = await Promise.all([write('a'), write('b'), write('c'), write('d')])
    expect(both.map((r) => r.status).sort()).toEqual([200, 412, 412, 412])
    expect(both.find((r) => r.status === 412)?.body).toMatchObject({
      status: '412',
      detail: expect.stringContaining('read it again'),
    })
    const fresh = await bed.scim('GET', `/Users/${made.id}`)
    const again = await bed.scim('GET', `/Users/${made.id}`, {
      headers: { 'if-none-match': fresh.headers.get('etag') ?? '' },
    })
    expect([again.status, again.body]).toEqual([304, ''])
    const put = { schemas: [USER], userName: 'race@example.com' }
    expect((await bed.scim('PUT', `/Users/${made.id}`, { body: put, headers: ifMatch })).status).toBe(412)
    expect((await bed.scim('DELETE', `/Users/${made.id}`, { headers: ifMatch })).status).toBe(412)
    const strong = fresh.body.meta.version.replace('W/', '')
    expect((await bed.scim('PUT', `/Users/${made.id}`, { body: put, headers: { 'if-match': strong } })).status).toBe(
      200,
    )
    expect((await bed.scim('DELETE', `/Users/${made.id}`, { headers: { 'if-match': '*' } })).status).toBe(204)
  })

  test('U9: only what was asked for is answered', async () => {
    const made = await make('part@example.com', { title: 'CFO', name: { givenName: 'Pat', familyName: 'Lee' } })
    const some = await bed.scim('GET', `/Users/${made.id}?attributes=userName,name.givenName`)
    expect(some.body).toEqual({
      schemas: made.schemas,
      id: made.id,
      userName: 'part@example.com',
      name: { givenName: 'Pat' },
    })
    const without = await bed.scim('GET', `/Users/${made.id}?excludedAttributes=name,meta,id`)
    expect(Object.keys(without.body)).toEqual(['schemas', 'id', 'userName', 'displayName', 'title', 'active'])
  })

  test('U9: groups are shown, and changed elsewhere', async () => {
    const made = await make('grouped@example.com')
    const staff = await bed.addGroup('Grouped')
    await bed.join(made.id, staff)
    const { body } = await bed.scim('GET', `/Users/${made.id}`)
    expect(body.groups).toEqual([
      { value: staff, display: 'Grouped', type: 'direct', $ref: `${bed.url}/d/acme/default/scim/v2/Groups/${staff}` },
    ])
    const patched = await bed.scim('PATCH', `/Users/${made.id}`, { body: patchOf({ op: 'remove', path: 'groups' }) })
    expect([patched.status, patched.body.scimType]).toEqual([400, 'mutability'])
    const put = await bed.scim('PUT', `/Users/${made.id}`, { body: { ...body, groups: [] } })
    expect(put.body.groups).toEqual(body.groups)
  })

  test.each<[string, object, string]>([
    ['a body without schemas', { userName: 'x' }, 'invalidSyntax'],
    ['schemas of something else', { schemas: ['urn:x'], userName: 'x' }, 'invalidSyntax'],
    ['no user name', { schemas: [USER], displayName: 'x' }, 'invalidValue'],
    ['a name with a space', { schemas: [USER], userName: 'a b' }, 'invalidValue'],
    ['a name like an id', { schemas: [USER], userName: '01JCXM4ZV7Q2T8N5R3W6Y9B0KD' }, 'invalidValue'],
    ['no address', { schemas: [USER], userName: 'x', emails: [{ value: 'x' }] }, 'invalidValue'],
    [
      'two addresses in one',
      { schemas: [USER], userName: 'x', emails: [{ value: 'a@x.example,b@y.example' }] },
      'invalidValue',
    ],
    ['text for a boolean', { schemas: [USER], userName: 'x', active: 'perhaps' }, 'invalidValue'],
    ['an object for text', { schemas: [USER], userName: { a: 1 } }, 'invalidValue'],
  ])('U9: %s is refused and changes nothing', async (_title, body, scimType) => {
    const before = await bed.store.read((tx) => tx.people.count(bed.domains.default))
    const refused = await bed.scim('POST', '/Users', { body })
    expect([refused.status, refused.body.scimType]).toEqual([400, scimType])
    expect(await bed.store.read((tx) => tx.people.count(bed.domains.default))).toBe(before)
  })

  test('U9: what is no JSON, too large, or no content of ours', async () => {
    const post = (body: string, type = 'application/scim+json') =>
      bed.scim('POST', '/Users', { body, headers: { 'content-type': type } })
    const broken = await post('{"schemas":')
    expect([broken.status, broken.body.scimType]).toEqual([400, 'invalidSyntax'])
    const large = await post(JSON.stringify({ schemas: [USER], userName: 'x'.repeat(1_100_000) }))
    expect([large.status, large.body.status]).toEqual([413, '413'])
    expect((await post('<a/>', 'text/xml')).status).toBe(415)
    expect((await post('[]')).body.scimType).toBe('invalidSyntax')
    expect(
      (
        await bed.scim('POST', '/Users', {
          body: JSON.stringify({ schemas: [USER], userName: 'json@example.com' }),
          headers: { 'content-type': 'application/json' },
        })
      ).status,
    ).toBe(201)
    expect(bed.logged).toEqual([])
  })

  test('U9: what is not there, and what cannot be done', async () => {
    for (const id of ['nobody', '01JCXM4ZV7Q2T8N5R3W6Y9B0KD', '%00', "'%20or%201=1", 'x'.repeat(200)])
      for (const method of ['GET', 'DELETE']) {
        const gone = await bed.scim(method, `/Users/${id}`)
        expect([gone.status, gone.body.schemas]).toEqual([404, ['urn:ietf:params:scim:api:messages:2.0:Error']])
      }
    expect((await bed.scim('PUT', '/Users', { body: {} })).status).toBe(405)
    expect((await bed.scim('GET', '/Shoes')).body).toMatchObject({ status: '404' })
    expect((await bed.scim('GET', '/Users', { domain: 'nowhere' })).body).toMatchObject({ status: '404' })
  })
})
