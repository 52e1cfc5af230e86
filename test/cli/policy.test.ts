// `gwanmun policy` on files: what it prints and with which code it ends. No store, no settings but the catalogue.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runCommand } from './run-command.ts'

const root = resolve(import.meta.dirname, '../..')
const catalogue = join(root, 'config/catalogue')
const acme = join(root, 'config/tenancies/acme.yaml')

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gwanmun-policy-'))
})
afterEach(() => rmSync(folder, { recursive: true }))
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

const run = (...argv: readonly string[]) => runCommand(['policy', ...argv])
const offline = (...argv: readonly string[]) => run(...argv, '--catalogue', catalogue)

describe('A14 policy check', () => {
  test('errors, warnings and notices each with file, line and column; errors are exit 1', async () => {
    const name = file('ops.txt', 'Allow group ops to read reportz in tenancy\n\n  Allow group ops to read reports\n')
    const { code, out } = await offline('check', name)
    expect(code).toBe(1)
    expect(out.split('\n')).toEqual([
      `${name}:1:25 warning unknown-resource-type: no resource-type or family is called \`reportz\`; did you mean \`reports\``,
      expect.stringMatching(/ops\.txt:3:\d+ error location-missing: .*add `in tenancy`/),
      '2 statements, 1 error, 1 warning, 0 notices',
    ])
  })
  test('warnings alone are exit 0, and 1 when strict', async () => {
    const name = file('ops.txt', 'Allow any-user to read reports in tenancy')
    expect((await offline('check', name)).code).toBe(0)
    expect((await offline('check', name, '--strict')).code).toBe(1)
  })
  test('as JSON, with policy, statement and explanation', async () => {
    const name = file('ops.yaml', '- Allow any-user to read reports in tenancy\n')
    const { code, out } = await offline('check', name, '-o', 'json')
    expect([code, JSON.parse(out)]).toEqual([
      0,
      {
        remarks: [
          expect.objectContaining({
            file: name,
            line: 1,
            column: 3,
            policy: 'ops',
            statement: 1,
            severity: 'warning',
            id: 'any-user-without-where',
            explanation: expect.stringContaining('everybody'),
          }),
        ],
      },
    ])
  })
  test('a tenancy file knows its own groups and compartments', async () => {
    expect(await offline('check', acme)).toMatchObject({
      code: 0,
      out: expect.stringContaining(' 0 errors, 0 warnings'),
    })
    const text = readFileSync(acme, 'utf8')
    const wrong = file(
      'acme.yaml',
      text
        .replace('group developers to manage', 'group devlopers to manage')
        .replace('in compartment Prod\n', 'in compartment Prd\n'),
    )
    const { code, out } = await offline('check', wrong)
    expect([code, out]).toEqual([
      1,
      expect.stringMatching(/acme\.yaml:\d+:\d+ error group-unknown: .*`devlopers`[\s\S]*compartment-unknown: .*`Prd`/),
    ])
  })
  test('statements of one file are seen together', async () => {
    const name = file(
      'a.txt',
      'Allow group ops to read reports in tenancy\nAllow group ops to use reports in tenancy\n',
    )
    expect((await offline('check', name)).out).toContain('a.txt:1:1 notice redundant-statement')
  })
  test('no control character of a file reaches a terminal', async () => {
    const { out } = await offline('check', file('x.txt', 'Allow group ops to read \u001b[31mreports in tenancy'))
    expect(out).not.toContain('\u001b')
  })
  test.each([
    [['check']],
    [['check', 'x', '-o', 'xml']],
    [['nonsense']],
    [['explain', '--as', 'kim']],
    [['fmt']],
    [['test']],
  ])('%j is used wrongly: exit 2', async (argv) => expect((await run(...argv)).code).toBe(2))
  test('a file that is not there: exit 1', async () => {
    expect(await offline('check', join(folder, 'none.txt'))).toMatchObject({
      code: 1,
      err: expect.stringContaining('cannot be read (ENOENT)'),
    })
  })
})

describe('A14 policy fmt', () => {
  test('prints, and writes only when told', async () => {
    const name = file('ops.txt', "allow GROUP ops to READ reports in tenancy where ANY{request.region!='iad'}\n")
    const canonical = "Allow group ops to read reports in tenancy where any { request.region != 'iad' }"
    expect(await run('fmt', name)).toMatchObject({ code: 0, out: canonical })
    expect(readFileSync(name, 'utf8')).toMatch(/^allow GROUP/)
    expect(await run('fmt', name, '--write')).toMatchObject({ code: 0, out: '' })
    expect(readFileSync(name, 'utf8')).toBe(`${canonical}\n`)
  })
  test('a tenancy file keeps its comments', async () => {
    const text = readFileSync(acme, 'utf8')
    const name = file('acme.yaml', text.replace('Allow group finance', 'ALLOW   group finance'))
    await run('fmt', name, '--write')
    const { out } = await run('fmt', acme)
    expect(readFileSync(name, 'utf8')).toBe(`${out}\n`)
    expect(out).toContain('policies: # new people')
  })
  test('a statement that cannot be read leaves the file alone: exit 1', async () => {
    const name = file('x.txt', 'ALLOW group a to read b in tenancy\nnonsense\n')
    expect(await run('fmt', name, '--write')).toMatchObject({ code: 1, err: expect.stringContaining('x.txt:2:1') })
    expect(readFileSync(name, 'utf8')).toMatch(/^ALLOW/)
  })
})

describe('A14 policy explain', () => {
  const ask = (...more: readonly string[]) =>
    offline('explain', '--file', acme, '--as', 'kim', '--type', 'reports', '--compartment', 'Prod:Data', ...more)
  test('yes: exit 0 and the statement', async () => {
    const { code, out } = await ask('--groups', 'finance,employees', '--action', 'use')
    expect([code, out]).toEqual([0, expect.stringMatching(/^allowed[\s\S]*decided by:\n {2}finance#1 /)])
  })
  test('no: exit 1 and what came nearest', async () => {
    const { code, out } = await ask('--groups', 'employees', '--action', 'use')
    expect([code, out]).toEqual([
      1,
      expect.stringMatching(/^not granted[\s\S]*nearest:\n {2}finance#2 grants a part of it/),
    ])
  })
  test('what-if: a file of statements beside the tenancy; a fact that nobody supplied', async () => {
    const deny = file(
      'deny.txt',
      "Deny group finance to use reports in compartment Prod where request.networkSource.name != 'office'",
    )
    const argv = [
      '--file',
      acme,
      deny,
      '--as',
      'kim',
      '--groups',
      'finance',
      '--action',
      'use',
      '--type',
      'reports',
      '--compartment',
      'Prod:Data',
    ]
    const no = await offline('explain', ...argv)
    expect([no.code, no.out]).toEqual([1, expect.stringContaining('decided by:\n  deny#1')])
    expect((await offline('explain', ...argv, '--context', 'networkSource.name=office')).code).toBe(0)
  })
  test('as JSON', async () => {
    const { out } = await ask('--groups', 'employees', '--action', 'read', '-o', 'json')
    expect(JSON.parse(out)).toMatchObject({
      allow: true,
      reason: 'granted',
      decidedBy: [{ ref: 'finance#2', statement: 'Allow group employees to read reports in compartment Prod:Data' }],
    })
  })
  test("a clock of one's own", async () => {
    const name = file(
      't.txt',
      "Allow group ops to read reports in tenancy where request.utc-timestamp.day-of-week = 'sunday'",
    )
    const at = (time: string) =>
      offline(
        'explain',
        '--file',
        name,
        '--as',
        'kim',
        '--groups',
        'ops',
        '--action',
        'read',
        '--type',
        'reports',
        '--at',
        time,
      )
    expect([(await at('2030-01-20Z')).code, (await at('2030-01-16Z')).code, (await at('soon')).code]).toEqual([0, 1, 2])
  })
  test.each([
    [['--groups', 'nobodies', '--action', 'read'], 'there is no such group'],
    [['--action', 'raed'], 'no such operation'],
  ])('%j cannot be asked: exit 2', async (more, message) => {
    expect(await ask(...more)).toMatchObject({ code: 2, err: expect.stringContaining(message) })
  })
  test('statements with faults are not asked: exit 1', async () => {
    const name = file('x.txt', 'Allow group ops to read reports\n')
    const argv = ['--file', name, '--as', 'kim', '--action', 'read', '--type', 'reports']
    expect(await offline('explain', ...argv)).toMatchObject({ code: 1, err: expect.stringContaining('x#1, 1:') })
  })
})

describe('A14 policy test', () => {
  const example = join(root, 'docs/examples/acme.policy-test.yaml')
  test('the example holds', async () => {
    expect(await offline('test', example)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^\d+ passed, 0 failed$/),
    })
  })
  test('a failure names row, question and deciding statement: exit 1', async () => {
    const text = readFileSync(example, 'utf8').replace('../../config/tenancies/acme.yaml', acme)
    const name = file('a.policy-test.yaml', text.replace('mayNot: [use, DeleteReport]', 'mayNot: [read], may: [use]'))
    const { code, out } = await offline('test', name)
    expect(code).toBe(1)
    expect(out).toMatch(
      /a\.policy-test\.yaml:\d+:5 emma may use quarterly: not granted by any statement\n {2}nearest finance#2: Allow/,
    )
    expect(out).toMatch(/emma may not read quarterly: allowed\n {2}finance#2: Allow group employees/)
    expect(out).toMatch(/, 2 failed$/)
    const json = await offline('test', name, '-o', 'json')
    expect(JSON.parse(json.out)).toMatchObject({ reports: [{ failures: [{ who: 'emma' }, { who: 'emma' }] }] })
  })
})
