// Invitations and access requests over HTTP (U10, S1–S7, E.1-3, E.1-9, E.2-12…20): what an administrator of the tenancy sees and does.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AccessRequestId, GroupId, PersonId } from '../../../src/core/model/ids.ts'
import { accessRequester } from '../../../src/flows/access/request-access.ts'
import { type Bed, openBed, stores } from './bed.ts'

type Row = { id: string; status: string; group?: string; person?: string; email?: string }
type List = { items: Row[] }

describe.each(stores)('%s', (_, open) => {
  if (!open) return test.skip('no second store', () => undefined)
  let bed: Bed
  let support: GroupId
  let bob: PersonId
  let n = 0
  beforeAll(async () => {
    bed = await openBed(open)
    support = await bed.addGroup('support')
    bob = await bed.addPerson('bob')
  })
  afterAll(() => bed.close())

  const invite = (more: object = {}, key?: string) =>
    bed.call<Row>(
      'POST',
      '/invitations',
      { body: { domainId: bed.domains.default, email: `guest${++n}@else.example`, groups: [support], ...more } },
      key,
    )
  const ask = (person: PersonId) =>
    accessRequester(bed)(person, { tenancy: 'acme', groupId: support, reason: 'tickets' })

  test('U10 E.1-3: invited, listed, read, sent again, revoked; the link is in no answer', async () => {
    const made = await invite({ validDays: 3 })
    expect(made).toMatchObject({
      status: 201,
      body: { status: 'pending', groups: ['support'], domain: 'default', invitedBy: 'root' },
    })
    expect(made.headers.get('location')).toMatch(/\/invitations\/\w+$/)
    const link = await bed.store.read(async (tx) => String((await tx.outbox.list(bed.tenancyId)).at(-1)?.payload.text))
    const token = /token=(\S+)/.exec(link)?.[1] ?? 'none'
    const listed = await bed.call<List>('GET', '/invitations?filter=status eq "pending"')
    expect(listed.body.items.map((i) => i.id)).toContain(made.body.id)
    expect(JSON.stringify([made.body, listed.body])).not.toContain(token)
    expect(await bed.call('GET', `/invitations/${made.body.id}`)).toMatchObject({
      status: 200,
      body: { id: made.body.id },
    })
    expect(await bed.call('POST', `/invitations/${made.body.id}/resend`)).toMatchObject({
      status: 200,
      body: { status: 'pending' },
    })
    expect(await bed.call('POST', `/invitations/${made.body.id}/revoke`)).toMatchObject({
      status: 200,
      body: { status: 'revoked' },
    })
    expect(await bed.call('POST', `/invitations/${made.body.id}/revoke`)).toMatchObject({
      status: 409,
      body: { reason: 'invitation-over' },
    })
  })
  test('U10: one whose time has passed is shown and found as expired, and pending again when it is sent again', async () => {
    const { body: made } = await invite({ validDays: 1 })
    bed.later(86_400)
    const status = async () => (await bed.call<Row>('GET', `/invitations/${made.id}`)).body.status
    expect(await status()).toBe('expired')
    const found = async (word: string) =>
      (await bed.call<List>('GET', `/invitations?filter=status eq "${word}"`)).body.items.map((i) => i.id)
    expect([await found('expired'), await found('pending')]).toEqual([[made.id], []])
    expect((await bed.call<Row>('POST', `/invitations/${made.id}/resend`)).body.status).toBe('pending')
    expect([await status(), await found('expired')]).toEqual(['pending', []])
  })
  test('U10: what is wrong is named; nothing is made', async () => {
    expect(await invite({ email: 'nobody' })).toMatchObject({ status: 400 })
    expect(await invite({ colour: 'red' })).toMatchObject({ status: 400 })
    expect(await invite({ groups: ['nowhere'] })).toMatchObject({ status: 404 })
    expect(await invite({ domainId: bed.domains.other })).toMatchObject({ status: 404 })
    expect(await bed.call('POST', '/invitations/nothing/revoke')).toMatchObject({ status: 404 })
  })
  test('U10 E.1-9: only who may invites, and not into more than they hold; lists leave out what they may not see', async () => {
    const clerk = await bed.somebody('clerk', ['manage invitations in tenancy'])
    const plain = await bed.somebody('plain')
    expect(await invite({}, plain.key)).toMatchObject({ status: 403, body: { reason: 'not-permitted' } })
    expect(await bed.call('GET', '/invitations', {}, plain.key)).toMatchObject({ status: 403 })
    expect(await invite({ groups: [bed.administrators] }, clerk.key)).toMatchObject({
      status: 403,
      body: { reason: 'not-held' },
    })
    const owner = { roles: ['super-user'], compartmentId: bed.rootCompartment }
    expect(await invite({ roles: [owner] }, clerk.key)).toMatchObject({
      status: 403,
      body: { reason: 'not-permitted' },
    })
    const own = await invite({}, clerk.key)
    expect(own.status).toBe(201)
    const elsewhere = await bed.keyOf(
      { kind: 'person', id: await bed.addPerson('stranger', {}, 'other') },
      { tenancyId: bed.otherTenancyId },
    )
    expect(await bed.call('GET', `/invitations/${own.body.id}`, {}, elsewhere)).toMatchObject({ status: 401 })
  })
  test('S2 S3 E.2-12 E.2-15: a request is listed, approved with a role, and the membership is there at once', async () => {
    const { id } = await ask(bob)
    const { body } = await bed.call<List>('GET', '/access-requests?filter=status eq "pending"')
    expect(body.items).toMatchObject([{ id, group: 'support', person: 'bob', status: 'pending' }])
    expect(await bed.call('POST', `/access-requests/${id}/approve`, { body: { role: 'admin' } })).toMatchObject({
      status: 200,
      body: { status: 'approved', role: 'admin', decidedBy: 'root' },
    })
    expect((await bed.store.read((tx) => tx.memberships.ofPerson(bob))).map((m) => m.role)).toEqual(['admin'])
    expect(await bed.call('POST', `/access-requests/${id}/deny`)).toMatchObject({
      status: 409,
      body: { reason: 'already-decided' },
    })
    await bed.store.write((tx) => tx.memberships.remove(bob, support, 'direct'))
  })
  test('S4 S7 E.2-16 E.2-21: denied; an end that is asked or given; nobody decides for themselves', async () => {
    const denied = await ask(bob)
    expect(await bed.call('POST', `/access-requests/${denied.id}/deny`)).toMatchObject({
      status: 200,
      body: { status: 'denied' },
    })
    const timed = await ask(bob)
    const until = '2030-02-01T00:00:00Z'
    expect(await bed.call('POST', `/access-requests/${timed.id}/approve`, { body: { until } })).toMatchObject({
      status: 200,
      body: { role: 'user' },
    })
    expect((await bed.store.read((tx) => tx.memberships.ofPerson(bob))).map((m) => m.expiresAt)).toEqual([
      Date.parse(until),
    ])
    const own = await ask(bed.root)
    expect(await bed.call('POST', `/access-requests/${own.id}/approve`, { body: {} })).toMatchObject({
      status: 403,
      body: { reason: 'own-request' },
    })
  })
  test('E.2-19: without the permission there is neither list nor decision, in the own tenancy or another', async () => {
    const eve = await bed.addPerson('eve')
    const { id } = await ask(eve)
    const plain = await bed.somebody('onlooker', ['inspect access-requests in tenancy'])
    expect(await bed.call('GET', '/access-requests', {}, plain.key)).toMatchObject({ status: 200 })
    expect(await bed.call('POST', `/access-requests/${id}/approve`, { body: {} }, plain.key)).toMatchObject({
      status: 403,
    })
    const nobody = await bed.somebody('outsider')
    expect(await bed.call('GET', `/access-requests/${id}`, {}, nobody.key)).toMatchObject({ status: 403 })
    expect(await bed.store.read((tx) => tx.accessRequests.get(id as AccessRequestId))).toMatchObject({
      status: 'pending',
    })
  })
  test('E.2-17: whoever may decide approves nobody into powers they do not hold', async () => {
    const powers = await bed.addGroup('powers')
    await bed.policy('powers', ['Allow group powers to manage users in tenancy'])
    const decider = await bed.somebody('decider', ['use access-requests in tenancy'])
    const { id } = await accessRequester(bed)(bob, { tenancy: 'acme', groupId: powers, reason: 'more' })
    expect(await bed.call('POST', `/access-requests/${id}/approve`, { body: {} }, decider.key)).toMatchObject({
      status: 403,
      body: { reason: 'not-held' },
    })
    expect(await bed.call('POST', `/access-requests/${id}/approve`, { body: {} })).toMatchObject({ status: 200 })
  })
})
