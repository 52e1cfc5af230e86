// E.1-9, E.1-10, E.1-45 … E.1-48, B7, U10 over HTTP: what may be chosen with an invitation, what waits until the person is there, and what the
// chosen set then lets them do. Accepting is the flow behind the page.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PersonId } from '../../../src/core/model/ids.ts'
import { invitationAccepter } from '../../../src/flows/access/accept-invitation.ts'
import { type Bed, openBed, stores } from './bed.ts'

const hasher = { hash: async () => 'not-a-hash', verify: async () => false, isOld: () => false }
const sets = ['view-only', 'basic-user', 'super-user'] as const

describe.each(stores)('%s', (_, open) => {
  if (!open) return test.skip('no second store', () => undefined)
  let bed: Bed
  beforeAll(async () => {
    bed = await openBed(open)
  })
  afterAll(() => bed.close())

  const promise = (role: string, more: object = {}) => ({ roles: [role], compartmentId: bed.rootCompartment, ...more })
  const invite = (name: string, roles: readonly object[]) =>
    bed.call<{ id: string; status: string; roles: { roles: string[] }[] }>('POST', '/invitations', {
      body: { domainId: bed.domains.default, email: `${name}@else.example`, roles },
    })
  const accept = async (username: string): Promise<PersonId> => {
    const mails = await bed.store.read((tx) => tx.outbox.list(bed.tenancyId))
    const mail = mails.find(({ payload }) => payload.to === `${username}@else.example`)
    const token = /token=(\S+)/.exec(String(mail?.payload.text))?.[1] ?? ''
    const accepting = invitationAccepter({ ...bed, hasher, isCommonPassword: () => false })
    const account = { username, displayName: username, password: 'a long enough secret 42', locale: 'en' }
    const accepted = await accepting.acceptAsNew(bed.domains.default, token, account)
    if ('refused' in accepted) throw new Error(accepted.refused)
    return accepted.person.id
  }
  const may = async (person: string, action: string, type: string, id = 'd-1'): Promise<boolean> =>
    (
      await bed.authorize(
        { tenancyId: bed.tenancyId, actor: { kind: 'app', id: 'a', name: 'a' }, requestId: undefined },
        {
          subject: { type: 'user', id: person, properties: {} },
          action: { name: action, properties: {} },
          resource: { type, id, properties: { compartment: bed.rootCompartment } },
          context: {},
        },
      )
    ).allow
  const give = (name: string, body: object) => bed.call('PUT', `/role-assignments/${name}`, { body })
  const grant = (who: string, role: string, more: object = {}) =>
    give(`${who}-${role}`, { holder: { kind: 'person', name: who }, roles: [role], ...more })

  test('E.1-45: exactly three sets are offered for an invitation', async () => {
    const { body } = await bed.call<{ items: { name: string; kind: string; invitable: boolean }[] }>('GET', '/roles')
    const offered = body.items.filter((r) => r.kind === 'permission-set' && r.invitable).map((r) => r.name)
    expect(offered.sort()).toEqual([...sets].sort())
  })
  test.each([
    ['view-only', [true, false, false]],
    ['basic-user', [true, true, false]],
    ['super-user', [true, true, true]],
  ] as const)(
    'E.1-9 E.1-45 E.1-46 E.1-48: %s, chosen with the invitation, is held from acceptance on and reaches no device',
    async (set, expected) => {
      expect((await invite(set, [promise(set)])).body).toMatchObject({ status: 'pending', roles: [{ roles: [set] }] })
      const id = await accept(set)
      const can = await Promise.all(
        ['GetTicket', 'CreateTicket', 'CloseTicket'].map((action) => may(id, action, 'tickets')),
      )
      expect(can).toEqual(expected)
      for (const action of ['GetDevice', 'UpdateDevice', 'RebootDevice', 'CancelDevice'])
        expect([action, await may(id, action, 'devices')]).toEqual([action, false])
    },
  )
  test('E.1-47 E.1-48: device access cannot be promised; nothing is made', async () => {
    const refused = await invite('hasty', [promise('device-access', { resource: { type: 'devices', id: 'd-1' } })])
    expect(refused).toMatchObject({ status: 422, body: { reason: 'role-not-invitable' } })
    const { body } = await bed.call<{ items: unknown[] }>('GET', '/invitations?filter=email eq "hasty@else.example"')
    expect(body.items).toEqual([])
  })
  test('E.1-10 E.1-47 E.1-48: further roles wait for the person; then the set is exchanged and one device opened', async () => {
    const invited = await invite('late', [promise('view-only')])
    expect(await grant('late', 'device-access', { resource: { type: 'devices', id: 'd-1' } })).toMatchObject({
      status: 404,
    })
    const id = await accept('late')
    expect((await bed.call('GET', `/invitations/${invited.body.id}`)).body).toMatchObject({
      status: 'accepted',
      personId: id,
    })
    expect((await grant('late', 'basic-user')).status).toBe(201)
    expect(await may(id, 'RebootDevice', 'devices')).toBe(false)
    expect((await grant('late', 'device-access', { resource: { type: 'devices', id: 'd-1' } })).status).toBe(201)
    expect([await may(id, 'RebootDevice', 'devices'), await may(id, 'RebootDevice', 'devices', 'd-2')]).toEqual([
      true,
      false,
    ])
    expect((await bed.call('DELETE', '/role-assignments/late-device-access')).status).toBe(204)
    expect(await may(id, 'RebootDevice', 'devices')).toBe(false)
  })
})
