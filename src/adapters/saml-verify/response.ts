// A Response, judged: who made the assertion (signed-assertion.ts), then everything it says about whom, where, when and for which request.
// SAML Core §2, §3.2, §3.4; Web Browser SSO profile: SAML Profiles §4.1.4.3.
import type { EpochMs } from '../../core/model/time.ts'
import type { ResponseExpectations, VerifiedResponse } from '../../ports/saml-verifier.ts'
import type { Refusal } from '../../ports/upstream.ts'
import { conditionsRefusal, confirmedUntil } from './conditions.ts'
import { attribute } from './dom.ts'
import { textOfPost } from './encoding.ts'
import { envelopeRefusal } from './envelope.ts'
import { judge, type Trace, untraced } from './judge.ts'
import { proveAssertion } from './signed-assertion.ts'
import { attributesOf, authnOf, subjectOf } from './statements.ts'

export const judgeResponse = (
  xml: string,
  e: ResponseExpectations,
  now: EpochMs,
  trace: Trace,
): VerifiedResponse | Refusal => {
  const judged = judge(trace)
  const proven = proveAssertion(xml, e, judged)
  if ('refused' in proven) return proven
  const { assertion, response, signedResponse } = proven
  const outer = envelopeRefusal(judged, proven, e, now) ?? conditionsRefusal(judged, assertion, e, now)
  if (outer) return outer
  const subject = subjectOf(judged, assertion)
  if ('refused' in subject) return subject
  const until = confirmedUntil(judged, subject.subject, e, now)
  if (typeof until !== 'number') return until
  const authn = authnOf(judged, assertion, e.skewSeconds, now)
  if ('refused' in authn) return authn
  const attributes = attributesOf(judged, assertion)
  if (isRefused(attributes)) return attributes
  return {
    responseId: signedResponse ? attribute(response, 'ID') : undefined,
    assertionId: attribute(assertion, 'ID') ?? '',
    issuer: e.from.entityId,
    nameId: subject.nameId,
    attributes,
    ...authn,
    inResponseTo: e.requestId, // checked, in signed bytes, to be the one that was expected
    notOnOrAfter: until,
  }
}

/** An attribute may be named `refused`; its values are a list, a reason is text. */
const isRefused = (x: VerifiedResponse['attributes'] | Refusal): x is Refusal => typeof x.refused === 'string'

export const verifyResponse = (
  encoded: string,
  e: ResponseExpectations,
  now: EpochMs,
  trace: Trace = untraced,
): VerifiedResponse | Refusal => {
  const text = textOfPost(encoded)
  return typeof text === 'string' ? judgeResponse(text, e, now, trace) : text
}
