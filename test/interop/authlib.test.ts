// Authlib as an OpenID Connect application: RS256, the secret in the form, a refresh token used once.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newSite, startGateway } from './gateway.ts'
import { newAuthlib, seenByAuthlib } from './peers/authlib.ts'
import { withPeers } from './peers/present.ts'
import { newStage, type Stage } from './peers/run.ts'
import { known, people } from './people.ts'
import { visit } from './visitor.ts'

withPeers('Authlib as relying party', ['authlib'], () => {
  let stage: Stage
  let rp: ReturnType<typeof newAuthlib>

  beforeAll(async () => {
    stage = await newStage(2)
    const site = newSite(stage)
    rp = newAuthlib(stage)
    await startGateway(stage, site, { applications: [rp.application] })
    await rp.start(site)
  })
  afterAll(() => stage.stop())

  test.for(people)('F12: $username signs in with name, e-mail and every group as it is', async (person) => {
    const visitor = await visit()
    await visitor.go(rp.privateUrl)
    await visitor.signIn(person, rp.privateUrl)
    const { person: seen, idToken, rotated } = await seenByAuthlib(visitor.page)
    expect(known(seen)).toEqual(known(person))
    expect(idToken).toMatchObject({ acr: 'urn:gwanmun:acr:1', amr: ['pwd'] })
    expect(rotated).toBe(true)
    await visitor.close()
  })
})
