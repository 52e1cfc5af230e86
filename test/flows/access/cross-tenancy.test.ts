// A question about somebody of another tenancy of this gateway: both have a say, and the one that is asked learns no more than it is told.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Actor } from '../../../src/core/model/audit.ts'
import type { JsonObject } from '../../../src/core/model/json.ts'
import { createTenancyIn } from '../../../src/flows/directory/create-tenancy.ts'
import { newPerson } from '../../../src/flows/directory/new-person.ts'
import { type Office, office, operator, questionOf } from './office.ts'

let o: Office
let partner: Awaited<ReturnType<typeof createTenancyIn>>
let team: string
const actor: Actor = operator
const session = { idleSeconds: 60, absoluteSeconds: 600 }
let count = 0
const random = {
  id: () => `x-${String(++count).padStart(24, '0')}`,
  token: () => `t-${++count}`,
  bytes: (length: number) => new Uint8Array(length),
}
const now = Date.UTC(2030, 0, 16, 12)

/** `partner` is where people come from; acme is asked. */
beforeEach(async () => {
  o = await office()
  partner = await o.store.write((tx) =>
    createTenancyIn(tx, { random, now, session, actor }, { name: 'partner', displayName: 'Partner' }),
  )
  const { tenancy, domain } = partner
  const person = newPerson(random, now, domain, { username: 'pia', displayName: 'Pia', email: undefined })
  team = random.id()
  await o.store.write(async (tx) => {
    await tx.people.put(person)
    await tx.groups.put({
      id: team as typeof partner.administrators.id,
      tenancyId: tenancy.id,
      domainId: domain.id,
      name: 'Team',
      description: '',
      system: false,
    })
    await tx.memberships.put({
      personId: person.id,
      groupId: team as typeof partner.administrators.id,
      provenance: { kind: 'direct', by: 'test' },
      role: 'user',
      since: now,
      expiresAt: undefined,
    })
    await tx.tenancies.put({ ...tenancy, denyEnabled: true })
    await tx.tenancies.bumpRevision(tenancy.id)
  })
  await o.enableDeny()
})
afterEach(() => o.store.close())

const endorse = (...statements: readonly string[]) =>
  o.writer.putPolicy(actor, {
    tenancyId: partner.tenancy.id,
    compartmentId: partner.root.id,
    name: 'agreement',
    description: '',
    statements: [`Define tenancy Acme as ${o.tenancyId}`, ...statements],
  })
const admit = (...statements: readonly string[]) =>
  o.put('agreement', [`Define tenancy Partner as ${partner.tenancy.id}`, `Define group Team as ${team}`, ...statements])
const decide = (id = 'pia', properties: JsonObject = { tenancy: 'partner' }, action = 'read') =>
  o.authorize(o.pdp, {
    ...questionOf({ action, type: 'reports', at: 'Prod' }),
    subject: { type: 'user', id, properties },
  })

describe('A7 asked about somebody of another tenancy', () => {
  test('an Endorse there and an Admit here, and nothing less', async () => {
    expect(await decide()).toMatchObject({ allow: false, reason: 'subject-unknown' })
    await admit('Admit group Team of tenancy Partner to use reports in compartment Prod')
    expect((await decide()).allow).toBe(false)
    await endorse('Endorse group Team to manage reports in tenancy Acme')
    expect([
      (await decide()).allow,
      (await decide('pia', { tenancy: 'Partner' }, 'use')).allow,
      (await decide('pia', { tenancy: 'partner' }, 'manage')).allow,
      (await decide('default/pia')).allow,
      (await decide('pia', { tenancy: 'partner', domain: 'default' })).allow,
    ]).toEqual([true, true, false, true, true])
    await admit('Admit group Team of tenancy Partner to use reports in compartment Test')
    expect(await decide()).toMatchObject({ allow: false, reason: 'not-granted' })
  })
  test('one Deny of either side, or an ordinary one of this tenancy about everybody', async () => {
    const both = async (): Promise<boolean> => (await decide()).allow
    const endorsement = 'Endorse group Team to use reports in tenancy Acme'
    const admission = 'Admit group Team of tenancy Partner to use reports in compartment Prod'
    await endorse(endorsement)
    await admit(admission)
    expect(await both()).toBe(true)
    await endorse(endorsement, 'Deny endorse any-user to read reports in any-tenancy')
    expect(await both()).toBe(false)
    await endorse(endorsement)
    await admit(admission, 'Deny admit any-user of any-tenancy to read reports in tenancy')
    expect(await both()).toBe(false)
    await admit(admission)
    await o.put('lock', ['Deny any-user to inspect all-resources in tenancy'])
    expect(await decide()).toMatchObject({ allow: false, reason: 'denied-by-policy' })
  })
  test('people of one’s own tenancy are one’s own, named or not; their namesakes elsewhere are others', async () => {
    await o.addPerson('pia')
    await o.put('p', ['Allow any-user to read reports in tenancy'])
    expect([
      (await decide('pia', {})).allow,
      (await decide('pia', { tenancy: 'acme' })).allow,
      (await decide()).allow,
    ]).toEqual([true, true, false])
  })
})

describe('A10 what the other tenancy does not tell', () => {
  test('who is there: nobody, somebody not endorsed here, and a tenancy that is not there are the same', async () => {
    await admit('Admit any-user of any-tenancy to use reports in tenancy')
    await endorse('Endorse group Administrators to use reports in tenancy Acme')
    const asked = [
      await decide(),
      await decide('nobody'),
      await decide('pia', { tenancy: 'nowhere' }),
      await decide('pia', { tenancy: 7 }),
      await decide('pia', { tenancy: null }),
    ]
    for (const decision of asked) expect(decision).toMatchObject({ allow: false, reason: 'subject-unknown' })
    const records = await o.store.read((tx) => Promise.all(asked.map(({ id }) => tx.audit.decision(id))))
    expect(records.map((r) => r?.principal)).toEqual([{}, {}, {}, {}, {}])
  })
  test('which groups they are in, and what it wrote: the record and the event hold references only', async () => {
    await admit('Admit group Team of tenancy Partner to use reports in compartment Prod')
    const { policy } = await endorse(
      'Endorse group Team to use reports in tenancy Acme',
      "Deny endorse group Team to read reports in any-tenancy where request.region != 'secret-place'",
    )
    const { id, denied } = await decide()
    expect(denied).toEqual([`${policy.id}#3`])
    const record = await o.store.read((tx) => tx.audit.decision(id))
    expect(record?.principal).toEqual({ tenancy: 'partner', id: expect.any(String), username: 'pia' })
    const [event] = await o.audit('policy.denied')
    expect(event?.details).toMatchObject({
      denied: [{ ref: `${policy.id}#3`, policy: 'partner', statement: 'a statement of tenancy partner' }],
    })
    expect(JSON.stringify([record, event])).not.toMatch(/secret-place|Team/)
  })
})
