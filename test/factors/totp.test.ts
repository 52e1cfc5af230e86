// TOTP against the vectors of its RFCs, and against people who try twice, late, early or in other digits.
import { generate } from 'otplib'
import { describe, expect, test } from 'vitest'
import { totpFactor } from '../../src/adapters/factor-totp.ts'
import { keyEncryptionKey, secrets as realSecrets } from '../../src/adapters/secrets.ts'
import type { Credential } from '../../src/core/model/credential.ts'
import type { CredentialId, PersonId } from '../../src/core/model/ids.ts'

const secrets = realSecrets([keyEncryptionKey(new Uint8Array(32).fill(1))])
const factor = totpFactor({ secrets })
const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ' // 12345678901234567890, RFC 6238 appendix B
const credential = (lastStep = -1, id = 'c1'): Credential => ({
  id: id as CredentialId,
  personId: 'p' as PersonId,
  label: 'phone',
  createdAt: 0,
  lastUsedAt: undefined,
  version: 1,
  data: { kind: 'totp', secretSealed: secrets.seal(SECRET, 'totp:c1'), lastStep },
})

// RFC 6238 appendix B: eight digits; six digits are the last six of them (RFC 4226 §5.3).
const vectors = [
  [59, '94287082', '46119246', '90693936'],
  [1111111109, '07081804', '68084774', '25091201'],
  [1111111111, '14050471', '67062674', '99943326'],
  [1234567890, '89005924', '91819424', '93441116'],
  [2000000000, '69279037', '90698825', '38618901'],
  [20000000000, '65353130', '77737706', '47863826'],
] as const

describe('M1: RFC 6238 appendix B', () => {
  test.for(vectors)('at %s the code is %s', async ([seconds, sha1]) => {
    expect(await factor.confirm(SECRET, sha1.slice(2), seconds * 1000)).toEqual({ step: Math.floor(seconds / 30) })
    expect(await factor.verify(credential(), sha1.slice(2), seconds * 1000)).toMatchObject({
      evidence: { kind: 'totp', at: seconds * 1000, credentialId: 'c1' },
      save: { data: { lastStep: Math.floor(seconds / 30) } },
    })
  })
  test.for(vectors)('at %s the library agrees for every hash: %s, %s, %s', async ([epoch, ...codes]) => {
    const keyOf = (size: number) => new Uint8Array(Buffer.from('1234567890'.repeat(7).slice(0, size)))
    const made = await Promise.all(
      (
        [
          ['sha1', 20],
          ['sha256', 32],
          ['sha512', 64],
        ] as const
      ).map(([algorithm, size]) => generate({ secret: keyOf(size), algorithm, epoch, digits: 8, period: 30 })),
    )
    expect(made).toEqual(codes)
  })
  test('RFC 4226 appendix D: the first ten counters are the first ten steps', async () => {
    const codes = ['755224', '287082', '359152', '969429', '338314', '254676', '287922', '162583', '399871', '520489']
    for (const [step, code] of codes.entries())
      expect(await factor.confirm(SECRET, code, (step * 30 + 29) * 1000)).toEqual({ step })
  })
})

describe('M1: window and replay', () => {
  const at = (step: number) => step * 30_000
  const codeOf = (step: number) => generate({ secret: SECRET, epoch: step * 30 })

  test.for([
    [-2, 'wrong'],
    [-1, undefined],
    [0, undefined],
    [1, undefined],
    [2, 'wrong'],
  ] as const)('a code %s steps away: %s', async ([away, refused]) => {
    for (const now of [at(1000), at(1000) + 29_999]) {
      const answer = await factor.verify(credential(), await codeOf(1000 + away), now)
      expect('refused' in answer ? answer.refused : undefined).toBe(refused)
    }
  })
  test('the same code twice is replayed, also from the edge of the window', async () => {
    for (const step of [999, 1000, 1001]) {
      const first = await factor.verify(credential(), await codeOf(step), at(1000))
      if ('refused' in first) throw new Error(first.detail)
      expect(first.save).toMatchObject({ version: 1, lastUsedAt: at(1000), data: { lastStep: step } })
      expect(await factor.verify(first.save, await codeOf(step), at(1000))).toMatchObject({ refused: 'replayed' })
    }
  })
  test('an earlier code after a later one is replayed; the next one verifies', async () => {
    expect(await factor.verify(credential(1000), await codeOf(999), at(1000))).toMatchObject({ refused: 'replayed' })
    expect(await factor.verify(credential(1000), await codeOf(1001), at(1000))).toHaveProperty('evidence')
  })
  test('a clock that was set back refuses without falling over', async () => {
    expect(await factor.verify(credential(5000), await codeOf(1000), at(1000))).toMatchObject({ refused: 'replayed' })
    expect(await factor.verify(credential(5000), await codeOf(4000), at(1000))).toMatchObject({ refused: 'wrong' })
    expect(await factor.verify(credential(1002), await codeOf(1001), at(1000))).toMatchObject({ refused: 'replayed' })
  })
  test.for([
    ['five digits', '28708', 'malformed'],
    ['seven digits', '1287082', 'malformed'],
    ['eight digits of the RFC', '94287082', 'malformed'],
    ['nothing', '', 'malformed'],
    ['letters', '28708a', 'malformed'],
    ['a sign', '+87082', 'malformed'],
    ['Arabic digits', '٢٨٧٠٨٢', 'malformed'],
    ['wide digits', '２８７０８２', 'malformed'],
    ['a line feed inside', '287082\n287082', 'malformed'],
    ['a megabyte', '2'.repeat(1_000_000), 'malformed'],
    ['as apps show it', ' 287 082 ', undefined],
    ['with a hyphen', '287-082', undefined],
    ['wrong', '287083', 'wrong'],
  ] as const)('%s', async ([, code, refused]) => {
    const answer = await factor.verify(credential(), code, 59_000)
    expect('refused' in answer ? answer.refused : undefined).toBe(refused)
  })
})

describe('M1: enrolment', () => {
  test('160 bits at least, another each time, in a URI that apps understand and a picture of it', async () => {
    const { secret, uri, qrSvg } = factor.offer('kim@corp.example', 'Gwanmun: Corp & Co')
    expect(secret).toMatch(/^[A-Z2-7]{32,}$/)
    const parsed = new URL(uri)
    expect(`${parsed.protocol}//${parsed.host}`).toBe('otpauth://totp')
    expect(decodeURIComponent(parsed.pathname)).toBe('/Gwanmun: Corp & Co:kim@corp.example')
    expect(parsed.searchParams.get('secret')).toBe(secret)
    expect(parsed.searchParams.get('issuer')).toBe('Gwanmun: Corp & Co')
    expect(qrSvg).toMatch(/^<svg[^>]*>[\s\S]*<\/svg>$/)
    expect(qrSvg).not.toContain('<script')
    expect(factor.offer('kim', 'x').secret).not.toBe(secret)
    expect(factor.picture(secret, 'kim@corp.example', 'Gwanmun: Corp & Co')).toEqual({ uri, qrSvg })
  })
  test('a name in Hangul and markup survives the URI', () => {
    const { uri } = factor.offer('김<script>&issuer=evil', '관문')
    expect(new URL(uri).searchParams.getAll('issuer')).toEqual(['관문'])
  })
  test('the code that confirmed the enrolment does not sign in too', async () => {
    const confirmed = await factor.confirm(SECRET, '287082', 59_000)
    if ('refused' in confirmed) throw new Error(confirmed.detail)
    expect(await factor.verify(credential(confirmed.step), '287082', 59_000)).toMatchObject({ refused: 'replayed' })
  })
  test("a secret copied into another credential's row does not open", async () => {
    await expect(factor.verify(credential(-1, 'c2'), '287082', 59_000)).rejects.toThrow()
  })
  test('a credential of another kind is refused', async () => {
    const other: Credential = { ...credential(), data: { kind: 'recovery-code', hashes: [] } }
    expect(await factor.verify(other, '287082', 59_000)).toMatchObject({ refused: 'unknown-credential' })
  })
})
