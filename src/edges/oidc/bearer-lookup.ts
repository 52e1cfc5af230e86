// Whose access token is this? For our own APIs (the policy decision point), which have no client credentials of their own to introspect
// with. Looks in the domains of one tenancy: a token of another tenancy does not exist here.
import type { AppId, DomainId, PersonId } from '../../core/model/ids.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { Domain } from '../../core/model/tenancy.ts'
import type { EpochMs } from '../../core/model/time.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Secrets } from '../../ports/secrets.ts'
import type { Store, Tx } from '../../ports/store.ts'
import { keyOf, offeredApp, stillCounts } from './rows.ts'

export type Bearer = {
  readonly domainId: DomainId
  readonly appId: AppId
  readonly clientId: string
  /** Undefined: the application speaks for itself. */
  readonly personId: PersonId | undefined
  readonly scopes: readonly string[]
  readonly expiresAt: EpochMs
}
export type BearerLookup = (tenancyName: string, token: string) => Promise<Bearer | undefined>

type Deps = { readonly store: Store; readonly secrets: Pick<Secrets, 'digest'>; readonly clock: Clock }

/** 256 random bits, base64url (formats.bitsOfOpaqueRandomness): anything else is not worth a look. */
const looksLikeOurs = (token: string): boolean => /^[\w-]{43}$/.test(token)

const models = ['ClientCredentials', 'AccessToken'] as const

const bearerOf = async (tx: Tx, domain: Domain, body: JsonObject, now: EpochMs): Promise<Bearer | undefined> => {
  const { clientId, accountId, scope, exp, jkt, grantId } = body
  if (typeof clientId !== 'string' || typeof exp !== 'number' || exp * 1000 <= now) return undefined
  // Bound to a key: whoever shows it without a proof of possession is not who it was given to (RFC 9449 §7.1).
  if (jkt !== undefined || !(await stillCounts(tx, domain, body, now))) return undefined
  if (typeof grantId === 'string' && !(await grantHolds(tx, domain, body.grantKey))) return undefined
  const app = await offeredApp(tx, domain, clientId)
  return (
    app && {
      domainId: domain.id,
      appId: app.id,
      clientId,
      personId: typeof accountId === 'string' ? (accountId as PersonId) : undefined,
      scopes: typeof scope === 'string' ? scope.split(' ') : [],
      expiresAt: exp * 1000,
    }
  )
}

/** A revoked family has no grant any more, even if one of its tokens was written a moment later. */
const grantHolds = async (tx: Tx, domain: Domain, key: unknown): Promise<boolean> =>
  typeof key === 'string' && (await tx.payloads.get(domain.id, 'Grant', key)) !== undefined

export const bearerLookup =
  ({ store, secrets, clock }: Deps): BearerLookup =>
  async (tenancyName, token) => {
    if (!looksLikeOurs(token)) return undefined
    return store.read(async (tx) => {
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
    })
  }
