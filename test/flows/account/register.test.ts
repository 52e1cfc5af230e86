// U8: self-registration where a domain allows it. A link to the address, every address answered alike, an account only behind the link, in
// the chosen groups and nowhere else. On both stores.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { DomainId } from '../../../src/core/model/ids.ts'
import { type RegisterAnswer, selfRegistering } from '../../../src/flows/account/register.ts'
import { tries } from '../../../src/flows/sign-in/tries.ts'
import type { Store } from '../../../src/ports/store.ts'
import { noPostgres, postgresUrl, testPostgres, testStore } from '../../stores/open-test-store.ts'
import { type House, house } from '../directory/house.ts'

const terms = "terms: { version: '2', text: { en: Be kind, ko: 친절 } }"
const tenancy = (more = '') => `
tenancy: { name: acme }
domains:
  - name: default
    groups: [{ name: guests }, { name: staff }]
    passwordPolicies: [{ name: everyone, minLength: 12 }, { name: strict, priority: 1, groups: [guests], minLength: 14 }]
    selfRegistration: { groups: [guests], emailDomains: [acme.example] }
    onboarding: { confirm: true, contactEmail: true, ${terms} }
${more}
  - { name: closed }
  - { name: open, selfRegistration: { groups: [] } }
`
const source = { address: '192.0.2.1', userAgent: '', requestId: 'req-1' }
const good: RegisterAnswer = { name: 'New', password: 'quite-a-new-secret', repeat: 'quite-a-new-secret', terms: '2' }

const suite = (open: () => Promise<Store>): void => {
  let store: Store
  let h: House
  let domains: { [name in 'default' | 'closed' | 'open']: DomainId }
  let n = 0
  const hashed: string[] = []
  const flows = () =>
    selfRegistering({
      ...h.deps,
      hasher: {
        hash: async (p) => {
          hashed.push(p)
          return `hash:${p}`
        },
        verify: async () => true,
        isOld: () => false,
      },
      tries: tries(h.deps),
      isCommonPassword: (p) => p === 'password-password',
      baseUrl: 'https://id.acme.example/',
    })
  const ask = (email: string, domain: DomainId = domains.default, language: 'en' | 'ko' = 'en') =>
    flows().ask(domain, email, language, { ...source, address: `192.0.2.${++n}` })
  const register = (token: string, differs: Partial<RegisterAnswer> = {}, domain: DomainId = domains.default) =>
    flows().register(domain, token, { ...good, ...differs }, source)
  const mails = () => store.read(async (tx) => (await tx.outbox.list(h.tenancyId())).map((m) => m.payload))
  const linkTo = async (email: string, domain: DomainId = domains.default): Promise<string> => {
    await ask(email, domain)
    return /token=(\S+)/.exec(String((await mails()).at(-1)?.text))?.[1] ?? 'none'
  }
  const people = async () => (await store.read((tx) => tx.people.list(domains.default, { limit: 100 }))).length
  const audit = (action: string) => store.read((tx) => tx.audit.list(h.tenancyId(), { action, limit: 10 }))

  beforeAll(async () => {
    store = await open()
    h = await house(store)
    await h.apply(tenancy())
    const idOf = async (name: string) => (await h.domain(name)).id
    domains = { default: await idOf('default'), closed: await idOf('closed'), open: await idOf('open') }
    await h.addPerson('ann', { password: true })
    await store.write(async (tx) => {
      const ann = await tx.people.byUsername(domains.default, 'ann')
      if (ann) await tx.people.put({ ...ann, email: 'ann@acme.example' })
    })
  })
  afterAll(() => store.close())
  beforeEach(async () => {
    h.later(86_401) // counters of tries begin anew
    hashed.length = 0
    await store.write(async (tx) => {
      for (const mail of await tx.outbox.list(h.tenancyId())) await tx.outbox.done(mail.id)
    })
  })

  test('U8: declared in the file, and nothing is left to change', async () => {
    expect(await h.plan(tenancy())).toEqual([])
    const into = (group: string) =>
      tenancy().replace('groups: [guests], emailDomains', `groups: [${group}], emailDomains`)
    await expect(h.plan(into('nobody'))).rejects.toThrow('`nobody`')
    await expect(h.plan(into('Administrators'))).rejects.toThrow('nobody registers into `Administrators`')
  })
  test('U8: link, name, password, terms: an account that owes nothing, in the chosen groups only', async () => {
    const before = await people()
    const token = await linkTo('New.One@acme.example')
    expect(await people()).toBe(before)
    expect(await flows().behind(domains.default, token)).toMatchObject({
      email: 'New.One@acme.example',
      rules: { minLength: 14 },
      terms: { version: '2' },
    })
    expect(await register(token)).toEqual({ kind: 'next' })
    const made = await store.read((tx) => tx.people.byUsername(domains.default, 'new.one@acme.example'))
    expect(made).toMatchObject({
      emailVerified: true,
      displayName: 'New',
      status: 'active',
      contact: { email: 'New.One@acme.example' },
      onboarded: { terms: { version: '2' } },
    })
    const groups = await store.read(async (tx) => {
      const own = made ? await tx.memberships.ofPerson(made.id) : []
      return Promise.all(own.map(async (m) => [(await tx.groups.get(m.groupId))?.name, m.role, m.provenance]))
    })
    expect(groups).toEqual([['guests', 'user', { kind: 'direct', by: 'self-registration' }]])
    expect((await audit('person.registered'))[0]).toMatchObject({
      details: { terms: '2' },
      after: { groups: ['guests'] },
    })
  })
  test('U8: an address that has an account gets a mail that says so; whoever asked sees the same', async () => {
    for (const known of ['ann@acme.example', 'ANN@ACME.EXAMPLE']) expect(await ask(known)).toBe('mailed')
    expect(await ask('stranger@acme.example')).toBe('mailed')
    const texts = (await mails()).map((m) => String(m.subject))
    expect(texts).toEqual([
      'You have an account at Default',
      'You have an account at Default',
      'Your account at Default',
    ])
    expect(JSON.stringify((await mails()).slice(0, 2))).not.toContain('token=')
    expect((await audit('registration.asked')).length).toBeGreaterThan(0)
  })
  test('U8: in the language of the page', async () => {
    await ask('korean@acme.example', domains.default, 'ko')
    expect((await mails())[0]?.subject).toBe('Default 계정 만들기')
  })
  test('U8: addresses of other domains, and what is no address', async () => {
    expect(await ask('new@else.example')).toEqual({ fault: 'email-domain' })
    expect(await ask('new@acme.example.evil.example')).toEqual({ fault: 'email-domain' })
    for (const wrong of ['', 'new', 'new@', 'a b@acme.example', 'new@acme.example\nbcc: x@y.example'])
      expect(await ask(wrong)).toMatchObject({ fault: expect.any(String) })
    expect(await mails()).toEqual([])
  })
  test('U8: a domain that does not allow it mails nobody, and its links are worth nothing elsewhere', async () => {
    expect(await ask('new@acme.example', domains.closed)).toBe('mailed')
    expect(await mails()).toEqual([])
    const token = await linkTo('third@else.example', domains.open)
    expect(await register(token)).toBe('link-unknown')
    expect(await flows().behind(domains.closed, token)).toBeUndefined()
    expect(await register(token, {}, domains.open)).toEqual({ kind: 'next' })
  })
  test('U8: what is wrong is said, and the link stays good', async () => {
    const token = await linkTo('slow@acme.example')
    expect(await register(token, { terms: undefined })).toMatchObject({ fault: 'terms-not-accepted' })
    expect(await register(token, { terms: '1' })).toMatchObject({ fault: 'terms-not-accepted' })
    expect(await register(token, { name: '  ' })).toMatchObject({ fault: 'name-malformed' })
    expect(await register(token, { repeat: 'other' })).toMatchObject({ fault: 'password-mismatch' })
    expect(hashed).toEqual([])
    const weak = (password: string) => register(token, { password, repeat: password })
    expect(await weak('thirteen-char')).toMatchObject({ fault: 'password-too-short' })
    expect(await weak('password-password')).toMatchObject({ fault: 'password-too-common' })
    expect(await register(token)).toEqual({ kind: 'next' })
  })
  test('U8: the link works once, for an hour, and not for two at the same time', async () => {
    const token = await linkTo('once@acme.example')
    const both = await Promise.all([register(token), register(token)])
    expect(both.filter((r) => r !== 'link-unknown')).toEqual([{ kind: 'next' }])
    expect(await register(token)).toBe('link-unknown')
    const late = await linkTo('late@acme.example')
    h.later(3601)
    expect(await register(late)).toBe('link-unknown')
    hashed.length = 0
    expect(await register('made-up')).toBe('link-unknown')
    expect(hashed).toEqual([])
  })
  test('U8: two links for one address make one account', async () => {
    const [first, second] = [await linkTo('twice@acme.example'), await linkTo('twice@acme.example')]
    expect(await register(first)).toEqual({ kind: 'next' })
    expect(await register(second)).toBe('link-unknown')
  })
  test('M12: too many questions wait, for addresses that exist and those that do not', async () => {
    for (const email of ['ann@acme.example', 'nobody@acme.example']) {
      const answers: unknown[] = []
      for (let i = 0; i < 5; i++) answers.push(await ask(email))
      expect(answers.map((a) => a === 'mailed')).toEqual([true, true, true, false, false])
    }
  })
}
describe('SQLite', () => suite(testStore))
describe.skipIf(postgresUrl === undefined)(
  postgresUrl === undefined ? `PostgreSQL (skipped: ${noPostgres})` : 'PostgreSQL',
  () => suite(testPostgres),
)
