// A14 over the API, on both stores: proposed rules against recorded sign-ins; who may ask, and what is said of names that are not there.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventOf } from '../../../src/flows/audit-event.ts'
import { type Bed, openBed, stores } from './bed.ts'

describe.each(stores)('%s', (_name, open) => {
  describe.skipIf(open === undefined)('replay of sign-ins', () => {
    let bed: Bed
    const at = '/domains/default/sign-ins/replay'
    const mfa = { signOnRules: { put: [{ name: 'mfa', groups: ['finance'], level: 'mfa' }] } }
    beforeAll(async () => {
      bed = await openBed(open)
      const kim = await bed.addPerson('kim')
      await bed.addGroup('finance')
      await bed.store.write(async (tx) => {
        for (const groups of [['finance'], [], ['finance']])
          await tx.audit.add(
            eventOf(bed.random, bed.clock(), {
              tenancyId: bed.tenancyId,
              domainId: bed.domains.default,
              action: 'sign-in.succeeded',
              actor: { kind: 'person', id: kim, name: 'kim' },
              details: { app: null, because: { by: 'default' }, needed: 1, groups },
            }),
          )
      })
      bed.later(60)
    })
    afterAll(() => bed.close())

    test('A14: how many would newly need a second factor, with examples', async () => {
      const { status, body } = await bed.call('POST', at, { body: mfa })
      expect([status, body]).toEqual([
        200,
        expect.objectContaining({ signIns: 3, people: 1, newlySecondFactor: 2, newlyRefused: 0, whole: true }),
      ])
      expect(body.examples).toContainEqual(
        expect.objectContaining({ username: 'kim', change: 'newly-second-factor', at: '2030-01-16T12:00:00.000Z' }),
      )
      expect(await bed.audit('sign-on-rule.created')).toEqual([])
    })
    test('A14: a period, a limit, nothing proposed', async () => {
      expect((await bed.call('POST', at, { body: { ...mfa, limit: 1 } })).body).toMatchObject({
        signIns: 1,
        whole: false,
      })
      const before = { ...mfa, to: '2030-01-16T11:00:00Z' }
      expect((await bed.call('POST', at, { body: before })).body).toMatchObject({ signIns: 0 })
      expect((await bed.call('POST', at, { body: {} })).body).toMatchObject({ signIns: 3, newlySecondFactor: 0 })
    })
    test('A14: names that are not there, and shapes that are none', async () => {
      const put = [{ name: 'x', groups: ['nobody'] }]
      const wrong = await bed.call('POST', at, { body: { signOnRules: { put } } })
      expect([wrong.status, wrong.body]).toEqual([
        422,
        expect.objectContaining({ errors: [expect.objectContaining({ field: 'signOnRules.put[0].groups[0]' })] }),
      ])
      for (const body of [
        { signOnRules: { put: [{ level: 'mfa' }] } },
        { limit: 0 },
        { rules: [] },
        { mappings: { corp: 1 } },
      ])
        expect((await bed.call('POST', at, { body })).status).toBe(400)
      expect((await bed.call('POST', '/domains/nowhere/sign-ins/replay', { body: mfa })).status).toBe(404)
      expect(bed.thrown).toEqual([])
    })
    test('A3: whoever asks may read sign-ins, sign-on rules and mappings', async () => {
      const half = await bed.somebody('half', ['read audit-events in tenancy'])
      expect((await bed.call('POST', at, { body: mfa }, half.key)).status).toBe(403)
      const whole = ['audit-events', 'sign-on-policies', 'group-mappings'].map((type) => `read ${type} in tenancy`)
      const reader = await bed.somebody('reader', whole)
      expect((await bed.call('POST', at, { body: mfa }, reader.key)).status).toBe(200)
    })
  })
})
