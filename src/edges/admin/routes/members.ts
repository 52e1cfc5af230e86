// Who is in a group and why. Adding and removing need the permissions of both sides, the group and the person; only direct memberships are
// given and taken here, and never the last administrator's: a person or a group that is deleted takes it along.
import { z } from 'zod'
import { type Group, type Membership, sourceOf } from '../../../core/model/group.ts'
import type { PersonId } from '../../../core/model/ids.ts'
import type { Person } from '../../../core/model/person.ts'
import type { Domain } from '../../../core/model/tenancy.ts'
import type { Standing, Target } from '../../../flows/access/permits.ts'
import { putMembership, removeMembership } from '../../../flows/directory/write-memberships.ts'
import type { Tx } from '../../../ports/store.ts'
import { Problem } from '../../../problem.ts'
import { inDomain, targetIn } from '../in-domain.ts'
import type { Noun, Operation } from '../noun.ts'
import { nounRoutes } from '../noun-write.ts'
import { asTargetUser, personIn } from '../people-facts.ts'
import type { Route } from '../route.ts'
import { given, instant, whenOf } from '../shapes.ts'
import { group as groupNoun } from './groups.ts'

type Scope = { readonly domain: Domain; readonly group: Group }
type Row = { readonly person: Person; readonly memberships: readonly Membership[] }
type Body = { readonly role: Membership['role']; readonly expiresAt?: string | undefined }

const ofGroup = (operation: string): Operation => ({ operation, resourceType: 'groups' })

const rowOf = async (tx: Tx, { group }: Scope, person: Person | undefined): Promise<Row | undefined> => {
  if (!person) return undefined
  const memberships = (await tx.memberships.ofPerson(person.id)).filter((m) => m.groupId === group.id)
  return memberships.length > 0 ? { person, memberships } : undefined
}

const source = z.strictObject({
  kind: z.enum(['direct', 'config', 'scim', 'mapped']),
  role: z.enum(['user', 'admin']),
  since: z.string(),
  expiresAt: z.string().optional(),
  by: z.string().optional(),
  rule: z.string().optional(),
  value: z.string().optional(),
})
const sourceShown = ({ provenance: p, role, since, expiresAt }: Membership) =>
  given({
    kind: p.kind,
    role,
    since: whenOf(since),
    expiresAt: expiresAt === undefined ? undefined : whenOf(expiresAt),
    by: p.kind === 'direct' ? p.by : p.kind === 'scim' ? p.client : undefined,
    rule: p.kind === 'mapped' ? p.rule : undefined,
    value: p.kind === 'mapped' ? p.value : undefined,
  })

export const groupTarget = async (
  tx: Tx,
  { domain, group }: Pick<Scope, 'domain' | 'group'>,
  person: Person | undefined,
  standing: Standing,
): Promise<Target> =>
  targetIn(domain, group, {
    tags: group.tags,
    facts: {
      administrative: standing.isAdministrative(group.id),
      'target.group.id': group.id,
      'target.group.name': group.name,
      ...(person ? await asTargetUser(tx, person, standing) : {}),
    },
  })

const member: Noun<Row, Scope, Body> = {
  tag: 'memberships',
  one: 'member',
  path: '/domains/{domain}/groups/{group}/members',
  itemPath: '/domains/{domain}/groups/{group}/members/{user}',
  resourceType: 'group-memberships',
  operations: {
    list: 'ListGroupMemberships',
    get: 'GetGroupMembership',
    create: ofGroup('AddUserToGroup'),
    update: ofGroup('AddUserToGroup'),
    delete: ofGroup('RemoveUserFromGroup'),
  },
  scope: async (tx, params, tenancy) => {
    const { scope: domain, place, missing } = await inDomain(tx, params, tenancy)
    if (!domain) return { scope: undefined, place, ...(missing === undefined ? {} : { missing }) }
    const called = params.group ?? ''
    const group = await groupNoun.find(tx, domain, called, params)
    if (group) return { scope: { domain, group }, place }
    return { scope: undefined, place, missing: `there is no group \`${called.slice(0, 300)}\`` }
  },
  find: async (tx, scope, called) => rowOf(tx, scope, await personIn(tx, scope.domain.id, called)),
  rows: {
    sortedBy: 'id',
    read: async (tx, scope, { after, limit }) => {
      const page = { limit, ...(after === undefined ? {} : { after: after as PersonId }) }
      const rows: { row: Row; key: string }[] = []
      for (const id of await tx.memberships.peopleOf(scope.group.id, page)) {
        const row = await rowOf(tx, scope, await tx.people.get(id))
        if (row) rows.push({ row, key: id })
      }
      return rows
    },
  },
  idOf: ({ person }) => person.id,
  nameOf: ({ person }) => person.username,
  target: (tx, { person }, scope, standing) => groupTarget(tx, scope, person, standing),
  // whoever is added is there, the membership is not: the question is about both all the same
  making: async ({ tx, scope, params, standing }) =>
    groupTarget(tx, scope, await personIn(tx, scope.domain.id, params.user ?? ''), standing),
  view: z.strictObject({
    id: z.string().describe('of the person'),
    username: z.string(),
    displayName: z.string(),
    group: z.string(),
    role: z.enum(['user', 'admin']),
    expiresAt: z.string().optional(),
    sources: z.array(source).describe('why: one for each way they came to be in the group'),
  }),
  summary: ['id', 'username', 'displayName', 'group', 'role', 'expiresAt'],
  show: (_tx, { person, memberships }, { group }) => {
    const own = memberships.find((m) => m.provenance.kind === 'direct')
    return given({
      id: person.id,
      username: person.username,
      displayName: person.displayName,
      group: group.name,
      role: memberships.some((m) => m.role === 'admin') ? 'admin' : 'user',
      expiresAt: own?.expiresAt === undefined ? undefined : whenOf(own.expiresAt),
      sources: [...memberships]
        .sort((a, b) => (sourceOf(a.provenance) < sourceOf(b.provenance) ? -1 : 1))
        .map(sourceShown),
    })
  },
  fixedName: true,
  nameShape: z.string(),
  body: z.strictObject({
    role: z.enum(['user', 'admin']).default('user').describe('`admin`: decides on requests for the group'),
    expiresAt: instant.optional(),
  }),
  write: async (work, { scope, before, name, body }) => {
    const person = before?.person ?? (await personIn(work.tx, scope.domain.id, name))
    if (!person)
      throw new Problem('not-found', `there is no user \`${name.slice(0, 200)}\` in domain \`${scope.domain.name}\``)
    const { role, expiresAt } = body
    await putMembership(work, scope.group, person, {
      role,
      expiresAt: expiresAt === undefined ? undefined : Date.parse(expiresAt),
    })
    return {
      person,
      memberships: (await work.tx.memberships.ofPerson(person.id)).filter((m) => m.groupId === scope.group.id),
    }
  },
  remove: (work, { person }, { group }) => removeMembership(work, group, person),
  example: {
    body: { role: 'user' },
    view: {
      id: '01JCXM4ZV7Q2T8N5R3W6Y9B0KD',
      username: 'kim',
      displayName: 'Kim',
      group: 'Finance',
      role: 'user',
      sources: [{ kind: 'direct', role: 'user', since: '2030-01-16T12:00:00.000Z', by: 'ada' }],
    },
  },
}

export const memberRoutes: readonly Route[] = nounRoutes(member)
