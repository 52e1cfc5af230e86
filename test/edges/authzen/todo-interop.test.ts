// The todo scenario of the AuthZEN interoperability events as statements: five people in four roles, five actions, and todos that belong to
// somebody. Every decision of the scenario over HTTP, one by one, in a batch, and backwards.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { catalogueOf } from '../../../src/core/policy/catalogue.ts'
import { type Pdp, pdp } from './pdp.ts'
import { registerResources } from './register.ts'

const people = {
  rick: ['admin', 'evil_genius'],
  morty: ['editor'],
  summer: ['editor'],
  beth: ['viewer'],
  jerry: ['viewer'],
} as const
type Person = keyof typeof people
const home = (name: Person): string => (name === 'rick' || name === 'morty' ? 'the-citadel.com' : 'the-smiths.com')
const mail = (name: Person): string => `${name}@${home(name)}`
const roles = ['viewer', 'editor', 'admin', 'evil_genius'] as const

/** A role holds what the one before it holds: an admin and an evil genius are editors, an editor is a viewer. */
const statements = [
  'Allow group viewer, editor, admin, evil_genius to {TODO_LIST, TODO_USER_READ} in tenancy',
  'Allow group editor, admin, evil_genius to {TODO_CREATE} in tenancy',
  'Allow group editor, admin, evil_genius to {TODO_UPDATE, TODO_DELETE} in tenancy where target.todo.ownerID = request.user.name',
  'Allow group evil_genius to {TODO_UPDATE} in tenancy',
  'Allow group admin to {TODO_DELETE} in tenancy',
]
const one = (permission: string) => ({ needs: [permission], kind: 'other' as const })

let p: Pdp
const ids = new Map<Person, string>()
/** The application's own: whoever runs a decision point for it ships this catalogue. */
const { catalogue, faults } = catalogueOf([
  {
    service: 'todo-application',
    families: {},
    aliases: {},
    regions: {},
    types: {
      todo: {
        noun: 'todo',
        permissions: { inspect: ['TODO_LIST'], use: ['TODO_UPDATE'], manage: ['TODO_CREATE', 'TODO_DELETE'] },
        variables: ['ownerID'],
        operations: {
          can_read_todos: one('TODO_LIST'),
          can_create_todo: one('TODO_CREATE'),
          can_update_todo: one('TODO_UPDATE'),
          can_delete_todo: one('TODO_DELETE'),
        },
      },
      user: {
        noun: 'user',
        permissions: { read: ['TODO_USER_READ'] },
        variables: [],
        operations: { can_read_user: one('TODO_USER_READ') },
      },
    },
  },
])

beforeAll(async () => {
  expect(faults).toEqual([])
  p = await pdp({ catalogue })
  const groups = new Map<string, Awaited<ReturnType<Pdp['addGroup']>>>()
  for (const role of roles) groups.set(role, await p.addGroup(role))
  for (const [name, held] of Object.entries(people) as [Person, readonly string[]][]) {
    const id = await p.addPerson(mail(name))
    ids.set(name, id)
    for (const role of held) {
      const group = groups.get(role)
      if (group) await p.join(id, group)
    }
  }
  await p.put('todo', statements)
  await registerResources(
    p,
    (Object.keys(people) as Person[]).map((name) => ({
      type: 'todo',
      name: `of-${name}`,
      facts: { ownerID: mail(name) },
    })),
  )
})
afterAll(() => p.close())

const todo = (owner?: Person) => ({
  type: 'todo',
  id: '7240d0db-8ff0-41ec-98b2-34a096273b92',
  ...(owner === undefined ? {} : { properties: { ownerID: mail(owner) } }),
})
const everybody = Object.keys(people) as Person[]
const readers = ['rick', 'morty', 'summer', 'beth', 'jerry'] as const
const writers = ['rick', 'morty', 'summer'] as const

/** Action, what it is done to, and who may. */
const decisions: readonly (readonly [string, object, readonly Person[]])[] = [
  ['can_read_user', { type: 'user', id: mail('beth') }, readers],
  ['can_read_user', { type: 'user', id: mail('rick') }, readers],
  ['can_read_todos', todo(), readers],
  ['can_create_todo', todo(), writers],
  ...everybody.map((owner) => ['can_update_todo', todo(owner), writersOf(owner)] as const),
  ...everybody.map((owner) => ['can_delete_todo', todo(owner), writersOf(owner)] as const),
]
/** Rick, and the owner if that is an editor. */
function writersOf(owner: Person): readonly Person[] {
  return owner === 'morty' || owner === 'summer' ? ['rick', owner] : ['rick']
}

describe('A11 the todo scenario', () => {
  test.for(decisions)('%s on %j', async ([action, resource, who]) => {
    for (const name of everybody)
      for (const id of [mail(name), String(ids.get(name))]) {
        const { status, body } = await p.evaluation({
          subject: { type: 'user', id },
          action: { name: action },
          resource,
          context: {},
        })
        expect([name, status, (body as { decision: boolean }).decision]).toEqual([name, 200, who.includes(name)])
      }
  })
  test('which todos somebody can complete, in one request with an empty default', async () => {
    const { body } = await p.evaluations({
      subject: { type: 'user', id: mail('morty') },
      action: { name: 'can_update_todo' },
      resource: {},
      context: {},
      evaluations: everybody.map((owner) => ({ resource: todo(owner) })),
    })
    expect((body as { evaluations: { decision: boolean }[] }).evaluations.map((e) => e.decision)).toEqual(
      everybody.map((owner) => owner === 'morty'),
    )
  })
  test('somebody who is nobody may do nothing', async () => {
    for (const [action, resource] of decisions)
      expect(
        (await p.evaluation({ subject: { type: 'user', id: 'squanchy' }, action: { name: action }, resource })).body,
      ).toMatchObject({ decision: false })
  })
  test('an owner that nobody supplied is nobody’s', async () => {
    const { body } = await p.evaluation({
      subject: { type: 'user', id: mail('morty') },
      action: { name: 'can_delete_todo' },
      resource: todo(),
    })
    expect(body).toMatchObject({ decision: false })
  })
  test('backwards: who can delete the todo of Morty, what Beth can do, which todos Summer can update', async () => {
    const results = async (what: 'subject' | 'resource' | 'action', body: object) =>
      ((await p.search(what, body)).body as { results: readonly { id?: string; name?: string }[] }).results
        .map((r) => r.id ?? r.name)
        .sort()
    expect(
      await results('subject', {
        subject: { type: 'user' },
        action: { name: 'can_delete_todo' },
        resource: todo('morty'),
      }),
    ).toEqual([mail('morty'), mail('rick')])
    expect(await results('action', { subject: { type: 'user', id: mail('beth') }, resource: todo('beth') })).toEqual([
      'can_read_todos',
      'inspect',
      'read',
    ])
    expect(
      await results('resource', {
        subject: { type: 'user', id: mail('summer') },
        action: { name: 'can_update_todo' },
        resource: { type: 'todo' },
      }),
    ).toEqual(['of-summer'])
  })
})
