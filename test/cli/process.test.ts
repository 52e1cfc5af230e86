// The program as a process: exit codes, one message, no stack trace; what operators meet on a bad day.
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
const folder = mkdtempSync(join(tmpdir(), 'gwanmun-process-'))
afterAll(() => rmSync(folder, { recursive: true }))

type Result = { readonly code: number; readonly out: string; readonly err: string }
const gwanmun = (argv: readonly string[], env: { readonly [name: string]: string } = {}): Promise<Result> =>
  new Promise((done) => {
    const settings = {
      PATH: process.env.PATH ?? '',
      GWANMUN_STORE_PATH: join(folder, 'gwanmun.db'),
      GWANMUN_KEYS_DIR: join(folder, 'keys'),
      ...env,
    }
    execFile(process.execPath, [join(root, 'src/main.ts'), ...argv], { cwd: root, env: settings }, (error, out, err) =>
      done({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, out, err }),
    )
  })
const isTrace = /\n\s+at /

describe('configuration', () => {
  test('show masks secrets and names sources', async () => {
    const { code, out } = await gwanmun(['config', 'show'], {
      GWANMUN_DATABASE_URL: 'postgres://u:hush@h/d',
      GWANMUN_STORE_PATH: '',
    })
    expect([code, out]).toEqual([0, expect.stringMatching(/store\.url +\*{8} +GWANMUN_DATABASE_URL/)])
    expect(out).not.toContain('hush')
  })
  test('faults: one message with all of them, exit 1', async () => {
    const { code, err } = await gwanmun(['serve', '--set', 'listen.port=abc'], { GWANMUN_NONSENSE: '1' })
    expect([code, err]).toEqual([1, expect.stringContaining('the configuration has 2 faults')])
    expect(err).not.toMatch(isTrace)
  })
  test('validate: the files of this checkout are sound', async () => {
    expect(await gwanmun(['config', 'validate'])).toMatchObject({
      code: 0,
      out: 'sound: the settings and 1 tenancy in config/tenancies\n',
    })
  })
  test('the published schemas are those of this build', async () => {
    await gwanmun(['config', 'schema', '--write', folder])
    for (const name of ['gwanmun.json', 'tenancy.json', 'roles.json'])
      expect(
        readFileSync(join(root, 'config/schema', name), 'utf8'),
        `run \`gwanmun config schema --write config/schema\``,
      ).toBe(readFileSync(join(folder, name), 'utf8'))
  })
})

describe('migrate', () => {
  test('plan, status, up, status', async () => {
    expect(await gwanmun(['migrate', 'plan'])).toMatchObject({ code: 0, out: expect.stringContaining('0001-first') })
    expect((await gwanmun(['migrate', 'status'])).code).toBe(1)
    expect(await gwanmun(['migrate', 'up'])).toMatchObject({ code: 0, out: expect.stringContaining('done') })
    expect((await gwanmun(['migrate', 'status'])).code).toBe(0)
  })
  test.each([
    ['a data folder that is a file', { GWANMUN_STORE_PATH: '/dev/null/x/gwanmun.db' }],
    [
      'a PostgreSQL that is not there',
      { GWANMUN_STORE_PATH: '', GWANMUN_DATABASE_URL: 'postgres://u:hush@127.0.0.1:1/d' },
    ],
  ])('%s: one message, exit 1', async (_, env) => {
    const { code, err } = await gwanmun(['migrate', 'up'], env)
    expect([code, err]).toEqual([1, expect.stringMatching(/^gwanmun: .+/)])
    expect(err).not.toMatch(isTrace)
    expect(err).not.toContain('hush')
    expect(err).not.toContain('on our side')
  })
})

describe('health', () => {
  const answering = async (status: number, work: (port: number) => Promise<void>): Promise<void> => {
    const server = createServer((_, response) => response.writeHead(status).end('{"status":"as told"}'))
    await new Promise<void>((up) => server.listen(0, '127.0.0.1', up))
    await work((server.address() as AddressInfo).port)
    server.close()
  }
  const health = (port: number) => gwanmun(['health', '--set', `management.port=${port}`])
  test('ready: 0', () =>
    answering(200, async (port) => expect(await health(port)).toMatchObject({ code: 0, out: 'as told\n' })))
  test('not ready: 1', () => answering(503, async (port) => expect((await health(port)).code).toBe(1)))
  test('nobody there: 1, with the address', async () => {
    expect(await health(1)).toMatchObject({ code: 1, err: 'gwanmun: nothing answers at http://127.0.0.1:1/readyz\n' })
  })
})

test('usage: exit 2', async () => {
  expect(await gwanmun(['nonsense'])).toMatchObject({
    code: 2,
    err: expect.stringContaining("unknown command 'nonsense'"),
  })
})
test('a tenancy file that is no yaml', async () => {
  writeFileSync(join(folder, 'bad.yaml'), 'tenancy: {')
  const { code, err } = await gwanmun(['config', 'validate', '--set', `tenanciesDir=${folder}`])
  expect([code, err]).toEqual([1, expect.stringContaining('bad.yaml:1:11: not valid yaml')])
})
