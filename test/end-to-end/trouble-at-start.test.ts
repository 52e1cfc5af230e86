// What stops a start says one thing, says what to do, shows no stack and ends with exit code 1. The real program in its own process.
import { execFileSync } from 'node:child_process'
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Running, up, type Workplace, workplace } from '../program.ts'
import { mayMount, smallDisk } from './small-disk.ts'

let at: Workplace
beforeEach(() => {
  at = workplace()
})
afterEach(() => at.close())

/** One message that begins with our name, exit code 1, no stack, not blamed on us. */
const refused = async (gateway: Running): Promise<string> => {
  const code = await gateway.ended
  const said = gateway.said()
  expect([code, said]).toEqual([1, expect.stringMatching(/^gwanmun: /m)])
  expect(said.match(/^gwanmun: /gm)).toHaveLength(1)
  expect(said).not.toMatch(/\n\s+at |node:internal|on our side/)
  return said
}
const write = (name: string, text: string): string => {
  const file = join(at.folder, name)
  writeFileSync(file, text)
  return file
}

describe('configuration', () => {
  const bad = 'log: {}\nlisten:\n  port: eighty\n  colour: red\nsession: { idleSeconds: 0 }\n'
  test('several faults in the file: all at once, each with its line', async () => {
    const file = write('bad.yaml', bad)
    const said = await refused(at.gwanmun(['serve', '--config', file], { 'listen.port': undefined }))
    expect(said).toContain('the configuration has 3 faults')
    for (const place of ['bad.yaml:3:', 'bad.yaml:4:', 'bad.yaml:5:']) expect(said).toContain(place)
    expect(said).toContain('unknown key `listen.colour`')
    expect(said).toContain('`session.idleSeconds` must be more than 0, got number `0`')
  })
  test('an address that is neither https nor here', async () => {
    const said = await refused(at.gwanmun(['serve'], { baseUrl: 'http://login.example.com' }))
    expect(said).toMatch(/`http:\/\/login\.example\.com` is not https: use https, or set `insecureHttp: true`/)
  })
  test('a variable nobody knows, beside a value that is wrong', async () => {
    const env = { GWANMUN_LISTEN_PROT: '80', GWANMUN_LOG_LEVEL: 'loud' }
    const said = await refused(at.gwanmun(['serve'], {}, { env }))
    expect(said).toContain('the configuration has 2 faults')
    expect(said).toContain('GWANMUN_LISTEN_PROT')
    expect(said).toContain('GWANMUN_LOG_LEVEL')
  })
  test('a secret file that is not there', async () => {
    const env = { GWANMUN_KEYS_ENCRYPTION_KEY_FILE: '/nowhere/kek' }
    expect(await refused(at.gwanmun(['serve'], {}, { env }))).toContain('/nowhere/kek')
  })
  test('a file that is named and not there', async () => {
    expect(await refused(at.gwanmun(['serve', '--config', '/nowhere/x.yaml']))).toContain('/nowhere/x.yaml')
  })
  test('tenancy files: the faults of all of them at once, with file and line', async () => {
    write('tenancies/acme.yaml', 'tenancy: { name: acme }\ncolour: red\ndomains: [{ name: X }]\n')
    write('tenancies/other.yaml', 'tenancy: { name: other\n')
    const said = await refused(at.gwanmun(['serve']))
    for (const place of ['acme.yaml:2:1', 'acme.yaml:3:19', 'other.yaml:']) expect(said).toContain(place)
  })
  test('a name in a tenancy file that nothing has: refused whole, with the place', async () => {
    write(
      'tenancies/acme.yaml',
      'tenancy: { name: acme }\ndomains:\n  - name: default\n    signOnRules: [{ name: x, groups: [nobody] }]\n',
    )
    expect(await refused(at.gwanmun(['serve']))).toMatch(/acme\.yaml:4:\d+: .*`nobody`/)
  })
})

describe('ports', () => {
  test('in use: which, and how to choose another', async () => {
    const taken = await at.port(true)
    const said = await refused(at.gwanmun(['serve'], { 'listen.port': taken }))
    expect(said).toMatch(new RegExp(`127\\.0\\.0\\.1:${taken} is in use: .*--set listen\\.port=`))
  })
})

describe('stores', () => {
  test('PostgreSQL that does not answer: where it was looked for, and no password', async () => {
    const env = { GWANMUN_DATABASE_URL: 'postgres://gwanmun:hush@127.0.0.1:1/login' }
    const said = await refused(at.gwanmun(['serve'], { 'store.path': undefined }, { env }))
    expect(said).toContain('127.0.0.1:1')
    expect(said).not.toContain('hush')
  })
  test('a folder below a file', async () => {
    const said = await refused(at.gwanmun(['serve'], { 'store.path': join(write('file', ''), 'gwanmun.db') }))
    expect(said).toContain(`${at.folder}/file is not a directory`)
  })
  test('something else in the place of the store', async () => {
    const path = write('notes.txt', 'hello '.repeat(500))
    expect(await refused(at.gwanmun(['serve'], { 'store.path': path }))).toContain('is not a gwanmun database')
  })
  test('the key-encryption key is lost, or another: said at start, nothing is changed, and the right one is all it takes', async () => {
    const gateway = at.gwanmun(['serve'])
    await gateway.says(up)
    gateway.child.kill('SIGTERM')
    await gateway.ended
    const kek = join(at.folder, 'keys/kek')
    renameSync(kek, `${kek}.away`)
    expect(await refused(at.gwanmun(['serve']))).toMatch(
      /key-encryption key is not the one .*put the right one back from your backup/,
    )
    const env = { GWANMUN_KEYS_ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64') }
    await refused(at.gwanmun(['serve'], {}, { env }))
    await refused(at.gwanmun(['apply'], {}, { env }))
    rmSync(kek, { force: true })
    renameSync(`${kek}.away`, kek)
    await at.gwanmun(['serve']).says(up)
  })
})

const disks = mayMount ? 'disks' : 'disks (skipped: mounting one needs root)'
describe.skipIf(!mayMount)(disks, () => {
  const disk = (size: string): string => {
    const path = join(at.folder, 'disk')
    mkdirSync(path)
    at.afterwards(smallDisk(path, size))
    return path
  }
  test('read-only data directory', async () => {
    const path = disk('4m')
    execFileSync('mount', ['-o', 'remount,ro', path])
    const said = await refused(at.gwanmun(['serve'], { 'store.path': join(path, 'gwanmun.db') }))
    expect(said).toContain(`${path}/gwanmun.db is on a read-only file system: mount it writable, or move the store`)
  })
  test('read-only store of an earlier run', async () => {
    const path = disk('8m')
    const settings = { 'store.path': join(path, 'gwanmun.db') }
    expect(await at.gwanmun(['migrate', 'up'], settings).ended).toBe(0)
    execFileSync('mount', ['-o', 'remount,ro', path])
    expect(await refused(at.gwanmun(['serve'], settings))).toContain('read-only file system')
  })
  test('read-only keys directory', async () => {
    const path = disk('4m')
    execFileSync('mount', ['-o', 'remount,ro', path])
    const said = await refused(at.gwanmun(['serve'], { 'keys.dir': path }))
    expect(said).toMatch(/kek cannot be made \(EROFS\): make the directory writable or set GWANMUN_KEYS_ENCRYPTION_KEY/)
  })
  test('full disk', async () => {
    const path = disk('64k')
    writeFileSync(join(path, 'filler'), Buffer.alloc(56_000))
    expect(await refused(at.gwanmun(['serve'], { 'store.path': join(path, 'gwanmun.db') }))).toMatch(
      /disk is full|not full/,
    )
  })
})
