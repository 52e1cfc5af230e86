// Commands in this process, over a real store: what they print and whether they refuse.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CommanderError } from 'commander'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { hasher } from '../../src/adapters/hasher.ts'
import { keyMaker } from '../../src/adapters/keys.ts'
import { signer } from '../../src/adapters/signer.ts'
import { program } from '../../src/cli/program.ts'
import { loadConfig } from '../../src/config.ts'
import { auditFlows } from '../../src/flows/audit/audit-flows.ts'
import { connectionOperations } from '../../src/flows/connection/operate.ts'
import { planTenancy } from '../../src/flows/directory/apply.ts'
import { applyDeclared } from '../../src/flows/directory/bring-up.ts'
import { bootstrapAdministrator } from '../../src/flows/directory/first-administrator.ts'
import { recoverAdministrator, recoveryLink } from '../../src/flows/directory/recover-administrator.ts'
import { Problem } from '../../src/problem.ts'
import { type House, house } from '../flows/directory/house.ts'

let h: House
let folder: string
beforeEach(async () => {
  h = await house()
  folder = mkdtempSync(join(tmpdir(), 'gwanmun-cli-'))
})
afterEach(async () => {
  await h.close()
  rmSync(folder, { recursive: true })
})

/** As main.ts does it, but with what was printed and the exit code as the result. */
const run = async (...argv: readonly string[]) => {
  let code = 0
  const out: string[] = []
  const err: string[] = []
  const deps = {
    ...h.deps,
    hasher: hasher(),
    keyMaker: keyMaker(),
    baseUrl: 'http://localhost',
    isCommonPassword: () => false,
    demoAllowed: true,
  }
  const root = await program(
    {
      out: (line) => out.push(line),
      err: (line) => err.push(line),
      refuse: () => {
        code = 1
      },
      onStop: () => {},
      config: () =>
        loadConfig({
          env: {},
          flags: { baseUrl: 'http://localhost:1', tenanciesDir: folder, ...root.opts<{ set?: object }>().set },
        }),
      open: async () => ({
        store: h.store,
        start: async () => ({ url: '' }),
        stop: async () => {},
        flows: {
          applyDeclared: applyDeclared(deps),
          planTenancy: planTenancy(deps),
          bootstrapAdministrator: bootstrapAdministrator(deps),
          recoverAdministrator: recoverAdministrator(deps),
          recoveryLink: recoveryLink(deps),
          audit: auditFlows({ ...deps, signer: signer(), keptDays: { event: undefined, decision: undefined } }),
          connections: connectionOperations({ ...deps, inspectors: {} }),
        },
      }),
    },
    '0.0.0',
    argv,
  )
  try {
    await root.parseAsync([...argv], { from: 'user' })
  } catch (thrown) {
    if (thrown instanceof CommanderError) code = thrown.exitCode === 0 ? 0 : 2
    else if (thrown instanceof Problem) {
      code = thrown.slug === 'request-malformed' ? 2 : 1
      err.push(thrown.message)
    } else throw thrown
  }
  return { code, out: out.join('\n'), err: err.join('\n') }
}
const declare = (text: string): void => writeFileSync(join(folder, 'acme.yaml'), text)
const small = `tenancy: { name: acme }
domains:
  - name: default
    groups: [{ name: staff }]
    idps:
      - { name: corp, saml: { metadataUrl: 'https://idp.example/' }, groupsFrom: [g], mappings: [{ name: all, glob: 'CORP-*', groups: [staff] }] }
`

describe('plan and apply', () => {
  test('plan prints and changes nothing, apply does what it said, and then there is nothing left', async () => {
    declare(small)
    const planned = await run('plan', '--detailed-exit-code')
    expect(planned.out).toContain(
      'tenancy acme\n  + create tenancy acme\n  + create group default/staff\n      name: staff',
    )
    expect([planned.code, planned.out]).toEqual([1, expect.stringMatching(/4 would change$/)])
    expect((await run('apply')).out).toMatch(/4 changed$/)
    expect(await run('plan', '--detailed-exit-code')).toEqual({ code: 0, out: 'nothing to change', err: '' })
  })
  test('for programs', async () => {
    declare(small)
    const { tenancies } = JSON.parse((await run('apply', '-o', 'json')).out)
    expect(tenancies[0].changes[0]).toMatchObject({ action: 'create', noun: 'tenancy', name: 'acme' })
  })
  test('a file with faults: all of them, exit 1, nothing changed', async () => {
    declare('tenancy: { name: ACME }\ncolour: red')
    const { code, err } = await run('apply')
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/2 faults\n.*acme\.yaml:1:18: .*\n.*acme\.yaml:2:1: unknown key `colour`/),
    ])
    expect(await h.store.read((tx) => tx.tenancies.list(undefined))).toEqual([])
  })
})

describe('mapping explain', () => {
  test('says what matched and what nobody matched', async () => {
    declare(small)
    await run('apply')
    const { out } = await run('mapping', 'explain', 'acme/default/corp', 'CORP-A', 'OTHER', '-o', 'json')
    expect(JSON.parse(out)).toEqual([
      { group: 'staff', rule: 'all', value: 'CORP-A' },
      { group: '', rule: '', value: 'OTHER' },
    ])
  })
  test('a provider that is not there', async () => {
    expect(await run('mapping', 'explain', 'acme/default/nope', 'A')).toMatchObject({
      code: 1,
      err: 'there is no identity provider `acme/default/nope`',
    })
  })
})

describe('mapping of, mapping explain --person', () => {
  test('F5: why somebody has a group, and what other upstream groups would change', async () => {
    declare(small)
    const { changes } = await h.apply(small)
    expect(changes.length).toBeGreaterThan(0)
    await h.addPerson('ann', { direct: ['Administrators'], mapped: ['staff'], link: 'corp' })
    const { out } = await run('mapping', 'of', 'acme/default/ann', '-o', 'json')
    expect(JSON.parse(out)).toMatchObject([
      { group: 'Administrators', because: 'given directly', provider: '' },
      { group: 'staff', because: 'rule all matched X', provider: 'corp' },
    ])
    const told = await run('mapping', 'explain', 'acme/default/corp', 'OTHER', '--person', 'acme/default/ann')
    expect(told.out).toContain('gains: nothing\nloses: staff')
    expect(await run('mapping', 'of', 'acme/default/nobody')).toMatchObject({
      code: 1,
      err: 'there is no person `acme/default/nobody`',
    })
    expect(await run('mapping', 'of', 'acme')).toMatchObject({ code: 2 })
  })
})

describe('sign-in explain', () => {
  const rules = `${small}    signOnRules:
      - { name: staff-mfa, groups: [staff], level: mfa, trustedDevice: { days: 7, count: 2 } }
      - { name: no-guests, groups: [guests], deny: true }
`.replace('[{ name: staff }]', '[{ name: staff }, { name: guests }]')
  test('M4: every step, and which rule and group want it', async () => {
    await h.apply(rules)
    await h.addPerson('ann', { direct: ['staff'], password: true })
    const { out } = await run('sign-in', 'explain', 'acme/default/ann')
    expect(out).toContain('level          2             rule staff-mfa, group staff')
    expect(out).toMatch(
      /1\. identify\n2\. password\n3\. enrol: totp, passkey \(level 2, rule staff-mfa, group staff\)\n4\. done: level 2/,
    )
  })
  test('M3 M4: with other groups, from a trusted device, through a provider', async () => {
    await h.apply(rules)
    await h.addPerson('ann', { direct: ['staff'], password: true })
    const steps = async (...more: readonly string[]) =>
      JSON.parse((await run('sign-in', 'explain', 'acme/default/ann', '-o', 'json', ...more)).out).steps.map(
        (s: { do: string }) => s.do,
      )
    expect(await steps('--groups', '')).toEqual(['identify', 'password', 'done'])
    expect(await steps('--groups', 'guests')).toEqual(['identify', 'password', 'refuse'])
    expect(await steps('--trusted-device', '3')).toEqual(['identify', 'password', 'done'])
    expect(await steps('--trusted-device', '8')).toEqual(['identify', 'password', 'enrol', 'done'])
    expect(await steps('--idp', 'corp', '--upstream-level', '2')).toEqual(['identify', 'upstream', 'done'])
    expect(await steps('--level', '3')).toEqual(['identify', 'password', 'enrol', 'done'])
  })
  test('what cannot be asked is said', async () => {
    await h.apply(rules)
    await h.addPerson('ann', { password: true })
    const ask = (...more: readonly string[]) => run('sign-in', 'explain', 'acme/default/ann', ...more)
    expect(await ask('--app', 'nope')).toMatchObject({ code: 1, err: 'there is no application `nope`' })
    expect(await ask('--groups', 'nope')).toMatchObject({ code: 1, err: expect.stringContaining('no group `nope`') })
    expect(await ask('--level', '9')).toMatchObject({ code: 2, err: 'expected a level from 0 to 3, got `9`' })
    expect(await ask('--idp', 'nope')).toMatchObject({ code: 1 })
  })
})

describe('bootstrap-admin', () => {
  const args = ['bootstrap-admin', '--tenancy', 'acme', '--username', 'ada']
  test('makes the first, refuses the second', async () => {
    declare(small)
    await run('apply')
    writeFileSync(join(folder, 'password'), 'keeper-of-the-north-gate\n')
    const withPassword = [...args, '--password-file', join(folder, 'password')]
    expect(await run(...withPassword)).toMatchObject({
      code: 0,
      out: expect.stringContaining('`ada` administers `acme`'),
    })
    expect(await run(...withPassword)).toMatchObject({
      code: 1,
      err: '`ada` was not made administrator: there is an administrator already',
    })
  })
  test('takes no password on the command line', async () => {
    expect(await run(...args, '--password', 'x')).toMatchObject({ code: 2 })
    expect(await run(...args)).toMatchObject({ code: 2, err: 'give either --password-file or --password-env' })
  })
})

test('keys list prints public facts only', async () => {
  declare(small)
  await run('apply')
  const { out } = await run('keys', 'list', '-o', 'yaml')
  expect(out).toContain('alg: ES256')
  expect(out).not.toMatch(/sealed|BEGIN|"d"/)
})

describe('help and usage', () => {
  const commands = [
    ['serve'],
    ['migrate', 'plan'],
    ['migrate', 'up'],
    ['migrate', 'status'],
    ['plan'],
    ['apply'],
    ['export'],
    ['test'],
    ['config', 'show'],
    ['config', 'validate'],
    ['config', 'schema'],
    ['bootstrap-admin'],
    ['keys', 'list'],
    ['mapping', 'explain'],
    ['health'],
    ['policy', 'check'],
    ['policy', 'fmt'],
    ['policy', 'explain'],
    ['policy', 'test'],
    ['roles', 'list'],
    ['roles', 'show'],
    ['saml', 'check'],
  ]
  test.each(commands.map((c) => [c.join(' '), c] as const))('`%s --help` has an example', async (name, argv) => {
    const { code, out } = await run(...argv, '--help')
    expect([code, out]).toEqual([0, expect.stringMatching(new RegExp(`Example:\\n +(\\$ )?gwanmun ${name}`))])
  })
  test.each([
    [['nonsense']],
    [['serve', '--nonsense']],
    [['keys', 'list', '-o', 'xml']],
    [['config', 'schema', 'nonsense']],
    [['--set', 'nonsense', 'config', 'show']],
    [['mapping', 'explain']],
  ])('%j is used wrongly: exit 2', async (argv) => {
    expect((await run(...argv)).code).toBe(2)
  })
  test('a terminal never sees control characters of a name', async () => {
    const { table } = await import('../../src/cli/print.ts')
    expect(table(['name'], [{ name: 'a\u001b[31mb' }])).toBe('NAME\na·[31mb')
  })
})
