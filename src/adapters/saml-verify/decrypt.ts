// EncryptedAssertion → the assertion's text. RSA-OAEP and AES only; every failure is the same refusal, so that nobody learns by trying
// (Jager & Somorovsky 2011). XML Encryption 1.1 §5.
import { createDecipheriv, createPrivateKey, privateDecrypt } from 'node:crypto'
import type { Refusal } from '../../ports/upstream.ts'
import { attribute, child, children, textOf } from './dom.ts'
import { ns } from './names.ts'
import { refuse } from './reasons.ts'

const xenc11 = 'http://www.w3.org/2009/xmlenc11#'
const ciphers: { readonly [uri: string]: { readonly name: string; readonly keyBytes: number; readonly gcm: boolean } } =
  {
    [`${ns.xenc}aes128-cbc`]: { name: 'aes-128-cbc', keyBytes: 16, gcm: false },
    [`${ns.xenc}aes192-cbc`]: { name: 'aes-192-cbc', keyBytes: 24, gcm: false },
    [`${ns.xenc}aes256-cbc`]: { name: 'aes-256-cbc', keyBytes: 32, gcm: false },
    [`${xenc11}aes128-gcm`]: { name: 'aes-128-gcm', keyBytes: 16, gcm: true },
    [`${xenc11}aes192-gcm`]: { name: 'aes-192-gcm', keyBytes: 24, gcm: true },
    [`${xenc11}aes256-gcm`]: { name: 'aes-256-gcm', keyBytes: 32, gcm: true },
  }
const oaepUris = [`${ns.xenc}rsa-oaep-mgf1p`, `${xenc11}rsa-oaep`]
const oaepHashes: { readonly [uri: string]: string } = {
  [`${ns.dsig}sha1`]: 'sha1',
  [`${ns.xenc}sha256`]: 'sha256',
  [`${ns.xenc}sha512`]: 'sha512',
}
const mgfHashes: { readonly [uri: string]: string } = {
  [`${xenc11}mgf1sha1`]: 'sha1',
  [`${xenc11}mgf1sha256`]: 'sha256',
  [`${xenc11}mgf1sha512`]: 'sha512',
}

/** Only what the table holds itself: the sender chooses the name, and `constructor` is a name too. */
const named = <T>(table: { readonly [uri: string]: T }, uri: string): T | undefined =>
  Object.hasOwn(table, uri) ? table[uri] : undefined

const cipherValue = (data: Element): Buffer | undefined => {
  const holder = child(data, ns.xenc, 'CipherData')
  const value = holder && child(holder, ns.xenc, 'CipherValue') // CipherReference would fetch
  return value && Buffer.from(textOf(value).replace(/\s/g, ''), 'base64')
}
const methodOf = (data: Element): Element | undefined => child(data, ns.xenc, 'EncryptionMethod')
const algorithmOf = (data: Element): string => attribute(methodOf(data) ?? data, 'Algorithm') ?? ''

/** Node ties the mask's hash to the digest's; anything else cannot be read and is said so. */
const oaepHash = (key: Element): string | undefined => {
  const method = methodOf(key)
  if (!method || !oaepUris.includes(algorithmOf(key))) return undefined
  const digestElement = child(method, ns.dsig, 'DigestMethod')
  const digest = digestElement ? named(oaepHashes, attribute(digestElement, 'Algorithm') ?? '') : 'sha1'
  const mgfElement = child(method, xenc11, 'MGF')
  const mgf = mgfElement ? named(mgfHashes, attribute(mgfElement, 'Algorithm') ?? '') : 'sha1'
  return digest !== undefined && digest === mgf ? digest : undefined
}

const encryptedKeys = (encrypted: Element, data: Element): readonly Element[] => {
  const info = child(data, ns.dsig, 'KeyInfo')
  return [...(info ? children(info, ns.xenc, 'EncryptedKey') : []), ...children(encrypted, ns.xenc, 'EncryptedKey')]
}

const open = (name: string, gcm: boolean, key: Buffer, body: Buffer): string => {
  if (gcm) {
    const decipher = createDecipheriv(name as 'aes-256-gcm', key, body.subarray(0, 12), {
      authTagLength: 16,
    }).setAuthTag(body.subarray(-16))
    return Buffer.concat([decipher.update(body.subarray(12, -16)), decipher.final()]).toString('utf8')
  }
  const decipher = createDecipheriv(name, key, body.subarray(0, 16)).setAutoPadding(false)
  const padded = Buffer.concat([decipher.update(body.subarray(16)), decipher.final()])
  const padding = padded.at(-1) ?? 0 // XML Encryption §5.2: only the last byte says how much (ISO 10126)
  // Wrong padding goes on like right padding and fails as text: no shortcut that a clock could see.
  return padded.subarray(0, padding >= 1 && padding <= 16 ? -padding : padded.length).toString('utf8')
}

/** `malleable`: nothing in the encryption itself shows whether the ciphertext was changed on its way. */
export type Opened = { readonly text: string; readonly malleable: boolean }

export const decryptAssertion = (encrypted: Element, privateKeys: readonly string[]): Opened | Refusal => {
  const data = child(encrypted, ns.xenc, 'EncryptedData')
  const cipher = data && named(ciphers, algorithmOf(data))
  if (!data || !cipher)
    return refuse('encryption-algorithm-not-allowed', { received: data ? algorithmOf(data) : '(none)' })
  const keys = encryptedKeys(encrypted, data)
  const usable = keys.filter((k) => oaepHash(k) !== undefined)
  if (usable.length === 0)
    return refuse('encryption-algorithm-not-allowed', { received: keys.map(algorithmOf).join(', ') })
  const body = cipherValue(data)
  for (const element of usable.slice(0, 5))
    for (const pem of privateKeys)
      try {
        const wrapped = cipherValue(element) ?? Buffer.alloc(0)
        const key = privateDecrypt({ key: createPrivateKey(pem), oaepHash: oaepHash(element) ?? 'sha1' }, wrapped)
        if (key.length === cipher.keyBytes && body)
          return { text: open(cipher.name, cipher.gcm, key, body), malleable: !cipher.gcm }
      } catch {
        // the next key
      }
  return refuse('decryption-failed')
}
