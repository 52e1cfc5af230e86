// F12, T4: a rotation while people work, on two gateways of one store: the key set has the announced key before it signs, what was signed before
// is believed until the old key is deleted, and no sign-in is lost. On PostgreSQL too.
import { decodeProtectedHeader } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { keyMaker } from '../../../src/adapters/keys.ts'
import type { Work } from '../../../src/flows/access/administer.ts'
import { announceKey, nextKeyMaker, removeKey, rotateKeys } from '../../../src/flows/upkeep/rotate-keys.ts'
import { noPostgres, postgresUrl, testFileStore, testPostgres } from '../../stores/open-test-store.ts'
import { id } from '../../stores/rows.ts'
import { type Bed, openBed, password } from './bed.ts'
import { refresh, tokensFor, userinfo, verified } from './relying-party.ts'

const stores = [
  ['SQLite', testFileStore],
  ['PostgreSQL', testPostgres],
] as const

describe.each(stores)('%s', (name, open) => {
  const absent = name === 'PostgreSQL' && postgresUrl === undefined
  let bed: Bed
  beforeAll(async () => {
    if (absent) return
    bed = await openBed({ open, nodes: 2 })
    await bed.register('web')
  })
  afterAll(() => (absent ? undefined : bed.close()))

  const kind = { use: 'oidc', alg: 'ES256' } as const
  const inWork = <T>(doing: (work: Work) => Promise<T>): Promise<T> =>
    bed.store.write((tx) => {
      const who = { tenancyId: id('acme'), actor: { kind: 'operator', id: 't', name: 't' }, requestId: undefined }
      const { random, secrets } = bed
      return doing({ tx, who, random, secrets, now: bed.clock() } as unknown as Work)
    })
  const rows = () =>
    bed.store.read(async (tx) => ({
      domain: (await tx.domains.get(id('default'))) ?? expect.fail('no domain'),
      tenancy: (await tx.tenancies.get(id('acme'))) ?? expect.fail('no tenancy'),
      keys: (await tx.keys.ofDomain(id('default'))).filter((k) => k.use === 'oidc' && k.alg === 'ES256'),
    }))
  const made = async () => {
    const { tenancy, domain } = await rows()
    return nextKeyMaker({ ...bed, keyMaker: keyMaker() })(kind, tenancy, domain)
  }
  const kids = async (): Promise<readonly unknown[]> => {
    const { keys } = (await (await fetch(`${bed.issuer}/jwks`)).json()) as { keys: { kid: string; alg: string }[] }
    return keys.filter((k) => k.alg === 'ES256').map((k) => k.kid)
  }
  const signedBy = (jwt: string) => decodeProtectedHeader(jwt).kid

  test.skipIf(absent)(
    absent
      ? `F12 (skipped: ${noPostgres})`
      : 'F12 announced, rotated, deleted: each node follows, and nobody is signed out',
    async () => {
      const { domain, keys } = await rows()
      const old = keys[0] ?? expect.fail('no key')
      bed.signsInAs('alice', password)
      const browser = bed.browser()
      const before = await tokensFor(bed, browser, 'web', { scope: 'openid offline_access' })
      expect(signedBy(before.id_token)).toBe(old.id)

      const fresh = await made()
      const { key: next } = await inWork((work) => announceKey(work, domain, kind, fresh))
      for (let node = 0; node < 2; node++) expect(new Set(await kids())).toEqual(new Set([old.id, next.id]))
      const meanwhile = await tokensFor(bed, browser, 'web')
      expect(signedBy(meanwhile.id_token)).toBe(old.id)

      await inWork((work) => rotateKeys(work, domain, { ...kind, unannounced: false }, undefined))
      const after = await tokensFor(bed, browser, 'web')
      const refreshed = await refresh(bed, 'web', before.refresh_token)
      expect([signedBy(after.id_token), signedBy(String(refreshed.body.id_token))]).toEqual([next.id, next.id])
      for (const token of [before, meanwhile, after])
        expect((await verified(bed, token.id_token, 'web')).sub).toBe('alice')
      expect((await userinfo(bed, after.access_token)).status).toBe(200)

      await inWork((work) => removeKey(work, domain, { ...old, status: 'retired' }))
      for (let node = 0; node < 2; node++) expect(await kids()).toEqual([next.id])
      await expect(verified(bed, before.id_token, 'web')).rejects.toThrow(/no applicable key/)
      expect((await verified(bed, after.id_token, 'web')).sub).toBe('alice')
      expect(bed.reported).toEqual([])
    },
  )
})
