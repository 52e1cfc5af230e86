// Sign-ins that were recorded, as much of them as playing them through again needs: who, where, with which groups, which way and how strong.
import type { Level } from '../../core/assurance/level.ts'
import type { AuditEvent } from '../../core/model/audit.ts'
import type { IdpId, PersonId } from '../../core/model/ids.ts'
import type { Domain } from '../../core/model/tenancy.ts'
import type { EpochMs } from '../../core/model/time.ts'
import type { Tx } from '../../ports/store.ts'

export type ReplayPeriod = { readonly from: EpochMs; readonly to: EpochMs; readonly limit: number }
const AT_ONCE = 200
const SIGNED_IN = 'sign-in.succeeded'

/** Oldest first. */
const recorded = async (tx: Tx, domain: Domain, { from, to, limit }: ReplayPeriod): Promise<readonly AuditEvent[]> => {
  const found: AuditEvent[] = []
  while (found.length < limit) {
    const last = found.at(-1)
    const page = { limit: Math.min(AT_ONCE, limit - found.length), ...(last ? { before: last.id } : {}) }
    const events = await tx.audit.list(domain.tenancyId, { action: SIGNED_IN, domainId: domain.id, from, to, ...page })
    if (events.length === 0) break
    found.push(...events)
  }
  return found.reverse()
}

export type Past = {
  readonly personId: PersonId
  readonly app: string | null
  readonly asked: Level // by the application
  readonly groups: readonly string[]
  readonly upstream:
    | { readonly idp: IdpId; readonly level: Level; readonly groups: readonly string[] | undefined }
    | undefined
  /** Since when the device was trusted, in whole days before the sign-in. */
  readonly deviceDays: number | undefined
}
const texts = (value: unknown): readonly string[] | undefined =>
  Array.isArray(value) ? value.filter((v): v is string => typeof v === 'string') : undefined
const levelIn = (value: unknown): Level => (value === 1 || value === 2 || value === 3 ? value : 0)
const objectIn = (value: unknown): { readonly [member: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}

const DAY_MS = 86_400_000
const pastOf = ({ actor, at, details }: AuditEvent): Past => {
  const { app, because, needed, groups, upstream, deviceTrustedAt } = details
  const came = objectIn(upstream)
  return {
    personId: actor.id as PersonId,
    app: typeof app === 'string' ? app : null,
    asked: objectIn(because).by === 'request' ? levelIn(needed) : 0,
    groups: texts(groups) ?? [],
    upstream:
      typeof came.idp === 'string'
        ? { idp: came.idp as IdpId, level: levelIn(came.level), groups: texts(came.groups) }
        : undefined,
    deviceDays: typeof deviceTrustedAt === 'number' ? Math.floor((at - deviceTrustedAt) / DAY_MS) : undefined,
  }
}

export type PastSignIn = { readonly event: AuditEvent; readonly past: Past }
/** A session that goes on brings no groups of its own: they are those of the sign-in it began with, if that is in the period. */
const withGroups = (events: readonly AuditEvent[]): readonly PastSignIn[] => {
  const known = new Map<string, readonly string[]>()
  return events.map((event) => {
    const past = pastOf(event)
    const { upstream } = past
    if (!upstream) return { event, past }
    const whose = `${past.personId} ${upstream.idp}`
    const groups = upstream.groups ?? known.get(whose)
    if (groups) known.set(whose, groups)
    return { event, past: { ...past, upstream: { ...upstream, groups } } }
  })
}

/** Oldest first. */
export const pastSignIns = async (tx: Tx, domain: Domain, period: ReplayPeriod): Promise<readonly PastSignIn[]> =>
  withGroups(await recorded(tx, domain, period))
