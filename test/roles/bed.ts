// An account for tests of roles: a decision point over HTTP, organisations and spaces (acme > Shop > (Front, Back), acme > Lab > Bench),
// people on demand, roles written straight into the store. How they come to be given is tested apart.
import type { CompartmentId, GroupId, PersonId, RoleAssignmentId, ServiceIdId } from '../../src/core/model/ids.ts'
import type { JsonObject } from '../../src/core/model/json.ts'
import type { RoleAssignment, RoleHolder } from '../../src/core/model/role.ts'
import { pdp } from '../edges/authzen/pdp.ts'
import { roles } from '../flows/access/office.ts'

export { roles }
export type Given = {
  readonly service?: string
  readonly at?: string
  readonly type?: string
  readonly id?: string
  readonly attributes?: { readonly [name: string]: string }
  readonly expiresAt?: number
}
export type Wanted = { readonly at?: string; readonly id?: string; readonly facts?: JsonObject; readonly kind?: string }

export const account = async () => {
  const p = await pdp()
  const root = p.places.acme
  const shop = await p.addCompartment('Shop', root)
  const lab = await p.addCompartment('Lab', root)
  const places: { readonly [path: string]: CompartmentId } = {
    '': root,
    Shop: shop,
    'Shop:Front': await p.addCompartment('Front', shop),
    'Shop:Back': await p.addCompartment('Back', shop),
    Lab: lab,
    'Lab:Bench': await p.addCompartment('Bench', lab),
  }
  const placeOf = (path = ''): CompartmentId => {
    const place = places[path]
    if (!place) throw new Error(`no compartment ${path}`)
    return place
  }
  let count = 0
  const give = async (holder: RoleHolder, roles: readonly string[], given: Given = {}): Promise<RoleAssignment> => {
    count += 1
    const row: RoleAssignment = {
      id: p.random.id() as RoleAssignmentId,
      tenancyId: p.tenancyId,
      name: `assignment-${count}`,
      holder,
      roles,
      service: given.service,
      compartmentId: placeOf(given.at),
      resource: { type: given.type, id: given.id, attributes: given.attributes ?? {} },
      createdBy: 'test',
      createdAt: p.clock(),
      updatedAt: p.clock(),
      expiresAt: given.expiresAt,
    }
    await p.store.write(async (tx) => {
      await tx.roleAssignments.put(row)
      await tx.tenancies.bumpRevision(p.tenancyId, { noun: 'role-assignment', id: row.id })
    })
    return row
  }
  /** Somebody new who holds these roles. */
  const person = async (roles: readonly string[] = [], given: Given = {}): Promise<PersonId> => {
    count += 1
    const id = await p.addPerson(`person-${count}`)
    if (roles.length > 0) await give({ kind: 'person', id }, roles, given)
    return id
  }
  const serviceId = async (name: string): Promise<ServiceIdId> => {
    const id = p.random.id() as ServiceIdId
    const at = { tenancyId: p.tenancyId, compartmentId: root, createdAt: p.clock(), updatedAt: p.clock() }
    await p.store.write((tx) => tx.serviceIds.put({ ...at, id, name, description: '', status: 'active' }))
    return id
  }
  /** The whole answer of the decision point. */
  const answer = (subject: string, action: string, type: string, wanted: Wanted = {}) =>
    p.evaluation({
      subject: { type: wanted.kind ?? 'user', id: subject },
      action: { name: action },
      resource: {
        type,
        id: wanted.id ?? 'r1',
        properties: { compartment: placeOf(wanted.at), ...wanted.facts },
      },
    })
  const may = async (subject: string, action: string, type: string, wanted: Wanted = {}): Promise<boolean> => {
    const { status, body } = await answer(subject, action, type, wanted)
    if (status !== 200) throw new Error(JSON.stringify(body))
    return (body as { decision: boolean }).decision
  }
  /** Of `type action` pairs, those that are granted. */
  const granted = async (
    subject: string,
    pairs: readonly string[],
    wanted: Wanted = {},
  ): Promise<readonly string[]> => {
    const out: string[] = []
    for (const pair of pairs) {
      const [type = '', action = ''] = pair.split(' ')
      if (await may(subject, action, type, wanted)) out.push(pair)
    }
    return out
  }
  const group = async (name: string, members: readonly PersonId[]): Promise<GroupId> => {
    const id = await p.addGroup(name)
    for (const member of members) await p.join(member, id)
    return id
  }
  return { ...p, places: { ...p.places, ...places }, placeOf, give, person, serviceId, answer, may, granted, group }
}
export type Account = Awaited<ReturnType<typeof account>>
