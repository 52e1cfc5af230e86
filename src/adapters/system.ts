// The machine's clock and dice: the only place that reads either. Everything else is given them.
import { randomBytes } from 'node:crypto'
import type { Clock } from '../ports/clock.ts'
import type { Random } from '../ports/random.ts'

export const systemClock: Clock = () => Date.now()

const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** ULID shape: 48 bits of time, 80 of chance, so that rows made together lie together in an index. */
const ulid = (now: number, chance: Uint8Array): string => {
  let time = ''
  for (let rest = now, i = 0; i < 10; i++) {
    time = crockford[rest % 32] + time
    rest = Math.floor(rest / 32)
  }
  let bits = 0n
  for (const byte of chance) bits = (bits << 8n) | BigInt(byte)
  let tail = ''
  for (let i = 0; i < 16; i++) {
    tail = crockford[Number(bits & 31n)] + tail
    bits >>= 5n
  }
  return time + tail
}

export const systemRandom = (clock: Clock = systemClock): Random => ({
  id: () => ulid(clock(), randomBytes(10)),
  token: () => randomBytes(32).toString('base64url'),
  bytes: (count) => new Uint8Array(randomBytes(count)),
})
