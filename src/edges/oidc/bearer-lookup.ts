// Whose access token is this? For our own APIs (the policy decision point), which have no client credentials of their own to introspect
// with. Looks in the domains of one tenancy: a token of another tenancy does not exist here.
import type { AppId, DomainId, PersonId, SessionId, TenancyId } from '../../core/model/ids.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { Domain } from '../../core/model/tenancy.ts'
import type { EpochMs } from '../../core/model/time.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Secrets } from '../../ports/secrets.ts'
import type { Store, Tx } from '../../ports/store.ts'
import { keyOf, offeredApp, stillCounts } from './rows.ts'

export type Bearer = {
  readonly tenancyId: TenancyId
  readonly domainId: DomainId
  readonly appId: AppId
  readonly clientId: string
  /** Undefined: the application speaks for itself. */
  readonly personId: PersonId | undefined
  /** In which the token was asked for, and what was proven in it. */
  readonly sessionId: SessionId | undefined
  readonly scopes: readonly string[]
  readonly expiresAt: EpochMs
}
export type BearerLookup = (tenancyName: string, token: string) => Promise<Bearer | undefined>

type Deps = { readonly store: Store; readonly secrets: Pick<Secrets, 'digest'>; readonly clock: Clock }

/** 256 random bits, base64url (formats.bitsOfOpaqueRandomness): anything else is not worth a look. */
const looksLikeOurs = (token: string): boolean => /^[\w-]{43}$/.test(token)

const models = ['ClientCredentials', 'AccessToken'] as const

const bearerOf = async (tx: Tx, domain: Domain, body: JsonObject, now: EpochMs): Promise<Bearer | undefined> => {
  const { clientId, accountId, scope, exp, jkt, grantId, sid } = body
  if (typeof clientId !== 'string' || typeof exp !== 'number' || exp * 1000 <= now) return undefined
  // Bound to a key: whoever shows it without a proof of possession is not who it was given to (RFC 9449 §7.1).
  if (jkt !== undefined || !(await stillCounts(tx, domain, body, now))) return undefined
  if (typeof grantId === 'string' && !(await grantHolds(tx, domain, body.grantKey))) return undefined
  const app = await offeredApp(tx, domain, clientId)
  return (
    app && {
      tenancyId: domain.tenancyId,
      domainId: domain.id,
      appId: app.id,
      clientId,
      personId: typeof accountId === 'string' ? (accountId as PersonId) : undefined,
      sessionId: typeof sid === 'string' ? (sid as SessionId) : undefined,
      scopes: typeof scope === 'string' ? scope.split(' ') : [],
      expiresAt: exp * 1000,
    }
  )
}

/** A revoked family has no grant any more, even if one of its tokens was written a moment later. */
const grantHolds = async (tx: Tx, domain: Domain, key: unknown): Promise<boolean> =>
  typeof key === 'string' && (await tx.payloads.get(domain.id, 'Grant', key)) !== undefined

const lookUp = async (
  tx: Tx,
  { secrets, clock }: Deps,
  tenancyName: string,
  token: string,
): Promise<Bearer | undefined> => {
  const tenancy = await tx.tenancies.byName(undefined, tenancyName)
  if (tenancy?.name !== tenancyName) return undefined
  for (const domain of await tx.domains.list(tenancy.id)) {
    if (domain.status !== 'active') continue
    for (const model of models) {
      const row = await tx.payloads.get(domain.id, model, keyOf(secrets, model, token))
      if (!row) continue
      const grantId = row.body.grantId
      const grantKey = typeof grantId === 'string' ? keyOf(secrets, 'Grant', grantId) : null
      return bearerOf(tx, domain, { ...row.body, grantKey }, clock())
    }
  }
  return undefined
}

export const bearerLookup = (deps: Deps): BearerLookup => {
  // An application shows the same token with every question: those who look at one snapshot look once. The next one looks again.
  const looks = new WeakMap<Tx, Map<string, Promise<Bearer | undefined>>>()
  return async (tenancyName, token) => {
    if (!looksLikeOurs(token)) return undefined
    return deps.store.read((tx) => {
      const known = looks.get(tx) ?? new Map<string, Promise<Bearer | undefined>>()
      looks.set(tx, known)
      const key = `${token} ${tenancyName}` // a token has no space
      const look = known.get(key) ?? lookUp(tx, deps, tenancyName, token)
      known.set(key, look)
      return look
    })
  }
}
