// What is known of each tenancy, kept until its revision moves: how stale it is is one integer read in the transaction of the question
// itself, so every node answers from what was committed. A small change is taken in by the question that meets it; for a large one the
// questions of that tenancy wait, outside of any transaction, and nobody else's do. However many ask, it is done once.
import type { TenancyId } from '../../core/model/ids.ts'
import type { Catalogue } from '../../core/policy/catalogue.ts'
import type { Roles } from '../../core/policy/roles.ts'
import type { Store, Tx } from '../../ports/store.ts'
import { isWasteful, type Known, type Look, type Pause, type Reading, readAll, tenancyCatalogues } from './known.ts'
import { compacted, FEW, newsOf, withMuchNews, withNews } from './what-changed.ts'

export type { Known } from './known.ts'

/** Undefined: there is no such tenancy. */
export type Snapshots = {
  /**
   * As this transaction sees it, for whoever is in one already. Whatever is made here is not kept: what was written in the transaction may
   * yet be undone.
   */
  (tx: Tx, tenancyId: TenancyId): Promise<Known | undefined>
  /** One consistent view of the tenancy, its snapshot, and those of others that are asked for in it. `work` may be begun again. */
  readonly read: <T>(tenancyId: TenancyId, work: (tx: Tx, known: Known | undefined) => Promise<T>) => Promise<T>
  /** Has it at hand before a transaction that will ask for it, so that none is held open for long. */
  readonly prepare: (tenancyId: TenancyId) => Promise<void>
}
type Deps = {
  readonly store: Pick<Store, 'read'>
  readonly catalogue: Catalogue
  readonly roles?: Roles
  readonly pause?: Pause
}

const KEPT = 200 // tenancies; the one asked least recently goes first
const TRIES = 4

type Behind = 'behind'
/** Thrown out of a read of our own by what is asked for in it, to be brought up where no transaction is open. */
type Interrupted = Error & { readonly behind: TenancyId }
const isInterrupted = (error: unknown): error is Interrupted => error instanceof Error && 'behind' in error
type State = {
  readonly reading: Reading
  readonly kept: Map<TenancyId, Known>
  /** Small steps, by tenancy and revision; each in the transaction that began it. */
  readonly steps: Map<string, Promise<Known | Behind>>
  readonly builds: Map<TenancyId, Promise<void>>
  readonly compacting: Set<TenancyId>
  /** What was made for transactions of others, gone with them. */
  readonly lent: WeakMap<Tx, Map<TenancyId, Known>>
}

/** Whose read this is, of those that are our own: written on it, since there are as many as questions. */
const reader = Symbol('reader')
type Own = Tx & { [reader]?: State }

const keep = ({ kept }: State, tenancyId: TenancyId, known: Known): Known => {
  const before = kept.get(tenancyId)
  if (before === known && kept.size < KEPT) return known // it matters who was asked least recently once somebody has to go
  if (before && before.snapshot.revision > known.snapshot.revision) return known
  kept.delete(tenancyId)
  kept.set(tenancyId, known)
  const [oldest] = kept.keys()
  if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest)
  return known
}

/** From one revision to the next, as long as that is little. */
const step = async (
  { reading }: Pick<State, 'reading'>,
  tx: Tx,
  tenancyId: TenancyId,
  known: Known,
  revision: number,
): Promise<Known | Behind> => {
  const changes = await tx.tenancies.changesSince(tenancyId, known.snapshot.revision)
  if (changes === undefined || changes.length > FEW) return 'behind'
  const news = await newsOf(tx, reading, known, tenancyId, revision, changes)
  return (news && withNews(known, news)) ?? 'behind'
}

/** Only in a read of our own: what is kept here was committed. */
const current = async (state: State, tx: Tx, tenancyId: TenancyId): Promise<Known | Behind | undefined> => {
  const revision = await tx.tenancies.revision(tenancyId)
  if (revision === undefined) return undefined
  const have = state.kept.get(tenancyId)
  if (!have) return 'behind'
  // newer is as good: another transaction has seen what this one has not yet
  if (have.snapshot.revision >= revision) return keep(state, tenancyId, have)
  const key = `${tenancyId} ${revision}`
  const under =
    state.steps.get(key) ?? step(state, tx, tenancyId, have, revision).finally(() => state.steps.delete(key))
  state.steps.set(key, under)
  const known = await under
  return known === 'behind' ? known : keep(state, tenancyId, known)
}

/** As far as what changed is known; undefined: everything must be read anew. */
const caughtUp = async (reading: Reading, tenancyId: TenancyId, known: Known): Promise<Known | undefined> => {
  const { look, pause } = reading
  const since = known.snapshot.revision
  const news = await look(async (tx) => {
    const revision = await tx.tenancies.revision(tenancyId)
    if (revision === since) return 'none'
    const changes = revision === undefined ? undefined : await tx.tenancies.changesSince(tenancyId, since)
    return revision === undefined || changes === undefined
      ? undefined
      : newsOf(tx, reading, known, tenancyId, revision, changes)
  })
  return news === 'none' ? known : news && withMuchNews(known, news, pause)
}

const alone =
  (tx: Tx): Look =>
  (work) =>
    work(tx)

/** What was read page by page holds once what changed meanwhile was read as well. If that cannot be said, it is read in one view. */
const anew = async (state: State, tenancyId: TenancyId): Promise<Known | undefined> => {
  const { reading } = state
  for (let tries = 0; tries < TRIES; tries++) {
    const rough = await readAll(reading, tenancyId)
    const known = rough && (await caughtUp(reading, tenancyId, rough))
    if (known || !rough) return known
  }
  return reading.look((tx) => readAll({ ...reading, look: alone(tx) }, tenancyId))
}

const bringUp = (state: State, tenancyId: TenancyId): Promise<void> => {
  const build = async (): Promise<void> => {
    const { reading, kept } = state
    const have = kept.get(tenancyId)
    const known = (have && (await caughtUp(reading, tenancyId, have))) ?? (await anew(state, tenancyId))
    if (known) keep(state, tenancyId, known)
  }
  const under = state.builds.get(tenancyId) ?? build().finally(() => state.builds.delete(tenancyId))
  state.builds.set(tenancyId, under)
  return under
}

/** Beside the questions: nobody waits for it, and if it fails the next change begins it again. */
const compactIfNeeded = (state: State, tenancyId: TenancyId, known: Known): void => {
  const { compacting, kept, reading } = state
  if (!isWasteful(known) || compacting.has(tenancyId)) return
  compacting.add(tenancyId)
  const compact = async (): Promise<void> => {
    let after: Known | undefined = await compacted(known, reading.pause)
    for (let tries = 0; tries < TRIES && after; tries++) {
      after = await caughtUp(reading, tenancyId, after)
      const have = kept.get(tenancyId)
      if (!after || !have || have.snapshot.revision > after.snapshot.revision) continue // and there are newer changes again
      kept.set(tenancyId, after)
      return
    }
  }
  void compact()
    .catch(() => undefined)
    .finally(() => compacting.delete(tenancyId))
}

const turn: Pause = () => new Promise((resolve) => setImmediate(resolve))

export const snapshots = ({ store, catalogue, roles = new Map(), pause = turn }: Deps): Snapshots => {
  const look: Look = (work) => store.read(work)
  const reading = { look, pause, catalogue, roles, catalogueWith: tenancyCatalogues(catalogue) }
  const state: State = {
    reading,
    kept: new Map(),
    steps: new Map(),
    builds: new Map(),
    compacting: new Set(),
    lent: new WeakMap(),
  }
  const within = async (tx: Tx, tenancyId: TenancyId): Promise<Known | undefined> => {
    if (Object.hasOwn(tx, reader) && (tx as Own)[reader] === state) {
      const known = await current(state, tx, tenancyId)
      if (known !== 'behind') return known
      throw Object.assign(new Error('a snapshot is behind'), { behind: tenancyId })
    }
    const revision = await tx.tenancies.revision(tenancyId)
    if (revision === undefined) return undefined
    const lent = state.lent.get(tx) ?? new Map<TenancyId, Known>()
    const have = lent.get(tenancyId) ?? state.kept.get(tenancyId)
    if (have && have.snapshot.revision >= revision) return have
    const mine = { ...reading, look: alone(tx) }
    const known = (have && (await caughtUp(mine, tenancyId, have))) ?? (await readAll(mine, tenancyId))
    if (known) state.lent.set(tx, lent.set(tenancyId, known))
    return known
  }
  const attempt = async <T>(tenancyId: TenancyId, work: (tx: Tx, known: Known | undefined) => Promise<T>) => {
    try {
      return await store.read(async (given) => {
        const tx: Own = Object.create(given) // a store may hand the same one to others, who could not begin again
        tx[reader] = state
        const known = await current(state, tx, tenancyId)
        if (known === 'behind') return { behind: tenancyId }
        if (known) compactIfNeeded(state, tenancyId, known)
        return { value: await work(tx, known) }
      }, 'at hand')
    } catch (error) {
      if (isInterrupted(error)) return { behind: error.behind }
      throw error
    }
  }
  const read: Snapshots['read'] = async (tenancyId, work) => {
    for (let tries = 0; tries < TRIES; tries++) {
      await state.builds.get(tenancyId) // before the transaction, never in it: others need the connection
      const outcome = await attempt(tenancyId, work)
      if ('value' in outcome) return outcome.value
      await bringUp(state, outcome.behind)
    }
    return store.read(async (tx) => work(tx, await within(tx, tenancyId)))
  }
  return Object.assign(within, { read, prepare: (tenancyId: TenancyId) => read(tenancyId, async () => undefined) })
}
