// What a provider's metadata says, read once per text: a sign-in must not cost the reading of a federation's document.
import type { Idp, SamlTrust } from '../../core/model/idp.ts'
import type { EpochMs } from '../../core/model/time.ts'
import type { Metadata, SamlVerifier } from '../../ports/saml-verifier.ts'
import type { Refusal } from '../../ports/upstream.ts'

export type SamlIdp = Idp & { readonly trust: SamlTrust }
export type TrustedMetadata = (idp: SamlIdp, now: EpochMs) => Metadata | Refusal

const REMEMBERED = 500

export const trustedMetadata = (verifier: Pick<SamlVerifier, 'parseMetadata'>): TrustedMetadata => {
  const known = new Map<string, { readonly xml: string; readonly metadata: Metadata }>()
  return ({ id, name, trust }, now) => {
    const xml = trust.metadataXml
    if (xml === undefined)
      return {
        refused: 'metadata-missing',
        detail: `the metadata of \`${name}\` was not loaded yet: check its address`,
      }
    const held = known.get(id)
    // An expired document is read anew, to be refused in the verifier's words.
    if (held?.xml === xml && (held.metadata.validUntil ?? Number.POSITIVE_INFINITY) > now) return held.metadata
    const metadata = verifier.parseMetadata(xml, 'idp', now)
    if ('refused' in metadata) return metadata
    if (known.size >= REMEMBERED) known.clear()
    known.set(id, { xml, metadata })
    return metadata
  }
}
