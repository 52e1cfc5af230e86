// What a Response says outside its assertion: who sent it where, in answer to what, with which status. When only the assertion is signed
// these are anybody's words: they can make us refuse, never accept. SAML Core §3.2.2, Profiles §4.1.4.2.
import type { EpochMs } from '../../core/model/time.ts'
import type { ResponseExpectations } from '../../ports/saml-verifier.ts'
import type { Refusal } from '../../ports/upstream.ts'
import { attribute, child, textOf, timeOf } from './dom.ts'
import { happened, type Judge } from './judge.ts'
import { entityFormat, ns, success } from './names.ts'

const issuerRefusal = (judged: Judge, holder: Element, what: string, expected: string): Refusal | undefined => {
  const issuer = child(holder, ns.assertion, 'Issuer')
  // The schema demands one in an assertion; in a response it may be left out (Core §3.2.2).
  if (!issuer) return undefined
  const format = attribute(issuer, 'Format')
  return judged(
    `${what} issuer`,
    textOf(issuer) === expected && (format === undefined || format === entityFormat),
    'issuer-mismatch',
    expected,
    textOf(issuer),
  )
}

/** Both codes and the provider's own words: what its administrator needs to hear. */
const statusOf = (response: Element): { readonly code: string; readonly said: string } => {
  const status = child(response, ns.protocol, 'Status')
  const code = status && child(status, ns.protocol, 'StatusCode')
  const value = code && attribute(code, 'Value')
  const second = code && child(code, ns.protocol, 'StatusCode')
  const message = status && child(status, ns.protocol, 'StatusMessage')
  const said = [value, second && attribute(second, 'Value'), message && textOf(message)].filter(Boolean).join(' ')
  return { code: value ?? '', said }
}

export const statusRefusal = (judged: Judge, response: Element): Refusal | undefined => {
  const { code, said } = statusOf(response)
  return judged('status', code === success, 'status-not-success', success, said)
}

/** With no request of ours, an answer to somebody's request is not unsolicited: it is stolen or late. */
export const answersUs = (
  judged: Judge,
  what: string,
  inResponseTo: string | undefined,
  { requestId, allowUnsolicited }: ResponseExpectations,
): Refusal | undefined =>
  requestId === undefined
    ? judged(
        `${what} unsolicited`,
        allowUnsolicited && inResponseTo === undefined,
        'unsolicited',
        allowUnsolicited ? 'no InResponseTo' : 'an answer to a request of ours',
        inResponseTo ?? '(none)',
      )
    : judged(
        `${what} InResponseTo`,
        inResponseTo === requestId,
        'in-response-to-mismatch',
        requestId,
        inResponseTo ?? '(none)',
      )

const destinationRefusal = (judged: Judge, response: Element, signed: boolean, acsUrl: string): Refusal | undefined => {
  const destination = attribute(response, 'Destination')
  if (destination === undefined && !signed) return undefined
  return judged(
    'destination',
    destination === acsUrl,
    destination === undefined ? 'destination-missing' : 'destination-mismatch', // Bindings §3.5.5.2
    acsUrl,
    destination ?? '(none)',
  )
}

export const envelopeRefusal = (
  judged: Judge,
  {
    response,
    assertion,
    signedResponse,
  }: {
    readonly response: Element
    readonly assertion: Element
    readonly signedResponse: boolean
  },
  e: ResponseExpectations,
  now: EpochMs,
): Refusal | undefined => {
  const versions = [response, assertion].map((holder) => attribute(holder, 'Version') ?? '(none)')
  const issued = (holder: Element) => timeOf(attribute(holder, 'IssueInstant'))
  return (
    judged(
      'version',
      versions.every((v) => v === '2.0'),
      'version-unsupported',
      '2.0',
      versions.join(' '),
    ) ??
    issuerRefusal(judged, response, 'response', e.from.entityId) ??
    issuerRefusal(judged, assertion, 'assertion', e.from.entityId) ??
    statusRefusal(judged, response) ??
    destinationRefusal(judged, response, signedResponse, e.acsUrl) ??
    happened(judged, 'response issue instant', issued(response), e.skewSeconds, now) ??
    happened(judged, 'assertion issue instant', issued(assertion), e.skewSeconds, now) ??
    answersUs(judged, 'response', attribute(response, 'InResponseTo'), e)
  )
}
