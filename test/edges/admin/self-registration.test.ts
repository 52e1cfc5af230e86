// U8 over the API, on both stores: whoever changes a domain lets strangers into no group that holds what they do not.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Bed, openBed, stores } from './bed.ts'

describe.each(stores)('%s', (_name, open) => {
  describe.skipIf(open === undefined)('self-registration of a domain', () => {
    let bed: Bed
    const put = (selfRegistration: object | undefined, key?: string) =>
      bed.call('PUT', '/domains/partners', { body: { active: true, selfRegistration } }, key)
    beforeAll(async () => {
      bed = await openBed(open)
      await bed.addGroup('guests', 'partners')
      await bed.addGroup('desk', 'partners')
      await bed.policy('desk', ['Allow group partners/desk to manage users in tenancy'])
    })
    afterAll(() => bed.close())

    test('U8: named by groups, shown by names, and gone when it is left out', async () => {
      const wanted = { groups: ['guests'], emailDomains: ['partner.example'] }
      expect(await put(wanted)).toMatchObject({ status: 200, body: { selfRegistration: wanted } })
      expect((await bed.call('GET', '/domains/partners')).body).toMatchObject({ selfRegistration: wanted })
      expect((await put(undefined)).body).not.toHaveProperty('selfRegistration')
    })
    test('U8: a group that is not there, a domain that is none', async () => {
      expect((await put({ groups: ['nobody'] })).status).toBeGreaterThanOrEqual(400)
      expect((await put({ groups: [], emailDomains: ['@partner.example'] })).status).toBe(400)
      expect((await put({ emailDomains: ['partner.example'] })).status).toBe(400)
    })
    test('A3: strangers would hold what the group holds: only somebody who holds it may say so', async () => {
      const { key } = await bed.somebody('keeper', ['manage domains in tenancy'])
      expect((await put({ groups: ['guests'] }, key)).status).toBe(200)
      expect(await put({ groups: ['guests', 'desk'] }, key)).toMatchObject({
        status: 403,
        body: { reason: 'not-held' },
      })
      expect((await bed.call('GET', '/domains/partners')).body).toMatchObject({
        selfRegistration: { groups: ['guests'] },
      })
      expect((await put({ groups: ['guests', 'desk'] })).status).toBe(200)
      expect((await put({ groups: ['guests', 'desk'] }, key)).status).toBe(200)
      expect(bed.thrown).toEqual([])
    })
  })
})
