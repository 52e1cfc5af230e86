// Makes signing keys with WebCrypto and self-signed certificates with @peculiar/x509. A certificate here is only a box for a public key:
// partners pin it, nobody builds a chain to it (SAML Metadata §2.4.1.1).
import { createPrivateKey, randomBytes, webcrypto } from 'node:crypto'
import type { JsonObject } from '../core/model/json.ts'
import type { KeyMaker } from '../ports/keys.ts'

/** With the first certificate, not with every start. */
const certificates = async () => {
  await import('reflect-metadata') // x509's container reads decorator metadata when it is loaded
  return import('@peculiar/x509')
}

const algorithms = {
  ES256: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  RS256: { name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' },
} as const

const bareJwk = (jwk: webcrypto.JsonWebKey): JsonObject => {
  const { key_ops: _ops, ext: _ext, alg: _alg, ...rest } = jwk
  return JSON.parse(JSON.stringify(rest)) as JsonObject
}

export const keyMaker = (): KeyMaker => ({
  make: async (alg, certificate) => {
    const pair = (await webcrypto.subtle.generateKey(algorithms[alg], true, [
      'sign',
      'verify',
    ])) as webcrypto.CryptoKeyPair
    const x509 = certificate && (await certificates())
    const made =
      certificate &&
      x509 &&
      (await x509.X509CertificateGenerator.createSelfSigned(
        {
          serialNumber: randomBytes(16).toString('hex'),
          name: new x509.Name([{ CN: [{ utf8String: certificate.commonName }] }]), // text would be parsed, and its quotes vanish
          notBefore: new Date(certificate.now - 86_400_000), // partners' clocks
          notAfter: new Date(certificate.now + certificate.years * 365 * 86_400_000),
          signingAlgorithm: algorithms[alg],
          keys: pair as CryptoKeyPair,
        },
        webcrypto as Crypto,
      ))
    return {
      privateJwk: JSON.stringify(bareJwk(await webcrypto.subtle.exportKey('jwk', pair.privateKey))),
      publicJwk: bareJwk(await webcrypto.subtle.exportKey('jwk', pair.publicKey)),
      certificatePem: made?.toString('pem'),
    }
  },
})

/** PKCS#8 PEM, as the XML libraries want it. */
export const privateKeyPem = (privateJwk: string): string =>
  createPrivateKey({ key: JSON.parse(privateJwk), format: 'jwk' })
    .export({ type: 'pkcs8', format: 'pem' })
    .toString()
