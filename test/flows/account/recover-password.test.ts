// U3: a link to the verified address, good once and for half an hour; every name is answered alike; federated people are told where to go.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { DomainId, PersonId, SessionId } from '../../../src/core/model/ids.ts'
import { passwordRecovery } from '../../../src/flows/account/recover-password.ts'
import { tries } from '../../../src/flows/sign-in/tries.ts'
import type { Store } from '../../../src/ports/store.ts'
import { noPostgres, postgresUrl, testPostgres, testStore } from '../../stores/open-test-store.ts'
import { type House, house } from '../directory/house.ts'

const tenancy = `
tenancy: { name: acme }
domains:
  - name: default
    groups: [{ name: staff }]
    passwordPolicies: [{ name: everyone, minLength: 12, history: 3 }]
    idps:
      - { name: corp, displayName: Acme AD, oidc: { issuer: 'https://op.example', clientId: us, clientAuth: none } }
  - { name: partners }
`
const source = { address: '192.0.2.1', userAgent: '', requestId: 'req-1' }
const good = { password: 'quite-a-new-secret', repeat: 'quite-a-new-secret' }

const suite = (open: () => Promise<Store>): void => {
  let store: Store
  let h: House
  let domainId: DomainId
  let partners: DomainId
  let ann: PersonId
  let n = 0
  const hashed: string[] = []

  const flows = () =>
    passwordRecovery({
      ...h.deps,
      hasher: {
        hash: async (p) => {
          hashed.push(p)
          return `hash:${p}`
        },
        verify: async (phc, p) => phc === `hash:${p}`,
        isOld: () => false,
      },
      tries: tries(h.deps),
      isCommonPassword: (p) => p === 'password-password',
      baseUrl: 'https://id.acme.example/',
    })
  const from = () => ({ ...source, address: `192.0.2.${++n}` })
  const ask = (name: string) => flows().ask(domainId, name, from())
  const mails = () => store.read(async (tx) => (await tx.outbox.list(h.tenancyId())).map((m) => m.payload))
  const linkToken = async () => /token=(\S+)/.exec(String((await mails()).at(-1)?.text))?.[1] ?? 'none'
  const clear = () =>
    store.write(async (tx) => {
      for (const mail of await tx.outbox.list(h.tenancyId())) await tx.outbox.done(mail.id)
    })
  const mailable = (id: PersonId, email: string, differs: object = {}) =>
    store.write(async (tx) => {
      const p = await tx.people.get(id)
      if (p) await tx.people.put({ ...p, email, emailVerified: true, ...differs })
    })

  beforeAll(async () => {
    store = await open()
    h = await house(store)
    await h.apply(tenancy)
    domainId = (await h.domain('default')).id
    partners = (await h.domain('partners')).id
    ann = await h.addPerson('ann', { password: true })
    await mailable(ann, 'ann@acme.example')
  })
  afterAll(() => store.close())
  beforeEach(async () => {
    h.later(86_401) // counters of tries begin anew
    hashed.length = 0
    await clear()
  })

  test('U3: asked by user name or address; the link sets a password once, ends sessions, is audited and told', async () => {
    await store.write((tx) =>
      tx.sessions.add({
        id: `s${++n}` as SessionId,
        tenancyId: h.tenancyId(),
        tokenHash: `t${n}`,
        domainId,
        personId: ann,
        evidence: [],
        upstream: undefined,
        startedAt: h.deps.clock(),
        lastSeenAt: h.deps.clock(),
        expiresAt: h.deps.clock() + 1e6,
        endedAt: undefined,
        endReason: undefined,
        version: 0,
      } as never),
    )
    for (const name of ['ANN', 'ann@acme.example']) {
      await clear()
      await ask(name)
      expect(await mails()).toMatchObject([{ to: 'ann@acme.example', subject: 'Set a new password' }])
    }
    const token = await linkToken()
    expect(token.length).toBeGreaterThan(5)
    expect(await flows().behind(domainId, token)).toMatchObject({ username: 'ann', minLength: 12 })
    const secret = { password: `first-new-secret-${n}`, repeat: `first-new-secret-${n}` }
    expect(await flows().reset(domainId, token, secret, source)).toEqual({ kind: 'next' })
    expect(await store.read((tx) => tx.sessions.ofPerson(ann))).toEqual([])
    const [event] = await store.read((tx) => tx.audit.list(h.tenancyId(), { action: 'password.changed', limit: 1 }))
    expect(event).toMatchObject({ details: { why: 'reset-link' }, requestId: 'req-1' })
    expect((await mails()).at(-1)).toMatchObject({ subject: 'The password of your account was changed.' })
    expect(await flows().reset(domainId, token, good, source)).toBe('link-unknown')
    expect(await flows().behind(domainId, token)).toBeUndefined()
  })
  test('U3: whoever asks cannot tell who exists', async () => {
    const disabled = await h.addPerson(`off${++n}`, { password: true })
    await mailable(disabled, 'off@acme.example', { status: 'disabled' })
    for (const name of ['nobody', 'off@acme.example', '', `off${n}`]) expect(await ask(name)).toBeUndefined()
    expect(await mails()).toEqual([])
  })
  test('U3: an address that is not confirmed, or that two share, gets nothing', async () => {
    const one = await h.addPerson(`one${++n}`, { password: true })
    const two = await h.addPerson(`two${n}`, { password: true })
    await mailable(one, 'shared@acme.example')
    await mailable(two, 'shared@acme.example')
    await ask('shared@acme.example')
    await mailable(one, 'unproven@acme.example', { emailVerified: false })
    await ask(`one${n}`)
    expect(await mails()).toEqual([])
  })
  test('U7: federated people are told where their password is', async () => {
    const fed = await h.addPerson(`fed${++n}`, { link: 'corp' })
    await mailable(fed, 'fed@acme.example', { locale: 'ko' })
    await ask(`fed${n}`)
    expect(await mails()).toMatchObject([
      { subject: '비밀번호는 이곳에서 관리하지 않습니다', text: expect.stringContaining('Acme AD') },
    ])
  })
  test('U3: half an hour, one domain, and not when the administrator switched it off', async () => {
    await ask('ann')
    const token = await linkToken()
    expect(await flows().behind(partners, token)).toBeUndefined()
    expect(await flows().reset(partners, token, good, source)).toBe('link-unknown')
    h.later(1801)
    expect(await flows().reset(domainId, token, good, source)).toBe('link-unknown')
    const off = (passwordReset: boolean) =>
      store.write(async (tx) => {
        const d = await tx.domains.get(domainId)
        if (d) await tx.domains.put({ ...d, passwordReset })
      })
    await off(false)
    await clear()
    await ask('ann')
    expect(await mails()).toEqual([])
    await off(true)
  })
  test('U3: a weak, common, repeated or mistyped password is refused and leaves the link good; without a link nothing is hashed', async () => {
    await ask('ann')
    const token = await linkToken()
    const reset = (password: string, repeat = password) => flows().reset(domainId, token, { password, repeat }, source)
    expect(await reset('short')).toMatchObject({ fault: 'password-too-short' })
    expect(await reset('password-password')).toMatchObject({ fault: 'password-too-common' })
    expect(await reset('one-long-secret', 'another-secret')).toMatchObject({ fault: 'password-mismatch' })
    expect(await reset('long-enough-and-new')).toEqual({ kind: 'next' })
    await ask('ann')
    const again = await linkToken()
    const same = { password: 'long-enough-and-new', repeat: 'long-enough-and-new' }
    expect(await flows().reset(domainId, again, same, source)).toMatchObject({ fault: 'password-reused' })
    hashed.length = 0
    expect(await flows().reset(domainId, 'made-up', good, source)).toBe('link-unknown')
    expect(hashed).toEqual([])
  })
  test('U3: two who use one link at the same time: one password', async () => {
    await ask('ann')
    const token = await linkToken()
    const set = (password: string) => flows().reset(domainId, token, { password, repeat: password }, source)
    const both = await Promise.all([set(`this-is-secret-a${n}`), set(`this-is-secret-b${n}`)])
    expect(both.filter((r) => r !== 'link-unknown')).toEqual([{ kind: 'next' }])
  })
  test('M12: too many questions wait, for names that exist and names that do not', async () => {
    for (const name of ['ann', 'nobody-at-all']) {
      const waits: unknown[] = []
      for (let i = 0; i < 5; i++) waits.push(await ask(name))
      expect(waits.map((w) => w !== undefined)).toEqual([false, false, false, true, true])
    }
  })
}

describe('SQLite', () => suite(testStore))
describe.skipIf(postgresUrl === undefined)(
  postgresUrl === undefined ? `PostgreSQL (skipped: ${noPostgres})` : 'PostgreSQL',
  () => suite(testPostgres),
)
