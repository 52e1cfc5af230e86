// The Users of a domain: found, shown, made, changed and removed, each after the evaluator was asked about that person.
import type { PersonId } from '../../core/model/ids.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { Person } from '../../core/model/person.ts'
import type { Domain } from '../../core/model/tenancy.ts'
import { patched } from '../../core/scim/patch.ts'
import { projected, shows } from '../../core/scim/project.ts'
import { readDocument } from '../../core/scim/read-document.ts'
import { user } from '../../core/scim/user-schema.ts'
import type { Asking, Eyes } from '../../flows/access/administer.ts'
import type { Demand, Permission, Standing, Target } from '../../flows/access/permits.ts'
import { liveGroupsOf } from '../../flows/directory/power.ts'
import { type Provisioned, provisionPerson, statusFor } from '../../flows/directory/provision-person.ts'
import { removePerson } from '../../flows/directory/write-people.ts'
import type { Tx } from '../../ports/store.ts'
import { canonical } from '../admin/etag.ts'
import { targetIn } from '../admin/in-domain.ts'
import { personFacts } from '../admin/people-facts.ts'
import {
  type Call,
  domainNow,
  isReference,
  notThere,
  type Query,
  type Reply,
  type Resource,
  refuseStale,
  type ScimEdge,
  sound,
  tagMatches,
} from './call.ts'
import type { Source } from './find.ts'
import { pageOf } from './pages.ts'
import { patchBody, resourceBody } from './read-body.ts'
import { type GroupShown, provisionedOf, userDocument, userTag } from './user-document.ts'

const may = (operation: string): Permission => ({ operation, resourceType: 'users' })
const AT_ONCE = 500

const personIn = async (tx: Tx, domain: Domain, id: string): Promise<Person | undefined> => {
  const person = isReference(id) ? await tx.people.get(id as PersonId) : undefined
  return person?.domainId === domain.id ? person : undefined
}
const targetOf = async (tx: Tx, domain: Domain, person: Person, standing: Standing): Promise<Target> =>
  targetIn(domain, { id: person.id, name: person.username }, { facts: await personFacts(tx, person, standing) })

type There = { readonly domain: Domain; readonly person: Person | undefined; readonly standing: Standing }

/** The person, and the first demand: about them, or about where they would be. */
const asking = async (
  tx: Tx,
  standing: Standing,
  call: Call,
  id: string,
  operation: string,
): Promise<Asking<There>> => {
  const domain = await domainNow(tx, call)
  const person = await personIn(tx, domain, id)
  const target = person ? await targetOf(tx, domain, person, standing) : targetIn(domain, { id, name: id })
  return { demands: [{ permission: may(operation), target }], found: { domain, person, standing } }
}
const thereIn = ({ person }: There, id: string): Person => {
  if (!person) throw notThere('user', id)
  return person
}

/** Groups of the person that the caller may know of. */
const groupsOf = async (tx: Tx, domain: Domain, person: Person, standing: Standing): Promise<readonly GroupShown[]> => {
  const groups = await liveGroupsOf(tx, person, standing, standing.asker?.now ?? 0)
  return groups.filter((group) => {
    const facts = { administrative: standing.isAdministrative(group.id) }
    const target = targetIn(domain, group, { tags: group.tags, facts })
    return standing.sees({ operation: 'GetGroup', resourceType: 'groups' }, target)
  })
}

type Showing = Pick<Call, 'base' | 'projection'> & { readonly domain: Domain; readonly standing: Standing }
const shownTo = async (edge: ScimEdge, tx: Tx, person: Person, showing: Showing): Promise<JsonObject> => {
  const { base, projection, domain, standing } = showing
  const groups = shows(user, 'groups', projection) ? await groupsOf(tx, domain, person, standing) : []
  const document = userDocument(person, base, groups)
  const meta = { ...(document.meta as JsonObject), version: userTag(edge.secrets.digest, person) }
  return projected(user, { ...document, meta }, projection)
}

const replyWith = async (
  edge: ScimEdge,
  call: Call,
  tx: Tx,
  standing: Standing,
  person: Person,
  status: number,
): Promise<Reply> => ({
  status,
  body: await shownTo(edge, tx, person, { ...call, domain: await domainNow(tx, call), standing }),
  etag: userTag(edge.secrets.digest, person),
  location: `${call.base}${user.endpoint}/${person.id}`,
})

const sourceOf = (tx: Tx, call: Call, domain: Domain, eyes: Eyes): Source<Person> => ({
  type: user,
  keys: ['id', 'externalId', 'userName', 'emails.value'],
  lookUp: async (key, value) => {
    if (key === 'externalId') return tx.people.byExternalId(domain.id, value)
    if (key === 'emails.value') return tx.people.byAddress(domain.id, value)
    const one = key === 'id' ? await personIn(tx, domain, value) : await tx.people.byUsername(domain.id, value)
    return one ? [one] : []
  },
  count: () => tx.people.count(domain.id),
  window: (skip, limit) => tx.people.list(domain.id, { skip, limit }),
  async *parts(from) {
    for (let after: string | undefined = from?.name; ; ) {
      const part = await tx.people.list(domain.id, { limit: AT_ONCE, ...(after === undefined ? {} : { after }) })
      yield part
      after = part.at(-1)?.username
      if (part.length < AT_ONCE) return
    }
  },
  idOf: ({ id }) => id,
  nameOf: ({ username }) => username,
  visible: async (person) => eyes.visible(await targetOf(tx, domain, person, eyes.standing)),
  document: async (person, filter) =>
    userDocument(person, call.base, /groups/i.test(filter) ? await groupsOf(tx, domain, person, eyes.standing) : []),
  seesAll: eyes.standing.may({ permission: may('GetUser'), target: targetIn(domain, { id: '', name: '' }) }),
})

const list = (edge: ScimEdge) => (call: Call, query: Query) =>
  edge.administer.list(
    call.who,
    async (tx) => {
      const domain = await domainNow(tx, call)
      return { permission: may('GetUser'), place: targetIn(domain, { id: '', name: '' }), found: domain }
    },
    async (tx, domain, eyes): Promise<Reply> => {
      const { rows, body } = await pageOf(edge, domain, sourceOf(tx, call, domain, eyes), query)
      const resources: JsonObject[] = []
      const showing = { ...call, domain, standing: eyes.standing }
      for (const row of rows) resources.push(await shownTo(edge, tx, row, showing))
      return { status: 200, body: body(resources) }
    },
  )

const get = (edge: ScimEdge) => (call: Call, id: string) =>
  edge.administer.read<There, Reply>(
    call.who,
    (tx, standing) => asking(tx, standing, call, id, 'GetUser'),
    async (tx, there) => {
      const person = thereIn(there, id)
      const etag = userTag(edge.secrets.digest, person)
      const { ifNoneMatch } = call.conditions
      if (ifNoneMatch !== undefined && tagMatches(ifNoneMatch, etag)) return { status: 304, etag }
      return replyWith(edge, call, tx, there.standing, person, 200)
    },
  )

const create = (edge: ScimEdge) => async (call: Call, body: unknown) => {
  const said = provisionedOf(sound(readDocument(user, resourceBody(user, body))), undefined)
  return edge.administer.write<Domain, Reply>(
    call.who,
    async (tx) => {
      const domain = await domainNow(tx, call)
      const target = targetIn(domain, { id: said.username, name: said.username })
      return { demands: [{ permission: may('CreateUser'), target }], found: domain }
    },
    async (work, domain) =>
      replyWith(edge, call, work.tx, work.standing, await provisionPerson(work, domain, undefined, said), 201),
  )
}

/** What they become, and what it needs: another state is another permission. */
const changing = (edge: ScimEdge, call: Call, id: string, wanted: (person: Person) => Provisioned | undefined) =>
  edge.administer.write<There, Reply>(
    call.who,
    async (tx, standing) => {
      const asked = await asking(tx, standing, call, id, 'UpdateUser')
      const [first] = asked.demands
      const { person } = asked.found
      // who may not change them is not told what they would become
      if (!person || !standing.may(first)) return asked
      const status = statusFor(person, wanted(person)?.active)
      const state: Demand = { permission: may('UpdateUserState'), target: first.target }
      return status === person.status ? asked : { ...asked, demands: [first, state] }
    },
    async (work, there) => {
      const person = thereIn(there, id)
      await refuseStale(call.conditions, () => userTag(edge.secrets.digest, person))
      const said = wanted(person)
      const after = said ? await provisionPerson(work, there.domain, person, said) : person
      return replyWith(edge, call, work.tx, work.standing, after, 200)
    },
  )

const replace = (edge: ScimEdge) => async (call: Call, id: string, body: unknown) => {
  const document = sound(readDocument(user, resourceBody(user, body)))
  return changing(edge, call, id, (person) => provisionedOf(document, person))
}

const patch = (edge: ScimEdge) => async (call: Call, id: string, body: unknown) => {
  const operations = patchBody(body)
  return changing(edge, call, id, (person) => {
    const before = userDocument(person, call.base)
    const after = sound(patched(user, before, operations))
    return canonical(before) === canonical(after) ? undefined : provisionedOf(after, person)
  })
}

const remove = (edge: ScimEdge) => (call: Call, id: string) =>
  edge.administer.write<There, Reply>(
    call.who,
    (tx, standing) => asking(tx, standing, call, id, 'DeleteUser'),
    async (work, there) => {
      const person = thereIn(there, id)
      await refuseStale(call.conditions, () => userTag(edge.secrets.digest, person))
      await removePerson(work, person)
      return { status: 204 }
    },
  )

export const users = (edge: ScimEdge): Resource => ({
  list: list(edge),
  get: get(edge),
  create: create(edge),
  replace: replace(edge),
  patch: patch(edge),
  remove: remove(edge),
})
