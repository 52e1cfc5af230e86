// Glewlwyd as a company's OpenID provider: says `auth_time: 0`, names methods in its own words, has no `acr`, and issues a path.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Running } from '../../src/cli/demo/listen.ts'
import { newDownstream } from './downstream.ts'
import { newSite, type Site, startGateway } from './gateway.ts'
import { newGlewlwyd, signInAtGlewlwyd } from './peers/glewlwyd.ts'
import { withPeers } from './peers/present.ts'
import { newStage, type Stage } from './peers/run.ts'
import { alice, carol, dave, frank, known, people, type TestPerson } from './people.ts'
import { type Visitor, visit } from './visitor.ts'

const erin: TestPerson = { ...alice, username: 'erin', email: 'erin@example.test' }
const TOTP_OF_ALICE = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'

withPeers('Glewlwyd as upstream OpenID provider', ['glewlwyd'], () => {
  let stage: Stage
  let site: Site
  let glewlwyd: ReturnType<typeof newGlewlwyd>
  let app: ReturnType<typeof newDownstream>
  let running: Running

  const trustOf = (name: string, scopes: readonly string[]) => ({
    name,
    oidc: { ...glewlwyd.trust, scopes },
    attributes: { username: 'preferred_username', email: 'email', displayName: 'name' },
    groupsFrom: ['groups'],
    mappings: [...new Set(people.flatMap((p) => p.groups))].map((group) => ({
      name: group,
      exact: group,
      groups: [group],
    })),
    assurance: { rules: [{ amr: ['password', 'otp'], level: 'mfa' }], unmatched: 'password' },
  })
  const signIn = async (visitor: Visitor, idp: string, person: TestPerson, totp?: string) => {
    await visitor.go(app.signInUrl)
    await visitor.chooseIdp(idp)
    await visitor.arrives(glewlwyd.base)
    await visitor.told(signInAtGlewlwyd(visitor.page, person, { totp }))
    await visitor.arrives(`${app.url}/`)
  }

  beforeAll(async () => {
    stage = await newStage(3)
    site = newSite(stage)
    glewlwyd = newGlewlwyd(stage, [...people, erin])
    app = newDownstream(stage)
    const scopes = ['openid', 'profile', 'email', 'groups']
    const idps = [trustOf('company', scopes), trustOf('company-mfa', [...scopes, 'mfa'])]
    await Promise.all([
      glewlwyd.start(
        idps.map(({ name }) => `${site.issuer}/federation/${name}/callback`),
        new Map([[alice.username, TOTP_OF_ALICE]]),
      ),
      startGateway(stage, site, {
        applications: [app.application],
        idps,
        groups: people.flatMap((p) => p.groups),
        seeded: [],
      }),
    ])
    running = await app.start(site)
  })
  afterAll(async () => {
    running?.close()
    await stage.stop()
  })

  test.for([carol, dave, frank])('F2: $username arrives with name, e-mail and every group', async (person) => {
    const visitor = await visit()
    await signIn(visitor, 'company', person)
    const { person: seen, claims } = await app.seen(visitor)
    expect(known(seen)).toEqual(known(person))
    expect(claims).toMatchObject({ acr: 'urn:gwanmun:acr:1', amr: ['fed', 'password'] })
    // It says 1970; what an application is told is when we took its word.
    expect(claims?.auth_time).toBeGreaterThan(Date.now() / 1000 - 300)
    await visitor.close()
  })

  test('F2, M11: the code that it asked for counts, in its own words for it, and is not asked again', async () => {
    const visitor = await visit()
    await signIn(visitor, 'company-mfa', alice, TOTP_OF_ALICE)
    const { person, claims } = await app.seen(visitor)
    expect(known(person)).toEqual(known(alice))
    expect(claims?.acr).toBe('urn:gwanmun:acr:2')
    await visitor.go(`${app.url}/step-up?level=2`)
    await visitor.arrives(`${app.url}/`)
    expect((await app.seen(visitor)).claims?.acr).toBe('urn:gwanmun:acr:2')
    await visitor.close()
  })

  test('F2, F4: whoever keeps the groups from us at its consent page is refused, not signed in without them', async () => {
    const visitor = await visit()
    await visitor.go(app.signInUrl)
    await visitor.chooseIdp('company')
    await visitor.arrives(glewlwyd.base)
    await signInAtGlewlwyd(visitor.page, erin, { withhold: 'groups' })
    await visitor.arrives(`${site.issuer}/federation/company/callback`)
    expect(await visitor.text()).toContain('scope-not-granted')
    await visitor.close()
  })
})
