// F11 over the API, on both stores: a test is begun and asked after, a connection is checked, and nobody else learns of it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { idp } from '../../stores/rows.ts'
import { type Bed, openBed, stores } from './bed.ts'

describe.each(stores)('%s', (_name, open) => {
  describe.skipIf(open === undefined)('connection tests', () => {
    let bed: Bed
    const at = '/domains/default/identity-providers/corp'
    beforeAll(async () => {
      bed = await openBed(open)
      const { tenancyId, domains } = bed
      const trust = {
        protocol: 'saml',
        metadataXml: undefined,
        metadataUrl: undefined,
        signRequests: true,
        wantAssertionsSigned: true,
        nameIdFormat: undefined,
        allowUnsolicited: false,
        clockSkewSeconds: 60,
        forceAuthnForLevel: false,
        requestedAuthnContext: [],
      } as const
      await bed.store.write((tx) =>
        tx.idps.put(idp('corp', { tenancyId, domainId: domains.default, enabled: false, trust })),
      )
    })
    afterAll(() => bed.close())

    test('F11: begun for a provider that is switched off; the link is shown once, the test waits', async () => {
      const begun = await bed.call('POST', `${at}/test`)
      expect([begun.status, begun.body]).toEqual([
        201,
        {
          id: expect.stringMatching(/^[\w-]{43}$/),
          status: 'waiting',
          startedBy: 'root',
          startedAt: '2030-01-16T12:00:00.000Z',
          expiresAt: '2030-01-16T12:15:00.000Z',
          url: expect.stringContaining('/d/acme/default/federation/corp/test?token='),
        },
      ])
      const { id, url, ...rest } = begun.body
      expect(begun.headers.get('location')).toBe(`${bed.url}/api/v1/tenancies/acme${at}/test/${id}`)
      expect((await bed.call('GET', `${at}/test/${id}`)).body).toEqual({ id, ...rest })
      const token = new URL(String(url)).searchParams.get('token')
      expect((await bed.call('GET', `${at}/test/${token}`)).status).toBe(404)
      expect((await bed.audit('connection-test.started'))[0]).toMatchObject({ target: { name: 'corp' } })
    })
    test('F11: a check says what was expected and what came, and passes only when all do', async () => {
      const { status, body } = await bed.call('GET', `${at}/check`)
      expect([status, body]).toEqual([
        200,
        {
          passed: false,
          certificates: [],
          checks: [expect.objectContaining({ name: 'metadata loaded', ok: false, received: 'not loaded yet' })],
          register: expect.arrayContaining([expect.objectContaining({ what: 'metadata' })]),
        },
      ])
    })
    test('A4: one permission less, another tenancy’s provider, another one’s test', async () => {
      const { key } = await bed.somebody('reader', ['read identity-providers in tenancy'])
      expect((await bed.call('POST', `${at}/test`, {}, key)).status).toBe(403)
      expect((await bed.call('GET', `${at}/check`, {}, key)).status).toBe(200)
      expect((await bed.call('POST', '/domains/default/identity-providers/nobody/test')).status).toBe(404)
      expect((await bed.call('POST', '/domains/partners/identity-providers/corp/test')).status).toBe(404)
      const { id } = (await bed.call('POST', `${at}/test`)).body
      expect((await bed.call('GET', `${at}/test/${id}`, {}, key)).status).toBe(403)
      bed.later(901)
      expect((await bed.call('GET', `${at}/test/${id}`)).status).toBe(404)
      expect(bed.thrown).toEqual([])
    })
  })
})
