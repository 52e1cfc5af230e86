// What the answer to a caller may tell and change: the own tenancy, and of that what they hold. Told by their names in world.ts.
import type { Reach } from './attempt.ts'
import type { Caller } from './callers.ts'
import type { World } from './world.ts'

const reads = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])
const nothing = (): boolean => false

/** In the tenancy that the request names; what others have is none of anybody's business. */
export const reachOf = (world: World, caller: Caller, method: string, tenancy: string): Reach => {
  const { bed, canaries } = world
  const isAtHome = tenancy.toLowerCase() === caller.tenancy
  if (caller.gets === 'nothing' || !isAtHome) return { hidden: Object.values(canaries), mayChange: nothing }
  const isOf = (id: string) => (row: string) => row.includes(id)
  const [isFar, isNear] = [isOf(bed.otherTenancyId), isOf(bed.tenancyId)]
  const mayWrite = caller.gets !== 'some' && !reads.has(method)
  if (caller.tenancy === 'other')
    return { hidden: [canaries.home, canaries.away], mayChange: (_, row) => mayWrite && !isNear(row) }
  if (caller.gets === 'all') return { hidden: [canaries.far], mayChange: (_, row) => mayWrite && !isFar(row) }
  if (caller.gets === 'some')
    return { hidden: caller.sees === 'all' ? [canaries.far] : Object.values(canaries), mayChange: nothing }
  const isHome = (row: string): boolean => row.includes(`"domain_id":"${bed.domains.default}"`)
  return { hidden: [canaries.home, canaries.far], mayChange: (_, row) => mayWrite && !isFar(row) && !isHome(row) }
}
