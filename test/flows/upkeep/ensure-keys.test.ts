// A domain has every key it signs with, made once, sealed (T4, F12, F13).
import { X509Certificate } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { keyMaker } from '../../../src/adapters/keys.ts'
import { ensureKeys } from '../../../src/flows/upkeep/ensure-keys.ts'
import { type House, house, operator } from '../directory/house.ts'

let h: House
beforeEach(async () => {
  h = await house()
  await h.apply('tenancy: { name: acme }')
})
afterEach(() => h.close())

const ensure = () => ensureKeys({ ...h.deps, keyMaker: keyMaker() })(operator, h.tenancyId())
const keys = async () => {
  const { id } = await h.domain('default')
  return h.store.read((tx) => tx.keys.ofDomain(id))
}

test('ES256 and RS256 for tokens, RSA with a certificate for SAML, a secret for cookies; then nothing more', async () => {
  expect(await ensure()).toHaveLength(4)
  const made = await keys()
  expect(made.map((k) => `${k.use} ${k.alg} ${k.status}`).sort()).toEqual([
    'cookie HS256 active',
    'oidc ES256 active',
    'oidc RS256 active',
    'saml RS256 active',
  ])
  const { version } = await h.domain('default')
  expect(await ensure()).toEqual([])
  expect(await keys()).toEqual(made)
  expect((await h.domain('default')).version).toBe(version)
})
test('the certificate names the domain and is in force', async () => {
  await ensure()
  const pem = (await keys()).find((k) => k.use === 'saml')?.certificatePem ?? ''
  const certificate = new X509Certificate(pem)
  expect(certificate.subject).toBe('CN=acme/default')
  expect(certificate.validFromDate.getTime()).toBeLessThan(h.deps.clock())
  expect(certificate.validToDate.getTime()).toBeGreaterThan(h.deps.clock() + 9 * 365 * 86_400_000)
})
test('private parts are sealed for their own key and open only there', async () => {
  await ensure()
  const rows = await keys()
  expect(JSON.stringify(rows)).not.toContain('"d":')
  const [one, other] = rows
  expect(() => h.deps.secrets.open(one?.privateSealed ?? '', `key:${other?.id}`)).toThrow()
  expect(h.deps.secrets.open(one?.privateSealed ?? '', `key:${one?.id}`)).not.toBe('')
})
test('two nodes that start together make one set', async () => {
  const made = await Promise.all([ensure(), ensure()])
  expect(made.flat()).toHaveLength(4)
  expect(await keys()).toHaveLength(4)
})
