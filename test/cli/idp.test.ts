// F11 on the command line: the link and what came of it, the check, and certificates by days left.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { keyEncryptionKey, secrets as sealing } from '../../src/adapters/secrets.ts'
import { systemClock, systemRandom } from '../../src/adapters/system.ts'
import type { Certificate } from '../../src/core/model/certificate.ts'
import type { Report } from '../../src/flows/connection/api.ts'
import { keepTest, keptTest } from '../../src/flows/connection/kept.ts'
import { connectionOperations } from '../../src/flows/connection/operate.ts'
import type { Inspection } from '../../src/ports/inspector.ts'
import type { Store } from '../../src/ports/store.ts'
import { testStore } from '../stores/open-test-store.ts'
import { DAY, idp } from '../stores/rows.ts'
import { seed } from '../stores/traffic-rows.ts'
import { runWith } from './run-with.ts'

let store: Store
let inspection: Inspection
let certificates: readonly Certificate[]
beforeEach(async () => {
  store = await testStore()
  await seed(store)
  await store.write((tx) => tx.idps.put(idp('corp', { enabled: false })))
  inspection = { checks: [], certificates: [], register: [] }
  certificates = []
})
afterEach(() => store.close())

const passed: Report = {
  at: 0,
  outcome: 'passed',
  reason: null,
  detail: null,
  checks: [{ name: 'issuer', ok: true, expected: 'a', received: 'a' }],
  said: {
    subject: 'carol',
    nameIdFormat: null,
    acr: null,
    amr: [],
    authenticatedAt: null,
    attributes: { team: ['x', 'y'] },
  },
  account: { kind: 'new', username: 'carol', email: null, emailVerified: false, displayName: 'Carol' },
  groups: { grants: [{ group: 'Staff', rule: 'all', value: 'CORP-A' }], unmatched: ['Other'], gained: [], lost: [] },
  level: { level: 2, because: 'amr mfa' },
}
const run = async (argv: readonly string[], report?: Report) => {
  const clock = systemClock
  const operations = connectionOperations({
    store,
    clock,
    random: systemRandom(clock),
    secrets: sealing([keyEncryptionKey(new Uint8Array(32).fill(7))]),
    baseUrl: 'https://id.example',
    inspectors: { oidc: { inspect: async () => inspection, certificates: () => certificates } },
  })
  const connections: typeof operations = {
    ...operations,
    start: async (actor, row) => {
      const begun = await operations.start(actor, row)
      const kept = await store.read((tx) => keptTest(tx, begun.id, clock()))
      if (report && kept) await store.write((tx) => keepTest(tx, { ...kept, report })) // the browser came back
      return begun
    },
  }
  return runWith(store, { connections }, argv)
}

describe('idp test', () => {
  test('F11: prints the link, then what came of it', async () => {
    const { code, out } = await run(['idp', 'test', 'acme/default/corp'], passed)
    expect(code).toBe(0)
    for (const text of [
      'open https://id.example/d/acme/default/federation/corp/test?token=',
      'issuer  passed  a         a',
      'account: carol (would be made)',
      'level: 2 (amr mfa)',
      'Staff  all   CORP-A',
      'values that no rule matched: Other',
      'team  x, y',
    ])
      expect(out).toContain(text)
  })
  test('F11: a failure ends with 1; programs read the report alone', async () => {
    const failed: Report = { ...passed, outcome: 'failed', reason: 'audience-mismatch', detail: 'for another audience' }
    const { code, out, err } = await run(['idp', 'test', 'acme/default/corp', '-o', 'json'], failed)
    expect([code, JSON.parse(out).reason]).toEqual([1, 'audience-mismatch'])
    expect(err).toContain('open https://')
  })
  test('without waiting, with nobody coming back, for nothing that is there', async () => {
    expect((await run(['idp', 'test', 'acme/default/corp', '--wait', '0'])).out).toMatch(/^open https/)
    expect(await run(['idp', 'test', 'acme/default/none'])).toMatchObject({
      code: 1,
      err: 'there is no identity provider `acme/default/none`',
    })
  })
})

test('F11: idp check lists what was looked at and what to register; anything that fails ends with 1', async () => {
  inspection = {
    checks: [
      { name: 'issuer', ok: false, expected: 'https://a', received: 'https://b' },
      { name: 'PKCE', ok: true, warning: true, expected: 'S256', received: 'plain' },
    ],
    certificates: [],
    register: [{ what: 'redirect URI', value: 'https://id.example/callback' }],
  }
  const { code, out } = await run(['idp', 'check', 'acme/default/corp'])
  expect([code, out]).toEqual([1, expect.stringContaining('issuer  FAILED   https://a  https://b')])
  for (const text of ['PKCE    warning', '  redirect URI: https://id.example/callback']) expect(out).toContain(text)
})

test('F11: idp certificates, the first to end on top', async () => {
  const one = (fingerprint: string, days: number): Certificate => ({
    use: 'signing',
    subject: 'CN=corp',
    fingerprint,
    key: 'RSA 2048',
    notBefore: 0,
    notAfter: Date.now() + days * DAY + 60_000,
  })
  certificates = [one('a', 400), one('b', 12)]
  const { out } = await run(['idp', 'certificates', '-o', 'json'])
  expect(JSON.parse(out).map((c: { days: number; provider: string }) => [c.provider, c.days])).toEqual([
    ['acme/default/corp', 12],
    ['acme/default/corp', 400],
  ])
})

test('every command has an example', async () => {
  for (const name of ['test', 'check', 'certificates'])
    expect((await run(['idp', name, '--help'])).out).toContain('Example:')
})
