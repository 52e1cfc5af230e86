// mod_auth_mellon as a SAML application: who is signed in, and how.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newSite, type Site, startGateway } from './gateway.ts'
import { newMellon, seenByMellon } from './peers/mellon.ts'
import { withPeers } from './peers/present.ts'
import { newStage, type Stage } from './peers/run.ts'
import { known, people } from './people.ts'
import { visit } from './visitor.ts'

withPeers('mod_auth_mellon as service provider', ['mellon'], () => {
  let stage: Stage
  let site: Site
  let sp: Awaited<ReturnType<typeof newMellon>>

  beforeAll(async () => {
    stage = await newStage(2)
    site = newSite(stage)
    sp = await newMellon(stage)
    await startGateway(stage, site, { applications: [sp.application] })
    await sp.start(site)
  })
  afterAll(() => stage.stop())

  test.for(people)('F13: $username signs in with name, e-mail and every group as it is', async (person) => {
    const visitor = await visit()
    await visitor.go(sp.privateUrl)
    await visitor.signIn(person, sp.privateUrl)
    const { person: seen, acr } = await seenByMellon(visitor.page)
    expect(known(seen)).toEqual(known(person))
    expect(acr).toBe('urn:gwanmun:acr:1')
    await visitor.close()
  })
})
