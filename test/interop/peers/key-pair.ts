// A throw-away RSA key with a self-signed certificate, for a foreign program to sign and decrypt with.
import { keyMaker, privateKeyPem } from '../../../src/adapters/keys.ts'

export type KeyPair = {
  readonly keyPem: string
  readonly certificatePem: string
  /** The certificate as metadata wants it: base64 DER without lines. */
  readonly certificate: string
}

export const newKeyPair = async (commonName: string): Promise<KeyPair> => {
  const made = await keyMaker().make('RS256', { commonName, years: 1, now: Date.now() })
  const certificatePem = made.certificatePem ?? ''
  return {
    keyPem: privateKeyPem(made.privateJwk),
    certificatePem: `${certificatePem}\n`,
    certificate: certificatePem.replace(/-----[A-Z ]+-----|\s/g, ''),
  }
}
