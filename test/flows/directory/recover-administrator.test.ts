// A13, T1: break glass on the server. Every way a tenancy can be shut is opened by one command, nothing is opened while somebody works, and
// everybody hears of it. On both stores.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { daysLater } from '../../../src/core/model/time.ts'
import { workingAdministrators } from '../../../src/flows/directory/administrators.ts'
import {
  bootstrapAdministrator,
  claimSetUp,
  type FirstAdministratorDeps,
  isSetUpLink,
} from '../../../src/flows/directory/first-administrator.ts'
import {
  type Recovery,
  recoverAdministrator,
  recoveryLink,
} from '../../../src/flows/directory/recover-administrator.ts'
import type { Store, Tx } from '../../../src/ports/store.ts'
import { noPostgres, postgresUrl, testPostgres, testStore } from '../../stores/open-test-store.ts'
import { credential, passkey } from '../../stores/rows.ts'
import { type House, house, operator } from './house.ts'

const tenancy = `
tenancy: { name: acme }
domains:
  - name: default
    groups: [{ name: staff }]
    passwordPolicies: [{ name: everyone, minLength: 12 }]
`
const suite = (open: () => Promise<Store>) => {
  let h: House
  let deps: FirstAdministratorDeps
  beforeEach(async () => {
    h = await house(await open())
    await h.apply(tenancy)
    const hasher = { hash: async (p: string) => `phc of ${p}`, verify: async () => true, isOld: () => false }
    deps = { ...h.deps, hasher, isCommonPassword: (p) => p === 'password-password' }
    const wanted = { username: 'root', password: 'first-long-password', email: 'root@acme.example' }
    await bootstrapAdministrator(deps)(operator, h.tenancyId(), wanted)
  })
  afterEach(() => h.close())

  const recover = (differs: Partial<Recovery> = {}) =>
    recoverAdministrator(deps)(operator, h.tenancyId(), {
      username: 'root',
      password: 'an-entirely-new-one',
      removeFactors: false,
      removeRules: [],
      reason: undefined,
      ...differs,
    })
  const root = async (tx: Tx) => {
    const domain = await tx.domains.byName(h.tenancyId(), 'default')
    const person = domain && (await tx.people.byUsername(domain.id, 'root'))
    const group = domain && (await tx.groups.byName(domain.id, 'Administrators'))
    if (!domain || !person || !group) throw new Error('root is gone')
    return { domain, person, group }
  }
  const break_ = (work: (tx: Tx, at: Awaited<ReturnType<typeof root>>) => Promise<unknown>) =>
    h.store.write(async (tx) => work(tx, await root(tx)))
  const works = async () =>
    (await h.store.read((tx) => workingAdministrators(tx, h.tenancyId(), h.deps.clock()))).map((p) => p.username)
  const audit = (action: string) => h.store.read((tx) => tx.audit.list(h.tenancyId(), { action, limit: 10 }))
  const mails = async () => (await h.store.read((tx) => tx.outbox.list(h.tenancyId()))).map((i) => i.payload)

  test('A13: refused while somebody works, whoever is named; with a reason it is done and the reason is told', async () => {
    expect(await recover()).toEqual({ refused: 'administrator-works', who: ['root'] })
    expect(await recover({ username: 'second' })).toEqual({ refused: 'administrator-works', who: ['root'] })
    expect(await audit('administrator.recovered')).toEqual([])
    expect(await recover({ username: 'second', reason: 'root has left' })).toMatchObject({ made: true, mailed: 1 })
    expect((await audit('administrator.recovered'))[0]).toMatchObject({
      actor: operator,
      target: { name: 'second' },
      details: { reason: 'root has left', made: true },
    })
    expect(await mails()).toEqual([
      expect.objectContaining({ to: 'root@acme.example', text: expect.stringContaining('root has left') }),
    ])
    expect(await works()).toEqual(['root', 'second'])
  })

  const ways: readonly (readonly [what: string, how: Parameters<typeof break_>[0], opened: string | undefined])[] = [
    [
      'the account is disabled',
      (tx, { person }) => tx.people.put({ ...person, status: 'disabled' }),
      'the account was disabled',
    ],
    [
      'the account is locked',
      (tx, { person }) => tx.people.put({ ...person, status: 'locked' }),
      'the account was locked',
    ],
    ['it became a service account', (tx, { person }) => tx.people.put({ ...person, serviceAccount: true }), undefined],
    [
      'the password is gone',
      async (tx, { person }) => {
        for (const c of await tx.credentials.ofPerson(person.id)) await tx.credentials.remove(c.id)
      },
      undefined,
    ],
    [
      'nobody is in the group',
      (tx, { person, group }) => tx.memberships.remove(person.id, group.id, 'direct'),
      undefined,
    ],
    [
      'the membership ran out',
      async (tx, { person, group }) => {
        const own = (await tx.memberships.ofPerson(person.id)).find((m) => m.groupId === group.id)
        if (own) await tx.memberships.put({ ...own, expiresAt: daysLater(h.deps.clock(), -1) })
      },
      undefined,
    ],
    [
      'the domain is inactive',
      (tx, { domain }) => tx.domains.put({ ...domain, status: 'inactive' }),
      'the domain was inactive',
    ],
    [
      'the domain takes no passwords',
      (tx, { domain }) => tx.domains.put({ ...domain, localSignIn: false }),
      'the domain took no passwords',
    ],
    ['the person was deleted', (tx, { person }) => tx.people.remove(person.id), undefined],
  ]
  test.each(ways)('A13: %s', async (_what, how, opened) => {
    await break_(how)
    expect(await works()).toEqual([])
    expect(await recover()).toMatchObject({ opened: opened === undefined ? [] : [opened] })
    expect(await works()).toEqual(['root'])
  })
  test('A13: a rule that lets nobody in is named, and goes only when it is told to', async () => {
    await h.addRule('nobody', { deny: true })
    expect(await works()).toEqual([])
    const before = await h.store.read(async (tx) => (await root(tx)).person)
    expect(await recover()).toEqual({
      refused: 'still-shut',
      because: 'the sign-on rule `nobody` lets nobody in',
    })
    expect(await h.store.read(async (tx) => (await root(tx)).person)).toEqual(before)
    expect(await recover({ removeRules: ['none'] })).toEqual({ refused: 'rule-unknown', rule: 'none' })
    expect(await recover({ removeRules: ['nobody'] })).toMatchObject({ opened: ['sign-on rule nobody was removed'] })
    expect(await works()).toEqual(['root'])
  })

  test('A13: factors go only when asked; sessions end; the old password is history', async () => {
    await break_(async (tx, { person }) => {
      await tx.credentials.add({ ...credential('key', person.id, passkey('w1')), personId: person.id })
      await tx.people.put({ ...person, status: 'locked' })
    })
    const kinds = () =>
      h.store.read(async (tx) =>
        (await tx.credentials.ofPerson((await root(tx)).person.id)).map((c) => c.data.kind).sort(),
      )
    await recover()
    expect(await kinds()).toEqual(['passkey', 'password'])
    expect(await recover({ removeFactors: true, reason: 'lost' })).toMatchObject({
      opened: ['factor passkey was removed'],
    })
    expect(await kinds()).toEqual(['password'])
  })
  test('A13: a bad password or name changes nothing; two at once are one', async () => {
    await break_((tx, { person }) => tx.people.put({ ...person, status: 'locked' }))
    expect(await recover({ password: 'short' })).toMatchObject({ refused: 'password' })
    expect(await recover({ password: 'password-password' })).toMatchObject({ refused: 'password' })
    expect(await recover({ username: 'two words' })).toEqual({ refused: 'username-malformed' })
    expect(await works()).toEqual([])
    const both = await Promise.all([recover({ username: 'left' }), recover({ username: 'right' })])
    expect(both.filter((r) => 'person' in r)).toHaveLength(1)
  })

  test('T1: a link makes one administrator, once, within the hour, and opens the domain for it', async () => {
    expect(await recoveryLink(deps)(operator, h.tenancyId(), undefined)).toMatchObject({
      refused: 'administrator-works',
    })
    await break_((tx, { domain }) => tx.domains.put({ ...domain, status: 'inactive' }))
    const made = await recoveryLink(deps)(operator, h.tenancyId(), undefined)
    if ('refused' in made) throw new Error(made.refused)
    const token = new URL(made.url).searchParams.get('token') ?? ''
    expect(await h.store.read(async (tx) => (await root(tx)).domain.status)).toBe('active')
    expect(await audit('administrator.recovery-link-made')).toHaveLength(1)
    expect(await isSetUpLink(deps)(h.tenancyId(), token)).toBe(true)
    const wanted = { username: 'second', password: 'another-long-password', email: undefined }
    expect(await claimSetUp(deps)(h.tenancyId(), token, { ...wanted, password: 'x' })).toMatchObject({
      refused: 'password',
    })
    expect(await claimSetUp(deps)(h.tenancyId(), token, wanted)).toMatchObject({ person: { username: 'second' } })
    expect(await claimSetUp(deps)(h.tenancyId(), token, wanted)).toEqual({ refused: 'link-unknown' })
    expect((await audit('administrator.recovered'))[0]).toMatchObject({ details: { how: 'recovery link' } })
    expect(await mails()).toHaveLength(1)
    const late = await recoveryLink(deps)(operator, h.tenancyId(), 'again')
    h.later(3601)
    if ('refused' in late) throw new Error(late.refused)
    expect(await isSetUpLink(deps)(h.tenancyId(), new URL(late.url).searchParams.get('token') ?? '')).toBe(false)
  })
}

describe('SQLite', () => suite(testStore))
describe.skipIf(postgresUrl === undefined)(
  postgresUrl === undefined ? `PostgreSQL (skipped: ${noPostgres})` : 'PostgreSQL',
  () => suite(testPostgres),
)
