// Verifying everything there is: each tenancy's trails, those of tenancies that are gone too, and whether a chain has vanished as a whole.
import type { Finding } from '../../core/audit/check.ts'
import { type CheckpointBody, trails } from '../../core/audit/trail.ts'
import type { TenancyId } from '../../core/model/ids.ts'
import type { Secrets } from '../../ports/secrets.ts'
import type { Store } from '../../ports/store.ts'
import { chainCount } from './chain-count.ts'
import type { TrailReport, VerifyTrails } from './verify-trail.ts'

type Deps = { readonly store: Pick<Store, 'read'>; readonly secrets: Secrets; readonly verify: VerifyTrails }
export type TenancyReport = TrailReport & { readonly tenancyId: TenancyId; readonly tenancy: string }
export type StoreReport = { readonly trails: readonly TenancyReport[]; readonly findings: readonly Finding[] }
/** `only`: one tenancy, by name or by id; undefined when there is no such tenancy. */
export type VerifyStore = (what: {
  readonly only?: string | undefined
  readonly kept: readonly CheckpointBody[]
}) => Promise<StoreReport | undefined>

const chainsOf = ({ store, secrets }: Deps): Promise<readonly Finding[]> =>
  store.read(async (tx) => {
    const findings: Finding[] = []
    for (const trail of trails) {
      const sealing = await tx.seals.sealing(trail)
      const there = (await tx.seals.chains(trail)).length
      const count = sealing ? chainCount({ secrets }, trail, sealing.chains) : 0
      if (count === there) continue
      const known = count === undefined ? 'their number was changed' : `${count} were begun`
      findings.push({
        kind: 'chain-missing',
        trail,
        detail: `there are ${there} chains of the ${trail} trail; ${known}`,
      })
    }
    return findings
  })

export const storeVerifier =
  (deps: Deps): VerifyStore =>
  async ({ only, kept }) => {
    const named = await deps.store.read(async (tx) => {
      const names = new Map<TenancyId, string>()
      for (const trail of trails) for (const id of await tx.seals.chains(trail)) names.set(id, `(removed) ${id}`)
      for (const { id, name } of await tx.tenancies.list(undefined)) names.set(id, name)
      return [...names].filter(([id, name]) => only === undefined || name === only || id === only)
    })
    if (only !== undefined && named.length === 0) return undefined
    const reports: TenancyReport[] = []
    for (const [tenancyId, tenancy] of named)
      for (const report of await deps.verify(tenancyId, kept)) reports.push({ ...report, tenancyId, tenancy })
    return { trails: reports, findings: only === undefined ? await chainsOf(deps) : [] }
  }
