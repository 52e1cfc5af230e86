// Signing keys for worlds that are made by the dozen: every world has the same, because making one costs more than a hundred requests.
import { keyMaker as keys } from '../../../../src/adapters/keys.ts'
import type { KeyMaker } from '../../../../src/ports/keys.ts'

const fresh = keys()
const made = new Map<string, ReturnType<KeyMaker['make']>>()

export const sameKeys: KeyMaker = {
  ...fresh,
  make: (alg, certificate) => {
    const key = `${alg} ${certificate === undefined}`
    if (!made.has(key)) made.set(key, fresh.make(alg, certificate))
    return made.get(key) ?? fresh.make(alg, certificate)
  },
}
