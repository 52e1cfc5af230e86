// argon2id: the promises of ports/hasher.ts, and that nobody learns from the time it takes who exists.
import { hash } from '@node-rs/argon2'
import { describe, expect, test } from 'vitest'
import { hasher } from '../../src/adapters/hasher.ts'

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

test('nobody learns who exists: unknown people, damaged hashes and the very first question cost a whole hash', async () => {
  const phc = await ours.hash('x')
  const rows: readonly (string | undefined)[] = [phc, undefined, 'nonsense']
  const fastest = rows.map(() => Number.POSITIVE_INFINITY)
  for (let round = 0; round < 8; round++)
    for (const [i, row] of rows.entries()) {
      const first = hasher() // a new one: nothing was prepared by an earlier question
      const began = performance.now()
      await first.verify(row, 'wrong')
      fastest[i] = Math.min(fastest[i] ?? 0, performance.now() - began)
    }
  const [known = 0, ...unknown] = fastest
  // Wide, because the machine is busy; without a decoy the difference is a thousandfold.
  for (const cost of unknown) {
    expect(cost).toBeGreaterThan(known / 4)
    expect(cost).toBeLessThan(known * 4)
  }
})

test('a flood is answered in full, a failure hands its place on', async () => {
  const phc = await ours.hash('x')
  const answers = await Promise.all(
    Array.from({ length: 12 }, (_, i) => ours.verify(i % 3 === 0 ? 'broken' : phc, i % 2 === 0 ? 'x' : 'y')),
  )
  expect(answers).toEqual(Array.from({ length: 12 }, (_, i) => i % 3 !== 0 && i % 2 === 0))
})
