// The compiled policies of each tenancy, kept until its revision moves: how stale they are is one integer read in the transaction of the
// question itself, so every node answers from what was committed. Compiled once per revision, however many ask at the same time.
import type { GroupId, TenancyId } from '../../core/model/ids.ts'
import type { Catalogue } from '../../core/policy/catalogue.ts'
import { type Snapshot, snapshotOf } from '../../core/policy/compile.ts'
import { DEFAULT_DOMAIN } from '../../core/policy/references.ts'
import { ADMINISTRATORS } from '../../core/policy/system.ts'
import type { Tx } from '../../ports/store.ts'

export type Known = {
  readonly snapshot: Snapshot
  readonly groups: ReadonlyMap<GroupId, string> // id → `domain/name`
}
/** Undefined: there is no such tenancy. */
export type Snapshots = (tx: Tx, tenancyId: TenancyId) => Promise<Known | undefined>

const KEPT = 200 // tenancies; the one asked least recently goes first

const load = async (
  tx: Tx,
  tenancyId: TenancyId,
  revision: number,
  catalogue: Catalogue,
  previous: Known | undefined,
): Promise<Known> => {
  const domains = await tx.domains.list(tenancyId)
  const names = new Map(domains.map((d) => [d.id, d.name]))
  const groups = await tx.groups.ofTenancy(tenancyId)
  const defaultDomain = domains.find((d) => d.name.toLowerCase() === DEFAULT_DOMAIN)
  // by domain, name and mark: a group that merely bears the name is not above the policies
  const administrators = groups.find(
    (g) => g.system && g.domainId === defaultDomain?.id && g.name.toLowerCase() === ADMINISTRATORS.toLowerCase(),
  )
  const snapshot = snapshotOf(
    {
      revision,
      catalogue,
      compartments: await tx.compartments.list({ tenancyId }),
      administrators: administrators?.id,
      policies: await tx.policies.list({ tenancyId }),
    },
    previous?.snapshot,
  )
  return { snapshot, groups: new Map(groups.map((g) => [g.id, `${names.get(g.domainId) ?? g.domainId}/${g.name}`])) }
}

export const snapshots = ({ catalogue }: { readonly catalogue: Catalogue }): Snapshots => {
  const kept = new Map<TenancyId, Known>()
  const loading = new Map<string, Promise<Known>>()
  const keep = (tenancyId: TenancyId, known: Known): Known => {
    kept.delete(tenancyId)
    kept.set(tenancyId, known)
    const [oldest] = kept.keys()
    if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest)
    return known
  }
  return async (tx, tenancyId) => {
    const revision = await tx.tenancies.revision(tenancyId)
    if (revision === undefined) return undefined
    const have = kept.get(tenancyId)
    if (have?.snapshot.revision === revision) return keep(tenancyId, have)
    const key = `${tenancyId} ${revision}`
    const under = loading.get(key) ?? load(tx, tenancyId, revision, catalogue, have).finally(() => loading.delete(key))
    loading.set(key, under)
    return keep(tenancyId, await under)
  }
}
