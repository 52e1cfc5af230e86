// M8: administrators prove two factors by default; sparing them at an application takes an approval that is kept, given by one of them.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { inRange } from '../../../src/adapters/fetch-guard.ts'
import { explainSignIn } from '../../../src/flows/sign-in/explain.ts'
import { type Bed, openBed, stores } from './bed.ts'

const RULES = '/domains/default/sign-on-rules'
const oidc = { clientId: 'wiki', redirectUris: ['https://wiki.example/cb'], scopes: ['openid'] }
const APPROVAL = 'J. Kim, CISO: the wiki holds nothing secret'

describe.each(stores)('%s', (_, open) => {
  if (!open) return test.skip('no second store', () => undefined)
  let bed: Bed
  beforeAll(async () => {
    bed = await openBed(open)
    for (const name of ['wiki', 'payroll'])
      expect(
        await bed.call('PUT', `/applications/${name}`, {
          body: { domains: ['default'], oidc: { ...oidc, clientId: name } },
        }),
      ).toMatchObject({ status: 201 })
  })
  afterAll(() => bed.close())

  /** Level and first steps that await the administrator at an application, or at the gateway's own pages. */
  const asked = (name?: string) =>
    bed.store.read(async (tx) => {
      const app = name === undefined ? undefined : await tx.apps.byName(bed.tenancyId, name)
      const { need, steps } = await explainSignIn(
        tx,
        {
          domainId: bed.domains.default,
          personId: bed.root,
          appId: app?.id,
          groups: undefined,
          level: 0,
          idp: undefined,
          upstreamLevel: undefined,
          trustedDeviceDays: undefined,
        },
        bed.clock(),
        inRange,
      )
      return { level: need.level, steps: steps.map((s) => s.do) }
    })
  const put = (body: object, key?: string) => bed.call('PUT', `${RULES}/spared`, { body }, key)
  const wiki = { groups: ['Administrators'], apps: ['wiki'], level: 'password' }

  test('M8: nothing is configured, and a second factor is asked, by enrolment', async () => {
    expect(await asked()).toEqual({
      level: { value: 2, because: { by: 'administrator', group: 'Administrators' } },
      steps: ['identify', 'password', 'enrol', 'done'],
    })
  })
  test('M8: sparing them takes an approval, for applications that are named', async () => {
    expect(await put(wiki)).toMatchObject({ status: 422, body: { errors: [{ field: 'level' }] } })
    expect(await put({ ...wiki, approval: '' })).toMatchObject({ status: 400 })
    const everywhere = { ...wiki, apps: [], approval: APPROVAL }
    expect(await put(everywhere)).toMatchObject({ status: 422, body: { errors: [{ field: 'approval' }] } })
    const others = { groups: [], apps: ['wiki'], level: 'password', approval: APPROVAL }
    expect(await put(others)).toMatchObject({ status: 422, body: { errors: [{ field: 'approval' }] } })
    expect((await asked('wiki')).level.value).toBe(2)
  })
  test('M8: whoever may write rules and is no administrator cannot give it', async () => {
    const clerk = await bed.somebody('clerk', ['manage sign-on-policies in tenancy', 'read domains in tenancy'])
    expect(await put({ ...wiki, approval: APPROVAL }, clerk.key)).toMatchObject({
      status: 403,
      body: { reason: 'administrator-required' },
    })
    expect((await asked('wiki')).level.value).toBe(2)
  })
  test('M8: an administrator gives it: there, nowhere else, and on record; it goes with the rule', async () => {
    expect(await put({ ...wiki, approval: APPROVAL })).toMatchObject({ status: 201, body: { approval: APPROVAL } })
    expect(await put({ ...wiki, approval: APPROVAL })).toMatchObject({ status: 200 })
    expect((await asked('wiki')).steps).toEqual(['identify', 'password', 'done'])
    expect([(await asked('payroll')).level.value, (await asked()).level.value]).toEqual([2, 2])
    expect(await bed.audit('sign-on-rule.created')).toMatchObject([
      { actor: { id: bed.root }, after: { demands: { level: 1, approval: APPROVAL } } },
    ])
    expect(await bed.call('DELETE', `${RULES}/spared`)).toMatchObject({ status: 204 })
    expect((await asked('wiki')).level.value).toBe(2)
  })
  test('M8: without its application the rule spares nobody', async () => {
    await put({ ...wiki, approval: APPROVAL })
    expect(await bed.call('DELETE', '/applications/wiki')).toMatchObject({ status: 204 })
    expect([(await asked('payroll')).level.value, (await asked()).level.value]).toEqual([2, 2])
  })
})
