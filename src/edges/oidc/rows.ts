// How a thing of the provider is kept in tx.payloads, and whether it still counts. The key is a digest: what a leaked table shows cannot
// be presented. A token lives only as long as its person, its application and (unless it is for offline use) its session.
import type { AdapterPayload } from 'oidc-provider'
import type { App, OidcApp } from '../../core/model/app.ts'
import type { PersonId, SessionId } from '../../core/model/ids.ts'
import type { Json, JsonObject } from '../../core/model/json.ts'
import type { EndReason } from '../../core/model/session.ts'
import type { Domain } from '../../core/model/tenancy.ts'
import { type EpochMs, secondsOf } from '../../core/model/time.ts'
import { isAlive } from '../../flows/sign-in/live-session.ts'
import type { Secrets } from '../../ports/secrets.ts'
import type { Payload, Tx } from '../../ports/store.ts'

export const keyOf = (secrets: Pick<Secrets, 'digest'>, model: string, id: string): string =>
  secrets.digest(`${model}:${id}`)

/** What of a payload is written down. `jti` is the bearer value itself; `session` of an interaction names a session that we look up anew. */
export const bodyOf = (payload: AdapterPayload): JsonObject =>
  Object.fromEntries(
    Object.entries(payload).filter(
      ([name, value]) => name !== 'jti' && name !== 'session' && name !== 'consumed' && value !== undefined,
    ),
  ) as { [name: string]: Json }

export const payloadOf = (row: Payload, id: string): AdapterPayload => ({
  ...(row.body as AdapterPayload),
  jti: id,
  ...(row.consumedAt === undefined ? {} : { consumed: secondsOf(row.consumedAt) }),
})

export type OidcAppRow = App & { readonly settings: OidcApp }

/** An application this domain knows: registered in the tenancy, switched on, offered to the domain's people. */
export const offeredApp = async (
  tx: Tx,
  domain: Pick<Domain, 'id' | 'tenancyId'>,
  clientId: string,
): Promise<OidcAppRow | undefined> => {
  const app = await tx.apps.byClientId(domain.tenancyId, clientId)
  // The store compares names its own way; a client id is compared as it is (RFC 6749 §2.2).
  if (!app?.enabled || app.settings.protocol !== 'oidc' || app.settings.clientId !== clientId) return undefined
  return app.domainIds.includes(domain.id) ? { ...app, settings: app.settings } : undefined
}

/** Endings that mean "not this person any more": they reach even tokens for offline use (OIDC Back-Channel Logout 1.0 §2.7 leaves the rest). */
const cutsOffline: ReadonlySet<EndReason> = new Set(['person-disabled', 'password-changed', 'revoked'])

const text = (body: JsonObject, name: string): string | undefined => {
  const value = body[name]
  return typeof value === 'string' ? value : undefined
}

const sessionHolds = async (tx: Tx, domain: Domain, body: JsonObject, now: EpochMs): Promise<boolean> => {
  const sid = text(body, 'sid')
  const session = sid === undefined ? undefined : await tx.sessions.get(sid as SessionId)
  if (body.expiresWithSession !== true) return !(session?.endReason && cutsOffline.has(session.endReason))
  const theirs = session?.personId === body.accountId && session?.domainId === domain.id
  return session !== undefined && theirs && isAlive(session, domain, now)
}

/** `body` is that of a code or token. */
export const stillCounts = async (tx: Tx, domain: Domain, body: JsonObject, now: EpochMs): Promise<boolean> => {
  const clientId = text(body, 'clientId')
  if (clientId === undefined || !(await offeredApp(tx, domain, clientId))) return false
  const accountId = text(body, 'accountId')
  if (accountId === undefined) return true
  const person = await tx.people.get(accountId as PersonId)
  if (person?.status !== 'active' || person.domainId !== domain.id) return false
  return sessionHolds(tx, domain, body, now)
}
