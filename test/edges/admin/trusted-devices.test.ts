// M7, U2: the devices on which somebody skips the second factor, over the API, on both stores: seen, revoked one by one and all at once, with
// the sessions that were begun there.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DeviceId, PersonId, SessionId } from '../../../src/core/model/ids.ts'
import { device } from '../../stores/rows.ts'
import { session } from '../../stores/traffic-rows.ts'
import { type Bed, openBed, stores } from './bed.ts'

type List = { items: { id: string; label: string }[] }

describe.each(stores)('%s', (_name, open) => {
  describe.skipIf(open === undefined)('trusted devices', () => {
    let bed: Bed
    let kim: PersonId
    let chris: PersonId
    const at = (who: string) => `/domains/default/users/${who}/trusted-devices`
    const trust = async (person: PersonId, label: string): Promise<string> => {
      const { random, store, tenancyId, domains, clock } = bed
      const id = random.id() as DeviceId
      const life = { startedAt: clock(), lastSeenAt: clock(), expiresAt: clock() + 3_600_000 }
      await store.write(async (tx) => {
        await tx.devices.put({ ...device(id, person), label, tokenHash: `hash-of-${label}` })
        const place = { tenancyId, domainId: domains.default, deviceId: id, tokenHash: `session-on-${label}` }
        await tx.sessions.add({ ...session(random.id() as SessionId, person), ...place, ...life })
      })
      return id
    }
    const live = (person: PersonId) =>
      bed.store.read(async (tx) => (await tx.sessions.ofPerson(person)).map((s) => s.deviceId))
    beforeAll(async () => {
      bed = await openBed(open)
      kim = await bed.addPerson('kim')
      chris = await bed.addPerson('chris')
    })
    afterAll(() => bed.close())

    test('M7: one is revoked with its sessions and on record; the others stay', async () => {
      const [laptop, phone] = [await trust(kim, 'laptop'), await trust(kim, 'phone')]
      const list = await bed.call<List>('GET', at('kim'))
      expect(list.body.items.map((d) => d.label).sort()).toEqual(['laptop', 'phone'])
      expect(JSON.stringify(list.body)).not.toContain('hash-of')
      const one = await bed.call('GET', `${at('kim')}/${laptop}`)
      expect(one.body).toMatchObject({ id: laptop, label: 'laptop', expiresAt: expect.any(String) })
      expect((await bed.call('DELETE', `${at('chris')}/${laptop}`)).status).toBe(404)
      expect((await bed.call('DELETE', `${at('kim')}/${laptop}`, { headers: { 'if-match': '"stale"' } })).status).toBe(
        412,
      )
      expect((await bed.call('DELETE', `${at('kim')}/${laptop}`)).status).toBe(204)
      expect(await live(kim)).toEqual([phone])
      const [event] = await bed.audit('device.revoked')
      expect(event).toMatchObject({
        actor: { name: 'root' },
        target: { type: 'person', name: 'kim' },
        details: { device: laptop, label: 'laptop', sessionsEnded: 1 },
      })
      expect((await bed.call<List>('GET', at('kim'))).body.items.map((d) => d.id)).toEqual([phone])
    })

    test('M7: all at once: of this person, and nobody else', async () => {
      await trust(kim, 'tablet')
      const others = await trust(chris, 'desk')
      expect((await bed.call('DELETE', at('kim'))).body).toEqual({ revoked: 2 })
      expect((await bed.call<List>('GET', at('kim'))).body.items).toEqual([])
      expect([await live(kim), await live(chris)]).toEqual([[], [others]])
      const [event] = await bed.audit('person.devices-revoked')
      expect(event?.details).toMatchObject({ sessionsEnded: 2 })
      const events = (await bed.audit()).length
      expect((await bed.call('DELETE', at('kim'))).body).toEqual({ revoked: 0 })
      expect((await bed.audit()).length).toBe(events)
    })

    test('A3: whoever may not touch an administrator does not touch their devices', async () => {
      const mine = await trust(bed.root, 'of-root')
      const desk = await bed.somebody('desk', ['manage users in tenancy', 'manage credentials in tenancy'])
      const refused = [
        await bed.call('DELETE', `${at('root')}/${mine}`, {}, desk.key),
        await bed.call('DELETE', at('root'), {}, desk.key),
      ]
      expect(refused.map((r) => r.body)).toEqual([
        expect.objectContaining({ status: 403, reason: 'administrator-required' }),
        expect.objectContaining({ status: 403, reason: 'administrator-required' }),
      ])
      const narrow = await bed.somebody('narrow', [
        "manage credentials in tenancy where target.credential.type = 'totp'",
      ])
      const theirs = (await bed.call<List>('GET', at('chris'))).body.items[0]?.id
      expect((await bed.call('DELETE', `${at('chris')}/${theirs}`, {}, narrow.key)).status).toBe(403)
      expect(await live(bed.root)).toEqual([mine])
      expect(bed.thrown).toEqual([])
    })
  })
})
