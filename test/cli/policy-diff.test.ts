// `gwanmun policy diff` on files, and matching rules and casts in the other commands.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runCommand } from './run-command.ts'

const root = resolve(import.meta.dirname, '../..')
const catalogue = join(root, 'config/catalogue')
const roles = join(root, 'config/roles')

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gwanmun-diff-'))
})
afterEach(() => rmSync(folder, { recursive: true }))
const file = (name: string, ...lines: readonly string[]): string => {
  const path = join(folder, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, `${lines.join('\n')}\n`)
  return path
}
const policy = (...argv: readonly string[]) => runCommand(['policy', ...argv, '--catalogue', catalogue])
const read = 'Allow group ops to read reports in compartment Prod'

describe('A14 policy diff', () => {
  test('what is gained and what is lost, with statements and a question', async () => {
    const before = file('a.txt', read, 'Allow group ops to manage keys in tenancy')
    const after = file(
      'b.txt',
      "Allow group ops to use reports in compartment Prod where request.region = 'iad'",
      'Allow service objectstorage to use keys in tenancy',
      'Allow group ops to manage keys in tenancy',
      "Deny any-user to manage keys in compartment Prod where request.networkSource.name != 'office'",
    )
    const { code, out } = await policy('diff', before, after)
    expect(code).toBe(0)
    expect(out).toContain(
      "gained REPORT_UPDATE\n  somebody in default/ops: {REPORT_UPDATE} reports in Prod\n  when request.region = 'iad'\n  through b#1: Allow group ops to use reports",
    )
    expect(out).toContain('\n  service objectstorage: ')
    expect(out).toContain(
      `lost REPORT_INSPECT, REPORT_READ\n  somebody in default/ops: {REPORT_INSPECT} reports in Prod\n  was through a#1: ${read}`,
    )
    expect(out).toMatch(/lost KEY_[\s\S]*in Prod\n[\s\S]*denied by b#4: Deny any-user/)
    expect(out).toMatch(/\n2 gained, 2 lost$/)
  })
  test('the moment that shows it, where a condition looks at the clock', async () => {
    const until = (time: string) =>
      `Allow group ops to read reports in tenancy where request.utc-timestamp.time-of-day between '09:00:00Z' and '${time}'`
    const { out } = await policy('diff', file('a.txt', until('17:00:00Z')), file('b.txt', until('17:00:01Z')))
    expect(out).toMatch(/\n {2}at \d{4}-\d\d-\d\dT17:00:01\.000Z\n {2}through b#1/)
  })
  test('what is endorsed to other tenancies is not compared, and that is said where it differs', async () => {
    const endorse = (id: string, verb: string) => [
      `Define tenancy partner as ${id}`,
      `Endorse group ops to ${verb} object-family in tenancy partner`,
    ]
    const before = file('a.txt', ...endorse('t1', 'read'))
    for (const after of [endorse('t1', 'use'), endorse('t2', 'read'), [read]]) {
      const { err } = await policy('diff', before, file('b.txt', ...after))
      expect(err).toContain('statements about other tenancies differ')
    }
    const same = await policy('diff', before, file('b.txt', ...endorse('t1', ' READ ')))
    expect([same.out, same.err]).toEqual(['0 gained, 0 lost', ''])
  })
  test('the same in other words and in another order is no difference', async () => {
    const before = file('a.txt', read, 'Allow group devs to use reports in tenancy')
    const after = file('b.txt', 'allow GROUP default/DEVS to USE reports in tenancy', read.toLowerCase())
    expect(await policy('diff', before, after, '--detailed-exit-code')).toMatchObject({
      code: 0,
      out: '0 gained, 0 lost',
    })
    expect((await policy('diff', before, file('c.txt', read), '--detailed-exit-code')).code).toBe(1)
  })
  test('folders: their files, not their tests', async () => {
    file('now/a.txt', read)
    file('now/b.yaml', '- Allow group devs to read reports in tenancy')
    file('now/c.policy-test.yaml', 'nonsense')
    file('now/notes.md', 'nonsense')
    file('next/a.txt', read)
    const { out } = await policy(
      'diff',
      join(folder, 'now'),
      join(folder, 'next'),
      '-o',
      'json',
      '--at',
      '2030-01-16T12:00:00Z',
    )
    expect(JSON.parse(out)).toMatchObject({
      gained: [],
      lost: [
        {
          permissions: ['REPORT_INSPECT', 'REPORT_READ'],
          through: ['b#1'],
          witness: { principal: { groupIds: ['default/devs'] }, now: '2030-01-16T12:00:00.000Z' },
        },
      ],
      complete: true,
    })
  })
  test('a tenancy file against statements', async () => {
    const acme = join(root, 'config/tenancies/acme.yaml')
    expect(await policy('diff', acme, acme)).toMatchObject({ out: '0 gained, 0 lost' })
    const { out } = await policy(
      'diff',
      acme,
      file('none.txt', 'Allow group finance to read reports in compartment Prod:Data'),
    )
    expect(out).toMatch(/^lost [\s\S]*somebody in default\/finance/)
    expect(out).not.toContain('gained REPORT')
  })
  test.each<[readonly string[], number]>([
    [['diff'], 2],
    [['diff', 'x.txt'], 2],
    [['diff', 'none.txt', 'none.txt'], 1],
    [['diff', 'a', 'b', 'c'], 2],
  ])('%j: exit %i', async (argv, code) => expect((await policy(...argv)).code).toBe(code))
  test('statements with faults, and an empty folder', async () => {
    expect(await policy('diff', file('a.txt', read), file('b.txt', 'nonsense'))).toMatchObject({
      code: 1,
      err: expect.stringContaining('b#1, 1:1'),
    })
    mkdirSync(join(folder, 'empty'))
    expect((await policy('diff', file('a.txt', read), join(folder, 'empty'))).code).toBe(2)
  })
})

describe('A8 A14 matching rules in files', () => {
  test('check --rules', async () => {
    const rules = file(
      'rules.txt',
      "all { resource.type = 'fnfun', resource.compartment.id = 'c' }",
      "ALL {instance.compartment.id = 'a', instance.compartment.id = 'b'}",
      "resource.compartment.name = 'x'",
    )
    const { code, out } = await policy('check', '--rules', rules)
    expect(code).toBe(1)
    expect(out.split('\n')).toEqual([
      expect.stringMatching(/rules\.txt:1:23 warning unknown-type-word: .*did you mean `fnfunc`$/),
      expect.stringMatching(/rules\.txt:2:37 warning never-matching-rule: .*did you mean `any \{ … \}`$/),
      expect.stringMatching(/rules\.txt:3:1 error rule-variable-unknown: .*write `resource\.compartment\.id = '…'`/),
      '3 rules, 1 error, 2 warnings, 0 notices',
    ])
  })
  test('fmt --rules', async () => {
    const rules = file('rules.txt', "ALL{instance.id='a',}", "any { tag.ns.k.value != 'v' }")
    await runCommand(['policy', 'fmt', '--rules', '--write', rules])
    expect(readFileSync(rules, 'utf8')).toBe("all { instance.id = 'a' }\nany { tag.ns.k.value != 'v' }\n")
    expect((await runCommand(['policy', 'fmt', rules])).code).toBe(1) // they are no statements
  })
})

describe('A8 A14 policy tests with programs, tags, dynamic groups and roles', () => {
  const example = join(root, 'docs/examples/workloads.policy-test.yaml')
  test('the example holds', async () =>
    expect(await policy('test', example, '--roles', roles)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^\d+ passed, 0 failed$/),
    }))
  test('explain asks about those of a cast', async () => {
    const ask = (as: string, ...more: readonly string[]) =>
      policy(
        'explain',
        '--cast',
        example,
        '--as',
        as,
        '--roles',
        roles,
        '--action',
        'use',
        '--type',
        'secrets',
        '--compartment',
        'Prod:Web',
        ...more,
      )
    expect(await ask('web-1', '--tag', 'app.tier=web')).toMatchObject({
      code: 0,
      out: expect.stringContaining('workloads#2'),
    })
    expect((await ask('web-1', '--tag', 'app.tier=batch')).code).toBe(1)
    expect((await ask('batch-1', '--tag', 'app.tier=web')).code).toBe(1)
    expect((await ask('web-1', '--groups', 'operators')).code).toBe(2)
  })
  test.each<[string, string]>([
    ['dynamicGroups: { fleet: "all { nonsense }" }', 'dynamic group `fleet`: 1:7 expected'],
    ['groups: { nobody: { tags: { a.b: c } } }', 'tags of group `nobody`: there is no such group'],
    ['compartments: { Nowhere: { tags: { a.b: c } } }', 'tags of compartment `Nowhere`: there is no such compartment'],
    ['roleAssignments: [{ who: nobody, roles: [viewer] }]', 'nobody is called `nobody`'],
    ['roleAssignments: [{ who: kim, roles: [viewr] }]', 'there is no role `viewr`'],
    ['roleAssignments: [{ who: kim, roles: [viewer], compartment: Nowhere }]', 'there is no compartment `Nowhere`'],
    ['roleAssignments: [{ roles: [viewer] }]', 'expected `who` or `group`'],
    ['programs: { kim: { type: cluster } }', 'cannot be told apart'],
  ])('%s: %s', async (line, message) => {
    const name = file(
      'x.policy-test.yaml',
      'files: [x.txt]',
      'now: 2030-01-16T12:00:00Z',
      'people: { kim: {} }',
      'resources: { r: { type: reports } }',
      'expect: [{ who: kim, on: r, mayNot: [read] }]',
      line,
    )
    file('x.txt', read)
    const { code, err } = await policy('test', name, '--roles', roles)
    expect([code, err]).toEqual([1, expect.stringContaining(message)])
  })
  test('a program that cannot be asked about fails whatever was expected', async () => {
    const name = file(
      'x.policy-test.yaml',
      'files: [x.txt]',
      'now: 2030-01-16T12:00:00Z',
      'programs: { lost: { type: cluster }, far: { type: cluster, compartment: Nowhere } }',
      'resources: { r: { type: reports } }',
      'expect: [{ who: [lost, far], on: r, mayNot: [read] }]',
    )
    file('x.txt', read)
    const { code, out } = await policy('test', name)
    expect(code).toBe(1)
    expect(out).toMatch(
      /lost may not read r: a program has a type word and a compartment\n.*far may not read r: there is no such compartment/,
    )
  })
})

describe('A8 A14 a tenancy file with services, tags, dynamic groups and roles', () => {
  const tenancy = (rule: string) =>
    file(
      'beta.yaml',
      'tenancy: { name: beta }',
      'services:',
      '  - name: printing',
      '    types: { print-jobs: { noun: print-job, permissions: { read: [PRINT_JOB_READ], manage: [PRINT_JOB_CANCEL] } } }',
      'compartments: [{ name: Prod, tags: { org.stage: live } }]',
      'domains:',
      '  - name: default',
      '    groups: [{ name: ops, tags: { org.stage: live } }]',
      `    dynamicGroups: [{ name: printers, rule: "${rule}" }]`,
      'roleAssignments: [{ name: kim-views, person: kim, roles: [viewer], compartment: Prod }]',
      'policies:',
      '  - name: printing',
      '    statements:',
      '      - Allow dynamic-group printers to read print-jobs in compartment Prod',
      '      - Allow group ops to manage print-jobs in tenancy where target.resource.compartment.tag.org.stage = request.principal.group.tag.org.stage',
    )
  test('check knows them, and reads the rules too', async () => {
    expect(
      await policy('check', tenancy("all { resource.type = 'cluster', resource.compartment.id = 'Prod' }")),
    ).toMatchObject({
      code: 0,
      out: '2 statements, 0 errors, 0 warnings, 0 notices',
    })
    expect(await policy('check', tenancy("all { resource.type = 'cluster', instance.id = 'x' }"))).toMatchObject({
      code: 0,
      out: expect.stringMatching(/beta\.yaml:9:\d+ warning never-matching-rule: /),
    })
  })
  test('test stands on all of it', async () => {
    tenancy("all { resource.type = 'cluster', resource.compartment.id = 'Prod' }")
    const name = file(
      'beta.policy-test.yaml',
      'tenancy: beta.yaml',
      'now: 2030-01-16T12:00:00Z',
      'people: { olga: { groups: [ops] }, kim: {} }',
      'programs: { blue: { type: cluster, compartment: Prod }, red: { type: cluster, compartment: root-is-not-a-name } }',
      'resources:',
      '  job: { type: print-jobs, compartment: Prod }',
      '  draft: { type: print-jobs }',
      '  cache: { type: service-instances, compartment: Prod }',
      'expect:',
      '  - { who: blue, on: job, may: [read], because: printing#1 }',
      '  - { who: blue, on: job, mayNot: [manage] }',
      '  - { who: olga, on: job, may: [manage], because: printing#2 }',
      '  - { who: olga, on: draft, mayNot: [read] }',
      '  - { who: kim, on: cache, may: [read], because: assignment:kim-views#viewer }',
    )
    expect(await policy('test', name, '--roles', roles)).toMatchObject({ code: 0, out: '5 passed, 0 failed' })
  })
  test('diff shows what the next version of it changes', async () => {
    const now = tenancy("all { resource.type = 'cluster' }")
    const next = file('next.yaml', readFileSync(now, 'utf8').replace('manage print-jobs', 'read print-jobs'))
    const { out } = await policy('diff', now, next, '--roles', roles)
    expect(out).toMatch(/^lost PRINT_JOB_CANCEL\n {2}somebody in default\/ops: [\s\S]*\n0 gained, 1 lost$/)
  })
})
