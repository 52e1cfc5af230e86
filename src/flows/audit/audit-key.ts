// The key that signs a tenancy's checkpoints. What is trusted is the sealed private part alone: whoever can write rows cannot make one
// that opens, so he cannot bring a key of his own either.
import { type AuditKey, type Checkpoint, type Seal, signedSeal, signedText } from '../../core/audit/trail.ts'
import type { TenancyId } from '../../core/model/ids.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { Clock } from '../../ports/clock.ts'
import type { KeyMaker, Signer } from '../../ports/keys.ts'
import type { Random } from '../../ports/random.ts'
import type { Secrets } from '../../ports/secrets.ts'

export type KeyDeps = { readonly secrets: Secrets; readonly signer: Signer }
type MakeDeps = KeyDeps & { readonly keyMaker: KeyMaker; readonly random: Random; readonly clock: Clock }

const sealedFor = (tenancyId: TenancyId, id: string): string => `audit-key:${tenancyId}:${id}`

export const makeAuditKey = async (
  { secrets, keyMaker, random, clock }: MakeDeps,
  tenancyId: TenancyId,
): Promise<AuditKey> => {
  const id = random.id()
  const { privateJwk } = await keyMaker.make('ES256')
  return { id, tenancyId, createdAt: clock(), privateSealed: secrets.seal(privateJwk, sealedFor(tenancyId, id)) }
}

const opened = ({ secrets }: KeyDeps, key: AuditKey): string =>
  secrets.open(key.privateSealed, sealedFor(key.tenancyId, key.id))

export const signSeal = (deps: KeyDeps, key: AuditKey, seal: Omit<Seal, 'kid' | 'signature'>): Seal => ({
  ...seal,
  kid: key.id,
  signature: deps.signer.sign(opened(deps, key), signedSeal(seal.hash)),
})

export const signCheckpoint = (deps: KeyDeps, key: AuditKey, body: string): Checkpoint => ({
  body,
  kid: key.id,
  signature: deps.signer.sign(opened(deps, key), signedText(body)),
})

/** The public part, as auditors are given it. Throws when the key does not open. */
export const publicAuditKey = (deps: KeyDeps, key: AuditKey): JsonObject => {
  const { kty, crv, x, y } = JSON.parse(opened(deps, key)) as { readonly [name: string]: string }
  return { kty: kty ?? '', crv: crv ?? '', x: x ?? '', y: y ?? '', kid: key.id, alg: 'ES256', use: 'sig' }
}

/** `unusable`: the key is gone, is not one of ours, or this gateway lacks the key-encryption key that it was sealed with. */
type Holds = 'yes' | 'forged' | 'unusable'

const holds = (deps: KeyDeps, keys: readonly AuditKey[], kid: string, text: string, signature: string): Holds => {
  const key = keys.find((one) => one.id === kid)
  if (!key) return 'unusable'
  try {
    return deps.signer.verify(publicAuditKey(deps, key), text, signature) ? 'yes' : 'forged'
  } catch {
    return 'unusable'
  }
}

export const checkpointHolds = (
  deps: KeyDeps,
  keys: readonly AuditKey[],
  { body, kid, signature }: Checkpoint,
): Holds => holds(deps, keys, kid, signedText(body), signature)

export const sealHolds = (deps: KeyDeps, keys: readonly AuditKey[], { hash, kid, signature }: Seal): Holds =>
  holds(deps, keys, kid, signedSeal(hash), signature)
