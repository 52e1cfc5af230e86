// U6, A11: API keys with the scope `pdp` ask the decision point, as their owner on record; others do not.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { PersonId } from '../../../src/core/model/ids.ts'
import { type Pdp, pdp } from './pdp.ts'

let p: Pdp
let owner: PersonId
const question = {
  subject: { type: 'user', id: 'kim' },
  action: { name: 'read' },
  resource: { type: 'reports', id: 'r1' },
}
beforeAll(async () => {
  p = await pdp()
  owner = await p.addPerson('robot')
  await p.addPerson('kim')
})
afterAll(() => p.close())
const asks = (key: string) => p.evaluation(question, { authorization: `Bearer ${key}` })

test('a key with the scope asks, and its owner is on record', async () => {
  const answer = await asks(await p.keyFor(owner, ['pdp']))
  expect([answer.status, answer.body]).toEqual([200, expect.objectContaining({ decision: false })])
  expect((await p.audit('policy.denied'))[0]).toMatchObject({ actor: { kind: 'person', name: 'robot' } })
})
test('without the scope: 403; unknown or misspelt: 401', async () => {
  expect((await asks(await p.keyFor(owner, ['admin', 'scim']))).status).toBe(403)
  expect((await asks(`gwm_${'x'.repeat(43)}`)).status).toBe(401)
  expect((await asks('gwm_')).status).toBe(401)
})
