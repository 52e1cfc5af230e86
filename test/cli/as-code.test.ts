// Configuration as code from the command line: a plan that can be read, an export that can be applied, and golden cases that stand before it.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type House, house } from '../flows/directory/house.ts'
import { runIn } from './run-in.ts'

let h: House
let folder: string
beforeEach(async () => {
  h = await house()
  folder = mkdtempSync(join(tmpdir(), 'gwanmun-code-'))
})
afterEach(async () => {
  await h.close()
  rmSync(folder, { recursive: true })
})
const run = (...argv: readonly string[]) => runIn(h, folder, argv)
const write = (name: string, text: string): void => writeFileSync(join(folder, name), text)
const small = `tenancy: { name: acme }
domains:
  - name: default
    accessTokenSeconds: 600
    groups: [{ name: staff }, { name: guests }, { name: finance, description: Books }]
    signOnRules:
      - { name: finance-mfa, groups: [finance], level: mfa, trustedDevice: { days: 7, count: 2 } }
      - { name: guests-out, groups: [guests], deny: true }
    idps:
      - name: corp
        oidc: { issuer: 'https://op.example', clientId: us, clientAuth: none }
        groupsFrom: [groups]
        mappings: [{ name: books, exact: CORP-BOOKS, groups: [staff, finance] }, { name: everybody, glob: '*', groups: [staff] }]
policies:
  - { name: books, statements: [Allow group finance to read users in tenancy] }
`

describe('plan', () => {
  beforeEach(async () => {
    write('acme.yaml', small)
    await run('apply')
  })
  test('I5: every field that changes, before and after', async () => {
    write(
      'acme.yaml',
      small
        .replace('accessTokenSeconds: 600', 'accessTokenSeconds: 120')
        .replace('groups: [finance], level: mfa', 'groups: [finance, staff], level: phishing-resistant')
        .replace('description: Books', 'description: "a\\u001b[31mb"')
        .replace('to read users', 'to manage users'),
    )
    const { out } = await run('plan')
    expect(out.split('\n')).toEqual([
      'tenancy acme',
      '  ~ update domain default',
      '      accessTokenSeconds: 600 → 120',
      '  ~ update group default/finance',
      '      description: Books → a [31mb',
      '  ~ update sign-on-rule default/finance-mfa',
      '      groups:',
      '        + default/staff',
      '      demands.level: 2 → 3',
      '  ~ update policy books',
      '      statements:',
      '        - Allow group finance to read users in tenancy',
      '        + Allow group finance to manage users in tenancy',
      '4 would change',
    ])
  })
  test('I5: for programs, with before and after of every field', async () => {
    write('acme.yaml', small.replace('accessTokenSeconds: 600', 'accessTokenSeconds: 120'))
    const { tenancies } = JSON.parse((await run('plan', '-o', 'json')).out)
    expect(tenancies[0].changes).toMatchObject([
      {
        action: 'update',
        noun: 'domain',
        name: 'default',
        before: { accessTokenSeconds: 600 },
        after: { accessTokenSeconds: 120 },
        fields: [{ field: 'accessTokenSeconds', before: 600, after: 120 }],
      },
    ])
  })
  test('I5: colours only where somebody looks', async () => {
    write('acme.yaml', small.replace('accessTokenSeconds: 600', 'accessTokenSeconds: 120'))
    const { out } = await runIn(h, folder, ['plan'], { colours: true })
    expect(out).toContain('\u001b[33m  ~ update domain default\u001b[0m')
    expect((await run('plan')).out).not.toContain('\u001b')
  })
  test('I5: drift: what somebody changed by hand would change back; what no file declares is named and left alone', async () => {
    await h.apply(small)
    await h.addGroup('by-hand')
    await h.addRule('night-watch', { level: 3 })
    await h.apply(small.replace('accessTokenSeconds: 600', 'accessTokenSeconds: 99'))
    const { code, out } = await run('plan', '--detailed-exit-code')
    expect([code, out.split('\n')]).toEqual([
      1,
      [
        'tenancy acme',
        '  ~ update domain default',
        '      accessTokenSeconds: 99 → 600',
        '  not declared: group default/by-hand',
        '  not declared: sign-on-rule default/night-watch',
        '1 would change',
      ],
    ])
    await run('apply')
    expect((await run('plan', '--detailed-exit-code')).code).toBe(0)
    expect((await h.nouns()).rules.map((r) => r.name)).toContain('night-watch')
  })
  test('I5: a secret that changes is told, not shown', async () => {
    const app = (secret: string) =>
      `${small}applications: [{ name: shop, oidc: { clientId: shop, clientSecrets: [{ literal: ${secret} }], redirectUris: ['https://shop.example/'] } }]\ndemo: {}\n`
    write('acme.yaml', app('hush'))
    await run('apply')
    write('acme.yaml', app('hush-hush'))
    const { out } = await run('plan')
    expect(out).toContain('  ~ update app shop\n      secret: changed, not shown')
    expect(out).not.toContain('hush')
  })
  test('I5: a tenancy that no file declares', async () => {
    rmSync(join(folder, 'acme.yaml'))
    expect((await run('plan')).out).toBe('  not declared: tenancy acme\nnothing to change')
  })
})

describe('export', () => {
  test('I5: into a folder that is planned and applied from as it is', async () => {
    write('acme.yaml', small)
    await run('apply')
    const out = join(folder, 'exported')
    expect(await run('export', '--out', out)).toEqual({ code: 0, out: '', err: `${join(out, 'acme.yaml')} written` })
    const text = readFileSync(join(out, 'acme.yaml'), 'utf8')
    expect((await run('export')).out).toBe(text.trimEnd())
    expect((await run('plan', '--file', join(out, 'acme.yaml'))).out).toBe('nothing to change')
    expect(await runIn(h, out, ['plan', '--detailed-exit-code'])).toEqual({
      code: 0,
      out: 'nothing to change',
      err: '',
    })
  })
  test('I5: secrets are references, documents are files beside it', async () => {
    mkdirSync(join(folder, 'more'))
    write('sp.xml', '<md:EntityDescriptor/>')
    write(
      'acme.yaml',
      `${small}applications:
  - { name: shop, oidc: { clientId: shop, clientSecrets: [{ literal: hush }], redirectUris: ['https://shop.example/'] } }
  - { name: Books, saml: { entityId: 'urn:b', metadataFile: sp.xml } }
demo: {}\n`,
    )
    await run('apply')
    expect(await run('export', 'acme')).toMatchObject({ code: 2, err: expect.stringContaining('give --out <folder>') })
    const { err } = await run('export', 'acme', '--out', join(folder, 'more'))
    expect(err).toContain('it needs GWANMUN_ACME_SHOP_CLIENT_SECRET_1')
    const text = readFileSync(join(folder, 'more/acme.yaml'), 'utf8')
    expect(text).not.toContain('hush')
    expect(text).toContain('#   GWANMUN_ACME_SHOP_CLIENT_SECRET_1  client secret 1 of application shop')
    expect(readdirSync(join(folder, 'more/metadata'))).toEqual(['acme-books.xml'])
    expect(readFileSync(join(folder, 'more/metadata/acme-books.xml'), 'utf8')).toBe('<md:EntityDescriptor/>')
  })
  test('a tenancy that is not there, and none at all', async () => {
    expect(await run('export')).toMatchObject({ code: 1, err: 'there is no tenancy yet' })
    expect(await run('export', 'nope')).toMatchObject({ code: 1, err: 'there is no tenancy `nope`' })
  })
})

describe('tests as files', () => {
  const mapping = `tenancy: acme.yaml
expect:
  - { provider: default/corp, upstream: [CORP-BOOKS], groups: [finance, staff], rules: [books, everybody] }
  - { provider: default/corp, upstream: [], groups: [] }
`
  const signOn = `tenancy: acme.yaml
expect:
  - { groups: [staff], steps: [identify, password, done], reaches: password }
  - { groups: [finance], factors: [totp], steps: [identify, password, challenge, done], reaches: mfa, because: finance-mfa }
  - { groups: [finance], trustedDeviceDays: 3, steps: [identify, password, done] }
  - { groups: [finance], provider: corp, upstreamLevel: mfa, steps: [identify, upstream, done] }
  - { groups: [guests], refused: not-allowed-here, because: guests-out }
`
  const policy = `tenancy: acme.yaml
now: 2030-01-16T12:00:00Z
people: { fay: { groups: [finance] } }
resources: { bob: { type: users } }
expect: [{ who: fay, on: bob, may: [read], mayNot: [manage] }]
`
  const golden = () => {
    write('acme.yaml', small)
    write('acme.mapping-test.yaml', mapping)
    write('acme.sign-on-test.yaml', signOn)
    write('acme.policy-test.yaml', policy)
  }
  test('A14: all kinds run without a store', async () => {
    golden()
    expect(await run('test')).toEqual({ code: 0, out: '9 passed, 0 failed', err: '' })
    expect(await h.store.read((tx) => tx.tenancies.list(undefined))).toEqual([])
    expect((await run('apply')).code).toBe(0)
  })
  test.each([
    [
      'a mapping',
      ['CORP-BOOKS, groups: [staff, finance]', 'CORP-BOOKS, groups: [staff]'],
      /acme\.mapping-test\.yaml:3:5 expected default\/corp, upstream CORP-BOOKS: groups finance, staff\n +got groups staff\n +rule books gives staff for CORP-BOOKS/,
    ],
    [
      'a rule that asks for less',
      ['level: mfa, trusted', 'trusted'],
      /acme\.sign-on-test\.yaml:4:5 expected groups finance in default: steps identify, password, challenge, done\n +got steps identify, password, done, level 1/,
    ],
    [
      'a rule that is gone',
      ['name: guests-out, groups: [guests], deny: true', 'name: guests-out, groups: [guests]'],
      /acme\.sign-on-test\.yaml:7:5 expected groups guests in default: refused not-allowed-here\n +got steps identify, password, done, level 1/,
    ],
    [
      'a policy that permits more',
      ['to read users', 'to manage users'],
      /acme\.policy-test\.yaml:5:10 expected fay may not manage bob\n +got .*\n +books#1: Allow group finance to manage users in tenancy/,
    ],
  ])('A14: %s flips a golden case: apply and plan are refused, nothing is written', async (_, [was, is], told) => {
    golden()
    await run('apply')
    write('acme.yaml', small.replace(was as string, is as string))
    for (const command of ['apply', 'plan']) {
      const { code, out, err } = await run(command)
      expect([code, out, err]).toEqual([1, '', expect.stringMatching(told)])
      expect(err).toContain('nothing was applied')
    }
    write('acme.yaml', small)
    expect((await run('plan')).out).toBe('nothing to change')
  })
  test('A14: what a test names and the file does not is a failure, whatever was expected', async () => {
    golden()
    write(
      'acme.sign-on-test.yaml',
      'tenancy: acme.yaml\nexpect: [{ groups: [stuff], reaches: password }, { app: nope, reaches: password }, { provider: nope, reaches: password }]',
    )
    write(
      'acme.mapping-test.yaml',
      'tenancy: acme.yaml\nexpect: [{ provider: default/nope, upstream: [], groups: [] }]',
    )
    const { code, out } = await run('test')
    expect([code, out.split('\n').filter((l) => l.startsWith('  got'))]).toEqual([
      1,
      [
        '  got there is no such provider in the file',
        '  got one of the groups is not in the file',
        '  got there is no such application in the file',
        '  got there is no such enabled provider in the file',
      ],
    ])
  })
  test('A14: a start is held to them as well', async () => {
    golden()
    write('acme.yaml', small.replace('level: mfa, trusted', 'trusted'))
    expect(await run('serve')).toMatchObject({ code: 1, err: expect.stringContaining('nothing was applied') })
    expect(await h.store.read((tx) => tx.tenancies.list(undefined))).toEqual([])
  })
  test('A14: the examples of the documents hold', async () => {
    const examples = join(import.meta.dirname, '../../docs/examples')
    const files = readdirSync(examples).filter((f) => f.includes('-test.'))
    const { code, out } = await run('test', ...files.map((f) => join(examples, f)))
    expect([code, out]).toEqual([0, expect.stringMatching(/^\d+ passed, 0 failed$/)])
    expect(files.length).toBeGreaterThanOrEqual(3)
  })
  test('A14: faults of a test file have their line; a file of another name is none', async () => {
    golden()
    write('acme.mapping-test.yaml', 'tenancy: acme.yaml\nexpect: [{ provider: corp, upstream: [], groups: [] }]')
    expect(await run('test')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/mapping-test\.yaml:2:22: .*expected `domain\/provider`/),
    })
    expect(await run('test', join(folder, 'acme.yaml'))).toMatchObject({ code: 2 })
  })
})
