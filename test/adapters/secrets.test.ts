// Secrets at rest: what was sealed opens where it was sealed for, and nowhere else; the key is made once and never half.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { keyEncryptionKey, loadKeyEncryptionKey, secrets } from '../../src/adapters/secrets.ts'
import { Problem } from '../../src/problem.ts'

const key = (byte: number) => keyEncryptionKey(new Uint8Array(32).fill(byte))
const ours = secrets([key(1)])

describe('sealing', () => {
  test.for(['', 'JBSWY3DPEHPK3PXP', '관문 🔑', 'x'.repeat(100_000), 'a.b.c'])('%.20s comes back', (plain) => {
    const sealed = ours.seal(plain, 'totp:1')
    expect(ours.open(sealed, 'totp:1')).toBe(plain)
    expect(sealed).toMatch(/^v1\.[0-9a-f]{8}\.[\w-]+$/)
    if (plain.length > 6) expect(sealed).not.toContain(plain)
  })
  test('the same text sealed twice looks different', () => {
    expect(ours.seal('x', 'c')).not.toBe(ours.seal('x', 'c'))
  })
  test('it does not open in another context: a row copied elsewhere is worthless', () => {
    const sealed = ours.seal('secret', 'totp:1')
    for (const context of ['totp:2', 'totp:', 'totp:11', '', 'idp:1'])
      expect(() => ours.open(sealed, context)).toThrow()
  })
  test('no changed character opens, not even one that decodes to the same bytes', () => {
    const sealed = ours.seal('secret', 'c')
    for (let i = 0; i < sealed.length; i++)
      for (const other of ['A', 'B', '.', '=', ' ', '-']) {
        const changed = sealed.slice(0, i) + other + sealed.slice(i + 1)
        if (changed !== sealed) expect(() => ours.open(changed, 'c')).toThrow()
      }
    for (const changed of [
      `${sealed}.x`,
      `${sealed}=`,
      `${sealed}\n`,
      sealed.slice(0, -1),
      'v1',
      '',
      `v2${sealed.slice(2)}`,
    ])
      expect(() => ours.open(changed, 'c')).toThrow()
  })
  test('a shortened tag does not open', () => {
    const [version, id, body = ''] = ours.seal('secret', 'c').split('.')
    const bytes = Buffer.from(body, 'base64url')
    for (let cut = 1; cut <= 16; cut++)
      expect(() => ours.open(`${version}.${id}.${bytes.subarray(0, -cut).toString('base64url')}`, 'c')).toThrow()
  })
  test('after a change of keys the new one seals and the old one still opens', () => {
    const sealed = ours.seal('secret', 'c')
    const both = secrets([key(2), key(1)])
    expect(both.open(sealed, 'c')).toBe('secret')
    expect(() => ours.open(both.seal('secret', 'c'), 'c')).toThrow('does not have')
    expect(secrets([key(2)]).open(both.seal('secret', 'c'), 'c')).toBe('secret')
  })
  test('a key of another length is refused at the start', () => {
    expect(() => secrets([])).toThrow(Problem)
    expect(() => secrets([keyEncryptionKey(new Uint8Array(16))])).toThrow('32 bytes')
  })
})

describe('digests, MACs and comparison', () => {
  test('digest is SHA-256 in base64url', () => {
    expect(ours.digest('abc')).toBe(createHash('sha256').update('abc').digest('base64url'))
  })
  test('a MAC depends on key, purpose and value, and on nothing else', () => {
    expect(ours.mac('hop', 'v')).toBe(secrets([key(1)]).mac('hop', 'v'))
    const all = [ours.mac('hop', 'v'), ours.mac('hop', 'w'), ours.mac('decoy', 'v'), secrets([key(2)]).mac('hop', 'v')]
    expect(new Set(all).size).toBe(4)
  })
  test('same', () => {
    expect([ours.same('a', 'a'), ours.same('', ''), ours.same('a', 'b'), ours.same('a', 'aa')]).toEqual([
      true,
      true,
      false,
      false,
    ])
  })
})

// ── The key itself ────────────────────────────────────────────────────────────────────────────────────────────────────────────────

const root = mkdtempSync(join(tmpdir(), 'gwanmun-kek-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
const fresh = (name: string) => join(root, name)

describe('the key-encryption key', () => {
  test('is made once, whole, for its owner only, and found again', () => {
    const dir = fresh('made/below')
    const made = loadKeyEncryptionKey(dir, undefined)
    expect(made.key).toHaveLength(32)
    expect(statSync(join(dir, 'kek')).mode & 0o777).toBe(0o600)
    expect(statSync(dir).mode & 0o777).toBe(0o700)
    expect(readdirSync(dir)).toEqual(['kek'])
    expect(loadKeyEncryptionKey(dir, undefined)).toEqual(made)
    expect(loadKeyEncryptionKey(fresh('another'), undefined).id).not.toBe(made.id)
  })
  test('given by configuration it is not written anywhere', () => {
    const given = Buffer.alloc(32, 7)
    const dir = fresh('given')
    for (const text of [given.toString('base64'), given.toString('base64url'), ` ${given.toString('base64')}\n`])
      expect(loadKeyEncryptionKey(dir, text)).toEqual(key(7))
    expect(() => statSync(dir)).toThrow()
  })
  test.for(['', 'short', 'x'.repeat(64), Buffer.alloc(31).toString('base64')])('`%s` is no key', (given) => {
    expect(() => loadKeyEncryptionKey(fresh('given'), given)).toThrow('openssl rand -base64 32')
  })
  test('a damaged file is an error, never replaced: what it sealed would be lost', () => {
    const dir = fresh('damaged')
    loadKeyEncryptionKey(dir, undefined)
    for (const text of ['', 'AAAA', 'not a key']) {
      writeFileSync(join(dir, 'kek'), text)
      expect(() => loadKeyEncryptionKey(dir, undefined)).toThrow('restore it from your backup')
      expect(readFileSync(join(dir, 'kek'), 'utf8')).toBe(text)
    }
  })
  test('a directory that is none, or cannot be made, says so', () => {
    writeFileSync(fresh('file'), '')
    expect(() => loadKeyEncryptionKey(fresh('file'), undefined)).toThrow(/cannot be read \(ENOTDIR\)/)
    symlinkSync(fresh('nowhere'), fresh('link'))
    expect(() => loadKeyEncryptionKey(fresh('link'), undefined)).toThrow(/cannot be made .*GWANMUN_KEYS_ENCRYPTION_KEY/)
  })
  const asRoot = process.getuid?.() === 0
  test.skipIf(asRoot)(`a read-only directory says so${asRoot ? ' (skipped: root may write everywhere)' : ''}`, () => {
    const dir = fresh('read-only')
    loadKeyEncryptionKey(dir, undefined)
    rmSync(join(dir, 'kek'))
    chmodSync(dir, 0o500)
    expect(() => loadKeyEncryptionKey(dir, undefined)).toThrow(/cannot be made \(EACCES\)/)
    chmodSync(dir, 0o700)
  })
  test('several processes that start together share one key', async () => {
    const dir = fresh('together')
    const module = new URL('../../src/adapters/secrets.ts', import.meta.url).href
    const program = `const { loadKeyEncryptionKey } = await import(${JSON.stringify(module)}); process.stdout.write(loadKeyEncryptionKey(${JSON.stringify(dir)}, undefined).id)`
    const ids = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
          stdio: ['ignore', 'pipe', 'inherit'],
        })
        let id = ''
        for await (const chunk of child.stdout) id += chunk
        return id
      }),
    )
    expect(new Set(ids)).toEqual(new Set([loadKeyEncryptionKey(dir, undefined).id]))
    expect(readdirSync(dir)).toEqual(['kek'])
  })
})
