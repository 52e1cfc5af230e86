// Many ask at once whose token this is; what was revoked before somebody asked is revoked for them, whoever asked in the same moment.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bearerLookup } from '../../../src/edges/oidc/bearer-lookup.ts'
import { keyOf } from '../../../src/edges/oidc/rows.ts'
import { testFileStore } from '../../stores/open-test-store.ts'
import { id } from '../../stores/rows.ts'
import { type Bed, openBed } from './bed.ts'
import { token } from './relying-party.ts'

let bed: Bed
let lookup: ReturnType<typeof bearerLookup>
beforeAll(async () => {
  bed = await openBed({ open: testFileStore })
  await bed.register('api', { grants: ['client_credentials'], scopes: ['pdp'], redirectUris: [] })
  lookup = bearerLookup(bed)
})
afterAll(() => bed.close())

const newToken = async (): Promise<string> => {
  const { body } = await token(bed, 'api', { grant_type: 'client_credentials', scope: 'pdp' })
  return String(body.access_token)
}
const often = (count: number, value: string) => Array.from({ length: count }, () => lookup('acme', value))
const revoke = (value: string) =>
  bed.store.write((tx) =>
    tx.payloads.remove('default', 'ClientCredentials', keyOf(bed.secrets, 'ClientCredentials', value)),
  )

test('F12 those who ask at once are each told of their own token', async () => {
  const [one, other] = [await newToken(), await newToken()]
  await revoke(other)
  const asked = [one, other, 'x'.repeat(43), one, 'x', other, one]
  const found = await Promise.all(asked.map((value) => lookup('acme', value)))
  expect(found.map((bearer) => bearer?.clientId)).toEqual(asked.map((value) => (value === one ? 'api' : undefined)))
  expect(await Promise.all(asked.map((value) => lookup('other', value)))).toEqual(asked.map(() => undefined))
})

test('F12 a token that was revoked is nobody’s at once, in the middle of a stream of questions', async () => {
  const value = await newToken()
  expect((await Promise.all(often(20, value))).every((bearer) => bearer?.clientId === 'api')).toBe(true)
  const revoked = revoke(value)
  const meanwhile = often(20, value) // may be answered either way
  await revoked
  const late = often(20, value)
  await Promise.all(meanwhile)
  expect(await Promise.all(late)).toEqual(late.map(() => undefined))
})

test('F12 who joins others that wait already sees what was committed before', async () => {
  const value = await newToken()
  const settled = new Promise<unknown>((done) => {
    // from the middle of answers, where the next snapshot is taken without waiting for the event loop
    void lookup('acme', value).then(async (bearer) => {
      expect(bearer?.clientId).toBe('api')
      const first = lookup('acme', value)
      await revoke(value)
      done(Promise.all([first.then(() => 'either'), ...often(5, value)]))
    })
  })
  expect(await settled).toEqual(['either', ...Array(5).fill(undefined)])
})

test('F12 an application that is switched off, and a time that is over, count at once', async () => {
  const value = await newToken()
  const app = await bed.store.read((tx) => tx.apps.byClientId(id('acme'), 'api'))
  if (!app) throw new Error('there is no such application')
  const first = often(3, value)
  await bed.store.write((tx) => tx.apps.put({ ...app, enabled: false }))
  const second = often(3, value)
  expect(await Promise.all(second)).toEqual([undefined, undefined, undefined])
  await Promise.all(first)
  await bed.store.write((tx) => tx.apps.put(app))
  expect((await lookup('acme', value))?.clientId).toBe('api')
  bed.pass(601)
  expect(await Promise.all(often(3, value))).toEqual([undefined, undefined, undefined])
  bed.pass(-601)
})
