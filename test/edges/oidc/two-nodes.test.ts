// F12: two gateways on one store, every request to the other one: nothing of a sign-in or a token is kept in a process. On PostgreSQL too.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { noPostgres, postgresUrl, testFileStore, testPostgres } from '../../stores/open-test-store.ts'
import { type Bed, openBed, passkey, password } from './bed.ts'
import { authorize, introspect, redeem, refresh, tokensFor, userinfo, verified } from './relying-party.ts'

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
  const leg = test.skipIf(absent)
  const title = (text: string) => (absent ? `${text} (skipped: ${noPostgres})` : text)

  leg(title('F12 sign-in, step-up, redemption, rotation and userinfo, each on the other node'), async () => {
    bed.signsInAs('alice', password)
    const browser = bed.browser()
    const tokens = await tokensFor(bed, browser, 'web', { scope: 'openid offline_access' })
    expect((await userinfo(bed, tokens.access_token)).status).toBe(200)
    bed.signsInAs('alice', passkey)
    const stepped = await redeem(bed, 'web', await authorize(bed, browser, 'web', { acr_values: 'phr' }))
    expect((await verified(bed, String(stepped.body.id_token), 'web')).acr).toBe('phr')
    const rotated = await refresh(bed, 'web', tokens.refresh_token)
    expect((await introspect(bed, 'web', rotated.body.access_token)).active).toBe(true)
    expect(bed.reported).toEqual([])
  })
  leg(title('F12 parallel redemptions of one code, and of one refresh token: one token set each'), async () => {
    const { browser } = await bed.signedIn('alice')
    const authorized = await authorize(bed, browser, 'web', { scope: 'openid offline_access' })
    const codes = await Promise.all([1, 2, 3, 4].map(() => redeem(bed, 'web', authorized)))
    expect(codes.map((a) => a.status).sort()).toEqual([200, 400, 400, 400])
    const tokens = await tokensFor(bed, browser, 'web', { scope: 'openid offline_access' })
    const refreshed = await Promise.all([1, 2, 3, 4].map(() => refresh(bed, 'web', tokens.refresh_token)))
    expect(refreshed.map((a) => a.status).sort()).toEqual([200, 400, 400, 400])
    expect(bed.reported).toEqual([])
  })
})
