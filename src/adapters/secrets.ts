// Secrets at rest: AES-256-GCM under a key-encryption key, bound to the context they were sealed for; digests of bearer values; MACs
// under keys derived per purpose (HKDF, RFC 5869). Says nothing about who may open what.
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hash,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto'
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Secrets } from '../ports/secrets.ts'
import { Problem } from '../problem.ts'

export type KeyEncryptionKey = { readonly id: string; readonly key: Uint8Array }

const VERSION = 'v1'
const NONCE_BYTES = 12 // NIST SP 800-38D §8.2.2: random 96 bits; far below 2^32 seals per key
const TAG_BYTES = 16

const digest = (value: string): string => hash('sha256', value, 'base64url')
const idOf = (key: Uint8Array): string =>
  createHash('sha256').update('gwanmun kek id').update(key).digest('hex').slice(0, 8)

export const keyEncryptionKey = (key: Uint8Array): KeyEncryptionKey => ({ id: idOf(key), key })

/** The first key seals, all open: to change it, put the new one first. */
export const secrets = (keys: readonly KeyEncryptionKey[]): Secrets => {
  const [first] = keys
  if (!first || keys.some(({ key }) => key.length !== 32))
    throw new Problem('config-invalid', 'the key-encryption key must be 32 bytes')
  const byId = new Map(keys.map(({ id, key }) => [id, key]))
  const macKeys = new Map<string, Buffer>()
  const macKey = (purpose: string): Buffer => {
    const held = macKeys.get(purpose) ?? Buffer.from(hkdfSync('sha256', first.key, '', `gwanmun mac ${purpose}`, 32))
    macKeys.set(purpose, held)
    return held
  }
  return {
    seal: (plain, context) => {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', first.key, nonce).setAAD(
        Buffer.from(`${VERSION}.${first.id}.${context}`),
      )
      const body = Buffer.concat([nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()])
      return `${VERSION}.${first.id}.${body.toString('base64url')}`
    },
    open: (sealed, context) => {
      const [version, id = '', text = '', ...more] = sealed.split('.')
      const key = byId.get(id)
      if (version !== VERSION || more.length > 0) throw new Error('this is no sealed secret')
      if (!key) throw new Error('a sealed secret names a key that this gateway does not have')
      const body = Buffer.from(text, 'base64url')
      if (body.toString('base64url') !== text) throw new Error('a sealed secret was changed')
      if (body.length < NONCE_BYTES + TAG_BYTES) throw new Error('a sealed secret is too short')
      const decipher = createDecipheriv('aes-256-gcm', key, body.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
        .setAAD(Buffer.from(`${version}.${id}.${context}`))
        .setAuthTag(body.subarray(-TAG_BYTES))
      return Buffer.concat([decipher.update(body.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]).toString('utf8')
    },
    digest,
    mac: (purpose, value) => createHmac('sha256', macKey(purpose)).update(value).digest('base64url'),
    same: (a, b) => timingSafeEqual(Buffer.from(digest(a)), Buffer.from(digest(b))),
  }
}

const decoded = (text: string): Uint8Array | undefined => {
  const bytes = Buffer.from(text.trim(), 'base64') // reads base64url too
  return bytes.length === 32 ? new Uint8Array(bytes) : undefined
}

/**
 * Whole and on disk, or not at all: a key that a power cut takes after something was sealed with it loses what it sealed, and another
 * process must never read half of it. A link refuses a name that is taken.
 */
const keep = (dir: string, file: string, text: string): void => {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
  const synced = (path: string, how: string, write: (fd: number) => void) => {
    const fd = openSync(path, how, 0o600)
    try {
      write(fd)
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
  }
  try {
    synced(draft, 'wx', (fd) => writeFileSync(fd, text))
    linkSync(draft, file)
    synced(dir, 'r', () => undefined)
  } finally {
    rmSync(draft, { force: true })
  }
}

const fault = (message: string, cause?: unknown): Problem => new Problem('config-invalid', message, { cause })
const codeOf = (thrown: unknown): string => (thrown as NodeJS.ErrnoException).code ?? 'error'

/** Undefined: there is none yet. Any other trouble is an error, never a reason to make another: what the old one sealed would be lost. */
const kept = (file: string): KeyEncryptionKey | undefined => {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return undefined
    throw fault(`${file} cannot be read (${codeOf(cause)}): give it to the user that runs the gateway`, cause)
  }
  const key = decoded(text)
  if (!key) throw fault(`${file}: expected 32 bytes in base64; restore it from your backup`)
  return keyEncryptionKey(key)
}

const made = (dir: string, file: string): KeyEncryptionKey => {
  const key = randomBytes(32)
  try {
    keep(dir, file, `${key.toString('base64')}\n`)
    return keyEncryptionKey(new Uint8Array(key))
  } catch (cause) {
    const theirs = codeOf(cause) === 'EEXIST' ? kept(file) : undefined // another process was first
    if (theirs) return theirs
    const remedy = 'make the directory writable or set GWANMUN_KEYS_ENCRYPTION_KEY'
    throw fault(`${file} cannot be made (${codeOf(cause)}): ${remedy}`, cause)
  }
}

/** From configuration when given; otherwise `<dir>/kek`, made at the first start and readable by its owner only. */
export const loadKeyEncryptionKey = (dir: string, given: string | undefined): KeyEncryptionKey => {
  if (given === undefined) {
    const file = join(dir, 'kek')
    return kept(file) ?? made(dir, file)
  }
  const key = decoded(given)
  if (!key) throw fault('keys.encryptionKey: expected 32 bytes in base64; make one with `openssl rand -base64 32`')
  return keyEncryptionKey(key)
}
