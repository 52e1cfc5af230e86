// Along a chain, seal by seal, and with each its rows. One short read at a time: the gateway goes on, and memory holds a few seals only.
import { checkRows, checkSeal, type Finding } from '../../core/audit/check.ts'
import type { Digest, Tip } from '../../core/audit/seal.ts'
import { type Recorded, type SealBody, sealBodyOf, type Trail } from '../../core/audit/trail.ts'
import type { TenancyId } from '../../core/model/ids.ts'
import type { Store, Tx } from '../../ports/store.ts'

const SEALS_AT_ONCE = 20
const ROWS_AT_ONCE = 500

export type Walked = {
  readonly tip: Tip
  readonly seals: number
  readonly rows: number // named by the seals
  readonly found: number // of those, still there
  readonly findings: readonly Finding[]
  /** Of the seals that were asked for. */
  readonly hashes: ReadonlyMap<number, string>
}
type Way = {
  readonly trail: Trail
  readonly tenancyId: TenancyId
  readonly from: Tip
  readonly through: number // seals made later are not looked at
  readonly digest: Digest
  readonly noting: ReadonlySet<number>
  readonly mostFindings: number
}

const rowsOf = async (tx: Tx, trail: Trail, { rows }: SealBody): Promise<readonly Recorded[]> => {
  const found: Recorded[] = []
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE)
    found.push(
      ...(await tx.seals.numbered(
        trail,
        rows.slice(from, from + ROWS_AT_ONCE).map(([seq]) => seq),
      )),
    )
  return found
}

export const walkChain = async (store: Pick<Store, 'read'>, way: Way): Promise<Walked> => {
  const { trail, tenancyId, digest, through } = way
  const findings: Finding[] = []
  const note = (...some: readonly Finding[]) => findings.push(...some.slice(0, way.mostFindings - findings.length))
  const hashes = new Map<number, string>()
  let tip = way.from
  let [seals, rows, found] = [0, 0, 0]
  for (;;) {
    const page = await store.read(async (tx) => {
      const some = await tx.seals.list(trail, tenancyId, tip.n, SEALS_AT_ONCE)
      const known = some.filter((seal) => seal.n <= through)
      return Promise.all(
        known.map(async (seal) => {
          const body = sealBodyOf(seal) // one that cannot be read names no rows: that it was changed is said anyway
          return { seal, body, stored: body ? await rowsOf(tx, trail, body) : [] }
        }),
      )
    })
    for (const { seal, body, stored } of page) {
      const fault = checkSeal(tip, seal, digest)
      if (fault) note(fault)
      if (way.noting.has(seal.n)) hashes.set(seal.n, seal.hash)
      const checked = body && checkRows(body, stored, digest, tenancyId)
      if (checked) note(...checked.findings)
      seals += 1
      rows += body?.rows.length ?? 0
      found += checked?.found ?? 0
      tip = { n: seal.n, hash: seal.hash }
    }
    if (page.length < SEALS_AT_ONCE) return { tip, seals, rows, found, findings, hashes }
  }
}
