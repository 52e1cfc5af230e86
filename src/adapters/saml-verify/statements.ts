// What an assertion says of the person: name, how they signed in, attributes. Read from signed bytes only. Text is taken as the provider
// wrote it: two names that differ by a space are two people. SAML Core §2.2, §2.7.
import { type EpochMs, secondsLater } from '../../core/model/time.ts'
import type { VerifiedResponse } from '../../ports/saml-verifier.ts'
import type { Refusal } from '../../ports/upstream.ts'
import { attribute, child, children, childrenOf, is, textOf, timeOf, writtenIn } from './dom.ts'
import { happened, iso, type Judge } from './judge.ts'
import { ns } from './names.ts'
import { refuse } from './reasons.ts'

type NameId = VerifiedResponse['nameId']

/** Control, format (zero width, direction) and surrounding white space: characters that make one name look like another. */
const deceptive = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|^\s|\s$/u
const MAX_NAME_LENGTH = 1024

const nameFault = (value: string): string | undefined => {
  if (value === '') return '(none)'
  if (value.length > MAX_NAME_LENGTH) return `${value.length} characters`
  return deceptive.test(value) ? JSON.stringify(value) : undefined
}

/** Exactly one plain NameID among the children of `holder` (a Subject or a LogoutRequest). */
export const nameIdOf = (judged: Judge, holder: Element): NameId | Refusal => {
  if (child(holder, ns.assertion, 'EncryptedID')) return refuse('encrypted-id-unsupported')
  const found = children(holder, ns.assertion, 'NameID')
  const [id] = found
  const value = id ? writtenIn(id) : ''
  const fault = nameFault(value)
  const refusal =
    judged('subject', found.length === 1 && value !== '', 'subject-missing', 'one NameID', `${found.length} NameID`) ??
    judged('subject name', fault === undefined, 'subject-name-invalid', 'a name without hidden characters', fault)
  if (refusal || !id) return refusal ?? refuse('subject-missing')
  return {
    value,
    format: attribute(id, 'Format'),
    nameQualifier: attribute(id, 'NameQualifier'),
    spNameQualifier: attribute(id, 'SPNameQualifier'),
  }
}

export const subjectOf = (
  judged: Judge,
  assertion: Element,
): { readonly subject: Element; readonly nameId: NameId } | Refusal => {
  const [subject] = children(assertion, ns.assertion, 'Subject')
  if (!subject) return judged('subject', false, 'subject-missing', 'a Subject', '(none)') ?? refuse('subject-missing')
  const nameId = nameIdOf(judged, subject)
  return 'refused' in nameId ? nameId : { subject, nameId }
}

/** Text, or the NameID that eduPersonTargetedID wraps; any other markup is no text and is left out, as are nil and empty values. */
const attributeValue = (value: Element): readonly string[] => {
  if (['true', '1'].includes(value.getAttributeNS(ns.xsi, 'nil') ?? '')) return []
  const [inner, ...more] = childrenOf(value)
  if (!inner) return writtenIn(value) === '' ? [] : [writtenIn(value)]
  return more.length === 0 && is(inner, ns.assertion, 'NameID') ? [writtenIn(inner)] : []
}

/** The same name twice is one attribute with the values of both: Keycloak writes one element per role. */
export const attributesOf = (judged: Judge, assertion: Element): VerifiedResponse['attributes'] | Refusal => {
  const found = new Map<string, readonly string[]>()
  for (const statement of children(assertion, ns.assertion, 'AttributeStatement')) {
    const encrypted = child(statement, ns.assertion, 'EncryptedAttribute')
    const refusal = judged('attributes', !encrypted, 'encrypted-id-unsupported', 'Attribute', encrypted?.nodeName)
    if (refusal) return refusal
    for (const element of children(statement, ns.assertion, 'Attribute')) {
      const name = attribute(element, 'Name') ?? ''
      const values = children(element, ns.assertion, 'AttributeValue').flatMap(attributeValue)
      found.set(name, [...new Set([...(found.get(name) ?? []), ...values])])
    }
  }
  return Object.fromEntries(found)
}

type Authn = Pick<VerifiedResponse, 'authnContextClass' | 'authnInstant' | 'sessionIndex' | 'sessionNotOnOrAfter'>

/** The first statement says how; every one of them must still hold, and the earliest end of session counts. */
export const authnOf = (judged: Judge, assertion: Element, skewSeconds: number, now: EpochMs): Authn | Refusal => {
  const statements = children(assertion, ns.assertion, 'AuthnStatement')
  const [statement] = statements
  const instant = statement && timeOf(attribute(statement, 'AuthnInstant'))
  const missing = judged('authentication statement', instant !== undefined, 'authn-statement-missing')
  if (missing || !statement || instant === undefined) return missing ?? refuse('authn-statement-missing')
  const ends = statements.flatMap((s) => timeOf(attribute(s, 'SessionNotOnOrAfter')) ?? [])
  const until = ends.length === 0 ? undefined : Math.min(...ends)
  const refusal =
    happened(judged, 'authentication instant', instant, skewSeconds, now) ??
    judged(
      'session NotOnOrAfter',
      until === undefined || secondsLater(until, skewSeconds) > now,
      'expired',
      `${iso(now)} ± ${skewSeconds} s`,
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
