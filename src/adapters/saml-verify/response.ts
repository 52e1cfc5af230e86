// A Response, judged: who made the assertion (signed-assertion.ts), then everything it says about whom, where, when and for which request.
// SAML Core §2, §3.2, §3.4; Web Browser SSO profile: SAML Profiles §4.1.4.3. Every check is noted, so that `saml check` can print them.
import { type EpochMs, secondsLater } from '../../core/model/time.ts'
import type { ResponseExpectations, VerifiedResponse } from '../../ports/saml-verifier.ts'
import type { Refusal } from '../../ports/upstream.ts'
import { attribute, child, children, childrenOf, is, textOf, timeOf } from './dom.ts'
import { textOfPost } from './encoding.ts'
import { bearer, entityFormat, ns, success } from './names.ts'
import { type Reason, refuse } from './reasons.ts'
import { type Proven, proveAssertion } from './signed-assertion.ts'

export type Check = {
  readonly name: string
  readonly ok: boolean
  readonly expected?: string
  readonly received?: string
}
export type Trace = (check: Check) => void

/** The first refusal, in order; each check is noted whichever way it went. */
type Judge = (name: string, ok: boolean, reason: Reason, expected?: string, received?: string) => Refusal | undefined
const judge =
  (trace: Trace): Judge =>
  (name, ok, reason, expected, received) => {
    const more = { ...(expected === undefined ? {} : { expected }), ...(received === undefined ? {} : { received }) }
    trace({ name, ok, ...more })
    return ok ? undefined : refuse(reason, more)
  }

const iso = (at: EpochMs | undefined): string => (at === undefined ? '(none)' : new Date(at).toISOString())

const issuerRefusal = (
  judged: Judge,
  holder: Element,
  what: string,
  expected: string,
  mustBe: boolean,
): Refusal | undefined => {
  const issuer = child(holder, ns.assertion, 'Issuer')
  if (!issuer) return mustBe ? judged(`${what} issuer`, false, 'issuer-mismatch', expected, '(none)') : undefined
  const format = attribute(issuer, 'Format')
  return judged(
    `${what} issuer`,
    textOf(issuer) === expected && (format === undefined || format === entityFormat),
    'issuer-mismatch',
    expected,
    textOf(issuer),
  )
}

const statusRefusal = (judged: Judge, response: Element): Refusal | undefined => {
  const status = child(response, ns.protocol, 'Status')
  const code = status && child(status, ns.protocol, 'StatusCode')
  const value = code ? attribute(code, 'Value') : undefined
  const second = code && child(code, ns.protocol, 'StatusCode')
  const message = status && child(status, ns.protocol, 'StatusMessage')
  const said = [value, second && attribute(second, 'Value'), message && textOf(message)].filter(Boolean).join(' ')
  return judged('status', value === success, 'status-not-success', success, said)
}

const envelopeRefusal = (
  judged: Judge,
  { response, assertion, signedResponse }: Proven,
  e: ResponseExpectations,
  now: EpochMs,
): Refusal | undefined => {
  const destination = attribute(response, 'Destination')
  const issued = timeOf(attribute(response, 'IssueInstant'))
  const irt = attribute(response, 'InResponseTo')
  return (
    judged(
      'version',
      attribute(response, 'Version') === '2.0' && attribute(assertion, 'Version') === '2.0',
      'version-unsupported',
      '2.0',
      attribute(assertion, 'Version'),
    ) ??
    issuerRefusal(judged, response, 'response', e.from.entityId, false) ??
    issuerRefusal(judged, assertion, 'assertion', e.from.entityId, true) ??
    statusRefusal(judged, response) ??
    (destination === undefined && !signedResponse
      ? undefined
      : judged(
          'destination',
          destination === e.acsUrl,
          destination === undefined ? 'destination-missing' : 'destination-mismatch',
          e.acsUrl,
          destination ?? '(none)',
        )) ??
    judged(
      'issue instant',
      issued !== undefined && issued <= secondsLater(now, e.skewSeconds),
      'not-yet-valid',
      `not after ${iso(secondsLater(now, e.skewSeconds))}`,
      iso(issued),
    ) ??
    requestRefusal(judged, 'response', irt, e)
  )
}

const requestRefusal = (
  judged: Judge,
  what: string,
  irt: string | undefined,
  { requestId, allowUnsolicited }: ResponseExpectations,
): Refusal | undefined => {
  if (requestId === undefined) {
    // An answer to somebody's request is not unsolicited: it is stolen or late.
    return judged(
      `${what} unsolicited`,
      allowUnsolicited && irt === undefined,
      'unsolicited',
      'an answer to a request of ours',
      irt ?? '(none)',
    )
  }
  return judged(`${what} InResponseTo`, irt === requestId, 'in-response-to-mismatch', requestId, irt ?? '(none)')
}

const known = ['AudienceRestriction', 'OneTimeUse', 'ProxyRestriction']

const conditionsRefusal = (
  judged: Judge,
  assertion: Element,
  e: ResponseExpectations,
  now: EpochMs,
): Refusal | undefined => {
  const conditions = child(assertion, ns.assertion, 'Conditions')
  if (!conditions) return judged('conditions', false, 'audience-missing', e.ourEntityId, '(none)')
  const foreign = childrenOf(conditions).find((c) => !known.some((name) => is(c, ns.assertion, name)))
  if (foreign) return judged('conditions', false, 'condition-unsupported', known.join(', '), foreign.nodeName)
  const restrictions = children(conditions, ns.assertion, 'AudienceRestriction')
  const audiences = restrictions.map((r) => children(r, ns.assertion, 'Audience').map(textOf))
  return (
    judged('audience restriction', restrictions.length > 0, 'audience-missing', e.ourEntityId, '(none)') ??
    // Several restrictions must all be met (SAML Core §2.5.1.4).
    judged(
      'audience',
      audiences.every((list) => list.includes(e.ourEntityId)),
      'audience-mismatch',
      e.ourEntityId,
      audiences.flat().join(' '),
    ) ??
    windowRefusal(judged, 'conditions', conditions, e.skewSeconds, now)
  )
}

const windowRefusal = (
  judged: Judge,
  what: string,
  holder: Element,
  skewSeconds: number,
  now: EpochMs,
): Refusal | undefined => {
  const from = attribute(holder, 'NotBefore')
  const until = attribute(holder, 'NotOnOrAfter')
  const notBefore = timeOf(from)
  const notOnOrAfter = timeOf(until)
  return (
    judged(
      `${what} NotBefore`,
      from === undefined || (notBefore !== undefined && notBefore <= secondsLater(now, skewSeconds)),
      'not-yet-valid',
      `${iso(now)} ± ${skewSeconds} s`,
      from ?? '(none)',
    ) ??
    judged(
      `${what} NotOnOrAfter`,
      until === undefined || (notOnOrAfter !== undefined && secondsLater(notOnOrAfter, skewSeconds) > now),
      'expired',
      `${iso(now)} ± ${skewSeconds} s`,
      until ?? '(none)',
    )
  )
}

/** One bearer confirmation that holds in every part is enough (SAML Profiles §4.1.4.3); the refusal is that of the last tried. */
const confirmation = (
  judged: Judge,
  subject: Element,
  e: ResponseExpectations,
  now: EpochMs,
): { readonly notOnOrAfter: EpochMs } | Refusal => {
  let last: Refusal = refuse('subject-confirmation-invalid', { expected: bearer, received: '(none)' })
  for (const candidate of children(subject, ns.assertion, 'SubjectConfirmation')) {
    if (attribute(candidate, 'Method') !== bearer) continue
    const data = child(candidate, ns.assertion, 'SubjectConfirmationData')
    const until = data && timeOf(attribute(data, 'NotOnOrAfter'))
    if (!data || until === undefined || attribute(data, 'NotBefore') !== undefined) continue
    const recipient = attribute(data, 'Recipient')
    const irt = attribute(data, 'InResponseTo')
    const refusal =
      judged('recipient', recipient === e.acsUrl, 'recipient-mismatch', e.acsUrl, recipient ?? '(none)') ??
      windowRefusal(judged, 'subject confirmation', data, e.skewSeconds, now) ??
      (e.requestId === undefined && irt === undefined
        ? undefined
        : requestRefusal(judged, 'subject confirmation', irt, e))
    if (!refusal) return { notOnOrAfter: until }
    last = refusal
  }
  if (last.refused === 'subject-confirmation-invalid')
    judged('subject confirmation', false, 'subject-confirmation-invalid', bearer, '(none that applies)')
  return last
}

type Attributes = { [name: string]: readonly string[] }

/** Nested markup inside a value is its text; the same name twice is refused: which of the two counts would be anybody's guess. */
const attributesOf = (assertion: Element): Attributes | Refusal => {
  const found = new Map<string, readonly string[]>()
  for (const statement of children(assertion, ns.assertion, 'AttributeStatement')) {
    if (child(statement, ns.assertion, 'EncryptedAttribute')) return refuse('encrypted-id-unsupported')
    for (const element of children(statement, ns.assertion, 'Attribute')) {
      const name = attribute(element, 'Name') ?? ''
      if (found.has(name)) return refuse('attribute-repeated', { received: name })
      found.set(name, children(element, ns.assertion, 'AttributeValue').map(textOf))
    }
  }
  return Object.fromEntries(found)
}

const subjectOf = (
  judged: Judge,
  assertion: Element,
): { readonly subject: Element; readonly nameId: VerifiedResponse['nameId'] } | Refusal => {
  const subjects = children(assertion, ns.assertion, 'Subject')
  const subject = subjects[0]
  const nameIds = subject ? children(subject, ns.assertion, 'NameID') : []
  if (subject && child(subject, ns.assertion, 'EncryptedID')) return refuse('encrypted-id-unsupported')
  const [id] = nameIds
  const value = id ? textOf(id) : ''
  const refusal = judged(
    'subject',
    subjects.length === 1 && nameIds.length === 1 && value !== '' && value.length <= 1024,
    'subject-missing',
    'one NameID',
    value === '' ? '(none)' : value,
  )
  if (refusal || !subject || !id) return refusal ?? refuse('subject-missing')
  return {
    subject,
    nameId: {
      value,
      format: attribute(id, 'Format'),
      nameQualifier: attribute(id, 'NameQualifier'),
      spNameQualifier: attribute(id, 'SPNameQualifier'),
    },
  }
}

type Authn = Pick<VerifiedResponse, 'authnContextClass' | 'authnInstant' | 'sessionIndex' | 'sessionNotOnOrAfter'>
const authnOf = (judged: Judge, assertion: Element, skewSeconds: number, now: EpochMs): Authn | Refusal => {
  const statement = children(assertion, ns.assertion, 'AuthnStatement')[0]
  const instant = statement && timeOf(attribute(statement, 'AuthnInstant'))
  if (!statement || instant === undefined)
    return judged('authentication statement', false, 'authn-statement-missing') ?? refuse('authn-statement-missing')
  const until = timeOf(attribute(statement, 'SessionNotOnOrAfter'))
  const refusal =
    judged(
      'authentication instant',
      instant <= secondsLater(now, skewSeconds),
      'not-yet-valid',
      `not after ${iso(secondsLater(now, skewSeconds))}`,
      iso(instant),
    ) ??
    judged(
      'session NotOnOrAfter',
      until === undefined || secondsLater(until, skewSeconds) > now,
      'expired',
      iso(now),
      iso(until),
    )
  if (refusal) return refusal
  const context = child(statement, ns.assertion, 'AuthnContext')
  const reference = context && child(context, ns.assertion, 'AuthnContextClassRef')
  return {
    authnContextClass: reference && textOf(reference),
    authnInstant: instant,
    sessionIndex: attribute(statement, 'SessionIndex'),
    sessionNotOnOrAfter: until,
  }
}

export const judgeResponse = (
  xml: string,
  e: ResponseExpectations,
  now: EpochMs,
  trace: Trace,
): VerifiedResponse | Refusal => {
  const judged = judge(trace)
  const proven = proveAssertion(xml, e)
  if ('refused' in proven) {
    // What the provider said instead of an assertion explains more than that there is none.
    const status =
      proven.refused === 'assertion-missing' && proven.received !== undefined && proven.received !== success
    const refusal = status
      ? refuse('status-not-success', { expected: success, received: proven.received ?? '' })
      : proven
    trace({ name: 'signature', ok: false, expected: e.from.entityId, received: refusal.refused })
    return refusal
  }
  trace({
    name: 'signature',
    ok: true,
    received: [proven.signedResponse && 'response', proven.signedAssertion && 'assertion']
      .filter(Boolean)
      .join(' and '),
  })
  const { assertion, response } = proven
  const outer = envelopeRefusal(judged, proven, e, now) ?? conditionsRefusal(judged, assertion, e, now)
  if (outer) return outer
  const subject = subjectOf(judged, assertion)
  if ('refused' in subject) return subject
  const confirmed = confirmation(judged, subject.subject, e, now)
  if ('refused' in confirmed) return confirmed
  const authn = authnOf(judged, assertion, e.skewSeconds, now)
  if ('refused' in authn) return authn
  const attributes = attributesOf(assertion)
  if ('refused' in attributes && typeof attributes.refused === 'string') return attributes as unknown as Refusal
  return {
    responseId: attribute(response, 'ID') ?? '',
    assertionId: attribute(assertion, 'ID') ?? '',
    issuer: e.from.entityId,
    nameId: subject.nameId,
    attributes: attributes as Attributes,
    ...authn,
    inResponseTo: attribute(response, 'InResponseTo'),
    notOnOrAfter: secondsLater(confirmed.notOnOrAfter, e.skewSeconds),
  }
}

export const verifyResponse = (encoded: string, e: ResponseExpectations, now: EpochMs): VerifiedResponse | Refusal => {
  const text = textOfPost(encoded)
  return typeof text === 'string' ? judgeResponse(text, e, now, () => undefined) : text
}
