// One session behind applications of both protocols, three programs by three authors: one sign-in opens all, and whichever of them (or
// the gateway) signs the person out, all are closed.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { newSite, type Site, startGateway } from './gateway.ts'
import { newMellon, seenByMellon } from './peers/mellon.ts'
import { newModAuthOpenidc, seenByModAuthOpenidc } from './peers/mod-auth-openidc.ts'
import { withPeers } from './peers/present.ts'
import { newStage, type Stage } from './peers/run.ts'
import { newShibboleth, seenByShibboleth } from './peers/shibboleth.ts'
import { carol, known } from './people.ts'
import { eventually, type Visitor, visit } from './visitor.ts'

withPeers('one session for mod_auth_openidc, mellon and Shibboleth', ['modAuthOpenidc', 'mellon', 'shibboleth'], () => {
  let stage: Stage
  let site: Site
  let rp: ReturnType<typeof newModAuthOpenidc>
  let mellon: Awaited<ReturnType<typeof newMellon>>
  let shibboleth: Awaited<ReturnType<typeof newShibboleth>>
  let visitor: Visitor

  beforeAll(async () => {
    stage = await newStage(4)
    site = newSite(stage)
    rp = newModAuthOpenidc(stage)
    mellon = await newMellon(stage)
    shibboleth = await newShibboleth(stage)
    await startGateway(stage, site, { applications: [rp.application, mellon.application, shibboleth.application] })
    await Promise.all([rp.start(site.issuer), mellon.start(site), shibboleth.start(site)])
  })
  afterAll(() => stage.stop())

  const doors = () => [rp.privateUrl, mellon.privateUrl, shibboleth.privateUrl]
  const open = (status: number): boolean => status === 200
  const openDoors = async () => (await Promise.all(doors().map((url) => visitor.status(url)))).map(open)

  const allAreClosed = async () => {
    await eventually(async () => expect(await openDoors()).toEqual([false, false, false]))
    await visitor.go(mellon.privateUrl)
    expect(await visitor.has('#username')).toBe(true) // nor does the gateway remember anybody
    await visitor.close()
  }

  /** One sign-in, then the other two without a question. */
  beforeEach(async () => {
    visitor = await visit()
    await visitor.go(rp.privateUrl)
    await visitor.signIn(carol, rp.privateUrl)
    expect(known((await seenByModAuthOpenidc(visitor.page)).person)).toEqual(known(carol))
    await visitor.go(mellon.privateUrl)
    await visitor.arrives(mellon.privateUrl)
    expect(known((await seenByMellon(visitor.page)).person)).toEqual(known(carol))
    await visitor.go(shibboleth.privateUrl)
    await visitor.arrives(shibboleth.privateUrl)
    expect(known((await seenByShibboleth(visitor.page)).person)).toEqual(known(carol))
    expect(await openDoors()).toEqual([true, true, true])
  })

  test('F13, F14: signed out at mellon', async () => {
    await visitor.go(mellon.signOutUrl)
    await visitor.arrives(mellon.loggedOut)
    await allAreClosed()
  })

  test('F13, F14: signed out at Shibboleth', async () => {
    await visitor.go(shibboleth.signOutUrl)
    await visitor.arrives(shibboleth.loggedOut)
    await allAreClosed()
  })

  test('F12, F14: signed out at mod_auth_openidc', async () => {
    await visitor.go(rp.signOutUrl)
    await visitor.arrives(rp.loggedOut)
    await allAreClosed()
  })

  test('F12, F13, F14: signed out at the gateway', async () => {
    await visitor.go(`${site.issuer}/logout`)
    await visitor.page.locator('#sign-out').click()
    await visitor.arrives(`${site.issuer}/logout/done`)
    await allAreClosed()
  })
})
