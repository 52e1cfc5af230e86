// The bridge from the provider's storage contract to tx.payloads, one domain each. Consuming is one conditional statement, because the
// library looks first and consumes later: whoever loses that race is a replay, and the whole family of tokens goes (RFC 6749 §4.1.2,
// RFC 9700 §4.14.2). Sessions are not kept here at all: the provider's is a view of ours (session-view.ts).
import Provider, { type Adapter, type AdapterPayload, errors } from 'oidc-provider'
import type { JsonObject } from '../../core/model/json.ts'
import type { Domain } from '../../core/model/tenancy.ts'
import { secondsLater } from '../../core/model/time.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Secrets } from '../../ports/secrets.ts'
import type { Payload, Store } from '../../ports/store.ts'
import type { Clients } from './clients.ts'
import { deviceCodes } from './device-codes.ts'
import { bodyOf, keyOf, payloadOf, stillCounts } from './rows.ts'

type Deps = { readonly store: Store; readonly secrets: Pick<Secrets, 'digest'>; readonly clock: Clock }
export type AdapterOf = (model: string) => Adapter

const nothing = async (): Promise<undefined> => undefined
const none: Adapter = {
  upsert: nothing,
  find: nothing,
  findByUid: nothing,
  findByUserCode: nothing,
  consume: nothing,
  destroy: nothing,
  revokeByGrantId: nothing,
}

/** What a second use is called. The details are what the library itself says when it notices first, so that audit sees one thing. */
const reused = (model: string): Error =>
  model === 'PushedAuthorizationRequest'
    ? new errors.InvalidRequestUri('request_uri is invalid, expired, or was already used')
    : new errors.InvalidGrant(
        model === 'RefreshToken'
          ? 'refresh token already used'
          : `${model === 'DeviceCode' ? 'device' : 'authorization'} code already consumed`,
      )

const bearers: ReadonlySet<string> = new Set([
  'AccessToken',
  'RefreshToken',
  'AuthorizationCode',
  'ClientCredentials',
  'DeviceCode',
])

const rowsOf = ({ store, secrets, clock }: Deps, domain: Domain, model: string): Adapter => {
  const scope = domain.id
  const key = (id: string): string => keyOf(secrets, model, id)
  return {
    ...none,
    upsert: async (id, payload, expiresIn) => {
      const row: Payload = {
        scope,
        model,
        id: key(id),
        body: bodyOf(payload),
        grantId: model === 'Grant' ? id : payload.grantId, // removing a grant removes all that hangs on it, and itself
        uid: undefined,
        userCode: payload.userCode,
        consumedAt: undefined,
        expiresAt: expiresIn === undefined ? undefined : secondsLater(clock(), expiresIn),
      }
      await store.write((tx) => tx.payloads.put(row))
    },
    find: async (id) =>
      store.read(async (tx) => {
        const row = await tx.payloads.get(scope, model, key(id))
        if (!row || (bearers.has(model) && !(await stillCounts(tx, domain, row.body, clock())))) return undefined
        return payloadOf(row, id)
      }),
    consume: async (id) => {
      const won = await store.write(async (tx) => {
        if (await tx.payloads.consume(scope, model, key(id), clock())) return true
        const row = await tx.payloads.get(scope, model, key(id))
        if (row?.grantId !== undefined) await tx.payloads.removeByGrant(scope, row.grantId)
        return false
      })
      if (!won) throw reused(model)
    },
    destroy: (id) => store.write((tx) => tx.payloads.remove(scope, model, key(id))),
    revokeByGrantId: async (grantId) => {
      await store.write((tx) => tx.payloads.removeByGrant(scope, grantId))
    },
  }
}

/**
 * INVARIANT: a sign-in is resumed only by the session that was found when it was finished. The library would put the person it was
 * finished for into a session of its own, or dead-end on its logout form when another one is there by now.
 */
const resumedByAnother = (payload: AdapterPayload): boolean => {
  const oidc = Provider.ctx?.oidc
  const finishedFor = payload.result?.login?.accountId
  return (
    (oidc?.route === 'resume' || oidc?.route === 'device_resume') &&
    finishedFor !== undefined &&
    finishedFor !== oidc.session?.accountId
  )
}

/** Of an interaction that is over the name of the application stays, so that a back button finds the way to it. */
const interactionsOf = (deps: Deps, domain: Domain): Adapter => {
  const { store, secrets, clock } = deps
  const key = (id: string): string => keyOf(secrets, 'Interaction', id)
  return {
    ...rowsOf(deps, domain, 'Interaction'),
    find: async (id) => {
      const row = await store.read((tx) => tx.payloads.get(domain.id, 'Interaction', key(id)))
      const payload = row?.consumedAt === undefined ? row && payloadOf(row, id) : undefined
      return payload && !resumedByAnother(payload) ? payload : undefined
    },
    destroy: (id) =>
      store.write(async (tx) => {
        const row = await tx.payloads.get(domain.id, 'Interaction', key(id))
        if (!row) return
        const params = row.body.params as JsonObject | undefined
        const body = { params: { client_id: params?.client_id ?? null } }
        await tx.payloads.put({ ...row, body, consumedAt: clock() })
      }),
  }
}

export const adapterOf =
  (deps: Deps, domain: Domain, clients: Clients): AdapterOf =>
  (model) => {
    if (model === 'Client') return { ...none, find: clients.find }
    if (model === 'Session' || model === 'ReplayDetection') return none // views: session-view.ts, provider.ts
    if (model === 'DeviceCode') return deviceCodes(deps, domain, rowsOf(deps, domain, model))
    return model === 'Interaction' ? interactionsOf(deps, domain) : rowsOf(deps, domain, model)
  }

/** The application a sign-in belonged to, even when it is over. */
export const clientIdOfInteraction = (deps: Deps, domain: Domain, uid: string): Promise<string | undefined> =>
  deps.store.read(async (tx) => {
    const row = await tx.payloads.get(domain.id, 'Interaction', keyOf(deps.secrets, 'Interaction', uid))
    const params = row?.body.params as JsonObject | undefined
    return typeof params?.client_id === 'string' ? params.client_id : undefined
  })
