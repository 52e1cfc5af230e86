// SimpleSAMLphp as a company's SAML identity provider: people, groups many to many, what it checked, encryption, sign-out both ways.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Running } from '../../src/cli/demo/listen.ts'
import { newDownstream } from './downstream.ts'
import { newSite, type Site, startGateway } from './gateway.ts'
import { withPeers } from './peers/present.ts'
import { newStage, type Stage } from './peers/run.ts'
import { newSimpleSamlPhp } from './peers/simplesamlphp.ts'
import { alice, carol, dave, frank, known, people, type TestPerson } from './people.ts'
import { type Visitor, visit } from './visitor.ts'

const REFEDS_MFA = 'https://refeds.org/profile/mfa'
const AES128_CBC = 'http://www.w3.org/2001/04/xmlenc#aes128-cbc'
const AES256_GCM = 'http://www.w3.org/2009/xmlenc11#aes256-gcm'

const erin: TestPerson = { ...alice, username: 'erin', email: 'erin@example.test', groups: ['a,b;c', 'staff'] }

withPeers('SimpleSAMLphp as upstream identity provider', ['simpleSamlPhp'], () => {
  let stage: Stage
  let site: Site
  let ssp: Awaited<ReturnType<typeof newSimpleSamlPhp>>
  let app: ReturnType<typeof newDownstream>
  let running: Running

  const trustOf = (name: string) => ({
    name,
    saml: { metadataUrl: ssp.metadataUrl },
    attributes: { username: 'uid', email: 'mail', displayName: 'displayName' },
    groupsFrom: ['groups'],
    mappings: [
      { name: 'staff', exact: 'staff', groups: ['employees', 'wiki-readers'] },
      { name: 'money', exact: 'finance', groups: ['books'] },
      { name: 'separators', exact: 'a,b;c', groups: ['books'] },
      { name: 'separators-too', exact: 'a|b;c', groups: ['a|b;c'] },
      { name: 'umlaut', exact: 'Grüppe mit Leerzeichen', groups: ['Grüppe mit Leerzeichen'] },
      { name: 'hangul', glob: '개*', groups: ['개발팀'] },
      ...frank.groups.map((group) => ({ name: group, exact: group, groups: [group] })),
    ],
    assurance: { rules: [{ acr: REFEDS_MFA, level: 'mfa' }], unmatched: 'password' },
  })
  const atCompany = async (visitor: Visitor, person: TestPerson) => {
    await visitor.arrives(ssp.origin)
    await visitor.page.locator('#username').fill(person.username)
    await visitor.page.locator('#password').fill(person.password)
    await visitor.page.locator('#submit_button').click()
  }
  const signIn = async (visitor: Visitor, idp: string, person: TestPerson) => {
    await visitor.go(app.signInUrl)
    await visitor.chooseIdp(idp)
    await atCompany(visitor, person)
    await visitor.arrives(`${app.url}/`)
  }

  beforeAll(async () => {
    stage = await newStage(3)
    site = newSite(stage)
    ssp = await newSimpleSamlPhp(stage)
    app = newDownstream(stage)
    ssp.people([...people, erin])
    await ssp.start()
    await startGateway(stage, site, {
      applications: [app.application],
      idps: [trustOf('company'), trustOf('company-cbc'), trustOf('company-gcm')],
      groups: ['employees', 'wiki-readers', 'books', ...people.flatMap((p) => p.groups)],
      seeded: [],
    })
    const spMetadata = (idp: string) => `${site.issuer}/federation/${idp}/metadata`
    await ssp.trust('plain', spMetadata('company'))
    await ssp.trust('cbc', spMetadata('company-cbc'), { encryptWith: AES128_CBC })
    await ssp.trust('gcm', spMetadata('company-gcm'), { encryptWith: AES256_GCM, authnContextClass: REFEDS_MFA })
    running = await app.start(site)
  })
  afterAll(async () => {
    running?.close()
    await stage.stop()
  })

  test.for([
    { idp: 'company', person: alice, groups: ['employees', 'wiki-readers', 'books'] },
    {
      idp: 'company-cbc',
      person: carol,
      groups: ['employees', 'wiki-readers', 'Grüppe mit Leerzeichen', '개발팀', 'a|b;c'],
    },
    { idp: 'company', person: dave, groups: [] },
    { idp: 'company', person: erin, groups: ['employees', 'wiki-readers', 'books'] },
    { idp: 'company', person: frank, groups: frank.groups },
  ])(
    'F1, F4: $person.username of $idp arrives with the groups that the rules give',
    async ({ idp, person, groups }) => {
      const visitor = await visit()
      await signIn(visitor, idp, person)
      const { person: seen, claims } = await app.seen(visitor)
      expect(known(seen)).toEqual(known({ ...person, groups }))
      expect(claims).toMatchObject({ acr: 'urn:gwanmun:acr:1', amr: ['fed'] })
      await visitor.close()
    },
  )
})
