// How many chains a trail has, sealed as a secret is: whoever can only write rows cannot lower it when he takes a chain away as a whole.
import type { Trail } from '../../core/audit/trail.ts'
import type { Secrets } from '../../ports/secrets.ts'

type Deps = { readonly secrets: Pick<Secrets, 'seal' | 'open'> }
const context = (trail: Trail): string => `audit-chains:${trail}`

export const sealedChainCount = ({ secrets }: Deps, trail: Trail, count: number): string =>
  secrets.seal(String(count), context(trail))

/** Undefined: it was changed, or sealed under a key that this gateway does not have. */
export const chainCount = ({ secrets }: Deps, trail: Trail, sealed: string): number | undefined => {
  try {
    return Number(secrets.open(sealed, context(trail)))
  } catch {
    return undefined
  }
}
