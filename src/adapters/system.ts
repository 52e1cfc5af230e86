// The machine's clock and dice: the only place that reads either. Everything else is given them.
import { randomBytes, randomFillSync } from 'node:crypto'
import type { Clock } from '../ports/clock.ts'
import type { Random } from '../ports/random.ts'

export const systemClock: Clock = () => Date.now()

const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
/** Ten bits are two letters. */
const pairs = [...crockford].flatMap((first) => [...crockford].map((second) => first + second))

const timeOf = (now: number): string => {
  let time = ''
  for (let rest = now, i = 0; i < 10; i++) {
    time = crockford[rest % 32] + time
    rest = Math.floor(rest / 32)
  }
  return time
}

/** 40 bits from `at` on, as eight letters. */
const eightLetters = (bytes: Uint8Array, at: number): string => {
  const [a = 0, b = 0, c = 0, d = 0, e = 0] = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3], bytes[at + 4]]
  const first = `${pairs[(a << 2) | (b >> 6)]}${pairs[((b & 63) << 4) | (c >> 4)]}`
  return `${first}${pairs[((c & 15) << 6) | (d >> 2)]}${pairs[((d & 3) << 8) | e]}`
}

const CHANCE = 10 // bytes
const AT_ONCE = 400 // ids: fetching chance costs more than using it

/** ULID shape: 48 bits of time, 80 of chance, so that rows made together lie together in an index. */
const ulids = (clock: Clock): (() => string) => {
  const chance = new Uint8Array(CHANCE * AT_ONCE)
  let used = chance.length
  let last = Number.NaN
  let time = ''
  return () => {
    const now = clock()
    if (now !== last) {
      time = timeOf(now)
      last = now
    }
    if (used === chance.length) {
      randomFillSync(chance)
      used = 0
    }
    const at = used
    used += CHANCE
    return time + eightLetters(chance, at) + eightLetters(chance, at + 5)
  }
}

export const systemRandom = (clock: Clock = systemClock): Random => ({
  id: ulids(clock),
  token: () => randomBytes(32).toString('base64url'),
  bytes: (count) => new Uint8Array(randomBytes(count)),
})
