// A tenancy for tests of access: store in memory, the shipped catalogue, flows as wired, a clock that stands still until moved.
// acme > Prod > Web, acme > Test; domains `default` and `partners`; people and groups on demand.
import { join } from 'node:path'
import { readCatalogue } from '../../../src/adapters/yaml/catalogue-file.ts'
import { readRoles } from '../../../src/adapters/yaml/roles-file.ts'
import type { Actor } from '../../../src/core/model/audit.ts'
import type { Membership, Provenance } from '../../../src/core/model/group.ts'
import type { CompartmentId, DomainId, GroupId, PersonId } from '../../../src/core/model/ids.ts'
import type { JsonObject } from '../../../src/core/model/json.ts'
import type { Person } from '../../../src/core/model/person.ts'
import type { Compartment } from '../../../src/core/model/tenancy.ts'
import type { Catalogue } from '../../../src/core/policy/catalogue.ts'
import type { Caller, Decision, PolicyWritten, Question } from '../../../src/flows/access/api.ts'
import { authorizer } from '../../../src/flows/access/authorize.ts'
import { snapshots } from '../../../src/flows/access/snapshots.ts'
import { policyWriter } from '../../../src/flows/access/write-policy.ts'
import { blankDomain, createTenancyIn } from '../../../src/flows/directory/create-tenancy.ts'
import { newPerson } from '../../../src/flows/directory/new-person.ts'
import type { Random } from '../../../src/ports/random.ts'
import { testStore } from '../../stores/open-test-store.ts'

const read = readCatalogue(join(import.meta.dirname, '../../../config/catalogue'))
if ('faults' in read) throw new Error(JSON.stringify(read.faults))
export const { catalogue } = read
const readBack = readRoles(join(import.meta.dirname, '../../../config/roles'), catalogue)
if ('faults' in readBack) throw new Error(JSON.stringify(readBack.faults))
export const { roles } = readBack

const counting = (): Random => {
  let count = 0
  const next = (): string => String(++count).padStart(26, '0')
  return { id: next, token: () => `token-${next()}`, bytes: (length) => new Uint8Array(length).fill(++count) }
}
export const operator: Actor = { kind: 'operator', id: 'test', name: 'test' }
const direct: Provenance = { kind: 'direct', by: 'test' }
const session = { idleSeconds: 60, absoluteSeconds: 600 }

export type Ask = {
  readonly subject?: string
  readonly subjectType?: string
  readonly domain?: string
  readonly action: string
  readonly type: string
  readonly id?: string
  readonly at?: string
  readonly resource?: JsonObject
  readonly context?: JsonObject
}
export const questionOf = (a: Ask): Question => ({
  subject: {
    type: a.subjectType ?? 'user',
    id: a.subject ?? 'kim',
    properties: a.domain === undefined ? {} : { domain: a.domain },
  },
  action: { name: a.action, properties: {} },
  resource: {
    type: a.type,
    id: a.id ?? 'r1',
    properties: { ...(a.at === undefined ? {} : { compartment: a.at }), ...a.resource },
  },
  context: a.context ?? {},
})

/** @param shipped the catalogue it comes with */
export const office = async (shipped: Catalogue = catalogue) => {
  const store = await testStore()
  const random = counting()
  let now = Date.UTC(2030, 0, 16, 12)
  const clock = (): number => now
  const made = await store.write((tx) =>
    createTenancyIn(tx, { random, now, session, actor: operator }, { name: 'acme', displayName: 'Acme' }),
  )
  const tenancyId = made.tenancy.id
  const partners = blankDomain(random.id() as DomainId, tenancyId, made.root.id, 'partners', session)
  const compartment = (name: string, parentId: CompartmentId): Compartment => ({
    id: random.id() as CompartmentId,
    tenancyId,
    parentId,
    name,
    description: '',
  })
  const prod = compartment('Prod', made.root.id)
  const web = compartment('Web', prod.id)
  const test = compartment('Test', made.root.id)
  await store.write(async (tx) => {
    await tx.domains.put(partners)
    for (const c of [prod, web, test]) await tx.compartments.put(c)
  })
  const places = { acme: made.root.id, Prod: prod.id, Web: web.id, Test: test.id }
  const known = snapshots({ store, catalogue: shipped, roles })
  const deps = { store, clock, random, catalogue: shipped, known }
  const authorize = authorizer(deps)
  const writer = policyWriter(deps)
  const domainId = (name: 'default' | 'partners'): DomainId => (name === 'default' ? made.domain.id : partners.id)
  const pdp: Caller = { tenancyId, actor: { kind: 'app', id: 'a1', name: 'pdp-client' }, requestId: 'req-1' }
  const bump = () => store.write((tx) => tx.tenancies.bumpRevision(tenancyId))

  return {
    store,
    clock,
    random,
    known,
    authorize,
    writer,
    tenancyId,
    places,
    pdp,
    administrators: made.administrators.id,
    later: (seconds: number) => {
      now += seconds * 1000
    },
    addGroup: async (name: string, domain: 'default' | 'partners' = 'default'): Promise<GroupId> => {
      const id = random.id() as GroupId
      await store.write((tx) =>
        tx.groups.put({ id, tenancyId, domainId: domainId(domain), name, description: '', system: false }),
      )
      await bump()
      return id
    },
    addPerson: async (username: string, differs: Partial<Person> = {}, domain: 'default' | 'partners' = 'default') => {
      const person = newPerson(
        random,
        now,
        { id: domainId(domain), tenancyId },
        { username, displayName: username, email: undefined, ...differs },
      )
      await store.write((tx) => tx.people.put(person))
      return person.id
    },
    join: (personId: PersonId, groupId: GroupId, differs: Partial<Membership> = {}) =>
      store.write((tx) =>
        tx.memberships.put({
          personId,
          groupId,
          provenance: direct,
          role: 'user',
          since: now,
          expiresAt: undefined,
          ...differs,
        }),
      ),
    addCompartment: async (name: string, parentId: CompartmentId): Promise<CompartmentId> => {
      const row = compartment(name, parentId)
      await store.write(async (tx) => {
        await tx.compartments.put(row)
        await tx.tenancies.bumpRevision(tenancyId)
      })
      return row.id
    },
    enableDeny: () =>
      store.write(async (tx) => {
        await tx.tenancies.put({ ...made.tenancy, denyEnabled: true })
        await tx.tenancies.bumpRevision(tenancyId)
      }),
    put: (name: string, statements: readonly string[], at: keyof typeof places = 'acme'): Promise<PolicyWritten> =>
      writer.putPolicy(operator, { tenancyId, compartmentId: places[at], name, description: '', statements }, 'req-w'),
    ask: (a: Ask): Promise<Decision> => authorize(pdp, questionOf(a)),
    may: async (a: Ask): Promise<boolean> => (await authorize(pdp, questionOf(a))).allow,
    audit: (action: string) => store.read((tx) => tx.audit.list(tenancyId, { action, limit: 100 })),
    revision: () => store.read((tx) => tx.tenancies.revision(tenancyId)),
    bump,
  }
}
export type Office = Awaited<ReturnType<typeof office>>
