// Shibboleth SP as a SAML application, its assertions encrypted: who is signed in, how, and step-up by RequestedAuthnContext.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newSite, type Site, startGateway } from './gateway.ts'
import { withPeers } from './peers/present.ts'
import { newStage, type Stage } from './peers/run.ts'
import { newShibboleth, REFEDS_MFA, seenByShibboleth } from './peers/shibboleth.ts'
import { dave, known, people } from './people.ts'
import { visit } from './visitor.ts'

withPeers('Shibboleth SP as service provider', ['shibboleth'], () => {
  let stage: Stage
  let site: Site
  let sp: Awaited<ReturnType<typeof newShibboleth>>

  beforeAll(async () => {
    stage = await newStage(2)
    site = newSite(stage)
    sp = await newShibboleth(stage)
    await startGateway(stage, site, { applications: [sp.application] })
    await sp.start(site)
  })
  afterAll(() => stage.stop())

  test.for(people)('F13: $username signs in with name, e-mail and every group as it is', async (person) => {
    const visitor = await visit()
    await visitor.go(sp.privateUrl)
    await visitor.signIn(person, sp.privateUrl)
    const { person: seen, acr } = await seenByShibboleth(visitor.page)
    expect(known(seen)).toEqual(known(person))
    expect(acr).toBe('urn:gwanmun:acr:1')
    await visitor.close()
  })

  test('M11: a page that requests the REFEDS MFA class gets a second factor and that very class', async () => {
    const visitor = await visit()
    await visitor.go(sp.strongUrl)
    await visitor.identify(dave.username)
    await visitor.page.locator('#password').fill(dave.password)
    await visitor.press('password')
    await visitor.enrolTotp()
    await visitor.arrives(sp.strongUrl)
    const { authnContext, acr } = await seenByShibboleth(visitor.page)
    expect(acr).toBe('urn:gwanmun:acr:2')
    expect(authnContext).toBe(REFEDS_MFA)
    await visitor.close()
  })
})
