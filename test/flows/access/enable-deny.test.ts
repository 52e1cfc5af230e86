// Deny is opt-in: who may turn it on, that it stays on, and what the guard keeps to whom.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { PersonId } from '../../../src/core/model/ids.ts'
import { policyTypes } from '../../../src/core/policy/policy-types.ts'
import { denyEnabler } from '../../../src/flows/access/enable-deny.ts'
import { type Office, office, operator } from './office.ts'

let o: Office
let ada: PersonId
let enable: ReturnType<typeof denyEnabler>['enableDeny']
beforeEach(async () => {
  o = await office()
  ada = await o.addPerson('ada')
  await o.join(ada, o.administrators)
  let count = 0
  enable = denyEnabler({
    store: o.store,
    clock: () => Date.UTC(2030, 0, 16, 12),
    random: { id: () => `deny-${String(++count).padStart(20, '0')}` },
    putPolicyIn: o.writer.putPolicyIn,
  }).enableDeny
})
afterEach(() => o.store.close())

const run = (personId: PersonId, guard = false) =>
  enable(operator, { tenancyId: o.tenancyId, personId, guard }, 'req-d')
const isOn = () => o.store.read(async (tx) => (await tx.tenancies.get(o.tenancyId))?.denyEnabled)
const lock = ['Deny any-user to inspect reports in tenancy']

describe('A5 Deny is turned on once, by a default administrator', () => {
  test('until then a Deny is refused, afterwards it is written; the event says who', async () => {
    await expect(o.put('lock', lock)).rejects.toMatchObject({ reason: 'deny-not-enabled' })
    const before = await o.revision()
    expect(await run(ada)).toMatchObject({ changed: true, guard: undefined, tenancy: { denyEnabled: true } })
    await o.put('lock', lock)
    expect(await o.audit('tenancy.deny-enabled')).toMatchObject([
      { actor: operator, before: { denyEnabled: false }, after: { denyEnabled: true }, requestId: 'req-d' },
    ])
    expect(await run(ada)).toMatchObject({ changed: false })
    expect(await o.audit('tenancy.deny-enabled')).toHaveLength(1)
    expect(before).toBeDefined()
  })
  test.for([
    ['somebody without groups', async () => o.addPerson('eve')],
    [
      'an administrator of another domain of the same group name',
      async () => {
        const eve = await o.addPerson('eve', {}, 'partners')
        await o.join(eve, await o.addGroup('Administrators', 'partners'))
        return eve
      },
    ],
    [
      'whoever may manage everything by a policy',
      async () => {
        const eve = await o.addPerson('eve')
        await o.join(eve, await o.addGroup('Bosses'))
        await o.put('all', ['Allow group Bosses to manage all-resources in tenancy'])
        return eve
      },
    ],
    [
      'an administrator whose membership has run out',
      async () => {
        const eve = await o.addPerson('eve')
        await o.join(eve, o.administrators, { expiresAt: Date.UTC(2030, 0, 16, 11) })
        return eve
      },
    ],
    [
      'a disabled administrator',
      async () => {
        const eve = await o.addPerson('eve', { status: 'disabled' })
        await o.join(eve, o.administrators)
        return eve
      },
    ],
  ] as const)('not by %s', async ([, made]) => {
    const eve = await made()
    await expect(run(eve, true)).rejects.toMatchObject({
      slug: 'not-permitted',
      reason: 'default-administrator-required',
    })
    expect(await isOn()).toBe(false)
    expect(await o.audit('tenancy.deny-enabled')).toEqual([])
  })
  test('the guard: policy managers keep Allow, Deny is kept to whoever enabled it and the default administrators', async () => {
    const { guard } = await run(ada, true)
    expect(guard?.statements).toEqual([
      `Deny any-user to manage policies in tenancy where all { target.policy.type = 'deny', request.principal.id != '${ada}' }`,
    ])
    const writers = await o.addGroup('PolicyWriters')
    await o.join(await o.addPerson('wim'), writers)
    await o.join(await o.addPerson('ben'), o.administrators)
    await o.put('writers', ['Allow group PolicyWriters to manage policies in tenancy'])
    const writes = (subject: string, statements: readonly string[]) =>
      o.may({
        subject,
        action: 'UpdatePolicy',
        type: 'policies',
        resource: { type: [...policyTypes(statements)] },
      })
    const [allow, deny] = ['Allow any-user to inspect reports in tenancy', 'Deny any-user to use reports in tenancy']
    expect([
      await writes('wim', [allow]),
      await writes('wim', [deny]),
      await writes('wim', [allow, deny]),
      await writes('ada', [deny]),
      await writes('ben', [deny]),
    ]).toEqual([true, false, false, true, true])
    // whoever does not say what kind of policy it is could be writing a Deny
    expect(await o.may({ subject: 'wim', action: 'UpdatePolicy', type: 'policies' })).toBe(false)
    expect(await o.may({ subject: 'wim', action: 'ListPolicies', type: 'policies' })).toBe(true)
  })
  test('a guard that cannot be installed leaves Deny off', async () => {
    await o.put('deny-guard', ['Allow any-user to inspect reports in tenancy'])
    await expect(run(ada, true)).rejects.toMatchObject({ slug: 'name-taken' })
    expect([await isOn(), (await o.audit('tenancy.deny-enabled')).length]).toEqual([false, 0])
  })
})

test('A5 `target.policy.type` is what the policy being written allows and denies; what cannot be read counts as both', () => {
  const allow = 'Allow any-user to inspect users in tenancy'
  expect(
    [
      [allow],
      ['deny any-user to use users in tenancy', allow],
      ['Deny endorse any-user to use users in any-tenancy'],
      ['Deny admit any-user of any-tenancy to use users in tenancy'],
      ['Define tenancy t as x', 'Endorse any-user to use users in tenancy t'],
      ['deny, oh deny'],
      [],
    ].map(policyTypes),
  ).toEqual([['allow'], ['allow', 'deny'], ['deny'], ['deny'], ['allow'], ['allow', 'deny'], []])
})
