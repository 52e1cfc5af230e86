// Shared signals over HTTP: streams of one's own, events fetched and pushed, each a token that the domain signed (I7, F13).
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { eventTypes, POLL, PUSH, verificationType } from '../../../src/core/model/event-stream.ts'
import { endSession } from '../../../src/flows/sign-in/end-session.ts'
import { id, NOW } from '../../stores/rows.ts'
import { session } from '../../stores/traffic-rows.ts'
import { send } from '../admin/attack/send.ts'
import { stores } from '../admin/bed.ts'
import { type Bed, openBed } from './bed.ts'

type Stream = {
  readonly stream_id: string
  readonly delivery: { readonly endpoint_url: string }
  readonly events_requested: readonly string[]
}
type Polled = { readonly sets: { readonly [jti: string]: string }; readonly moreAvailable: boolean }
const all = Object.values(eventTypes)

describe.each(stores)('%s', (_, open) => {
  if (!open) return test.skip('no second store', () => undefined)
  let bed: Bed
  beforeEach(async () => {
    bed = await openBed(open)
  })
  afterEach(async () => {
    expect(bed.thrown).toEqual([])
    await bed.close()
  })
  const made = async (body: object = { delivery: { method: POLL }, events_requested: all }, token?: string) =>
    (await bed.call<Stream>('POST', '/ssf/streams', body, token)).body
  const push = (more: object = {}) =>
    made({ delivery: { method: PUSH, endpoint_url: bed.receiverUrl, ...more }, events_requested: all })
  const poll = async (body: object = {}) => (await bed.call<Polled>('POST', '/ssf/poll', body)).body
  const ended = async () => {
    await bed.store.write(async (tx) => {
      await tx.sessions.add(session('s', 'ann'))
      await endSession(tx, bed.random, id('s'), { reason: 'revoked', at: bed.clock(), requestId: 'req-9' })
    })
  }

  test('I7: what is offered is told at both places where receivers look', async () => {
    const inserted = await (await fetch(`${bed.url}/.well-known/ssf-configuration/d/acme/default`)).json()
    expect(inserted).toMatchObject({
      spec_version: '1_0',
      issuer: bed.issuer,
      jwks_uri: `${bed.issuer}/jwks`,
      delivery_methods_supported: [PUSH, POLL],
      configuration_endpoint: `${bed.issuer}/ssf/streams`,
    })
    expect(await (await fetch(`${bed.issuer}/.well-known/ssf-configuration`)).json()).toEqual(inserted)
    expect((await fetch(`${bed.url}/.well-known/ssf-configuration/d/acme/nowhere`)).status).toBe(404)
  })
  test('I7: an application makes one stream, changes it, and removes it; each on record', async () => {
    expect((await bed.call('GET', '/ssf/streams')).body).toEqual([])
    const stream = await made({
      delivery: { method: POLL },
      events_requested: [...all, 'https://unknown/type'],
      more: 1,
    })
    expect(stream).toMatchObject({
      iss: bed.issuer,
      aud: 'client of reports',
      events_requested: all,
      events_supported: all,
    })
    expect((await bed.call('POST', '/ssf/streams', {})).status).toBe(409)
    const named = { stream_id: stream.stream_id }
    const changed = await bed.call<Stream>('PATCH', '/ssf/streams', { ...named, events_requested: [all[0]] })
    expect([changed.status, changed.body.events_requested, changed.body.delivery]).toEqual([
      200,
      [all[0]],
      stream.delivery,
    ])
    const replaced = await bed.call<Stream>('PUT', '/ssf/streams', { ...named, description: 'x' })
    expect(replaced.body.events_requested).toEqual([])
    expect((await bed.call('GET', `/ssf/streams?stream_id=${stream.stream_id}`)).body).toEqual(replaced.body)
    expect((await bed.call('DELETE', '/ssf/streams')).status).toBe(400)
    expect((await bed.call('DELETE', `/ssf/streams?stream_id=${stream.stream_id}`)).status).toBe(204)
    expect((await bed.call('DELETE', `/ssf/streams?stream_id=${stream.stream_id}`)).status).toBe(404)
    const actions = await bed.store.read((tx) => tx.audit.list(id('acme'), { limit: 20, actorId: 'reports' }))
    expect(actions.map(({ action }) => action.replace('event-stream.', ''))).toEqual([
      'removed',
      'updated',
      'updated',
      'created',
    ])
  })
  test('I7: nobody else sees or touches a stream: other applications, people, other domains, too little scope', async () => {
    const { stream_id } = await made()
    const foreign = bed.tokenOf('mail')
    expect((await bed.call('GET', `/ssf/streams?stream_id=${stream_id}`, undefined, foreign)).status).toBe(404)
    expect((await bed.call('POST', '/ssf/status', { stream_id, status: 'disabled' }, foreign)).status).toBe(404)
    expect((await bed.call('POST', '/ssf/poll', {}, foreign)).status).toBe(404)
    for (const token of [
      bed.tokenOf('reports', ['ssf.manage'], { personId: 'ann' }),
      bed.tokenOf('reports', ['ssf.manage'], { domainId: 'second' }),
      'unknown',
    ]) {
      const refused = await bed.call('GET', '/ssf/streams', undefined, token)
      expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
        401,
        expect.stringContaining('Bearer'),
      ])
    }
    const reader = bed.tokenOf('reports', ['ssf.read'])
    expect((await bed.call('GET', '/ssf/streams', undefined, reader)).status).toBe(200)
    expect((await bed.call('POST', '/ssf/poll', {}, reader)).status).toBe(200)
    expect((await bed.call('DELETE', `/ssf/streams?stream_id=${stream_id}`, undefined, reader)).status).toBe(403)
    expect((await bed.call('GET', '/ssf/streams', undefined, bed.tokenOf('reports', ['openid']))).status).toBe(403)
  })
  test('I7: nonsense is refused in words and makes nothing', async () => {
    for (const body of [
      'no JSON',
      '[]',
      { delivery: { method: 'urn:other' } },
      { delivery: { method: PUSH } },
      { delivery: { method: PUSH, endpoint_url: 'http://receiver.example/' } },
      { delivery: { method: PUSH, endpoint_url: 'https://user:pw@receiver.example/' } },
      { delivery: { method: PUSH, endpoint_url: 'file:///etc/passwd' } },
      { delivery: { method: PUSH, endpoint_url: 'https://receiver.example/', authorization_header: 'a\r\nb: c' } },
      { events_requested: 'all' },
    ])
      expect((await bed.call('POST', '/ssf/streams', body)).status, JSON.stringify(body)).toBe(400)
    expect((await bed.call('GET', '/ssf/streams')).body).toEqual([])
    expect((await bed.call('OPTIONS', '/ssf/poll')).status).toBe(405)
  })

  test.each([undefined, '*/*', 'text/html'])(
    'I7: a refusal is problem+json, also to whoever accepts `%s`',
    async (accept) => {
      const headers = { 'content-type': 'application/json', ...(accept === undefined ? {} : { accept }) }
      for (const [method, path, body, status] of [
        ['GET', '/ssf/streams', undefined, 401],
        ['POST', '/ssf/poll', '{', 400],
        ['PUT', '/ssf/poll', '{}', 405],
      ] as const) {
        const answer = await send(bed.issuer, { method, path: `/d/acme/default${path}`, headers, body })
        expect([answer.status, answer.headers['content-type']]).toEqual([
          status,
          'application/problem+json; charset=utf-8',
        ])
        expect(answer.headers['cache-control']).toBe('no-store')
        expect(JSON.parse(answer.text)).toMatchObject({ status })
      }
    },
  )
  test('I7: the end of a session is fetched as a token that the domain signed, until it is acknowledged', async () => {
    await made()
    await ended()
    const { sets, moreAvailable } = await poll()
    const [[jti = '', token = ''] = []] = Object.entries(sets)
    const { payload, protectedHeader } = await bed.opened(token)
    expect([moreAvailable, protectedHeader.alg, payload.jti, payload.exp, payload.sub]).toEqual([
      false,
      'ES256',
      jti,
      undefined,
      undefined,
    ])
    expect(payload).toMatchObject({
      txn: 'req-9',
      sub_id: {
        format: 'complex',
        user: { format: 'iss_sub', iss: bed.issuer, sub: 'ann' },
        session: { format: 'opaque', id: 's' },
      },
      events: {
        [eventTypes.sessionRevoked]: {
          event_timestamp: NOW / 1000,
          initiating_entity: 'user',
          reason_admin: { en: 'revoked' },
        },
      },
    })
    expect(Object.keys((await poll()).sets)).toEqual([jti])
    expect(await poll({ ack: [jti, 'unknown'] })).toEqual({ sets: {}, moreAvailable: false })
  })
  test('I7: events are fetched oldest first, in parts; what a receiver refuses is on record and not sent again', async () => {
    await made()
    for (let n = 0; n < 3; n += 1)
      await bed.happen({ action: 'factor.enrolled', details: { factor: 'totp', label: `l${n}` } })
    const first = await poll({ maxEvents: 2 })
    expect([Object.keys(first.sets).length, first.moreAvailable]).toEqual([2, true])
    const jtis = Object.keys(first.sets)
    const rest = await poll({
      maxEvents: 5,
      ack: [jtis[0]],
      setErrs: { [jtis[1] ?? '']: { err: 'invalid_key', description: 'no' } },
    })
    expect([Object.keys(rest.sets).length, rest.moreAvailable]).toEqual([1, false])
    const { payload } = await bed.opened(Object.values(rest.sets)[0] ?? '')
    expect(payload.events).toMatchObject({
      [eventTypes.credentialChange]: { credential_type: 'app', change_type: 'create', friendly_name: 'l2' },
    })
    const [refused] = await bed.store.read((tx) =>
      tx.audit.list(id('acme'), { limit: 1, action: 'security-event.refused' }),
    )
    expect(refused).toMatchObject({ outcome: 'failure', details: { jti: jtis[1], err: 'invalid_key' } })
    expect(await poll({ maxEvents: 0 })).toEqual({ sets: {}, moreAvailable: true })
  })
  test('I7: only what was asked for, only of this domain, only of what came to be', async () => {
    await made({ delivery: { method: POLL }, events_requested: [eventTypes.assuranceLevelChange] })
    await bed.happen({ action: 'password.changed' })
    await bed.happen({ action: 'sign-in.succeeded', details: { level: 2 } })
    await bed.happen({ action: 'sign-in.succeeded', domainId: 'second', details: { level: 2, levelBefore: 1 } })
    const undone = bed.store.write(async (tx) => {
      await tx.audit.add({
        ...(await tx.audit.list(id('acme'), { limit: 1 }))[0],
        id: id('undone'),
        details: { level: 3, levelBefore: 1 },
      } as never)
      throw new Error('undone')
    })
    await expect(undone).rejects.toThrow(/undone/)
    expect(await poll()).toEqual({ sets: {}, moreAvailable: false })
    await bed.happen({ action: 'sign-in.succeeded', details: { level: 2, levelBefore: 1, session: 's' } })
    const { payload } = await bed.opened(Object.values((await poll()).sets)[0] ?? '')
    expect(payload.events).toMatchObject({
      [eventTypes.assuranceLevelChange]: {
        namespace: 'NIST-AAL',
        current_level: 'nist-aal2',
        previous_level: 'nist-aal1',
        change_direction: 'increase',
      },
    })
  })

  test('I7: an event is pushed with the receiver’s own authorization; one that fails is sent again, the same one', async () => {
    const stream = await push({ authorization_header: 'Bearer of theirs' })
    expect(JSON.stringify(stream)).not.toContain('of theirs')
    await bed.happen({ action: 'password.changed' })
    bed.answers.push({ status: 503 }, { status: 202 })
    expect(await bed.send()).toMatchObject([{ kind: 'security-event', outcome: 'retry' }])
    bed.later(10)
    expect(await bed.send()).toMatchObject([{ outcome: 'sent' }])
    bed.later(4000)
    expect(await bed.send()).toEqual([])
    const tokens = await Promise.all(bed.received.map(({ token }) => bed.opened(token)))
    expect(new Set(tokens.map(({ payload }) => payload.jti)).size).toBe(1)
    expect(bed.received[0]).toMatchObject({ authorization: 'Bearer of theirs', type: 'application/secevent+jwt' })
    expect(tokens[0]?.payload.events).toMatchObject({
      [eventTypes.credentialChange]: { credential_type: 'password', change_type: 'update' },
    })
  })
  test('I7: what a receiver will never take is given up, on record; redirects are not followed', async () => {
    await push()
    await bed.happen({ action: 'password.changed' })
    bed.answers.push({ status: 400, body: '{"err":"invalid_audience","description":"who?"}' })
    expect(await bed.send()).toMatchObject([
      { outcome: 'given-up', detail: expect.stringContaining('invalid_audience who?') },
    ])
    const [told] = await bed.store.read((tx) => tx.audit.list(id('acme'), { limit: 1, action: 'outbox.given-up' }))
    expect(told).toMatchObject({ outcome: 'failure' })
    await bed.happen({ action: 'password.changed' })
    bed.answers.push({ status: 307, location: `${bed.receiverUrl}/elsewhere` })
    expect(await bed.send()).toMatchObject([{ outcome: 'retry' }])
    expect(bed.received).toHaveLength(2)
  })
  test('I7: a secret goes with its address: another address is not sent the old secret', async () => {
    const { stream_id } = await push({ authorization_header: 'Bearer of theirs' })
    const method = { method: PUSH, endpoint_url: `${bed.receiverUrl}/other` }
    await bed.call('PATCH', '/ssf/streams', { stream_id, delivery: method })
    await bed.call('POST', '/ssf/verify', { stream_id, state: 'x' })
    await bed.send()
    expect(bed.received).toMatchObject([{ authorization: undefined }])
  })
  test('I7: paused events wait, a disabled stream hears nothing, a removed one is forgotten', async () => {
    const { stream_id } = await push()
    const status = (to: string) => bed.call('POST', '/ssf/status', { stream_id, status: to, reason: 'r' })
    expect((await status('paused')).body).toEqual({ stream_id, status: 'paused', reason: 'r' })
    await bed.happen({ action: 'password.changed' })
    expect(await bed.send()).toMatchObject([{ outcome: 'retry' }])
    await status('enabled')
    bed.later(10)
    expect(await bed.send()).toMatchObject([{ outcome: 'sent' }])
    await status('disabled')
    await bed.happen({ action: 'password.changed' })
    expect(await bed.send()).toEqual([])
    await status('enabled')
    await bed.happen({ action: 'password.changed' })
    await bed.call('DELETE', `/ssf/streams?stream_id=${stream_id}`)
    expect(await bed.send()).toMatchObject([{ outcome: 'given-up' }])
    expect(bed.received).toHaveLength(1)
    expect((await bed.call('GET', `/ssf/status?stream_id=${stream_id}`)).status).toBe(404)
  })
  test('I7: a receiver verifies its stream', async () => {
    const { stream_id } = await made({ delivery: { method: POLL } })
    expect((await bed.call('POST', '/ssf/verify', { stream_id, state: 'abc' })).status).toBe(204)
    const { payload } = await bed.opened(Object.values((await poll()).sets)[0] ?? '')
    expect(payload).toMatchObject({
      sub_id: { format: 'opaque', id: stream_id },
      events: { [verificationType]: { state: 'abc' } },
    })
  })
})
