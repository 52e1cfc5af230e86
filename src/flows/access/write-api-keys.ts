// API keys: made and shown once, kept as a digest, revoked for good. A key speaks for its owner, so making one is being given all that the
// owner holds: people make keys for themselves, and for a service ID whoever holds what it holds.
import type { ApiKeyId } from '../../core/model/ids.ts'
import { daysLater, type EpochMs } from '../../core/model/time.ts'
import type { ApiKey, ApiKeyScope } from '../../core/model/workload.ts'
import type { StoredApiKey } from '../../ports/store-access.ts'
import { Problem } from '../../problem.ts'
import { noteChange } from '../directory/note-change.ts'
import type { Work } from './administer.ts'
import { API_KEY_PREFIX } from './api-key-caller.ts'

export type ApiKeyInput = {
  readonly owner: ApiKey['owner']
  readonly ownerName: string
  readonly name: string
  readonly scopes: readonly ApiKeyScope[]
  readonly expiresAt: EpochMs | undefined // undefined: in a year
}
/** `secret` is shown to whoever made it and is nowhere afterwards. */
export type NewApiKey = { readonly key: StoredApiKey; readonly secret: string }

const DEFAULT_DAYS = 365
const MOST_DAYS = 3 * 365
const MOST_KEYS = 20
const SHOWN = API_KEY_PREFIX.length + 8
const NAMED = 5

const refuseUnheld = ({ standing, who }: Work, { owner, ownerName }: ApiKeyInput): void => {
  if (standing.isAdministrator) return
  if (owner.kind === 'person') {
    if (who.subject.type === 'user' && who.subject.id === owner.id) return
    throw new Problem(
      'not-permitted',
      `a key of \`${ownerName}\` would act as \`${ownerName}\`: people make their own, or a member of \`Administrators\` does`,
      { reason: 'not-held' },
    )
  }
  if (who.subject.id === owner.id) return
  const lacked = standing.lacks(owner.id, 'everything')
  if (lacked.length === 0) return
  const more = lacked.length > NAMED ? ` and ${lacked.length - NAMED} more` : ''
  throw new Problem(
    'not-permitted',
    `\`${ownerName}\` holds what you do not: ${lacked
      .slice(0, NAMED)
      .map((p) => `\`${p}\``)
      .join(', ')}${more}`,
    { reason: 'not-held' },
  )
}

/** A key that makes its own successor must not outlive itself by it: whoever stole it would keep it for ever. */
const latest = async ({ tx, who, now }: Work, { owner, expiresAt }: ApiKeyInput): Promise<EpochMs> => {
  const wanted = expiresAt ?? daysLater(now, DEFAULT_DAYS)
  if (wanted <= now) throw new Problem('config-invalid', '`expiresAt`: expected a time to come', { reason: 'expired' })
  if (wanted > daysLater(now, MOST_DAYS))
    throw new Problem('config-invalid', `\`expiresAt\`: expected at most ${MOST_DAYS} days from now`, {
      reason: 'too-long',
    })
  const own = who.apiKeyId === undefined ? undefined : await tx.apiKeys.get(who.apiKeyId)
  const isOwn = own?.owner.id === owner.id
  return isOwn && own.expiresAt !== undefined ? Math.min(wanted, own.expiresAt) : wanted
}

export const makeApiKey = async (work: Work, input: ApiKeyInput): Promise<NewApiKey> => {
  const { tx, who, now, random, secrets } = work
  refuseUnheld(work, input)
  const { owner, name, scopes } = input
  const live = (await tx.apiKeys.ofOwner(owner)).filter(
    (k) => k.revokedAt === undefined && (k.expiresAt === undefined || now < k.expiresAt),
  )
  if (live.length >= MOST_KEYS)
    throw new Problem('config-invalid', `\`${input.ownerName}\` has ${MOST_KEYS} keys already: revoke one first`, {
      reason: 'limit-api-keys',
    })
  if (live.some((k) => k.name.toLowerCase() === name.toLowerCase()))
    throw new Problem('name-taken', `\`${input.ownerName}\` has a key \`${name}\` already`)
  const secret = `${API_KEY_PREFIX}${random.token()}`
  const key: ApiKey = {
    id: random.id() as ApiKeyId,
    tenancyId: who.tenancyId,
    owner,
    name,
    scopes,
    prefix: secret.slice(0, SHOWN),
    hash: secrets.digest(secret),
    createdAt: now,
    expiresAt: await latest(work, input),
    revokedAt: undefined,
  }
  await tx.apiKeys.put(key)
  await note(work, 'created', key)
  return { key: { ...key, lastUsedAt: undefined }, secret }
}

const note = (work: Work, verb: string, { id, name, prefix, owner, scopes, expiresAt }: ApiKey) =>
  noteChange(work, {
    action: `api-key.${verb}`,
    target: { type: 'api-key', id, name },
    details: { prefix, owner: { ...owner }, scopes, expiresAt: expiresAt ?? null },
  })

export const revokeApiKey = async (work: Work, { lastUsedAt: _, ...key }: StoredApiKey): Promise<void> => {
  if (key.revokedAt !== undefined) return
  await work.tx.apiKeys.put({ ...key, revokedAt: work.now })
  await note(work, 'revoked', key)
}
