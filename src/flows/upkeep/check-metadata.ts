// What makes fetched SAML metadata sound: it parses as the role it is for, speaks for the entity it spoke for before, and has a
// certificate where one is needed. Whoever takes over a metadata URL must not become another provider by it.
import type { Clock } from '../../ports/clock.ts'
import type { SamlVerifier } from '../../ports/saml-verifier.ts'
import { isRefusal } from '../../ports/upstream.ts'
import type { CheckMetadata } from './refresh-metadata.ts'

type Deps = { readonly verifier: Pick<SamlVerifier, 'parseMetadata'>; readonly clock: Clock }

// Whom a document speaks for does not run out with its validUntil: else taking over the URL would only take patience.
const BEFORE_ANY_EXPIRY = 0

export const checkMetadata =
  ({ verifier, clock }: Deps): CheckMetadata =>
  ({ role, xml, previousXml, entityId }) => {
    const previous =
      previousXml === undefined ? undefined : verifier.parseMetadata(previousXml, role, BEFORE_ANY_EXPIRY, entityId)
    if (previous && isRefusal(previous))
      return { fault: `the document kept until now cannot be read (${previous.refused}): set the metadata URL anew` }
    const known = entityId ?? previous?.entityId
    const parsed = verifier.parseMetadata(xml, role, clock(), known)
    if (isRefusal(parsed)) return { fault: `${parsed.refused}: ${parsed.detail}` }
    if (known !== undefined && parsed.entityId !== known)
      return { fault: `it speaks for \`${parsed.entityId}\`, expected \`${known}\`` }
    return 'sound'
  }
