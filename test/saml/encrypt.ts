// Puts the assertion of a response into an EncryptedAssertion, with any algorithm an identity provider might use, allowed or not.
import { constants, createCipheriv, generateKeyPairSync, publicEncrypt, randomBytes } from 'node:crypto'

export const decryptionPair = () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  }
}

const xenc = 'http://www.w3.org/2001/04/xmlenc#'
const xenc11 = 'http://www.w3.org/2009/xmlenc11#'
export const ciphers = {
  [`${xenc}aes128-cbc`]: ['aes-128-cbc', 16],
  [`${xenc}aes256-cbc`]: ['aes-256-cbc', 32],
  [`${xenc11}aes128-gcm`]: ['aes-128-gcm', 16],
  [`${xenc11}aes256-gcm`]: ['aes-256-gcm', 32],
} as const
export const gcm = `${xenc11}aes256-gcm` as const
export const cbc = `${xenc}aes256-cbc` as const

export type Encryption = {
  readonly cipher?: keyof typeof ciphers
  readonly named?: string // what EncryptionMethod says, when it lies
  readonly keyTransport?: 'oaep' | 'oaep-sha256' | 'rsa-1_5'
  readonly change?: (ciphertext: Buffer) => Buffer
  readonly keyBeside?: boolean // EncryptedKey as a sibling of EncryptedData
}

const transports = {
  oaep: [`${xenc}rsa-oaep-mgf1p`, { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' }, ''],
  'oaep-sha256': [
    `${xenc11}rsa-oaep`,
    { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' },
    `<ds:DigestMethod xmlns:ds="http://www.w3.org/2000/09/xmldsig#" Algorithm="${xenc}sha256"/><e11:MGF xmlns:e11="${xenc11}" Algorithm="${xenc11}mgf1sha256"/>`,
  ],
  'rsa-1_5': [`${xenc}rsa-1_5`, { padding: constants.RSA_PKCS1_PADDING }, ''],
} as const

const sealed = (text: string, cipher: keyof typeof ciphers, key: Buffer): Buffer => {
  const [name] = ciphers[cipher]
  const iv = randomBytes(name.endsWith('gcm') ? 12 : 16)
  if (name.endsWith('gcm')) {
    const c = createCipheriv(name as 'aes-256-gcm', key, iv)
    return Buffer.concat([iv, c.update(text, 'utf8'), c.final(), c.getAuthTag()])
  }
  const c = createCipheriv(name, key, iv)
  return Buffer.concat([iv, c.update(text, 'utf8'), c.final()])
}

export const encryptedXml = (text: string, publicKey: string, how: Encryption = {}): string => {
  const cipher = how.cipher ?? gcm
  const key = randomBytes(ciphers[cipher][1])
  const [transport, padding, method] = transports[how.keyTransport ?? 'oaep']
  const wrapped = publicEncrypt({ key: publicKey, ...padding }, key).toString('base64')
  const body = (how.change ?? ((b) => b))(sealed(text, cipher, key)).toString('base64')
  const encryptedKey = `<xenc:EncryptedKey><xenc:EncryptionMethod Algorithm="${transport}">${method}</xenc:EncryptionMethod><xenc:CipherData><xenc:CipherValue>${wrapped}</xenc:CipherValue></xenc:CipherData></xenc:EncryptedKey>`
  const info = how.keyBeside
    ? ''
    : `<ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#">${encryptedKey}</ds:KeyInfo>`
  return `<saml:EncryptedAssertion xmlns:xenc="${xenc}"><xenc:EncryptedData Type="${xenc}Element"><xenc:EncryptionMethod Algorithm="${how.named ?? cipher}"/>${info}<xenc:CipherData><xenc:CipherValue>${body}</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData>${how.keyBeside ? encryptedKey : ''}</saml:EncryptedAssertion>`
}

/** Sign before, sign after, or both: this only exchanges the one element. */
export const encryptAssertionOf = (response: string, publicKey: string, how: Encryption = {}): string =>
  response.replace(/<saml:Assertion [\s\S]*<\/saml:Assertion>/, (assertion) => encryptedXml(assertion, publicKey, how))
