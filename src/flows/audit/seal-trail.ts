// Sealing what was recorded: every second, by whichever node holds the turn. Nobody who records waits for it: the rows are read outside of
// any serialisable transaction, and what is then written touches rows that only sealers write.
import { gapsAfter } from '../../core/audit/gaps.ts'
import { checkpointText, sealAfter, start, type Tip } from '../../core/audit/seal.ts'
import {
  type Arrived,
  type AuditKey,
  type Checkpoint,
  checkpointBodyOf,
  type Floor,
  type SealBody,
  type Sealing,
  type Trail,
  trails,
} from '../../core/audit/trail.ts'
import type { TenancyId } from '../../core/model/ids.ts'
import { type EpochMs, secondsLater } from '../../core/model/time.ts'
import type { Clock } from '../../ports/clock.ts'
import type { KeyMaker } from '../../ports/keys.ts'
import type { Random } from '../../ports/random.ts'
import type { Store, Tx } from '../../ports/store.ts'
import { checkpointHolds, type KeyDeps, makeAuditKey, signCheckpoint, signSeal } from './audit-key.ts'
import { chainCount, sealedChainCount } from './chain-count.ts'

type Deps = KeyDeps & {
  readonly store: Store
  readonly keyMaker: KeyMaker
  readonly random: Random
  readonly clock: Clock
}
/** A chain whose end is not where it was left: newest seals were taken away, or its checkpoint is not what was signed. */
export type Broken = { readonly tenancyId: TenancyId; readonly trail: Trail }
export type Sealed = { readonly rows: number; readonly broken: readonly Broken[] }
export type SealTrails = () => Promise<Sealed>

const ROWS = 1000
const READ_AGAIN = 500
const TURN_SECONDS = 3

type Chain = { readonly rows: SealBody['rows']; readonly key: AuditKey }
type Batch = {
  readonly sealing: Sealing
  readonly chains: ReadonlyMap<TenancyId, Chain>
  readonly rows: number
  readonly isFull: boolean // there may be more
  readonly now: EpochMs
}

/** What an older node wrote is read once more: it has no digest of its own. */
const digestsOf = async (
  { secrets }: Deps,
  tx: Tx,
  trail: Trail,
  rows: readonly Arrived[],
): Promise<SealBody['rows']> => {
  const bare = rows.filter((row) => row.digest === undefined).map(({ seq }) => seq)
  const made = new Map<number, string>()
  for (let from = 0; from < bare.length; from += READ_AGAIN)
    for (const row of await tx.seals.numbered(trail, bare.slice(from, from + READ_AGAIN)))
      made.set(row.seq, secrets.digest(row.text))
  return rows.map(({ seq, digest }) => [seq, digest ?? made.get(seq) ?? ''])
}
const seqsOf = (rows: readonly Arrived[]): readonly number[] => rows.map((row) => row.seq)

/** What there is to seal; undefined: nothing, or it is another node's turn. */
const gathererOf =
  (deps: Deps, holder: string) =>
  async (trail: Trail): Promise<Batch | undefined> => {
    const now = deps.clock()
    const found = await deps.store.read(async (tx) => {
      const known = await tx.seals.sealing(trail)
      if (known && known.holder !== holder && known.until > now) return undefined
      const arrived = await tx.seals.arrived(trail, known?.through ?? 0, ROWS)
      const gaps = (known?.gaps ?? []).map(({ from, to }) => [from, to] as const)
      const late = await tx.seals.within(trail, gaps)
      if (arrived.length + late.length === 0) return undefined
      const chains: { readonly id: TenancyId; readonly rows: SealBody['rows']; readonly key: AuditKey | undefined }[] =
        []
      for (const [id, rows] of Map.groupBy([...late, ...arrived], (row) => row.tenancyId))
        chains.push({ id, rows: await digestsOf(deps, tx, trail, rows), key: (await tx.seals.keys(id)).at(-1) })
      return { known, arrived, late, chains }
    })
    if (!found) return undefined
    const { known, arrived, late } = found
    const chains = new Map<TenancyId, Chain>()
    for (const { id, rows, key } of found.chains) chains.set(id, { rows, key: key ?? (await makeAuditKey(deps, id)) })
    const through = known?.through ?? (arrived[0]?.seq ?? 1) - 1 // what came before the first row there is, was never there
    const sealing: Sealing = {
      version: known?.version ?? 0,
      through: arrived.at(-1)?.seq ?? through,
      gaps: gapsAfter(known?.gaps ?? [], seqsOf(late), through, seqsOf(arrived), now),
      holder,
      until: secondsLater(now, TURN_SECONDS),
      chains: known?.chains ?? sealedChainCount(deps, trail, 0),
    }
    return { sealing, chains, rows: arrived.length + late.length, isFull: arrived.length === ROWS, now }
  }

const keyOf = async (tx: Tx, tenancyId: TenancyId, offered: AuditKey): Promise<AuditKey> => {
  const known = (await tx.seals.keys(tenancyId)).at(-1)
  if (!known) await tx.seals.addKey(offered)
  return known ?? offered
}

/**
 * INVARIANT: nothing is signed over an end that was not signed before. Where the checkpoint is missing or forged the chain goes on with a
 * number left out, which shows for ever; otherwise the next second would wash the forgery clean.
 */
const endOf = async (
  deps: Deps,
  tx: Tx,
  { tenancyId, trail }: Broken,
  checkpoint: Checkpoint | undefined,
): Promise<{ readonly tip: Tip; readonly floor: Floor | undefined; readonly isBroken: boolean }> => {
  const newest = await tx.seals.newest(trail, tenancyId)
  if (!checkpoint && newest === 0) return { tip: start, floor: undefined, isBroken: false }
  const body = checkpoint && checkpointBodyOf(checkpoint)
  if (checkpoint && body && checkpointHolds(deps, await tx.seals.keys(tenancyId), checkpoint) === 'yes') {
    const { tenancy, trail: of, n, hash, floor } = body
    if (tenancy === tenancyId && of === trail && n >= newest) return { tip: { n, hash }, floor, isBroken: false }
  }
  return { tip: { n: newest + 1, hash: '' }, floor: undefined, isBroken: true }
}

export const trailSealer = (deps: Deps): SealTrails => {
  const { store, secrets, random } = deps
  const holder = random.id()
  const gather = gathererOf(deps, holder)
  /** What this node has sealed last stays the end of the chain, whatever the store says later: a hole then shows for ever. */
  const seen = new Map<string, Tip>()

  const extend = async (
    tx: Tx,
    trail: Trail,
    now: EpochMs,
    [tenancyId, { rows, key: offered }]: readonly [TenancyId, Chain],
    before: Checkpoint | undefined,
  ) => {
    const chain = { tenancyId, trail }
    const found = await endOf(deps, tx, chain, before)
    const last = seen.get(`${trail} ${tenancyId}`)
    const isCut = last !== undefined && last.n > found.tip.n
    const key = await keyOf(tx, tenancyId, offered)
    const seal = signSeal(deps, key, sealAfter(isCut ? last : found.tip, chain, rows, now, secrets.digest))
    await tx.seals.add(seal)
    const body = checkpointText(chain, seal, now, found.floor)
    await tx.seals.putCheckpoint(trail, tenancyId, signCheckpoint(deps, key, body))
    return { tenancyId, tip: { n: seal.n, hash: seal.hash }, isBroken: isCut || found.isBroken }
  }

  const keep = (trail: Trail, { sealing, chains, now }: Batch) =>
    store.write(async (tx) => {
      const before = new Map<TenancyId, Checkpoint | undefined>()
      for (const tenancyId of chains.keys()) before.set(tenancyId, await tx.seals.checkpoint(trail, tenancyId))
      const begun = [...before.values()].filter((checkpoint) => checkpoint === undefined).length
      const known = chainCount(deps, trail, sealing.chains)
      // A count that does not open is left as it is: verifying tells of it, and mending it would not.
      const counted = begun === 0 || known === undefined ? sealing.chains : sealedChainCount(deps, trail, known + begun)
      if ((await tx.seals.saveSealing(trail, { ...sealing, chains: counted })) === 'stale') return undefined
      const extended: Awaited<ReturnType<typeof extend>>[] = []
      for (const chain of chains) extended.push(await extend(tx, trail, now, chain, before.get(chain[0])))
      return extended
    })

  const sealOne = async (trail: Trail): Promise<Sealed> => {
    const broken: Broken[] = []
    let rows = 0
    for (;;) {
      const batch = await gather(trail)
      const kept = batch && (await keep(trail, batch))
      if (!kept) return { rows, broken }
      for (const { tenancyId, tip, isBroken } of kept) {
        seen.set(`${trail} ${tenancyId}`, tip)
        if (isBroken) broken.push({ tenancyId, trail })
      }
      rows += batch.rows
      if (!batch.isFull) return { rows, broken }
    }
  }

  return async () => {
    const sealed: Sealed[] = []
    for (const trail of trails) sealed.push(await sealOne(trail))
    return { rows: sealed.reduce((sum, one) => sum + one.rows, 0), broken: sealed.flatMap((one) => one.broken) }
  }
}
