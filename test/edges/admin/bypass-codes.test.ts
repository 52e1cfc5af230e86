// M10 over the API, on both stores: who may give somebody a code, to whom, for how long, and what is left of it behind.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Bed, openBed, stores } from './bed.ts'

describe.each(stores)('%s', (_name, open) => {
  describe.skipIf(open === undefined)('bypass codes', () => {
    let bed: Bed
    const at = (who: string) => `/domains/default/users/${who}/bypass-code`
    const body = { hours: 2, reason: 'lost phone; recognised at the desk' }
    beforeAll(async () => {
      bed = await openBed(open)
      await bed.addPerson('kim', { email: 'kim@acme.example', emailVerified: true })
    })
    afterAll(() => bed.close())
    const held = async (who: string) => {
      const person = await bed.store.read((tx) => tx.people.byUsername(bed.domains.default, who))
      const all = person ? await bed.store.read((tx) => tx.credentials.ofPerson(person.id)) : []
      return all.filter((c) => c.data.kind === 'recovery-code')
    }

    test('M10: shown once, kept as a digest, written down with the reason, mailed', async () => {
      const given = await bed.call('POST', at('kim'), { body })
      expect([given.status, given.body]).toEqual([
        201,
        { code: expect.stringMatching(/^([0-9A-Z]{4}-){3}[0-9A-Z]{4}$/), expiresAt: '2030-01-16T14:00:00.000Z' },
      ])
      expect(JSON.stringify(await held('kim'))).not.toContain(String(given.body.code))
      const [event] = await bed.audit('bypass-code.issued')
      expect(event).toMatchObject({
        actor: { name: 'root' },
        target: { name: 'kim' },
        details: { hours: 2, reason: body.reason },
      })
      expect(JSON.stringify(event)).not.toContain(String(given.body.code))
      const mails = await bed.store.read((tx) => tx.outbox.list(bed.tenancyId))
      expect(mails.map((m) => m.payload.to)).toEqual(['kim@acme.example'])
      expect(JSON.stringify(mails)).not.toContain(String(given.body.code))
    })
    test('M10: another one replaces the first', async () => {
      const before = await held('kim')
      await bed.call('POST', at('kim'), { body })
      const after = await held('kim')
      expect([before.length, after.length]).toEqual([1, 1])
      expect(after[0]?.id).not.toBe(before[0]?.id)
    })
    test('M10: at most a day, and never without a reason', async () => {
      for (const wrong of [{ ...body, hours: 25 }, { ...body, hours: 0 }, { hours: 1 }, { ...body, reason: '' }])
        expect((await bed.call('POST', at('kim'), { body: wrong })).status).toBe(400)
    })
    test('M10: not for oneself, not for whoever cannot sign in', async () => {
      expect((await bed.call('POST', at('root'), { body })).body).toMatchObject({ status: 403, reason: 'own-account' })
      await bed.addPerson('gone', { status: 'disabled' })
      expect((await bed.call('POST', at('gone'), { body })).body).toMatchObject({ reason: 'person-disabled' })
      expect(await held('root')).toEqual([])
    })
    test('A3: whoever looks after people takes over no administrator, and needs the permission', async () => {
      const desk = await bed.somebody('desk', ['manage users in tenancy'])
      expect((await bed.call('POST', at('kim'), { body }, desk.key)).status).toBe(201)
      expect((await bed.call('POST', at('root'), { body }, desk.key)).body).toMatchObject({
        reason: 'administrator-required',
      })
      const clerk = await bed.somebody('clerk', ['use users in tenancy'])
      expect((await bed.call('POST', at('kim'), { body }, clerk.key)).status).toBe(403)
      expect((await bed.call('POST', '/domains/partners/users/kim/bypass-code', { body })).status).toBe(404)
      expect(bed.thrown).toEqual([])
    })
  })
})
