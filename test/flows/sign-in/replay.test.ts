// A14: recent sign-ins against proposed rules: who would newly need a second factor, who would fail, who would lose a group. Real sign-ins
// through the real flows, on both stores.
import { beforeEach, describe, expect, test } from 'vitest'
import type { DeclaredMapping, DeclaredSignOnRule } from '../../../src/core/model/declared.ts'
import { replaySignIns } from '../../../src/flows/sign-in/replay.ts'
import type { SignInProposal } from '../../../src/flows/sign-in/replay-proposal.ts'
import { Problem } from '../../../src/problem.ts'
import { noPostgres, postgresUrl, testPostgres, testStore } from '../../stores/open-test-store.ts'
import { direct, group, id, mappingRule, membership, signOnRule } from '../../stores/rows.ts'
import { assertion, stage } from './provider.ts'

const rule = (name: string, differs: Partial<DeclaredSignOnRule> = {}): DeclaredSignOnRule => ({
  name,
  groups: [],
  apps: [],
  deny: false,
  level: undefined,
  approval: undefined,
  factors: undefined,
  maxAgeSeconds: undefined,
  trustedDevice: undefined,
  ...differs,
})
const mapping = (name: string, value: string, groups: readonly string[]): DeclaredMapping => ({
  name,
  allOf: [{ kind: 'exact', value, ignoreCase: false }],
  groups,
})

const suite = (open: typeof testStore): void => {
  const { at, put, signIn } = stage(open)
  beforeEach(async () => {
    const { bed } = at
    await put({
      groupsFrom: ['groups'],
      assurance: { rules: [{ amr: ['mfa'], level: 2 }], unmatchedLevel: 1, maxAgeSeconds: undefined },
    })
    await bed.store.write(async (tx) => {
      for (const name of ['Finance', 'Staff']) await tx.groups.put(group(name))
      const match = { kind: 'exact', value: 'CORP-Finance', ignoreCase: false } as const
      await tx.mappingRules.put({ ...mappingRule('finance', 'corp', ['Finance']), match })
      await tx.memberships.put(membership('alice', 'Staff', direct))
    })
    await bed.hold.password('alice')
    await bed.hold.password('bob')
  })
  const ask = (
    proposal: { rules?: Partial<SignInProposal['signOnRules']>; mappings?: SignInProposal['mappings'] },
    limit = 1000,
  ) => {
    const { store, clock } = at.bed
    return store.read(async (tx) => {
      const domain = await tx.domains.get(id('default'))
      if (!domain) throw new Error('no domain')
      const { rules = {}, mappings = {} } = proposal
      const whole = { signOnRules: { put: [], remove: [], ...rules }, mappings }
      const period = { from: clock() - 30 * 86_400_000, to: clock() + 1, limit }
      return replaySignIns(tx, domain, whole, period, { now: clock(), pause: async () => {} })
    })
  }
  const company = async (subject: string, groups: readonly string[], amr: readonly string[] = []) => {
    at.answer = assertion(subject, { attributes: { groups }, amr })
    return signIn(at.bed.browser())
  }

  test('A14: of so many sign-ins so many would newly need a second factor, by group and by what the provider vouched for', async () => {
    const { bed } = at
    await bed.browser().signIn('alice')
    await bed.browser().signIn('bob')
    await company('carol', ['CORP-Finance'])
    await company('dave', ['CORP-Finance'], ['pwd', 'mfa'])
    const told = await ask({ rules: { put: [rule('mfa', { groups: ['staff', 'Finance'], level: 2 })] } })
    expect(told).toMatchObject({ signIns: 4, people: 4, newlySecondFactor: 2, newlyRefused: 0, lost: [], whole: true })
    expect(told.examples.map((e) => [e.username, e.change]).sort()).toEqual([
      ['alice', 'newly-second-factor'],
      ['carol', 'newly-second-factor'],
    ])
    expect(told.examples[0]?.after.map((s) => s.do)).toContain('enrol')
  })
  test('A14: who would fail, and who would get in that does not', async () => {
    await at.bed.browser().signIn('alice')
    await at.bed.browser().signIn('bob')
    const refused = await ask({ rules: { put: [rule('no-staff', { groups: ['Staff'], deny: true })] } })
    expect(refused).toMatchObject({ newlyRefused: 1, newlySecondFactor: 0 })
    expect(refused.examples[0]).toMatchObject({ username: 'alice', change: 'newly-refused' })
    const none = await ask({ rules: { put: [rule('no-factor', { level: 2, factors: [] })] } })
    expect(none).toMatchObject({ newlyRefused: 2 })
    await at.bed.store.write((tx) => tx.signOnRules.put(signOnRule('shut', { demands: { deny: true } })))
    expect(await ask({ rules: { remove: ['shut'] } })).toMatchObject({ newlyAdmitted: 2 })
  })
  test('A14: rules that go, rules that are replaced', async () => {
    const { bed } = at
    await bed.store.write((tx) => tx.signOnRules.put(signOnRule('two', { demands: { level: 2 } })))
    await bed.hold.totp('alice')
    await bed.browser().signIn('alice', { code: true })
    expect(await ask({})).toMatchObject({ signIns: 1, newlySecondFactor: 0, noSecondFactor: 0 })
    expect(await ask({ rules: { remove: ['two'] } })).toMatchObject({ noSecondFactor: 1 })
    expect(await ask({ rules: { put: [rule('TWO', { level: 1 })] } })).toMatchObject({ noSecondFactor: 1 })
  })
  test('A14: who would lose and gain a group by other mapping rules, and what follows from that', async () => {
    const { bed } = at
    await bed.store.write((tx) =>
      tx.signOnRules.put(signOnRule('fin', { groups: [id('Finance')], demands: { level: 2 } })),
    )
    for (const amr of [
      ['pwd', 'mfa'],
      ['pwd', 'mfa'],
    ])
      await company('carol', ['CORP-Finance', 'CORP-Staff'], amr)
    await company('dave', ['CORP-Staff'])
    const told = await ask({
      mappings: { corp: { put: [mapping('staff', 'CORP-Staff', ['Staff'])], remove: ['finance'] } },
    })
    expect(told.lost).toEqual([{ group: 'Finance', signIns: 2, people: 1 }])
    expect(told.gained).toEqual([{ group: 'Staff', signIns: 3, people: 2 }])
    const moved = { corp: { put: [mapping('finance', 'CORP-Staff', ['Finance'])], remove: [] } }
    expect(await ask({ mappings: moved })).toMatchObject({
      newlySecondFactor: 1,
      gained: [{ group: 'Finance', people: 1 }],
    })
  })
  test('A14: what somebody has from elsewhere is not lost; modes that keep lose nothing', async () => {
    const { bed } = at
    await company('carol', ['CORP-Finance'])
    const without = { mappings: { corp: { put: [], remove: ['finance'] } } }
    expect((await ask(without)).lost).toHaveLength(1)
    const carol = await bed.store.read((tx) => tx.people.byUsername(id('default'), 'carol'))
    await bed.store.write((tx) => tx.memberships.put(membership(carol?.id ?? '', 'Finance', direct)))
    expect((await ask(without)).lost).toEqual([])
    await company('erin', ['CORP-Finance'])
    await put({ groupsFrom: ['groups'], groupMode: 'additive' })
    expect((await ask(without)).lost).toEqual([])
  })
  test('A14: a session that goes on has the groups it began with', async () => {
    const b = at.bed.browser()
    at.answer = assertion('carol', { attributes: { groups: ['CORP-Finance'] } })
    await signIn(b)
    await b.begin()
    expect(await b.finish()).toBeDefined()
    const told = await ask({ mappings: { corp: { put: [], remove: ['finance'] } } })
    expect(told).toMatchObject({ signIns: 2, groupsUnknown: 0, lost: [{ group: 'Finance', signIns: 2, people: 1 }] })
    const half = await ask({ mappings: { corp: { put: [], remove: ['finance'] } } }, 1)
    expect(half).toMatchObject({ signIns: 1, groupsUnknown: 1, lost: [], whole: false })
  })
  test('M3: a device that was trusted then counts as it did', async () => {
    const { bed } = at
    await bed.store.write((tx) =>
      tx.signOnRules.put(signOnRule('two', { demands: { level: 2, trustedDevice: { days: 30, count: 2 } } })),
    )
    await bed.hold.totp('alice')
    const b = bed.browser()
    await b.signIn('alice', { code: true, trust: true })
    bed.later(10 * 86_400)
    await b.signIn('alice')
    const shorter = rule('two', { level: 2, trustedDevice: { days: 7, count: 2 } })
    expect(await ask({ rules: { put: [shorter] } })).toMatchObject({ signIns: 2, newlySecondFactor: 1 })
  })
  test('A14: names that are not there are told with their places; whoever is gone is counted apart', async () => {
    const { bed } = at
    await bed.browser().signIn('bob')
    await bed.store.write((tx) => tx.people.remove(id('bob')))
    expect(await ask({})).toMatchObject({ signIns: 0, gone: 1 })
    const wrong = ask({
      rules: { put: [rule('x', { groups: ['nobody'], apps: ['none'] })], remove: ['gone'] },
      mappings: { other: { put: [], remove: [] }, corp: { put: [mapping('m', 'v', ['nowhere'])], remove: [] } },
    })
    const problem = await wrong.then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    expect(problem).toBeInstanceOf(Problem)
    expect((problem as Problem).fields.map((f) => f.field).sort()).toEqual([
      'mappings.corp.put[0].groups[0]',
      'mappings.other',
      'signOnRules.put[0].apps[0]',
      'signOnRules.put[0].groups[0]',
      'signOnRules.remove[0]',
    ])
  })
}
describe('SQLite', () => suite(testStore))
describe.skipIf(postgresUrl === undefined)(
  postgresUrl === undefined ? `PostgreSQL (skipped: ${noPostgres})` : 'PostgreSQL',
  () => suite(testPostgres),
)
