// Signs and encrypts what we send, with samlify. RSA-SHA256 and exclusive canonicalization; AES-256-GCM under RSA-OAEP. Decides nothing
// about what others send. XML Signature as profiled by SAML Core §5.4, redirect signatures by SAML Bindings §3.4.4.1.
import { X509Certificate } from 'node:crypto'
import { deflateRawSync } from 'node:zlib'
import { SamlLib } from 'samlify'
import type { SamlKey } from '../../flows/upkeep/key-ring.ts'
import type { Random } from '../../ports/random.ts'

const rsaSha256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'
const aes256Gcm = 'http://www.w3.org/2009/xmlenc11#aes256-gcm'
const rsaOaep = 'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p'

const bare = (pem: string): string => pem.replace(/-----[A-Z ]+-----|\s/g, '')

const assertionPath = "/*[local-name(.)='Response']/*[local-name(.)='Assertion']"

/** The signature goes right behind the Issuer, where the schema wants it (SAML Core §5.4.2, xs:sequence). */
const signed = (document: string, at: string, key: SamlKey): string =>
  SamlLib.constructSAMLSignature({
    rawSamlMessage: document,
    referenceTagXPath: at,
    privateKey: key.privateKeyPem,
    signingCert: bare(key.certificatePem),
    signatureAlgorithm: rsaSha256,
    isBase64Output: false,
    signatureConfig: { prefix: 'ds', location: { reference: `${at}/*[local-name(.)='Issuer']`, action: 'after' } },
  })

/** 160 random bits: an XML ID nobody can foresee (SAML Core §1.3.4). */
export const messageId = ({ random }: { readonly random: Pick<Random, 'bytes'> }): string =>
  `_${Buffer.from(random.bytes(20)).toString('hex')}`

export const signMessage = (document: string, key: SamlKey): string => signed(document, '/*', key)
export const signAssertion = (response: string, key: SamlKey): string => signed(response, assertionPath, key)

/** The first certificate that RSA-OAEP can encrypt for; an application may publish an EC one beside it. */
export const encryptionCertificate = (certificates: readonly string[]): string | undefined =>
  certificates.find((c) => {
    try {
      return new X509Certificate(Buffer.from(bare(c), 'base64')).publicKey.asymmetricKeyType === 'rsa'
    } catch {
      return false // nothing to encrypt for
    }
  })

/** `certificate`: base64 DER or PEM of the application's encryption key. The assertion must be signed before, the response after. */
export const encryptAssertion = async (response: string, certificate: string): Promise<string> => {
  const entity = {
    entitySetting: {
      isAssertionEncrypted: true,
      dataEncryptionAlgorithm: aes256Gcm,
      keyEncryptionAlgorithm: rsaOaep,
      tagPrefix: { encryptedAssertion: 'saml' },
    },
    entityMeta: { getX509Certificate: () => bare(certificate) },
  } as unknown as Parameters<typeof SamlLib.encryptAssertion>[0] // all that is read of an entity; a parsed one would pick the wrong certificate of two
  return Buffer.from(await SamlLib.encryptAssertion(entity, entity, response), 'base64').toString('utf8')
}

export type Parameter = 'SAMLRequest' | 'SAMLResponse'

/** The URL that carries a signed message through the browser (SAML Bindings §3.4.4). */
export const redirectUrl = (
  location: string,
  parameter: Parameter,
  message: string,
  relayState: string | undefined,
  key: SamlKey,
): string => {
  const pairs: [string, string][] = [[parameter, deflateRawSync(message).toString('base64')]]
  if (relayState !== undefined) pairs.push(['RelayState', relayState])
  pairs.push(['SigAlg', rsaSha256])
  const octets = pairs.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')
  const signature = SamlLib.constructMessageSignature(octets, key.privateKeyPem, undefined, true, rsaSha256)
  const query = `${octets}&Signature=${encodeURIComponent(String(signature))}`
  return `${location}${location.includes('?') ? '&' : '?'}${query}`
}
