// `gwanmun policy` on a tenancy of a gateway that listens: what it asks for, what it prints, with which code it ends, and what it never
// does with the key.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Bed, openBed } from '../edges/admin/bed.ts'
import { runCommand } from './run-command.ts'

const catalogue = resolve(import.meta.dirname, '../../config/catalogue')
let bed: Bed
let key: string
let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gwanmun-online-'))
  bed = await openBed()
  const put = (path: string, body: unknown) => bed.call('PUT', path, { body, headers: { 'if-none-match': '*' } })
  await put('/compartments/Prod', {})
  await bed.addPerson('kim')
  await bed.join(await bed.addPerson('lee'), await bed.addGroup('finance'))
  await put('/domains/default/dynamic-groups/fleet', { description: '', rule: "all { resource.type = 'fnfun' }" })
  await bed.policy('books', [
    'Allow group finance to read reports in tenancy',
    'Allow any-user to read deployments in tenancy',
  ])
  key = bed.rootKey
})
afterAll(async () => {
  await bed.close()
  rmSync(folder, { recursive: true })
})
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}
const policy = (command: string, ...argv: readonly string[]) =>
  runCommand(['policy', command, '--tenancy', 'acme', '--server', bed.url, '--token', key, ...argv])
const withCatalogue = ['--catalogue', catalogue] as const

describe('A14 check', () => {
  test('what the gateway says of its policies, and of the rules of its dynamic groups', async () => {
    const { code, out } = await policy('check', ...withCatalogue)
    expect(code).toBe(0)
    expect(out.split('\n')).toEqual([
      expect.stringMatching(/^acme\/books:1:1 warning any-user-without-where: /),
      expect.stringMatching(/^acme\/default\/fleet:1:23 warning unknown-type-word: .*did you mean `fnfunc`$/),
      '2 statements, 0 errors, 2 warnings, 0 notices',
    ])
  })
  test('a file against the groups and compartments that are there', async () => {
    const name = file(
      'new.txt',
      'Allow group finanse to read reports in tenancy\nAllow group finance to read reports in compartment Prd\n',
    )
    const { code, out } = await policy('check', name, ...withCatalogue)
    expect(code).toBe(1)
    expect(out).toMatch(/new\.txt:1:13 error group-unknown: [\s\S]*new\.txt:2:52 error compartment-unknown: /)
  })
  test('a name that no longer means what it did', async () => {
    const id = await bed.addGroup('passing')
    await bed.policy('gone', ['Allow group passing to read reports in tenancy'])
    await bed.store.write((tx) => tx.groups.remove(id))
    const { out } = await policy('check', ...withCatalogue)
    expect(out).toContain('acme/gone:1:1 warning stale-binding: `group:default/passing` was bound to')
    await bed.store.write(async (tx) => {
      for (const p of await tx.policies.list({ tenancyId: bed.tenancyId }))
        if (p.name === 'gone') await tx.policies.remove(p.id)
      await tx.tenancies.bumpRevision(bed.tenancyId)
    })
  })
})

describe('A14 explain', () => {
  const ask = (...more: readonly string[]) => policy('explain', '--action', 'GetReport', '--type', 'reports', ...more)
  test('of people as they are: exit 0 and the statement, exit 1 and what would change it', async () => {
    expect(await ask('--as', 'lee')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^allowed\n {2}REPORT_READ: granted\ndecided by:\n {2}books: Allow group finance/),
    })
    expect(await ask('--as', 'kim')).toMatchObject({
      code: 1,
      out: expect.stringMatching(
        /^not granted[\s\S]*nearest:\n {2}books: .*\(is about default\/finance\)[\s\S]*membership of default\/finance/,
      ),
    })
  })
  test('with a policy more, and nothing is written', async () => {
    const more = file('more.txt', 'Allow any-user to use reports in compartment Prod')
    expect((await ask('--as', 'kim', '--compartment', 'Prod', '--file', more)).code).toBe(0)
    expect((await ask('--as', 'kim', '--compartment', 'Prod')).code).toBe(1)
  })
  test('as JSON, whole', async () => {
    const { out } = await ask('--as', 'lee', '-o', 'json')
    expect(JSON.parse(out)).toMatchObject({ allow: true, reason: 'granted', subject: { username: 'lee' } })
  })
  test('groups are the tenancy’s to know: exit 2', async () =>
    expect((await ask('--as', 'kim', '--groups', 'finance')).code).toBe(2))
})

describe('A14 diff', () => {
  test('what a policy would change, with a question that shows it', async () => {
    const books = file(
      'books.txt',
      "Allow group finance to use reports in compartment Prod where request.region = 'iad'\n",
    )
    const { code, out } = await policy('diff', books)
    expect(code).toBe(0)
    expect(out).toContain(
      "gained REPORT_UPDATE\n  somebody in default/finance: {REPORT_UPDATE} reports in Prod\n  when request.region = 'iad'\n  through books#1: Allow group finance to use",
    )
    expect(out).toMatch(/lost REPORT_INSPECT, REPORT_READ\n[\s\S]*was through books#1/)
    expect((await policy('diff', books, '--detailed-exit-code')).code).toBe(1)
  })
  test('every fault of the file, a line each: exit 1', async () => {
    const { code, err } = await policy('diff', file('bad.txt', 'Allow group finance to reed x in Prod\nDeny group x'))
    expect(code).toBe(1)
    expect(err.split('\n')).toEqual([
      expect.stringMatching(/the statements have \d faults$/),
      expect.stringMatching(/^ {2}statement 1, 1:24 .*; write `read`$/),
      expect.stringMatching(/^ {2}statement 1, 1:34 .*; write `in compartment Prod`$/),
      expect.stringMatching(/^ {2}statement 2, 1:13 /),
      expect.stringMatching(/^ {2}statement 2, 1:13 /),
    ])
  })
  test('other policies stay, unless the file is the whole', async () => {
    const same = file('other.txt', 'Allow group finance to read reports in tenancy\n')
    expect((await policy('diff', same, '--detailed-exit-code')).code).toBe(0)
    const { out } = await policy('diff', same, '--whole', '-o', 'json')
    expect(JSON.parse(out)).toMatchObject({
      gained: [],
      lost: [{ permissions: expect.arrayContaining(['DEPLOYMENT_READ']) }],
    })
  })
})

test('A14 policy tests against what stands there', async () => {
  const text = (may: string) => `
now: 2030-01-16T12:00:00Z
people: { fay: { groups: [finance] } }
resources: { yearly: { type: reports, compartment: Prod } }
expect: [{ who: fay, on: yearly, ${may} }]
`
  expect(await policy('test', file('a.policy-test.yaml', text('may: [read]')), ...withCatalogue)).toMatchObject({
    code: 0,
    out: '1 passed, 0 failed',
  })
  expect((await policy('test', file('b.policy-test.yaml', text('may: [use]')), ...withCatalogue)).code).toBe(1)
})

describe('A14 the key', () => {
  const check = (...argv: readonly string[]) =>
    runCommand(['policy', 'check', '--tenancy', 'acme', ...argv, ...withCatalogue])
  test.each<[string, readonly string[], number, string]>([
    ['is needed', ['--server', 'https://id.example.com'], 2, 'GWANMUN_API_KEY'],
    ['needs a server', ['--token', 'gwm_x'], 2, 'GWANMUN_SERVER'],
    ['is not shown to everybody on the way', ['--server', 'http://id.example.com', '--token', 'gwm_x'], 2, 'use https'],
    ['goes to an address', ['--server', 'id.example.com', '--token', 'gwm_x'], 2, 'expected an address'],
  ])('%s', async (_, argv, code, message) =>
    expect(await check(...argv)).toMatchObject({ code, err: expect.stringContaining(message) }),
  )
  test('that is good for nothing: exit 1, and it is not in the message', async () => {
    const { code, err } = await check('--server', bed.url, '--token', `gwm_${'x'.repeat(43)}`)
    expect([code, err]).toEqual([1, expect.stringContaining('does not know the API key')])
    expect(err).not.toContain('xxx')
  })
  test('nobody listens: exit 1', async () =>
    expect(await check('--server', 'http://127.0.0.1:1', '--token', 'k')).toMatchObject({
      code: 1,
      err: expect.stringContaining('cannot be reached'),
    }))
  test('follows no redirect, and what another server says is no list', async () => {
    const seen: (string | undefined)[] = []
    const server = createServer((req, res) => {
      seen.push(req.headers.authorization)
      if (req.url?.includes('/elsewhere')) res.end('{}')
      else res.writeHead(302, { location: `http://127.0.0.1:${port}/elsewhere` }).end()
    })
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
    const { port } = server.address() as AddressInfo
    try {
      expect(await check('--server', `http://127.0.0.1:${port}`, '--token', 'k')).toMatchObject({ code: 1 })
      expect(seen).toEqual(['Bearer k'])
      expect(await check('--server', `http://127.0.0.1:${port}/elsewhere`, '--token', 'k')).toMatchObject({
        code: 1,
        err: expect.stringContaining('did not answer with a list'),
      })
    } finally {
      server.close()
    }
  })
})

describe('U6 A14 who asks, and where, as with every other command', () => {
  const statements =
    'Allow group finance to read reports in tenancy\nAllow group nobody-here to read reports in tenancy\n'
  const asked = (environment: { readonly [name: string]: string }, argv: readonly string[]) => {
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value)
    return runCommand(['policy', ...argv]).finally(() => vi.unstubAllEnvs())
  }
  const profiles = (differs: object = {}) => {
    const tokens = { access: 'token-of-cli', refresh: 'r', expiresAt: Date.UTC(2100, 0) }
    const profile = { server: bed.url, tenancy: 'acme', domain: 'default', username: 'root', tokens, ...differs }
    const path = file('profiles.json', JSON.stringify({ profiles: { default: profile } }))
    chmodSync(path, 0o600)
    return { GWANMUN_PROFILES: path }
  }
  const nobody = () => ({ GWANMUN_PROFILES: join(folder, 'none.json') })
  beforeAll(() => {
    bed.tokens.set('token-of-cli', { clientId: 'gwanmun-cli', personId: bed.root, scopes: ['openid', 'admin'] })
  })

  test('the sign-in of a profile: every command, without another word', async () => {
    const next = file('next.txt', statements.split('\n')[0] ?? '')
    expect((await asked(profiles(), ['check', ...withCatalogue])).out).toContain('acme/books:1:1 warning')
    const as = ['--as', 'lee', '--action', 'GetReport', '--type', 'reports']
    expect(await asked(profiles(), ['explain', ...as])).toMatchObject({ code: 0, err: '' })
    expect((await asked(profiles(), ['diff', '--online', next])).out).toContain('gained')
    const { code, out } = await asked(profiles(), ['check', '--online', file('new.txt', statements), ...withCatalogue])
    expect([code, out]).toEqual([1, expect.stringContaining('new.txt:2:13 error group-unknown')])
  })
  test('an API key with GWANMUN_SERVER and GWANMUN_TENANCY', async () => {
    const environment = { ...nobody(), GWANMUN_SERVER: bed.url, GWANMUN_TENANCY: 'acme', GWANMUN_API_KEY: key }
    expect((await asked(environment, ['check', ...withCatalogue])).out).toContain('acme/books:1:1 warning')
    const { out } = await asked(environment, ['check', '--online', file('new.txt', statements), ...withCatalogue])
    expect(out).toContain('error group-unknown')
  })
  test('files stay files, whatever the environment names', async () => {
    const environment = { ...profiles(), GWANMUN_SERVER: 'http://127.0.0.1:1', GWANMUN_TENANCY: 'acme' }
    const { code, out } = await asked(environment, ['check', file('new.txt', statements), ...withCatalogue])
    expect([code, out]).toEqual([0, expect.stringContaining('2 statements, 0 errors')])
  })
  test('the token of a profile goes nowhere else, and without a sign-in it says how to get one', async () => {
    const away = await asked(profiles(), ['check', '--server', 'https://id.example.com', ...withCatalogue])
    expect(away).toMatchObject({ code: 2, err: expect.stringContaining('its token goes nowhere else') })
    const lost = await asked(nobody(), ['check', ...withCatalogue])
    expect(lost).toMatchObject({ code: 2, err: expect.stringContaining('gwanmun login') })
    expect((await asked(profiles({ tokens: undefined }), ['check', ...withCatalogue])).err).toContain('gwanmun login')
  })
})
