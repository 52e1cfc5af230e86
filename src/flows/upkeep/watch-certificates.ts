// How long the certificates of identity providers still last: counted for whoever watches figures, and told once when a month, a week and a
// day are left, and when it is over. Asks nobody: what is at hand is what signs people in.
import { type Certificate, daysLeft, type WarningDays, warningOf } from '../../core/model/certificate.ts'
import type { Idp } from '../../core/model/idp.ts'
import { daysLater, type EpochMs } from '../../core/model/time.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Random } from '../../ports/random.ts'
import type { Store, Tx } from '../../ports/store.ts'
import { eventOf } from '../audit-event.ts'
import type { Inspectors } from '../connection/administer-test.ts'

type Deps = {
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  readonly inspectors: Inspectors
}
/** The certificate of an identity provider that ends first. */
export type Watched = {
  readonly tenancy: string
  readonly domain: string
  readonly idp: string
  readonly daysLeft: number
}
export type WatchCertificates = () => Promise<readonly Watched[]>

type Row = Omit<Watched, 'daysLeft'> & { readonly row: Idp }
const rowsIn = async (tx: Tx): Promise<readonly Row[]> => {
  const rows: Row[] = []
  for (const tenancy of await tx.tenancies.list(undefined))
    for (const domain of await tx.domains.list(tenancy.id))
      for (const row of await tx.idps.list(domain.id))
        rows.push({ tenancy: tenancy.name, domain: domain.name, idp: row.name, row })
  return rows
}

const tell = async (
  { store, random }: Deps,
  idp: Idp,
  certificate: Certificate,
  limit: WarningDays,
  now: EpochMs,
): Promise<void> => {
  const days = daysLeft(certificate, now)
  const { fingerprint, subject, use, notAfter } = certificate
  const key = `certificate:${idp.id}:${fingerprint}:${limit}`
  await store.write(async (tx) => {
    // one row for all nodes, until long after the certificate is gone
    if (!(await tx.once.see(key, daysLater(Math.max(notAfter, now), 365)))) return
    await tx.audit.add(
      eventOf(random, now, {
        tenancyId: idp.tenancyId,
        domainId: idp.domainId,
        action: limit === 0 ? 'certificate.expired' : 'certificate.expiring',
        actor: { kind: 'system', id: 'gwanmun', name: 'certificate watch' },
        target: { type: 'idp', id: idp.id, name: idp.name },
        details: { daysLeft: days, fingerprint, subject, use, notAfter },
      }),
    )
  })
}

export const watchCertificates =
  (deps: Deps): WatchCertificates =>
  async () => {
    const now = deps.clock()
    const watched: Watched[] = []
    for (const { row, tenancy, domain, idp } of await deps.store.read(rowsIn)) {
      const certificates = deps.inspectors[row.trust.protocol]?.certificates(row, now) ?? []
      for (const certificate of certificates) {
        const limit = warningOf(daysLeft(certificate, now))
        if (row.enabled && limit !== undefined) await tell(deps, row, certificate, limit, now)
      }
      const days = certificates.map((c) => daysLeft(c, now))
      if (days.length > 0) watched.push({ tenancy, domain, idp, daysLeft: Math.min(...days) })
    }
    return watched
  }
