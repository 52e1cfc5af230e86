// A No that a stronger sign-in would make a Yes says so (RFC 9470), and no other No does.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Pdp, pdp } from './pdp.ts'

let p: Pdp
const ask = (name: string, user: object, subject = 'kim') => ({
  subject: { type: 'user', id: subject },
  action: { name },
  resource: { type: 'reports', id: 'r1' },
  context: { user },
})
const contextOf = async (body: object) =>
  ((await p.evaluation(body)).body as { context: { [name: string]: unknown } }).context
beforeAll(async () => {
  p = await pdp()
  await p.enableDeny()
  const finance = await p.addGroup('finance')
  await p.join(await p.addPerson('kim'), finance)
  await p.addPerson('lee')
  await p.put('books', [
    'Allow group finance to inspect reports in tenancy',
    "Allow group finance to {REPORT_READ} in tenancy where request.user.mfaTotpVerified = 'true'",
    "Allow group finance to {REPORT_UPDATE} in tenancy where request.user.acr = 'urn:gwanmun:acr:3'",
    'Allow group finance to {REPORT_DELETE} in tenancy',
    "Deny any-user to {REPORT_DELETE} in tenancy where request.user.level not in ('2', '3')",
  ])
})
afterAll(() => p.close())

describe('A12 needs a stronger sign-in', () => {
  test.for([
    [
      'a second factor',
      'GetReport',
      { mfaTotpVerified: 'false' },
      'urn:gwanmun:acr:2',
      ['totp', 'passkey', 'recovery-code'],
    ],
    ['nothing said of the sign-in', 'GetReport', {}, 'urn:gwanmun:acr:2', ['totp', 'passkey', 'recovery-code']],
    ['a passkey', 'UpdateReport', { acr: 'urn:gwanmun:acr:2' }, 'urn:gwanmun:acr:3', ['passkey']],
    [
      'a Deny of weak sign-ins',
      'DeleteReport',
      { level: '1' },
      'urn:gwanmun:acr:2',
      ['totp', 'passkey', 'recovery-code'],
    ],
  ] as const)('%s', async ([, name, user, acr, factors]) => {
    expect(await contextOf(ask(name, user))).toEqual({
      id: expect.any(String),
      acr_values: acr,
      factors,
      reason_user: {
        'en-403': expect.stringContaining('stronger sign-in'),
        'ko-403': expect.stringContaining('로그인'),
      },
    })
  })
  test('what was asked for is enough', async () => {
    for (const [name, user] of [
      ['GetReport', { mfaTotpVerified: 'true' }],
      ['UpdateReport', { acr: 'urn:gwanmun:acr:3' }],
      ['DeleteReport', { level: '2' }],
    ] as const)
      expect((await p.evaluation(ask(name, user))).body).toMatchObject({ decision: true })
  })
  test('somebody whom no sign-in helps is not sent to one, and a Yes asks for none', async () => {
    expect(await contextOf(ask('GetReport', {}, 'lee'))).not.toHaveProperty('acr_values')
    expect(await contextOf(ask('GetReport', {}, 'nobody'))).not.toHaveProperty('acr_values')
    expect(await contextOf(ask('CreateReport', {}))).not.toHaveProperty('acr_values')
    expect(await contextOf(ask('ListReports', {}))).toEqual({ id: expect.any(String) })
  })
})
