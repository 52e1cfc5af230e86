// What an X.509 certificate says about itself: whose, which key, from when until when. Judges nothing.
import { createHash, X509Certificate } from 'node:crypto'
import type { ReadCertificate } from '../ports/inspector.ts'

export const readCertificate: ReadCertificate = (text, use) => {
  try {
    const der = Buffer.from(text.replace(/-----[A-Z ]+-----|\s/g, ''), 'base64')
    const read = new X509Certificate(der)
    const { asymmetricKeyType = '', asymmetricKeyDetails: details } = read.publicKey
    return {
      use,
      subject: read.subject.replaceAll('\n', ', ').slice(0, 300),
      fingerprint: createHash('sha256').update(der).digest('hex'),
      key: `${asymmetricKeyType.toUpperCase()} ${details?.modulusLength ?? details?.namedCurve ?? ''}`.trim(),
      notBefore: Date.parse(read.validFrom),
      notAfter: Date.parse(read.validTo),
    }
  } catch {
    return undefined
  }
}
