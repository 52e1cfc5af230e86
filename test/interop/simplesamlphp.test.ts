// SimpleSAMLphp as a company's SAML identity provider: people, groups many to many, what it checked, encryption, sign-out both ways.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Running } from '../../src/cli/demo/listen.ts'
import { newDownstream } from './downstream.ts'
import { newSite, type Site, startGateway } from './gateway.ts'
import { withPeers } from './peers/present.ts'
import { newStage, type Stage } from './peers/run.ts'
import { newSimpleSamlPhp, signInAtSimpleSamlPhp } from './peers/simplesamlphp.ts'
import { alice, carol, dave, frank, known, people, type TestPerson } from './people.ts'
import { eventually, type Visitor, visit } from './visitor.ts'

const REFEDS_MFA = 'https://refeds.org/profile/mfa'

/** A group as no administrator should name one. */
const erin: TestPerson = { ...alice, username: 'erin', email: 'erin@example.test', groups: ['a,b;c', 'staff'] }
const grace: TestPerson = { ...alice, username: 'grace', email: 'grace@example.test' }
const everybody = [...people, erin, grace]

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
  const signIn = async (visitor: Visitor, idp: string, person: TestPerson) => {
    await visitor.go(app.signInUrl)
    await visitor.chooseIdp(idp)
    await visitor.arrives(ssp.origin)
    await signInAtSimpleSamlPhp(visitor.page, person)
    await visitor.arrives(`${app.url}/`)
  }

  beforeAll(async () => {
    stage = await newStage(3)
    site = newSite(stage)
    ssp = await newSimpleSamlPhp(stage)
    app = newDownstream(stage)
    ssp.people(everybody)
    await ssp.start()
    await startGateway(stage, site, {
      applications: [app.application],
      idps: [trustOf('company'), trustOf('company-encrypted'), trustOf('company-mfa')],
      groups: ['employees', 'wiki-readers', 'books', ...people.flatMap((p) => p.groups)],
      seeded: [],
    })
    const spMetadata = (idp: string) => `${site.issuer}/federation/${idp}/metadata`
    await ssp.trust('plain', spMetadata('company'))
    await ssp.trust('encrypted', spMetadata('company-encrypted'), { encrypt: true })
    await ssp.trust('mfa', spMetadata('company-mfa'), { authnContextClass: REFEDS_MFA })
    running = await app.start(site)
  })
  afterAll(async () => {
    running?.close()
    await stage.stop()
  })

  test.for([
    { idp: 'company', person: alice, groups: ['employees', 'wiki-readers', 'books'] },
    {
      idp: 'company-encrypted',
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

  test('F1: an encrypted assertion is what `company-encrypted` sends', async () => {
    const visitor = await visit()
    const encrypted: boolean[] = []
    visitor.page.on('request', (request) => {
      const field = new URLSearchParams(request.postData() ?? '').get('SAMLResponse')
      if (field !== null) encrypted.push(Buffer.from(field, 'base64').includes('<saml:EncryptedAssertion>'))
    })
    await signIn(visitor, 'company-encrypted', carol)
    expect(encrypted).toEqual([true])
    await visitor.close()
  })

  test('F1, M11: a second factor that the company checked is not asked again, one that it did not is', async () => {
    const strong = await visit()
    await signIn(strong, 'company-mfa', grace)
    await strong.go(`${app.url}/step-up?level=2`)
    await strong.arrives(`${app.url}/`)
    expect((await app.seen(strong)).claims).toMatchObject({ acr: 'urn:gwanmun:acr:2' })

    const plain = await visit()
    await signIn(plain, 'company', alice)
    await plain.go(`${app.url}/step-up?level=2`)
    await plain.enrolTotp()
    await plain.arrives(`${app.url}/`)
    const { claims } = await app.seen(plain)
    expect(claims).toMatchObject({ acr: 'urn:gwanmun:acr:2', amr: expect.arrayContaining(['fed', 'otp']) })
    await Promise.all([strong.close(), plain.close()])
  })

  test('F1, F5: a group that the company takes away is gone at the next sign-in, and each says where it came from', async () => {
    const before = await visit()
    await signIn(before, 'company', erin)
    const { because } = await app.seen(before)
    expect(because.get('books')).toEqual(['rule separators matched a,b;c'])
    await before.close()

    ssp.people([...people, { ...erin, groups: ['staff'] }])
    const after = await visit()
    await signIn(after, 'company', erin)
    const { person } = await app.seen(after)
    expect([...person.groups].sort()).toEqual(['employees', 'wiki-readers'])
    await after.close()
    ssp.people(everybody)
  })

  test('F1: signing out at the application ends the session at the company too, and comes back', async () => {
    const visitor = await visit()
    await signIn(visitor, 'company', dave)
    await visitor.go(app.signOutUrl)
    await visitor.arrives(`${app.url}/`)
    await visitor.go(app.signInUrl)
    await visitor.chooseIdp('company')
    await visitor.arrives(ssp.origin)
    expect(await visitor.has('#submit_button')).toBe(true) // asked for the password again
    await visitor.close()
  })

  test('F1: signing out at the company ends the session here and at the application', async () => {
    const visitor = await visit()
    await signIn(visitor, 'company', dave)
    await visitor.go(ssp.signOutUrl)
    await visitor.arrives(ssp.signedOut)
    await eventually(async () => expect((await app.seen(visitor)).claims).toBeNull())
    await visitor.go(app.signInUrl)
    expect(await visitor.has('#username')).toBe(true)
    await visitor.close()
  })
})
