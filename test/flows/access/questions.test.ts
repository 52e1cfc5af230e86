// What administrators ask about decisions: why, what if, who, where. Against the store, with the flows as wired.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../src/core/model/json.ts'
import type { Question } from '../../../src/flows/access/api.ts'
import { explainer } from '../../../src/flows/access/explain.ts'
import { reviewer } from '../../../src/flows/access/reach.ts'
import { type Ask, type Office, office, questionOf } from './office.ts'

let o: Office
let ids: { finance: string; kim: string }
const all = () => ({ explain: explainer(o), review: reviewer(o) })
const reports: Ask = { action: 'GetReport', type: 'reports', at: 'Prod' }
const asked = (differs: Partial<Ask> = {}): Question => questionOf({ ...reports, ...differs })
const explained = (differs: Partial<Ask> = {}) =>
  o.store.read((tx) => all().explain.question(tx, o.tenancyId, asked(differs), o.clock()))
beforeAll(async () => {
  o = await office()
  await o.enableDeny()
  const finance = await o.addGroup('finance')
  const [kim] = [await o.addPerson('kim'), await o.addPerson('lee')]
  await o.join(kim, finance)
  await o.addGroup('auditors')
  ids = { finance, kim }
  await o.put('books', [
    'Allow group finance to manage reports in compartment Prod',
    "Deny group finance to {REPORT_DELETE} in compartment Prod where target.report.status = 'closed'",
    'Allow any-user to read payslips in tenancy where target.payslip.owner = request.user.name',
  ])
})
afterAll(() => o.store.close())

describe('A12 explain', () => {
  test('a Yes names the statements that granted it', async () => {
    const told = await explained()
    expect(told).toMatchObject({
      allow: true,
      reason: 'granted',
      permissions: [{ permission: 'REPORT_READ', outcome: 'granted' }],
    })
    expect(told.matched.filter((m) => told.decidedBy.includes(m.ref))).toMatchObject([
      { policy: 'books', statement: 'Allow group finance to manage reports in compartment Prod' },
    ])
    expect(told.subject).toMatchObject({ username: 'kim', groups: [{ name: 'default/finance' }] })
  })
  test('A10 a No by a Deny names it, and what would lift it', async () => {
    const told = await explained({ action: 'DeleteReport', resource: { status: 'closed' } })
    expect(told).toMatchObject({
      allow: false,
      reason: 'denied-by-policy',
      deniedBy: [{ policy: 'books', lifted: "target.report.status != 'closed'", permissions: ['REPORT_DELETE'] }],
    })
  })
  test('a No that nothing grants names what is nearest, and the group that would be enough', async () => {
    const told = await explained({ subject: 'lee' })
    expect(told.notGranted).toMatchObject([
      {
        permission: 'REPORT_READ',
        nearest: [
          { policy: 'books', lacks: [{ element: 'subject', anyOf: [{ kind: 'group', name: 'default/finance' }] }] },
        ],
      },
    ])
    expect(told.needs.groups).toMatchObject([{ group: { id: ids.finance, name: 'default/finance' } }])
  })
  test('a fact that nobody supplied', async () => {
    const told = await explained({ subject: 'lee', action: 'GetPayslip', type: 'payslips' })
    expect(told.needs.facts).toEqual([{ when: "target.payslip.owner = 'lee'", unless: undefined }])
  })
  test.for([
    ['subject-unknown', { subject: 'nobody' }],
    ['resource-type-unknown', { type: 'spaceships' }],
    ['action-unknown', { action: 'frob' }],
    ['compartment-unknown', { at: 'Nowhere' }],
  ] as const)('%s', async ([reason, differs]) => {
    expect(await explained(differs)).toMatchObject({ allow: false, reason, matched: [] })
  })
  test('a decision on record, and whether anything moved since', async () => {
    const { id } = await o.ask({ ...reports, action: 'DeleteReport', resource: { status: 'closed' } })
    const look = () => o.store.read((tx) => all().explain.decision(tx, o.tenancyId, id))
    expect(await look()).toMatchObject({ moved: false, recorded: { id, allow: false }, now: { allow: false } })
    await o.bump()
    expect(await look()).toMatchObject({ moved: true, now: { deniedBy: [{ policy: 'books' }] } })
    expect(await o.store.read((tx) => all().explain.decision(tx, 'elsewhere' as never, id))).toBeUndefined()
    expect(await o.store.read((tx) => all().explain.decision(tx, o.tenancyId, 'none'))).toBeUndefined()
  })
})

describe('A12 who, where, what', () => {
  const resource = (type: string, properties: JsonObject = {}) => ({
    type,
    id: 'x',
    properties: { compartment: 'Prod', ...properties },
  })
  test('who can do this here, through which statement, and who is excepted', async () => {
    const who = await o.store.read((tx) =>
      all().review.who(
        tx,
        o.tenancyId,
        { action: { name: 'DeleteReport', properties: {} }, resource: resource('reports'), context: {} },
        o.clock(),
      ),
    )
    expect(who.grantees).toMatchObject([
      { subject: { name: 'default/Administrators' }, answer: { kind: 'always' } },
      {
        subject: { kind: 'group', name: 'default/finance' },
        answer: { kind: 'conditional', cases: [{ unless: "target.report.status = 'closed'" }] },
      },
    ])
    expect(who.except).toMatchObject([{ subject: { name: 'default/finance' } }])
  })
  test('whoever owns it, where a statement says so', async () => {
    const who = await o.store.read((tx) =>
      all().review.who(
        tx,
        o.tenancyId,
        { action: { name: 'GetPayslip', properties: {} }, resource: resource('payslips'), context: {} },
        o.clock(),
      ),
    )
    expect(who.grantees.find((g) => g.subject.kind === 'any-user')?.answer.cases).toEqual([
      { when: 'target.payslip.owner = request.user.name', unless: undefined },
    ])
  })
  test('where somebody can do it: always, or under a condition', async () => {
    const where = (
      subject: string,
      type: string,
      action: string,
      page = { after: undefined as string | undefined, limit: 100, compartmentId: undefined },
    ) =>
      o.store.read((tx) =>
        all().review.where(
          tx,
          o.tenancyId,
          {
            subject: { type: 'user', id: subject, properties: {} },
            action: { name: action, properties: {} },
            resource: { type, properties: {} },
            context: {},
          },
          page,
          o.clock(),
        ),
      )
    expect((await where('kim', 'reports', 'GetReport')).items.map((i) => [i.compartment, i.answer.kind])).toEqual([
      ['Prod', 'always'],
      ['Prod:Web', 'always'],
    ])
    expect((await where('lee', 'payslips', 'GetPayslip')).items.map((i) => i.answer.cases[0]?.when)).toEqual(
      Array.from({ length: 4 }, () => "target.payslip.owner = 'lee'"),
    )
    const first = await where('lee', 'payslips', 'GetPayslip', { after: undefined, limit: 3, compartmentId: undefined })
    expect([first.items.length, first.next]).toEqual([3, expect.any(String)])
    const rest = await where('lee', 'payslips', 'GetPayslip', { after: first.next, limit: 3, compartmentId: undefined })
    expect([rest.items.length, rest.next]).toEqual([1, undefined])
    expect((await where('nobody', 'reports', 'GetReport')).items).toEqual([])
  })
  test('what somebody can do where, through which statement', async () => {
    const what = await o.store.read((tx) =>
      all().review.what(
        tx,
        o.tenancyId,
        { type: 'user', id: ids.kim, properties: {} },
        ['reports', 'payslips'],
        { after: undefined, limit: 10, compartmentId: o.places.Prod },
        o.clock(),
      ),
    )
    expect(what.items.map((i) => i.compartment)).toEqual(['Prod', 'Prod:Web'])
    expect(what.items[0]?.may).toMatchObject([
      {
        type: 'reports',
        permissions: ['REPORT_INSPECT', 'REPORT_READ', 'REPORT_UPDATE', 'REPORT_CREATE'],
        answer: { kind: 'always', through: [expect.stringMatching(/#1$/)] },
      },
      { type: 'reports', permissions: ['REPORT_DELETE'], answer: { kind: 'conditional' } },
      {
        type: 'payslips',
        permissions: ['PAYSLIP_INSPECT', 'PAYSLIP_READ'],
        answer: { cases: [{ when: "target.payslip.owner = 'kim'" }] },
      },
    ])
  })
  test('a compartment that is not there is said so', async () => {
    await expect(
      o.store.read((tx) =>
        all().review.what(
          tx,
          o.tenancyId,
          { type: 'user', id: 'kim', properties: {} },
          [],
          { after: undefined, limit: 1, compartmentId: 'none' },
          o.clock(),
        ),
      ),
    ).rejects.toMatchObject({ slug: 'not-found' })
  })
  test('who is excepted: by each Deny whose condition can hold now, and by no other', async () => {
    await o.put('hours', [
      "Deny group finance to {REPORT_DELETE} in tenancy where request.utc-timestamp before '2029-01-01Z'",
      "Deny group finance to {REPORT_DELETE} in tenancy where request.utc-timestamp after '2029-01-01Z'",
    ])
    const { grantees, except } = await o.store.read((tx) =>
      all().review.who(
        tx,
        o.tenancyId,
        {
          action: { name: 'DeleteReport', properties: {} },
          resource: resource('reports', { status: 'open' }),
          context: {},
        },
        o.clock(),
      ),
    )
    expect(grantees.map(({ subject }) => subject.name)).toEqual(['default/Administrators'])
    expect(except.map(({ through }) => through.slice(-2))).toEqual(['#2'])
  })
  test('two groups that together may do what neither may alone: the other one is the condition', async () => {
    const half = await o.addGroup('half')
    const other = await o.addGroup('other')
    await o.put('halves', [
      'Allow group half to use volumes in tenancy',
      'Allow group half to {VOLUME_ATTACHMENT_CREATE} in tenancy',
      "Allow group other to use instances in tenancy where request.region = 'iad'",
    ])
    const { grantees } = await o.store.read((tx) =>
      all().review.who(
        tx,
        o.tenancyId,
        { action: { name: 'AttachVolume', properties: {} }, resource: resource('volume-attachments'), context: {} },
        o.clock(),
      ),
    )
    const found = grantees.find(({ subject }) => [half, other].includes(subject.id as never))
    const partner = found?.subject.id === half ? other : half
    expect(found?.answer).toMatchObject({
      kind: 'conditional',
      cases: [{ when: `all { request.groups.id = '${partner}', request.region = 'iad' }` }],
      through: { length: 3 },
    })
  })
})
