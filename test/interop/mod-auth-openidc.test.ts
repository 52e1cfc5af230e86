// A certified relying party signs people in with us, asks for more, and signs them out in both directions.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newSite, type Site, startGateway } from './gateway.ts'
import { newModAuthOpenidc, seenByModAuthOpenidc } from './peers/mod-auth-openidc.ts'
import { withPeers } from './peers/present.ts'
import { newStage, type Stage } from './peers/run.ts'
import { alice, dave, known, people } from './people.ts'
import { eventually, visit } from './visitor.ts'

withPeers('mod_auth_openidc as relying party', ['modAuthOpenidc'], () => {
  let stage: Stage
  let site: Site
  let rp: ReturnType<typeof newModAuthOpenidc>

  beforeAll(async () => {
    stage = await newStage(2)
    site = newSite(stage)
    rp = newModAuthOpenidc(stage)
    await startGateway(stage, site, { applications: [rp.application] })
    await rp.start(site.issuer)
  })
  afterAll(() => stage.stop())

  test.for(people)('F12: $username signs in with name, e-mail and every group as it is', async (person) => {
    const visitor = await visit()
    await visitor.go(rp.privateUrl)
    await visitor.signIn(person, rp.privateUrl)
    const { person: seen, idToken } = await seenByModAuthOpenidc(visitor.page)
    expect(known(seen)).toEqual(known(person))
    expect(idToken).toMatchObject({ acr: 'urn:gwanmun:acr:1', amr: ['pwd'], auth_time: expect.any(Number) })
    await visitor.close()
  })

  test('M11: a page that wants two factors asks only for the second, enrolling it on the way', async () => {
    const visitor = await visit()
    await visitor.go(rp.privateUrl)
    await visitor.signIn(dave, rp.privateUrl)
    await visitor.go(rp.strongUrl)
    expect(await visitor.has('#password')).toBe(false)
    await visitor.enrolTotp()
    await visitor.arrives(rp.strongUrl)
    const { idToken } = await seenByModAuthOpenidc(visitor.page)
    expect(idToken.acr).toBe('urn:gwanmun:acr:2')
    expect(idToken.amr).toEqual(expect.arrayContaining(['pwd', 'otp', 'mfa']))
    await visitor.close()
  })

  test('F12: signing out at the application ends the session here and comes back', async () => {
    const visitor = await visit()
    await visitor.go(rp.privateUrl)
    await visitor.signIn(alice, rp.privateUrl)
    await visitor.go(rp.signOutUrl)
    await visitor.arrives(rp.loggedOut)
    expect(await visitor.status(rp.privateUrl)).toBe(302)
    await visitor.go(rp.privateUrl)
    expect(await visitor.has('#username')).toBe(true) // nobody is signed in here any more
    await visitor.close()
  })

  test('F12: a session that ends here ends at the application, by back-channel logout', async () => {
    const visitor = await visit()
    await visitor.go(rp.privateUrl)
    await visitor.signIn(alice, rp.privateUrl)
    const other = await visit()
    await other.go(rp.privateUrl)
    await other.signIn(alice, rp.privateUrl)

    await visitor.go(`${site.issuer}/logout`)
    await visitor.page.locator('#sign-out').click()
    await eventually(async () => expect(await visitor.status(rp.privateUrl)).toBe(302))
    expect(await other.status(rp.privateUrl)).toBe(200) // her other browser is another session
    await Promise.all([visitor.close(), other.close()])
  })
})
