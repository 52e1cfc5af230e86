// LemonLDAP::NG as a company's OpenID provider: people, groups, levels, sign-out.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Running } from '../../src/cli/demo/listen.ts'
import { newDownstream } from './downstream.ts'
import { newSite, type Site, startGateway } from './gateway.ts'
import { newLemonldap, signInAtLemonldap } from './peers/lemonldap.ts'
import { withPeers } from './peers/present.ts'
import { newStage, type Stage } from './peers/run.ts'
import { alice, carol, dave, frank, known, people, type TestPerson } from './people.ts'
import { type Visitor, visit } from './visitor.ts'

withPeers('LemonLDAP::NG as upstream OpenID provider', ['lemonldap'], () => {
  let stage: Stage
  let site: Site
  let llng: Awaited<ReturnType<typeof newLemonldap>>
  let app: ReturnType<typeof newDownstream>
  let running: Running

  const signIn = async (visitor: Visitor, person: TestPerson) => {
    await visitor.go(app.signInUrl)
    await visitor.chooseIdp('company')
    await visitor.arrives(llng.issuer)
    await signInAtLemonldap(visitor.page, person)
    await visitor.arrives(`${app.url}/`)
  }

  beforeAll(async () => {
    stage = await newStage(3)
    site = newSite(stage)
    llng = await newLemonldap(stage, people)
    app = newDownstream(stage)
    const federation = `${site.issuer}/federation/company`
    await Promise.all([
      llng.start({
        redirectUris: [`${federation}/callback`],
        postLogoutRedirectUris: [`${federation}/signed-out`],
      }),
      startGateway(stage, site, {
        applications: [app.application],
        idps: [
          {
            name: 'company',
            oidc: { ...llng.trust, scopes: ['openid', 'profile', 'email', 'groups'] },
            attributes: { username: 'preferred_username', email: 'email', displayName: 'name' },
            groupsFrom: ['groups'],
            mappings: people
              .flatMap((p) => p.groups)
              .filter((group, i, all) => all.indexOf(group) === i)
              .map((group) => ({ name: group, exact: group, groups: [group] })),
            assurance: { rules: [{ acr: 'loa-2', level: 'mfa' }], unmatched: 'password' },
          },
        ],
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

  test.for([alice, carol, dave, frank])('F2: $username arrives with name, e-mail and every group', async (person) => {
    const visitor = await visit()
    await signIn(visitor, person)
    const { person: seen, claims } = await app.seen(visitor)
    expect(known(seen)).toEqual(known(person))
    expect(claims).toMatchObject({ acr: 'urn:gwanmun:acr:1', amr: ['fed'] })
    await visitor.close()
  })

  test('F2: signing out at the application ends the session at the company too', async () => {
    const visitor = await visit()
    await signIn(visitor, alice)
    await visitor.go(app.signOutUrl)
    await visitor.arrives(`${app.url}/`)
    await visitor.go(app.signInUrl)
    await visitor.chooseIdp('company')
    await visitor.arrives(llng.issuer)
    expect(await visitor.has('input[name="password"]')).toBe(true)
    await visitor.close()
  })
})
