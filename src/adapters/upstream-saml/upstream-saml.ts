// SAML 2.0 identity providers as upstreams: asks by signed redirect (or POST form), and has every answer judged by the verifier. Trust is
// the metadata that the administrator loaded; its certificates are all tried, so a rollover needs nothing here.

import type { Idp, SamlTrust } from '../../core/model/idp.ts'
import type { DomainId } from '../../core/model/ids.ts'
import type { EpochMs } from '../../core/model/time.ts'
import type { Random } from '../../ports/random.ts'
import type { Metadata, SamlMessage, SamlVerifier } from '../../ports/saml-verifier.ts'
import type { Assertion, Refusal, Upstream } from '../../ports/upstream.ts'
import {
  authnRequest,
  bindings,
  logoutRequest,
  logoutResponse,
  redirectUrl,
  serviceProviderMetadata,
} from './messages.ts'

type Key = { readonly privateKeyPem: string; readonly certificatePem: string }
export type UpstreamSamlDeps = {
  readonly verifier: SamlVerifier
  readonly random: Pick<Random, 'bytes'>
  readonly issuerOf: (domain: DomainId) => Promise<string>
  readonly keysOf: (
    domain: DomainId,
  ) => Promise<{
    readonly active: Key
    readonly all: readonly Key[]
    readonly publishedCertificates: readonly string[]
  }>
}
type SamlIdp = Idp & { readonly trust: SamlTrust }
const isSaml = (idp: Idp): idp is SamlIdp => idp.trust.protocol === 'saml'

/** An XML ID: letters first (xs:ID), 128 bits and more. */
const messageId = (random: Pick<Random, 'bytes'>): string => `_${Buffer.from(random.bytes(20)).toString('hex')}`

const placesOf = async ({ issuerOf }: UpstreamSamlDeps, idp: Idp) => {
  const at = `${await issuerOf(idp.domainId)}/federation/${idp.name}`
  return { entityId: `${at}/metadata`, acsUrl: `${at}/acs`, sloUrl: `${at}/slo` }
}

const metadataOf = ({ verifier }: UpstreamSamlDeps, { trust, name }: SamlIdp, now: EpochMs): Metadata | Refusal =>
  trust.metadataXml === undefined
    ? { refused: 'metadata-missing', detail: `the metadata of \`${name}\` was not loaded yet: check its address` }
    : verifier.parseMetadata(trust.metadataXml, 'idp', now)

const noSaml = (idp: Idp): Refusal => ({
  refused: 'protocol-mismatch',
  detail: `\`${idp.name}\` is no SAML identity provider`,
})

/** Implausible instants (long before the request, in the future) are "not said". */
const toAssertion = (
  answer: Exclude<ReturnType<SamlVerifier['verifyResponse']>, Refusal>,
  now: EpochMs,
): Assertion => ({
  subject: answer.nameId.value,
  nameIdFormat: answer.nameId.format,
  sessionIndex: answer.sessionIndex,
  attributes: answer.attributes,
  acr: answer.authnContextClass,
  amr: [],
  authenticatedAt: Math.min(answer.authnInstant, now),
  onceOnly: [
    { key: `assertion:${answer.assertionId}`, until: answer.notOnOrAfter },
    { key: `response:${answer.responseId}`, until: answer.notOnOrAfter },
  ],
})

const begin =
  (deps: UpstreamSamlDeps): Upstream['begin'] =>
  async (idp, wish, now) => {
    if (!isSaml(idp)) return noSaml(idp)
    const metadata = metadataOf(deps, idp, now)
    if ('refused' in metadata) return metadata
    const redirect = metadata.singleSignOn.find((e) => e.binding === bindings.redirect)
    const target = redirect ?? metadata.singleSignOn.find((e) => e.binding === bindings.post)
    if (!target)
      return {
        refused: 'metadata-invalid',
        detail: `\`${idp.name}\` offers no sign-in over HTTP-Redirect or HTTP-POST`,
      }
    const { entityId, acsUrl } = await placesOf(deps, idp)
    const { active } = await deps.keysOf(idp.domainId)
    const id = messageId(deps.random)
    const request = authnRequest(
      { id, at: now, issuer: entityId, destination: target.location },
      {
        acsUrl,
        forceAuthn: wish.forceFresh || (idp.trust.forceAuthnForLevel && wish.level >= 2),
        nameIdFormat: idp.trust.nameIdFormat,
        contexts: wish.level >= 2 ? idp.trust.requestedAuthnContext : [],
      },
    )
    const remember = { requestId: id }
    if (!redirect) {
      // Without an XML signature: providers that insist on signed requests and speak POST only are not known to exist.
      const fields = { SAMLRequest: Buffer.from(request).toString('base64'), RelayState: wish.state }
      return { send: { kind: 'form-post', url: target.location, fields }, remember }
    }
    const signs = idp.trust.signRequests || metadata.wantAuthnRequestsSigned
    return {
      send: {
        kind: 'redirect',
        url: redirectUrl(target.location, 'SAMLRequest', request, wish.state, signs ? active.privateKeyPem : undefined),
      },
      remember,
    }
  }

const finish =
  (deps: UpstreamSamlDeps): Upstream['finish'] =>
  async (idp, remember, returned, now) => {
    if (!isSaml(idp)) return noSaml(idp)
    const encoded = returned.form.SAMLResponse
    // Redirect is no binding for responses (SAML Profiles §4.1.2): it would put assertions into logs.
    if (returned.method !== 'POST' || encoded === undefined)
      return { refused: 'parameter-missing', detail: 'expected a POST with the field SAMLResponse' }
    const metadata = metadataOf(deps, idp, now)
    if ('refused' in metadata) return metadata
    const { entityId, acsUrl } = await placesOf(deps, idp)
    const { all } = await deps.keysOf(idp.domainId)
    const answer = deps.verifier.verifyResponse(
      encoded,
      {
        from: { entityId: metadata.entityId, certificates: metadata.signingCertificates },
        ourEntityId: entityId,
        acsUrl,
        requestId: typeof remember?.requestId === 'string' ? remember.requestId : undefined,
        allowUnsolicited: idp.trust.allowUnsolicited,
        decryptionKeys: all.map((k) => k.privateKeyPem),
        requireSignedAssertion: idp.trust.wantAssertionsSigned,
        skewSeconds: idp.trust.clockSkewSeconds,
      },
      now,
    )
    return 'refused' in answer ? answer : toAssertion(answer, now)
  }

const logout =
  (deps: UpstreamSamlDeps): Upstream['logout'] =>
  async (idp, session, returnTo, now) => {
    if (!isSaml(idp)) return undefined
    const metadata = metadataOf(deps, idp, now)
    const endpoint =
      'refused' in metadata ? undefined : metadata.singleLogout.find((e) => e.binding === bindings.redirect)
    if (!endpoint) return undefined
    const { entityId } = await placesOf(deps, idp)
    const { active } = await deps.keysOf(idp.domainId)
    const request = logoutRequest(
      { id: messageId(deps.random), at: now, issuer: entityId, destination: endpoint.location },
      { nameId: session.nameId, format: session.nameIdFormat, sessionIndex: session.sessionIndex },
    )
    return {
      kind: 'redirect',
      url: redirectUrl(endpoint.location, 'SAMLRequest', request, returnTo, active.privateKeyPem),
    }
  }

export const upstreamSaml = (deps: UpstreamSamlDeps): Upstream => ({
  protocol: 'saml',
  begin: begin(deps),
  finish: finish(deps),
  logout: logout(deps),
  metadata: async (idp) => {
    if (!isSaml(idp)) return undefined
    const { active, publishedCertificates } = await deps.keysOf(idp.domainId)
    return serviceProviderMetadata({
      ...(await placesOf(deps, idp)),
      signing: publishedCertificates,
      encryption: active.certificatePem,
      signsRequests: idp.trust.signRequests,
      wantAssertionsSigned: idp.trust.wantAssertionsSigned,
      nameIdFormat: idp.trust.nameIdFormat,
    })
  },
})

/** The provider's side of single logout, for the endpoint `federation/<idp>/slo`. */
export type UpstreamSlo = {
  /** Judges what came to the endpoint: a LogoutRequest of the provider or its answer to ours. */
  readonly judge: (idp: Idp, rawQuery: string, now: EpochMs) => Promise<SamlMessage | Refusal>
  /** Where to send the browser with our answer to a LogoutRequest. */
  readonly answer: (
    idp: Idp,
    request: { readonly id: string; readonly relayState: string | undefined },
    now: EpochMs,
  ) => Promise<string | undefined>
}

export const upstreamSlo = (deps: UpstreamSamlDeps): UpstreamSlo => ({
  judge: async (idp, rawQuery, now) => {
    if (!isSaml(idp)) return noSaml(idp)
    const metadata = metadataOf(deps, idp, now)
    if ('refused' in metadata) return metadata
    const { sloUrl } = await placesOf(deps, idp)
    return deps.verifier.verifyRedirect(
      rawQuery,
      {
        kinds: ['LogoutRequest', 'LogoutResponse'],
        trusted: async (issuer) =>
          issuer === metadata.entityId
            ? { entityId: issuer, certificates: metadata.signingCertificates, requireSignature: true }
            : undefined,
        destinations: [sloUrl],
        skewSeconds: idp.trust.clockSkewSeconds,
      },
      now,
    )
  },
  answer: async (idp, request, now) => {
    if (!isSaml(idp)) return undefined
    const metadata = metadataOf(deps, idp, now)
    const endpoint =
      'refused' in metadata ? undefined : metadata.singleLogout.find((e) => e.binding === bindings.redirect)
    if (!endpoint) return undefined
    const { entityId } = await placesOf(deps, idp)
    const { active } = await deps.keysOf(idp.domainId)
    const destination = endpoint.responseLocation ?? endpoint.location
    const message = logoutResponse({ id: messageId(deps.random), at: now, issuer: entityId, destination }, request.id)
    return redirectUrl(destination, 'SAMLResponse', message, request.relayState, active.privateKeyPem)
  },
})
