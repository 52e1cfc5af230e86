// For whom, where, when and in answer to what an assertion may be used. SAML Core §2.4.1, §2.5; Web Browser SSO: SAML Profiles §4.1.4.3.
import { type EpochMs, secondsLater } from '../../core/model/time.ts'
import type { ResponseExpectations } from '../../ports/saml-verifier.ts'
import type { Refusal } from '../../ports/upstream.ts'
import { attribute, child, children, childrenOf, is, textOf, timeOf } from './dom.ts'
import { answersUs } from './envelope.ts'
import { type Judge, withinWindow } from './judge.ts'
import { bearer, ns } from './names.ts'
import { refuse } from './reasons.ts'

// OneTimeUse is kept by the replay rows that every assertion gets. ProxyRestriction is not in the list: it limits whether others may
// issue assertions on the strength of this one (§2.5.1.6), which is all that a gateway does.
const known = ['AudienceRestriction', 'OneTimeUse']

export const conditionsRefusal = (
  judged: Judge,
  assertion: Element,
  e: ResponseExpectations,
  now: EpochMs,
): Refusal | undefined => {
  const conditions = child(assertion, ns.assertion, 'Conditions')
  if (!conditions) return judged('conditions', false, 'audience-missing', e.ourEntityId, '(none)')
  const foreign = childrenOf(conditions).find((c) => !known.some((name) => is(c, ns.assertion, name)))
  const restrictions = children(conditions, ns.assertion, 'AudienceRestriction')
  const audiences = restrictions.map((r) => children(r, ns.assertion, 'Audience').map(textOf))
  return (
    judged('conditions', !foreign, 'condition-unsupported', known.join(', '), foreign?.nodeName) ??
    judged('audience restriction', restrictions.length > 0, 'audience-missing', e.ourEntityId) ??
    // Several restrictions must all be met (Core §2.5.1.4).
    judged(
      'audience',
      audiences.every((list) => list.includes(e.ourEntityId)),
      'audience-mismatch',
      e.ourEntityId,
      audiences.flat().join(' '),
    ) ??
    withinWindow(judged, 'conditions', conditions, e.skewSeconds, now)
  )
}

/** Undefined: no bearer confirmation that could ever serve. A NotBefore is forbidden in one (Profiles §4.1.4.2). */
const bearerData = (candidate: Element): { readonly data: Element; readonly until: EpochMs } | undefined => {
  if (attribute(candidate, 'Method') !== bearer) return undefined
  const data = child(candidate, ns.assertion, 'SubjectConfirmationData')
  const until = data && timeOf(attribute(data, 'NotOnOrAfter'))
  return data && until !== undefined && !data.hasAttribute('NotBefore') ? { data, until } : undefined
}

/**
 * One bearer confirmation that holds in every part is enough; the refusal is that of the last one tried.
 * @returns until when the assertion could be used again: the latest of all its confirmations
 */
export const confirmedUntil = (
  judged: Judge,
  subject: Element,
  e: ResponseExpectations,
  now: EpochMs,
): EpochMs | Refusal => {
  const usable = children(subject, ns.assertion, 'SubjectConfirmation').flatMap((c) => bearerData(c) ?? [])
  let last = judged('subject confirmation', usable.length > 0, 'subject-confirmation-invalid', bearer)
  for (const { data } of usable) {
    const recipient = attribute(data, 'Recipient')
    const inResponseTo = attribute(data, 'InResponseTo')
    last =
      judged('recipient', recipient === e.acsUrl, 'recipient-mismatch', e.acsUrl, recipient ?? '(none)') ??
      withinWindow(judged, 'subject confirmation', data, e.skewSeconds, now) ??
      answersUs(judged, 'subject confirmation', inResponseTo, e)
    if (!last) return secondsLater(Math.max(...usable.map((u) => u.until)), e.skewSeconds)
  }
  return last ?? refuse('subject-confirmation-invalid')
}
