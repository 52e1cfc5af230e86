// Which rows no seal names. Only asked when there are more rows than the seals vouch for: it goes over all of them.
import type { Finding } from '../../core/audit/check.ts'
import { isInGap } from '../../core/audit/gaps.ts'
import { type Gap, type Recorded, sealBodyOf, type Trail } from '../../core/audit/trail.ts'
import type { TenancyId } from '../../core/model/ids.ts'
import type { Store } from '../../ports/store.ts'

const SEALS_AT_ONCE = 50
const ROWS_AT_ONCE = 1000

type Where = {
  readonly trail: Trail
  readonly tenancyId: TenancyId
  readonly floor: number
  readonly newestSeal: number
  readonly through: number
  readonly gaps: readonly Gap[]
}

const sealedNumbers = async (store: Pick<Store, 'read'>, { trail, tenancyId, floor, newestSeal }: Where) => {
  const numbers = new Set<number>()
  for (let n = floor; ; ) {
    const seals = await store.read((tx) => tx.seals.list(trail, tenancyId, n, SEALS_AT_ONCE))
    for (const seal of seals)
      if (seal.n <= newestSeal) for (const [seq] of sealBodyOf(seal)?.rows ?? []) numbers.add(seq)
    n = seals.at(-1)?.n ?? n
    if (seals.length < SEALS_AT_ONCE) return numbers
  }
}

export const findInserted = async (
  store: Pick<Store, 'read'>,
  where: Where,
  most: number,
): Promise<readonly Finding[]> => {
  const { trail, tenancyId, through, gaps } = where
  const sealed = await sealedNumbers(store, where)
  const findings: Finding[] = []
  for (let after: Recorded | undefined; findings.length < most; ) {
    const page = { through, limit: ROWS_AT_ONCE, ...(after ? { after } : {}) }
    const rows = await store.read((tx) => tx.seals.walk(trail, tenancyId, page))
    for (const { seq, id } of rows)
      if (!sealed.has(seq) && !isInGap(gaps, seq))
        findings.push({ kind: 'row-inserted', trail, seq, id, detail: `row ${seq} is in no seal: it was put in later` })
    if (rows.length < ROWS_AT_ONCE) break
    after = rows.at(-1)
  }
  return findings.slice(0, most)
}
