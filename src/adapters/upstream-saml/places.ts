// Where a SAML identity provider meets us. Every provider gets an entity id and addresses of its own: an answer for one can never be handed
// in as another's (mix-up).
import type { Idp } from '../../core/model/idp.ts'
import type { DomainId } from '../../core/model/ids.ts'

export const placesOf = async (
  { issuerOf }: { readonly issuerOf: (domain: DomainId) => Promise<string> },
  idp: Idp,
): Promise<{ readonly entityId: string; readonly acsUrl: string; readonly sloUrl: string }> => {
  const at = `${await issuerOf(idp.domainId)}/federation/${idp.name}`
  return { entityId: `${at}/metadata`, acsUrl: `${at}/acs`, sloUrl: `${at}/slo` }
}
