// A start: declared tenancies, keys, people, a first administrator; twice the same is once (T1, I5).
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { keyMaker } from '../../../src/adapters/keys.ts'
import { type BringUpDeps, bringUp, type FirstAdministrator } from '../../../src/flows/directory/bring-up.ts'
import type { Hasher } from '../../../src/ports/hasher.ts'
import { declaredIn, type House, house, operator } from './house.ts'

let h: House
beforeEach(async () => {
  h = await house()
})
afterEach(() => h.close())

const quick: Hasher = { hash: async (p) => `$quick$${p.length}`, verify: async () => false, isOld: () => false }
const deps = (demoAllowed = true): BringUpDeps => ({
  ...h.deps,
  hasher: quick, // how slow a hash is says nothing here
  keyMaker: keyMaker(),
  baseUrl: 'http://localhost:8080',
  isCommonPassword: () => false,
  demoAllowed,
})
const nobody: FirstAdministrator = { tenancy: 'main', person: undefined }
const acme = () => declaredIn(readFileSync(join(import.meta.dirname, '../../../config/tenancies/acme.yaml'), 'utf8'))
const names = () => h.store.read(async (tx) => (await tx.tenancies.list(undefined)).map((t) => t.name))

describe('the demonstration', () => {
  test('comes up whole, and a second start changes nothing', async () => {
    const first = await bringUp(deps())(operator, [acme()], nobody)
    expect(first.tenancies[0]?.seeded).toEqual([
      'admin',
      'alice',
      'bob',
      'grace',
      'heidi',
      'carol@corp.example',
      'paul',
    ])
    expect([first.warnings, first.setUpLinks]).toEqual([[], []])
    const second = await bringUp(deps())(operator, [acme()], nobody)
    expect(second.tenancies).toEqual([{ name: 'acme', changes: [], seeded: [] }])
  })
  test('is not applied where strangers could reach it: its passwords are public', async () => {
    const { warnings, tenancies } = await bringUp(deps(false))(operator, [acme()], nobody)
    expect(tenancies).toEqual([])
    expect(warnings[0]).toContain('public passwords')
    expect(await names()).toEqual(['main'])
  })
})

describe('nothing declared', () => {
  test('one tenancy is made all the same, with keys and a set-up link', async () => {
    const { setUpLinks } = await bringUp(deps())(operator, [], nobody)
    expect(await names()).toEqual(['main'])
    expect(setUpLinks).toMatchObject([
      { tenancy: 'main', url: expect.stringContaining('http://localhost:8080/d/main/default/set-up?token=') },
    ])
    await bringUp(deps())(operator, [], nobody)
    expect(await names()).toEqual(['main'])
  })
  test('with the administrator that configuration names: no link', async () => {
    const first = {
      tenancy: 'main',
      person: { username: 'ada', password: 'keeper-of-the-north-gate', email: undefined },
    }
    expect((await bringUp(deps())(operator, [], first)).setUpLinks).toEqual([])
    expect((await bringUp(deps())(operator, [], first)).setUpLinks).toEqual([])
    const held = await h.store.read(async (tx) => {
      const tenancy = (await tx.tenancies.byName(undefined, 'main')) ?? expect.fail('no tenancy')
      const domain = (await tx.domains.byName(tenancy.id, 'default')) ?? expect.fail('no domain')
      const ada = (await tx.people.byUsername(domain.id, 'ada')) ?? expect.fail('nobody')
      const groups = await Promise.all((await tx.memberships.ofPerson(ada.id)).map((m) => tx.groups.get(m.groupId)))
      return { groups: groups.map((g) => g?.name), roles: await tx.roleAssignments.list(tenancy.id) }
    })
    expect(held).toEqual({ groups: ['Administrators'], roles: [] }) // E.1-2: an administrator, and no owner by a role
  })
  test('a password that does not fit stops the start, with the reason', async () => {
    const first = { tenancy: 'main', person: { username: 'ada', password: 'short', email: undefined } }
    await expect(bringUp(deps())(operator, [], first)).rejects.toThrow(
      'bootstrapAdmin `ada` cannot be made: the password does not fit the password policy: too-short 12',
    )
  })
})

test('of several tenancies the one for the first administrator must be named', async () => {
  const two = ['one', 'two'].map((name) => declaredIn(`tenancy: { name: ${name} }`))
  const person = { username: 'ada', password: 'keeper-of-the-north-gate', email: undefined }
  await expect(bringUp(deps())(operator, two, { tenancy: 'main', person })).rejects.toThrow(
    '`main` is none of `one`, `two`',
  )
  const { setUpLinks } = await bringUp(deps())(operator, two, { tenancy: 'two', person })
  expect(setUpLinks.map((l) => l.tenancy)).toEqual(['one'])
})
