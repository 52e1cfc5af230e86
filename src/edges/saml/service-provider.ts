// What an application's metadata says, always derived from the XML that was registered and never stored beside it. Reading costs a schema
// check, so what was read is remembered by digest; an expired document is read anew and refused.
import type { EpochMs } from '../../core/model/time.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Endpoint, Metadata, SamlVerifier } from '../../ports/saml-verifier.ts'
import type { Secrets } from '../../ports/secrets.ts'
import { isRefusal, type Refusal } from '../../ports/upstream.ts'

export type { Endpoint }
export type ServiceProvider = Pick<
  Metadata,
  | 'entityId'
  | 'signingCertificates'
  | 'encryptionCertificates'
  | 'assertionConsumers'
  | 'singleLogout'
  | 'authnRequestsSigned'
  | 'wantAssertionsSigned'
  | 'validUntil'
>

/** For configuration too: what a document says, or why it cannot be used. `entityId`: which one, where a document has several. */
export const spFromMetadata = (
  verifier: Pick<SamlVerifier, 'parseMetadata'>,
  xml: string,
  now: EpochMs,
  entityId?: string,
): ServiceProvider | Refusal => verifier.parseMetadata(xml, 'sp', now, entityId)

export type ReadServiceProvider = (xml: string, entityId: string) => ServiceProvider | Refusal

/** Each costs a few kilobytes; an installation with more applications than this reads some of them again. */
const REMEMBERED = 500

export const serviceProviders = ({
  verifier,
  secrets,
  clock,
}: {
  readonly verifier: Pick<SamlVerifier, 'parseMetadata'>
  readonly secrets: Pick<Secrets, 'digest'>
  readonly clock: Clock
}): ReadServiceProvider => {
  const known = new Map<string, ServiceProvider>()
  return (xml, entityId) => {
    const key = `${secrets.digest(xml)} ${entityId}`
    const now = clock()
    const before = known.get(key)
    if (before && (before.validUntil === undefined || now < before.validUntil)) return before
    known.delete(key)
    const sp = spFromMetadata(verifier, xml, now, entityId)
    if (isRefusal(sp)) return sp
    const oldest = known.size >= REMEMBERED ? known.keys().next().value : undefined
    if (oldest !== undefined) known.delete(oldest)
    known.set(key, sp)
    return sp
  }
}
