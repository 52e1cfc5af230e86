// What would be if other policies were written: one question, recent decisions once more, everything that could be asked.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Question } from '../../../src/flows/access/api.ts'
import type { Proposal } from '../../../src/flows/access/proposal.ts'
import { simulator } from '../../../src/flows/access/simulate.ts'
import { type Ask, type Office, office, questionOf } from './office.ts'

let o: Office
const simulate = () => simulator(o)
const reports: Ask = { action: 'GetReport', type: 'reports', at: 'Prod' }
const asked = (differs: Partial<Ask> = {}): Question => questionOf({ ...reports, ...differs })
beforeAll(async () => {
  o = await office()
  await o.enableDeny()
  const finance = await o.addGroup('finance')
  const [kim] = [await o.addPerson('kim'), await o.addPerson('lee')]
  await o.join(kim, finance)
  await o.addGroup('auditors')
  await o.put('books', [
    'Allow group finance to manage reports in compartment Prod',
    "Deny group finance to {REPORT_DELETE} in compartment Prod where target.report.status = 'closed'",
    'Allow any-user to read payslips in tenancy where target.payslip.owner = request.user.name',
  ])
})
afterAll(() => o.store.close())

describe('A14 simulate', () => {
  const proposal = (put: readonly string[], remove: readonly string[] = [], name = 'proposed'): Proposal => ({
    put: put.length === 0 ? [] : [{ compartmentId: o.places.acme, name, statements: put }],
    remove: remove.map((gone) => ({ compartmentId: o.places.acme, name: gone })),
  })
  const what = (p: Proposal, differs: Partial<Ask> = {}) =>
    o.store.read((tx) => simulate().question(tx, o.tenancyId, p, asked(differs), o.clock()))

  test('a policy more, another one, and one less', async () => {
    const more = await what(proposal(['Allow any-user to read reports in tenancy']), { subject: 'lee' })
    expect([more.before.allow, more.after.allow, more.after.matched.map((m) => m.policy)]).toEqual([
      false,
      true,
      ['proposed'],
    ])
    const other = await what(proposal(['Allow group auditors to read reports in tenancy'], [], 'books'))
    expect([other.before.allow, other.after.allow]).toEqual([true, false])
    expect((await what(proposal([], ['books']))).after.allow).toBe(false)
  })
  test('nothing is written, and nobody else sees it', async () => {
    const before = await o.revision()
    await what(proposal(['Deny any-user to inspect all-resources in tenancy']))
    expect(await o.revision()).toBe(before)
    expect(await o.may(reports)).toBe(true)
    expect(await o.audit('policy.created')).toHaveLength(1)
  })
  test('faults are told as if it were written', async () => {
    await expect(what(proposal(['Allow group nobody to read reports in tenancy']))).rejects.toMatchObject({
      slug: 'config-invalid',
    })
    await expect(what(proposal([], ['none']))).rejects.toMatchObject({ slug: 'not-found' })
    const { warnings } = await what(proposal(['Allow any-user to read spaceships in tenancy']))
    expect(warnings).toMatchObject([{ policy: 'proposed', statement: 1, code: 'resource-type-unknown' }])
  })
  test('T3 recent decisions asked once more: which would flip, and which are other ones already', async () => {
    const fresh = await office()
    try {
      await fresh.addPerson('kim')
      await fresh.addPerson('lee')
      await fresh.put('p', ["Allow any-user to read reports in tenancy where request.user.name = 'kim'"])
      for (let n = 0; n < 30; n++)
        await fresh.ask({ subject: n % 3 === 0 ? 'kim' : 'lee', action: 'GetReport', type: 'reports' })
      await fresh.ask({ subject: 'kim', action: 'GetPayslip', type: 'payslips' })
      await fresh.put('q', [
        "Allow any-user to read payslips in tenancy where request.utc-timestamp before '2030-01-16T12:30:00Z'",
      ])
      fresh.later(3600)
      const replayed = await fresh.store.read((tx) =>
        simulator(fresh).replay(
          tx,
          fresh.tenancyId,
          {
            put: [
              {
                compartmentId: fresh.places.acme,
                name: 'p',
                statements: ["Allow any-user to read reports in tenancy where request.user.name = 'lee'"],
              },
            ],
            remove: [],
          },
          { from: undefined, to: undefined, limit: 1000 },
          fresh.clock(),
        ),
      )
      expect(replayed).toMatchObject({ decisions: 31, flips: 30, drifted: 1, whole: true })
      expect(replayed.examples.filter((e) => e.wouldBe)).toHaveLength(20)
      expect(replayed.examples.find((e) => e.wouldBe)).toMatchObject({
        was: false,
        question: { subject: { id: 'lee' } },
        through: [expect.stringMatching(/#1$/)],
      })
      const some = await fresh.store.read((tx) =>
        simulator(fresh).replay(
          tx,
          fresh.tenancyId,
          { put: [], remove: [] },
          { from: undefined, to: undefined, limit: 7 },
          fresh.clock(),
        ),
      )
      expect(some).toMatchObject({ decisions: 7, flips: 0, whole: false })
    } finally {
      await fresh.store.close()
    }
  })
  test('everything that would be gained and lost, with groups by name', async () => {
    const told = await o.store.read((tx) =>
      simulate().compare(
        tx,
        o.tenancyId,
        proposal(
          [
            'Allow group finance to read reports in compartment Prod',
            'Allow group auditors to inspect payslips in compartment Prod',
          ],
          [],
          'books',
        ),
        o.clock(),
      ),
    )
    expect(told.complete).toBe(true)
    expect(told.gained).toMatchObject([
      {
        permissions: ['PAYSLIP_INSPECT'],
        groups: [{ name: 'default/auditors' }],
        witness: { compartmentId: o.places.Prod },
      },
    ])
    expect(told.lost.flatMap((d) => d.permissions).sort()).toEqual([
      'PAYSLIP_INSPECT',
      'PAYSLIP_READ',
      'REPORT_CREATE',
      'REPORT_DELETE',
      'REPORT_UPDATE',
    ])
  })
})
