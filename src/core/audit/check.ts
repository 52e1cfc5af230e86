// Comparing what is stored with what was sealed. Each difference is a finding with a number to look at and words for people.
import type { TenancyId } from '../model/ids.ts'
import type { Digest, Tip } from './seal.ts'
import { type Recorded, type Seal, type SealBody, sealBodyOf, type Trail } from './trail.ts'

export type FindingKind =
  | 'row-changed'
  | 'row-moved'
  | 'row-removed'
  | 'row-inserted'
  | 'seal-changed'
  | 'seal-missing'
  | 'checkpoint-missing'
  | 'checkpoint-forged'
  | 'cut-off' // the newest seals are gone
  | 'key-unusable'
  | 'chain-missing'
  | 'count-differs'
  | 'unsealed-too-long'
export type Finding = {
  readonly kind: FindingKind
  readonly trail: Trail
  readonly seal?: number
  readonly seq?: number
  readonly id?: string
  readonly detail: string
}

const isSealBody = (body: SealBody, seal: Seal): boolean =>
  body.tenancy === seal.tenancyId && body.trail === seal.trail && body.n === seal.n && body.at === seal.at

/** The chain itself: is this the seal that follows? */
export const checkSeal = (tip: Tip, seal: Seal, digest: Digest): Finding | undefined => {
  const { trail, n } = seal
  if (n !== tip.n + 1) {
    const missing = n === tip.n + 2 ? `seal ${n - 1} is` : `seals ${tip.n + 1} to ${n - 1} are`
    return { kind: 'seal-missing', trail, seal: tip.n + 1, detail: `${missing} gone` }
  }
  const changed = { kind: 'seal-changed', trail, seal: n } as const
  if (digest(seal.body) !== seal.hash) return { ...changed, detail: `seal ${n} is not what it was when it was made` }
  const body = sealBodyOf(seal)
  if (!body || !isSealBody(body, seal)) return { ...changed, detail: `seal ${n} speaks of another place in the chains` }
  if (body.previous !== tip.hash) return { ...changed, detail: `seal ${n} does not follow the seal before it` }
  return undefined
}

export type RowCheck = { readonly found: number; readonly findings: readonly Finding[] }

/** `stored`: whatever has the numbers that the seal names. */
export const checkRows = (
  body: SealBody,
  stored: readonly Recorded[],
  digest: Digest,
  tenancyId: TenancyId,
): RowCheck => {
  const { trail, n } = body
  const sealedAs = new Map(body.rows.map(([seq, sealed]) => [sealed, seq]))
  const there = new Map(stored.map((row) => [row.seq, row]))
  const findings: Finding[] = []
  const sealedAt = new Date(body.at).toISOString()
  let found = 0
  for (const [seq, sealed] of body.rows) {
    const row = there.get(seq)
    const about = { trail, seal: n, seq }
    if (!row) {
      findings.push({ ...about, kind: 'row-removed', detail: `row ${seq}, sealed at ${sealedAt}, is gone` })
      continue
    }
    if (row.tenancyId === tenancyId) found += 1
    const now = digest(row.text)
    if (now === sealed) continue
    const from = sealedAs.get(now)
    findings.push(
      from === undefined
        ? {
            ...about,
            kind: 'row-changed',
            id: row.id,
            detail: `row ${seq} was changed after it was sealed at ${sealedAt}`,
          }
        : {
            ...about,
            kind: 'row-moved',
            id: row.id,
            detail: `row ${seq} stood in the place of row ${from} when it was sealed`,
          },
    )
  }
  return { found, findings }
}
