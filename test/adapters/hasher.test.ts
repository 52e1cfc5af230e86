// argon2id: the promises of ports/hasher.ts, and that nobody learns from the time it takes who exists.
import { hash, verify } from '@node-rs/argon2'
import { describe, expect, test, vi } from 'vitest'
import { hasher } from '../../src/adapters/hasher.ts'

// watched, not replaced
vi.mock('@node-rs/argon2', { spy: true })

const ours = hasher()

describe('P3: argon2id', () => {
  test('verifies what it hashed, with OWASP’s minimum parameters and a salt of its own', async () => {
    const phc = await ours.hash('correct horse battery staple')
    expect(phc).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(await ours.verify(phc, 'correct horse battery staple')).toBe(true)
    expect(await ours.verify(phc, 'correct horse battery stapl')).toBe(false)
    expect(await ours.hash('correct horse battery staple')).not.toBe(phc)
    expect(ours.isOld(phc)).toBe(false)
  })
  test('a password typed in parts is the password typed whole (Korean and accented letters)', async () => {
    const phc = await ours.hash('비밀번호-é'.normalize('NFD'))
    expect(await ours.verify(phc, '비밀번호-é'.normalize('NFC'))).toBe(true)
  })
  test('long passwords count to the last character', async () => {
    const phc = await ours.hash(`${'x'.repeat(1023)}y`)
    expect(await ours.verify(phc, 'x'.repeat(1024))).toBe(false)
    expect(await ours.verify(phc, `${'x'.repeat(1023)}y`)).toBe(true)
  })
  test('weaker, foreign and unreadable parameters are old', async () => {
    expect(ours.isOld(await hash('x', { memoryCost: 8192, timeCost: 2, parallelism: 1 }))).toBe(true)
    expect(ours.isOld(await hash('x', { memoryCost: 19_456, timeCost: 1, parallelism: 1 }))).toBe(true)
    expect(ours.isOld(await hash('x', { memoryCost: 19_456, timeCost: 2, parallelism: 1, algorithm: 0 }))).toBe(true)
    expect(ours.isOld(await hash('x', { memoryCost: 32_768, timeCost: 3, parallelism: 1 }))).toBe(false)
    expect(ours.isOld('$2b$10$abcdefghijklmnopqrstuv')).toBe(true)
  })
  test('an older hash still verifies', async () => {
    const phc = await hash('x', { memoryCost: 8192, timeCost: 2, parallelism: 1 })
    expect(await ours.verify(phc, 'x')).toBe(true)
  })
  test.for([
    undefined,
    '',
    'nonsense',
    '$argon2id$v=19$m=19456,t=2,p=1$',
    '$argon2i$v=19$m=8,t=1,p=1$AAAAAAAAAAA$AAAA',
  ])('refuses %s', async (phc) => {
    expect(await ours.verify(phc, 'x')).toBe(false)
    expect(await ours.verify(phc, '')).toBe(false)
  })
})

test('nobody learns who exists: unknown people, damaged hashes and the very first question cost one whole hash', async () => {
  const phc = await ours.hash('x')
  for (const row of [phc, undefined, 'nonsense', '']) {
    vi.mocked(verify).mockClear()
    const first = hasher() // a new one: nothing was prepared by an earlier question
    expect(await first.verify(row, 'wrong')).toBe(false)
    // asked of the real function, once, and answered by it: what it cannot read it refuses without working
    expect(vi.mocked(verify).mock.settledResults).toEqual([{ type: 'fulfilled', value: false }])
    const [asked, password] = vi.mocked(verify).mock.calls[0] ?? []
    expect(asked).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/)
    expect([asked === phc, password]).toEqual([row === phc, 'wrong'])
  }
})

test('a flood is answered in full, a failure hands its place on', async () => {
  const phc = await ours.hash('x')
  const answers = await Promise.all(
    Array.from({ length: 12 }, (_, i) => ours.verify(i % 3 === 0 ? 'broken' : phc, i % 2 === 0 ? 'x' : 'y')),
  )
  expect(answers).toEqual(Array.from({ length: 12 }, (_, i) => i % 3 !== 0 && i % 2 === 0))
})
