// People of a SAML and of an OpenID provider, at a SAML and at an OpenID Connect application: one session behind all, and a sign-out that
// begins at the SAML application walks through the provider and comes back.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Running } from '../../src/cli/demo/listen.ts'
import { newDownstream } from './downstream.ts'
import { newSite, startGateway } from './gateway.ts'
import { newLemonldap, signInAtLemonldap } from './peers/lemonldap.ts'
import { newMellon, seenByMellon } from './peers/mellon.ts'
import { withPeers } from './peers/present.ts'
import { newStage, type Stage } from './peers/run.ts'
import { newSimpleSamlPhp, signInAtSimpleSamlPhp } from './peers/simplesamlphp.ts'
import { carol, frank, known, people, type TestPerson } from './people.ts'
import { eventually, visit } from './visitor.ts'

type Company = {
  readonly idp: string
  readonly person: TestPerson
  readonly at: () => string
  readonly signIn: (page: Page, person: TestPerson) => Promise<void>
}

withPeers('any provider, any application', ['simpleSamlPhp', 'lemonldap', 'mellon'], () => {
  let stage: Stage
  let ssp: Awaited<ReturnType<typeof newSimpleSamlPhp>>
  let llng: Awaited<ReturnType<typeof newLemonldap>>
  let mellon: Awaited<ReturnType<typeof newMellon>>
  let app: ReturnType<typeof newDownstream>
  let running: Running

  const groups = people.flatMap((p) => p.groups)
  const mappings = [...new Set(groups)].map((group) => ({ name: group, exact: group, groups: [group] }))

  beforeAll(async () => {
    stage = await newStage(5)
    const site = newSite(stage)
    ssp = await newSimpleSamlPhp(stage)
    llng = await newLemonldap(stage, people)
    mellon = await newMellon(stage)
    app = newDownstream(stage)
    ssp.people(people)
    const oidcPlace = `${site.issuer}/federation/by-oidc`
    await Promise.all([
      ssp.start(),
      llng.start({
        redirectUris: [`${oidcPlace}/callback`],
        postLogoutRedirectUris: [`${oidcPlace}/signed-out`],
      }),
    ])
    await startGateway(stage, site, {
      applications: [app.application, mellon.application],
      idps: [
        {
          name: 'by-saml',
          saml: { metadataUrl: ssp.metadataUrl },
          attributes: { username: 'uid', email: 'mail', displayName: 'displayName' },
          groupsFrom: ['groups'],
          mappings,
        },
        {
          name: 'by-oidc',
          oidc: { ...llng.trust, scopes: ['openid', 'profile', 'email', 'groups'] },
          attributes: { username: 'preferred_username', email: 'email', displayName: 'name' },
          groupsFrom: ['groups'],
          mappings,
        },
      ],
      groups,
      seeded: [],
    })
    await ssp.trust('gateway', `${site.issuer}/federation/by-saml/metadata`)
    await mellon.start(site)
    running = await app.start(site)
  })
  afterAll(async () => {
    running?.close()
    await stage.stop()
  })

  const companies: readonly Company[] = [
    { idp: 'by-saml', person: carol, at: () => ssp.origin, signIn: signInAtSimpleSamlPhp },
    { idp: 'by-oidc', person: frank, at: () => llng.issuer, signIn: signInAtLemonldap },
  ]
  test.for(companies)('F14: $idp, to mellon and on to OpenID Connect, and signed out everywhere', async (company) => {
    const { idp, person, at, signIn } = company
    const visitor = await visit()
    await visitor.go(mellon.privateUrl)
    await visitor.chooseIdp(idp)
    await visitor.arrives(at())
    await signIn(visitor.page, person)
    await visitor.arrives(mellon.privateUrl)
    expect(known((await seenByMellon(visitor.page)).person)).toEqual(known(person))
    await visitor.go(app.signInUrl) // no question
    await visitor.arrives(`${app.url}/`)
    expect(known((await app.seen(visitor)).person)).toEqual(known(person))

    await visitor.go(mellon.signOutUrl)
    await visitor.arrives(mellon.loggedOut)
    expect(await visitor.status(mellon.privateUrl)).toBe(303)
    await eventually(async () => expect((await app.seen(visitor)).claims).toBeNull())
    await visitor.go(mellon.privateUrl)
    await visitor.chooseIdp(idp)
    await visitor.arrives(at())
    expect(await visitor.has('input[type="password"]')).toBe(true) // the provider does not remember either
    await visitor.close()
  })
})
