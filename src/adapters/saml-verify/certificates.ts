// Certificates as boxes for public keys: read once, kept by their text. Validity dates and chains are not looked at: trust is that the
// certificate stands in the metadata an administrator loaded (SAML Metadata Interoperability Profile §2.5).
import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto'

const pemOf = (text: string): string =>
  text.includes('-----BEGIN')
    ? text
    : `-----BEGIN CERTIFICATE-----\n${text.replace(/\s/g, '').replace(/(.{64})/g, '$1\n')}\n-----END CERTIFICATE-----`

// Shorter keys have been factored. 1024 bits still stand in metadata of old installations whose administrators chose to trust them.
const MIN_RSA_BITS = 1024
const strongEnough = (key: KeyObject): KeyObject | undefined =>
  key.asymmetricKeyType?.startsWith('rsa') && (key.asymmetricKeyDetails?.modulusLength ?? 0) < MIN_RSA_BITS
    ? undefined
    : key

const keys = new Map<string, KeyObject | undefined>()
const MAX_KEYS = 2000

/** Undefined when the text holds no usable certificate or public key. */
export const publicKeyOf = (certificate: string): KeyObject | undefined => {
  const held = keys.get(certificate)
  if (held || keys.has(certificate)) return held
  let key: KeyObject | undefined
  try {
    const pem = pemOf(certificate)
    key = strongEnough(pem.includes('PUBLIC KEY') ? createPublicKey(pem) : new X509Certificate(pem).publicKey)
  } catch {
    key = undefined
  }
  if (keys.size >= MAX_KEYS) keys.clear()
  keys.set(certificate, key)
  return key
}
