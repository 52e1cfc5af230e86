// Recovery codes: readable, strong, and gone after use.
import { describe, expect, test } from 'vitest'
import { recoveryCodes } from '../../src/adapters/factor-recovery-code.ts'
import { keyEncryptionKey, secrets as realSecrets } from '../../src/adapters/secrets.ts'
import { systemRandom } from '../../src/adapters/system.ts'
import type { Credential } from '../../src/core/model/credential.ts'
import type { CredentialId, PersonId } from '../../src/core/model/ids.ts'

const secrets = realSecrets([keyEncryptionKey(new Uint8Array(32).fill(1))])
const factor = recoveryCodes({ random: systemRandom(), secrets })
const holding = (hashes: readonly string[]): Credential => ({
  id: 'c1' as CredentialId,
  personId: 'p' as PersonId,
  label: 'codes',
  createdAt: 0,
  lastUsedAt: undefined,
  version: 1,
  data: { kind: 'recovery-code', hashes },
})

describe('M10: recovery codes', () => {
  test('ten different codes of 80 bits in groups, kept as digests only', () => {
    const { codes, hashes } = factor.make()
    expect(new Set(codes).size).toBe(10)
    for (const code of codes) expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/)
    expect(hashes).toEqual(codes.map((code) => secrets.digest(code.replaceAll('-', ''))))
    expect(JSON.stringify(hashes)).not.toContain(codes[0]?.replaceAll('-', ''))
  })
  test('every letter of the alphabet comes up: five bits a letter', () => {
    const letters = new Set(
      Array.from({ length: 40 }, () => factor.make().codes.join(''))
        .join('')
        .replaceAll('-', ''),
    )
    expect(letters.size).toBe(32)
  })
  test('each works once, and leaves the others', async () => {
    const { codes, hashes } = factor.make()
    const [code = '', another = ''] = codes
    const answer = await factor.verify(holding(hashes), code, 5)
    if ('refused' in answer) throw new Error(answer.detail)
    expect(answer.evidence).toEqual({ kind: 'recovery-code', at: 5 })
    expect(answer.save).toMatchObject({ version: 1, lastUsedAt: 5, data: { hashes: hashes.slice(1) } })
    expect(await factor.verify(answer.save, code, 6)).toMatchObject({ refused: 'wrong' })
    expect(await factor.verify(answer.save, another, 6)).toHaveProperty('evidence')
  })
  test('what people confuse, group and hang together is read as meant', async () => {
    const code = '0O1I-LABC-DEFG-H234'
    const meant = holding([secrets.digest('00111ABCDEFGH234')])
    for (const typed of [code, code.toLowerCase(), '0o1i labc\tdefg h234', '0O1ILABCDEFGH234', '0O1I–LABC—DEFG‑H234'])
      expect(await factor.verify(meant, typed, 0)).toHaveProperty('evidence')
  })
  test.for([
    ['nothing', '', 'malformed'],
    ['too short', 'ABCD-EFGH', 'malformed'],
    ['too long', 'ABCD-EFGH-JKMN-PQRS-T', 'malformed'],
    ['letters outside the alphabet', 'UUUU-UUUU-UUUU-UUUU', 'malformed'],
    ['a digest instead of a code', secrets.digest('ABCDEFGHJKMNPQRS'), 'malformed'],
    ['an unknown code', 'ABCD-EFGH-JKMN-PQRS', 'wrong'],
  ] as const)('refused: %s', async ([, code, refused]) => {
    expect(await factor.verify(holding(factor.make().hashes), code, 0)).toMatchObject({ refused })
  })
  test('refused: a credential of another kind, and one with nothing left', async () => {
    const other: Credential = { ...holding([]), data: { kind: 'totp', secretSealed: '', lastStep: 0 } }
    expect(await factor.verify(other, 'ABCD-EFGH-JKMN-PQRS', 0)).toMatchObject({ refused: 'unknown-credential' })
    expect(await factor.verify(holding([]), 'ABCD-EFGH-JKMN-PQRS', 0)).toMatchObject({ refused: 'wrong' })
  })
})
