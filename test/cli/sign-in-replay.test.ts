// A14 on the command line: the rules of a file against the sign-ins of the last days, in words and for programs.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../../src/adapters/system.ts'
import { eventOf } from '../../src/flows/audit-event.ts'
import { type House, house } from '../flows/directory/house.ts'
import { runWith } from './run-with.ts'

const small = `tenancy: { name: acme }
domains:
  - name: default
    groups: [{ name: finance }]
`
let h: House
let folder: string
beforeEach(async () => {
  h = await house()
  await h.apply(`\n${small}`)
  folder = mkdtempSync(join(tmpdir(), 'gwanmun-replay-'))
  const id = await h.addPerson('ann', { password: true, direct: ['finance'] })
  const { id: domainId } = await h.domain('default')
  await h.store.write((tx) =>
    tx.audit.add(
      eventOf(h.deps.random, systemClock() - 3_600_000, {
        tenancyId: h.tenancyId(),
        domainId,
        action: 'sign-in.succeeded',
        actor: { kind: 'person', id, name: 'ann' },
        details: { app: null, because: { by: 'default' }, needed: 1, groups: ['finance'] },
      }),
    ),
  )
})
afterEach(async () => {
  await h.close()
  rmSync(folder, { recursive: true })
})
const run = (rules: string, ...more: readonly string[]) => {
  const file = join(folder, 'acme.yaml')
  writeFileSync(file, `${small}${rules}`)
  return runWith(h.store, {}, ['sign-in', 'replay', 'acme/default', '-f', file, ...more])
}

test('A14: of so many sign-ins so many would newly need MFA; nothing is applied', async () => {
  const { code, out } = await run('    signOnRules: [{ name: fin, groups: [finance], level: mfa }]\n', '--days', '7')
  expect(code).toBe(0)
  for (const text of ['of 1 sign-ins in 7 days', '1 would newly need a second factor', 'ann', 'needs MFA'])
    expect(out).toContain(text)
  expect((await h.nouns()).rules).toEqual([])
})
test('A14: somebody who would fail ends it with 1, for programs too', async () => {
  const { code, out } = await run('    signOnRules: [{ name: shut, deny: true }]\n', '-o', 'json')
  expect([code, JSON.parse(out)]).toEqual([1, expect.objectContaining({ signIns: 1, newlyRefused: 1 })])
})
test('a file with faults, a domain that is not there', async () => {
  expect(await run('    signOnRules: [{ name: fin, groups: [nobody] }]\n')).toMatchObject({ code: 1 })
  expect(await run('    colour: red\n')).toMatchObject({ code: 1, err: expect.stringContaining('colour') })
  const elsewhere = ['sign-in', 'replay', 'acme/none', '-f', join(folder, 'acme.yaml')]
  expect(await runWith(h.store, {}, elsewhere)).toMatchObject({ code: 1, err: 'there is no domain `acme/none`' })
})
