// Another key-encryption key than the store was written with is noticed before anything is sealed with it.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { hasher } from '../../../src/adapters/hasher.ts'
import { keyMaker } from '../../../src/adapters/keys.ts'
import { keyEncryptionKey, secrets } from '../../../src/adapters/secrets.ts'
import { applyDeclared } from '../../../src/flows/directory/bring-up.ts'
import { checkSecrets } from '../../../src/flows/upkeep/check-secrets.ts'
import { ensureKeys } from '../../../src/flows/upkeep/ensure-keys.ts'
import { declaredIn, type House, house, operator } from '../directory/house.ts'

let h: House
beforeEach(async () => {
  h = await house()
})
afterEach(() => h.close())
const keyOf = (byte: number) => keyEncryptionKey(new Uint8Array(32).fill(byte))

test('an empty store opens with any key', async () => {
  await checkSecrets(h.deps)()
})
test('the right key, also as the second of two; another one is refused with what to restore', async () => {
  await h.apply('tenancy: { name: acme }')
  const right = secrets([keyOf(7)])
  await ensureKeys({ ...h.deps, secrets: right, keyMaker: keyMaker() })(operator, h.tenancyId())
  await checkSecrets({ store: h.store, secrets: right })()
  await checkSecrets({ store: h.store, secrets: secrets([keyOf(8), keyOf(7)]) })()
  await expect(checkSecrets({ store: h.store, secrets: secrets([keyOf(8)]) })()).rejects.toMatchObject({
    slug: 'config-invalid',
    detail: expect.stringMatching(/key-encryption key is not the one .*backup.*nothing was changed/),
  })
})
test('`apply` with another key changes nothing', async () => {
  await h.apply('tenancy: { name: acme }')
  await ensureKeys({ ...h.deps, secrets: secrets([keyOf(7)]), keyMaker: keyMaker() })(operator, h.tenancyId())
  const deps = {
    ...h.deps,
    secrets: secrets([keyOf(8)]),
    keyMaker: keyMaker(),
    hasher: hasher(),
    baseUrl: 'http://localhost',
    isCommonPassword: () => false,
    demoAllowed: true,
  }
  const declared = declaredIn('tenancy: { name: acme }\ndomains: [{ name: second }]')
  await expect(applyDeclared(deps)(operator, [declared])).rejects.toMatchObject({ slug: 'config-invalid' })
  expect(await h.store.read((tx) => tx.domains.list(h.tenancyId()))).toHaveLength(1)
})
