// A decision from store to record: who the subject is, which groups count, what is kept, and that nothing old answers.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { decisionLog } from '../../../src/flows/access/decision-log.ts'
import type { Store } from '../../../src/ports/store.ts'
import { type Office, office, questionOf } from './office.ts'

let o: Office
beforeEach(async () => {
  o = await office()
})
afterEach(() => o.store.close())

const readReports = { action: 'GetReport', type: 'reports', at: 'Prod:Web' }

describe('U1 U5 groups decide', () => {
  test('U1 a new person may do nothing', async () => {
    await o.addPerson('kim')
    expect(await o.ask(readReports)).toMatchObject({ allow: false, reason: 'not-granted', because: [] })
  })
  test('U5 groups add up, whatever brought them; expired ones and those of others do not count', async () => {
    const kim = await o.addPerson('kim')
    const finance = await o.addGroup('finance')
    const staff = await o.addGroup('staff')
    await o.put('p', [
      'Allow group finance to read reports in tenancy',
      'Allow group staff to read payslips in compartment Prod:Web',
    ])
    await o.join(kim, finance, { provenance: { kind: 'config' } })
    await o.join(kim, staff, { provenance: { kind: 'scim', client: 'hr' }, expiresAt: Date.UTC(2030, 0, 16, 13) })
    const payslip = { action: 'GetPayslip', type: 'payslips', at: 'Prod:Web' }
    expect([await o.may(readReports), await o.may(payslip)]).toEqual([true, true])
    o.later(3600)
    expect([await o.may(readReports), await o.may(payslip)]).toEqual([true, false])
    await o.addPerson('lee')
    expect(await o.may({ ...readReports, subject: 'lee' })).toBe(false)
  })
  test('A1 verb, operation and permissions are ways to ask', async () => {
    const kim = await o.addPerson('kim')
    await o.join(kim, await o.addGroup('finance'))
    await o.put('p', ['Allow group finance to use finance-family in compartment Prod'])
    const run = (action: string) => o.may({ action, type: 'reports', at: 'Prod:Web' })
    expect(
      await Promise.all(['read', 'use', 'manage', 'GetReport', 'DeleteReport', '{REPORT_READ}', 'nonsense'].map(run)),
    ).toEqual([true, true, false, true, false, true, false])
  })
})

describe('A4 administrators', () => {
  test('members of Administrators of the Default domain may do everything, a Deny notwithstanding; a namesake elsewhere may not', async () => {
    const ada = await o.addPerson('ada')
    await o.join(ada, o.administrators)
    const eve = await o.addPerson('eve', {}, 'partners')
    await o.join(eve, await o.addGroup('Administrators', 'partners'))
    await o.enableDeny()
    await o.put('lock', ['Deny any-user to inspect all-resources in tenancy'])
    expect(await o.ask({ subject: 'ada', action: 'manage', type: 'policies' })).toMatchObject({
      allow: true,
      because: ['system:administrators#1'],
    })
    expect(await o.may({ subject: 'partners/eve', action: 'inspect', type: 'policies' })).toBe(false)
  })
})

test('A4 a group of that name and mark in another domain is not above the policies, whichever comes first', async () => {
  const eve = await o.addPerson('eve', {}, 'partners')
  const pretender = {
    id: '!' as typeof o.administrators,
    tenancyId: o.tenancyId,
    name: 'administrators',
    description: '',
    system: true,
  }
  await o.store.write(async (tx) => {
    const partners = await tx.domains.byName(o.tenancyId, 'partners')
    if (partners) await tx.groups.put({ ...pretender, domainId: partners.id })
  })
  await o.bump()
  await o.join(eve, pretender.id)
  expect(await o.may({ subject: 'partners/eve', action: 'inspect', type: 'policies' })).toBe(false)
})

describe('A11 who the subject is', () => {
  test('user name, domain/user name, properties.domain, id', async () => {
    const id = await o.addPerson('kim')
    await o.addPerson('paul', {}, 'partners')
    await o.put('p', [
      "Allow any-user to read reports in tenancy where request.user.name = 'kim'",
      "Allow any-user to read payslips in tenancy where request.user.name = 'paul'",
    ])
    const kim = { action: 'read', type: 'reports' }
    const paul = { action: 'read', type: 'payslips' }
    for (const subject of ['kim', 'KIM', 'default/kim', id]) expect(await o.may({ ...kim, subject })).toBe(true)
    expect(await o.may({ ...kim, subject: 'kim', domain: 'default' })).toBe(true)
    expect(await o.may({ ...paul, subject: 'partners/paul' })).toBe(true)
    expect(await o.may({ ...paul, subject: 'paul', domain: 'partners' })).toBe(true)
    expect((await o.ask({ ...paul, subject: 'paul' })).reason).toBe('subject-unknown')
    expect((await o.ask({ ...kim, subject: 'kim', domain: 'partners' })).reason).toBe('subject-unknown')
  })
  test.for([
    ['nobody', { subject: 'nobody' }, 'subject-unknown'],
    ['an empty name', { subject: '' }, 'subject-unknown'],
    ['a domain without a name', { subject: 'default/' }, 'subject-unknown'],
    ['an unknown domain', { subject: 'nowhere/kim' }, 'subject-unknown'],
    ['another type', { subject: 'kim', subjectType: 'robot' }, 'subject-type-unsupported'],
    ['someone disabled', { subject: 'off' }, 'subject-not-active'],
    ['someone locked', { subject: 'locked' }, 'subject-not-active'],
  ] as const)('%s: no, and any-user does not mean them', async ([, who, reason]) => {
    await o.addPerson('kim')
    await o.addPerson('off', { status: 'disabled' })
    await o.addPerson('locked', { status: 'locked' })
    await o.put('p', ['Allow any-user to manage all-resources in tenancy'])
    expect(await o.ask({ action: 'read', type: 'reports', ...who })).toMatchObject({ allow: false, reason })
  })
  test('a user name chosen to look like someone else’s id, or domain/name, makes both nobody', async () => {
    const victim = await o.addPerson('victim')
    await o.addPerson(victim)
    await o.addPerson('paul', {}, 'partners')
    await o.addPerson('partners/paul')
    await o.put('p', ['Allow any-user to read reports in tenancy'])
    for (const subject of [victim, 'partners/paul'])
      expect((await o.ask({ ...readReports, subject })).reason).toBe('subject-unknown')
    expect(await o.may({ ...readReports, subject: 'victim' })).toBe(true)
  })
  test('a person of another tenancy is nobody here', async () => {
    const other = await office()
    const id = await other.addPerson('kim')
    const stranger = await other.store.read((tx) => tx.people.get(id))
    if (!stranger) throw new Error('unreachable')
    await o.store.write((tx) =>
      tx.people.put({ ...stranger, id: 'stranger' as typeof id, tenancyId: 'elsewhere' as typeof o.tenancyId }),
    )
    expect((await o.ask({ ...readReports, subject: 'stranger' })).reason).toBe('subject-unknown')
    await other.store.close()
  })
  test('a domain that is not active has no subjects', async () => {
    await o.addPerson('paul', {}, 'partners')
    await o.put('p', ['Allow any-user to read reports in tenancy'])
    expect(await o.may({ ...readReports, subject: 'partners/paul' })).toBe(true)
    await o.store.write(async (tx) => {
      const domain = await tx.domains.byName(o.tenancyId, 'partners')
      if (domain) await tx.domains.put({ ...domain, status: 'inactive' })
    })
    expect((await o.ask({ ...readReports, subject: 'partners/paul' })).reason).toBe('subject-not-active')
  })
})

describe('A10 every decision is on record', () => {
  test('a No leads to the statement that said it', async () => {
    const kim = await o.addPerson('kim')
    await o.join(kim, await o.addGroup('devs'))
    await o.enableDeny()
    const { policy } = await o.put('guard', [
      'Allow group devs to manage devops-family in tenancy',
      'Deny group devs to manage deployments in compartment Prod',
    ])
    const decision = await o.ask({
      action: 'CreateDeployment',
      type: 'deployments',
      id: 'd7',
      at: 'Prod',
      context: { region: 'icn' },
    })
    expect(decision).toMatchObject({
      allow: false,
      reason: 'denied-by-policy',
      because: [`${policy.id}#1`],
      denied: [`${policy.id}#2`],
    })
    const record = await o.store.read((tx) => tx.audit.decision(decision.id))
    expect(record).toMatchObject({
      tenancyId: o.tenancyId,
      revision: await o.revision(),
      allow: false,
      denied: [`${policy.id}#2`],
      question: {
        subject: { id: 'kim' },
        action: { name: 'CreateDeployment' },
        context: { region: 'icn' },
        caller: { name: 'pdp-client' },
        reason: 'denied-by-policy',
      },
      principal: {
        username: 'kim',
        domain: 'default',
        groups: [{ name: 'default/devs', because: ['given directly'] }],
      },
    })
    const [event, ...more] = await o.audit('policy.denied')
    expect(more).toEqual([])
    expect(event).toMatchObject({
      outcome: 'failure',
      reason: 'denied-by-policy',
      actor: { name: 'pdp-client' },
      target: { type: 'deployments', id: 'd7' },
      decisionId: decision.id,
      requestId: 'req-1',
      details: {
        subject: { type: 'user', id: 'kim' },
        action: 'CreateDeployment',
        compartment: 'Prod',
        denied: [
          {
            ref: `${policy.id}#2`,
            policy: 'guard',
            statement: 'Deny group devs to manage deployments in compartment Prod',
          },
        ],
        permissions: [{ permission: 'DEPLOYMENT_CREATE', outcome: 'denied' }],
      },
    })
  })
  test('a Yes is on record too and makes no audit event; nobody is recorded as nobody', async () => {
    await o.addPerson('kim')
    await o.put('p', ['Allow any-user to read reports in tenancy'])
    const yes = await o.ask(readReports)
    const no = await o.ask({ ...readReports, subject: 'nobody' })
    const [first, second] = await o.store.read((tx) =>
      Promise.all([tx.audit.decision(yes.id), tx.audit.decision(no.id)]),
    )
    expect(first).toMatchObject({ allow: true, principal: { username: 'kim' } })
    expect(second).toMatchObject({ allow: false, principal: {}, question: { subject: { id: 'nobody' } } })
    expect((await o.audit('policy.denied')).map((e) => e.decisionId)).toEqual([no.id])
  })
  test('decisions that come together are written together, each of them', async () => {
    await o.addPerson('kim')
    const all = await Promise.all(Array.from({ length: 60 }, (_, n) => o.ask({ ...readReports, id: `r${n}` })))
    expect(new Set(all.map((d) => d.id)).size).toBe(60)
    const records = await o.store.read((tx) => Promise.all(all.map((d) => tx.audit.decision(d.id))))
    expect(records).toMatchObject(all.map((_, n) => ({ question: { resource: { id: `r${n}` } } })))
    expect(await o.audit('policy.denied')).toHaveLength(60)
  })
  test('an answer that cannot be recorded is not given, and takes no other with it', async () => {
    const written: string[] = []
    const store: Pick<Store, 'write'> = {
      write: (work) =>
        work({
          audit: {
            addDecisions: async (records: readonly { id: string }[]) => {
              if (records.some(({ id }) => id === 'bad')) throw new Error('refused by the database')
              written.push(...records.map(({ id }) => id))
            },
          },
        } as never),
    }
    const log = decisionLog({ store, flush: 'soon' })
    const entries = ['a', 'b', 'bad', 'c'].map((id) => log({ record: { id } as never, event: undefined }))
    expect((await Promise.allSettled(entries)).map((r) => r.status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
    ])
    expect(written).toContain('c')
    await log({ record: { id: 'd' } as never, event: undefined })
    expect(written.at(-1)).toBe('d')
  })
})

describe('A4 nothing old answers', () => {
  test('a policy, a membership and a group count from the moment they are committed', async () => {
    const kim = await o.addPerson('kim')
    const devs = await o.addGroup('devs')
    expect(await o.may(readReports)).toBe(false)
    await o.put('p', ['Allow group devs to read reports in tenancy'])
    expect(await o.may(readReports)).toBe(false)
    await o.join(kim, devs)
    expect(await o.may(readReports)).toBe(true)
    await o.put('p', ['Allow group devs to inspect reports in tenancy'])
    expect(await o.may(readReports)).toBe(false)
    await o.put('p', ['Allow group devs to read reports in tenancy'])
    await o.store.write((tx) => tx.memberships.remove(kim, devs, 'direct'))
    expect(await o.may(readReports)).toBe(false)
  })
  test('U5 a group that is deleted grants nothing, nor does a new one of its name before the policy is saved again', async () => {
    const kim = await o.addPerson('kim')
    const first = await o.addGroup('devs')
    await o.join(kim, first)
    const statements = ['Allow group devs to read reports in tenancy']
    await o.put('p', statements)
    expect(await o.may(readReports)).toBe(true)
    await o.store.write((tx) => tx.groups.remove(first))
    await o.bump()
    expect(await o.may(readReports)).toBe(false)
    await o.join(kim, await o.addGroup('devs'))
    expect(await o.may(readReports)).toBe(false)
    expect((await o.put('p', statements)).changed).toBe(true)
    expect(await o.may(readReports)).toBe(true)
  })
  test('a renamed group keeps what it was granted', async () => {
    const kim = await o.addPerson('kim')
    const devs = await o.addGroup('devs')
    await o.join(kim, devs)
    await o.put('p', ['Allow group devs to read reports in tenancy'])
    await o.store.write(async (tx) => {
      const group = await tx.groups.get(devs)
      if (group) await tx.groups.put({ ...group, name: 'engineers' })
    })
    await o.bump()
    expect(await o.may(readReports)).toBe(true)
  })
})

test('an unknown tenancy is the only thing that is an error', async () => {
  await expect(
    o.authorize({ ...o.pdp, tenancyId: 'nowhere' as typeof o.tenancyId }, questionOf(readReports)),
  ).rejects.toMatchObject({ slug: 'not-found' })
  expect(await o.ask({ action: 'read', type: 'spaceships' })).toMatchObject({ allow: false, reason: 'subject-unknown' })
  await o.addPerson('kim')
  expect(await o.ask({ action: 'read', type: 'spaceships' })).toMatchObject({
    allow: false,
    reason: 'resource-type-unknown',
  })
  expect(await o.ask({ ...readReports, at: 'Nowhere' })).toMatchObject({ allow: false, reason: 'compartment-unknown' })
  expect(await o.ask({ ...readReports, at: 'Prod' })).toMatchObject({ allow: false, reason: 'not-granted' })
  expect(await o.ask({ ...readReports, at: o.places.Web })).toMatchObject({ allow: false, reason: 'not-granted' })
})
