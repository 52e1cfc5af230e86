// Runs a message through the verifier and says what came of it, for tables: `accepted <name>` or the reason code.
import { samlVerifier } from '../../src/adapters/saml-verify/verifier.ts'
import type { ResponseExpectations, VerifiedResponse } from '../../src/ports/saml-verifier.ts'
import type { Refusal } from '../../src/ports/upstream.ts'
import { base64, expecting, now, type SigningPair } from './make-response.ts'

export const verifier = samlVerifier()

export const answerTo = (
  xml: string,
  pair: SigningPair,
  more: Partial<ResponseExpectations> = {},
  at = now,
): VerifiedResponse | Refusal => verifier.verifyResponse(base64(xml), expecting(pair, more), at)

export const judged = (xml: string, pair: SigningPair, more: Partial<ResponseExpectations> = {}, at = now): string => {
  const answer = answerTo(xml, pair, more, at)
  return 'refused' in answer ? answer.refused : `accepted ${answer.nameId.value}`
}

/** A replacement that must happen: a test whose attack did not take place proves nothing. */
export const replace = (xml: string, from: string | RegExp, to: string): string => {
  const changed = xml.replace(from, () => to)
  if (changed === xml) throw new Error(`nothing to replace: ${from}`)
  return changed
}
