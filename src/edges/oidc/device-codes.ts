// Device codes as rows (RFC 8628): found by what the person types, answered once, polled no faster than was said. The person's side knows a row
// by its digest only, because the code itself is what the device is given the tokens for.
import Provider, { type Adapter, type AdapterPayload, errors } from 'oidc-provider'
import type { Domain } from '../../core/model/tenancy.ts'
import { secondsLater } from '../../core/model/time.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Secrets } from '../../ports/secrets.ts'
import type { Store } from '../../ports/store.ts'
import { bodyOf, keyOf, payloadOf } from './rows.ts'

type Deps = { readonly store: Store; readonly secrets: Pick<Secrets, 'digest'>; readonly clock: Clock }

export const DEVICE_SECONDS = 600
/** What devices are told, and one second less is let pass: clocks and networks are not exact. */
export const POLL_SECONDS = 5
const LENIENT_SECONDS = 1
/** So long a device that asks too late is told that its code has expired, and not that there never was one. */
const LINGER_SECONDS = 600

/** No code looks like it, so none can be presented in its stead: see `find`. */
const DIGEST = '#'
const isDigest = (id: string): boolean => id.startsWith(DIGEST)

/** Said to the second of two who answer: `device.ts` has words for it. */
export const ANSWERED = 'the device code was answered already'

/** Confirming and refusing are the two answers; what is saved later belongs to the one who confirmed. */
const isAnswer = ({ inFlight, error, accountId }: AdapterPayload): boolean =>
  accountId === undefined && (inFlight === true) !== (error !== undefined)

export const deviceCodes = ({ store, secrets, clock }: Deps, domain: Domain, rows: Adapter): Adapter => {
  const scope = domain.id
  const key = (id: string): string => (isDigest(id) ? id.slice(DIGEST.length) : keyOf(secrets, 'DeviceCode', id))
  const once = (what: string, id: string): string => `oidc:device-${what}:${scope}:${key(id)}`
  return {
    ...rows,
    find: async (id) => {
      const route = Provider.ctx?.oidc?.route
      // INVARIANT: a digest is good on the person's side only, where the library hands back what `findByUserCode` gave it.
      if (isDigest(id)) {
        if (route !== 'device_resume') return undefined
        const row = await store.read((tx) => tx.payloads.get(scope, 'DeviceCode', key(id)))
        return row && payloadOf(row, id)
      }
      const found = await rows.find(id)
      if (!found || route !== 'token') return found
      const until = secondsLater(clock(), POLL_SECONDS - LENIENT_SECONDS)
      if (!(await store.write((tx) => tx.once.see(once('poll', id), until, clock())))) throw new errors.SlowDown()
      return found
    },
    findByUserCode: (userCode) =>
      store.read(async (tx) => {
        const row = await tx.payloads.byUserCode(scope, 'DeviceCode', userCode)
        return row && payloadOf(row, `${DIGEST}${row.id}`)
      }),
    upsert: async (id, payload, expiresIn = DEVICE_SECONDS) => {
      const until = secondsLater(clock(), Math.max(0, expiresIn) + LINGER_SECONDS)
      const won = await store.write(async (tx) => {
        if (isAnswer(payload) && !(await tx.once.see(once('answer', id), until))) return false
        await tx.payloads.put({
          scope,
          model: 'DeviceCode',
          id: key(id),
          body: bodyOf(payload),
          grantId: payload.grantId,
          uid: undefined,
          userCode: payload.userCode,
          consumedAt: undefined,
          expiresAt: until,
        })
        return true
      })
      if (!won) throw new errors.InvalidRequest(ANSWERED)
    },
  }
}
