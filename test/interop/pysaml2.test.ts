// pysaml2 as a SAML application: requests over both bindings, everything signed, single logout.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newSite, type Site, startGateway } from './gateway.ts'
import { withPeers } from './peers/present.ts'
import { newPysaml2, seenByPysaml2 } from './peers/pysaml2.ts'
import { newStage, type Stage } from './peers/run.ts'
import { alice, carol, known, people } from './people.ts'
import { visit } from './visitor.ts'

withPeers('pysaml2 as service provider', ['pysaml2'], () => {
  let stage: Stage
  let site: Site
  let sp: Awaited<ReturnType<typeof newPysaml2>>

  beforeAll(async () => {
    stage = await newStage(2)
    site = newSite(stage)
    sp = await newPysaml2(stage)
    await startGateway(stage, site, { applications: [sp.application] })
    await sp.start(site)
  })
  afterAll(() => stage.stop())

  test.for(people)('F13: $username signs in with name, e-mail and every group as it is', async (person) => {
    const visitor = await visit()
    await visitor.go(sp.privateUrl)
    await visitor.signIn(person, sp.privateUrl)
    const { person: seen, acr } = await seenByPysaml2(visitor.page)
    expect(known(seen)).toEqual(known(person))
    expect(acr).toBe('urn:gwanmun:acr:1')
    await visitor.close()
  })

  test('F13: a request over HTTP-POST, from another site, is answered the same, under the same name', async () => {
    const visitor = await visit()
    await visitor.go(sp.privateUrl)
    await visitor.signIn(carol, sp.privateUrl)
    const before = await seenByPysaml2(visitor.page)
    await visitor.context.clearCookies({ domain: '127.0.0.1' }) // the application forgets her, the gateway does not
    await visitor.go(sp.byPostUrl)
    await visitor.arrives(sp.privateUrl)
    const after = await seenByPysaml2(visitor.page)
    expect(known(after.person)).toEqual(known(carol))
    expect(after.said.nameId).toEqual(before.said.nameId)
    await visitor.close()
  })

  test('F13: signed out at the application, the session here is over', async () => {
    const visitor = await visit()
    await visitor.go(sp.privateUrl)
    await visitor.signIn(alice, sp.privateUrl)
    await visitor.go(sp.signOutUrl)
    await visitor.arrives(sp.loggedOut)
    await visitor.go(sp.privateUrl)
    expect(await visitor.has('#username')).toBe(true)
    await visitor.close()
  })

  test('F13: signed out at the gateway, the session at the application is over', async () => {
    const visitor = await visit()
    await visitor.go(sp.privateUrl)
    await visitor.signIn(alice, sp.privateUrl)
    await visitor.go(`${site.issuer}/logout`)
    await visitor.page.locator('#sign-out').click()
    await visitor.arrives(`${site.issuer}/logout/done`)
    expect(await visitor.status(sp.privateUrl)).toBe(302)
    await visitor.close()
  })
})
