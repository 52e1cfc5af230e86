// `gwanmun serve` as a process: it comes up, says so, stops when told; and what stops it says one thing and exits 1.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
let folder: string
let children: ChildProcess[]
let servers: Server[]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gwanmun-serve-'))
  mkdirSync(join(folder, 'tenancies'))
  children = []
  servers = []
})
afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
  for (const server of servers) server.close()
  rmSync(folder, { recursive: true, force: true })
})

/** A port that nobody has: taken for a moment and given back, or kept. */
const port = (keep = false): Promise<number> =>
  new Promise((done, failed) => {
    const server = createServer().once('error', failed)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      const found = typeof address === 'object' && address ? address.port : 0
      if (keep) servers.push(server)
      if (keep) done(found)
      else server.close(() => done(found))
    })
  })

type Running = {
  readonly child: ChildProcess
  readonly said: () => string
  /** Until it said something, or is gone. */
  readonly says: (what: RegExp) => Promise<void>
  readonly ended: Promise<number | null>
}
const settings = (more: { readonly [name: string]: string | number }) => ({
  baseUrl: 'http://localhost:8080',
  'listen.port': 0,
  'management.port': 0,
  'store.path': join(folder, 'data/gwanmun.db'),
  'keys.dir': join(folder, 'keys'),
  tenanciesDir: join(folder, 'tenancies'),
  ...more,
})
const gwanmun = (argv: readonly string[], more: { readonly [name: string]: string | number } = {}): Running => {
  const flags = Object.entries(settings(more)).flatMap(([name, value]) => ['--set', `${name}=${value}`])
  const child = spawn(process.execPath, [join(root, 'src/main.ts'), ...argv, ...flags], {
    cwd: root,
    env: { PATH: process.env.PATH ?? '' },
  })
  children.push(child)
  let text = ''
  const waiting: { readonly what: RegExp; readonly done: () => void }[] = []
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      for (const { what, done } of waiting) if (what.test(text)) done()
    })
  const ended = new Promise<number | null>((done) => child.once('close', (code) => done(code)))
  const says = (what: RegExp): Promise<void> =>
    Promise.race([
      new Promise<void>((done) => (what.test(text) ? done() : waiting.push({ what, done }))),
      ended.then((code) => {
        throw new Error(`it ended with ${code} instead:\n${text}`)
      }),
    ])
  return { child, said: () => text, says, ended }
}
const up = /gwanmun listens on/

describe('serve', () => {
  test('comes up with a set-up link once, is ready, and stops when told', async () => {
    const managed = await port()
    const gateway = gwanmun(['serve'], { 'management.port': managed })
    await gateway.says(up)
    expect(gateway.said().match(/\/d\/main\/default\/set-up\?token=/g)).toHaveLength(1)
    expect((await fetch(`http://127.0.0.1:${managed}/readyz`)).status).toBe(200)
    const health = gwanmun(['health'], { 'management.port': managed })
    expect(await health.ended).toBe(0)
    gateway.child.kill('SIGTERM')
    expect(await gateway.ended).toBe(0)
    const after = gwanmun(['health'], { 'management.port': managed })
    expect(await after.ended).toBe(1)
  })
  test('applies what is declared', async () => {
    writeFileSync(join(folder, 'tenancies/acme.yaml'), 'tenancy: { name: acme }\n')
    const gateway = gwanmun(['serve'])
    await gateway.says(up)
    expect(gateway.said()).toContain('/d/acme/default/set-up?token=')
    const plan = gwanmun(['plan', '--detailed-exit-code'])
    expect([await plan.ended, plan.said()]).toEqual([0, 'nothing to change\n'])
  })
})

describe('one message, exit 1, no stack trace', () => {
  const refused = async (gateway: Running): Promise<string> => {
    expect([await gateway.ended, gateway.said()]).toEqual([1, expect.stringMatching(/(^|\n)gwanmun: /)])
    expect(gateway.said()).not.toMatch(/\n\s+at |on our side/)
    return gateway.said()
  }
  test('a port in use', async () => {
    const taken = await port(true)
    expect(await refused(gwanmun(['serve'], { 'listen.port': taken }))).toContain(`127.0.0.1:${taken} is in use`)
  })
  test('the management port in use', async () => {
    const taken = await port(true)
    expect(await refused(gwanmun(['serve'], { 'management.port': taken }))).toContain(`127.0.0.1:${taken} is in use`)
  })
  test('an address of another machine', async () => {
    expect(await refused(gwanmun(['serve'], { 'listen.host': '192.0.2.1' }))).toContain('192.0.2.1')
  })
  test('a tenancy file with faults', async () => {
    writeFileSync(join(folder, 'tenancies/acme.yaml'), 'tenancy: { name: acme }\nfoo: 1\ndomains: [{ name: X }]\n')
    const said = await refused(gwanmun(['serve']))
    expect(said).toContain('acme.yaml:2:1: unknown key `foo`')
    expect(said).toContain('acme.yaml:3:19')
  })
  test('a data folder that cannot be made', async () => {
    expect(await refused(gwanmun(['serve'], { 'store.path': '/proc/nowhere/gwanmun.db' }))).toContain('/proc/nowhere')
  })
  test.each([
    ['not there', undefined],
    ['none', 'no certificate'],
  ])('a certificate that is %s', async (_, content) => {
    const file = join(folder, 'tls.pem')
    if (content !== undefined) writeFileSync(file, content)
    const said = await refused(gwanmun(['serve'], { 'tls.certFile': file, 'tls.keyFile': file }))
    expect(said).toContain(content === undefined ? file : 'tls.certFile')
  })
  test('a schema of a newer release', async () => {
    const migrated = gwanmun(['migrate', 'up'])
    expect(await migrated.ended).toBe(0)
    const db = new DatabaseSync(join(folder, 'data/gwanmun.db'))
    db.exec("insert into schema_migration (name, timestamp) values ('9999-later', '2030-01-01')")
    db.close()
    expect(await refused(gwanmun(['serve']))).toContain('9999-later')
  })
  test('a schema that was never made, when serve may not make it', async () => {
    expect(await refused(gwanmun(['serve', '--no-migrate']))).toContain('gwanmun migrate up')
  })
})
