// A13, T1 on the command line: break glass says what it opened, refuses with the remedy, and never takes a password as an argument.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { bootstrapAdministrator } from '../../src/flows/directory/first-administrator.ts'
import { recoverAdministrator, recoveryLink } from '../../src/flows/directory/recover-administrator.ts'
import { type House, house, operator } from '../flows/directory/house.ts'
import { runWith } from './run-with.ts'

let h: House
let folder: string
let flows: Parameters<typeof runWith>[1]
beforeEach(async () => {
  h = await house()
  await h.apply('\ntenancy: { name: acme }\ndomains: [{ name: default }]\n')
  const hasher = { hash: async (p: string) => `phc of ${p}`, verify: async () => true, isOld: () => false }
  const deps = { ...h.deps, hasher, isCommonPassword: () => false }
  await bootstrapAdministrator(deps)(operator, h.tenancyId(), {
    username: 'root',
    password: 'first-long-secret',
    email: undefined,
  })
  flows = { recoverAdministrator: recoverAdministrator(deps), recoveryLink: recoveryLink(deps) }
  folder = mkdtempSync(join(tmpdir(), 'gwanmun-recover-'))
  writeFileSync(join(folder, 'p'), 'an-entirely-new-one\n')
})
afterEach(async () => {
  await h.close()
  rmSync(folder, { recursive: true })
})

const run = (...more: readonly string[]) => runWith(h.store, flows, ['recover-admin', '--tenancy', 'acme', ...more])
const asRoot = (...more: readonly string[]) => run('--username', 'root', '--password-file', join(folder, 'p'), ...more)

test('A13: refused while somebody works, with the remedy; --force needs a reason', async () => {
  expect(await asRoot()).toEqual({
    code: 1,
    out: '',
    err: '`root` can sign in: let them do it, or give --force and --reason',
  })
  expect(await asRoot('--force')).toMatchObject({ code: 2, err: expect.stringContaining('--reason') })
  expect(await asRoot('--reason', 'x')).toMatchObject({ code: 1 })
  expect(await asRoot('--force', '--reason', 'a drill')).toMatchObject({ code: 0 })
})
test('A13: what was opened is said, and where to sign in', async () => {
  const domain = await h.domain('default')
  await h.store.write((tx) => tx.domains.put({ ...domain, status: 'inactive' }))
  const { code, out } = await asRoot('--remove-factors')
  expect(code).toBe(0)
  expect(out).toContain('opened: the domain was inactive')
  expect(out).toContain('sign in at https://id.example/d/acme/default/account')
})
test('T1: a link instead; one of the two; what is not there', async () => {
  const domain = await h.domain('default')
  await h.store.write((tx) => tx.domains.put({ ...domain, localSignIn: false }))
  expect((await run('--link')).out).toMatch(/^open http:\/\/localhost:8080\/d\/acme\/default\/set-up\?token=/)
  expect(await run()).toMatchObject({ code: 2, err: 'give either --username or --link' })
  expect(await run('--link', '--username', 'root')).toMatchObject({ code: 2 })
  expect(await asRoot('--remove-rule', 'none', '--force', '--reason', 'x')).toMatchObject({
    code: 1,
    err: 'there is no sign-on rule `none` in the domain `default`',
  })
  const elsewhere = ['recover-admin', '--tenancy', 'none', '--link']
  expect(await runWith(h.store, flows, elsewhere)).toMatchObject({ code: 1, err: 'there is no tenancy `none`' })
})
