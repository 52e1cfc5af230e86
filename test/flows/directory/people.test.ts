// Seeded people, the first administrator and the one-time set-up link (T1, I5).
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { hasher } from '../../../src/adapters/hasher.ts'
import { daysLater } from '../../../src/core/model/time.ts'
import { administrators, workingAdministrators } from '../../../src/flows/directory/administrators.ts'
import {
  bootstrapAdministrator,
  claimSetUp,
  type FirstAdministratorDeps,
  isSetUpLink,
  setUpLink,
} from '../../../src/flows/directory/first-administrator.ts'
import { seedPeople } from '../../../src/flows/directory/seed-people.ts'
import { declaredIn, type House, house, operator } from './house.ts'

let h: House
beforeEach(async () => {
  h = await house()
})
afterEach(() => h.close())

const tenancy = `
tenancy: { name: acme }
domains:
  - name: default
    groups: [{ name: staff }]
    passwordPolicies: [{ name: everyone, minLength: 12 }, { name: admins, priority: 1, groups: [Administrators], minLength: 16 }]
    idps: [{ name: corp, saml: { metadataUrl: 'https://idp.example/metadata' } }]
`
const people = (list: string, top = 'demo: {}') =>
  `${tenancy}seed:\n  people:\n${list.replace(/^/gm, '    ')}\n${top}\n`
const seed = (text: string) => seedPeople({ ...h.deps, hasher: hasher() })(operator, h.tenancyId(), declaredIn(text))
const inDefault = async (username: string) => {
  const { id } = await h.domain('default')
  return h.store.read(async (tx) => {
    const person = await tx.people.byUsername(id, username)
    return (
      person && {
        person,
        credentials: await tx.credentials.ofPerson(person.id),
        links: await tx.links.ofPerson(person.id),
      }
    )
  })
}

describe('seeding', () => {
  const alice =
    '- { username: alice, email: a@x.example, password: { literal: winter-harbour }, groups: [staff], passwordSetDaysAgo: 150 }'
  test('makes a person with password, groups and links, once', async () => {
    await h.apply(people(alice))
    expect((await seed(people(alice))).map((p) => p.username)).toEqual(['alice'])
    const made = await inDefault('alice')
    expect(made?.person).toMatchObject({
      status: 'active',
      email: 'a@x.example',
      emailVerified: true,
      displayName: 'alice',
    })
    const [password] = made?.credentials ?? []
    expect(password?.data).toMatchObject({
      kind: 'password',
      setAt: daysLater(h.deps.clock(), -150),
      mustChange: false,
    })
    const phc = password?.data.kind === 'password' ? password.data.phc : ''
    expect(await hasher().verify(phc, 'winter-harbour')).toBe(true)
    expect(await h.sourcesOf(made?.person.id as never)).toEqual(['staff direct'])
    expect(await seed(people(alice))).toEqual([])
  })
  test('never owns people: what happened to them since stays', async () => {
    await h.apply(people(alice))
    await seed(people(alice))
    const made = await inDefault('alice')
    if (!made) throw new Error('no alice')
    await h.store.write((tx) => tx.people.put({ ...made.person, displayName: 'Alice A.', status: 'disabled' }))
    await seed(people(alice.replace('a@x.example', 'other@x.example')))
    expect((await inDefault('alice'))?.person).toMatchObject({
      displayName: 'Alice A.',
      status: 'disabled',
      email: 'a@x.example',
    })
    await h.apply(tenancy)
    expect(await inDefault('alice')).toBeDefined()
  })
  test('a federated person is linked and has no password', async () => {
    const text = people('- { username: carol, groups: [staff], links: [{ idp: corp, subject: C-1 }] }')
    await h.apply(text)
    await seed(text)
    const made = await inDefault('carol')
    expect([made?.credentials, made?.links.map((l) => l.subject)]).toEqual([[], ['C-1']])
  })
  test('every group, provider and domain that does not exist, at once; then nobody is made', async () => {
    const text = people(
      `${alice}\n- { username: bob, groups: [stuff], links: [{ idp: crop, subject: B }] }\n- { username: eve, domain: nowhere }`,
    )
    await h.apply(tenancy)
    const message = await h.apply(text).catch((e: Error) => e.message)
    expect(message).toContain('acme.yaml:10:33: group `stuff` does not exist in domain `default`')
    expect(message).toContain('acme.yaml:10:49: identity provider `crop` does not exist in domain `default`')
    expect(message).toContain('acme.yaml:11:32: domain `nowhere` does not exist')
  })
  test('an upstream account of somebody else: nobody is made', async () => {
    const text = people('- { username: alice }\n- { username: bob, links: [{ idp: corp, subject: taken }] }')
    await h.apply(text)
    await h.addPerson('taken', { link: 'corp' })
    await expect(seed(text)).rejects.toThrow('`taken` of `corp` is linked to another person')
    expect(await inDefault('alice')).toBeUndefined()
  })
})

describe('the first administrator', () => {
  const strong = { username: 'ada', password: 'keeper-of-the-north-gate', email: undefined }
  const deps = (): FirstAdministratorDeps => ({
    ...h.deps,
    hasher: hasher(),
    baseUrl: 'https://gw.example',
    isCommonPassword: (p) => p.startsWith('password'),
  })
  const bootstrap = (wanted = strong) => bootstrapAdministrator(deps())(operator, h.tenancyId(), wanted)
  const link = async () => {
    const made = await setUpLink(deps())(h.tenancyId())
    return { url: made?.url, token: new URL(made?.url ?? 'x:').searchParams.get('token') ?? '' }
  }
  const claim = (token: string, wanted = strong) => claimSetUp(deps())(h.tenancyId(), token, wanted)
  const working = () => h.store.read((tx) => workingAdministrators(tx, h.tenancyId(), h.deps.clock()))
  beforeEach(() => h.apply(tenancy))

  test('from configuration: can sign in and is in the group; a second is refused', async () => {
    expect(await bootstrap()).toMatchObject({ person: { username: 'ada' } })
    expect((await working()).map((p) => p.username)).toEqual(['ada'])
    expect(await bootstrap({ ...strong, username: 'eve' })).toEqual({ refused: 'administrator-exists' })
  })
  test.each([
    ['shorter than the policy of administrators asks', 'fourteen-chars', 'too-short'],
    ['with their name in it', 'the-lovelace-who-keeps-it', 'contains-name'],
    ['common', 'password-password-password', 'too-common'],
  ])('a password %s', async (_, password, code) => {
    const result = await bootstrap({ ...strong, username: 'lovelace', password })
    expect('refused' in result && result.refused === 'password' ? result.faults.map((f) => f.code) : undefined).toEqual(
      code && [code],
    )
  })
  test('by set-up link: shown once, works once, only here', async () => {
    const { url, token } = await link()
    expect(url).toBe(`https://gw.example/d/acme/default/set-up?token=${token}`)
    expect(JSON.stringify(await h.store.read((tx) => tx.audit.list(h.tenancyId(), { limit: 99 })))).not.toContain(token)
    expect(await isSetUpLink(deps())(h.tenancyId(), token)).toBe(true)
    expect(await claim(token)).toMatchObject({ person: { username: 'ada' } })
    expect(await isSetUpLink(deps())(h.tenancyId(), token)).toBe(false)
    expect(await claim(token, { ...strong, username: 'eve' })).toEqual({ refused: 'link-unknown' })
    expect(await h.store.read((tx) => administrators(tx, h.tenancyId(), h.deps.clock()))).toHaveLength(1)
  })
  test('a refused password or a taken name does not spend the link', async () => {
    const { token } = await link()
    await h.addPerson('bob', {})
    expect(await claim(token, { ...strong, password: 'short' })).toMatchObject({ refused: 'password' })
    expect(await claim(token, { ...strong, username: 'bob' })).toEqual({ refused: 'username-taken' })
    expect(await claim(token, { ...strong, username: 'a b' })).toEqual({ refused: 'username-malformed' })
    expect(await claim(token)).toMatchObject({ person: { username: 'ada' } })
  })
  test('two people with a link each: one becomes administrator', async () => {
    const [a, b] = [await link(), await link()]
    const results = await Promise.all([claim(a.token), claim(b.token, { ...strong, username: 'eve' })])
    expect(results.filter((r) => 'person' in r)).toHaveLength(1)
    expect(results).toContainEqual({ refused: 'administrator-exists' })
  })
  test('no link without need, after a day, of another tenancy, or made up', async () => {
    const { token } = await link()
    expect(await claim(`${token}x`)).toEqual({ refused: 'link-unknown' })
    h.later(24 * 3600 + 1)
    expect(await claim(token)).toEqual({ refused: 'link-unknown' })
    const { token: fresh } = await link()
    await h.apply('tenancy: { name: other }')
    expect(await claim(fresh)).toEqual({ refused: 'link-unknown' })
    await bootstrap()
    expect(await setUpLink(deps())(h.tenancyId())).toBeUndefined()
  })
})
