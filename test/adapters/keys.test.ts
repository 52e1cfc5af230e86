// Signing keys and their certificates, checked with the platform's own crypto and jose.
import { createPrivateKey, sign as signBytes, verify as verifyBytes, X509Certificate } from 'node:crypto'
import { importJWK, jwtVerify, SignJWT } from 'jose'
import { describe, expect, test } from 'vitest'
import { keyMaker, privateKeyPem } from '../../src/adapters/keys.ts'

const NOW = Date.UTC(2026, 10, 21, 12)
const maker = keyMaker()

describe.for(['ES256', 'RS256'] as const)('%s', (alg) => {
  test('signs what its public part verifies; the public part holds nothing private', async () => {
    const { privateJwk, publicJwk, certificatePem } = await maker.make(alg)
    expect(certificatePem).toBeUndefined()
    expect(Object.keys(publicJwk).sort()).toEqual(alg === 'ES256' ? ['crv', 'kty', 'x', 'y'] : ['e', 'kty', 'n'])
    const privateKey = await importJWK(JSON.parse(privateJwk), alg)
    const token = await new SignJWT({ a: 1 }).setProtectedHeader({ alg }).sign(privateKey)
    expect((await jwtVerify(token, await importJWK({ ...publicJwk }, alg))).payload).toEqual({ a: 1 })
  })
  test('never the same twice, and strong enough', async () => {
    const [a, b] = [await maker.make(alg), await maker.make(alg)]
    expect(a.publicJwk).not.toEqual(b.publicJwk)
    const details = createPrivateKey({ key: JSON.parse(a.privateJwk), format: 'jwk' }).asymmetricKeyDetails
    expect(details).toMatchObject(alg === 'ES256' ? { namedCurve: 'prime256v1' } : { modulusLength: 2048 })
  })
  test('a self-signed certificate of that key, valid from a day before for the years asked', async () => {
    const { privateJwk, certificatePem = '' } = await maker.make(alg, {
      commonName: 'acme/default',
      years: 10,
      now: NOW,
    })
    const certificate = new X509Certificate(certificatePem)
    expect(certificate.subject).toBe('CN=acme/default')
    expect(certificate.issuer).toBe('CN=acme/default')
    expect(certificate.verify(certificate.publicKey)).toBe(true)
    expect(certificate.validFromDate.getTime()).toBe(NOW - 86_400_000)
    expect(certificate.validToDate.getTime()).toBe(NOW + 3650 * 86_400_000)
    expect(certificate.serialNumber).toMatch(/^[0-9A-F]{2,40}$/)
    const data = Buffer.from('signed')
    const signature = signBytes('sha256', data, privateKeyPem(privateJwk))
    expect(verifyBytes('sha256', data, certificate.publicKey, signature)).toBe(true)
  })
})

test('names that would be syntax elsewhere stay names', async () => {
  for (const commonName of ['관문/기본', 'a, O=evil+CN=b', '"quoted"', '#x', 'a=b;c']) {
    const { certificatePem = '' } = await maker.make('ES256', { commonName, years: 1, now: NOW })
    const { subject } = new X509Certificate(certificatePem).toLegacyObject()
    expect(subject).toMatchObject({ CN: commonName })
    expect(Object.keys(subject)).toEqual(['CN'])
  }
})

test('every serial number is a positive number of at most twenty bytes (RFC 5280 §4.1.2.2)', async () => {
  for (let i = 0; i < 8; i++) {
    const { certificatePem = '' } = await maker.make('ES256', { commonName: 'x', years: 1, now: NOW })
    expect(new X509Certificate(certificatePem).serialNumber).toMatch(/^[0-9A-F]{1,40}$/)
  }
})

test('the PEM is PKCS#8', async () => {
  const { privateJwk } = await maker.make('RS256')
  expect(privateKeyPem(privateJwk)).toMatch(/^-----BEGIN PRIVATE KEY-----\n[\s\S]+\n-----END PRIVATE KEY-----\n$/)
})
