// T4, F12, F13: the keys of a domain over the API, on both stores: listed without their private parts, announced, rotated so that nobody who
// checks signatures is surprised, retired and deleted, and never down to none.
import { createLocalJWKSet, importJWK, type JWK, jwtVerify, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { keyMaker, privateKeyPem } from '../../../src/adapters/keys.ts'
import { ensureKeys } from '../../../src/flows/upkeep/ensure-keys.ts'
import { keyRing } from '../../../src/flows/upkeep/key-ring.ts'
import { operator } from '../../flows/access/office.ts'
import { type Bed, openBed, stores } from './bed.ts'

type Key = {
  id: string
  use: string
  alg: string
  status: string
  createdAt: string
  publicKey?: object
  certificate?: string
}
type List = { items: Key[] }
const PRIVATE = ['"d"', '"p"', '"q"', '"dp"', '"dq"', '"qi"', '"k"', 'privateSealed', 'PRIVATE KEY']

describe.each(stores)('%s', (_name, open) => {
  describe.skipIf(open === undefined)('signing keys', () => {
    let bed: Bed
    const at = '/domains/default/signing-keys'
    beforeAll(async () => {
      bed = await openBed(open)
      await ensureKeys({ ...bed, keyMaker: keyMaker() })(operator, bed.tenancyId)
    })
    afterAll(() => bed.close())
    const listed = async (use: string, alg: string): Promise<readonly Key[]> =>
      (await bed.call<List>('GET', `${at}?filter=${encodeURIComponent(`use eq "${use}" and alg eq "${alg}"`)}`)).body
        .items
    const statuses = async (use: string, alg: string) => (await listed(use, alg)).map((k) => k.status)
    const ring = () => keyRing({ ...bed, pemOf: privateKeyPem })(bed.domains.default)
    const version = async () => (await bed.store.read((tx) => tx.domains.get(bed.domains.default)))?.version
    const signed = async () => {
      const key = (await ring()).oidc.find((k) => k.alg === 'ES256') as JWK
      return new SignJWT({ sub: 'kim' })
        .setProtectedHeader({ alg: 'ES256', kid: key.kid ?? '' })
        .sign(await importJWK(key, 'ES256'))
    }
    const isAccepted = async (token: string) => {
      const published = ((await ring()).oidc as JWK[]).map(({ kty, crv, x, y, n, e, kid, alg }) => ({
        kty,
        crv,
        x,
        y,
        n,
        e,
        kid,
        alg,
      }))
      const keys = createLocalJWKSet({ keys: JSON.parse(JSON.stringify(published)) as JWK[] })
      return jwtVerify(token, keys).then(
        () => true,
        () => false,
      )
    }

    test('T4: shown with their public parts, and with nothing that signs', async () => {
      const list = await bed.call<List>('GET', at)
      expect(list.body.items.map((k) => `${k.use} ${k.alg} ${k.status}`).sort()).toEqual([
        'cookie HS256 active',
        'oidc ES256 active',
        'oidc RS256 active',
        'saml RS256 active',
      ])
      const rows = await bed.store.read((tx) => tx.keys.ofDomain(bed.domains.default))
      for (const { id, use } of list.body.items) {
        const { body } = await bed.call<Key>('GET', `${at}/${id}`)
        expect(body.publicKey === undefined).toBe(use === 'cookie')
        expect(body.certificate?.startsWith('-----BEGIN CERTIFICATE-----') ?? false).toBe(use === 'saml')
        const text = JSON.stringify([list.body, body])
        for (const part of [...PRIVATE, ...rows.map((r) => r.privateSealed)]) expect(text).not.toContain(part)
      }
    })

    test('F12: rotated at once: the new one signs, the old one is still believed, and every node builds its provider anew', async () => {
      const [before] = await listed('oidc', 'ES256')
      const [token, was] = [await signed(), await version()]
      const rotated = await bed.call<Key>('POST', `${at}/rotate`, { body: { use: 'oidc', alg: 'ES256' } })
      expect(rotated).toMatchObject({ status: 200, body: { use: 'oidc', alg: 'ES256', status: 'active' } })
      expect(rotated.body.id).not.toBe(before?.id)
      expect((await statuses('oidc', 'ES256')).toSorted()).toEqual(['active', 'retired'])
      const first = (await ring()).oidc.find((k) => k.alg === 'ES256')
      expect(first?.kid).toBe(rotated.body.id)
      expect([await isAccepted(token), await isAccepted(await signed())]).toEqual([true, true])
      expect(await version()).toBe((was ?? 0) + 1)
      const [event] = await bed.audit('key.rotated')
      expect(event).toMatchObject({
        actor: { name: 'root' },
        target: { type: 'key', id: rotated.body.id, name: 'oidc ES256' },
        details: { retired: [before?.id] },
      })
      for (const part of PRIVATE) expect(JSON.stringify(event)).not.toContain(part)
      // deleted: what it signed is believed no longer
      expect((await bed.call('DELETE', `${at}/${before?.id}`)).status).toBe(204)
      expect([await isAccepted(token), await isAccepted(await signed())]).toEqual([false, true])
      expect((await bed.call('DELETE', `${at}/${before?.id}`)).status).toBe(404)
    })

    test('F13: a SAML key is announced before it signs; one waits, and metadata shows both', async () => {
      const body = { use: 'saml', alg: 'RS256' }
      const refused = await bed.call('POST', `${at}/rotate`, { body })
      expect(refused.body).toMatchObject({ status: 403, reason: 'key-not-announced' })
      const active = (await ring()).saml.active.certificatePem
      const next = await bed.call<Key>('POST', at, { body })
      expect([next.status, next.body.status, next.headers.get('location')]).toEqual([
        201,
        'next',
        expect.stringContaining(`/signing-keys/${next.body.id}`),
      ])
      const again = await bed.call<Key>('POST', at, { body })
      expect([again.status, again.body.id]).toEqual([200, next.body.id])
      const { saml } = await ring()
      expect(saml.active.certificatePem).toBe(active)
      expect(saml.publishedCertificates).toEqual([active, next.body.certificate])
      const rotated = await bed.call<Key>('POST', `${at}/rotate`, { body })
      expect([rotated.status, rotated.body.id]).toEqual([200, next.body.id])
      const after = (await ring()).saml
      expect([after.active.certificatePem, after.publishedCertificates, after.all.length]).toEqual([
        next.body.certificate,
        [next.body.certificate],
        2,
      ])
      const forced = await bed.call<Key>('POST', `${at}/rotate`, { body: { ...body, unannounced: true } })
      expect([forced.status, forced.body.status]).toEqual([200, 'active'])
    })

    test('T4: an announcement is taken back; the key that signs is neither retired nor deleted', async () => {
      const kind = { use: 'oidc', alg: 'RS256' }
      const next = await bed.call<Key>('POST', at, { body: kind })
      const early = await bed.call('DELETE', `${at}/${next.body.id}`)
      expect(early.body).toMatchObject({ status: 403, reason: 'key-announced' })
      const retired = await bed.call<Key>('POST', `${at}/${next.body.id}/retire`)
      expect([retired.status, retired.body.status]).toEqual([200, 'retired'])
      const events = (await bed.audit()).length
      expect((await bed.call('POST', `${at}/${next.body.id}/retire`)).status).toBe(200)
      expect((await bed.audit()).length).toBe(events)
      expect((await bed.call('DELETE', `${at}/${next.body.id}`)).status).toBe(204)
      for (const { id } of await listed('oidc', 'RS256')) {
        expect((await bed.call('POST', `${at}/${id}/retire`)).body).toMatchObject({ status: 403, reason: 'key-signs' })
        expect((await bed.call('DELETE', `${at}/${id}`)).body).toMatchObject({ status: 403, reason: 'key-signs' })
      }
      expect(await statuses('oidc', 'RS256')).toEqual(['active'])
    })

    test('T4: two rotations at once leave one key that signs', async () => {
      const rotate = () => bed.call('POST', `${at}/rotate`, { body: { use: 'cookie', alg: 'HS256' } })
      const all = await Promise.all([rotate(), rotate()])
      expect(all.every(({ status }) => status === 200)).toBe(true)
      expect((await statuses('cookie', 'HS256')).filter((s) => s === 'active')).toHaveLength(1)
      expect((await ring()).cookieSecrets).toHaveLength(3)
    })

    test('A3: whoever sees keys does not change them, only kinds that a domain has are made, If-Match counts', async () => {
      const eyes = await bed.somebody('eyes', ['inspect signing-keys in tenancy'])
      expect((await bed.call('GET', at, {}, eyes.key)).status).toBe(200)
      for (const path of [at, `${at}/rotate`]) {
        const body = { use: 'oidc', alg: 'ES256' }
        expect((await bed.call('POST', path, { body }, eyes.key)).status).toBe(403)
        expect((await bed.call('POST', path, { body: { use: 'saml', alg: 'ES256' } })).status).toBe(400)
        expect((await bed.call('POST', path, { body: { use: 'oidc' } })).status).toBe(400)
        expect((await bed.call('POST', path.replace('default', 'none'), { body })).status).toBe(404)
      }
      const keeper = await bed.somebody('keeper', [
        "manage signing-keys in tenancy where target.domain.name = 'partners'",
      ])
      const [key] = await listed('oidc', 'ES256')
      const path = `${at}/${key?.id}`
      expect((await bed.call('POST', `${path}/retire`, {}, keeper.key)).status).toBe(403)
      expect((await bed.call('POST', `${at}/rotate`, { body: { use: 'oidc', alg: 'ES256' } }, keeper.key)).status).toBe(
        403,
      )
      expect((await bed.call('DELETE', path, { headers: { 'if-match': '"stale"' } })).status).toBe(412)
      expect((await bed.call('GET', `/domains/partners/signing-keys/${key?.id}`)).status).toBe(404)
      expect(bed.thrown).toEqual([])
    })
  })
})
