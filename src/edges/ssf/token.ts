// Security event tokens (RFC 8417): what happened, about whom, signed with the domain's own key. Made when they are told, so that a key that
// was rotated meanwhile does no harm; the `jti` stays the same however often one is sent.
import { importJWK, type JWK, SignJWT } from 'jose'
import type { EventStream, QueuedEvent } from '../../core/model/event-stream.ts'
import { verificationType } from '../../core/model/event-stream.ts'
import type { JsonObject } from '../../core/model/json.ts'
import { type EpochMs, secondsOf } from '../../core/model/time.ts'
import type { KeyRing } from '../../flows/upkeep/key-ring.ts'

const ALG = 'ES256'

/** SSF §3: the session if it is about one, of the person as the issuer calls them. */
const subjectOf = (issuer: string, stream: EventStream, { event }: QueuedEvent): JsonObject => {
  if (event.type === verificationType || event.personId === undefined) return { format: 'opaque', id: stream.id }
  const user = { format: 'iss_sub', iss: issuer, sub: event.personId }
  return event.sessionId === undefined
    ? user
    : { format: 'complex', user, session: { format: 'opaque', id: event.sessionId } }
}

export type TokenMaker = (issuer: string, stream: EventStream, queued: QueuedEvent, now: EpochMs) => Promise<string>
export const tokenMaker =
  (keyRing: KeyRing): TokenMaker =>
  async (issuer, stream, queued, now) => {
    const key = (await keyRing(stream.domainId)).oidc.find((one) => one.alg === ALG)
    if (!key) throw new Error(`domain ${stream.domainId} has no ${ALG} key`)
    const { event } = queued
    return new SignJWT({
      sub_id: subjectOf(issuer, stream, queued),
      events: { [event.type]: event.claims },
      ...(event.txn === undefined ? {} : { txn: event.txn }),
    })
      .setProtectedHeader({ alg: ALG, kid: String(key.kid), typ: 'secevent+jwt' })
      .setIssuer(issuer)
      .setAudience(stream.audience)
      .setIssuedAt(secondsOf(now))
      .setJti(queued.jti)
      .sign(await importJWK(key as JWK, ALG))
  }
