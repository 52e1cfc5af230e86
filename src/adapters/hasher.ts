// argon2id by @node-rs/argon2 with OWASP's minimum parameters. A decoy is verified for people who do not exist, at the same cost; at most
// two hashes run at once, because each holds 19 MiB and a core.
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

export const hasher = (): Hasher => {
  const run = limited()
  // Made once, of a password nobody knows: the text is of no use to anyone.
  let decoy: Promise<string> | undefined
  const hashed = (password: string) => run(() => hash(password.normalize('NFKC'), parameters))
  const decoyed = () => {
    decoy ??= hashed(`decoy ${Math.trunc(performance.timeOrigin)} ${performance.now()}`)
    return decoy
  }
  return {
    hash: hashed,
    verify: async (phc, password) => {
      const against = phc ?? (await decoyed())
      const right = await run(() => verify(against, password.normalize('NFKC'))).catch(() => false)
      return phc !== undefined && right
    },
    isOld: (phc) => {
      const used = parametersOf(phc)
      return used === undefined || used.m < parameters.memoryCost || used.t < parameters.timeCost
    },
  }
}
