// Roles over HTTP: what is offered, given by name, read, changed, taken away, and what everybody sees of their own.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CompartmentId } from '../../../src/core/model/ids.ts'
import { type Bed, openBed, stores } from './bed.ts'

type List = { readonly items: readonly { readonly [name: string]: unknown }[] }
const assignments = '/role-assignments'

describe.each(stores)('%s', (_, open) => {
  if (!open) return test.skip('no second store', () => undefined)
  let bed: Bed
  beforeAll(async () => {
    bed = await openBed(open)
    const { tenancyId, rootCompartment } = bed
    const at = (name: string, parentId: CompartmentId) => {
      const id = bed.random.id() as CompartmentId
      return { id, tenancyId, parentId, name, description: '' }
    }
    const shop = at('Shop', rootCompartment)
    await bed.store.write(async (tx) => {
      for (const row of [shop, at('Front', shop.id), at('Back', shop.id), at('Lab', rootCompartment)])
        await tx.compartments.put(row)
      await tx.tenancies.bumpRevision(tenancyId)
    })
  })
  afterAll(() => bed.close())

  const give = (name: string, body: object, token?: string, headers = {}) =>
    bed.call('PUT', `${assignments}/${name}`, { body, headers }, token)
  const to = (name: string, kind = 'person') => ({ holder: { kind, name } })
  const rolesFor = async (query: string, token?: string): Promise<readonly unknown[]> =>
    (await bed.call<List>('GET', `/roles${query}`, {}, token)).body.items.map((r) => r.name)
  const may = async (person: string, action: string, type: string, compartment: string, facts = {}) =>
    (
      await bed.authorize(
        { tenancyId: bed.tenancyId, actor: { kind: 'app', id: 'a', name: 'a' }, requestId: undefined },
        {
          subject: { type: 'user', id: person, properties: {} },
          action: { name: action, properties: {} },
          resource: { type, id: 'r1', properties: { compartment, ...facts } },
          context: {},
        },
      )
    ).allow

  test('E.1-3 E.1-14 a role is given by name, effective at once, changed, and taken away', async () => {
    const lee = await bed.somebody('lee')
    const developer = { ...to('lee'), roles: ['space-developer'], compartment: 'Shop:Front' }
    const made = await give('lee%20in%20front', developer)
    expect([made.status, made.body]).toEqual([
      201,
      expect.objectContaining({
        name: 'lee in front',
        holder: { kind: 'person', id: lee.person, name: 'lee' },
        compartment: 'Shop:Front',
        createdBy: 'root',
      }),
    ])
    expect(made.headers.get('location')).toBe(`${bed.url}/api/v1/tenancies/acme${assignments}/lee%20in%20front`)
    expect(await may('lee', 'StartApp', 'apps', 'Shop:Front')).toBe(true)
    const again = await give('lee%20in%20front', developer)
    expect([again.status, again.headers.get('etag')]).toEqual([200, made.headers.get('etag')])
    const etag = { 'if-match': made.headers.get('etag') ?? '' }
    expect((await give('lee%20in%20front', { ...developer, roles: ['space-auditor'] }, undefined, etag)).status).toBe(
      200,
    )
    expect((await give('lee%20in%20front', developer, undefined, etag)).status).toBe(412)
    expect(await may('lee', 'StartApp', 'apps', 'Shop:Front')).toBe(false)
    expect(await may('lee', 'GetApp', 'apps', 'Shop:Front')).toBe(true)
    expect((await bed.call('GET', `${assignments}/lee%20in%20front`)).body).toMatchObject({ roles: ['space-auditor'] })
    expect((await bed.call('DELETE', `${assignments}/lee%20in%20front`, { headers: etag })).status).toBe(412)
    expect((await bed.call('DELETE', `${assignments}/lee%20in%20front`)).status).toBe(204)
    expect((await bed.call('DELETE', `${assignments}/lee%20in%20front`)).status).toBe(404)
    expect(await may('lee', 'GetApp', 'apps', 'Shop:Front')).toBe(false)
    expect((await bed.audit('role-assignment.created')).length).toBe(1)
  })

  test('I3 E.1-14 a part is changed by a merge patch; the rest stays, `null` puts back, and nobody gives more than they hold', async () => {
    const ann = await bed.somebody('ann')
    const at = `${assignments}/ann`
    const patch = (body: object, token?: string, headers = {}) => bed.call('PATCH', at, { body, headers }, token)
    const made = await give('ann', {
      ...to('ann'),
      roles: ['viewer', 'writer'],
      service: 'objectstorage',
      compartment: 'Shop:Front',
      expiresAt: '2031-01-01T00:00:00.000Z',
    })
    const deletes = () => may('ann', 'DeleteBucket', 'buckets', 'Shop:Front')
    expect(await deletes()).toBe(true)
    const changed = await patch({ roles: ['viewer'], expiresAt: null })
    expect([changed.status, changed.body]).toEqual([
      200,
      { ...made.body, roles: ['viewer'], expiresAt: undefined, updatedAt: expect.any(String) },
    ])
    const events = (await bed.audit()).length
    const same = await patch({ roles: ['viewer'] })
    expect([same.status, same.headers.get('etag')]).toEqual([200, changed.headers.get('etag')])
    expect((await bed.audit()).length).toBe(events)
    const narrowed = await patch({ resource: { attributes: { plan: 'gold' } } })
    expect(narrowed.body).toMatchObject({ resource: { attributes: { plan: 'gold' } }, roles: ['viewer'] })
    expect((await patch({ resource: { attributes: { plan: null } } })).body).toMatchObject({
      resource: { attributes: {} },
    })
    const stale = await patch({ roles: ['reader'] }, undefined, { 'if-match': made.headers.get('etag') ?? '' })
    expect(stale.status).toBe(412)
    for (const [body, status] of [
      [{ roles: null }, 400],
      [{ rolls: [] }, 400],
      [{ roles: ['nothing-of-the-kind'] }, 422],
      [{ holder: { name: 'nobody-there' } }, 404],
      [{ compartment: 'Nowhere' }, 404],
    ] as const)
      expect([body, (await patch(body)).status]).toEqual([body, status])
    expect((await bed.call('PATCH', `${assignments}/none`, { body: { roles: ['viewer'] } })).status).toBe(404)
    expect((await patch({ roles: ['manager'] }, ann.key)).status).toBe(403)
    const clerk = await bed.somebody('clerk', ['manage role-assignments in tenancy'])
    expect((await patch({ roles: ['manager'] }, clerk.key)).body).toMatchObject({ status: 403, reason: 'not-held' })
    expect((await bed.call('GET', at)).body).toMatchObject({ roles: ['viewer'], holder: { id: ann.person } })
    expect(await deletes()).toBe(false)
    expect((await bed.call('DELETE', at)).status).toBe(204)
  })

  test('E.1-25 to a service ID, to a group, to somebody by `domain/name` and by id', async () => {
    const mia = await bed.addPerson('mia', {}, 'partners')
    await bed.addGroup('Readers')
    const now = { createdAt: bed.clock(), updatedAt: bed.clock() }
    await bed.store.write((tx) =>
      tx.serviceIds.put({
        ...now,
        id: bed.random.id() as never,
        tenancyId: bed.tenancyId,
        compartmentId: bed.rootCompartment,
        name: 'robot',
        description: '',
        status: 'active',
      }),
    )
    const reader = { roles: ['reader'], service: 'objectstorage' }
    for (const [n, holder] of [
      to('robot', 'service-id'),
      to('readers', 'group'),
      to('partners/mia'),
      to(mia),
    ].entries())
      expect((await give(`holder-${n}`, { ...holder, ...reader })).status).toBe(201)
    for (const [n, holder] of [
      to('robot', 'group'),
      to('readers'),
      to('mia'),
      to('partners/nobody'),
      to('nowhere/mia'),
    ].entries())
      expect(await give(`nobody-${n}`, { ...holder, ...reader })).toMatchObject({ status: 404 })
    expect(await give('nowhere', { ...to('root'), ...reader, compartment: 'Nowhere' })).toMatchObject({ status: 404 })
  })

  test('E.1-35 E.1-27 offered are the roles of the service, with what narrows them; others are not accepted', async () => {
    expect(await rolesFor('?service=objectstorage')).toEqual([
      'viewer',
      'operator',
      'editor',
      'administrator',
      'billing-manager',
      'reader',
      'writer',
      'manager',
    ])
    expect(await rolesFor('?service=identity')).not.toContain('reader')
    expect(await rolesFor('?compartment=Shop:Front')).toContain('space-manager')
    expect(await rolesFor('?compartment=Shop')).not.toContain('space-manager')
    expect(await rolesFor('?compartment=root')).toContain('account-owner')
    expect(await rolesFor('')).not.toContain('account-member')
    const { body } = await bed.call<List>('GET', '/roles?service=containers')
    expect(body.items.find((r) => r.name === 'operator')).toMatchObject({
      title: { ko: '운영자' },
      permits: expect.arrayContaining(['use service-instances', '{CLUSTER_SERVICE_BIND}']),
      attributes: ['cluster', 'service-instance'],
    })
    expect((await bed.call('GET', '/roles?service=nonsense')).status).toBe(404)
    expect((await bed.call('GET', '/roles/reader?service=identity')).status).toBe(404)
    expect((await bed.call('GET', '/roles/reader')).body).toMatchObject({ name: 'reader', kind: 'service-access' })
    const wrong = await give('wrong', { ...to('root'), roles: ['reader'], service: 'identity' })
    expect(wrong).toMatchObject({ status: 422, body: { errors: [{ field: 'roles' }] } })
  })

  test('E.1-12 E.1-18 managers of an organisation and of a space: their own, and no other’s', async () => {
    const manager = await bed.somebody('orga')
    await bed.somebody('nia')
    expect((await give('orga', { ...to('orga'), roles: ['organisation-manager'], compartment: 'Shop' })).status).toBe(
      201,
    )
    const auditor = { ...to('nia'), roles: ['organisation-auditor'] }
    expect((await give('nia', { ...auditor, compartment: 'Shop' }, manager.key)).status).toBe(201)
    expect((await give('nia-2', { ...auditor, compartment: 'Lab' }, manager.key)).status).toBe(403)
    expect(
      (await give('nia-3', { ...to('nia'), roles: ['administrator'], compartment: 'Shop' }, manager.key)).status,
    ).toBe(403)
    expect((await give('nia-4', { ...to('orga'), roles: ['account-owner'] }, manager.key)).status).toBe(403)
    const listed = await bed.call<List>('GET', assignments, {}, manager.key)
    expect(listed.body.items.map((r) => r.name)).toEqual(['nia', 'orga'])
    expect((await bed.call('GET', `${assignments}/nia`, {}, manager.key)).status).toBe(200)
    expect(await rolesFor('?compartment=Shop', manager.key)).toContain('organisation-auditor')
    expect((await bed.call('GET', '/roles', {}, manager.key)).status).toBe(403)
    expect((await bed.call('DELETE', `${assignments}/nia`, {}, manager.key)).status).toBe(204)
  })

  test('E.1-29 E.1-32 the administrator of a service gives its roles, and is offered them', async () => {
    const admin = await bed.somebody('sam')
    expect((await give('sam', { ...to('sam'), roles: ['administrator'], service: 'containers' })).status).toBe(201)
    const viewer = { ...to('sam'), roles: ['viewer'] }
    expect((await give('s-1', { ...viewer, service: 'containers' }, admin.key)).status).toBe(201)
    expect(await give('s-2', { ...viewer, service: 'streaming' }, admin.key)).toMatchObject({ status: 403 })
    expect(await give('s-3', viewer, admin.key)).toMatchObject({ status: 403 })
    expect(await rolesFor('?service=containers', admin.key)).toContain('viewer')
    expect((await bed.call('GET', '/roles?service=streaming', {}, admin.key)).status).toBe(403)
  })

  test('B8 E.1-11 people see their own roles, and nobody else’s', async () => {
    const kim = await bed.somebody('kim')
    await give('kim-1', {
      ...to('kim'),
      roles: ['space-auditor'],
      compartment: 'Shop:Back',
      expiresAt: '2031-01-01T00:00:00Z',
    })
    await give('kim-2', { ...to('kims', 'group'), roles: ['viewer'], service: 'streaming' })
    const { body } = await bed.call<List>('GET', '/me/roles', {}, kim.key)
    expect(body.items.map((r) => [r.role, r.compartment, (r.through as { name: string }).name])).toEqual([
      ['account-member', 'acme', 'kim'],
      ['space-auditor', 'Shop:Back', 'kim'],
      ['viewer', 'acme', 'kims'],
    ])
    expect(body.items[1]).toMatchObject({
      expiresAt: '2031-01-01T00:00:00.000Z',
      title: { ko: '영역 감사자' },
      assignment: 'kim-1',
    })
    const listed = await bed.call<List>('GET', assignments, {}, kim.key)
    expect(listed.body.items.map((r) => r.name)).toEqual(['kim-1'])
    expect((await bed.call('GET', `${assignments}/orga`, {}, kim.key)).status).toBe(403)
    expect((await bed.call('GET', '/roles', {}, kim.key)).status).toBe(403)
  })

  test.each([
    [{ roles: ['viewer'] }, 'holder'],
    [{ ...to('root'), roles: [] }, 'roles'],
    [{ ...to('root', 'robot'), roles: ['viewer'] }, 'holder.kind'],
    [{ ...to('root'), roles: ['viewer'], rols: 1 }, 'rols'],
    [{ ...to('root'), roles: ['viewer'], expiresAt: 'tomorrow' }, 'expiresAt'],
    [{ ...to('root'), roles: ['viewer'], resource: { attributes: { plan: 7 } } }, 'resource.attributes.plan'],
  ])('a body %j is refused at its place', async (body, field) => {
    expect(await give('bad', body)).toMatchObject({ status: 400, body: { errors: [{ field }] } })
  })

  test('nothing went wrong on our side', () => {
    expect(bed.thrown).toEqual([])
  })

  test('E.1-2 the first administrator is no owner by a role, holds all that one holds, and makes one', async () => {
    await bed.addPerson('olivia')
    const held = await bed.store.read((tx) => tx.roleAssignments.ofHolder({ kind: 'person', id: bed.root }))
    expect(held).toEqual([])
    const made = await give('owner', { ...to('olivia'), roles: ['account-owner'] })
    expect([made.status, made.body.roles]).toEqual([201, ['account-owner']])
    expect((await bed.call('DELETE', `${assignments}/owner`)).body).toMatchObject({ status: 403, reason: 'last-owner' })
  })
})
