// Whose API key is this? A key is good while it is neither revoked nor expired and its owner is active; it opens only the tenancy it was made
// in, and only what its scopes name. It can do no more than its owner, because every question is then asked about the owner.
import type { Actor } from '../../core/model/audit.ts'
import type { ApiKeyId, TenancyId } from '../../core/model/ids.ts'
import { type EpochMs, secondsLater } from '../../core/model/time.ts'
import type { ApiKey, ApiKeyScope } from '../../core/model/workload.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Secrets } from '../../ports/secrets.ts'
import type { Store, Tx } from '../../ports/store.ts'
import type { StoredApiKey } from '../../ports/store-access.ts'
import type { Question } from './api.ts'

/** Leak scanners know it by this. */
export const API_KEY_PREFIX = 'gwm_'
/** 256 random bits, base64url. */
const shape = /^gwm_[\w-]{43}$/
export const looksLikeApiKey = (token: string): boolean => token.startsWith(API_KEY_PREFIX)

export type KeyHolder = {
  readonly apiKeyId: ApiKeyId
  readonly actor: Actor
  /** The owner, as questions name it. */
  readonly subject: Question['subject']
  readonly scopes: readonly ApiKeyScope[]
}
/** Undefined: there is no such key, or it is good for nothing (any more); which of these is not told. */
export type ApiKeyCaller = (tenancyId: TenancyId, token: string) => Promise<KeyHolder | undefined>

/** `lastUsedAt` is for people who look for forgotten keys: to the minute is enough, and saves a write with every request. */
const TOUCH_SECONDS = 60

const holderOf = async (tx: Tx, { owner }: ApiKey): Promise<Pick<KeyHolder, 'actor' | 'subject'> | undefined> => {
  if (owner.kind === 'service-id') {
    const service = await tx.serviceIds.get(owner.id)
    if (service?.status !== 'active') return undefined
    return {
      actor: { kind: 'service-id', id: service.id, name: service.name },
      subject: { type: 'service-id', id: service.id, properties: {} },
    }
  }
  const person = await tx.people.get(owner.id)
  const domain = person && (await tx.domains.get(person.domainId))
  if (person?.status !== 'active' || domain?.status !== 'active') return undefined
  return {
    actor: { kind: 'person', id: person.id, name: person.username },
    subject: { type: 'user', id: person.id, properties: {} },
  }
}

const isGood = (key: StoredApiKey, tenancyId: TenancyId, now: EpochMs): boolean =>
  key.tenancyId === tenancyId && key.revokedAt === undefined && (key.expiresAt === undefined || now < key.expiresAt)

type Deps = { readonly store: Store; readonly secrets: Pick<Secrets, 'digest'>; readonly clock: Clock }

export const apiKeyCaller =
  ({ store, secrets, clock }: Deps): ApiKeyCaller =>
  async (tenancyId, token) => {
    if (!shape.test(token)) return undefined
    const now = clock()
    // found by digest: comparing digests in an index tells nothing about the key, however long it takes
    const hash = secrets.digest(token)
    const found = await store.read(async (tx) => {
      const key = await tx.apiKeys.byHash(hash)
      const holder = key && isGood(key, tenancyId, now) ? await holderOf(tx, key) : undefined
      return key && holder && { key, holder }
    })
    if (!found) return undefined
    const { key, holder } = found
    if (key.lastUsedAt === undefined || secondsLater(key.lastUsedAt, TOUCH_SECONDS) <= now)
      await store.write((tx) => tx.apiKeys.touch(key.id, now))
    return { apiKeyId: key.id, scopes: key.scopes, ...holder }
  }
