// People over HTTP: made, changed, stopped and deleted (U2: at once), and protected from whoever may do less than they.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CredentialId, PersonId, SessionId } from '../../../src/core/model/ids.ts'
import { type Bed, openBed, stores } from './bed.ts'

const users = '/domains/default/users'
type List = { items: { username: string; email?: string }[]; next?: string }

describe.each(stores)('%s', (_, open) => {
  if (!open) return test.skip('no second store', () => undefined)
  let bed: Bed
  const startSession = async (person: PersonId) => {
    const id = bed.random.id() as SessionId
    await bed.store.write((tx) =>
      tx.sessions.add({
        id,
        tokenHash: bed.random.token(),
        tenancyId: bed.tenancyId,
        domainId: bed.domains.default,
        personId: person,
        evidence: [{ kind: 'password', at: bed.clock() }],
        upstream: undefined,
        deviceId: undefined,
        startedAt: bed.clock(),
        lastSeenAt: bed.clock(),
        expiresAt: bed.clock() + 3_600_000,
        endedAt: undefined,
        endReason: undefined,
        version: 0,
      }),
    )
    return id
  }
  const sessionOf = (id: SessionId) => bed.store.read((tx) => tx.sessions.get(id))
  beforeAll(async () => {
    bed = await openBed(open)
  })
  afterAll(() => bed.close())

  test('a user is made, read, replaced, patched and deleted; an address that an administrator typed proves nothing', async () => {
    const body = { displayName: 'Kim', email: 'kim@acme.test', attributes: { desk: ['7'] } }
    const made = await bed.call('PUT', `${users}/kim`, { body })
    expect(made).toMatchObject({
      status: 201,
      body: { username: 'kim', status: 'active', emailVerified: false, ...body },
    })
    expect(JSON.stringify(made.body)).not.toContain('handle')
    const person = (await bed.store.read((tx) => tx.people.get(made.body.id as PersonId))) ?? expect.fail('nobody')
    await bed.store.write((tx) => tx.people.put({ ...person, emailVerified: true }))
    const same = await bed.call('PUT', `${users}/kim`, { body })
    expect(same.body).toMatchObject({ emailVerified: true, updatedAt: made.body.updatedAt })
    const patched = await bed.call('PATCH', `${users}/KIM`, { body: { email: 'other@acme.test', attributes: null } })
    expect(patched.body).toMatchObject({
      emailVerified: false,
      email: 'other@acme.test',
      attributes: {},
      displayName: 'Kim',
    })
    const renamed = await bed.call('PATCH', `${users}/kim`, { body: { name: 'minji' } })
    expect(renamed.body).toMatchObject({ id: made.body.id, username: 'minji' })
    expect((await bed.call('DELETE', `${users}/minji`)).status).toBe(204)
    expect((await bed.audit('person.removed'))[0]).toMatchObject({ before: { username: 'minji' } })
    expect(JSON.stringify(await bed.audit())).not.toContain(person.handle)
  })

  test.each([['with space'], ['01JCXM4ZV7Q2T8N5R3W6Y9B0KD'], ['a\u0001b']])(
    'the user name `%s` is refused',
    async (name) => {
      const answer = await bed.call('PUT', `${users}/${encodeURIComponent(name)}`, { body: {} })
      expect(answer.status).toBe(400)
    },
  )

  test('users are paged by user name, found by filter, and shown in part to whoever may only inspect', async () => {
    for (let n = 10; n < 35; n++) await bed.addPerson(`page${n}`, { email: `p${n}@acme.test` })
    const seen: string[] = []
    let next: string | undefined
    do {
      const filter = encodeURIComponent('username sw "page"')
      const path: string = `${users}?limit=10&filter=${filter}${next === undefined ? '' : `&cursor=${next}`}`
      const page = await bed.call<List>('GET', path)
      seen.push(...page.body.items.map((u) => u.username))
      next = page.body.next
    } while (next !== undefined)
    expect(seen).toEqual(Array.from({ length: 25 }, (_, n) => `page${n + 10}`))
    const { key } = await bed.somebody('viewer', ['inspect users in tenancy'])
    const one = await bed.call<List>('GET', `${users}?filter=${encodeURIComponent('username eq "PAGE12"')}`, {}, key)
    expect(one.body.items).toEqual([expect.objectContaining({ username: 'page12' })])
    expect(one.body.items[0]).not.toHaveProperty('email')
    const hidden = await bed.call('GET', `${users}?filter=${encodeURIComponent('email eq "p12@acme.test"')}`, {}, key)
    expect(hidden.status).toBe(400)
    expect((await bed.call('GET', `${users}/page12`, {}, key)).status).toBe(403)
  })

  test('U2 disabling and locking end sessions at once; enabling lets in again', async () => {
    const person = await bed.addPerson('quinn')
    for (const [action, status] of [
      ['disable', 'disabled'],
      ['lock', 'locked'],
    ]) {
      const session = await startSession(person)
      const stopped = await bed.call('POST', `${users}/quinn/${action}`)
      expect(stopped).toMatchObject({ status: 200, body: { status } })
      expect(await sessionOf(session)).toMatchObject({ endReason: 'person-disabled', endedAt: bed.clock() })
      expect((await bed.call('POST', `${users}/quinn/enable`)).body).toMatchObject({ status: 'active' })
    }
    expect((await bed.audit('person.disabled'))[0]).toMatchObject({ details: { sessionsEnded: 1 } })
    expect((await bed.audit('session.ended'))[0]).toMatchObject({ actor: { name: 'root' } })
  })

  test('sessions are listed and ended, one or all; factors are removed, one or all', async () => {
    const person = await bed.addPerson('ravi')
    const [first, second] = [await startSession(person), await startSession(person)]
    const listed = await bed.call<{ items: { id: string }[] }>('GET', `${users}/ravi/sessions`)
    expect(listed.body.items.map((s) => s.id).sort()).toEqual([first, second].sort())
    expect((await bed.call('DELETE', `${users}/ravi/sessions/${first}`)).status).toBe(204)
    expect((await bed.call('DELETE', `${users}/ravi/sessions/${first}`)).status).toBe(404)
    expect((await bed.call('DELETE', `${users}/ravi/sessions`)).body).toEqual({ ended: 1 })
    expect(await sessionOf(second)).toMatchObject({ endReason: 'revoked' })
    const totp = async () => {
      const id = bed.random.id() as CredentialId
      const data = { kind: 'totp', secretSealed: 'sealed-secret', lastStep: -1 } as const
      const row = {
        id,
        personId: person,
        label: 'phone',
        createdAt: bed.clock(),
        lastUsedAt: undefined,
        version: 0,
        data,
      }
      await bed.store.write((tx) => tx.credentials.add(row))
      return id
    }
    const id = await totp()
    const factors = await bed.call<{ items: { kind: string }[] }>('GET', `${users}/ravi/credentials`)
    expect(factors.body.items.map((c) => c.kind).sort()).toEqual(['password', 'totp'])
    expect(JSON.stringify(factors.body)).not.toContain('sealed-secret')
    expect((await bed.call('DELETE', `${users}/ravi/credentials/${id}`)).status).toBe(204)
    await totp()
    await startSession(person)
    expect((await bed.call('POST', `${users}/ravi/reset-factors`)).status).toBe(204)
    const left = await bed.call<{ items: { kind: string }[] }>('GET', `${users}/ravi/credentials`)
    expect(left.body.items.map((c) => c.kind)).toEqual(['password'])
    expect((await bed.audit('person.factors-reset'))[0]).toMatchObject({
      details: { removed: ['totp'], sessionsEnded: 1 },
    })
  })

  test('U3 an administrator sends a link to the proven address; U7 not for a password that is kept elsewhere', async () => {
    const send = (name: string) => bed.call('POST', `${users}/${name}/reset-password`)
    await bed.addPerson('tess', { email: 'tess@acme.test', emailVerified: true })
    expect((await send('tess')).status).toBe(204)
    const mails = await bed.store.read((tx) => tx.outbox.list(bed.tenancyId))
    expect(JSON.stringify(mails)).toContain(`${bed.url}/d/acme/default/reset-password?token=`)
    await bed.addPerson('umar', { email: 'umar@acme.test', emailVerified: false })
    expect(await send('umar')).toMatchObject({ status: 403, body: { reason: 'email-unproven' } })
    await bed.call('PUT', `${users}/fed`, { body: {} })
    expect(await send('fed')).toMatchObject({ status: 403, body: { reason: 'password-elsewhere' } })
    expect(JSON.stringify(await bed.audit('person.password-reset-sent'))).not.toContain('token=')
  })

  test('T5 whoever looks after people has no way into the account of somebody who may do more', async () => {
    const { key } = await bed.somebody('helper', [
      'manage users in tenancy',
      'manage credentials in tenancy',
      'manage sessions in tenancy',
    ])
    await bed.somebody('policeman', ['manage policies in tenancy'])
    const person = await bed.addPerson('assigned')
    await bed.assign({ kind: 'person', id: person }, 'security-administrator')
    const session = await startSession(bed.root)
    const before = await bed.audit('person.updated')
    for (const name of ['root', 'policeman', 'assigned']) {
      const tries = [
        ['PATCH', `${users}/${name}`, { email: 'helper@evil.test' }],
        ['POST', `${users}/${name}/disable`],
        ['POST', `${users}/${name}/reset-factors`],
        ['POST', `${users}/${name}/reset-password`],
        ['DELETE', `${users}/${name}/sessions`],
        ['DELETE', `${users}/${name}`],
      ] as const
      for (const [method, path, body] of tries) {
        const answer = await bed.call(method, path, body === undefined ? {} : { body }, key)
        expect([answer.status, answer.body.reason], `${method} ${path}`).toEqual([
          403,
          name === 'root' ? 'administrator-required' : 'not-held',
        ])
      }
    }
    expect((await bed.call('DELETE', `${users}/root/sessions/${session}`, {}, key)).status).toBe(403)
    expect(await bed.audit('person.updated')).toEqual(before)
    await bed.addPerson('plain')
    expect((await bed.call('POST', `${users}/plain/disable`, {}, key)).status).toBe(200)
  })

  test('T1 the last administrator who can sign in stays', async () => {
    for (const [method, path] of [
      ['POST', `${users}/root/disable`],
      ['DELETE', `${users}/root`],
      ['DELETE', '/domains/default/groups/Administrators/members/root'],
    ] as const)
      expect(await bed.call(method, path)).toMatchObject({ status: 403, body: { reason: 'last-administrator' } })
  })

  test('nothing went wrong on our side', () => {
    expect(bed.thrown).toEqual([])
  })
})
