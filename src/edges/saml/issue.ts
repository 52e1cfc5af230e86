// Answers a request that waits: an assertion for whoever is signed in, or a status that says why there is none. Always signed, given
// once. Does not decide who is signed in. Web Browser SSO profile, SAML Profiles §4.1.4.
import type { Person } from '../../core/model/person.ts'
import type { Session } from '../../core/model/session.ts'
import { type EpochMs, secondsLater } from '../../core/model/time.ts'
import type { Released } from '../../core/release/attribute-bag.ts'
import type { SamlKey } from '../../flows/upkeep/key-ring.ts'
import { wireAttributes } from './attributes.ts'
import { writeDown } from './audit.ts'
import { classFor } from './authn-class.ts'
import type { Exchange, SamlDeps } from './deps.ts'
import { type Envelope, type NameId, responseXml, type Status, statusResponseXml } from './messages.ts'
import { entityIdOf } from './metadata.ts'
import { nameIdFor } from './name-id.ts'
import { consume, type ParkedRequest } from './parked.ts'
import { type Refused, refused } from './refuse.ts'
import type { Registered } from './registered.ts'
import { encryptAssertion, encryptionCertificate, messageId, signAssertion, signMessage } from './sign.ts'
import { statusCode } from './urns.ts'

const LIFE_SECONDS = 5 * 60
/** Readers' clocks run behind by a minute more often than not. */
const BACKDATED_SECONDS = 60

/** A request that waits, under the name it waits by, and the application that made it. */
export type Waiting = {
  readonly id: string
  readonly request: ParkedRequest
} & Registered
export type SignedIn = { readonly session: Session; readonly person: Person; readonly bag: Released }

const envelopeOf = (deps: SamlDeps, { found }: Exchange, { request }: Waiting): Envelope => ({
  id: messageId(deps),
  at: deps.clock(),
  issuer: entityIdOf(found.issuer),
  destination: request.acs,
  inResponseTo: request.requestId,
})

/** INVARIANT: assertion signed, then encrypted, then the whole signed: each step covers what the ones before it made. */
const sealed = async (xml: string, { app, sp }: Waiting, key: SamlKey): Promise<string> => {
  const { sign, encryptAssertion: encrypt } = app.settings
  const assertionSigned = sign.assertion || sp.wantAssertionsSigned
  let out = assertionSigned ? signAssertion(xml, key) : xml
  if (encrypt) out = await encryptAssertion(out, encryptionCertificate(sp.encryptionCertificates) ?? '')
  // Never unsigned, whatever the settings say; and nobody outside may swap one ciphertext for another.
  return sign.response || encrypt || !assertionSigned ? signMessage(out, key) : out
}

/** `undefined`: someone answered it meanwhile. */
const hand = async (
  deps: SamlDeps,
  exchange: Exchange,
  waiting: Waiting,
  response: string,
  event: Parameters<typeof writeDown>[4],
): Promise<Refused | undefined> => {
  const { req, res, found } = exchange
  const won = await deps.store.write(async (tx) => {
    if (!(await consume(tx, deps, found.domain.id, waiting.id))) return false
    await writeDown(tx, deps, found, deps.source(req), event)
    return true
  })
  if (!won)
    return refused('request-answered', 'this request was answered already: go back to the application and start again')
  const relayState = waiting.request.relayState
  deps.pages.autoPost(req, res, {
    action: waiting.request.acs,
    fields: {
      SAMLResponse: Buffer.from(response).toString('base64'),
      ...(relayState === undefined ? {} : { RelayState: relayState }),
    },
    domain: found.domain,
    app: { displayName: waiting.app.displayName },
  })
  return undefined
}

/** Tells the application why it gets no assertion (SAML Core §3.2.2.2). */
export const answerStatus = async (
  deps: SamlDeps,
  exchange: Exchange,
  waiting: Waiting,
  status: Status,
  reason: string,
): Promise<Refused | undefined> => {
  const { saml } = await deps.keyRing(exchange.found.domain.id)
  const response = signMessage(statusResponseXml(envelopeOf(deps, exchange, waiting), status), saml.active)
  return hand(deps, exchange, waiting, response, {
    action: 'saml.status-issued',
    reason,
    app: waiting.app,
    details: { status: status.second ?? status.code, requestId: waiting.request.requestId ?? null },
  })
}

const statementsOf = (
  { request, app, sp }: Waiting,
  { session, bag }: SignedIn,
  said: {
    readonly nameId: NameId
    readonly authnContextClass: string
    readonly assertionId: string
    readonly at: EpochMs
  },
) => ({
  assertionId: said.assertionId,
  nameId: said.nameId,
  audience: sp.entityId,
  notBefore: secondsLater(said.at, -BACKDATED_SECONDS),
  notOnOrAfter: secondsLater(said.at, LIFE_SECONDS),
  authnInstant: bag.authTimeSeconds === undefined ? session.startedAt : bag.authTimeSeconds * 1000,
  sessionIndex: session.id,
  sessionNotOnOrAfter: session.expiresAt,
  authnContextClass: said.authnContextClass,
  attributes: wireAttributes(app.settings.attributes, bag),
  recipient: request.acs,
})

export const answerAssertion = async (
  deps: SamlDeps,
  exchange: Exchange,
  waiting: Waiting,
  signedIn: SignedIn,
): Promise<Refused | undefined> => {
  const { request, app, sp } = waiting
  const { session, person, bag } = signedIn
  const issuer = entityIdOf(exchange.found.issuer)
  const authnContextClass = classFor(request.context, bag.level)
  if (authnContextClass === undefined)
    return answerStatus(deps, exchange, waiting, noAuthnContext, 'authn-context-not-met')
  const nameId = nameIdFor(deps.secrets, app.settings, request.nameIdPolicy, bag, session.id, issuer)
  if (!nameId) return answerStatus(deps, exchange, waiting, invalidNameIdPolicy, 'name-id-impossible')
  if (app.settings.encryptAssertion && encryptionCertificate(sp.encryptionCertificates) === undefined)
    return refused(
      'encryption-certificate-missing',
      'the metadata of the application has no RSA certificate to encrypt for',
    )
  const envelope = envelopeOf(deps, exchange, waiting)
  const statements = statementsOf(waiting, signedIn, {
    nameId,
    authnContextClass,
    assertionId: messageId(deps),
    at: envelope.at,
  })
  const { saml } = await deps.keyRing(exchange.found.domain.id)
  const response = await sealed(responseXml(envelope, statements), waiting, saml.active)
  // Before the assertion leaves: an application that knows of the session must be told when it ends.
  await deps.join({
    sessionId: session.id,
    appId: app.id,
    protocol: 'saml',
    nameId: { value: nameId.value, format: nameId.format, spNameQualifier: nameId.spNameQualifier },
    joinedAt: envelope.at,
  })
  return hand(deps, exchange, waiting, response, {
    action: 'saml.assertion-issued',
    app,
    person,
    details: {
      assertionId: statements.assertionId,
      requestId: request.requestId ?? null,
      sessionId: session.id,
      nameIdFormat: nameId.format,
      authnContextClass,
      level: bag.level,
      attributes: statements.attributes.map((a) => a.name),
    },
  })
}

export const noPassive: Status = { code: statusCode.responder, second: statusCode.noPassive }
export const noAuthnContext: Status = { code: statusCode.responder, second: statusCode.noAuthnContext }
export const invalidNameIdPolicy: Status = { code: statusCode.requester, second: statusCode.invalidNameIdPolicy }
