// Metadata XML → what we use of it. Trust comes from how the administrator got the document; here it is only read, and refused when it
// does not describe what it is loaded for. SAML Metadata §2.
import type { EpochMs } from '../../core/model/time.ts'
import type { Endpoint, Metadata } from '../../ports/saml-verifier.ts'
import type { Refusal } from '../../ports/upstream.ts'
import { publicKeyOf } from './certificates.ts'
import { parseMetadataText } from './document.ts'
import { attribute, booleanOf, children, is, textOf, timeOf } from './dom.ts'
import { ns } from './names.ts'
import { refuse } from './reasons.ts'

const descriptorNames = { idp: 'IDPSSODescriptor', sp: 'SPSSODescriptor' } as const

const entitiesIn = (root: Element): readonly Element[] =>
  is(root, ns.metadata, 'EntityDescriptor')
    ? [root]
    : is(root, ns.metadata, 'EntitiesDescriptor')
      ? [
          ...children(root, ns.metadata, 'EntityDescriptor'),
          ...children(root, ns.metadata, 'EntitiesDescriptor').flatMap(entitiesIn),
        ]
      : []

const certificatesFor = (role: Element, use: 'signing' | 'encryption'): readonly string[] => {
  const found = children(role, ns.metadata, 'KeyDescriptor')
    .filter((k) => (attribute(k, 'use') ?? use) === use)
    .flatMap((k) => children(k, ns.dsig, 'KeyInfo'))
    .flatMap((info) => children(info, ns.dsig, 'X509Data'))
    .flatMap((data) => children(data, ns.dsig, 'X509Certificate'))
    .map((c) => textOf(c).replace(/\s/g, ''))
  return [...new Set(found)]
}

/** Only web addresses: a `javascript:` location would run in the browser that is sent there. */
const isWeb = (location: string | undefined): location is string =>
  location !== undefined && /^https?:\/\/[^\s]+$/i.test(location) && URL.canParse(location)

const endpointsOf = (role: Element, name: string): readonly Endpoint[] =>
  children(role, ns.metadata, name).flatMap((e) => {
    const location = attribute(e, 'Location')?.trim()
    if (!isWeb(location)) return []
    const response = attribute(e, 'ResponseLocation')?.trim()
    const index = attribute(e, 'index')
    return [
      {
        binding: attribute(e, 'Binding')?.trim() ?? '',
        location,
        responseLocation: isWeb(response) ? response : undefined,
        index: index !== undefined && /^\d{1,5}$/.test(index) ? Number(index) : undefined,
        isDefault: booleanOf(attribute(e, 'isDefault')) ?? false,
      },
    ]
  })

const speaksSaml2 = (role: Element): boolean =>
  (attribute(role, 'protocolSupportEnumeration') ?? '').split(/\s+/).includes(ns.protocol)

/** The earliest of every validUntil around the role. */
const validUntilOf = (role: Element): EpochMs | undefined => {
  const times: number[] = []
  for (let at: Node | null = role; at && at.nodeType === 1; at = at.parentNode) {
    const until = timeOf(attribute(at as Element, 'validUntil'))
    if (until !== undefined) times.push(until)
  }
  return times.length === 0 ? undefined : Math.min(...times)
}

/** What the role cannot be used without, and what can only be a mistake or worse. */
const unusable = (role: 'idp' | 'sp', m: Metadata): Refusal | undefined => {
  const unread = [...m.signingCertificates, ...m.encryptionCertificates].find((c) => publicKeyOf(c) === undefined)
  if (unread !== undefined)
    return refuse('metadata-invalid', {
      detail: 'a certificate cannot be read or its key is too short',
      received: unread,
    })
  if (role === 'idp' && m.signingCertificates.length === 0)
    return refuse('certificate-missing', { detail: 'the metadata holds no signing certificate' })
  const name = role === 'idp' ? 'SingleSignOnService' : 'AssertionConsumerService'
  return (role === 'idp' ? m.singleSignOn : m.assertionConsumers).length === 0
    ? refuse('metadata-invalid', { expected: `a ${name} at a web address` })
    : undefined
}

export const parseMetadata = (xml: string, role: 'idp' | 'sp', now: EpochMs, entityId?: string): Metadata | Refusal => {
  const parsed = parseMetadataText(xml)
  if ('refused' in parsed) return parsed
  const entities = entitiesIn(parsed.root).filter(
    (e) => entityId === undefined || attribute(e, 'entityID') === entityId,
  )
  const roles = entities.flatMap((entity) =>
    children(entity, ns.metadata, descriptorNames[role])
      .filter(speaksSaml2)
      .map((descriptor) => ({ entity, descriptor })),
  )
  const [found] = roles
  if (!found)
    return refuse('metadata-invalid', {
      expected: `an EntityDescriptor with an ${descriptorNames[role]} for SAML 2.0${entityId === undefined ? '' : ` of \`${entityId}\``}`,
      received: parsed.root.nodeName,
    })
  if (roles.length > 1)
    return refuse('metadata-invalid', {
      detail: `the document describes ${roles.length} entities: say which entity id is meant`,
    })
  const id = attribute(found.entity, 'entityID')
  if (id === undefined || id === '' || id.length > 1024)
    return refuse('metadata-invalid', { detail: 'the entityID is missing or longer than 1024 characters' })
  const validUntil = validUntilOf(found.descriptor)
  if (validUntil !== undefined && validUntil <= now)
    return refuse('metadata-expired', { received: new Date(validUntil).toISOString() })
  const { descriptor } = found
  const metadata: Metadata = {
    entityId: id,
    signingCertificates: certificatesFor(descriptor, 'signing'),
    encryptionCertificates: certificatesFor(descriptor, 'encryption'),
    singleSignOn: endpointsOf(descriptor, 'SingleSignOnService'),
    assertionConsumers: endpointsOf(descriptor, 'AssertionConsumerService'),
    singleLogout: endpointsOf(descriptor, 'SingleLogoutService'),
    nameIdFormats: children(descriptor, ns.metadata, 'NameIDFormat').map(textOf),
    wantAuthnRequestsSigned: booleanOf(attribute(descriptor, 'WantAuthnRequestsSigned')) ?? false,
    authnRequestsSigned: booleanOf(attribute(descriptor, 'AuthnRequestsSigned')) ?? false,
    wantAssertionsSigned: booleanOf(attribute(descriptor, 'WantAssertionsSigned')) ?? false,
    validUntil,
  }
  return unusable(role, metadata) ?? metadata
}
