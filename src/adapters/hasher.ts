// argon2id by @node-rs/argon2 with OWASP's minimum parameters. A decoy is verified for people who do not exist, at the same cost; at most
// two hashes run at once, because each holds 19 MiB and a core.
import { randomBytes } from 'node:crypto'
import { hash, verify } from '@node-rs/argon2'
import type { Hasher } from '../ports/hasher.ts'

const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const
const AT_ONCE = 2

const limited = () => {
  let running = 0
  const waiting: (() => void)[] = []
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (running >= AT_ONCE) await new Promise<void>((go) => waiting.push(go))
    else running += 1
    try {
      return await work()
    } finally {
      const next = waiting.shift() // hands its place on
      if (next) next()
      else running -= 1
    }
  }
}

const parametersOf = (phc: string): { m: number; t: number } | undefined => {
  const found = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=\d+\$/.exec(phc)
  return found ? { m: Number(found[1]), t: Number(found[2]) } : undefined
}

/** Of no password: salt and hash are dice. Made without hashing, so that not even the first unknown name costs more than a known one. */
const decoyPhc = (): string => {
  const dice = (count: number) => randomBytes(count).toString('base64').replace(/=+$/, '')
  const { memoryCost, timeCost, parallelism } = parameters
  return `$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$${dice(16)}$${dice(32)}`
}

export const hasher = (): Hasher => {
  const run = limited()
  const decoy = decoyPhc()
  return {
    hash: (password) => run(() => hash(password.normalize('NFKC'), parameters)),
    verify: async (phc, password) => {
      // A damaged text would be refused in no time and so tell that the person exists.
      const known = phc !== undefined && parametersOf(phc) !== undefined
      const right = await run(() => verify(known ? phc : decoy, password.normalize('NFKC'))).catch(() => false)
      return known && right
    },
    isOld: (phc) => {
      const used = parametersOf(phc)
      return used === undefined || used.m < parameters.memoryCost || used.t < parameters.timeCost
    },
  }
}
