// SAML 2.0 identity providers as upstreams: asks by signed redirect (or POST form), and has every answer judged by the verifier. Trust is
// the metadata that the administrator loaded; its certificates are all tried, so a rollover needs nothing here.
import type { Idp } from '../../core/model/idp.ts'
import type { DomainId } from '../../core/model/ids.ts'
import type { EpochMs } from '../../core/model/time.ts'
import type { Random } from '../../ports/random.ts'
import type { SamlMessage, SamlVerifier, VerifiedResponse } from '../../ports/saml-verifier.ts'
import type { Assertion, Refusal, Send, Upstream } from '../../ports/upstream.ts'
import { authnRequest, bindings, logoutRequest, logoutResponse, serviceProviderMetadata } from './messages.ts'
import { placesOf } from './places.ts'
import { type Key, reachable, sendTo } from './send.ts'
import { type SamlIdp, type TrustedMetadata, trustedMetadata } from './trusted-metadata.ts'

export type UpstreamSamlDeps = {
  readonly verifier: SamlVerifier
  readonly random: Pick<Random, 'bytes'>
  readonly issuerOf: (domain: DomainId) => Promise<string>
  readonly keysOf: (domain: DomainId) => Promise<{
    readonly active: Key
    readonly all: readonly Key[] // for decryption: also what is retired
    readonly publishedCertificates: readonly string[]
  }>
}
type Deps = UpstreamSamlDeps & { readonly metadataOf: TrustedMetadata }
const isSaml = (idp: Idp): idp is SamlIdp => idp.trust.protocol === 'saml'

/** 160 random bits behind a letter-like character: an xs:ID that nobody can foresee (SAML Core §1.3.4). */
const messageId = (random: Pick<Random, 'bytes'>): string => `_${Buffer.from(random.bytes(20)).toString('hex')}`

const noSaml = (idp: Idp): Refusal => ({
  refused: 'protocol-mismatch',
  detail: `\`${idp.name}\` is no SAML identity provider`,
})

/** No sign-in happened before SAML 2.0 did; providers that know no time write 1970. */
const FIRST_PLAUSIBLE = Date.UTC(2005, 2, 15)

const toAssertion = (answer: VerifiedResponse, now: EpochMs): Assertion => ({
  subject: answer.nameId.value,
  nameIdFormat: answer.nameId.format,
  sessionIndex: answer.sessionIndex,
  attributes: answer.attributes,
  acr: answer.authnContextClass,
  amr: [],
  authenticatedAt: answer.authnInstant < FIRST_PLAUSIBLE ? undefined : Math.min(answer.authnInstant, now),
  onceOnly: [
    { key: `assertion:${answer.assertionId}`, until: answer.notOnOrAfter },
    ...(answer.responseId === undefined ? [] : [{ key: `response:${answer.responseId}`, until: answer.notOnOrAfter }]),
  ],
})

const begin =
  (deps: Deps): Upstream['begin'] =>
  async (idp, wish, now) => {
    if (!isSaml(idp)) return noSaml(idp)
    const metadata = deps.metadataOf(idp, now)
    if ('refused' in metadata) return metadata
    const target = reachable(metadata.singleSignOn)
    if (!target)
      return {
        refused: 'metadata-invalid',
        detail: `\`${idp.name}\` offers no sign-in over HTTP-Redirect or HTTP-POST`,
      }
    const { entityId, acsUrl } = await placesOf(deps, idp)
    const signs = idp.trust.signRequests || metadata.wantAuthnRequestsSigned
    const key = signs ? (await deps.keysOf(idp.domainId)).active : undefined
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
    return { send: sendTo(target, 'SAMLRequest', request, wish.state, key), remember: { requestId: id } }
  }

const finish =
  (deps: Deps): Upstream['finish'] =>
  async (idp, remember, returned, now, trace) => {
    if (!isSaml(idp)) return noSaml(idp)
    const encoded = returned.form.SAMLResponse
    // Redirect is no binding for responses (SAML Profiles §4.1.2): it would put assertions into logs.
    if (returned.method !== 'POST' || encoded === undefined)
      return { refused: 'parameter-missing', detail: 'expected a POST with the field SAMLResponse' }
    const metadata = deps.metadataOf(idp, now)
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
      trace,
    )
    return 'refused' in answer ? answer : toAssertion(answer, now)
  }

const logout =
  (deps: Deps): Upstream['logout'] =>
  async (idp, session, returnTo, now) => {
    if (!isSaml(idp)) return undefined
    const metadata = deps.metadataOf(idp, now)
    const target = 'refused' in metadata ? undefined : reachable(metadata.singleLogout)
    if (!target) return undefined
    const { entityId } = await placesOf(deps, idp)
    const { active } = await deps.keysOf(idp.domainId)
    const request = logoutRequest(
      { id: messageId(deps.random), at: now, issuer: entityId, destination: target.location },
      { nameId: session.nameId, format: session.nameIdFormat, sessionIndex: session.sessionIndex },
    )
    return sendTo(target, 'SAMLRequest', request, returnTo, active)
  }

const metadataXml =
  (deps: Deps): Upstream['metadata'] =>
  async (idp) => {
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
  }

export const upstreamSaml = (given: UpstreamSamlDeps): Upstream => {
  const deps: Deps = { ...given, metadataOf: trustedMetadata(given.verifier) }
  return {
    protocol: 'saml',
    begin: begin(deps),
    finish: finish(deps),
    logout: logout(deps),
    metadata: metadataXml(deps),
  }
}

const judge =
  (deps: Deps): UpstreamSlo['judge'] =>
  async (idp, rawQuery, now) => {
    if (!isSaml(idp)) return noSaml(idp)
    const metadata = deps.metadataOf(idp, now)
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
  }

/** By redirect only: the answer of a sign-out is a link that the browser follows. */
const answer =
  (deps: Deps): UpstreamSlo['answer'] =>
  async (idp, request, now) => {
    if (!isSaml(idp)) return undefined
    const metadata = deps.metadataOf(idp, now)
    const endpoint =
      'refused' in metadata ? undefined : metadata.singleLogout.find((e) => e.binding === bindings.redirect)
    if (!endpoint) return undefined
    const { entityId } = await placesOf(deps, idp)
    const { active } = await deps.keysOf(idp.domainId)
    const location = endpoint.responseLocation ?? endpoint.location
    const message = logoutResponse(
      { id: messageId(deps.random), at: now, issuer: entityId, destination: location },
      request.id,
    )
    const sent: Send = sendTo({ ...endpoint, location }, 'SAMLResponse', message, request.relayState, active)
    return sent.url
  }

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

export const upstreamSlo = (given: UpstreamSamlDeps): UpstreamSlo => {
  const deps: Deps = { ...given, metadataOf: trustedMetadata(given.verifier) }
  return { judge: judge(deps), answer: answer(deps) }
}
